"""Say what a change is: who made it, when and why, and which quads left and came."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from pyoxigraph import NamedNode, Quad

from graph.names import BASE, CATALOGUE
from graph.store import Patch

KINDS: Final = ("build", "record", "withdrawal", "import", "undo", "erasure", "restore")
GRAPHS: Final = f"{BASE}graph/"


@dataclass(frozen=True, slots=True)
class Change:
    """Say of a change who made it, when, why, from which source, and what it did; empty where that is not known.

    `replaced_by` is the thing that takes the place of a withdrawn one, `undone` the number of the entry that an undo
    undoes, `gaps` the rows that an erasure takes away, each by its entry and its digest, `audit` the number and hash of
    the last line of the audit log then.
    """

    kind: str
    who: str
    when: datetime
    why: str = ""
    source: str = ""
    submission: str = ""
    dataset: str = ""
    replaced_by: str = ""
    undone: int = 0
    gaps: tuple[tuple[int, str], ...] = ()
    audit: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """Carry one change as the journal holds it: of stated quads only; `erased` counts the rows taken away."""

    sequence: int
    change: Change
    patch: Patch
    hash: str
    erased: int = field(default=0)

    @property
    def graphs(self) -> tuple[NamedNode, ...]:
        """Return the record graphs that it touches, in order; what the catalogue says of one counts as its own."""
        quads = (*self.patch.delete, *self.patch.insert)
        return tuple(sorted({touched(quad) for quad in quads}, key=lambda graph: graph.value))


def touched(quad: Quad) -> NamedNode:
    """Return the record graph that a stated quad belongs to."""
    graph = quad.graph_name
    assert isinstance(graph, NamedNode)
    about = quad.subject
    if graph == CATALOGUE and isinstance(about, NamedNode) and about.value.startswith(GRAPHS):
        return about
    return graph
