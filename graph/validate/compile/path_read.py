"""Read a property path out of a graph of shapes (SHACL, 2.3.1)."""

import rdflib
from pyoxigraph import NamedNode
from rdflib import RDF, SH, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from graph.errors import said
from graph.validate.compile.path import Chain, Choice, Path, Repeat, Step
from graph.validate.compile.refusal import NotCompiled

_REPEATS = {SH.zeroOrMorePath: (True, True), SH.oneOrMorePath: (False, True), SH.zeroOrOnePath: (True, False)}


def read_path(shapes: rdflib.Graph, node: Node, inverse: bool = False) -> Path:
    """Return the path that a node of the shapes describes; `inverse` for walking it backwards."""
    if isinstance(node, URIRef):
        return Step(NamedNode(str(node)), inverse)
    if (node, RDF.first, None) in shapes:
        parts = [read_path(shapes, part, inverse) for part in Collection(shapes, node)]
        return Chain(tuple(reversed(parts) if inverse else parts))
    for predicate, inner in shapes.predicate_objects(node):
        if predicate == SH.inversePath:
            return read_path(shapes, inner, not inverse)
        if predicate == SH.alternativePath:
            return Choice(tuple(read_path(shapes, part, inverse) for part in Collection(shapes, inner)))
        if predicate in _REPEATS:
            return Repeat(read_path(shapes, inner, inverse), *_REPEATS[URIRef(str(predicate))])
    raise NotCompiled(said("its path is of no kind that SHACL knows"))
