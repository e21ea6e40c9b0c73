"""Name classes, properties, codes and things for a person, in a language."""

from collections.abc import Iterable, Mapping
from functools import cache

from pyoxigraph import Literal, NamedNode, Triple

import ontology
from graph.names import name, short
from graph.record import read_triples
from graph.template.rulebook import shapes_index, words

Words = Mapping[str, str]
LABEL = name("skos:prefLabel")
# What neither our ontology nor a rule names well.
_OTHERS: Mapping[NamedNode, Words] = {
    LABEL: {"en": "name", "fr": "nom"},
    name("dcterms:identifier"): {"en": "code", "fr": "code"},
    name("sdmx-measure:obsValue"): {"en": "exact value", "fr": "valeur exacte"},
    name("dcterms:hasPart"): {"en": "has part", "fr": "comprend"},
    name("rdf:type"): {"en": "kind", "fr": "sorte"},
}


def called(term: NamedNode) -> Words:
    """Return what a term is called by language, else its prefixed name."""
    return known().get(term) or {"en": short(term.value)}


def in_language(texts: Words, lang: str) -> str:
    """Return words in a language, or in English, or in any."""
    return texts.get(lang) or texts.get("en") or next(iter(texts.values()), "")


@cache
def known() -> Mapping[NamedNode, Words]:
    """Return the labels of the ontology's terms, of the codes of its vocabularies, and of what only the shapes name.

    A class goes by the name that the shapes give to its things, as in the list of rules.
    """
    files = [ontology.FOLDER / "m4sd.ttl", *sorted((ontology.FOLDER / "vocabularies").glob("*.ttl"))]
    own = labelled(triple for path in files for triple in read_triples(path)[0])
    return {**columned(), **_OTHERS, **own, **_classes()}


def labelled(triples: Iterable[Triple]) -> dict[NamedNode, dict[str, str]]:
    """Return the labels that triples state."""
    found: dict[NamedNode, dict[str, str]] = {}
    for subject, predicate, value in triples:
        if predicate == LABEL and isinstance(subject, NamedNode) and isinstance(value, Literal):
            found.setdefault(subject, {})[value.language or "en"] = value.value
    return found


@cache
def columned() -> Mapping[NamedNode, Words]:
    """Return how the shapes name properties: what stands above a column of a table."""
    book = shapes_index()
    found: dict[NamedNode, Words] = {}
    for node, path in sorted(book.pairs(name("sh:path")), key=lambda pair: str(pair[0]), reverse=True):
        if isinstance(path, NamedNode) and (texts := words(book, node, "sh:name")):
            found[path] = texts
    return found


def _classes() -> dict[NamedNode, Words]:
    """Return how the shapes name the things of a class: those that gather the rules of just one."""
    book = shapes_index()
    found: dict[NamedNode, Words] = {}
    for node, kind in sorted(book.pairs(name("sh:targetClass")), key=lambda pair: str(pair[0]), reverse=True):
        texts = words(book, node, "rdfs:label")
        own = isinstance(node, NamedNode) and isinstance(kind, NamedNode) and _local(node) == _local(kind)
        if own and texts and isinstance(kind, NamedNode):
            found[kind] = texts
    return found


def _local(term: NamedNode) -> str:
    return term.value.rpartition("#")[2]


@cache
def codes_of(scheme: NamedNode) -> tuple[NamedNode, ...]:
    """Return the codes of a list that we ship, in the order in which it is written."""
    files = sorted((ontology.FOLDER / "vocabularies").glob("*.ttl"))
    triples = (triple for path in files for triple in read_triples(path)[0])
    within = (t.subject for t in triples if t.predicate == name("skos:inScheme") and t.object == scheme)
    return tuple(dict.fromkeys(code for code in within if isinstance(code, NamedNode)))
