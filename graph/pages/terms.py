"""Name what a query can be written with: classes, properties and prefixes, and things by their label."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pyoxigraph import DefaultGraph, Literal, NamedNode

from graph.names import PREFIXES, short
from graph.results.table import LABELS, Labels
from graph.search.folded import fold
from graph.sparql.tokens import tokens
from graph.store import Store

MOST: Final = 20  # things that one question is answered with
FAR: Final = 10
CLASSES: Final = """SELECT ?term (COUNT(*) AS ?uses) WHERE { ?thing a ?term . FILTER(isIRI(?term)) } GROUP BY ?term"""
PROPERTIES: Final = """SELECT ?term (COUNT(*) AS ?uses) WHERE { ?thing ?term ?value } GROUP BY ?term"""
DECLARED: Final = """SELECT DISTINCT ?term WHERE { VALUES ?kind { KINDS } ?term a ?kind . FILTER(isIRI(?term)) }"""
FACTS: Final = PREFIXES["id"] + "fact-"  # their labels are sentences, which would hide everything else
KINDS: Final = {
    "class": (CLASSES, "owl:Class rdfs:Class"),
    "property": (PROPERTIES, "owl:ObjectProperty owl:DatatypeProperty owl:AnnotationProperty rdf:Property"),
}


@dataclass(frozen=True, slots=True)
class Word:
    """Carry a class or a property: its prefixed name, its kind, its labels, and how often it is used."""

    name: str
    kind: str
    en: str
    fr: str
    uses: int


@dataclass(frozen=True, slots=True)
class Found:
    """Carry a thing: its prefixed name, the label by which it was found, and the language of that."""

    name: str
    label: str
    lang: str


@dataclass(frozen=True, slots=True)
class Label:
    """Carry one label of a thing: folded, beside the folded end of its IRI, and as it stands."""

    folded: str
    local: str
    iri: str
    words: str
    lang: str

    def rank(self, wanted: str, space: str) -> int:
        """Return how well it fits: 0 best, FAR not at all; what is about another thing, as a claim is, comes late."""
        if not self.iri.startswith(space):
            return FAR
        named, begins = self.local.startswith(wanted), self.folded.startswith(wanted)
        fits = (named, begins) if space else (begins, named)
        rank = (*fits, f" {wanted}" in self.folded, True).index(True)
        return FAR if rank == len(fits) + 1 else rank + 3 * ("--" in self.iri)


def words(store: Store) -> tuple[Word, ...]:
    """Return the classes and properties that are declared or used, those used most first."""
    labels = Labels(store)
    found: list[Word] = []
    for kind, (counted, declared) in KINDS.items():
        uses = {row["term"].value: int(row["uses"].value) for row in store.query(counted)}  # type: ignore[union-attr]
        known = store.query(DECLARED.replace("KINDS", declared), prefixes=PREFIXES)
        terms = uses | {row["term"].value: uses.get(row["term"].value, 0) for row in known}  # type: ignore[union-attr]
        for iri, count in terms.items():
            called = labels.of(NamedNode(iri))
            if can_be_written(short(iri)):
                found.append(Word(short(iri), kind, called.get("en", ""), called.get("fr", ""), count))
    return tuple(sorted(found, key=lambda word: (word.kind, -word.uses, word.name)))


def things(store: Store, asked: str, lang: str) -> tuple[Found, ...]:
    """Return the things whose label or name begins with what is asked, in any language, or holds it."""
    prefix, colon, local = asked.partition(":")
    wanted, space = fold(local if colon else asked), PREFIXES.get(prefix, "") if colon else ""
    if not wanted or (colon and not space):
        return ()
    close = [(rank, label) for label in _labelled(store) if (rank := label.rank(wanted, space)) < FAR]
    shown: dict[str, Found] = {}
    for _, label in sorted(close, key=lambda each: (each[0], each[1].lang != lang, len(each[1].words), each[1].iri)):
        if len(shown) < MOST and can_be_written(name := short(label.iri)):
            shown.setdefault(name, Found(name, label.words, label.lang))
    return tuple(shown.values())


def can_be_written(name: str) -> bool:
    """Return whether a name can stand in a query as it is: one token, no IRI in brackets."""
    return [token.kind for token in tokens(name)] == ["name"]


def _labelled(store: Store) -> list[Label]:
    """Return all labels of things; read once from a snapshot."""
    if store.memo is None:
        return list(_labels(store))
    if "labels" not in store.memo:
        store.memo["labels"] = list(_labels(store))
    found: list[Label] = store.memo["labels"]
    return found


def _labels(store: Store) -> Iterator[Label]:
    for label in LABELS:
        for quad in store.quads(p=label, g=DefaultGraph()):
            thing, words = quad.subject, quad.object
            if isinstance(thing, NamedNode) and isinstance(words, Literal) and not thing.value.startswith(FACTS):
                local = thing.value[max(thing.value.rfind("/"), thing.value.rfind("#")) + 1 :]
                yield Label(fold(words.value), fold(local), thing.value, words.value, words.language or "en")
