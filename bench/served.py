"""Start a server of one's own for a campaign, look at its processes, and end it."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from bench.wire import HOST

READY_WITHIN = 300.0  # a store made of other records is built afresh first
GONE_WITHIN = 15.0


@dataclass(frozen=True, slots=True)
class Process:
    """Name one process; its start time tells it from a later one with the same number."""

    pid: int
    parent: int
    started: int
    state: str
    command: str
    megabytes: int


@dataclass(frozen=True, slots=True)
class Served:
    """Carry a running server: its port, its first process, its log."""

    port: int
    pid: int
    log: Path

    def web(self) -> tuple[tuple[int, int], ...]:
        """Return the processes that must outlive every attack: the first one and its children, which listen."""
        all_of_them = descendants(self.pid)
        return tuple(sorted((p.pid, p.started) for p in all_of_them if self.pid in (p.pid, p.parent)))

    def cells(self) -> list[Process]:
        """Return the query processes: what descends from the web process, without the helpers that start them."""
        family = {process.pid: process for process in descendants(self.pid)}
        return [each for each in family.values() if _is_cell(each, family.get(each.parent), self.pid)]

    def nurseries(self) -> list[Process]:
        """Return the processes that start query processes."""
        family = {process.pid: process for process in descendants(self.pid)}
        starting = {cell.parent for cell in self.cells()}
        return [family[pid] for pid in starting if pid in family]

    def complaints(self) -> list[str]:
        """Return the last errors in the server's log, and whatever else stands there that is no event."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return [f"{line[:200]} … {line[-200:]}" if len(line) > 400 else line for line in lines if _is_complaint(line)][
            -20:
        ]

    def megabytes(self) -> int:
        """Return the memory of the processes that stay."""
        return sum(p.megabytes for p in descendants(self.pid) if self.pid in (p.pid, p.parent))


@contextmanager
def served(store: Path, port: int, environment: Mapping[str, str] | None = None) -> Iterator[Served]:
    """Serve a store while the block runs; nothing that was started here is left behind."""
    with tempfile.NamedTemporaryFile(prefix="m4sd-serve-", suffix=".log", delete=False) as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "server.cli.main", "serve", "--store", str(store), "--port", str(port)],
            env={**os.environ, **(environment or {})},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_until_ready(process, port, Path(log.name))
        yield Served(port, process.pid, Path(log.name))
    finally:
        _end(process)


@contextmanager
def attached(port: int, pid: int | None = None) -> Iterator[Served]:
    """Look at a server that somebody else started, and leave it running; without its number, without its processes."""
    yield Served(port, pid or 0, Path(os.devnull))


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server((HOST, 0)) as probe:
        return int(probe.getsockname()[1])


def descendants(pid: int) -> list[Process]:
    """Return a process and all that descends from it, as /proc shows them."""
    everyone = {process.pid: process for process in _processes()}
    found = [everyone[pid]] if pid in everyone else []
    for known in found:  # grows as it goes
        found.extend(process for process in everyone.values() if process.parent == known.pid)
    return found


def at_work(processes: Sequence[Process], within: float) -> Process | None:
    """Return the first of these processes that is seen running within some seconds, or None."""
    until = monotonic() + within
    while monotonic() < until:
        for process in processes:
            if alive(process) and _running(process.pid):
                return process
    return None


def alive(process: Process) -> bool:
    """Tell whether this very process still runs."""
    now = _read(process.pid)
    return now is not None and now.started == process.started and now.state not in "ZX"


def _is_complaint(line: str) -> bool:
    try:
        return bool(json.loads(line).get("level") == "error")
    except ValueError:
        return not line.startswith("M4SD Graph:")


def _is_cell(process: Process, parent: Process | None, first: int) -> bool:
    if parent is None or first in (process.pid, process.parent) or process.state in "ZX":
        return False
    # The fork server's children keep its command line; the fork server itself hangs on the web process.
    return "forkserver" in process.command and "forkserver" in parent.command


def _processes() -> Iterator[Process]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (process := _read(int(entry.name))):
            yield process


def _running(pid: int) -> bool:
    """Tell whether a thread of a process is at work; the state of the process is that of its first one."""
    try:
        stats = [task.joinpath("stat").read_text() for task in Path(f"/proc/{pid}/task").iterdir()]
    except OSError:
        return False
    return any(stat.rpartition(")")[2].split()[0] == "R" for stat in stats)


def _read(pid: int) -> Process | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    pages = int(fields[21])
    return Process(pid, int(fields[1]), int(fields[19]), fields[0], command, pages * os.sysconf("SC_PAGESIZE") >> 20)


def _wait_until_ready(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    until = monotonic() + READY_WITHIN
    while monotonic() < until:
        if process.poll() is not None:
            break
        if _answers(port):
            return
        sleep(0.1)
    raise RuntimeError(f"the server is not ready: {log.read_text()[-2000:]}")


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/sparql?query=ASK%7B%7D", headers={"Accept": "text/csv, */*;q=0.1"})
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _end(process: "subprocess.Popen[bytes]") -> None:
    mine = descendants(process.pid)
    process.send_signal(signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(GONE_WITHIN)
    for left in mine:
        if alive(left):
            with suppress(ProcessLookupError):
                os.kill(left.pid, signal.SIGKILL)
    process.wait()
