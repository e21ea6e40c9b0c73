"""Know which classes are below which, in the data and in the shapes together (SHACL, 1.1: SHACL subclass)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pyoxigraph import NamedNode

from graph.validate.compile.path import Term

Edge = tuple[Term, Term]


@dataclass(frozen=True)
class Hierarchy:
    """Hold the classes below each class that shapes name, itself included."""

    below: Mapping[Term, tuple[NamedNode, ...]]

    def kinds(self, kind: Term) -> tuple[NamedNode, ...]:
        """Return a class and those below it."""
        return self.below.get(kind, (kind,) if isinstance(kind, NamedNode) else ())


def hierarchy(named: Iterable[Term], edges: Iterable[Edge]) -> Hierarchy:
    """Return what is below some classes, given which class is directly or indirectly below which."""
    under: dict[Term, set[Term]] = {}
    for lower, upper in edges:
        under.setdefault(upper, set()).add(lower)
    return Hierarchy({kind: _below(kind, under) for kind in named})


def _below(kind: Term, under: Mapping[Term, set[Term]]) -> tuple[NamedNode, ...]:
    found, edge = {kind}, {kind}
    while edge:
        edge = {lower for upper in edge for lower in under.get(upper, ())} - found
        found |= edge
    return tuple(sorted((each for each in found if isinstance(each, NamedNode)), key=str))
