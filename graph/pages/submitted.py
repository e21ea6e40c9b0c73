"""Look at what waits on the desk beside what is published: what it would change, and what it may be a second time."""

from collections.abc import Collection
from dataclasses import dataclass

from pyoxigraph import DefaultGraph, Literal, NamedNode, RdfFormat, Triple, serialize

from graph.desk.compare import Section, between, compare, is_published
from graph.desk.content import digest, graphs_of, published, read, topic
from graph.desk.likeness import Likeness, duplicates
from graph.desk.place import dataset_of
from graph.names import BASE, name, prefixes_of
from graph.store import Store

_GRAPH = f"{BASE}graph/"
_ALPHA3 = name("m4sd:isoAlpha3")
_NOTHING = "urn:m4sd:nothing"  # a graph that states nothing


@dataclass(frozen=True)
class Looked:
    """Carry what a submission says, field by field, beside what `digest` names; and what it may be a double of."""

    sections: tuple[Section, ...]
    duplicates: tuple[Likeness, ...]
    digest: str


@dataclass(frozen=True)
class Present:
    """Carry the record of a thing as it is published, as Turtle, with its graph and its dataset."""

    graph: str
    dataset: str
    turtle: str


def looked_at(store: Store, graph: str, thing: str, body: str, new: bool, folder: str) -> Looked:
    """Return what a page shows of a submission that is open; a `new` record may be there under another name."""
    doubles = duplicates(store, thing, body, folder) if new else ()
    return Looked(compare(store, graph, thing, body), doubles, digest(store, NamedNode(graph)))


def told(store: Store, thing: str, body: str) -> tuple[Section, ...]:
    """Return what a body says, field by field, whatever is published."""
    return compare(store, _NOTHING, thing, body)


def changed(store: Store, graph: str, thing: str, older: str, newer: str) -> tuple[Section, ...]:
    """Return what changes from one body to another, field by field."""
    return between(store, graph, thing, read(older), read(newer))


def known(store: Store, iris: tuple[str, ...]) -> frozenset[str]:
    """Return which of some IRIs something is published of, so that they have a page."""
    return frozenset(iri for iri in iris if is_published(store, iri))


def doubles(store: Store, things: tuple[tuple[str, str], ...], folder: str) -> tuple[tuple[Likeness, ...], ...]:
    """Return for each thing and its body what it may be a second description of."""
    return tuple(duplicates(store, thing, body, folder) for thing, body in things)


def present(store: Store, iri: str) -> tuple[Present, ...]:
    """Return the records that describe a thing, or the one of a record graph; in alphabetical order of their graphs."""
    node = NamedNode(iri)
    own = iri.startswith(_GRAPH) and topic(store, node) is not None
    return tuple(_present(store, graph) for graph in ((node,) if own else graphs_of(store, node)))


def country(store: Store, code: str) -> str:
    """Return the IRI of the country of a code of three letters (ISO 3166-1), or nothing."""
    found = (quad.subject for quad in store.quads(None, _ALPHA3, Literal(code), DefaultGraph()))
    return next((each.value for each in found if isinstance(each, NamedNode)), "")


def turtle(store: Store, body: str) -> str:
    """Return a body as Turtle, for its author to go on with."""
    return _turtle(read(body))


def _present(store: Store, graph: NamedNode) -> Present:
    return Present(graph.value, dataset_of(graph), _turtle(published(store, graph)))


def _turtle(triples: Collection[Triple]) -> str:
    return (serialize(triples, format=RdfFormat.TURTLE, prefixes=prefixes_of(triples)) or b"").decode()
