"""Find what is wrong with records, in their context, and let pySHACL explain it."""

import functools
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeGuard

import rdflib
from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Triple

from graph.places.spot import place_of
from graph.record import Record
from graph.store import Store
from graph.validate.beyond import Change, key, newly_broken
from graph.validate.compile.path import Term, value
from graph.validate.compile.shapes import Shapes, compiled
from graph.validate.context import TYPE
from graph.validate.explaining import broken, explain, explained
from graph.validate.find import Embedded, Pair, Progress, find_in
from graph.validate.finding import Where, findings, in_order, places
from graph.validate.harm import gate
from graph.validate.report import THRESHOLD, Profile, Report, Unchecked
from graph.validate.say.enrich import enrich, unchecked
from graph.validate.say.terms import Beside
from graph.validate.shapes import record_shapes
from graph.validate.terms import breaches
from graph.validate.view import Both, Kept, Memory, View

__all__ = ["explain", "explained", "known_shapes", "validate", "validate_beside", "validate_in", "validate_store"]


def validate(
    records: Sequence[Record],
    context: Iterable[Triple],
    profile: Profile = "curated",
    shapes: rdflib.Graph | Shapes | None = None,
    threshold: int = THRESHOLD,
) -> Report:
    """Hold the nodes of `records` against the shapes, seeing `context` too (other records, vocabularies, hierarchies).

    The shapes are those of a profile, or `shapes`; counts of people below `threshold` are held. Follows SHACL
    (https://www.w3.org/TR/shacl/), Core and SPARQL.
    """
    return validate_in(records, Memory([*context, *_stated(records)]), profile, shapes, threshold)


def validate_beside(
    records: Sequence[Record],
    store: Store,
    profile: Profile = "curated",
    shapes: rdflib.Graph | Shapes | None = None,
    graph: NamedNode | None = None,
) -> Report:
    """Hold records against the shapes beside what a store holds, in one of its graphs or in its default graph."""
    came, kept = Memory(_stated(records)), Kept(store, graph)
    after = Both(came, kept)
    return validate_in(records, after, profile, shapes, change=Change(kept, after, came.triples))


def validate_in(
    records: Sequence[Record],
    view: View,
    profile: Profile = "curated",
    shapes: rdflib.Graph | Shapes | None = None,
    threshold: int = THRESHOLD,
    change: Change | None = None,
) -> Report:
    """Do the same in a view that shows the records among all else.

    Where the change is told that they make, the published neighbours whose rules it newly breaks are told too.
    """
    known, where = _known(profile, shapes), places(records)
    nodes = [node for node in dict.fromkeys(triple.subject for triple in _stated(records)) if _is_plain(node)]
    pairs, aimed_at = _broken(records, view, known, nodes)
    found = [each for results in explained(pairs, view, known) for each in findings(results, known.graph, where)]
    left = 0
    if change is not None:
        told = {key(each) for each in found}
        beside, left = newly_broken(change, nodes, known, where)
        found += (each for each in beside if key(each) not in told)
    types = (triple for node in nodes for triple in view(node, TYPE, None))
    found += breaches(records, types, known.graph)
    seen = Beside(view)
    found += gate.breaches(records, seen, known.graph, threshold)
    enriched = (enrich(each, seen, known.graph) for each in sorted(found, key=in_order))
    return Report(tuple(enriched), len(nodes), tuple(_unchecked(nodes, aimed_at, where, seen)), left)


def _broken(
    records: Sequence[Record], view: View, known: Shapes, nodes: Collection[Term]
) -> tuple[set[Pair], set[Term]]:
    """Return what is broken by the nodes of records, and by the values that a shape aims at since they state them."""
    of = {shape.node: shape.targets.objects_of for shape in known.targeting if shape.targets.objects_of}
    values = {(each, value(t)) for t in _stated(records) for each, named in of.items() if t.predicate in named}
    pairs, aimed_at = broken(view, known, list(dict.fromkeys([*nodes, *(node for _, node in values)])))
    own = set(nodes)
    return {pair for pair in pairs if pair[1] in own or pair in values}, aimed_at


def _is_plain(node: object) -> TypeGuard[NamedNode | BlankNode]:
    return isinstance(node, NamedNode | BlankNode)


def validate_store(
    store: Store,
    shapes: rdflib.Graph | Shapes | None = None,
    profile: Profile = "curated",
    progress: Progress = lambda done, of: None,
    graph: NamedNode | None = None,
) -> Report:
    """Hold everything in a store, or in one of its graphs, against the shapes."""
    known, view = _known(profile, shapes), Kept(store, graph)
    pairs = find_in(Embedded(store, graph), known, progress=progress).pairs
    found = [each for results in explained(pairs, view, known) for each in findings(results, known.graph, {})]
    seen = Beside(view)
    told = (enrich(each, seen, known.graph) for each in sorted(found, key=in_order))
    return Report(tuple(told), len({quad.subject for quad in store.quads(g=graph or DefaultGraph())}))


@functools.cache
def known_shapes(profile: Profile) -> Shapes:
    """Return our own shapes, compiled once."""
    return compiled(record_shapes(profile))


def _known(profile: Profile, shapes: rdflib.Graph | Shapes | None) -> Shapes:
    if shapes is None:
        return known_shapes(profile)
    return shapes if isinstance(shapes, Shapes) else compiled(shapes)


def _stated(records: Sequence[Record]) -> Iterator[Triple]:
    return (triple for record in records for triple in record.triples)


def _unchecked(
    nodes: Iterable[NamedNode | BlankNode], aimed_at: Collection[Term], where: Where, seen: Beside
) -> Iterator[Unchecked]:
    """Yield the nodes that no shape aims at, in the order in which they stand."""
    for each in sorted(unchecked(nodes, aimed_at, seen), key=lambda each: where[(each.node,)]):
        file, line = where[(each.node,)]
        place = place_of(line, None, None)
        yield replace(each, file=file, line=place.line, column=place.column)
