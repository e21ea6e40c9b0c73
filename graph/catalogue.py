"""Describe record graphs and datasets: who says it, from what source, since when (PROV, DCAT, VoID)."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from pyoxigraph import Literal, NamedNode, Quad, Triple

from graph.names import BASE, CATALOGUE, MADE, name
from graph.record import Record

SIZE = name("void:triples")


def entry(record: Record, when: datetime) -> Record:
    """Return the catalogue's description of a record's graph, with the provenance that its own file states."""
    graph = record.graph
    triples = [
        Triple(graph, name("rdf:type"), name("m4sd:RecordGraph")),
        Triple(graph, name("dcterms:isPartOf"), dataset_of(graph)),
        Triple(graph, name("foaf:primaryTopic"), record.iri),
        Triple(graph, name("dcterms:modified"), Literal(_instant(when), datatype=name("xsd:dateTime"))),
    ]
    stated = [(t, line) for t, line in zip(record.triples, record.lines, strict=True) if t.subject == graph]
    lines = [record.lines[0] if record.lines else 1] * len(triples) + [line for _, line in stated]
    return replace(record, iri=graph, triples=(*triples, *(t for t, _ in stated)), graph=CATALOGUE, lines=tuple(lines))


def _instant(when: datetime) -> str:
    """Spell a time as stores do, so that none has to be told that it is the same."""
    return when.isoformat().replace("+00:00", "Z")


def content(record: Record) -> Record:
    """Return a record without the statements on its own graph, which belong in the catalogue."""
    kept = [(t, line) for t, line in zip(record.triples, record.lines, strict=True) if t.subject != record.graph]
    return replace(record, triples=tuple(t for t, _ in kept), lines=tuple(line for _, line in kept))


def stated(records: Iterable[Record], when: datetime) -> Iterator[Quad]:
    """Yield what records state, each in its graph, and the catalogue's entries for them."""
    for record in records:
        for part in (content(record), entry(record, when)):
            yield from (Quad(t.subject, t.predicate, t.object, part.graph) for t in part.triples)


def is_stated(quad: Quad) -> bool:
    """Return whether a quad is a record's or the catalogue's, not one that is counted or merged from them."""
    graph = quad.graph_name
    return isinstance(graph, NamedNode) and graph not in MADE and quad.predicate != SIZE


def dataset_of(graph: NamedNode) -> NamedNode:
    """Return the IRI of the dataset that a record graph is part of."""
    return NamedNode(f"{BASE}dataset/{graph.value.removeprefix(f'{BASE}graph/').partition('/')[0]}")


def sizes(quads: Iterable[Quad]) -> Iterator[Triple]:
    """Yield the number of triples of each dataset (VoID, 3.2)."""
    graphs = (quad.graph_name for quad in quads)
    counts = Counter(dataset_of(graph) for graph in graphs if isinstance(graph, NamedNode) and graph != CATALOGUE)
    for dataset, count in sorted(counts.items(), key=lambda item: item[0].value):
        yield Triple(dataset, SIZE, Literal(count))
