"""Describe what is published as a dataset (DCAT 3, VoID): its size, its parts, the classes and properties in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal, NamedNode, QuerySolutions, Triple, serialize

from graph.catalogue import SIZE
from graph.names import BASE, CATALOGUE, PARTITIONS, name, prefixes_of
from graph.pages.naming import Name, Namer
from graph.reason.partitions import WHOLE, shares
from graph.results.write import TRIPLES
from graph.store import Store

LICENCE: Final = NamedNode("https://creativecommons.org/licenses/by/4.0/")
_PARTS: Final = """
SELECT ?part (COUNT(DISTINCT ?graph) AS ?records) (MAX(?at) AS ?modified) (COUNT(DISTINCT ?source) AS ?sources) {
  ?graph dcterms:isPartOf ?part ; dcterms:modified ?at .
  OPTIONAL { ?graph prov:hadPrimarySource ?source }
} GROUP BY ?part ORDER BY ?part
"""
_TITLE: Final = {
    "en": "M4SD Graph: migration for sustainable development, linked",
    "fr": "M4SD Graph : les migrations au service du développement durable, en données liées",
}


# These are pickled for a page, which takes ten times as long with slots.
@dataclass(frozen=True)
class Share:
    """Say how often a class or a property occurs among what is stated."""

    term: Name
    count: int


@dataclass(frozen=True)
class Part:
    """Describe a dataset: its records and triples, its sources, and when the newest of its records came (ISO 8601)."""

    iri: str
    slug: str
    records: int
    triples: int
    sources: int
    modified: str


@dataclass(frozen=True)
class Described:
    """Describe all that is published."""

    parts: tuple[Part, ...]
    classes: tuple[Share, ...]
    properties: tuple[Share, ...]

    @property
    def triples(self) -> int:
        """Return the number of triples that are stated, each once."""
        return sum(each.count for each in self.properties)

    @property
    def modified(self) -> str:
        """Return when the newest record came."""
        return max((part.modified for part in self.parts), default="")


def described(store: Store, lang: str) -> Described:
    """Count what is published, with the names of terms in a language."""
    namer = Namer(store, lang)
    return Described(
        tuple(_parts(store)), tuple(_shares(store, "class", namer)), tuple(_shares(store, "property", namer))
    )


def written(store: Store, form: str, root: str) -> bytes:
    """Return the same as RDF, in a format named as in `graph.results.write`; `root` is the address of this service."""
    triples = [*_triples(described(store, "en"), root), *(quad.triple for quad in store.quads(g=PARTITIONS))]
    return serialize(triples, format=TRIPLES[form], prefixes=prefixes_of(triples)) or b""


def _parts(store: Store) -> Iterator[Part]:
    for part, records, modified, sources in _rows(store, _PARTS, CATALOGUE):
        sizes = (quad.object for quad in store.quads(part, SIZE, None, CATALOGUE))
        size = next((each.value for each in sizes if isinstance(each, Literal)), "0")
        slug = part.value.rpartition("/")[2]
        yield Part(part.value, slug, int(records.value), int(size), int(sources.value), modified.value)


def _shares(store: Store, kind: str, namer: Namer) -> list[Share]:
    return [Share(namer.name(term), count) for term, count in shares(store, kind)]


def _rows(store: Store, text: str, graph: NamedNode) -> QuerySolutions:
    prefixes = {"dcterms": name("dcterms:").value, "prov": name("prov:").value}
    found = store.query(text, default_graph=graph, prefixes=prefixes)
    assert isinstance(found, QuerySolutions)
    return found


def _triples(about: Described, root: str) -> Iterator[Triple]:
    a = name("rdf:type")
    for kind in ("dcat:Dataset", "void:Dataset"):
        yield Triple(WHOLE, a, name(kind))
    for lang, title in _TITLE.items():
        yield Triple(WHOLE, name("dcterms:title"), Literal(title, language=lang))
    yield Triple(WHOLE, name("dcterms:license"), LICENCE)
    yield Triple(WHOLE, name("dcterms:modified"), Literal(about.modified, datatype=name("xsd:dateTime")))
    yield Triple(WHOLE, SIZE, Literal(about.triples))
    yield Triple(WHOLE, name("void:sparqlEndpoint"), NamedNode(f"{root}sparql"))
    yield Triple(WHOLE, name("void:uriSpace"), Literal(f"{BASE}id/"))
    yield Triple(WHOLE, name("void:vocabulary"), NamedNode(f"{BASE}ontology"))
    yield from _accesses(root)
    for part in about.parts:
        yield Triple(WHOLE, name("void:subset"), NamedNode(part.iri))
        yield Triple(NamedNode(part.iri), SIZE, Literal(part.triples))


def _accesses(root: str) -> Iterator[Triple]:
    service = NamedNode(f"{root}sparql#service")
    yield Triple(service, name("rdf:type"), name("dcat:DataService"))
    yield Triple(service, name("dcat:endpointURL"), NamedNode(f"{root}sparql"))
    yield Triple(service, name("dcat:endpointDescription"), NamedNode(f"{root}openapi.json"))
    yield Triple(service, name("dcat:servesDataset"), WHOLE)
    whole = NamedNode(f"{root}graphs?default")
    yield Triple(WHOLE, name("dcat:distribution"), whole)
    yield Triple(whole, name("rdf:type"), name("dcat:Distribution"))
    yield Triple(whole, name("dcat:accessURL"), whole)
    yield Triple(whole, name("dcterms:license"), LICENCE)
