"""Be a worker: a process that answers queries on a snapshot without network, within a memory limit, on a deep stack."""

import os
import pickle
import resource
import signal
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, Protocol

from graph.deep import on_deep_stack
from graph.errors import M4sdError, Said, TooLarge, said
from graph.pages import entity
from graph.query import Question, answer
from graph.sparql.nearest import Unknown
from graph.store import Store, open_snapshot
from server.workers import lifeline, sandbox

READY = b"ready"


# A dataclass with slots is pickled field by field in Python, which takes ten times as long: these have none.
@dataclass(frozen=True)
class Job:
    """Ask a question of a snapshot, in two formats of which its kind takes one."""

    snapshot: str
    question: Question
    rows: str
    triples: str
    memory: int
    largest: int

    @property
    def text(self) -> str:
        """Return what it asks, by which it is known again."""
        return self.question.text


@dataclass(frozen=True)
class Look:
    """Ask for what a page shows: `what` names a function of ours, `module:name`, which gets the store and `asked`."""

    snapshot: str
    what: str
    asked: tuple[object, ...]
    memory: int
    largest: int

    @property
    def text(self) -> str:
        """Return what it asks, by which it is known again."""
        return f"{self.what} {self.asked!r}"


@dataclass(frozen=True)
class Reply:
    """Answer a job, or say by the name of an error why not; `seconds` is what the engine took."""

    seconds: float
    body: bytes = b""
    form: str = ""
    format: str = ""
    empty: bool = False
    unknown: tuple[Unknown, ...] = ()
    error: str = ""
    said: Said | None = None
    line: int = 0
    column: int = 0
    count: int = 0
    mends: tuple[Said, ...] = ()

    @property
    def size(self) -> int:
        """Return the bytes that it holds."""
        return len(self.body)


class Task(Protocol):
    """Be what a worker is given to do, on which snapshot, and how many bytes it may add to the process."""

    @property
    def snapshot(self) -> str:
        """Return the folder of the snapshot."""

    @property
    def memory(self) -> int:
        """Return the number of bytes."""


class Craft(Protocol):
    """Say what a worker can do: a module, which the web process need not load, with these two functions."""

    warm: Callable[[Store], object]
    work: Callable[[Store, Any], object]  # Any: a craft knows its own tasks


def main(channel: Connection, sandboxed: bool, snapshot: Path | None, craft: str) -> None:
    """Open a snapshot, say so, and do the tasks that come through a channel until it closes."""
    lifeline.hold(signal.SIGKILL)  # a query that nobody waits for, and nobody ends, would run on
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's Ctrl-C is for the web process
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # the engine's last words, when memory ends, are no log
    os.environ.clear()  # nothing of it is needed here, and some of it may be secret
    sandbox.close_others(channel.fileno())
    if sandboxed:
        sandbox.close()
    known: Craft = import_module(craft)
    on_deep_stack(lambda: _serve(channel, snapshot, known))


def _serve(channel: Connection, snapshot: Path | None, craft: Craft) -> None:
    opened = (str(snapshot), open_snapshot(snapshot)) if snapshot else None
    if opened:
        craft.warm(opened[1])  # what is loaded at the first task is loaded now
    channel.send_bytes(READY)
    allowed: tuple[int, int] | None = None
    while True:
        try:
            task: Task = pickle.loads(channel.recv_bytes())  # noqa: S301 - it comes from the web process alone
        except (EOFError, ConnectionError):
            return
        if opened is None or opened[0] != task.snapshot:
            _allow(resource.RLIM_INFINITY)
            opened, allowed = (task.snapshot, open_snapshot(Path(task.snapshot))), None
        most = task.memory, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        if most != allowed:  # it costs as much as a small query, and most queries leave the process as it was
            _allow(_used() + task.memory)
            allowed = most
        channel.send_bytes(pickle.dumps((craft.work(opened[1], task), process_time())))


def warm(store: Store) -> None:
    """Ask something, so that what a first query loads is loaded, and what a first page reads is read."""
    answer(store, Question("ASK {}"))
    entity.warm(store)


def work(store: Store, job: Job | Look) -> Reply:
    """Return the answer to a job, or the error as data."""
    begin = perf_counter()
    try:
        if isinstance(job, Look):
            return _looked(store, job, begin)
        found = answer(store, job.question, job.rows, job.triples, job.largest)
    except M4sdError as error:
        place = getattr(error, "line", 0), getattr(error, "column", 0)
        return Reply(
            perf_counter() - begin, error=type(error).__name__, said=error.said, line=place[0], column=place[1]
        )
    except (OSError, RuntimeError, ValueError) as error:  # the engine's own, such as a triple term in RDF/XML
        detail = said("the engine cannot do this: {why}", why=str(error))
        return Reply(perf_counter() - begin, error="QueryError", said=detail)
    seconds = perf_counter() - begin
    return Reply(
        seconds, found.body, found.form, found.format, found.empty, found.unknown, count=found.count, mends=found.mends
    )


def _looked(store: Store, look: Look, begin: float) -> Reply:
    """Return the value of the function that a look names, pickled."""
    module, _, function = look.what.partition(":")
    body = pickle.dumps(getattr(import_module(module), function)(store, *look.asked))
    if len(body) > look.largest:
        raise TooLarge(look.largest)
    return Reply(perf_counter() - begin, body)


def _used() -> int:
    """Return the bytes of address space that this process has now."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()


def _allow(address_space: int) -> None:
    """Bound the address space; only the soft limit, so that the next job can have another one."""
    resource.setrlimit(resource.RLIMIT_AS, (address_space, resource.RLIM_INFINITY))
