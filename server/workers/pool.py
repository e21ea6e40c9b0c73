"""Answer jobs in worker processes: two lanes, a deadline, and a second try where somebody else killed the worker.

A query starts in the quick lane. One that has used `Limits.promote` seconds of a processor moves to the slow lane, at a
lower priority, if that has room for its client; else it is ended and waits for room. A text that was slow before does
not get that far, and clients that were slow lately get one place of the quick lane between them, and for a third of the
time. So slow queries can never fill the lane that quick ones need.
"""

import logging
import signal
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from math import inf
from multiprocessing.process import BaseProcess
from pathlib import Path
from time import monotonic

from graph.errors import M4sdError
from server.limits import MIB, Limits, Role
from server.operation.metrics import Metrics
from server.workers.cell import Job, Look, Reply
from server.workers.crew import Crew, Died, Worker
from server.workers.lanes import Budget, Lane

_LOG = logging.getLogger("m4sd.workers")
_TRIES = 3  # workers that somebody else may kill under one query
_LOOK = 0.05  # seconds between two looks at what a query has used
_QUICK = 1.0  # seconds that a query may stay in the quick lane, whatever it used
_REMEMBERED = 10_000  # slow queries, by digest


class Deadline(M4sdError):
    """Say that a query ran into the time limit."""

    template = "The query was ended after {seconds} seconds, the limit here. Make it more selective, or ask for less."


class Full(M4sdError):
    """Say that the endpoint is busy; the request may be sent again after `after` seconds."""

    template = "The endpoint is busy; try again in {after} seconds."


class OutOfMemory(M4sdError):
    """Say that a query passed the memory limit."""

    template = "The query needed more than the {memory} MiB of memory that a query may use here. Ask for less at once."


class Broken(M4sdError):
    """Say that the engine itself broke on a query."""

    template = "The engine broke on this query. That is our fault; tell us the query and the number of this request."


class Cancelled(M4sdError):
    """Say that a query was cancelled at its client's wish."""

    template = "The query was cancelled."


@dataclass(slots=True)
class Running:
    """Follow one query: who asked, how many seconds it has, since when, where, and whether its client cancelled it."""

    client: str
    seconds: float  # for all of it, waiting included
    begun: float = field(default_factory=monotonic)
    process: BaseProcess | None = None
    cancelled: bool = False

    def left(self, most: float = inf) -> float:
        """Return the seconds that it still has, up to some."""
        return max(min(self.begun + self.seconds - monotonic(), most), 0)


class Pool:
    """Answer jobs in worker processes."""

    def __init__(
        self, limits: Limits, sandboxed: bool, newest: Callable[[], Path | None], metrics: Metrics | None = None
    ) -> None:
        self._limits, self._metrics = limits, metrics or Metrics()
        self.crew = Crew(limits.quick + limits.slow + limits.spare, limits.uses, sandboxed, newest, self._metrics)
        self._quick = Lane(limits.quick, limits.quick_per_client)
        self._slow = Lane(limits.slow, limits.slow_per_client)
        self._probation = Lane(limits.debtors, 1)
        self._budget = Budget(limits.window)
        self._known_slow: OrderedDict[bytes, None] = OrderedDict()
        self._waiting = threading.BoundedSemaphore(limits.waiting)
        self._lock = threading.Lock()
        self._running: dict[str, Running] = {}

    def start(self) -> None:
        """Start the workers, once."""
        self.crew.start()

    def close(self) -> None:
        """End the workers."""
        self.crew.close()

    def ask(self, job: Job | Look, role: Role, client: str, identity: str) -> Reply:
        """Return the reply to a job; raise Deadline, Full, UsedUp, OutOfMemory, Broken or Cancelled."""
        self.crew.start()
        self._budget.require(client, role)
        running = Running(client, role.deadline)
        with self._lock:
            self._running[identity] = running
        try:
            return self._with_other_tries(job, role, running)
        finally:
            with self._lock:
                self._running.pop(identity, None)

    def cancel(self, identity: str, client: str) -> bool:
        """End a running query of this client; return whether there was one."""
        with self._lock:
            running = self._running.get(identity)
            if running is None or running.client != client:
                return False
            running.cancelled = True
            if running.process is not None:
                running.process.kill()
        return True

    def _with_other_tries(self, job: Job | Look, role: Role, running: Running) -> Reply:
        """Ask; where somebody else killed the worker, ask another one, since a query changes nothing."""
        for _ in range(_TRIES):
            try:
                return self._ask(job, running)
            except Died as death:
                if running.cancelled or not death.foreign:
                    raise explained(death, role, running) from death
        raise Full(after=1)

    def _ask(self, job: Job | Look, running: Running) -> Reply:
        digest = sha256(job.text.encode()).digest()
        if digest not in self._known_slow:
            worker, reply = self._ask_quickly(job, running)
            if reply is not None:
                return reply
            self._remember(digest)
            if worker is not None:
                return self._finish(worker, running)
        with self._metrics.waiting("slow"):
            entered = self._slow.enter(running.client, running.left(self._limits.patience))
        if not entered:
            raise Full(after=max(round(running.seconds), 1))
        return self._finish(self._start_slowly(job, running), running)

    def _ask_quickly(self, job: Job | Look, running: Running) -> tuple[Worker | None, Reply | None]:
        """Return the reply; or the worker, if it may go on in the slow lane; or neither, if the query was ended."""
        owes = self._budget.owes(running.client)
        with self._place_in_the_quick_lane(running, owes):
            worker = self._start(job, running)
            if owes:
                worker.step_back()
            try:
                reply = self._wait_while_quick(worker, running, self._limits.promote / (3 if owes else 1))
            except Died:
                self.crew.drop(worker, "died")
                raise
            if reply is not None:
                if owes and not worker.step_forward():
                    self.crew.drop(worker, "slow")
                else:
                    self.crew.give_back(worker)
                return None, reply
            if self._slow.enter(running.client):
                return worker, None
            self.crew.drop(worker, "no place in the slow lane")
            self._budget.spend(running.client, self._limits.turned_away)
            return None, None

    def _wait_while_quick(self, worker: Worker, running: Running, most: float) -> Reply | None:
        """Wait as long as the query has used little of a processor: on a busy machine, time alone says nothing."""
        until = monotonic() + min(running.seconds / 2, _QUICK)
        while True:
            reply: Reply | None = worker.wait(_LOOK)
            past = monotonic() > until
            if reply is not None or past or worker.busy() >= most:
                return reply

    def _start_slowly(self, job: Job | Look, running: Running) -> Worker:
        try:
            return self._start(job, running)
        except BaseException:
            self._slow.leave(running.client)
            raise

    def _finish(self, worker: Worker, running: Running) -> Reply:
        """Wait for a slow query; its worker goes afterwards, since its priority may not be raised again."""
        since = monotonic()
        reason = "died"
        self._metrics.lane("slow")
        try:
            worker.step_back()
            reply: Reply | None = worker.wait(running.left())
            reason = "slow" if reply else "deadline"
            if reply is None:
                raise Deadline(seconds=running.seconds)
            return reply
        finally:
            self.crew.drop(worker, reason)
            self._slow.leave(running.client)
            self._budget.spend(running.client, monotonic() - since)

    @contextmanager
    def _place_in_the_quick_lane(self, running: Running, owes: bool) -> Iterator[None]:
        """Hold a place; those who were slow lately wait for each other first, so as to make nobody else wait."""
        if not self._waiting.acquire(blocking=False):
            raise Full(after=1)
        with ExitStack() as places:
            try:
                with self._metrics.waiting("quick"):
                    for lane in (self._probation, self._quick) if owes else (self._quick,):
                        if not lane.enter(running.client, running.left(self._limits.patience)):
                            raise Full(after=1)
                        places.callback(lane.leave, running.client)
                self._metrics.lane("quick")
            finally:
                self._waiting.release()
            yield

    def _start(self, job: Job | Look, running: Running) -> Worker:
        """Give a job to an idle worker; one whose client has cancelled meanwhile is ended."""
        with self._metrics.waiting("worker"):
            worker = self.crew.hand(job, running.left(self._limits.patience))
        if worker is None:
            raise Full(after=1)
        with self._lock:
            running.process = worker.process
            if running.cancelled:
                worker.process.kill()
        return worker

    def _remember(self, digest: bytes) -> None:
        with self._lock:
            self._known_slow[digest] = None
            while len(self._known_slow) > _REMEMBERED:
                self._known_slow.popitem(last=False)


def explained(death: Died, role: Role, running: Running) -> M4sdError:
    """Return why a worker ended: its client's wish, too much memory (the allocator aborts), or the engine's fault."""
    if running.cancelled:
        return Cancelled()
    if death.code in (-signal.SIGABRT, -signal.SIGKILL):
        return OutOfMemory(memory=role.memory // MIB)
    pid = running.process.pid if running.process else 0
    _LOG.error("worker %s ended with %s", pid, death.code)
    return Broken()
