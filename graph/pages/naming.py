"""Name things for a reader: in the reader's language, else in another one that is told, else by the IRI in short."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pyoxigraph import DefaultGraph, Literal, NamedNode

from graph.names import BASE, PREFIXES, name, short
from graph.pages.wording import wording
from graph.results.table import in_words
from graph.store import Store
from graph.template.labels import known

LABELS = (name("skos:prefLabel"), name("dcterms:title"), name("rdfs:label"))
TOPIC = name("foaf:primaryTopic")

# Who else names things, and says so by a code.
ELSEWHERE: Final = {
    "http://www.wikidata.org/entity/": "Wikidata",
    "https://sws.geonames.org/": "GeoNames",
    "http://publications.europa.eu/resource/authority/country/": "EU Vocabularies",
    "http://purl.unep.org/sdg/": "SDGIO",
    "http://data.europa.eu/s66#": "EURIO",
    "https://w3id.org/dingo#": "DINGO",
    "http://purl.org/cerif/frapo/": "FRAPO",
    "http://reference.iatistandard.org/203/codelists/": "IATI",
    "http://reference.iatistandard.org/203/": "IATI",
    "http://purl.org/vocab/vann/": "VANN",
}
# What has no label in the graph, and is known by a name of its own.
OWN: Final = {"https://creativecommons.org/licenses/by/4.0/": "CC BY 4.0"}
_DIGITS: Final = re.compile(r"(\d{1,18})", re.ASCII)


# These are pickled for each page, which takes ten times as long with slots.
@dataclass(frozen=True)
class Name:
    """Call a thing by words; `lang` tells their language where it is not the reader's, `known` that it has a page."""

    iri: str
    text: str
    lang: str = ""
    known: bool = True


class Namer:
    """Name things in one language, each once."""

    def __init__(self, store: Store, lang: str) -> None:
        self._store, self.lang = store, lang
        self._found: dict[NamedNode, Name] = {}

    def name(self, thing: NamedNode) -> Name:
        """Return what a thing is called."""
        if thing not in self._found:
            self._found[thing] = self._named(thing)
        return self._found[thing]

    def labels(self, thing: NamedNode) -> dict[str, str]:
        """Return what the graph calls a thing, else what the rules call a term, by language."""
        for label in LABELS:
            if found := dict(self._texts(thing, label)):
                return found
        return dict(known().get(thing) or wording(thing).forwards)

    def worded(self, term: NamedNode, words: Mapping[str, str]) -> Name:
        """Return a term in given words, if there are any, else by its own label."""
        own = self.name(term)
        return Name(term.value, *self.picked(dict(words)), own.known) if words else own

    def picked(self, texts: dict[str, str]) -> tuple[str, str]:
        """Return the words for the reader, and their language where it is another one."""
        text, spoken = in_words(texts, self.lang)
        return text, "" if spoken == self.lang else spoken

    def _texts(self, thing: NamedNode, label: NamedNode) -> Iterator[tuple[str, str]]:
        for quad in self._store.quads(s=thing, p=label, g=DefaultGraph()):
            if isinstance(quad.object, Literal):
                yield quad.object.language or self.lang, quad.object.value

    def _named(self, thing: NamedNode) -> Name:
        labels = self.labels(thing)
        text, lang = self.picked(labels) if labels else (self._unlabelled(thing), "")
        if labels and "/" not in thing.value.replace(
            PREFIXES["sdg"], "", 1
        ):  # people know goals and targets by their numbers
            text = " ".join(filter(None, (self._code(thing), text)))
        return Name(thing.value, text, lang, self._is_known(thing))

    def _unlabelled(self, thing: NamedNode) -> str:
        """Return what to call a thing without a label: a record by what it describes and by its dataset."""
        dataset, _, slug = thing.value.removeprefix(f"{BASE}graph/").partition("/")
        if not slug or not thing.value.startswith(f"{BASE}graph/"):
            return _elsewhere(thing.value)
        topics = self._store.quads(s=thing, p=TOPIC, g=DefaultGraph())
        topic = next((self.name(q.object).text for q in topics if isinstance(q.object, NamedNode)), slug)
        return f"{topic} · {self.name(NamedNode(f'{BASE}dataset/{dataset}')).text}"

    def _code(self, thing: NamedNode) -> str:
        codes = (q.object for q in self._store.quads(s=thing, p=name("dcterms:identifier"), g=DefaultGraph()))
        return min((code.value for code in codes if isinstance(code, Literal)), default="")

    def _is_known(self, thing: NamedNode) -> bool:
        return next(self._store.quads(s=thing, g=DefaultGraph()), None) is not None


def called(store: Store, iris: tuple[str, ...], lang: str) -> dict[str, str]:
    """Return what things are called, by their IRIs; what has no label is left out."""
    namer = Namer(store, lang)
    return {iri: namer.name(NamedNode(iri)).text for iri in iris if namer.labels(NamedNode(iri))}


def in_order(text: str) -> tuple[tuple[int, str], ...]:
    """Return what puts texts in order, the numbers in them by size."""
    return tuple((int(part), "") if part.isdecimal() else (-1, part.casefold()) for part in _DIGITS.split(text) if part)


def _elsewhere(iri: str) -> str:
    """Return the short name of a thing without a label: of one elsewhere, who names it and how."""
    who = next((space for space in ELSEWHERE if iri.startswith(space)), "")
    return OWN.get(iri) or (f"{ELSEWHERE[who]}: {iri.removeprefix(who).strip('/')}" if who else short(iri).strip("<>"))
