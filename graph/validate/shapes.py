"""Read the shapes and choose their severities by profile."""

import functools
from collections.abc import Iterable, Mapping
from pathlib import Path

import rdflib
from rdflib import SH, URIRef
from rdflib.term import Node

import shapes as shapes_package
from graph.names import PREFIXES
from graph.record import read_triples
from graph.validate.rdf import to_rdflib
from graph.validate.report import Profile, Severity

IMPORTED_SEVERITY = URIRef(PREFIXES["shape"] + "importedSeverity")
SEVERITIES: Mapping[str, Severity] = {"Violation": "Violation", "Warning": "Warning", "Info": "Info"}
# What the ontology must pass is not what a record must pass.
NOT_FOR_RECORDS = {"ontology.ttl"}


def record_shapes(profile: Profile) -> rdflib.Graph:
    """Return a fresh graph of the shapes that records are held against, with the severities of a profile."""
    shapes = rdflib.Graph()
    shapes += _read(shapes_package.FOLDER, tuple(sorted(NOT_FOR_RECORDS)))
    if profile == "imported":
        for rule, severity in list(shapes.subject_objects(IMPORTED_SEVERITY)):
            shapes.set((rule, SH.severity, severity))
    return shapes


def read_shapes(path: Path) -> rdflib.Graph:
    """Return the shapes of one file."""
    return to_rdflib(read_triples(path)[0])


def severity_of(shapes: rdflib.Graph, rule: Node) -> Severity:
    """Return how grave a breach of a rule is."""
    return SEVERITIES[str(shapes.value(rule, SH.severity)).rpartition("#")[2]]


def words_of(shapes: rdflib.Graph, rule: Node, says: URIRef) -> dict[str, str]:
    """Return what a rule says under sh:name or sh:message, by language."""
    return by_language(shapes.objects(rule, says))


def by_language(literals: Iterable[Node]) -> dict[str, str]:
    """Return texts by their language."""
    found = [text for text in literals if isinstance(text, rdflib.Literal)]
    return {text.language or "en": str(text) for text in sorted(found, key=lambda t: (t.language or "", str(t)))}


@functools.cache
def _read(folder: Path, without: tuple[str, ...]) -> rdflib.Graph:
    shapes = rdflib.Graph()
    for path in sorted(folder.glob("*.ttl")):
        if path.name not in without:
            to_rdflib(read_triples(path)[0], shapes)
    return shapes
