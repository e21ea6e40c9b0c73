"""Keep the workers: start them ahead of need, take them up when they are ready, replace those that end.

Nothing is shared between workers: each has its own pipe, so killing one harms no other.
"""

import logging
import os
import pickle
import select
import signal
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import connection, get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from time import monotonic
from typing import Any

from server.operation.metrics import Metrics
from server.workers import cell
from server.workers.cell import Task

_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload(["server.workers.cell"])
_LOG = logging.getLogger("m4sd.workers")

_START = 30.0  # seconds that a worker may take to start
_ROUND = 0.5  # seconds between two looks at the idle workers
_UNKNOWN = 255  # what multiprocessing says where it could not learn an exit code
_TICKS = os.sysconf("SC_CLK_TCK")


class Died(Exception):
    """Say that a worker ended before it replied, and with which exit code."""

    def __init__(self, code: int | None) -> None:
        super().__init__(code)
        self.code = code

    @property
    def foreign(self) -> bool:
        """Return whether somebody else killed it, or nobody knows why it ended, so that another one may be asked."""
        return self.code in (-signal.SIGKILL, _UNKNOWN, None)


@dataclass(slots=True, eq=False)
class Worker:
    """Hold one worker: its process, our end of its pipe, and what it has done."""

    process: BaseProcess
    channel: Connection
    born: float = field(default_factory=monotonic)
    uses: int = 0
    used: float = 0.0  # seconds of processor time before its present job
    _incoming: select.poll = field(default_factory=select.poll)

    def __post_init__(self) -> None:
        self._incoming.register(self.channel.fileno(), select.POLLIN)

    def send(self, task: Task) -> None:
        """Give it a task; raise OSError where it is dead."""
        self.channel.send_bytes(pickle.dumps(task))
        self.uses += 1

    def wait(self, seconds: float) -> Any:  # what its craft answers
        """Return its reply, or None where that does not come in time; raise Died where it is dead."""
        try:
            if not self._incoming.poll(max(seconds, 0) * 1000):
                return None
            reply, self.used = pickle.loads(self.channel.recv_bytes())  # noqa: S301 - it comes from our own worker
        except (EOFError, OSError) as error:
            self.process.join(1)
            raise Died(self.process.exitcode) from error
        return reply

    def step_back(self) -> None:
        """Let everything else go first (SCHED_IDLE, sched(7)): at a mere lower priority it would still make it wait."""
        with suppress(ProcessLookupError):
            os.sched_setscheduler(self.process.pid or 0, os.SCHED_IDLE, os.sched_param(0))

    def step_forward(self) -> bool:
        """Be as good as any other again; return whether that was allowed."""
        try:
            os.sched_setscheduler(self.process.pid or 0, os.SCHED_OTHER, os.sched_param(0))
        except OSError:
            return False
        return True

    def busy(self) -> float:
        """Return the seconds of processor time that its present job has used."""
        return self.seconds() - self.used

    def end(self) -> None:
        """End it at once; SIGKILL is the only thing that ends a running query."""
        self.process.kill()
        self.process.join()
        self.channel.close()

    def seconds(self) -> float:
        """Return the seconds of processor time that it has used since it started."""
        try:
            fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0
        return (int(fields[11]) + int(fields[12])) / _TICKS  # utime and stime, proc(5)


class Crew:
    """Hold a number of workers of one craft, each on the snapshot that was newest when it started."""

    def __init__(
        self,
        size: int,
        uses: int,
        sandboxed: bool,
        newest: Callable[[], Path | None],
        metrics: Metrics,
        craft: str = cell.__name__,
    ) -> None:
        self._size, self._uses, self._sandboxed, self._newest = size, uses, sandboxed, newest
        self._metrics, self._craft = metrics, craft
        self._idle: deque[Worker] = deque()
        self._starting: dict[Connection, Worker] = {}
        self._changed = threading.Condition()
        self._missing = self._failed = 0
        self._open = False

    def start(self) -> None:
        """Start the workers, once, and return when the first is ready."""
        with self._changed:
            begun, self._open = self._open, True
            self._missing += 0 if begun else self._size
        if not begun:
            threading.Thread(target=self._keep_up, name="keeper", daemon=True).start()
            with self._changed:
                self._changed.wait_for(lambda: bool(self._idle), timeout=_START)

    def take(self, patience: float) -> Worker | None:
        """Return an idle worker, or None where there is none within `patience` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._idle), timeout=patience)
            return self._idle.pop() if self._idle else None

    def hand(self, task: Task, patience: float) -> Worker | None:
        """Return an idle worker that took a task, or None where there is none in time; a dead one is passed over."""
        while worker := self.take(patience):
            try:
                worker.send(task)
            except OSError:
                self.drop(worker, "died")
                continue
            return worker
        return None

    def give_back(self, worker: Worker) -> None:
        """Take a worker back that has replied; an old one is replaced."""
        if worker.uses >= self._uses:
            self.drop(worker, "used")
            return
        with self._changed:
            self._idle.append(worker)
            self._changed.notify()

    def drop(self, worker: Worker, reason: str) -> None:
        """End a worker and order another one."""
        if not worker.channel.closed:
            worker.end()
            self._metrics.ended(reason)
            self._order()

    def close(self) -> None:
        """End all idle workers; those at work end with their query."""
        with self._changed:
            self._open = False
            idle, self._idle = list(self._idle), deque()
        for worker in idle:
            worker.end()

    def pids(self) -> list[int]:
        """Return the process ids of the idle workers."""
        with self._changed:
            return [worker.process.pid or 0 for worker in self._idle]

    def _order(self) -> None:
        with self._changed:
            self._missing += 1
            self._changed.notify_all()

    def _keep_up(self) -> None:
        while self._open:
            self._start_missing()
            ready = connection.wait(list(self._starting), timeout=0.02) if self._starting else []
            for channel in ready:
                self._welcome(self._starting.pop(channel))  # type: ignore[call-overload]  # we gave it connections only
            self._look_after()
            with self._changed:
                if not self._starting:
                    self._changed.wait_for(lambda: self._missing > 0 or not self._open, timeout=_ROUND)

    def _start_missing(self) -> None:
        with self._changed:
            number, self._missing = self._missing, 0
        for _ in range(number):
            try:
                worker = self._new()
            except (OSError, EOFError):  # the machine is out of processes or memory just now
                time.sleep(_ROUND)
                self._order()
            else:
                self._starting[worker.channel] = worker

    def _welcome(self, worker: Worker) -> None:
        """Count a worker as idle once it says that it is ready: its start is not part of anybody's query."""
        try:
            if worker.channel.recv_bytes() == cell.READY:
                worker.used, self._failed = worker.seconds(), 0
                self.give_back(worker)
                return
        except (EOFError, OSError):
            worker.process.join(1)
        _LOG.warning("worker %s ended with %s before it was ready", worker.process.pid, worker.process.exitcode)
        if worker.process.exitcode != -signal.SIGKILL:  # it failed by itself, which is dear, and may well come again
            self._failed += 1
            time.sleep(min(_ROUND * 2**self._failed, _START))
        self.drop(worker, "never ready")

    def _look_after(self) -> None:
        """Replace workers that ended while idle, and those that never get ready."""
        with self._changed:
            dead = [worker for worker in self._idle if not worker.process.is_alive()]
            for worker in dead:
                self._idle.remove(worker)
        late = [worker for worker in self._starting.values() if monotonic() - worker.born > _START]
        for worker in late:
            del self._starting[worker.channel]
        for worker in dead:
            self.drop(worker, "died")
        for worker in late:
            self.drop(worker, "never ready")

    def _new(self) -> Worker:
        ours, theirs = _CONTEXT.Pipe()
        told = theirs, self._sandboxed, self._newest(), self._craft
        process = _CONTEXT.Process(target=cell.main, args=told, daemon=True, name="cell")
        process.start()
        theirs.close()
        self._metrics.started()
        return Worker(process, ours)
