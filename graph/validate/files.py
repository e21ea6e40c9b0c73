"""Hold files against the shapes beside what is published."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from pathlib import Path

from pyoxigraph import NamedNode, Quad, Triple

from graph import catalogue
from graph.errors import SourceError, said
from graph.names import BASE, name
from graph.record import Record, read_triples
from graph.validate.explain import validate
from graph.validate.report import Report
from graph.validate.shapes import Profile

UPLOAD = NamedNode(BASE + "graph/upload")
TOPIC = name("foaf:primaryTopic")


def validate_files(
    paths: Sequence[Path], published: Iterable[Quad], when: datetime, profile: Profile = "curated"
) -> Report:
    """Hold the nodes of some files against the shapes; raise SourceError where a file cannot be read or is empty.

    A file that says of which graph it is the record, or else one that describes a published thing, stands for its next
    version: the present one is left out. `when` dates the next one.
    """
    stated = [quad for quad in published if catalogue.is_stated(quad)]
    records = [_record(path, stated) for path in paths]
    replaced = {graph for record in records for graph in _replaced(record, stated)}
    parts = [part for record in records for part in _parts(record, when)]
    return validate(parts, _without(replaced, stated), profile)


def _record(path: Path, stated: Sequence[Quad]) -> Record:
    triples, lines = read_triples(path)
    if not triples:
        raise SourceError(str(path), 1, said("there is no statement in this file, so there is nothing to check"))
    for triple, line in zip(triples, lines, strict=True):
        if isinstance(triple.object, Triple):
            raise SourceError(str(path), line, said("a statement on a statement is not kept here; make it a m4sd:Fact"))
    graphs = {t.subject for t in triples if str(t.subject).startswith(f"<{BASE}graph/")}
    graph = next((each for each in graphs if len(graphs) == 1 and isinstance(each, NamedNode)), UPLOAD)
    return Record(_topic(graph, stated), graph, triples, str(path), lines)


def _topic(graph: NamedNode, stated: Sequence[Quad]) -> NamedNode:
    """Return what the catalogue says that a graph describes, or what the graph's address says."""
    known = (quad.object for quad in stated if quad.subject == graph and quad.predicate == TOPIC)
    named = NamedNode(f"{BASE}id/{graph.value.rpartition('/')[2]}")
    return next((thing for thing in known if isinstance(thing, NamedNode)), named)


def _replaced(record: Record, stated: Iterable[Quad]) -> set[object]:
    if record.graph != UPLOAD:
        return {record.graph}
    described = {triple.subject for triple in record.triples if triple.predicate == name("rdf:type")}
    return {quad.subject for quad in stated if quad.predicate == TOPIC and quad.object in described}


def _parts(record: Record, when: datetime) -> list[Record]:
    if record.graph == UPLOAD:
        return [record]
    return [catalogue.content(record), catalogue.entry(record, when)]


def _without(replaced: Collection[object], stated: Iterable[Quad]) -> list[Triple]:
    kept = (quad for quad in stated if quad.graph_name not in replaced and quad.subject not in replaced)
    return list(dict.fromkeys(quad.triple for quad in kept))
