"""Measure how long one record takes beside a large graph: to read, to check, to say what is wrong; then through HTTP.

The graph is ours, with that of bench/faults.py stated beside it, in a store on disk as a service has it; the shapes are
ours, and the records are next versions of published ones.
"""

import json
import logging
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import perf_counter, process_time, sleep
from typing import Any, Final
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pyoxigraph
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Triple, serialize

from bench.faults import triples
from bench.figures import percentile_ms
from bench.served import free_port, served
from graph.build import build, read_all
from graph.names import ASSERTED, name
from graph.record import Record
from graph.store import Store, read_only
from graph.validate.files import validate_files
from graph.validate.report import Report
from graph.validate.written.write import write_report
from server.words import say

VALID: Final = "facility-ma-al-andalous"
BROKEN: Final = "meeting-sn-jmdi-sharing"
# What breaks ten rules when the record of a meeting says it.
SLIPS: Final[Sequence[tuple[str, NamedNode | Literal]]] = (
    ("m4sd:participatingCountriesCount", Literal(0)),
    ("m4sd:meetingOf", name("id:nobody")),
    ("m4sd:startDate", Literal("2013-02-30", datatype=name("xsd:date"))),
    ("m4sd:partof", name("id:programme-jmdi")),
    ("skos:prefLabel", Literal("Another name", language="en")),
    ("m4sd:meetingType", name("role:funding")),
    ("m4sd:sector", name("role:funding")),
    ("m4sd:heldIn", name("id:nowhere")),
    ("foaf:page", NamedNode("javascript:alert(1)")),
    ("m4sd:level", name("role:funding")),
)
TIMES: Final = 100
WAKE: Final = b"<https://w3id.org/m4sd/id/x> a <https://w3id.org/m4sd/ontology#Organisation> ."
WAKING: Final = 60.0  # seconds
WHEN: Final = datetime(2026, 11, 21, tzinfo=UTC)
GOALS_MS: Final = {"valid": 50, "broken": 120, "http": 200}


def records(size: int, url: str | None = None) -> dict[str, Any]:  # Any: plain JSON
    """Return how long a valid and a broken record take, here and through HTTP: at `url`, or at a server of our own."""
    logging.getLogger("rdflib.term").setLevel(logging.ERROR)  # it tells of each value that breaks its type
    by_name = {Path(record.path).stem: record for record in read_all()}
    said = {"valid": by_name[VALID].triples, "broken": _slipped(by_name[BROKEN])}
    files = {kind: serialize(triples, format=RdfFormat.TURTLE) or b"" for kind, triples in said.items()}
    found: dict[str, Any] = {"triples": size, "goals_ms": GOALS_MS, "load": round(os.getloadavg()[0], 2)}
    with tempfile.TemporaryDirectory(prefix="m4sd-record-") as place:
        folder = _published(Path(place) / "graph", size)
        store = read_only(folder)
        for kind, data in files.items():
            report = _check(data, store)
            counts = Counter(finding.severity for finding in report.findings)
            found[kind] = {"triples": len(said[kind]), "findings": dict(counts)}
            found[kind] |= _timed(lambda data=data: _check(data, store))  # type: ignore[misc]
        with _at(url, folder) as root:
            for kind, data in files.items():
                found[kind]["http"] = _timed(lambda data=data: _posted(root, data))  # type: ignore[misc]
    return found


def _check(data: bytes, store: Store) -> Report:
    """Read a record, hold it against the shapes beside the store, and say what is wrong as the service does."""
    report = validate_files([("record.ttl", data)], store, WHEN)
    assert write_report(report, "json", partial(say, lang="en"), "en", {"record.ttl": data.decode()})
    return report


def _posted(root: str, data: bytes) -> None:
    headers = {"Content-Type": "text/turtle", "Accept": "application/json"}
    try:
        with urlopen(Request(f"{root}/validate", data, headers), timeout=60) as answer:
            json.loads(answer.read())
    except HTTPError as refusal:
        raise RuntimeError(f"{refusal.status}: {refusal.read().decode()[:500]}") from refusal


@contextmanager
def _at(url: str | None, folder: Path) -> Iterator[str]:
    """Give the address of a server, of one that serves the folder where none is named."""
    if url:
        yield url.rstrip("/")
    else:
        with served(folder, free_port()) as server:
            root = f"http://127.0.0.1:{server.port}"
            _wake(root)
            yield root


def _wake(root: str) -> None:
    """Wait until the processes that check have read the shapes."""
    until = perf_counter() + WAKING
    while True:
        try:
            return _posted(root, WAKE)
        except RuntimeError:
            if perf_counter() > until:
                raise
        sleep(1)


def _timed(act: Callable[[], object]) -> dict[str, float]:
    """Return what an act takes when it has been done before: of the clock, and of this process's processor."""
    act()
    wall, cpu = [], []
    for _ in range(TIMES):
        begin, used = perf_counter(), process_time()
        act()
        wall.append(perf_counter() - begin)
        cpu.append(process_time() - used)
    times = {"p50_ms": percentile_ms(wall, 0.5), "p95_ms": percentile_ms(wall, 0.95)}
    return times | {"cpu_p50_ms": percentile_ms(cpu, 0.5), "cpu_p95_ms": percentile_ms(cpu, 0.95)}


def _slipped(record: Record) -> tuple[Triple, ...]:
    return (*record.triples, *(Triple(record.iri, name(predicate), value) for predicate, value in SLIPS))


def _published(folder: Path, size: int) -> Path:
    """Build our graph, and state another one of a size beside it."""
    build(folder, WHEN)
    store = pyoxigraph.Store(str(folder / "current" / "store"))
    for graph in (ASSERTED, DefaultGraph()):
        store.bulk_extend(Quad(triple.subject, triple.predicate, triple.object, graph) for triple in triples(size))
    store.flush()
    return folder
