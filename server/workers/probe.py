"""Ask a worker whether it answers."""

import threading
from dataclasses import dataclass, replace
from time import monotonic, perf_counter

from graph.errors import M4sdError, Said
from graph.query import Question
from graph.store import Reader
from server.limits import Limits
from server.workers.cell import Job
from server.workers.pool import Pool

QUESTION = Question("ASK { ?s ?p ?o }")
PATIENCE = 2.0  # seconds within which a question as cheap as this one is answered
FRESH = 1.0  # seconds for which an outcome is told again
CLIENT = "probe"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Say whether a worker answered, of which snapshot, in which time, and else why not."""

    answered: bool
    milliseconds: float
    snapshot: str = ""
    why: Said | None = None


class Probe:
    """Ask a cheap question of the newest snapshot through the pool, as anybody's question goes."""

    def __init__(self, reader: Reader, pool: Pool, limits: Limits) -> None:
        self._reader, self._pool = reader, pool
        self._role = replace(limits.anonymous, deadline=PATIENCE, budget=float("inf"))
        self._asking = threading.Lock()
        self._last: tuple[float, Outcome] | None = None

    def ask(self) -> Outcome:
        """Ask now."""
        begin = perf_counter()
        try:
            snapshot = self._reader.snapshot
            job = Job(str(snapshot), QUESTION, "json", "turtle", self._role.memory, self._role.result)
            reply = self._pool.ask(job, self._role, CLIENT, f"{CLIENT}-{begin}")
        except M4sdError as error:
            return Outcome(False, _milliseconds(begin), why=error.said)
        return Outcome(not reply.error, _milliseconds(begin), snapshot.name, reply.said)

    def recent(self) -> Outcome | None:
        """Return an outcome not older than a moment; who comes while somebody asks takes the one before."""
        if self._asking.acquire(blocking=False):
            try:
                if self._last is None or monotonic() - self._last[0] > FRESH:
                    self._last = monotonic(), self.ask()
            finally:
                self._asking.release()
        return self._last[1] if self._last else None


def _milliseconds(begin: float) -> float:
    return round((perf_counter() - begin) * 1000, 2)
