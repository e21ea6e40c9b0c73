"""Aim shapes at given nodes: a small shapes graph with new targets, which pySHACL then follows (SHACL, 2.1.3.1)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import chain

import rdflib
from rdflib import OWL, RDF, RDFS, SH
from rdflib.term import Node

from graph.validate.compile.path import Term
from graph.validate.rdf import to_node

Known = dict[Node, tuple[tuple[Node, Node, Node], ...]]

TARGETS = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)
VALIDATORS = (SH.validator, SH.nodeValidator, SH.propertyValidator)
# What leads to classes, groups and the like, of which no verdict depends on what the shapes say of them.
ASIDE = (RDF.type, SH["class"], SH.group)


def aimed(shapes: rdflib.Graph, pairs: Collection[tuple[Term, Term]], known: Known | None = None) -> rdflib.Graph:
    """Return the shapes of some pairs, with what they lean on, aimed at the node of each pair and at nothing else.

    pySHACL's own `focus_nodes` also filters what nested shapes visit, and `use_shapes` drops named property shapes, so
    that their verdicts differ from a full run's. `known` keeps what each shape leans on.
    """
    aims: dict[Node, list[Node]] = defaultdict(list)
    for targeting, target in pairs:
        aims[to_node(targeting)].append(to_node(target))
    graph = rdflib.Graph()
    known = {} if known is None else known
    for shape in aims:
        if shape not in known:
            known[shape] = tuple(chain(_leaned_on(shapes, [shape]), _imported(shapes)))
        for triple in known[shape]:
            graph.add(triple)
    for aim, nodes in aims.items():
        for node in nodes:
            graph.add((aim, SH.targetNode, node))
    return graph


def _leaned_on(shapes: rdflib.Graph, starts: Iterable[Node]) -> Iterator[tuple[Node, Node, Node]]:
    """Yield what describes some shapes, their parts and their siblings, but no target, and no class as one."""
    metaclasses = {RDFS.Class, OWL.Class, *shapes.transitive_subjects(RDFS.subClassOf, RDFS.Class)}
    seen = set(starts) | _components(shapes)
    waiting = list(seen)
    while waiting:
        node = waiting.pop()
        near: set[Node] = set()
        for predicate, value in shapes.predicate_objects(node):
            if predicate in TARGETS or (predicate == RDF.type and value in metaclasses) or _is_off(predicate, value):
                continue
            yield node, predicate, value
            if predicate not in ASIDE and not isinstance(value, rdflib.Literal):
                near.add(value)
        if (node, SH.qualifiedValueShapesDisjoint, None) in shapes:
            near |= set(shapes.subjects(SH.property, node))
        waiting += near - seen
        seen |= near


def _is_off(predicate: Node, value: Node) -> bool:
    """Follow SHACL, 4.4.5: nothing but true switches sh:uniqueLang on, while pySHACL takes "1"^^xsd:boolean too."""
    return predicate == SH.uniqueLang and value != rdflib.Literal(True)


def _components(shapes: rdflib.Graph) -> set[Node]:
    """Return the constraint components that the shapes declare themselves, with the classes that they are of."""
    found = set(shapes.subjects(SH.parameter, None))
    found |= {each for own in found for way in VALIDATORS for each in shapes.objects(own, way)}
    kinds = {kind for each in found for kind in shapes.objects(each, RDF.type)}
    above = {each for kind in kinds for each in shapes.transitive_objects(kind, RDFS.subClassOf)}
    return found | {each for each in above if each is not None}


def _imported(shapes: rdflib.Graph) -> Iterator[tuple[Node, Node, Node]]:
    """Yield the prefixes that ontologies import (SHACL, 5.2.1) as their own, since pySHACL does not look further."""
    for ontology in set(shapes.objects(None, SH.prefixes)):
        for imported in set(shapes.transitive_objects(ontology, OWL.imports)) - {ontology}:
            for entry in shapes.objects(imported, SH.declare):
                yield ontology, SH.declare, entry
