"""Measure how long one record takes beside a large graph: to read, to check, to say in two languages, and through HTTP.

The graph is ours with that of bench/faults.py beside it, in a store on disk as a service has it; the shapes are ours.
"""

import logging
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, Final
from urllib.request import Request, urlopen

import pyoxigraph
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple, serialize

from bench.faults import triples
from bench.figures import percentile_ms
from graph import catalogue
from graph.build import read_all
from graph.names import name
from graph.record import Record, read_triples
from graph.store import Store
from graph.validate.explain import validate_beside
from graph.validate.report import Report, as_lines

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
WHEN: Final = datetime(2026, 11, 21, tzinfo=UTC)
GOALS_MS: Final = {"valid": 50, "broken": 120, "http": 200}


def records(size: int, url: str | None) -> dict[str, Any]:  # Any: plain JSON
    """Return how long a valid and a broken record take, here and through HTTP."""
    logging.getLogger("rdflib.term").setLevel(logging.ERROR)  # it tells of each value that breaks its type
    everything = read_all()
    by_name = {Path(record.path).stem: record for record in everything}
    subjects = {"valid": by_name[VALID], "broken": _slipped(by_name[BROKEN])}
    found: dict[str, Any] = {"triples": size, "goals_ms": GOALS_MS, "load": round(os.getloadavg()[0], 2)}
    with tempfile.TemporaryDirectory(prefix="m4sd-record-") as place:
        rest = [record for record in everything if Path(record.path).stem not in (VALID, BROKEN)]
        store = _store(Path(place), size, rest)
        for kind, record in subjects.items():
            path = Path(place) / f"{kind}.ttl"
            path.write_bytes(serialize(record.triples, format=RdfFormat.TURTLE) or b"")
            found[kind] = _figures(path, record, store, url)
    return found


def _figures(path: Path, record: Record, store: Store, url: str | None) -> dict[str, Any]:
    found: dict[str, Any] = {"triples": len(record.triples)}
    report = _check(path, record, store)
    found["findings"] = dict(Counter(finding.severity for finding in report.findings))
    found |= _timed(lambda: _check(path, record, store))
    if url:
        found["http"] = _timed(lambda: _posted(url, path.read_bytes()))
    return found


def _check(path: Path, record: Record, store: Store) -> Report:
    """Read a record, hold it against the shapes beside the store, and say what is wrong in both languages."""
    stated, lines = read_triples(path)
    read = replace(record, triples=stated, lines=lines, path=str(path))
    report = validate_beside([catalogue.content(read), catalogue.entry(read, WHEN)], store)
    for lang in ("en", "fr"):
        assert all("\n".join(as_lines(finding, lang)) for finding in report.findings)
    return report


def _posted(url: str, data: bytes) -> None:
    headers = {"Content-Type": "text/turtle", "Accept": "application/json"}
    with urlopen(Request(f"{url.rstrip('/')}/validate", data, headers), timeout=60) as answer:
        answer.read()


def _timed(act: Callable[[], object]) -> dict[str, float]:
    """Return what an act takes when it has been done before: of the clock, and of the processor."""
    wall, cpu = [], []
    for _ in range(TIMES):
        begin, used = perf_counter(), process_time()
        act()
        wall.append(perf_counter() - begin)
        cpu.append(process_time() - used)
    times = {"p50_ms": percentile_ms(wall, 0.5), "p95_ms": percentile_ms(wall, 0.95)}
    return times | {"cpu_p50_ms": percentile_ms(cpu, 0.5), "cpu_p95_ms": percentile_ms(cpu, 0.95)}


def _slipped(record: Record) -> Record:
    slips = tuple(Triple(record.iri, name(predicate), value) for predicate, value in SLIPS)
    return replace(record, triples=record.triples + slips, lines=record.lines + (1,) * len(slips))


def _store(place: Path, size: int, published: Sequence[Record]) -> Store:
    """Load a graph and what is published into a store, and open it again only to read."""
    held = pyoxigraph.Store(str(place / "store"))
    held.bulk_extend(Quad(*triple) for triple in triples(size))
    held.bulk_extend(Quad(*quad.triple) for quad in catalogue.stated(published, WHEN))
    held.flush()
    del held
    return Store(pyoxigraph.Store.read_only(str(place / "store")))
