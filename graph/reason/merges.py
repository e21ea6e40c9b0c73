"""Merge all that is stated and draw all that follows from it, anew: the plain way, which costs as much as the graph."""

from collections.abc import Iterable, Iterator

from pyoxigraph import DefaultGraph, NamedNode, Quad, Triple

from graph import catalogue
from graph.names import ANNOTATED, ASSERTED, BASE, CATALOGUE, INFERRED, MERGES
from graph.reason.infer import infer
from graph.store import Patch, Store, placed

# The record graphs whose triples are axioms.
AXIOMS = (f"{BASE}graph/reference/ontology", f"{BASE}graph/reference/alignment-")


def recomputed(store: Store, stated: Patch) -> Patch:
    """Return the whole patch that a patch of stated quads means, counted and inferred from all that is stated then."""
    stated = net(store, stated)
    before = set(store.quads())
    named = {quad for quad in before if catalogue.is_stated(quad)} - stated.delete | stated.insert
    sizes = _quads(catalogue.sizes(named), CATALOGUE)
    old, new = {quad for quad in before if _follows(quad)}, sizes | _merges(named | sizes)
    return Patch(stated.delete | (old - new), stated.insert | (new - old))


def net(store: Store, stated: Patch) -> Patch:
    """Return only what changes, in the spelling of stores: they write 01 as 1."""
    plain = Store()
    plain.extend(quad for quad in stated.insert if catalogue.is_stated(quad))
    insert = frozenset(plain.quads())
    delete = {found for quad in stated.delete if catalogue.is_stated(quad) for found in _found(store, quad)}
    return Patch(frozenset(delete - insert), frozenset(quad for quad in insert if not store.holds(quad)))


def _found(store: Store, quad: Quad) -> Iterator[Quad]:
    s, p, o = quad.triple
    return store.quads(s, p, o, quad.graph_name)


def is_axiom(quad: Quad) -> bool:
    """Return whether a quad is part of the ontology, from which the rules are made."""
    return isinstance(quad.graph_name, NamedNode) and holds_axioms(quad.graph_name)


def holds_axioms(graph: NamedNode) -> bool:
    """Return whether a graph is one of the ontology's."""
    return graph.value.startswith(AXIOMS)


def _follows(quad: Quad) -> bool:
    """Return whether a quad is merged, inferred or counted."""
    return isinstance(quad.graph_name, DefaultGraph) or quad.graph_name in MERGES or quad.predicate == catalogue.SIZE


def _merges(named: set[Quad]) -> set[Quad]:
    """Return the asserted merge, the inferences, and the default graph in which each triple stands once."""
    asserted = dict.fromkeys(quad.triple for quad in sorted(named, key=str))
    drawn = infer(asserted, [quad.triple for quad in named if is_axiom(quad)])
    everything = [*asserted, *drawn.inferred, *drawn.annotated]
    return (
        _quads(asserted, ASSERTED)
        | _quads(drawn.inferred, INFERRED)
        | _quads(drawn.annotated, ANNOTATED)
        | _quads(everything, DefaultGraph())
    )


def _quads(triples: Iterable[Triple], graph: NamedNode | DefaultGraph) -> set[Quad]:
    return {placed(triple, graph) for triple in triples}
