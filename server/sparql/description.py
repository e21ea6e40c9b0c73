"""Describe the endpoint to machines (SPARQL 1.1 Service Description)."""

from collections.abc import Iterator

from pyoxigraph import BlankNode, NamedNode, Triple, serialize

from graph.names import ANNOTATED, ASSERTED, CATALOGUE, INFERRED, name, prefixes_of
from graph.results.write import TRIPLES

SD = "http://www.w3.org/ns/sparql-service-description#"
FORMATS = "http://www.w3.org/ns/formats/"
WRITTEN = (
    *(f"{FORMATS}SPARQL_Results_{kind}" for kind in ("JSON", "XML", "CSV", "TSV")),
    *(f"{FORMATS}{kind}" for kind in ("Turtle", "JSON-LD", "N-Triples", "RDF_XML")),
)


def written(endpoint: str, form: str) -> bytes:
    """Return the description of the service at a public address, in a format named as in `graph.results.write`."""
    triples = list(_triples(NamedNode(endpoint)))
    return serialize(triples, format=TRIPLES[form], prefixes={**prefixes_of(triples), "sd": SD}) or b""


def _triples(endpoint: NamedNode) -> Iterator[Triple]:
    service, dataset, default = (NamedNode(f"{endpoint.value}#{part}") for part in ("service", "dataset", "default"))
    a = name("rdf:type")
    yield Triple(service, a, _sd("Service"))
    yield Triple(service, _sd("endpoint"), endpoint)
    yield Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Query"))
    yield Triple(service, _sd("defaultEntailmentRegime"), NamedNode("http://www.w3.org/ns/entailment/Simple"))
    yield Triple(service, _sd("defaultDataset"), dataset)
    for form in WRITTEN:
        yield Triple(service, _sd("resultFormat"), NamedNode(form))
    yield Triple(dataset, a, _sd("Dataset"))
    yield Triple(dataset, _sd("defaultGraph"), default)
    yield Triple(default, a, _sd("Graph"))
    for graph in (ASSERTED, INFERRED, ANNOTATED, CATALOGUE):
        named = BlankNode(graph.value.rpartition("/")[2])
        yield Triple(dataset, _sd("namedGraph"), named)
        yield Triple(named, a, _sd("NamedGraph"))
        yield Triple(named, _sd("name"), graph)


def _sd(local: str) -> NamedNode:
    return NamedNode(SD + local)
