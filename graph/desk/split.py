"""Split what one file describes into things, each with the nodes that it owns: a thing is a record of its own."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import BlankNode, NamedNode, Triple

from graph.names import BASE, name

GRAPH: Final = f"{BASE}graph/"
# Nodes of these classes belong to the thing that points to them, or to which they point by one of BACK.
OWNED: Final = frozenset(
    name(f"m4sd:{kind}")
    for kind in (
        "Participation", "Contribution", "FinancialFlow", "GroupMembership", "ResultObservation", "Fact",
        "SourcePassage",
    )
) | {name("oa:TextPositionSelector")}  # fmt: skip
BACK: Final = (name("m4sd:about"), name("m4sd:inDocument"))
_TYPE: Final = name("rdf:type")
_MENTIONS: Final = (*BACK, name("m4sd:statedIn"), name("m4sd:object"))

Node = NamedNode | BlankNode


@dataclass(frozen=True, slots=True)
class Part:
    """Name one thing of a file, the record graph that the file names for it, and which of its triples describe it."""

    thing: NamedNode | None
    graph: NamedNode | None
    indices: tuple[int, ...]


def split(triples: Sequence[Triple], topics: Mapping[NamedNode, NamedNode]) -> tuple[Part, ...]:
    """Return the parts of a file; `topics` are the things of the record graphs that it names.

    A file that names one graph is that record, whole. Where it names several, each has its thing; what is left, and
    every thing of a file that names none, is a part of its own.
    """
    if len(topics) == 1:
        graph, thing = next(iter(topics.items()))
        return (Part(thing, graph, tuple(range(len(triples)))),)
    owners = _owners(triples)
    graphs = {thing: graph for graph, thing in topics.items()}
    parts: dict[Node, list[int]] = defaultdict(list)
    for index, triple in enumerate(triples):
        subject = triple.subject
        assert not isinstance(subject, Triple), "no statement on a statement comes here"
        topic = topics.get(subject) if isinstance(subject, NamedNode) else None
        parts[topic or _root(subject, owners)].append(index)
    return tuple(_part(root, graphs, tuple(indices)) for root, indices in parts.items())


def _part(root: Node, graphs: Mapping[NamedNode, NamedNode], indices: tuple[int, ...]) -> Part:
    if isinstance(root, BlankNode):
        return Part(None, None, indices)
    return Part(root, graphs.get(root), indices)


def _owners(triples: Iterable[Triple]) -> dict[Node, Node]:
    """Return what owns each node that is owned by another one of the file."""
    kinds: dict[object, set[object]] = defaultdict(set)
    into: dict[object, list[Node]] = defaultdict(list)
    back: dict[Node, Node] = {}
    for s, p, o in triples:
        if isinstance(s, Triple):
            continue
        kinds[s] |= {o} if p == _TYPE else set()
        if p in BACK and isinstance(o, NamedNode | BlankNode):
            back[s] = o
        elif p not in _MENTIONS:
            into[o].append(s)
    owned = (node for node in list(kinds) if isinstance(node, BlankNode) or kinds[node] & OWNED)
    return {node: owner for node in owned if (owner := _owner(node, kinds, into, back)) is not None}  # type: ignore[misc]


def _owner(
    node: object, kinds: Mapping[object, object], into: Mapping[object, Sequence[Node]], back: Mapping[Node, Node]
) -> Node | None:
    about = back.get(node)  # type: ignore[call-overload]  # a node of the file
    candidates = [*([about] if about else []), *into.get(node, ())]
    return next((each for each in candidates if each in kinds and each != node), None)


def _root(node: Node, owners: Mapping[Node, Node]) -> Node:
    seen = {node}
    while (owner := owners.get(node)) is not None and owner not in seen:
        node = owner
        seen.add(node)
    return node
