"""Spell a record as the desk keeps it, and read back what is published of a record graph in the same spelling."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from graph.catalogue import SIZE
from graph.names import CATALOGUE, name
from graph.record import Record
from graph.store import Store

TOPIC: Final = name("foaf:primaryTopic")
# What the catalogue itself says of a record graph; the rest comes from the record's file.
OURS: Final = (name("rdf:type"), name("dcterms:isPartOf"), TOPIC, name("dcterms:modified"), SIZE)


def spelt(triples: Iterable[Triple]) -> str:
    """Return triples as N-Triples, each once, in one order (RDF 1.1 N-Triples, 4)."""
    return "".join(sorted({f"{triple} .\n" for triple in triples}))


def read(body: str) -> tuple[Triple, ...]:
    """Return the triples of a body that was spelt here."""
    return tuple(quad.triple for quad in parse(body.encode(), format=RdfFormat.N_TRIPLES))


def record(thing: str, graph: str, body: str, file: str = "") -> Record:
    """Return a body as a record whose lines are those of the body."""
    triples = read(body)
    return Record(NamedNode(thing), NamedNode(graph), triples, file or "record.nt", tuple(range(1, len(triples) + 1)))


def published(store: Store, graph: NamedNode) -> tuple[Triple, ...]:
    """Return what a published record states, with what its file stated on its graph."""
    own = [quad.triple for quad in store.quads(g=graph)]
    about = (quad.triple for quad in store.quads(s=graph, g=CATALOGUE) if quad.predicate not in OURS)
    return (*own, *about)


def digest(store: Store, graph: NamedNode) -> str:
    """Return the SHA-256 of what a record graph states now, or nothing where it is not published."""
    stated = published(store, graph)
    return sha256(spelt(stated).encode()).hexdigest() if stated else ""


def topic(store: Store, graph: NamedNode) -> NamedNode | None:
    """Return the thing that a published record graph describes."""
    found = (quad.object for quad in store.quads(graph, TOPIC, None, CATALOGUE))
    return next((thing for thing in found if isinstance(thing, NamedNode)), None)


def graphs_of(store: Store, thing: NamedNode) -> tuple[NamedNode, ...]:
    """Return the published record graphs that describe a thing, in order."""
    found = {quad.subject for quad in store.quads(None, TOPIC, thing, CATALOGUE)}
    return tuple(sorted((each for each in found if isinstance(each, NamedNode)), key=lambda each: each.value))
