"""Say what a thing is in the words of schema.org, which search engines read."""

from typing import Any, Final

from pyoxigraph import DefaultGraph, Literal, NamedNode

from graph import owl
from graph.names import name
from graph.store import Store

SPACE: Final = "https://schema.org/"
# What we call a thing, the narrower first -> what schema.org does.
_KINDS: Final = (
    ("m4sd:Country", "Country"),
    ("m4sd:AdministrativeArea", "AdministrativeArea"),
    ("m4sd:Place", "Place"),
    ("m4sd:Programme", "Project"),
    ("m4sd:ProgrammePhase", "Project"),
    ("m4sd:Initiative", "Project"),
    ("m4sd:PublicAuthority", "GovernmentOrganization"),
    ("m4sd:CivilSocietyOrganisation", "NGO"),
    ("m4sd:Actor", "Organization"),
    ("m4sd:Meeting", "Event"),
    ("m4sd:Policy", "CreativeWork"),
    ("m4sd:SourceDocument", "Article"),
    ("m4sd:Source", "CreativeWork"),
    ("m4sd:Service", "Service"),
    ("m4sd:FinancialFlow", "MonetaryGrant"),
    ("m4sd:Fact", "Claim"),
    ("dcat:Dataset", "Dataset"),
    ("skos:ConceptScheme", "DefinedTermSet"),
    ("skos:Concept", "DefinedTerm"),
    ("sdgo:Goal", "DefinedTerm"),
    ("sdgo:Target", "DefinedTerm"),
    ("sdgo:Indicator", "DefinedTerm"),
    ("owl:Class", "DefinedTerm"),
    ("owl:ObjectProperty", "DefinedTerm"),
    ("owl:DatatypeProperty", "DefinedTerm"),
)
_TEXTS: Final = (("name", "skos:prefLabel"), ("alternateName", "skos:altLabel"), ("description", "dcterms:description"))
_CODES: Final = (("identifier", "dcterms:identifier"), ("startDate", "m4sd:startDate"), ("endDate", "m4sd:endDate"))
_PLACES: Final = (("location", "m4sd:heldIn"), ("sameAs", "skos:exactMatch"), ("url", "m4sd:address"))


def types(store: Store, iri: str) -> tuple[str, ...]:
    """Return the schema.org types of a thing; none where nothing is said of it."""
    return tuple(SPACE + each for each in _types(store, NamedNode(iri)))


def told(store: Store, iri: str) -> dict[str, Any]:
    """Return a thing as a node of schema.org."""
    thing = NamedNode(iri)
    found: dict[str, Any] = {"@context": SPACE.rstrip("/"), "@id": iri, "@type": list(_types(store, thing))}
    for key, says in _TEXTS:
        texts = (quad.object for quad in store.quads(s=thing, p=name(says), g=DefaultGraph()))
        _put(found, key, [_text(text) for text in texts if isinstance(text, Literal)])
    for key, says in (*_CODES, *_PLACES):
        values = (quad.object for quad in store.quads(s=thing, p=name(says), g=DefaultGraph()))
        _put(found, key, [value.value for value in values if isinstance(value, Literal | NamedNode)])
    return found


def _types(store: Store, thing: NamedNode) -> tuple[str, ...]:
    kinds = {quad.object for quad in store.quads(s=thing, p=owl.TYPE, g=DefaultGraph())}
    best = next((ours for kind, ours in _KINDS if name(kind) in kinds), "")
    if best or next(store.quads(s=thing, g=DefaultGraph()), None) is not None:
        return (best or "Thing",)
    return ()


def _text(text: Literal) -> object:
    return {"@value": text.value, "@language": text.language} if text.language else text.value


def _put(found: dict[str, Any], key: str, values: list[object]) -> None:
    if values:
        found[key] = values[0] if len(values) == 1 else sorted(values, key=str)
