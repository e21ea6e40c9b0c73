"""Count how often each class and each property occurs in what is stated: VoID partitions (VoID, 4.3), in the store.

They stand in a graph of their own, follow from the asserted merge, and are moved by what enters and leaves it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, Quad, Triple

from graph.names import ASSERTED, BASE, PARTITIONS, name, short
from graph.store import Patch, Store

WHOLE: Final = NamedNode(f"{BASE}dataset/m4sd")
_TYPE: Final = name("rdf:type")
_COUNTS: Final = {"class": name("void:entities"), "property": name("void:triples")}


class Part(NamedTuple):
    """Name a part of what is stated: the things of a class, or the statements with a property."""

    kind: str
    term: NamedNode

    @property
    def node(self) -> NamedNode:
        """Return the partition, whose address lies below the dataset's."""
        local = quote(short(self.term.value).strip("<>").replace(":", "/", 1), safe="/")
        return NamedNode(f"{WHOLE.value}/{self.kind}/{local}")


def partitions(asserted: Iterable[Triple]) -> set[Quad]:
    """Return the partitions of what is stated, counted anew."""
    counts = Counter(part for triple in asserted for part in _parts(triple))
    return {quad for part, count in counts.items() for quad in _said(part, count)}


def moved(store: Store, patch: Patch) -> Patch:
    """Add to a patch what it means for the partitions: those of which it changes the count."""
    steps: Counter[Part] = Counter()
    for quads, step in ((patch.insert, 1), (patch.delete, -1)):
        for quad in quads:
            if quad.graph_name == ASSERTED:
                for part in _parts(quad.triple):
                    steps[part] += step
    if next(store.quads(g=PARTITIONS), None) is None:  # a store of an older version
        steps.update(part for quad in store.quads(g=ASSERTED) for part in _parts(quad.triple))
    delete, insert = set(patch.delete), set(patch.insert)
    for part, step in steps.items():
        if step:
            old = counted(store, part)
            delete.update(_said(part, old) if old else ())
            insert.update(_said(part, old + step) if old + step else ())
    same = delete & insert
    return Patch(frozenset(delete - same), frozenset(insert - same))


def counted(store: Store, part: Part) -> int:
    """Return how often a class or a property is counted in a store."""
    found = store.quads(s=part.node, p=_COUNTS[part.kind], g=PARTITIONS)
    return sum(int(quad.object.value) for quad in found if isinstance(quad.object, Literal))


def shares(store: Store, kind: str) -> list[tuple[NamedNode, int]]:
    """Return the classes, or the properties, with their counts, those that occur most first."""
    kept = list(store.quads(g=PARTITIONS)) or partitions(quad.triple for quad in store.quads(g=ASSERTED))
    terms = {quad.subject: quad.object for quad in kept if quad.predicate == name(f"void:{kind}")}
    counts = {quad.subject: quad.object for quad in kept if isinstance(quad.object, Literal)}
    found = ((term, int(counts[node].value)) for node, term in terms.items() if isinstance(term, NamedNode))
    return sorted(found, key=lambda each: (-each[1], each[0].value))


def _parts(triple: Triple) -> Iterator[Part]:
    yield Part("property", triple.predicate)
    if triple.predicate == _TYPE and isinstance(triple.object, NamedNode):
        yield Part("class", triple.object)


def _said(part: Part, count: int) -> tuple[Quad, ...]:
    return (
        Quad(WHOLE, name(f"void:{part.kind}Partition"), part.node, PARTITIONS),
        Quad(part.node, name(f"void:{part.kind}"), part.term, PARTITIONS),
        Quad(part.node, _COUNTS[part.kind], Literal(count), PARTITIONS),
    )
