"""Say how the graph became what it is: versions of a record, what it held then, who changed what, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, Triple

from graph.journal.entry import Change
from graph.journal.text import quads
from graph.keeping.history_index import Index, terms
from graph.names import CATALOGUE, name

_TOPIC: Final = name("foaf:primaryTopic")
_LABEL: Final = name("skos:prefLabel")
_LOCATED: Final = name("m4sd:locatedIn")
_LAST: Final = 1 << 62  # past every change


@dataclass(frozen=True, slots=True)
class Version:
    """Say of one change of one record graph when it was, who made it, why, and what became of the record.

    `labels` are the names that its thing had in any record after it, by language; before it, where it was withdrawn.
    """

    sequence: int
    change: Change
    graph: NamedNode
    added: int
    removed: int
    thing: NamedNode | None
    labels: tuple[tuple[str, str], ...]
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """Carry the stated quads that left and that came between two changes."""

    removed: tuple[Quad, ...]
    added: tuple[Quad, ...]


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Say by which change the last record of a thing was taken back; `change.replaced_by` may take its place."""

    thing: NamedNode
    sequence: int
    change: Change


def versions(folder: Path, about: NamedNode) -> list[Version]:
    """Return the versions of all records of a thing, or those of one record graph, newest first."""
    with Index(folder) as index:
        given = {"about": index.number(about), "catalogue": index.number(CATALOGUE), "topic": index.number(_TOPIC)}
        return [_version(index, each) for each in index.ask(_VERSIONS, given)]


def changes(
    folder: Path,
    country: NamedNode | None = None,
    actor: NamedNode | None = None,
    dataset: str = "",
    skip: int = 0,
    most: int = 50,
    since: int = 0,
    until: int = _LAST,
    forward: bool = False,
) -> list[Version]:
    """Return the newest changes of records: those of a country, an actor or a dataset such as `seed`.

    A change is one of a country or an actor if the record names it, or a place in the country, after the change or
    before. A build may change many records under one number, so pages are counted in records: `skip` so many. Those
    after the change `since` and not after `until` are looked at; `forward` begins with the oldest.
    """
    with Index(folder) as index:
        given = _sought(index, country, actor, dataset, since, until)
        text = f"SELECT t.sequence, t.record, t.added, t.removed {_OF_CHANGES} {_FORWARD if forward else _BACK}"
        found = index.ask(f"{_PLACES} {text} LIMIT :most OFFSET :skip", {**given, "most": most, "skip": skip})
        return [_version(index, each) for each in found]


def counted(
    folder: Path,
    country: NamedNode | None = None,
    actor: NamedNode | None = None,
    dataset: str = "",
    since: int = 0,
    until: int = _LAST,
) -> int:
    """Count the changes of records that `changes` would return."""
    with Index(folder) as index:
        given = _sought(index, country, actor, dataset, since, until)
        return int(index.ask(f"{_PLACES} SELECT COUNT(*) {_OF_CHANGES}", given)[0][0])


def content(folder: Path, graph: NamedNode, sequence: int) -> tuple[Triple, ...]:
    """Return what a record graph held after a change, in order."""
    return _held(folder, graph, graph, sequence)


def catalogued(folder: Path, graph: NamedNode, sequence: int) -> tuple[Triple, ...]:
    """Return what the catalogue said of a record graph after a change, in order."""
    return _held(folder, graph, CATALOGUE, sequence)


def difference(folder: Path, older: int, newer: int, graph: NamedNode | None = None) -> Difference:
    """Return what left and what came from one change to another, in all records or in one."""
    if older > newer:
        back = difference(folder, newer, older, graph)
        return Difference(back.added, back.removed)
    with Index(folder) as index:
        given = {"older": older, "newer": newer, "record": index.number(graph) if graph else None}
        return Difference(_quads(index, index.ask(_WENT, given)), _quads(index, index.ask(_CAME, given)))


def withdrawn(folder: Path, thing: NamedNode) -> Withdrawn | None:
    """Return how a thing was taken back, if some record described it once and none does now."""
    with Index(folder) as index:
        given = [index.number(CATALOGUE), index.number(_TOPIC), index.number(thing)]
        ends = [until for (until,) in index.ask("SELECT until FROM rows WHERE graph = ? AND p = ? AND o = ?", given)]
        if not ends or None in ends:
            return None
        change = index.change(max(ends))
        return Withdrawn(thing, max(ends), change) if change else None


def made(folder: Path, sequence: int) -> Change | None:
    """Return who made a change, when and why."""
    with Index(folder) as index:
        return index.change(sequence)


def later(folder: Path, sequence: int, touching: Sequence[Quad]) -> list[int]:
    """Return the changes after one that brought or took one of some quads."""
    with Index(folder) as index:
        found: set[int] = set()
        for quad in touching:
            parts = [index.number(str(part)) for part in (quad.graph_name, *quad.triple)]
            for ends in index.ask("SELECT since, until FROM rows WHERE graph = ? AND s = ? AND p = ? AND o = ?", parts):
                found.update(end for end in ends if end is not None and end > sequence)
        return sorted(found)


_VERSIONS: Final = """
SELECT sequence, record, added, removed FROM touches WHERE record IN (
    SELECT s FROM rows WHERE graph = :catalogue AND p = :topic AND o = :about UNION SELECT :about
) ORDER BY sequence DESC, record
"""
_PLACES: Final = """
WITH RECURSIVE place (id) AS (
    SELECT :country UNION SELECT i.s FROM rows i JOIN place ON i.o = place.id AND i.p = :located WHERE i.until IS NULL
)
"""
_OF_CHANGES: Final = """
FROM touches t WHERE t.sequence > :since AND t.sequence <= :until AND (:dataset = '' OR t.dataset = :dataset)
AND (:country IS NULL OR EXISTS (
    SELECT 1 FROM rows r WHERE r.record = t.record AND r.since <= t.sequence AND ifnull(r.until >= t.sequence, 1)
    AND (r.o IN (SELECT id FROM place) OR r.s IN (SELECT id FROM place))
)) AND (:actor IS NULL OR EXISTS (
    SELECT 1 FROM rows r WHERE r.record = t.record AND r.since <= t.sequence AND ifnull(r.until >= t.sequence, 1)
    AND :actor IN (r.o, r.s)
))
"""
_BACK: Final = "ORDER BY t.sequence DESC, t.record DESC"
_FORWARD: Final = "ORDER BY t.sequence, t.record"
_HELD: Final = """
SELECT s, p, o, graph FROM rows
WHERE record = :record AND graph = :graph AND since <= :at AND ifnull(until > :at, 1)
"""
_TOLD: Final = """
SELECT o FROM rows
WHERE record = :record AND p = :said AND since <= :at AND ifnull(until > :at, 1)
"""
_NAMES: Final = """
SELECT o FROM rows WHERE s = :thing AND p = :label AND since <= :at AND ifnull(until > :at, 1)
"""
_WENT: Final = """
SELECT s, p, o, graph FROM rows
WHERE since <= :older AND until > :older AND until <= :newer AND (:record IS NULL OR record = :record)
"""
_CAME: Final = """
SELECT s, p, o, graph FROM rows
WHERE since > :older AND since <= :newer AND ifnull(until > :newer, 1) AND (:record IS NULL OR record = :record)
"""


def _sought(
    index: Index, country: NamedNode | None, actor: NamedNode | None, dataset: str, since: int, until: int
) -> dict[str, object]:
    numbers = {name: index.number(each) if each else None for name, each in (("country", country), ("actor", actor))}
    return {**numbers, "dataset": dataset, "located": index.number(_LOCATED), "since": since, "until": until}


def _version(index: Index, told: Sequence[int]) -> Version:
    sequence, record, added, removed = told
    given = {"record": record, "said": index.number(_TOPIC), "at": sequence}
    topic = index.ask(_TOLD, given)
    gone = not topic
    if gone:
        given["at"] = sequence - 1
        topic = index.ask(_TOLD, given)
    thing = topic[0][0] if topic else -1
    names = index.ask(_NAMES, {"thing": thing, "label": index.number(_LABEL), "at": given["at"]})
    texts = index.texts([record, *terms(topic[:1]), *terms(names)])
    labels = tuple(sorted({_label(texts[each]) for (each,) in names}))
    about = NamedNode(texts[thing][1:-1]) if topic else None
    change, graph = index.change(sequence), NamedNode(texts[record][1:-1])
    assert change is not None
    return Version(sequence, change, graph, added, removed, about, labels, gone and removed > 0)


def _label(text: str) -> tuple[str, str]:
    (quad,) = quads([f"<x:x> <x:x> {text} .".encode()])
    assert isinstance(quad.object, Literal)
    return quad.object.language or "", quad.object.value


def _held(folder: Path, record: NamedNode, graph: NamedNode, sequence: int) -> tuple[Triple, ...]:
    with Index(folder) as index:
        given = {"record": index.number(record), "graph": index.number(graph), "at": sequence}
        return tuple(quad.triple for quad in _quads(index, index.ask(_HELD, given)))


def _quads(index: Index, found: Sequence[Sequence[int]]) -> tuple[Quad, ...]:
    texts = index.texts(terms(found))
    return tuple(quads(sorted(" ".join(texts[n] for n in each).encode() + b" ." for each in found)))
