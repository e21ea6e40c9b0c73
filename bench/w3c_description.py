"""Run the tests of SPARQL 1.1 Service Description: there is one, it is about this endpoint, it is sound."""

from collections.abc import Callable, Mapping
from typing import Final

from pyoxigraph import BlankNode, NamedNode, Quad

from bench.w3c_compare import graph
from bench.w3c_http import RDF
from bench.w3c_manifest import Case
from bench.w3c_outcome import Outcome
from bench.w3c_server import Client
from graph.store import Store

SD: Final = "http://www.w3.org/ns/sparql-service-description#"
TYPE: Final = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")

# Section 3 of the recommendation: property -> class of its subjects, class of its objects ("" = any IRI).
PROPERTIES: Final[Mapping[str, tuple[str, str]]] = {
    "endpoint": ("Service", ""),
    "feature": ("Service", "Feature"),
    "defaultEntailmentRegime": ("Service", "EntailmentRegime"),
    "defaultSupportedEntailmentProfile": ("Service", "EntailmentProfile"),
    "supportedEntailmentProfile": ("NamedGraph", "EntailmentProfile"),
    "entailmentRegime": ("NamedGraph", "EntailmentRegime"),
    "extensionFunction": ("Service", "Function"),
    "extensionAggregate": ("Service", "Aggregate"),
    "languageExtension": ("Service", "Feature"),
    "supportedLanguage": ("Service", "Language"),
    "propertyFeature": ("Service", "Feature"),
    "defaultDataset": ("Service", "Dataset"),
    "availableGraphs": ("Service", "GraphCollection"),
    "resultFormat": ("Service", ""),
    "inputFormat": ("Service", ""),
    "defaultGraph": ("Dataset", "Graph"),
    "namedGraph": ("GraphCollection", "NamedGraph"),
    "name": ("NamedGraph", ""),
    "graph": ("NamedGraph", "Graph"),
}
CLASSES: Final[Mapping[str, tuple[str, ...]]] = {  # class -> the classes that are also such
    "GraphCollection": ("Dataset",),
    "Feature": ("Language", "Function", "Aggregate"),
}
INSTANCES: Final[Mapping[str, tuple[str, ...]]] = {
    "Language": ("SPARQL10Query", "SPARQL11Query", "SPARQL11Update"),
    "Feature": ("DereferencesURIs", "UnionDefaultGraph", "RequiresDataset", "EmptyGraphs", "BasicFederatedQuery"),
}
ELSEWHERE: Final = {  # classes whose members other vocabularies hold
    "EntailmentRegime": "http://www.w3.org/ns/entailment/",
    "EntailmentProfile": "http://www.w3.org/ns/owl-profile/",
}
NAMES: Final = frozenset((*PROPERTIES, *CLASSES, *ELSEWHERE, "Service", "Graph", "NamedGraph")) | {
    name for names in (*CLASSES.values(), *INSTANCES.values()) for name in names
}


def describe(client: Client, case: Case) -> Outcome:
    """Run one of the three tests, in every RDF format that the endpoint offers."""
    for media in RDF:
        reply = client.ask("GET", "/sparql", {"Accept": media})
        if reply.status != 200 or reply.media != media:
            return Outcome(case, False, f"{media} expected, got {reply.status} {reply.media}")
        store = Store()
        store.extend(graph(reply.body, media, f"{client.root}/sparql"))
        wrong = TESTS[case.iri.partition("#")[2]](store, f"{client.root}/sparql")
        if wrong:
            return Outcome(case, False, f"{media}: {wrong}")
    return Outcome(case, True)


def _returns_rdf(store: Store, _: str) -> str:
    return "" if len(store) else "the description is empty"


def _has_endpoint(store: Store, endpoint: str) -> str:
    found = [quad.object for quad in store.quads(p=NamedNode(f"{SD}endpoint"))]
    return "" if found == [NamedNode(endpoint)] else f"sd:endpoint {endpoint} expected, got {found}"


def _conforms(store: Store, _: str) -> str:
    """Hold the description against the vocabulary: known terms only, each between things of the right classes."""
    wrong = [fault for quad in store.quads() if (fault := _fault(store, quad))]
    if not any(store.quads(p=TYPE, o=NamedNode(f"{SD}Service"))):
        wrong.append("no sd:Service")
    return "; ".join(sorted(wrong))


def _fault(store: Store, quad: Quad) -> str:
    terms = [term.value for term in quad.triple if isinstance(term, NamedNode) and term.value.startswith(SD)]
    unknown = [term for term in terms if term.removeprefix(SD) not in NAMES]
    if unknown:
        return f"unknown to the vocabulary: {unknown}"
    domain, range_ = PROPERTIES.get(quad.predicate.value.removeprefix(SD), ("", None))
    if domain and not _is_a(store, quad.subject, domain):
        return f"{quad.subject} should be a sd:{domain}, for it has {quad.predicate}"
    if range_ == "" and not isinstance(quad.object, NamedNode):
        return f"{quad.predicate} should lead to an IRI"
    return f"{quad.object} should be a sd:{range_}" if range_ and not _is_a(store, quad.object, range_) else ""


def _is_a(store: Store, term: object, kind: str) -> bool:
    if not isinstance(term, NamedNode | BlankNode):
        return False
    kinds = (kind, *CLASSES.get(kind, ()))
    if isinstance(term, NamedNode):
        known = [f"{SD}{name}" for each in kinds for name in INSTANCES.get(each, ())]
        if term.value in known or (kind in ELSEWHERE and term.value.startswith(ELSEWHERE[kind])):
            return True
    return any(quad.object in [NamedNode(f"{SD}{each}") for each in kinds] for quad in store.quads(term, TYPE))


TESTS: Final[Mapping[str, Callable[[Store, str], str]]] = {
    "returns-rdf": _returns_rdf,
    "has-endpoint-triple": _has_endpoint,
    "conforms-to-schema": _conforms,
}
