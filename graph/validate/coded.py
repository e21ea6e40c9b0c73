"""Hold all records of a store against the rules that are checked by code: SHACL cannot say them."""

from collections.abc import Iterator

import rdflib
from pyoxigraph import NamedNode, Triple

from graph.names import ASSERTED, CATALOGUE, MADE, name
from graph.record import Record
from graph.store import Store
from graph.validate.finding import in_order
from graph.validate.harm import gate
from graph.validate.report import THRESHOLD, Finding
from graph.validate.say.enrich import enrich
from graph.validate.say.terms import Beside
from graph.validate.terms import breaches
from graph.validate.view import Kept

TYPE = name("rdf:type")


def coded(store: Store, shapes: rdflib.Graph, threshold: int = THRESHOLD) -> Iterator[Finding]:
    """Yield what the records of a store break of those rules, on terms and on harm, that `shapes` holds."""
    view = Kept(store, ASSERTED)
    seen = Beside(view)
    for record in records(store):
        subjects = dict.fromkeys(triple.subject for triple in record.triples)
        types = [each for node in subjects if not isinstance(node, Triple) for each in view(node, TYPE, None)]
        found = [*breaches([record], types, shapes), *gate.breaches([record], seen, shapes, threshold)]
        yield from (enrich(each, seen, shapes) for each in sorted(found, key=in_order))


def records(store: Store) -> Iterator[Record]:
    """Yield what is stated in each record graph; it stands in no file."""
    for graph in store.named_graphs():
        if isinstance(graph, NamedNode) and graph not in (*MADE, CATALOGUE):
            triples = tuple(quad.triple for quad in store.quads(g=graph))
            yield Record(graph, graph, triples, "", (0,) * len(triples))
