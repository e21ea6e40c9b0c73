"""Cross between pyoxigraph terms and rdflib graphs: the only bridge."""

import functools
import logging
from collections.abc import Iterable
from typing import Any

import pyoxigraph as ox
import rdflib
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result
from rdflib.term import Node

# It shows a traceback for each value that is none of its datatype, which our reports say in words.
logging.getLogger("rdflib.term").setLevel(logging.ERROR)
XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"


class PatientGraph(rdflib.Graph):
    """Hold data for pySHACL, and parse each SPARQL constraint once instead of once a node."""

    def query(self, query_object: str | Query, *args: Any, **kwargs: Any) -> Result:  # Any: rdflib's own signature
        """Evaluate as rdflib does, with the parsed query from the cache."""
        if isinstance(query_object, str):
            query_object = _prepared(query_object)
        return super().query(query_object, *args, **kwargs)


@functools.lru_cache(maxsize=500)
def _prepared(text: str) -> Query:
    # rdflib needs 50 to 100 ms to parse a query, and a second for all of ours.
    return prepareQuery(text)


def to_rdflib(triples: Iterable[ox.Triple], into: rdflib.Graph | None = None) -> rdflib.Graph:
    """Return pyoxigraph triples as an rdflib graph, blank node names kept."""
    graph = rdflib.Graph() if into is None else into
    seen: dict[object, Node] = {}
    for triple in triples:
        s, p, o = triple
        graph.add((_node(s, seen), _node(p, seen), _node(o, seen)))
    return graph


def from_rdflib(node: Node) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """Return an rdflib term as a pyoxigraph one."""
    if isinstance(node, rdflib.URIRef):
        return ox.NamedNode(str(node))
    if isinstance(node, rdflib.BNode):
        return ox.BlankNode(str(node))
    if not isinstance(node, rdflib.Literal):
        raise TypeError(f"{node!r} is no RDF term of a plain graph")
    if node.language:
        return ox.Literal(str(node), language=node.language)
    return ox.Literal(str(node), datatype=ox.NamedNode(str(node.datatype or XSD_STRING)))


def to_node(term: object) -> Node:
    """Return a pyoxigraph term as an rdflib one."""
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    if not isinstance(term, ox.Literal):
        raise TypeError(f"{term!r} is no RDF term of a plain graph")
    if term.language:
        return rdflib.Literal(term.value, lang=term.language, normalize=False)
    datatype = term.datatype.value
    # rdflib would write "2011-01-01"^^xsd:dateTime anew, as a value that stands in no file.
    kind = None if datatype == XSD_STRING else rdflib.URIRef(datatype)
    return rdflib.Literal(term.value, datatype=kind, normalize=False)


def _node(term: object, seen: dict[object, Node]) -> Node:
    node = seen.get(term)
    if node is None:
        node = seen[term] = to_node(term)
    return node
