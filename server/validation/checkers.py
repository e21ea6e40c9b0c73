"""Check records in worker processes: a bounded number at once, each with a deadline and a memory limit."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from server.limits import Limits, Role
from server.operation.metrics import Metrics
from server.validation.checks import Check, Verdict
from server.workers.crew import Crew, Died
from server.workers.lanes import Lane
from server.workers.pool import Deadline, Full, Running, explained

CRAFT = "server.validation.checker"  # by name: it loads what the web process has no use for
_TRIES = 3  # workers that somebody else may kill under one check


class Checkers:
    """Judge files in worker processes of the same kind as those that answer queries."""

    def __init__(self, limits: Limits, sandboxed: bool, newest: Callable[[], Path | None], metrics: Metrics) -> None:
        self._limits, self._metrics = limits, metrics
        self._crew = Crew(limits.checks, limits.uses, sandboxed, newest, metrics, CRAFT)
        self._lane = Lane(limits.checks, max(limits.checks // 2, 1))

    def start(self) -> None:
        """Start the workers, once, and return when the first is ready."""
        self._crew.start()

    def close(self) -> None:
        """End the workers."""
        self._crew.close()

    def ask(self, check: Check, role: Role, client: str) -> Verdict:
        """Return the verdict on some files; raise Deadline, Full, OutOfMemory or Broken."""
        self.start()
        with self._place(client, role):
            running = Running(client, role.deadline)
            for _ in range(_TRIES):
                try:
                    return self._asked(check, running)
                except Died as death:
                    if not death.foreign:
                        raise explained(death, role, running) from death
        raise Full(after=1)

    def _asked(self, check: Check, running: Running) -> Verdict:
        worker = self._crew.hand(check, running.left(self._limits.patience))
        if worker is None:
            raise Full(after=1)
        running.process, reason = worker.process, "died"
        try:
            verdict: Verdict | None = worker.wait(running.left())
            reason = "deadline" if verdict is None else ""
        finally:
            if reason:
                self._crew.drop(worker, reason)
        if verdict is None:
            raise Deadline(seconds=running.seconds)
        self._crew.give_back(worker)
        return verdict

    @contextmanager
    def _place(self, client: str, role: Role) -> Iterator[None]:
        with self._metrics.waiting("checks"):
            entered = self._lane.enter(client, self._limits.patience)
        if not entered:
            raise Full(after=round(role.deadline))
        try:
            yield
        finally:
            self._lane.leave(client)
