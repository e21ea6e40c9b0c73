"""Hold files against the shapes beside what is published."""

import functools
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath
from typing import Final

from pyoxigraph import NamedNode, Quad, Triple

import ontology
from graph import catalogue
from graph.errors import SourceError, said
from graph.load.curated import reference
from graph.names import ASSERTED, BASE, CATALOGUE, MERGES, name
from graph.record import Record, read_bytes
from graph.store import Store
from graph.template.place import placed
from graph.template.read import Filled, read_template
from graph.validate.explain import validate_in
from graph.validate.report import Report
from graph.validate.shapes import Profile, read_shapes
from graph.validate.view import Both, Kept, Memory, View

UPLOAD: Final = NamedNode(BASE + "graph/upload")
TOPIC: Final = name("foaf:primaryTopic")
SHEETS: Final = (".csv", ".xlsx")

Sent = tuple[str, bytes]
"""A file: its name, whose ending says what it is, and its content."""


@dataclass(frozen=True, slots=True)
class Beside:
    """Say what records are held beside: what a view shows, and which triples a new version of a record takes away."""

    view: Callable[[Collection[Triple]], View]
    replaced: Callable[[Record], Collection[Triple]]
    topic: Callable[[NamedNode], NamedNode | None]


def validate_files(
    files: Sequence[Sent],
    store: Store | None,
    when: datetime,
    profile: Profile = "curated",
    shapes: Path | None = None,
) -> Report:
    """Hold the nodes of some files against the shapes; raise SourceError where one cannot be read or is empty.

    RDF of any syntax and filled-in templates are read. A file that says of which graph it is the record, or else one
    that describes a published thing, stands for its next version: the present one is left out. `when` dates the next
    one. Without a `store` there is nothing beside them but the ontology and its vocabularies. `shapes` is a file of
    other shapes, for any data.
    """
    kept = _published(store) if store is not None else _alone()
    filled = [read_template(data, file) for file, data in files if PurePath(file).suffix.lower() in SHEETS]
    rows = [row for each in filled for row in each.rows]
    read = [_record(file, data, kept) for file, data in files if PurePath(file).suffix.lower() not in SHEETS]
    records = [*rows, *(part for record in read for part in _parts(record, when))]
    gone = {triple for record in [*rows, *read] for triple in kept.replaced(record)}
    stated = Memory(triple for record in records for triple in record.triples)
    report = validate_in(records, Both(stated, kept.view(gone)), profile, read_shapes(shapes) if shapes else None)
    if not filled:
        return report
    return placed(report, Filled(tuple(rows), tuple(finding for each in filled for finding in each.findings)))


def _published(store: Store) -> Beside:
    def replaced(record: Record) -> Iterator[Triple]:
        for graph in _graphs(store, record):
            described = store.quads(s=graph, g=CATALOGUE)
            own = (quad for quad in store.quads(g=graph) if not _elsewhere(store, quad))
            yield from (quad.triple for quad in (*described, *own))

    def topic(graph: NamedNode) -> NamedNode | None:
        found = (quad.object for quad in store.quads(graph, TOPIC, None, CATALOGUE))
        return next((thing for thing in found if isinstance(thing, NamedNode)), None)

    return Beside(lambda gone: Kept(store, ASSERTED, frozenset(gone)), lambda r: tuple(replaced(r)), topic)


def _graphs(store: Store, record: Record) -> set[NamedNode]:
    """Return the graphs of which a record is the next version."""
    if record.graph != UPLOAD:
        return {record.graph}
    typed = {triple.subject for triple in record.triples if triple.predicate == name("rdf:type")}
    described = (thing for thing in typed if isinstance(thing, NamedNode))
    about = (quad for thing in described for quad in store.quads(None, TOPIC, thing, CATALOGUE))
    return {quad.subject for quad in about if isinstance(quad.subject, NamedNode)}


def _elsewhere(store: Store, quad: Quad) -> bool:
    """Return whether another record states the same."""
    s, p, o = quad.triple
    assert not isinstance(s, Triple)
    assert not isinstance(o, Triple)
    others = store.quads(s, p, o)
    return any(other.graph_name not in (*MERGES, quad.graph_name) for other in others)


@functools.cache
def _alone() -> Beside:
    """Return what there is without a store: the ontology and its vocabularies, read once."""
    known = Memory(triple for record in reference(ontology.FOLDER) for triple in record.triples)
    return Beside(lambda gone: known, lambda record: (), lambda graph: None)


def _record(file: str, data: bytes, kept: Beside) -> Record:
    triples, lines = read_bytes(data, file)
    if not triples:
        raise SourceError(file, 1, said("there is no statement in this file, so there is nothing to check"))
    for triple, line in zip(triples, lines, strict=True):
        if isinstance(triple.object, Triple):
            raise SourceError(file, line, said("a statement on a statement is not kept here; make it a m4sd:Fact"))
    graphs = {t.subject for t in triples if str(t.subject).startswith(f"<{BASE}graph/")}
    graph = next((each for each in graphs if len(graphs) == 1 and isinstance(each, NamedNode)), UPLOAD)
    thing = kept.topic(graph) or NamedNode(f"{BASE}id/{graph.value.rpartition('/')[2]}")
    return Record(thing, graph, triples, file, lines)


def _parts(record: Record, when: datetime) -> list[Record]:
    if record.graph == UPLOAD:
        return [record]
    return [catalogue.content(record), catalogue.entry(record, when)]
