"""Show what the validations of the whole graph found, and how that went over time."""

import json
from dataclasses import asdict
from pathlib import Path

from flask import Response, g, render_template

from graph.names import PREFIXES
from graph.quality import Measured, series
from server.http.negotiate import HTML, JSON, asked_for
from server.workers.looks import Looks

DRAWN = 120  # validations
SEVERITIES = ("Violation", "Warning", "Info")


class Quality:
    """Be the page on the state of the data."""

    def __init__(self, folder: Path, looks: Looks) -> None:
        self._folder, self._looks = folder, looks

    def page(self) -> Response:
        """Show the newest findings by rule and the counts over time, as a page or as JSON."""
        found = series(self._folder)
        if asked_for((HTML, JSON)) is JSON:
            told = [asdict(each) for each in found]
            return Response(json.dumps(told, ensure_ascii=False, indent=1), content_type=JSON.content_type)
        drawn = found[-DRAWN:]
        highest = max((sum(each.counts.values()) for each in drawn), default=0)
        newest = found[-1] if found else None
        rules = [(each, each.rule.removeprefix(PREFIXES["shape"])) for each in newest.rules] if newest else []
        shown = {"newest": newest, "rules": rules, "drawn": drawn, "highest": highest, "severities": SEVERITIES}
        examples = tuple(thing for each, _ in rules for thing in each.examples)
        called = self._looks.at("graph.pages.naming:called", examples, g.lang) if examples else {}
        return Response(render_template("quality.html", **shown, stacked=stacked, called=called))


def stacked(each: Measured, highest: int, height: float) -> list[tuple[str, float, float]]:
    """Return the bars of one validation, one on another: the severity, where it begins from the top, how high it is."""
    bars, below = [], 0
    for severity in SEVERITIES:
        count = each.counts.get(severity, 0)
        below += count
        bars.append((severity, height * (1 - below / max(highest, 1)), height * count / max(highest, 1)))
    return bars
