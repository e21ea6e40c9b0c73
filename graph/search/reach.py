"""Say of which things the index must be looked at anew after a change: what was touched, and what hangs on it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from pyoxigraph import DefaultGraph, NamedNode, Quad

from graph.names import ANNOTATED, ASSERTED, INFERRED, PARTITIONS, name
from graph.search.gather import CODES, TYPE, UP
from graph.search.where import INSIDE, PLACES
from graph.store import Store

# Whoever has one of these tells with what is said of the node that it leads to.
HOLDING: Final = tuple(
    name(f"m4sd:{each}") for each in ("qualifiedParticipation", "claimsContribution", "hasFinancialFlow", "about")
)
# What stands above something else, by which a value of a facet is found; and what leads to such a value.
_ABOVE: Final = (*UP["goal"], *UP["sector"], INSIDE)
_LEADING: Final = (*PLACES, name("m4sd:object"), name("m4sd:contributionTo"), name("m4sd:sector"))
_MOVING: Final = frozenset({TYPE, *CODES, *_ABOVE})
_UNREAD: Final = frozenset({INFERRED, ANNOTATED, PARTITIONS})


@dataclass(slots=True)
class Touched:
    """Hold the subjects of what was changed; those that `moved` have another place, code or class than before."""

    things: set[NamedNode] = field(default_factory=set)
    moved: set[NamedNode] = field(default_factory=set)

    def add(self, quads: Iterable[Quad]) -> None:
        """Add what was changed, as far as the index reads it: what is stated, and the class of a thing."""
        for subject, predicate, _, graph in quads:
            unread = graph in _UNREAD or (isinstance(graph, DefaultGraph) and predicate != TYPE)
            if isinstance(subject, NamedNode) and not unread:
                self.things.add(subject)
                if predicate in _MOVING:
                    self.moved.add(subject)


def reached(store: Store, touched: Touched) -> list[str]:
    """Return what must be looked at anew: what was touched, what tells with it, and what is found by what moved."""
    moved = _followed(store, touched.moved, _ABOVE)
    found = touched.things | moved | _before(store, moved, _LEADING)
    return sorted(each.value for each in _followed(store, found, HOLDING))


def _followed(store: Store, nodes: set[NamedNode], predicates: Iterable[NamedNode]) -> set[NamedNode]:
    """Return nodes, and all from which a way of these predicates leads to them."""
    found, waiting = set(nodes), set(nodes)
    while waiting:
        waiting = _before(store, waiting, predicates) - found
        found |= waiting
    return found


def _before(store: Store, nodes: Iterable[NamedNode], predicates: Iterable[NamedNode]) -> set[NamedNode]:
    quads = (quad for node in nodes for each in predicates for quad in store.quads(p=each, o=node, g=ASSERTED))
    return {quad.subject for quad in quads if isinstance(quad.subject, NamedNode)}
