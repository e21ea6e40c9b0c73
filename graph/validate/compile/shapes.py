"""Compile a shapes graph once and keep what comes of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import rdflib
from pyoxigraph import NamedNode
from rdflib import RDFS
from rdflib.term import Node

from graph.validate.compile.checks import Check, Uncompiled, checks
from graph.validate.compile.hierarchy import Edge, Hierarchy, hierarchy
from graph.validate.compile.path import Term
from graph.validate.compile.prebound import require_prebindable, require_readable
from graph.validate.compile.shape import Shape, read
from graph.validate.rdf import from_rdflib


@dataclass(frozen=True)
class Compiled:
    """Hold the checks of some shapes for one hierarchy of classes, and what has to be judged in another way."""

    hierarchy: Hierarchy
    checks: tuple[Check, ...]
    uncompiled: tuple[Uncompiled, ...]


@dataclass(frozen=True)
class Shapes:
    """Hold a shapes graph, its shapes as values, and their checks."""

    graph: rdflib.Graph
    shapes: Mapping[Term, Shape]
    targeting: tuple[Shape, ...]
    named: tuple[Term, ...]
    edges: tuple[Edge, ...]
    reads: dict[NamedNode | None, set[tuple[Term, Any]]] = field(
        default_factory=dict
    )  # Any: Read of graph.validate.neighbours, which fills it
    leaned_on: dict[Node, tuple[tuple[Node, Node, Node], ...]] = field(default_factory=dict)  # graph.validate.aim
    spelt: dict[bool, set[NamedNode | None]] = field(default_factory=dict)  # filled by graph.validate.spelling
    _compiled: dict[frozenset[tuple[Term, tuple[NamedNode, ...]]], Compiled] = field(default_factory=dict)

    def compiled(self, edges: Iterable[Edge]) -> Compiled:
        """Return the checks, given which class is below which in the data."""
        found = hierarchy(self.named, [*self.edges, *edges])
        key = frozenset(found.below.items())
        if key not in self._compiled:
            self._compiled.clear()  # one data set at a time is enough
            made = list(checks(self.shapes, found))
            self._compiled[key] = Compiled(
                found,
                tuple(each for each in made if isinstance(each, Check)),
                tuple(each for each in made if isinstance(each, Uncompiled)),
            )
        return self._compiled[key]


def compiled(graph: rdflib.Graph) -> Shapes:
    """Read the shapes of a graph; raise ShapesUnusable where none can use them.

    Keep the value: it is the cache of what is compiled from them.
    """
    require_prebindable(graph)
    shapes = read(graph)
    for shape in shapes.values():
        for constraint in shape.constraints:
            require_readable(constraint.text, shape.path)
    edges = tuple((from_rdflib(lower), from_rdflib(upper)) for lower, upper in graph.subject_objects(RDFS.subClassOf))
    aimed = {kind for shape in shapes.values() for kind in shape.targets.classes}
    asked = {c.terms[0] for shape in shapes.values() for c in shape.constraints if c.component == "Class"}
    named = {*aimed, *asked, *(term for edge in edges for term in edge)}
    targeting = tuple(shape for shape in shapes.values() if shape.targets and shape.active)
    return Shapes(graph, shapes, targeting, tuple(sorted(named, key=str)), edges)
