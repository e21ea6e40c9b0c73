"""Keep the workers: two lanes, a deadline by SIGKILL, a fresh process for each that dies.

Every query starts in the quick lane. One that runs longer than `Limits.promote` moves to the slow lane, at a lower
priority, if that has room for its client; else it is ended and waits for room. So slow queries can never fill the lane
that quick ones need. Nothing is shared between workers: each has its own pipe, so killing one harms no other.
"""

import os
import pickle
import queue
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from time import monotonic

from graph.errors import M4sdError
from server import cell
from server.cell import Job, Reply
from server.lanes import Budget, Lane
from server.limits import MIB, Limits, Role

_NICE = 10
_START = 30.0  # seconds that a worker may take to start
_PAUSE = 0.5  # seconds before another attempt to start a worker
_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload(["server.cell"])


class Deadline(M4sdError):
    """Say that a query ran into the time limit."""

    template = "The query was ended after {seconds} seconds, the limit here. Make it more selective, or ask for less."


class Full(M4sdError):
    """Say that the endpoint is busy; the request may be sent again after `after` seconds."""

    template = "The endpoint is busy; try again in {after} seconds."


class OutOfMemory(M4sdError):
    """Say that a query passed the memory limit, or ended its worker in another way."""

    template = "The query needed more than the {memory} MiB of memory that a query may use here. Ask for less at once."


class Cancelled(M4sdError):
    """Say that a query was cancelled at its client's wish."""

    template = "The query was cancelled."


class _Died(Exception):
    """Say that a worker ended before it replied, and with which exit code."""

    def __init__(self, code: int | None) -> None:
        super().__init__(code)
        self.code = code


@dataclass(slots=True)
class Cell:
    """Hold one worker: its process and our end of its pipe."""

    process: BaseProcess
    channel: Connection
    uses: int = 0


@dataclass(slots=True)
class Running:
    """Follow one query: who asked, since when, in which process, and whether its client cancelled it."""

    client: str
    begun: float = field(default_factory=monotonic)
    process: BaseProcess | None = None
    cancelled: bool = False


class Pool:
    """Answer jobs in worker processes."""

    def __init__(self, limits: Limits, sandboxed: bool, newest: Callable[[], Path | None]) -> None:
        self._limits, self._sandboxed, self._newest = limits, sandboxed, newest
        self._idle: queue.LifoQueue[Cell] = queue.LifoQueue()
        self._wanted: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self._quick = Lane(limits.quick, limits.quick_per_client)
        self._slow = Lane(limits.slow, limits.slow_per_client)
        self._budget = Budget(limits.window)
        self._waiting = threading.BoundedSemaphore(limits.waiting)
        self._lock = threading.Lock()
        self._running: dict[str, Running] = {}
        self._started = False

    def start(self) -> None:
        """Start the workers, once."""
        with self._lock:
            if self._started:
                return
            self._started = True
        for worker in [self._new() for _ in range(self._limits.quick + self._limits.slow)]:
            self._welcome(worker)
        threading.Thread(target=self._replace, name="keeper", daemon=True).start()

    def ask(self, job: Job, role: Role, client: str, identity: str) -> Reply:
        """Return the reply to a job; raise Deadline, Full, UsedUp, OutOfMemory or Cancelled."""
        self.start()
        self._budget.require(client, role)
        running = Running(client)
        with self._lock:
            self._running[identity] = running
        try:
            return self._with_a_second_try(job, role, running)
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

    def close(self) -> None:
        """End all idle workers; those at work end with their query."""
        while not self._idle.empty():
            _end(self._idle.get_nowait())

    def _with_a_second_try(self, job: Job, role: Role, running: Running) -> Reply:
        """Ask; where somebody else killed the worker, ask another one, since a query changes nothing."""
        for last in (False, True):
            try:
                return self._ask(job, role, running)
            except _Died as death:
                if running.cancelled:
                    raise Cancelled from death
                if last or death.code != -signal.SIGKILL:
                    raise OutOfMemory(memory=role.memory // MIB) from death
        raise AssertionError("unreachable")

    def _ask(self, job: Job, role: Role, running: Running) -> Reply:
        client = running.client
        with self._place_in_the_quick_lane(client):
            worker = self._start(job, running)
            reply = self._wait(worker, min(self._limits.promote, role.deadline))
            if reply is not None:
                self._keep(worker)
                return reply
            moved = self._slow.enter(client)
            if not moved:
                self._drop(worker)
                self._budget.spend(client, self._limits.promote)
        if not moved:
            if not self._slow.enter(client, self._limits.patience):
                raise Full(after=round(role.deadline))
            worker = self._start_slowly(job, running)
        return self._finish(worker, role, running)

    def _start_slowly(self, job: Job, running: Running) -> Cell:
        running.begun = monotonic()
        try:
            return self._start(job, running)
        except BaseException:
            self._slow.leave(running.client)
            raise

    def _finish(self, worker: Cell, role: Role, running: Running) -> Reply:
        """Wait for a slow query; its worker goes afterwards, since its priority cannot be raised again."""
        try:
            os.setpriority(os.PRIO_PROCESS, worker.process.pid or 0, _NICE)
            reply = self._wait(worker, running.begun + role.deadline - monotonic())
            if reply is None:
                raise Deadline(seconds=role.deadline)
            return reply
        except ProcessLookupError as error:
            raise _Died(worker.process.exitcode) from error
        finally:
            self._drop(worker)
            self._slow.leave(running.client)
            self._budget.spend(running.client, monotonic() - running.begun)

    @contextmanager
    def _place_in_the_quick_lane(self, client: str) -> Iterator[None]:
        if not self._waiting.acquire(blocking=False):
            raise Full(after=1)
        try:
            if not self._quick.enter(client, self._limits.patience):
                raise Full(after=1)
        finally:
            self._waiting.release()
        try:
            yield
        finally:
            self._quick.leave(client)

    def _start(self, job: Job, running: Running) -> Cell:
        """Give a job to an idle worker; one that died while it waited is passed over."""
        data = pickle.dumps(job)
        while True:
            try:
                worker = self._idle.get(timeout=self._limits.patience)
            except queue.Empty as error:
                raise Full(after=1) from error
            try:
                worker.channel.send_bytes(data)
            except OSError:
                self._drop(worker)
                continue
            worker.uses += 1
            with self._lock:
                running.process = worker.process
                if running.cancelled:
                    worker.process.kill()
            return worker

    def _wait(self, worker: Cell, seconds: float) -> Reply | None:
        """Return the reply, or None where it does not come in time; raise _Died where the worker is dead."""
        try:
            if not worker.channel.poll(max(seconds, 0)):
                return None
            reply: Reply = pickle.loads(worker.channel.recv_bytes())  # noqa: S301 - it comes from our own worker
        except (EOFError, OSError) as error:
            self._drop(worker)
            raise _Died(worker.process.exitcode) from error
        return reply

    def _keep(self, worker: Cell) -> None:
        if worker.uses >= self._limits.uses:
            self._drop(worker)
        else:
            self._idle.put(worker)

    def _drop(self, worker: Cell) -> None:
        """End a worker and order another one."""
        if not worker.channel.closed:
            _end(worker)
            self._wanted.put(True)

    def _replace(self) -> None:
        while self._wanted.get():
            try:
                self._welcome(self._new())
            except (OSError, EOFError):  # the machine is out of processes or memory just now
                time.sleep(_PAUSE)
                self._wanted.put(True)

    def _welcome(self, worker: Cell) -> None:
        """Count a worker as idle once it says that it is ready: its start is not part of anybody's query."""
        if worker.channel.poll(_START) and worker.channel.recv_bytes() == cell.READY:
            self._idle.put(worker)
        else:
            self._drop(worker)

    def _new(self) -> Cell:
        """Start a worker on the newest snapshot."""
        ours, theirs = _CONTEXT.Pipe()
        process = _CONTEXT.Process(
            target=cell.main, args=(theirs, self._sandboxed, self._newest()), daemon=True, name="cell"
        )
        process.start()
        theirs.close()
        return Cell(process, ours)


def _end(worker: Cell) -> None:
    """End a worker at once; SIGKILL is the only thing that ends a running query."""
    worker.process.kill()
    worker.process.join()
    worker.channel.close()
