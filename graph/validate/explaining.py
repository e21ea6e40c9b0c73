"""Find which nodes break their shapes, each in its own context, and let pySHACL explain them."""

from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Final

import rdflib
from pyoxigraph import BlankNode, DefaultGraph, Quad, Triple
from pyparsing import ParseBaseException
from pyshacl import validate as pyshacl_validate
from pyshacl.errors import ReportableRuntimeError
from rdflib import RDFS

from graph.store import Store
from graph.validate.aim import aimed
from graph.validate.compile.path import Term
from graph.validate.compile.shapes import Shapes
from graph.validate.context import below, context_in, outlines
from graph.validate.find import Embedded, Pair, aims, among, find_in
from graph.validate.neighbours import affected
from graph.validate.rdf import PatientGraph, to_rdflib
from graph.validate.refused import ShapesUnusable
from graph.validate.spelling import respelt
from graph.validate.view import Memory, View

# Up to as many nodes are checked in a small store of their context; more are checked where they are.
FEW: Final = 1000
# pySHACL explains as many nodes at once, so that neither its graph nor its report grows with the data.
BATCH: Final = 1000


def explain(pairs: Collection[Pair], triples: Iterable[Triple], shapes: Shapes) -> rdflib.Graph:
    """Return the validation report of some nodes, each under a shape, as pySHACL writes it (SHACL, 3.6)."""
    data = to_rdflib(triples, PatientGraph())
    for edge in shapes.graph.subject_objects(RDFS.subClassOf):
        data.add((edge[0], RDFS.subClassOf, edge[1]))
    aim = aimed(shapes.graph, pairs, shapes.leaned_on)
    try:
        _, results, _ = pyshacl_validate(data, shacl_graph=aim, inference="none", inplace=True)
    except (ReportableRuntimeError, NotImplementedError, ParseBaseException) as refusal:
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
    read = context_in(view, shapes, () if everywhere else aimed_at)
    triples = view.triples if isinstance(view, Memory) and everywhere else read
    store = Store()
    store.extend(Quad(triple.subject, triple.predicate, triple.object, DefaultGraph()) for triple in triples)
    engine = Embedded(store)
    if everywhere or any(isinstance(node, BlankNode) for node in nodes):  # no query can name a blank node
        found = find_in(engine, shapes)
    else:
        found = among(engine, shapes, made, known)
    pairs = found.pairs | affected(view, shapes, made, respelt(triples, store, shapes))
    return aimed_at & pairs, {node for _, node in aimed_at}
