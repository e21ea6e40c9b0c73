"""Spell the IRIs that the engine itself uses, and the prefixes that every query may use undeclared."""

from collections.abc import Collection
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

BASE: Final = "https://w3id.org/m4sd/"

PREFIXES: Final[dict[str, str]] = {
    "m4sd": BASE + "ontology#",
    "id": BASE + "id/",
    "shape": BASE + "shapes#",
    "dataset": BASE + "dataset/",
    "sdg": "http://metadata.un.org/sdg/",
    "sdgo": "http://metadata.un.org/sdg/ontology#",
    "area": "http://metadata.un.org/sdg/codes/geoArea/",
    "sex": "http://metadata.un.org/sdg/codes/sex/",
    "migratoryStatus": "http://metadata.un.org/sdg/codes/migratoryStatus/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "oa": "http://www.w3.org/ns/oa#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "qb": "http://purl.org/linked-data/cube#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "http://schema.org/",
    "sdmx-attribute": "http://purl.org/linked-data/sdmx/2009/attribute#",
    "sdmx-measure": "http://purl.org/linked-data/sdmx/2009/measure#",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "void": "http://rdfs.org/ns/void#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

# One prefix a concept scheme, named after it: sector:health, role:funding.
SCHEMES: Final = (
    "actor-type", "approach", "beneficiary-group", "claim-status", "coherence-level", "confidence", "flow-type",
    "gcm-objective", "iati-activity-status", "iati-organisation-role", "iati-organisation-type", "iati-result-type",
    "iati-sector", "intervention-type", "meeting-type", "mobility-theme", "policy-type", "result-type", "role",
    "sector", "stakeholder-type", "unit", "value-kind",
)  # fmt: skip
PREFIXES.update({scheme: f"{BASE}concept/{scheme}/" for scheme in SCHEMES})


def name(curie: str) -> NamedNode:
    """Return the IRI of a prefixed name, such as `m4sd:Fact`; an unknown prefix is a KeyError."""
    prefix, _, local = curie.partition(":")
    return NamedNode(PREFIXES[prefix] + local)


def record_graph(dataset: str, slug: str) -> NamedNode:
    """Return the IRI of the named graph of one record."""
    return NamedNode(f"{BASE}graph/{dataset}/{slug}")


def prefixes_of(triples: Collection[Triple]) -> dict[str, str]:
    """Return those of our prefixes that some IRI of the triples can use, in alphabetical order."""
    terms = {term.value for triple in triples for term in triple if isinstance(term, NamedNode)}
    terms |= {t.object.datatype.value for t in triples if isinstance(t.object, Literal)}
    spaces = {term[: max(term.rfind("/"), term.rfind("#")) + 1] for term in terms}
    return {prefix: space for prefix, space in sorted(PREFIXES.items()) if space in spaces}


def short(iri: str) -> str:
    """Return an IRI as a prefixed name where one of our prefixes fits, for a person to read."""
    best = max((p for p in PREFIXES.items() if iri.startswith(p[1])), key=lambda p: len(p[1]), default=None)
    if best is None or any(c in iri[len(best[1]) :] for c in "/#?"):
        return f"<{iri}>"
    return f"{best[0]}:{iri[len(best[1]) :]}"


CATALOGUE: Final = NamedNode(BASE + "graph/catalogue")
ASSERTED: Final = NamedNode(BASE + "graph/asserted")
INFERRED: Final = NamedNode(BASE + "graph/inferred")
ANNOTATED: Final = NamedNode(BASE + "graph/annotated")
MERGES: Final = (ASSERTED, INFERRED, ANNOTATED)
SEQUENCE: Final = NamedNode(BASE + "graph/sequence")  # says which change was the last; no part of what is published
PARTITIONS: Final = NamedNode(BASE + "graph/partitions")  # counts the classes and properties of what is stated (VoID)
MADE: Final = (*MERGES, SEQUENCE, PARTITIONS)  # what is made from records, and is none
