"""Find the IRIs in a question that the graph does not know, and the known ones nearest to them."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Variable
from rapidfuzz import fuzz, process

from graph.errors import Said, said
from graph.names import PREFIXES, short
from graph.store import Store

CLOSE = 75.0  # of 100, below which two names have little in common
# Terms of these vocabularies mean something without any triple of ours.
MOST = 5
LANGUAGE = tuple(PREFIXES[prefix] for prefix in ("rdf", "rdfs", "owl", "xsd"))

BY_CODE = """
SELECT DISTINCT ?thing ?code WHERE {
    VALUES ?property { dcterms:identifier skos:notation m4sd:iatiIdentifier m4sd:isoAlpha2 m4sd:isoAlpha3 m4sd:m49Code }
    ?thing ?property ?code .
    FILTER(isIRI(?thing) && !STRSTARTS(STR(?thing), CONCAT(STR(id:), "fact-")))
} ORDER BY ?thing LIMIT 3
"""
# The terms, and so many things that have a class: all of a large graph would be read for one word that is misspelt.
BESIDE = """
SELECT DISTINCT ?thing ?space WHERE {
    { VALUES ?kind { owl:Class owl:ObjectProperty owl:DatatypeProperty owl:AnnotationProperty } ?thing a ?kind }
    UNION { SELECT ?thing { ?thing a ?class } LIMIT 15000 }
    FILTER(isIRI(?thing) && STRSTARTS(STR(?thing), ?space))
} LIMIT 20000
"""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Name an IRI that the graph lacks, and those nearest to it that it has."""

    iri: str
    nearest: tuple[str, ...]

    @property
    def said(self) -> Said:
        """Return this as words for a person."""
        if not self.nearest:
            return said("{iri} is not in the graph", iri=short(self.iri))
        nearest = ", ".join(short(iri) for iri in self.nearest)
        return said("{iri} is not in the graph; near it are: {nearest}", iri=short(self.iri), nearest=nearest)


def unknown_iris(store: Store, iris: Iterable[str]) -> tuple[Unknown, ...]:
    """Return the first few of `iris` that occur in no quad, each with its nearest known neighbours."""
    missing = (iri for iri in dict.fromkeys(iris) if not iri.startswith(LANGUAGE) and not _known(store, iri))
    return tuple(Unknown(iri, _nearest(store, iri)) for iri in itertools.islice(missing, MOST))


def _known(store: Store, iri: str) -> bool:
    node = NamedNode(iri)
    patterns = ({"s": node}, {"p": node}, {"o": node}, {"g": node})
    return any(next(store.quads(**pattern), None) is not None for pattern in patterns)


def _nearest(store: Store, iri: str) -> tuple[str, ...]:
    space, local = _split(iri)
    by_code = store.query(BY_CODE, prefixes=PREFIXES, substitutions={Variable("code"): Literal(local)})
    same = tuple(row["thing"].value for row in by_code)  # type: ignore[union-attr]
    if same:
        return same
    beside = store.query(BESIDE, prefixes=PREFIXES, substitutions={Variable("space"): Literal(space)})
    names = {_split(row["thing"].value)[1]: row["thing"].value for row in beside}  # type: ignore[union-attr]
    close = process.extract(local, names.keys(), scorer=fuzz.ratio, limit=2, score_cutoff=CLOSE)
    return tuple(names[hit] for hit, _, _ in close)


def _split(iri: str) -> tuple[str, str]:
    cut = max(iri.rfind("/"), iri.rfind("#")) + 1
    return iri[:cut], iri[cut:]
