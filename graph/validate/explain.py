"""Find what is wrong with records, in their context, and let pySHACL explain it."""

import functools
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

import rdflib
from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, Triple
from pyshacl import validate as pyshacl_validate
from pyshacl.errors import ReportableRuntimeError
from rdflib import RDFS

from graph.places.spot import place_of
from graph.record import Record
from graph.store import Store
from graph.validate.aim import aimed
from graph.validate.compile.path import Term
from graph.validate.compile.shapes import Shapes, compiled
from graph.validate.context import TYPE, below, context_in, outlines
from graph.validate.find import Embedded, Pair, Progress, aims, among, find_in
from graph.validate.finding import Where, findings, in_order, places
from graph.validate.harm import gate
from graph.validate.neighbours import affected
from graph.validate.rdf import PatientGraph, to_rdflib
from graph.validate.refused import ShapesUnusable
from graph.validate.report import Finding, Report, Unchecked
from graph.validate.say import enrich, unchecked
from graph.validate.say_terms import Beside
from graph.validate.shapes import Profile, record_shapes
from graph.validate.spelling import respelt
from graph.validate.terms import breaches
from graph.validate.view import Both, Kept, Memory, View

# Up to as many nodes are checked in a small store of their context; more are checked where they are.
FEW: Final = 1000
# pySHACL explains as many nodes at once, so that neither its graph nor its report grows with the data.
BATCH: Final = 1000


def validate(
    records: Sequence[Record],
    context: Iterable[Triple],
    profile: Profile = "curated",
    shapes: rdflib.Graph | None = None,
    threshold: int = gate.THRESHOLD,
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
    shapes: rdflib.Graph | None = None,
    graph: NamedNode | None = None,
) -> Report:
    """Hold records against the shapes beside what a store holds, in one of its graphs or in its default graph."""
    return validate_in(records, Both(Memory(_stated(records)), Kept(store, graph)), profile, shapes)


def validate_in(
    records: Sequence[Record],
    view: View,
    profile: Profile = "curated",
    shapes: rdflib.Graph | None = None,
    threshold: int = gate.THRESHOLD,
) -> Report:
    """Do the same in a view that shows the records among all else."""
    known = known_shapes(profile) if shapes is None else compiled(shapes)
    nodes = dict.fromkeys(triple.subject for triple in _stated(records))
    pairs, aimed_at = broken(view, known, [node for node in nodes if isinstance(node, NamedNode | BlankNode)])
    where = places(records)
    found: list[Finding] = []
    for results in explained(pairs, view, known):
        found += findings(results, known.graph, where)
    types = (triple for node in nodes for triple in view(node, TYPE, None))
    found += breaches(records, types, known.graph)
    seen = Beside(view)
    found += gate.breaches(records, seen, known.graph, threshold)
    told = (enrich(each, seen, known.graph) for each in sorted(found, key=in_order))
    return Report(tuple(told), len(nodes), tuple(_unchecked(nodes, aimed_at, where, seen)))


def validate_store(
    store: Store,
    shapes: rdflib.Graph | None = None,
    profile: Profile = "curated",
    progress: Progress = lambda done, of: None,
    graph: NamedNode | None = None,
) -> Report:
    """Hold everything in a store, or in one of its graphs, against the shapes."""
    known, view = known_shapes(profile) if shapes is None else compiled(shapes), Kept(store, graph)
    pairs = find_in(Embedded(store, graph), known, progress=progress).pairs
    found = [each for results in explained(pairs, view, known) for each in findings(results, known.graph, {})]
    seen = Beside(view)
    told = (enrich(each, seen, known.graph) for each in sorted(found, key=in_order))
    return Report(tuple(told), len({quad.subject for quad in store.quads(g=graph or DefaultGraph())}))


@functools.cache
def known_shapes(profile: Profile) -> Shapes:
    """Return our own shapes, compiled once."""
    return compiled(record_shapes(profile))


def explain(pairs: Collection[Pair], triples: Iterable[Triple], shapes: Shapes) -> rdflib.Graph:
    """Return the validation report of some nodes, each under a shape, as pySHACL writes it (SHACL, 3.6)."""
    data = to_rdflib(triples, PatientGraph())
    for edge in shapes.graph.subject_objects(RDFS.subClassOf):
        data.add((edge[0], RDFS.subClassOf, edge[1]))
    try:
        _, results, _ = pyshacl_validate(data, shacl_graph=aimed(shapes.graph, pairs), inference="none", inplace=True)
    except (ReportableRuntimeError, NotImplementedError) as refusal:
        raise ShapesUnusable(refusal) from refusal
    if not isinstance(results, rdflib.Graph):  # pySHACL returns a failure where it cannot go on
        raise ShapesUnusable(results)
    return results


def explained(pairs: Collection[Pair], view: View, shapes: Shapes) -> Iterator[rdflib.Graph]:
    """Yield the validation reports of some nodes, each batch in its own context."""
    waiting = iter(sorted(pairs, key=str))
    while batch := list(islice(waiting, BATCH)):
        yield explain(batch, context_in(view, shapes, batch), shapes)


def broken(view: View, shapes: Shapes, nodes: Collection[Term]) -> tuple[set[Pair], set[Term]]:
    """Return which of some nodes must be explained, with the shapes that they break, and which are targets at all."""
    made = shapes.compiled(below(view, shapes))
    known = outlines(view, shapes, nodes)
    aimed_at = {(shape, node) for shape, each in aims(shapes, made, known).items() for node in each}
    everywhere = isinstance(view, Memory) and len(nodes) > FEW
    triples = view.triples if everywhere else context_in(view, shapes, aimed_at)
    store = Store()
    store.extend(Quad(triple.subject, triple.predicate, triple.object, DefaultGraph()) for triple in triples)
    engine = Embedded(store)
    if everywhere or any(isinstance(node, BlankNode) for node in nodes):  # no query can name a blank node
        found = find_in(engine, shapes)
    else:
        found = among(engine, shapes, made, known)
    pairs = found.pairs | affected(view, shapes, made, respelt(triples, store, shapes))
    return pairs & aimed_at, {node for _, node in aimed_at}


def _stated(records: Sequence[Record]) -> Iterator[Triple]:
    return (triple for record in records for triple in record.triples)


def _unchecked(nodes: Iterable[object], aimed_at: Collection[Term], where: Where, seen: Beside) -> Iterator[Unchecked]:
    """Yield the nodes that no shape aims at, in the order in which they stand."""
    named = [node for node in nodes if isinstance(node, NamedNode | BlankNode)]
    for each in sorted(unchecked(named, aimed_at, seen), key=lambda each: where[(each.node,)]):
        file, line = where[(each.node,)]
        place = place_of(line, None, None)
        yield replace(each, file=file, line=place.line, column=place.column)
