"""Gather what the store states of one thing: its names, its codes, its words, and the facets under which it is found.

Facets rest on what is stated, never on what is inferred; only ways up that are stated too (place in country, target of
goal, narrower sector) are walked.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

from graph.catalogue import dataset_of
from graph.names import ASSERTED, BASE, CATALOGUE, MADE, PREFIXES, name
from graph.search.kinds import kind_of
from graph.search.where import Where
from graph.store import Store

FACETS: Final = ("country", "goal", "sector", "actor", "year", "dataset", "kind")
TYPE: Final = name("rdf:type")
PREFERRED: Final = tuple(
    name(each) for each in ("skos:prefLabel", "rdfs:label", "dcterms:title", "foaf:name", "schema:name")
)
OTHER: Final = (name("skos:altLabel"), name("skos:hiddenLabel"), name("m4sd:acronym"))
CODES: Final = tuple(
    name(each)
    for each in (
        *("dcterms:identifier", "skos:notation", "m4sd:iatiIdentifier", "m4sd:isoAlpha3", "m4sd:isoAlpha2"),
        *("m4sd:isoSubdivision", "m4sd:m49Code"),
    )
)
TEXTS: Final = tuple(
    name(each)
    for each in (
        *("dcterms:description", "skos:definition", "skos:scopeNote", "skos:example", "skos:note"),
        *("skos:editorialNote", "m4sd:value", "m4sd:address"),
    )
)
NOTES: Final = TEXTS[:3]
# The code that people use, by the predicates that hold it.
SHOWN: Final = tuple(
    name(each) for each in ("m4sd:isoAlpha3", "m4sd:isoSubdivision", "dcterms:identifier", "skos:notation")
)
PART_TAKERS: Final = (name("m4sd:participant"), name("m4sd:hostedBy"), name("m4sd:hasParticipant"))
MOMENTS: Final = tuple(
    name(f"m4sd:{each}") for each in ("startDate", "endDate", "launchDate", "date", "adoptedOn", "deadline")
)
UP: Final = {
    "goal": (name("sdgo:isIndicatorOf"), name("sdgo:isTargetOf")),
    "sector": (name("skos:broader"),),
}
# Kinds whose things are values of a facet, or stand below one.
WITHIN: Final = {"goal": ("goal", "target", "indicator"), "sector": ("concept",)}
LONGEST_SPAN: Final = 60  # years, above which a start or an end is a slip


@dataclass(frozen=True, slots=True)
class Name:
    """Hold one name of a thing: its text, its language (none for a code), and whether it is its first name."""

    text: str
    lang: str
    weight: int  # 0 first name, 1 code, 2 other name


@dataclass(frozen=True, slots=True)
class Entry:
    """Hold all that the index keeps of a thing; a facet's value is its key and its IRI, if it has one."""

    iri: str
    kind: str
    code: str
    names: tuple[Name, ...]
    notes: tuple[Name, ...]
    texts: tuple[str, ...]
    facets: tuple[tuple[str, str, str], ...]


def things(store: Store) -> Iterator[str]:
    """Yield the IRIs of all things that have a kind."""
    classes: dict[str, set[str]] = {}
    for quad in store.quads(p=TYPE, g=DefaultGraph()):
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
            classes.setdefault(quad.subject.value, set()).add(quad.object.value)
    return (iri for iri, held in sorted(classes.items()) if kind_of(held))


class Gatherer:
    """Read things of one store, and walk the ways up once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._up = lru_cache(maxsize=100_000)(self._climb)
        self._where = Where(store)

    def entry(self, iri: str) -> Entry | None:
        """Return what is stated of a thing; nothing where it has no kind or no name."""
        node = NamedNode(iri)
        kind = kind_of({_iri(q) for q in self._of(node, TYPE, DefaultGraph())})
        quads = list(self._store.quads(s=node))
        stated = [quad for quad in quads if quad.graph_name == ASSERTED]
        names = tuple(_names(stated))
        if not kind or not any(each.weight == 0 for each in names):
            return None
        facets = {(*each,) for each in self._facets(node, kind, stated)}
        facets |= {("dataset", *each) for each in _datasets(quads)} | {("kind", kind, "")}
        notes = tuple(_texts(stated, NOTES))
        texts = tuple(note.text for note in _texts(stated, TEXTS))
        return Entry(iri, kind, _code(stated), names, notes, texts, tuple(sorted(facets)))

    def _facets(self, node: NamedNode, kind: str, stated: list[Quad]) -> Iterator[tuple[str, str, str]]:
        aims = [q.object for q in self._at(stated, "m4sd:claimsContribution") if q.predicate == _TO]
        sectors = [q.object for q in stated if q.predicate == _SECTOR]
        for facet, leads in (("goal", aims), ("sector", sectors)):
            starts = [*leads, node] if kind in WITHIN[facet] else leads
            for start in starts:
                if isinstance(start, NamedNode):
                    yield from ((facet, *found) for found in self._up(facet, start))
        countries = self._where.of_fact(node) if kind == "fact" else self._where.countries(node)
        if kind in ("country", "place"):
            countries |= self._where.above(node)
        yield from (("country", self._code(each), each.value) for each in countries)
        yield from (("actor", _slug(each), each) for each in self._actors(node, kind, stated))
        yield from (("year", str(year), "") for year in _years(stated))

    def _actors(self, node: NamedNode, kind: str, stated: list[Quad]) -> Iterator[str]:
        if kind == "actor":
            yield node.value
        flows = list(self._at(stated, "m4sd:hasFinancialFlow"))
        for path in (stated, self._at(stated, _TAKING), self._at(flows, _TAKING)):
            yield from (_iri(quad) for quad in path if quad.predicate in PART_TAKERS and _iri(quad))

    def _at(self, quads: Iterable[Quad], curie: str) -> Iterator[Quad]:
        """Yield what is stated of the nodes to which a predicate leads."""
        predicate = name(curie)
        for quad in quads:
            if quad.predicate == predicate and isinstance(quad.object, NamedNode):
                yield from self._of(quad.object, None, ASSERTED)

    def _of(self, node: NamedNode, predicate: NamedNode | None, graph: NamedNode | DefaultGraph) -> Iterator[Quad]:
        return self._store.quads(s=node, p=predicate, g=graph)

    def _climb(self, facet: str, node: NamedNode) -> tuple[tuple[str, str], ...]:
        """Return the values of a facet at a node and above it."""
        found, seen, waiting = [], {node}, [node]
        while waiting:
            each = waiting.pop()
            key = self._key(facet, each)
            if key:
                found.append((key, each.value))
            for predicate in UP[facet]:
                above = {q.object for q in self._of(each, predicate, ASSERTED) if isinstance(q.object, NamedNode)}
                waiting += above - seen
                seen |= above
        return tuple(found)

    def _key(self, facet: str, node: NamedNode) -> str:
        """Return the key of a node as a value of a facet; nothing where it is none."""
        if facet == "sector":
            return node.value.removeprefix(PREFIXES["sector"]) if node.value.startswith(PREFIXES["sector"]) else ""
        if next(self._store.quads(node, TYPE, _GOAL, ASSERTED), None) is None:
            return ""
        return self._first(node, "dcterms:identifier")

    def _code(self, country: NamedNode) -> str:
        return self._first(country, "m4sd:isoAlpha3", "m4sd:m49Code")

    def _first(self, node: NamedNode, *codes: str) -> str:
        held = (_text(q) for code in codes for q in self._of(node, name(code), ASSERTED))
        return next(filter(None, held), _slug(node.value))


_TO: Final = name("m4sd:contributionTo")
_SECTOR: Final = name("m4sd:sector")
_GOAL: Final = name("sdgo:Goal")
_TAKING: Final = "m4sd:qualifiedParticipation"
_WEIGHTS: Final = {
    **dict.fromkeys(PREFERRED, 0),
    **dict.fromkeys(CODES, 1),
    **dict.fromkeys(OTHER, 2),
}


def _names(stated: Iterable[Quad]) -> Iterator[Name]:
    found = {
        Name(quad.object.value, quad.object.language or "", _WEIGHTS[quad.predicate])
        for quad in stated
        if quad.predicate in _WEIGHTS and isinstance(quad.object, Literal)
    }
    yield from sorted(found, key=lambda each: (each.weight, each.lang, each.text))


def _texts(stated: Iterable[Quad], wanted: tuple[NamedNode, ...]) -> Iterator[Name]:
    rank = {predicate: place for place, predicate in enumerate(wanted)}
    found = [(rank[q.predicate], q.object) for q in stated if q.predicate in rank and isinstance(q.object, Literal)]
    for place, text in sorted(found, key=lambda each: (each[0], each[1].language or "", each[1].value)):
        yield Name(text.value, text.language or "", place)


def _datasets(quads: Iterable[Quad]) -> set[tuple[str, str]]:
    graphs = {quad.graph_name for quad in quads}
    named = {g for g in graphs if isinstance(g, NamedNode) and g.value.startswith(f"{BASE}graph/")}
    found = {dataset_of(graph).value for graph in named - {CATALOGUE, *MADE}}
    return {(_slug(iri), iri) for iri in found}


def _years(stated: Iterable[Quad]) -> set[int]:
    """Return the years of a thing: those from its start to its end, and each in which something is dated."""
    held: dict[NamedNode, set[int]] = {}
    for quad in stated:
        year = quad.object.value[:4] if isinstance(quad.object, Literal) else ""
        if quad.predicate in MOMENTS and year.isdecimal() and len(year) == 4:
            held.setdefault(quad.predicate, set()).add(int(year))
    begins, ends = (held.get(each, set()) for each in MOMENTS[:2])
    years = set().union(*held.values())
    if begins and ends and 0 <= max(ends) - min(begins) <= LONGEST_SPAN:
        years |= set(range(min(begins), max(ends) + 1))
    return years


def _slug(iri: str) -> str:
    return iri.rstrip("/#").rpartition("/")[2].rpartition("#")[2]


def _code(stated: list[Quad]) -> str:
    held = ((SHOWN.index(q.predicate), len(_text(q)), _text(q)) for q in stated if q.predicate in SHOWN)
    return min(held, default=(0, 0, ""))[2]


def _iri(quad: Quad) -> str:
    return quad.object.value if isinstance(quad.object, NamedNode) else ""


def _text(quad: Quad) -> str:
    return quad.object.value if isinstance(quad.object, Literal) else ""
