"""Write what shapes aim at as patterns, and sort given nodes under the shapes that aim at them (SHACL, 2.1.3)."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Set
from dataclasses import dataclass

from pyoxigraph import BlankNode

from graph.validate.compile.flow import THIS, select, union
from graph.validate.compile.hierarchy import Hierarchy
from graph.validate.compile.path import Term
from graph.validate.compile.shape import Targets


@dataclass(frozen=True, slots=True)
class Outline:
    """Hold what decides which shapes aim at a node: its classes, and the predicates it has and is the value of."""

    kinds: Set[Term]
    has: Set[Term]
    of: Set[Term]


def targeted(targets: Targets, hierarchy: Hierarchy) -> str:
    """Write a pattern that binds each target as ?this, once."""
    patterns = [pattern for pattern, _ in _patterns(targets, hierarchy)]
    if len(patterns) == 1 and all(once for _, once in _patterns(targets, hierarchy)):
        return patterns[0]
    return select([THIS], union(patterns))


def _patterns(targets: Targets, hierarchy: Hierarchy) -> Iterator[tuple[str, bool]]:
    """Yield patterns, and whether each binds a node once."""
    if targets.nodes or not targets:
        yield given(targets.nodes), True
    kinds = list(dict.fromkeys(each for kind in targets.classes for each in hierarchy.kinds(kind)))
    if len(kinds) == 1:
        yield f"?{THIS} a {kinds[0]} .", True
    elif kinds:
        yield f"VALUES ?_kind {{ {' '.join(str(kind) for kind in kinds)} }} ?{THIS} a ?_kind .", False
    for predicate in targets.subjects_of:
        yield f"?{THIS} {predicate} ?_value .", False
    for predicate in targets.objects_of:
        yield f"?_subject {predicate} ?{THIS} .", False


def given(nodes: Collection[Term]) -> str:
    """Write a pattern that binds some nodes; a blank node has no name that a query could use."""
    return f"VALUES ?{THIS} {{ {' '.join(str(node) for node in nodes if not isinstance(node, BlankNode))} }}"


class Aims:
    """Know at what each shape aims, looked up from the node's side."""

    def __init__(self, targets: Mapping[Term, Targets], hierarchy: Hierarchy) -> None:
        self._nodes, self._kinds, self._has, self._of = (defaultdict[Term, set[Term]](set) for _ in range(4))
        for shape, each in targets.items():
            kinds = [below for kind in each.classes for below in hierarchy.kinds(kind)]
            parts = (each.nodes, kinds, each.subjects_of, each.objects_of)
            for index, terms in zip((self._nodes, self._kinds, self._has, self._of), parts, strict=True):
                for term in terms:
                    index[term].add(shape)

    def at(self, node: Term, outline: Outline) -> set[Term]:
        """Return the shapes that aim at a node."""
        found = set(self._nodes.get(node, ()))
        for index, terms in ((self._kinds, outline.kinds), (self._has, outline.has), (self._of, outline.of)):
            for term in terms & index.keys():
                found |= index[term]
        return found
