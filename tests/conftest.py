"""Build the real graph once for all tests of a process, and a small one for those that need none in particular."""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

from bench.browser import CHROMIUM, MISSING, Browser, chromium
from bench.counter import Counter, counter, make
from bench.served import free_port, served
from graph.build import build, inputs
from graph.record import Record
from graph.store import Store, current, fresh, read_only

WHEN = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="session")
def fill() -> Callable[[Store, Iterable[Record]], None]:
    """Return what puts records into a store, each triple once whatever its graph."""

    def filling(store: Store, records: Iterable[Record]) -> None:
        store.extend(Quad(*triple) for record in records for triple in record.triples)

    return filling


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the graph as it is built from the records."""
    place = tmp_path_factory.mktemp("store")
    build(place, WHEN)
    return place


@pytest.fixture(scope="session")
def published(folder: Path) -> Store:
    """Return the built graph, opened for reading."""
    return read_only(folder)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with 3,000 statements of a kilobyte, made in a moment, that passes for a built one."""
    place = tmp_path_factory.mktemp("small")
    with fresh(place) as (store, _):
        thing, says = "https://example.org/{}", NamedNode("https://example.org/says")
        store.extend(
            Quad(NamedNode(thing.format(n)), says, Literal(f"{n} " * 200), DefaultGraph()) for n in range(3000)
        )
    counts = dict.fromkeys(("asserted", "inferred", "annotated", "records"), 0)
    (current(place) / "build.json").write_text(json.dumps({"inputs": inputs(), **counts}))
    return place


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small folder with a journal, to be copied by each desk."""
    place = tmp_path_factory.mktemp("made") / "store"
    make(place)
    return place


@pytest.fixture(scope="module")
def desk(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    """Give a desk of its own to each module: an application and its writer, and people with tokens."""
    with counter(made, tmp_path_factory.mktemp("desk") / "store") as found:
        yield found


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[str]:
    """Serve the built graph as `m4sd serve` does, and return its address."""
    port = free_port()
    with served(folder, port):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a real browser."""
    if CHROMIUM is None:
        pytest.skip(MISSING)
    with chromium() as found:
        yield found
