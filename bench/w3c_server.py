"""Run our server for the tests, switch the data under it, and speak plain HTTP with it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from pyoxigraph import DefaultGraph, Quad

from bench.served import free_port, served
from graph.build import Built, inputs
from graph.keeping.lock import Lock
from graph.store import Store, fresh

PATIENCE = 30.0  # seconds to wait for an answer


@dataclass(frozen=True, slots=True)
class Reply:
    """Hold what came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media(self) -> str:
        """Return the media type, without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip()


class Client:
    """Send requests as they are given: no header is added that a test does not ask for, but Host and a length."""

    def __init__(self, root: str) -> None:
        self.root = root
        self._connection = HTTPConnection(root.removeprefix("http://"), timeout=PATIENCE)

    def ask(self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes | None = None) -> Reply:
        """Send one request; a connection that the server closed meanwhile is opened again."""
        try:
            return self._send(method, path, headers or {}, body)
        except (HTTPException, ConnectionError):
            self._connection.close()
            return self._send(method, path, headers or {}, body)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _send(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Reply:
        self._connection.request(method, path, body, dict(headers))
        answer = self._connection.getresponse()
        return Reply(answer.status, {key.lower(): value for key, value in answer.getheaders()}, answer.read())


class Served(Client):
    """Be our server over a folder: each `publish` makes other data its current snapshot, as a build does."""

    def __init__(self, root: str, folder: Path) -> None:
        super().__init__(root)
        self._folder = folder
        self._held: frozenset[Quad] | None = None

    def publish(self, quads: Sequence[Quad]) -> None:
        """Make these quads the data that is served, unless they are already."""
        if self._held != (held := frozenset(quads)):
            publish(self._folder, quads)
            self._held = held


def publish(folder: Path, quads: Sequence[Quad]) -> None:
    """Write a snapshot that holds these quads and nothing else, and make it the current one."""
    with fresh(folder) as (store, snapshot):
        store.extend(quads)
        (snapshot / "dump.nq").write_bytes(store.dump())
        (snapshot / "build.json").write_text(json.dumps(asdict(_built(store))))


def _built(store: Store) -> Built:
    """Return what a build says of itself; with today's inputs, so that the server does not build the graph afresh."""
    triples = sum(1 for _ in store.quads(g=DefaultGraph()))
    return Built(
        version="test",
        records=0,
        triples=triples,
        asserted=triples,
        inferred=0,
        annotated=0,
        quads=len(store),
        seconds=0.0,
        inputs=_inputs(),
    )


@cache
def _inputs() -> str:
    return inputs()


@contextmanager
def serving(folder: Path, port: int = 0) -> Iterator[Served]:
    """Start `m4sd serve` over a folder and stop it at the end.

    We are the one that writes there: the service's own writer would make its first snapshot the current one at some
    moment of the tests, and so waits for the lock until they end.
    """
    lock = Lock(folder)
    lock.take("the W3C's tests")
    publish(folder, [])
    try:
        with (
            served(folder, port or free_port()) as process,
            closing(Served(f"http://127.0.0.1:{process.port}", folder)) as client,
        ):
            yield client
    finally:
        lock.free()
