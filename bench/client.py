"""Ask a server: one request at a time, or as many as it answers from several connections at once.

The second way is wrk with `load.lua`; where wrk is not installed, threads of Python, which measure themselves too.
"""

import json
import shutil
import subprocess
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from statistics import quantiles
from threading import Thread
from time import perf_counter
from urllib.parse import quote, urlsplit

SCRIPT = Path(__file__).with_name("load.lua")
CONNECTIONS = 8
STRIDE = 7919  # a prime, so that the things come in an order that no cache foresees
JSON = "application/sparql-results+json"
CSV = "text/csv"
PATIENCE = 300.0


@dataclass(frozen=True, slots=True)
class Load:
    """Say how a server bore a load."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    failed: int

    @property
    def rate(self) -> float:
        """Return the answered requests a second; a refusal is not an answer."""
        return max(self.requests - self.failed, 0) / self.seconds


@dataclass(frozen=True, slots=True)
class Asked:
    """Carry the answer to one request: its status and bytes, the seconds to its first byte and to its last."""

    status: int
    body: bytes
    first: float
    last: float


@dataclass(frozen=True, slots=True)
class Question:
    """Hold a query with two blanks: `$THING`, a number from `first` on, and `$UNIQUE`, which makes each text new."""

    name: str
    template: str
    first: int
    things: int

    def text(self, number: int) -> str:
        """Return the query of this number, as `load.lua` makes it too."""
        thing = self.first + number * STRIDE % self.things
        return self.template.replace("$THING", str(thing)).replace("$UNIQUE", str(number))


class Asker:
    """Ask one server over one connection that is kept open."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._url = url
        self._connection = HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=PATIENCE)

    def ask(self, query: str, accept: str = JSON) -> Asked:
        """Ask a query by GET and read the whole answer."""
        begin = perf_counter()
        parts = urlsplit(address(self._url, query))
        self._connection.request("GET", f"{parts.path}?{parts.query}", headers={"Accept": accept})
        response = self._connection.getresponse()
        first = perf_counter() - begin
        body = response.read()
        return Asked(response.status, body, first, perf_counter() - begin)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def press(url: str, question: Question, start: int, seconds: float, vary: bool = True) -> Load:
    """Load a server for some seconds with one question: always the same text, or never the same twice."""
    if shutil.which("wrk"):
        return _wrk(url, question, start, seconds, vary)
    return _threads(url, question, start, seconds, vary)


def _wrk(url: str, question: Question, start: int, seconds: float, vary: bool) -> Load:
    parts = question.template.split("$THING") if vary else [question.text(start)]
    parts = [*parts[:-1], *parts[-1].split("$UNIQUE"), "", ""][:3]
    path = address(url, "").partition("://")[2].partition("/")[2]
    command = [
        "wrk", "--threads", "1", "--connections", str(CONNECTIONS), "--duration", f"{max(round(seconds), 1)}s",
        "--timeout", "30s", "--script", str(SCRIPT), "--header", f"Accept: {JSON}", url, "--",
        f"/{path}{quote(parts[0], safe='')}", *(quote(part, safe="") for part in parts[1:]),
        str(question.first), str(question.things), str(start),
    ]  # fmt: skip
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return Load(**json.loads(printed.splitlines()[-1]))


def _threads(url: str, question: Question, start: int, seconds: float, vary: bool) -> Load:
    times: list[float] = []
    failed: list[int] = []
    numbers = count(start)  # its next() is atomic
    begin = perf_counter()

    def work() -> None:
        asker = Asker(url)
        while perf_counter() - begin < seconds:
            asked = asker.ask(question.text(next(numbers) if vary else start))
            times.append(asked.last * 1000)
            if asked.status != HTTPStatus.OK:
                failed.append(asked.status)
        asker.close()

    threads = [Thread(target=work) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cuts = quantiles(times, n=100) if len(times) > 1 else [0.0] * 99
    return Load(len(times), perf_counter() - begin, cuts[49], cuts[98], len(failed))


def address(url: str, query: str) -> str:
    """Return the address that asks a query of an endpoint."""
    return f"{url}{'&' if '?' in url else '?'}query={quote(query, safe='')}"
