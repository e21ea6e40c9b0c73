"""Read the shapes, choose their severities by profile, and aim them at given nodes."""

import functools
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal as OneOf

import rdflib
from rdflib import RDF, RDFS, SH, URIRef
from rdflib.term import Node

import shapes as shapes_package
from graph.names import PREFIXES
from graph.record import read_triples
from graph.validate.rdf import to_rdflib
from graph.validate.report import Severity

Profile = OneOf["curated", "imported"]
PROFILES: Mapping[str, Profile] = {"curated": "curated", "imported": "imported"}
IMPORTED_SEVERITY = URIRef(PREFIXES["shape"] + "importedSeverity")
TARGETS = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)
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


def aim(shapes: rdflib.Graph, data: rdflib.Graph, nodes: Iterable[Node]) -> None:
    """Point every shape at those of `nodes` that it would target anyway, and at nothing else.

    pySHACL's own `focus_nodes` also filters what nested shapes visit, so its verdicts differ from a full run's.
    """
    wanted = set(nodes)
    pairs = {(shape, node) for shape in _targeting(shapes) for node in _targets(shape, shapes, data) & wanted}
    for predicate in TARGETS:
        shapes.remove((None, predicate, None))
    for shape, node in pairs:
        shapes.add((shape, SH.targetNode, node))


def _targeting(shapes: rdflib.Graph) -> set[Node]:
    return {shape for predicate in TARGETS for shape in shapes.subjects(predicate, None)}


def _targets(shape: Node, shapes: rdflib.Graph, data: rdflib.Graph) -> set[Node]:
    found = set(shapes.objects(shape, SH.targetNode))
    for predicate in shapes.objects(shape, SH.targetSubjectsOf):
        found |= set(data.subjects(predicate, None))
    for predicate in shapes.objects(shape, SH.targetObjectsOf):
        found |= set(data.objects(None, predicate))
    for target in shapes.objects(shape, SH.targetClass):
        for kind in data.transitive_subjects(RDFS.subClassOf, target):
            found |= set(data.subjects(RDF.type, kind))
    return found


@functools.cache
def _read(folder: Path, without: tuple[str, ...]) -> rdflib.Graph:
    shapes = rdflib.Graph()
    for path in sorted(folder.glob("*.ttl")):
        if path.name not in without:
            to_rdflib(read_triples(path)[0], shapes)
    return shapes
