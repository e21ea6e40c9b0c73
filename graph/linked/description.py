"""Gather what the graph says of one thing: of itself, and of all that its own records hold.

A record of a thing also holds the nodes that belong to it, such as its participations and the facts about it; so does
its description. What other things say of it is theirs, and asked by a query.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple

from graph.names import ASSERTED, CATALOGUE, MADE, name
from graph.store import Store

TOPIC = name("foaf:primaryTopic")
MODIFIED = name("dcterms:modified")


@dataclass(frozen=True, slots=True)
class Description:
    """Carry the triples that describe a thing, the same by the graph that says them, and when they last changed."""

    triples: tuple[Triple, ...]
    quads: tuple[Quad, ...]
    modified: str


def described(store: Store, thing: NamedNode) -> Description:
    """Return what is said of a thing: no triple at all where it is not known."""
    records = records_of(store, thing)
    kept = [quad for record in records for quad in store.quads(g=record)]
    own = whole(store, store.quads(s=thing, g=DefaultGraph()))
    triples = dict.fromkeys([*own, *(quad.triple for quad in kept)])
    elsewhere = [quad for quad in store.quads(s=thing) if quad.graph_name not in (ASSERTED, DefaultGraph())]
    graphs = {quad.graph_name: None for quad in (*kept, *elsewhere) if isinstance(quad.graph_name, NamedNode)}
    entries = [quad for graph in graphs for quad in store.quads(s=graph, g=CATALOGUE)]
    quads = dict.fromkeys([*kept, *elsewhere, *entries])
    return Description(tuple(sorted(triples, key=str)), tuple(sorted(quads, key=_order)), _newest(store, graphs))


def records_of(store: Store, thing: NamedNode) -> list[NamedNode]:
    """Return the record graphs whose topic a thing is, in the order of their names."""
    found = {quad.subject for quad in store.quads(p=TOPIC, o=thing, g=CATALOGUE)}
    return sorted((graph for graph in found if isinstance(graph, NamedNode)), key=str)


def stated_in(store: Store, thing: NamedNode) -> list[NamedNode]:
    """Return the record graphs that say something of a thing, whatever their topic, in the order of their names."""
    found = {quad.graph_name for quad in store.quads(s=thing)} - {CATALOGUE, *MADE}
    return sorted((graph for graph in found if isinstance(graph, NamedNode)), key=str)


def whole(store: Store, quads: Iterable[Quad]) -> Iterator[Triple]:
    """Yield triples, and those of the blank nodes that they lead to."""
    for quad in quads:
        yield quad.triple
        if isinstance(quad.object, BlankNode):
            yield from whole(store, store.quads(s=quad.object, g=DefaultGraph()))


def knows(store: Store, iri: str) -> bool:
    """Return whether anything is said of a thing."""
    return next(store.quads(s=NamedNode(iri), g=DefaultGraph()), None) is not None


def _newest(store: Store, graphs: Iterable[NamedNode]) -> str:
    times = (quad.object for graph in graphs for quad in store.quads(s=graph, p=MODIFIED, g=CATALOGUE))
    return max((time.value for time in times if isinstance(time, Literal)), default="")


def _order(quad: Quad) -> tuple[str, str]:
    return str(quad.graph_name), str(quad.triple)
