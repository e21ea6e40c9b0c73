"""Be the views for those who run the service, and note each request that it answers."""

import json
import sqlite3
import threading
from math import floor

from flask import Response, render_template, request

from graph.errors import said
from server.http.negotiate import HTML, JSON, asked_for
from server.http.problem import Problem, Refusal
from server.operation.logs import Log, entry
from server.operation.metrics import Metrics
from server.operation.minutes import Day, Minutes, keep, summed
from server.operation.warming import OWN
from server.workers.probe import Outcome, Probe

NEVER_KEPT = "no-store"
# What a page says, and how many days it looks back.
PERIODS = {"today": 1, "week": 7, "quarter": 90}


class Operation:
    """Tell whether the service is well, and how it was."""

    def __init__(self, probe: Probe, minutes: Minutes, metrics: Metrics, log: Log | None) -> None:
        self._probe, self._minutes, self._metrics, self._log = probe, minutes, metrics, log

    def watch(self) -> None:
        """Begin to keep, minute by minute, whether the service answers."""
        what = self._minutes, self._probe.ask, self._log or Log(), threading.Event()
        threading.Thread(target=keep, args=what, name="minutes", daemon=True).start()

    def note(self, response: Response) -> Response:
        """Count the present request, and write its line, unless the process asked it of itself."""
        if request.environ.get(OWN):
            return response
        self._metrics.answered(response)
        if self._log:
            self._log.write(entry(response))
        return response

    def health(self) -> Response:
        """Say that this process answers."""
        return _unkept(Response(json.dumps({"status": "ok"}), content_type=JSON.content_type))

    def ready(self) -> Response:
        """Say that a worker answers on the newest snapshot, or that none does (503)."""
        outcome = self._probe.recent()
        if outcome is None or not outcome.answered:
            raise Refusal(Problem(503, said("No worker answers just now: {why}", why=_why(outcome), after=1)))
        told = {"status": "ready", "snapshot": outcome.snapshot, "milliseconds": outcome.milliseconds}
        return _unkept(Response(json.dumps(told), content_type=JSON.content_type))

    def metrics(self) -> Response:
        """Return the figures of this process."""
        return _unkept(self._metrics.written())

    def status(self) -> Response:
        """Show whether the service answers, how reliably it did, and how quickly, as a page or as JSON."""
        media = asked_for((HTML, JSON))
        now, days = self._probe.recent(), self._days()
        periods = {name: _rounded(summed(days[-length:])) for name, length in PERIODS.items()}
        if media is JSON:
            told = {"now": _as_dict(now), "availability": periods, "days": [_day_as_dict(day) for day in days]}
            return Response(json.dumps(told, indent=1), content_type=JSON.content_type)
        slowest = max((day.slow or 0 for day in days), default=0)
        drawn = {"slowest": slowest, "kind": _kind, "rounded": _rounded}
        return Response(render_template("status.html", now=now, days=days, periods=periods, **drawn))

    def _days(self) -> list[Day]:
        try:
            return self._minutes.days()
        except sqlite3.Error:  # it cannot be kept here (see the log), and the rest of the page is worth having
            return []


def _unkept(response: Response) -> Response:
    response.headers["Cache-Control"] = NEVER_KEPT
    return response


def _why(outcome: Outcome | None) -> object:
    return outcome.why if outcome and outcome.why else said("none has answered yet")


def _rounded(share: float | None) -> float | None:
    """Return a share to a hundredth of a percent, never rounded up: only what never failed is 100 %."""
    return None if share is None else floor(share * 10_000) / 10_000


def _kind(day: Day) -> str:
    """Return how a day is drawn."""
    share = day.availability
    if share is None:
        return "none"
    return "full" if share >= 0.999 else "most" if share >= 0.95 else "low"


def _as_dict(now: Outcome | None) -> dict[str, object]:
    if now is None:
        return {"answered": False}
    return {"answered": now.answered, "milliseconds": now.milliseconds, "snapshot": now.snapshot}


def _day_as_dict(day: Day) -> dict[str, object]:
    return {
        "day": day.day.isoformat(),
        "minutes": day.minutes,
        "answered": day.answered,
        "availability": _rounded(day.availability),
        "median": day.median,
        "percentile_95": day.slow,
    }
