"""Say in a store itself which change was the last in it, in a graph that is no part of what is published.

It changes in the same update as what the change brings, so that it is true or not, together with it.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Final

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

from graph.journal.head import Head
from graph.names import ANNOTATED, ASSERTED, CATALOGUE, INFERRED, SEQUENCE, name
from graph.store import Patch, Store

LARGE: Final = 50_000  # quads
_NUMBER: Final = name("dcterms:identifier")
_HASH: Final = name("schema:sha256")
_COUNTS: Final = name("dcterms:extent")
_RECORD: Final = (name("rdf:type"), name("m4sd:RecordGraph"))


@dataclass(frozen=True, slots=True)
class Counts:
    """Count what a store holds: `triples` of the default graph, those of its parts, quads of all graphs, records."""

    records: int = 0
    triples: int = 0
    asserted: int = 0
    inferred: int = 0
    annotated: int = 0
    quads: int = 0

    def after(self, patch: Patch) -> "Counts":
        """Return what they are after a patch of which each quad changes something."""
        return self._with(patch.insert, 1)._with(patch.delete, -1)

    def _with(self, quads: Iterable[Quad], step: int) -> "Counts":
        found = dict.fromkeys(asdict(self), 0)
        for quad in quads:
            found["quads"] += 1
            if (part := _PARTS.get(quad.graph_name)) is not None:
                found[part] += 1
            elif quad.graph_name == CATALOGUE and (quad.predicate, quad.object) == _RECORD:
                found["records"] += 1
        return replace(self, **{field: getattr(self, field) + step * count for field, count in found.items()})


_PARTS: Final = {DefaultGraph(): "triples", ASSERTED: "asserted", INFERRED: "inferred", ANNOTATED: "annotated"}


@dataclass(frozen=True, slots=True)
class Mark:
    """Name the last change in a store, and count what the store holds."""

    head: Head
    counts: Counts

    def quads(self) -> frozenset[Quad]:
        """Return the mark as it stands in a store."""
        number = Literal(str(self.head.sequence), datatype=name("xsd:integer"))
        told = Literal(json.dumps(asdict(self.counts)))
        said: dict[NamedNode, Literal] = {_NUMBER: number, _HASH: Literal(self.head.hash), _COUNTS: told}
        return frozenset(Quad(SEQUENCE, predicate, value, SEQUENCE) for predicate, value in said.items())


def mark_of(store: Store) -> Mark | None:
    """Return the mark of a store, if it has a whole one."""
    found = {quad.predicate: quad.object.value for quad in store.quads(g=SEQUENCE) if isinstance(quad.object, Literal)}
    if not {_NUMBER, _HASH, _COUNTS} <= set(found):
        return None
    return Mark(Head(int(found[_NUMBER]), found[_HASH]), Counts(**json.loads(found[_COUNTS])))


def advance(store: Store, patch: Patch, head: Head) -> None:
    """Make a change in a store in one update with its mark.

    A large one is loaded, which takes a sixth of the time and is not one step. So the store has no mark meanwhile, and
    one without a mark is never relied on.
    """
    before, old = mark_of(store), frozenset(store.quads(g=SEQUENCE))
    new = Mark(head, (before.counts if before else Counts()).after(patch)).quads()
    if len(patch.insert) < LARGE:
        store.commit(Patch(patch.delete | (old - new), patch.insert | new))
        return
    store.commit(Patch(old, frozenset()))
    store.flush()
    store.load(patch.insert)
    store.commit(Patch(patch.delete, new))
    store.flush()
