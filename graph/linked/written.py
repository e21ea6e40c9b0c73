"""Write the description of a thing in a named format."""

from dataclasses import dataclass

from pyoxigraph import NamedNode, RdfFormat, serialize

from graph.linked.compact import compacted
from graph.linked.description import Description, described
from graph.linked.facts import table
from graph.names import prefixes_of
from graph.results.write import TRIPLES
from graph.store import Store

EXPANDED = "expanded"  # JSON-LD without any context (JSON-LD 1.1, 6.2)
DATASETS = {"trig": RdfFormat.TRIG, "nq": RdfFormat.N_QUADS}


@dataclass(frozen=True)
class Written:
    """Carry a description as bytes, the time of its last change, and whether the thing is known at all."""

    body: bytes
    modified: str = ""
    known: bool = True


def written(store: Store, iri: str, form: str, lang: str) -> Written:
    """Return what is said of a thing, in a format: a graph, a dataset with its record graphs, or a table of facts."""
    thing = NamedNode(iri)
    found = described(store, thing)
    if not found.triples:
        return Written(b"", known=False)
    return Written(table(store, thing, lang) if form == "csv" else _serialised(found, form), found.modified)


def _serialised(found: Description, form: str) -> bytes:
    if form == "jsonld":
        return compacted(found.triples)
    if form == EXPANDED:
        return serialize(found.triples, format=RdfFormat.JSON_LD) or b""
    prefixes = prefixes_of(found.triples)
    if form in DATASETS:
        return serialize(found.quads, format=DATASETS[form], prefixes=prefixes) or b""
    return serialize(found.triples, format=TRIPLES[form], prefixes=prefixes) or b""
