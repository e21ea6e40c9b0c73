"""Hold files against the shapes beside what is published."""

import functools
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath
from typing import Final

from pyoxigraph import NamedNode, Triple

import ontology
from graph import catalogue
from graph.errors import SourceError, said
from graph.load.curated import reference
from graph.names import ASSERTED, BASE, CATALOGUE, name
from graph.record import FORMATS, Record, read_bytes
from graph.store import Store
from graph.template.place import placed
from graph.template.read import Filled, read_template
from graph.validate.beyond import Change
from graph.validate.explain import validate_in
from graph.validate.replaced import lost
from graph.validate.report import THRESHOLD, Profile, Report
from graph.validate.view import Both, Kept, Memory, View
from graph.validate.well_formed import read_foreign

UPLOAD: Final = NamedNode(BASE + "graph/upload")
TOPIC: Final = name("foaf:primaryTopic")
SHEETS: Final = (".csv", ".xlsx")

Sent = tuple[str, bytes]
"""A file: its name, whose ending says what it is, and its content."""


@dataclass(frozen=True, slots=True)
class Beside:
    """Say what records are held beside: what a view shows, and which triples new versions of records take away."""

    view: Callable[[Collection[Triple]], View]
    replaced: Callable[[Collection[Record]], Iterable[Triple]]
    topic: Callable[[NamedNode], NamedNode | None]


def validate_files(
    files: Sequence[Sent],
    store: Store | None,
    when: datetime,
    profile: Profile = "curated",
    shapes: Path | None = None,
    threshold: int = THRESHOLD,
) -> Report:
    """Hold the nodes of some files against the shapes; raise SourceError where one cannot be read or is empty.

    RDF of any syntax and filled-in templates are read. A file that says of which graph it is the record, or else one
    that describes a published thing, stands for its next version: the present one is left out. `when` dates the next
    one. Without a `store` there is nothing beside them but the ontology and its vocabularies. `shapes` is a file of
    other shapes, for any data. Counts of fewer people than `threshold` are held for a reviewer.
    """
    kept = _published(store) if store is not None else _alone()
    filled = [filled_in(data, file) for file, data in files if PurePath(file).suffix.lower() in SHEETS]
    rows = [row for each in filled for row in each.rows]
    read = [_record(file, data, kept) for file, data in files if PurePath(file).suffix.lower() not in SHEETS]
    records = [*rows, *(part for record in read for part in _parts(record, when))]
    gone = frozenset(kept.replaced([*rows, *read]))
    stated = Memory(triple for record in records for triple in record.triples)
    after = Both(stated, kept.view(gone))
    change = Change(kept.view(()), after, stated.triples, gone) if store is not None else None
    report = validate_in(records, after, profile, read_foreign(shapes) if shapes else None, threshold, change)
    if not filled:
        return report
    return placed(report, Filled(tuple(rows), tuple(finding for each in filled for finding in each.findings)))


def texts(files: Sequence[Sent]) -> dict[str, str]:
    """Return the files that a report can quote, by name; a table is read cell by cell, not line by line."""
    quotable = (sent for sent in files if PurePath(sent[0]).suffix.lower() not in SHEETS)
    return {file: data.decode(errors="replace") for file, data in quotable}


def _published(store: Store) -> Beside:
    def topic(graph: NamedNode) -> NamedNode | None:
        found = (quad.object for quad in store.quads(graph, TOPIC, None, CATALOGUE))
        return next((thing for thing in found if isinstance(thing, NamedNode)), None)

    return Beside(
        lambda gone: Kept(store, ASSERTED, frozenset(gone)),
        lambda records: lost(store, {graph for record in records for graph in _graphs(store, record)}),
        topic,
    )


def _graphs(store: Store, record: Record) -> set[NamedNode]:
    """Return the graphs of which a record is the next version."""
    if record.graph != UPLOAD:
        return {record.graph}
    typed = {triple.subject for triple in record.triples if triple.predicate == name("rdf:type")}
    described = (thing for thing in typed if isinstance(thing, NamedNode))
    about = (quad for thing in described for quad in store.quads(None, TOPIC, thing, CATALOGUE))
    return {quad.subject for quad in about if isinstance(quad.subject, NamedNode)}


@functools.cache
def _alone() -> Beside:
    """Return what there is without a store: the ontology and its vocabularies, read once."""
    known = Memory(triple for record in reference(ontology.FOLDER) for triple in record.triples)
    return Beside(lambda gone: known, lambda records: (), lambda graph: None)


def filled_in(data: bytes, file: str) -> Filled:
    """Return what a filled-in template holds; raise SourceError where nobody filled it in."""
    found = read_template(data, file)
    if not (found.rows or found.findings):
        detail = said("no row of this table is filled in, so there is nothing to check; write a thing in each row")
        raise SourceError(file, 1, detail)
    return found


def statements(file: str, data: bytes) -> tuple[tuple[Triple, ...], tuple[int, ...]]:
    """Return the triples of a file and their lines; raise SourceError where there are none that can be kept."""
    if PurePath(file).suffix.lower() not in FORMATS:
        detail = said("the name should end in one of {endings}", endings=", ".join([*FORMATS, *SHEETS]))
        raise SourceError(file, 1, detail)
    triples, lines = read_bytes(data, file)
    if not triples:
        raise SourceError(file, 1, said("there is no statement in this file, so there is nothing to check"))
    for triple, line in zip(triples, lines, strict=True):
        if isinstance(triple.object, Triple):
            raise SourceError(file, line, said("a statement on a statement is not kept here; make it a m4sd:Fact"))
    return triples, lines


def _record(file: str, data: bytes, kept: Beside) -> Record:
    triples, lines = statements(file, data)
    graphs = {t.subject for t in triples if str(t.subject).startswith(f"<{BASE}graph/")}
    graph = next((each for each in graphs if len(graphs) == 1 and isinstance(each, NamedNode)), UPLOAD)
    thing = kept.topic(graph) or NamedNode(f"{BASE}id/{graph.value.rpartition('/')[2]}")
    return Record(thing, graph, triples, file, lines)


def _parts(record: Record, when: datetime) -> list[Record]:
    if record.graph == UPLOAD:
        return [record]
    return [catalogue.content(record), catalogue.entry(record, when)]
