"""Gather what the page about one thing shows: what it is, its facts in groups, who says so or why, what links to it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from pyoxigraph import DefaultGraph, Literal, NamedNode

from graph import owl
from graph.linked.description import MODIFIED, records_of, stated_in
from graph.linked.schema import told, types
from graph.names import ANNOTATED, BASE, CATALOGUE, INFERRED, name
from graph.pages.brief import Brief, brief
from graph.pages.incoming import Back, incoming, incoming_by
from graph.pages.naming import Name, Namer
from graph.pages.neighbours import Neighbour, Surroundings, surroundings
from graph.pages.proof import prover
from graph.pages.rows import LEADS, PAGE, Group, Row, Rows
from graph.pages.testimony import Source, Witness
from graph.pages.whereabouts import Spot, whereabouts
from graph.pages.wording import wording
from graph.reason.axioms import Node
from graph.store import Store

# Classes that say little of what is of another class too.
PLAIN: Final = tuple(name(each) for each in ("skos:Concept", "void:Dataset", "owl:NamedIndividual"))


@dataclass(frozen=True)
class Record:
    """Name a record graph that describes a thing: its dataset, when it last changed, what it was drawn from."""

    graph: str
    dataset: Name
    modified: str
    drawn_from: tuple[Name, ...]


@dataclass(frozen=True)
class Entity:
    """Carry the page about a thing."""

    iri: str
    title: Name
    kinds: tuple[Name, ...]
    brief: Brief
    lead: tuple[str, str]
    groups: tuple[Group, ...]
    backs: tuple[Back, ...]
    sources: tuple[Source, ...]
    records: tuple[Record, ...]
    own: bool  # whether the records are about this very thing
    around: Surroundings
    spots: tuple[Spot, ...]
    schema_types: tuple[str, ...]
    schema: Mapping[str, object]

    @property
    def modified(self) -> str:
        """Return when a record of it last changed."""
        return max((each.modified for each in self.records), default="")


def entity(store: Store, iri: str, lang: str) -> Entity | None:
    """Return the page about a thing in a language; nothing where the graph says nothing of it."""
    thing, namer = NamedNode(iri), Namer(store, lang)
    facts = _facts(store, thing)
    if not facts:
        return None
    groups = tuple(Rows(store, namer, thing).groups(facts))
    backs, records = incoming(store, namer, thing), records_of(store, thing)
    return Entity(
        iri,
        namer.name(thing),
        _kinds(store, namer, thing),
        brief(groups),
        _lead(namer, facts),
        groups,
        backs,
        Witness(store, namer).sources(thing),
        tuple(_record(store, namer, graph) for graph in records or stated_in(store, thing)),
        bool(records) or thing.value.startswith(f"{BASE}graph/"),
        _surroundings(groups, backs),
        whereabouts(store, namer, thing, facts),
        types(store, iri),
        told(store, iri),
    )


def warm(store: Store) -> None:
    """Read the words of properties and the rules, once for all pages."""
    wording(owl.TYPE)
    prover(store)


def values(store: Store, iri: str, lang: str, says: str, page: int) -> tuple[Name, Row] | None:
    """Return one page of the values of a property, each with who says so or why it follows."""
    thing, namer, link = NamedNode(iri), Namer(store, lang), NamedNode(says)
    found = [quad.object for quad in store.quads(s=thing, p=link, g=DefaultGraph())]
    start = (page - 1) * PAGE
    if len(found) <= start:
        return None
    return namer.name(thing), Rows(store, namer, thing).row(link, found, start, PAGE)


def links(store: Store, iri: str, lang: str, says: str, page: int) -> tuple[Name, Back] | None:
    """Return one page of what links to a thing by a property."""
    thing, namer = NamedNode(iri), Namer(store, lang)
    found = incoming_by(store, namer, thing, NamedNode(says), page)
    return (namer.name(thing), found) if found.things else None


def _facts(store: Store, thing: NamedNode) -> dict[NamedNode, list[Node]]:
    found: dict[NamedNode, list[Node]] = defaultdict(list)
    for quad in store.quads(s=thing, g=DefaultGraph()):
        found[quad.predicate].append(quad.object)
    return found


def _kinds(store: Store, namer: Namer, thing: NamedNode) -> tuple[Name, ...]:
    """Return of what classes a thing is stated to be; what only follows from these is left out."""
    follows = {quad.object for graph in (INFERRED, ANNOTATED) for quad in store.quads(s=thing, p=owl.TYPE, g=graph)}
    every = [quad.object for quad in store.quads(s=thing, p=owl.TYPE, g=DefaultGraph())]
    stated = [each for each in every if each not in (*follows, *PLAIN)] or every
    return tuple(sorted((namer.name(k) for k in stated if isinstance(k, NamedNode)), key=lambda each: each.text))


def _surroundings(groups: Iterable[Group], backs: Iterable[Back]) -> Surroundings:
    rows = [row for group in groups for row in group.rows if group.key != "elsewhere"]
    goes = [[Neighbour(value.name, row.words, False) for value in row.values if value.name] for row in rows]
    comes = [[Neighbour(thing, back.words, True) for thing in back.things] for back in backs if not back.minor]
    return surroundings(comes, goes)


def _lead(namer: Namer, facts: Mapping[NamedNode, list[Node]]) -> tuple[str, str]:
    for says in LEADS:
        if texts := {v.language or namer.lang: v.value for v in facts.get(says, ()) if isinstance(v, Literal)}:
            return namer.picked(texts)
    return "", ""


def _record(store: Store, namer: Namer, graph: NamedNode) -> Record:
    entry = list(store.quads(s=graph, g=CATALOGUE))
    changed = (quad.object.value for quad in entry if quad.predicate == MODIFIED and isinstance(quad.object, Literal))
    drawn = (quad.object for quad in entry if quad.predicate == name("prov:hadPrimarySource"))
    dataset = NamedNode(f"{BASE}dataset/{graph.value.removeprefix(f'{BASE}graph/').partition('/')[0]}")
    sources = tuple(namer.name(each) for each in drawn if isinstance(each, NamedNode))
    return Record(graph.value, namer.name(dataset), max(changed, default=""), sources)
