"""Merge all that is stated and draw all that follows from it, anew: the plain way, which costs as much as the graph."""

from collections.abc import Iterable

from pyoxigraph import DefaultGraph, NamedNode, Quad, Triple

from graph import catalogue
from graph.names import ANNOTATED, ASSERTED, BASE, CATALOGUE, INFERRED, MERGES, PARTITIONS
from graph.reason.infer import infer
from graph.reason.partitions import partitions
from graph.store import Patch, Store, placed

# The record graphs whose triples are axioms.
AXIOMS = (f"{BASE}graph/reference/ontology", f"{BASE}graph/reference/alignment-")


def recomputed(store: Store, stated: Patch) -> Patch:
    """Return the whole patch that a patch of stated quads means, counted and inferred from all that is stated then."""
    stated = exact(store, stated)
    before = set(store.quads())
    named = {quad for quad in before if catalogue.is_stated(quad)} - stated.delete | stated.insert
    sizes = _quads(catalogue.sizes(named), CATALOGUE)
    old, new = {quad for quad in before if _follows(quad)}, sizes | _merges(named | sizes)
    return Patch(stated.delete | (old - new), stated.insert | (new - old))


def exact(store: Store, stated: Patch) -> Patch:
    """Return what a patch of stated quads would change in a store, spelt as stores spell it (01 as 1)."""
    delete, insert = spelt(stated.delete), spelt(stated.insert)
    return Patch(
        frozenset(quad for quad in delete - insert if store.holds(quad)),
        frozenset(quad for quad in insert if not store.holds(quad)),
    )


def spelt(quads: Iterable[Quad]) -> frozenset[Quad]:
    """Return what is stated among these quads as stores spell it."""
    plain = Store()
    plain.extend(quad for quad in quads if catalogue.is_stated(quad))
    return frozenset(plain.quads())


def is_axiom(quad: Quad) -> bool:
    """Return whether a quad is part of the ontology, from which the rules are made."""
    return isinstance(quad.graph_name, NamedNode) and holds_axioms(quad.graph_name)


def holds_axioms(graph: NamedNode) -> bool:
    """Return whether a graph is one of the ontology's."""
    return graph.value.startswith(AXIOMS)


def _follows(quad: Quad) -> bool:
    """Return whether a quad is merged, inferred or counted."""
    made = quad.graph_name in (*MERGES, PARTITIONS) or quad.predicate == catalogue.SIZE
    return made or isinstance(quad.graph_name, DefaultGraph)


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
        | partitions(asserted)
    )


def _quads(triples: Iterable[Triple], graph: NamedNode | DefaultGraph) -> set[Quad]:
    return {placed(triple, graph) for triple in triples}
