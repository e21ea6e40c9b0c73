"""Show the ontology as a document: its classes as a tree, its properties in groups, each with how often it is used."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pyoxigraph import DefaultGraph, Literal, NamedNode, QuerySolutions

from graph.names import ASSERTED, PREFIXES, name, short
from graph.pages.naming import Name, Namer
from graph.pages.terms import CLASSES
from graph.pages.terms import PROPERTIES as TERMS
from graph.pages.wording import GROUPS, wording
from graph.store import Store

CLASS: Final = name("owl:Class")
PROPERTIES: Final = (name("owl:ObjectProperty"), name("owl:DatatypeProperty"))
OURS: Final = PREFIXES["m4sd"]
MANY: Final = 20_000  # things of a class whose properties are no longer counted for a page
SHOWN: Final = 12  # properties of a class
FEW: Final = 50  # rows of a query that shows a term at work
_USED: Final = "SELECT ?p (COUNT(*) AS ?n) { ?s a ?c ; ?p ?o } GROUP BY ?p ORDER BY DESC(?n) ?p LIMIT 40"
# A query that shows a term at work; whoever reads it writes the next one.
_OF_CLASS: Final = """SELECT ?thing ?name WHERE {{
  ?thing a {term} .
  OPTIONAL {{ ?thing skos:prefLabel ?name FILTER(LANG(?name) = "{lang}") }}
}} ORDER BY ?name LIMIT {few}"""
_OF_PROPERTY: Final = "SELECT ?thing ?value WHERE {{ ?thing {term} ?value }} LIMIT {few}"


@dataclass(frozen=True)
class Use:
    """Say how often a term is used, how often that is stated, with which properties, and by which query one sees it."""

    count: int
    stated: int
    properties: tuple[tuple[Name, int], ...]
    query: str


@dataclass(frozen=True)
class Term:
    """Carry a term of the ontology: what it says, between what it stands, and how often it is used."""

    name: Name
    says: tuple[str, str]
    uses: int
    domain: tuple[Name, ...] = ()
    range: tuple[Name, ...] = ()
    below: "tuple[Term, ...]" = ()


@dataclass(frozen=True)
class Model:
    """Carry the document: the classes as a tree, the properties under headings, and how many of each there are."""

    classes: tuple[Term, ...]
    groups: tuple[tuple[str, tuple[Term, ...]], ...]
    count_classes: int
    count_properties: int


def use(store: Store, iri: str, lang: str) -> Use | None:
    """Return how a class or a property is used; nothing for what is neither."""
    term, kinds = NamedNode(iri), {quad.object for quad in store.quads(NamedNode(iri), name("rdf:type"))}
    if CLASS in kinds:
        counts = [_instances(store, term, graph) for graph in (DefaultGraph(), ASSERTED)]
        used = _properties(store, term, Namer(store, lang)) if 0 < counts[0] <= MANY else ()
        return Use(counts[0], counts[1], used, _query(_OF_CLASS, iri, counts[0], lang))
    if kinds.intersection(PROPERTIES):
        counts = [sum(1 for _ in store.quads(p=term, g=graph)) for graph in (DefaultGraph(), ASSERTED)]
        return Use(counts[0], counts[1], (), _query(_OF_PROPERTY, iri, counts[0], lang))
    return None


def model(store: Store, lang: str) -> Model:
    """Return the ontology as a document in a language."""
    namer = Namer(store, lang)
    uses = _uses(store)
    classes = [each for each in _declared(store, CLASS) if each.value.startswith(OURS)]
    properties = {each for kind in PROPERTIES for each in _declared(store, kind) if each.value.startswith(OURS)}
    groups: dict[str, list[Term]] = defaultdict(list)
    for each in properties:
        groups[wording(each).group].append(_property(store, namer, each, uses))
    told = (
        (namer.picked(dict(heading))[0], _sorted(groups[key])) for key, (_, heading) in GROUPS.items() if groups[key]
    )
    return Model(_Tree(store, namer, classes, uses).below(None), tuple(told), len(classes), len(properties))


def _uses(store: Store) -> dict[str, int]:
    """Return how often each class and each property is used, counted in one go."""
    return {row["term"].value: int(row["uses"].value) for text in (CLASSES, TERMS) for row in store.query(text)}  # type: ignore[union-attr]


def _query(form: str, iri: str, count: int, lang: str) -> str:
    curie = short(iri)
    return form.format(term=curie, lang=lang, few=FEW) if count else ""


def _instances(store: Store, term: NamedNode, graph: NamedNode | DefaultGraph) -> int:
    return sum(1 for _ in store.quads(p=name("rdf:type"), o=term, g=graph))


def _properties(store: Store, term: NamedNode, namer: Namer) -> tuple[tuple[Name, int], ...]:
    rows = store.query(_USED.replace("?c", str(term)), default_graph=ASSERTED)
    assert isinstance(rows, QuerySolutions)
    found = [(row["p"], int(row["n"].value)) for row in rows]
    kept = [(each, count) for each, count in found if each.value != name("rdf:type").value]
    return tuple((namer.worded(each, wording(each).forwards), count) for each, count in kept[:SHOWN])


def _declared(store: Store, kind: NamedNode) -> Iterator[NamedNode]:
    for quad in store.quads(p=name("rdf:type"), o=kind, g=ASSERTED):
        if isinstance(quad.subject, NamedNode):
            yield quad.subject


class _Tree:
    """Put classes under those of which they are kinds; one of two parents stands under each."""

    def __init__(self, store: Store, namer: Namer, classes: list[NamedNode], uses: Mapping[str, int]) -> None:
        self._store, self._namer, self._uses = store, namer, uses
        self._children: dict[NamedNode | None, list[NamedNode]] = defaultdict(list)
        for each in classes:
            parents = [parent for parent in _objects(store, each, "rdfs:subClassOf") if parent in classes]
            for parent in parents or [None]:  # type: ignore[list-item]  # what has no parent stands at the top
                self._children[parent].append(each)

    def below(self, parent: NamedNode | None) -> tuple[Term, ...]:
        """Return the terms below one, each with those below it."""
        return _sorted([self._term(each) for each in self._children.get(parent, ())])

    def _term(self, each: NamedNode) -> Term:
        says = _says(self._store, self._namer, each)
        return Term(self._namer.name(each), says, self._uses.get(each.value, 0), below=self.below(each))


def _property(store: Store, namer: Namer, term: NamedNode, uses: Mapping[str, int]) -> Term:
    domain, range_ = (
        tuple(namer.name(each) for each in _objects(store, term, f"rdfs:{end}")) for end in ("domain", "range")
    )
    return Term(namer.name(term), _says(store, namer, term), uses.get(term.value, 0), domain, range_)


def _says(store: Store, namer: Namer, term: NamedNode) -> tuple[str, str]:
    for says in ("skos:definition", "rdfs:comment", "skos:scopeNote"):
        quads = store.quads(s=term, p=name(says), g=ASSERTED)
        if texts := {q.object.language or "": q.object.value for q in quads if isinstance(q.object, Literal)}:
            return namer.picked(texts)
    return "", ""


def _objects(store: Store, term: NamedNode, says: str) -> list[NamedNode]:
    found = {quad.object for quad in store.quads(s=term, p=name(says), g=ASSERTED)}
    return sorted((each for each in found if isinstance(each, NamedNode)), key=lambda each: each.value)


def _sorted(terms: list[Term]) -> tuple[Term, ...]:
    return tuple(sorted(terms, key=lambda term: (term.name.text.casefold(), term.name.iri)))
