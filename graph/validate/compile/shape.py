"""Read shapes as values: what each aims at, and what it asks (SHACL, 2 to 5)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import rdflib
from pyoxigraph import NamedNode
from rdflib import OWL, RDF, RDFS, SH, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from graph.errors import Said, said
from graph.validate.compile.constraint import MEMBERS, ONE_SHAPE, Constraint, constraints
from graph.validate.compile.path import Path, Term
from graph.validate.compile.path_read import read_path
from graph.validate.compile.refusal import NotCompiled
from graph.validate.rdf import from_rdflib


@dataclass(frozen=True, slots=True)
class Targets:
    """List what a shape aims at (SHACL, 2.1.3)."""

    nodes: tuple[Term, ...] = ()
    classes: tuple[NamedNode, ...] = ()
    subjects_of: tuple[NamedNode, ...] = ()
    objects_of: tuple[NamedNode, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.nodes or self.classes or self.subjects_of or self.objects_of)


@dataclass(frozen=True, slots=True)
class Shape:
    """Hold a shape: its targets, its path if it has one, its constraints and its property shapes."""

    node: Term
    targets: Targets
    path: Path | None = None
    path_node: Term | None = None
    constraints: tuple[Constraint, ...] = ()
    properties: tuple[Term, ...] = ()
    active: bool = True
    trouble: Said | None = None


def read(graph: rdflib.Graph) -> Mapping[Term, Shape]:
    """Return every shape of a shapes graph by its node, those that only other shapes name included."""
    custom = _custom_parameters(graph)
    found: dict[Term, Shape] = {}
    waiting = list(_roots(graph))
    while waiting:
        node = waiting.pop()
        term = from_rdflib(node)
        if term not in found:
            found[term] = _shape(graph, node, custom)
            waiting += _nested(graph, node)
    return found


def _roots(graph: rdflib.Graph) -> Iterator[Node]:
    for kind in (SH.NodeShape, SH.PropertyShape):
        yield from graph.subjects(RDF.type, kind)
    for predicate in (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf):
        yield from graph.subjects(predicate, None)


def _nested(graph: rdflib.Graph, node: Node) -> Iterator[Node]:
    for parameter in ("property", "qualifiedValueShape", *ONE_SHAPE):
        yield from graph.objects(node, SH[parameter])
    for parameter in MEMBERS:
        for members in graph.objects(node, SH[parameter]):
            yield from Collection(graph, members)


def _shape(graph: rdflib.Graph, node: Node, custom: set[Node]) -> Shape:
    term, path = from_rdflib(node), graph.value(node, SH.path)
    try:
        if custom & set(graph.predicates(node)):
            raise NotCompiled(said("it uses a constraint component that the shapes declare themselves"))
        return Shape(
            term,
            _targets(graph, node),
            None if path is None else read_path(graph, path),
            None if path is None else from_rdflib(path),
            tuple(constraints(graph, node)),
            tuple(from_rdflib(each) for each in graph.objects(node, SH.property)),
            (node, SH.deactivated, rdflib.Literal(True)) not in graph,
        )
    except NotCompiled as refusal:
        return Shape(term, _targets(graph, node), trouble=refusal.why)


def _targets(graph: rdflib.Graph, node: Node) -> Targets:
    classes = [*graph.objects(node, SH.targetClass), *([node] if _is_class(graph, node) else [])]
    return Targets(
        _terms(graph.objects(node, SH.targetNode)),
        tuple(_iri(each) for each in classes),
        tuple(_iri(each) for each in graph.objects(node, SH.targetSubjectsOf)),
        tuple(_iri(each) for each in graph.objects(node, SH.targetObjectsOf)),
    )


def _is_class(graph: rdflib.Graph, node: Node) -> bool:
    """Follow SHACL, 2.1.3.3: a shape that is also a class aims at its instances."""
    metaclasses = {RDFS.Class, OWL.Class, *graph.transitive_subjects(RDFS.subClassOf, RDFS.Class)}
    return isinstance(node, URIRef) and not metaclasses.isdisjoint(graph.objects(node, RDF.type))


def _custom_parameters(graph: rdflib.Graph) -> set[Node]:
    """Return the parameters of the constraint components that the shapes graph itself declares (SHACL, 6.2)."""
    parameters = (
        p
        for component in graph.subjects(SH.validator | SH.nodeValidator | SH.propertyValidator, None)
        for p in graph.objects(component, SH.parameter)
    )
    return {path for parameter in parameters for path in graph.objects(parameter, SH.path)}


def _terms(nodes: Iterable[Node]) -> tuple[Term, ...]:
    return tuple(from_rdflib(node) for node in nodes)


def _iri(node: Node) -> NamedNode:
    if not isinstance(node, URIRef):
        raise NotCompiled(said("{term} is no IRI", term=node))
    return NamedNode(str(node))
