"""Read what shapes ask, one value for each constraint (SHACL, 4 and 5.1)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import rdflib
from pyoxigraph import Literal, NamedNode
from rdflib import OWL, RDF, RDFS, SH, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from graph.validate.compile.path import Term
from graph.validate.rdf import from_rdflib

# Parameters of which each value makes a constraint, whose value is a list of terms, a shape, and a list of shapes.
ONE_TERM = (
    "class", "datatype", "nodeKind", "minCount", "maxCount", "minExclusive", "minInclusive", "maxExclusive",
    "maxInclusive", "minLength", "maxLength", "equals", "disjoint", "lessThan", "lessThanOrEquals", "hasValue",
)  # fmt: skip
TERMS = ("in", "languageIn")
ONE_SHAPE = ("node", "not")
MEMBERS = ("and", "or", "xone")
TRUE = rdflib.Literal(True)


@dataclass(frozen=True, slots=True)
class Constraint:
    """Ask one thing of nodes: the terms, the shapes (by node) and the text that the parameters of a component give."""

    component: str
    terms: tuple[Term, ...] = ()
    shapes: tuple[Term, ...] = ()
    siblings: tuple[Term, ...] = ()
    text: str = ""
    node: Term | None = None

    @property
    def iri(self) -> NamedNode:
        """Return the IRI of the component."""
        return NamedNode(f"{SH}{self.component}ConstraintComponent")


def constraints(graph: rdflib.Graph, shape: Node) -> Iterator[Constraint]:
    """Yield what a shape asks of its nodes, its property shapes aside."""
    for name in (*ONE_TERM, *ONE_SHAPE):
        for value in graph.objects(shape, SH[name]):
            yield _of(name, (from_rdflib(value),), name in ONE_SHAPE)
    for name in (*TERMS, *MEMBERS):
        for value in graph.objects(shape, SH[name]):
            yield _of(name, _members(graph, value), name in MEMBERS)
    for pattern in graph.objects(shape, SH.pattern):
        flags = [from_rdflib(flag) for flag in graph.objects(shape, SH.flags)]
        yield Constraint("Pattern", (from_rdflib(pattern), *flags[:1]))
    if (shape, SH.uniqueLang, TRUE) in graph:
        yield Constraint("UniqueLang")
    if (shape, SH.closed, TRUE) in graph:
        yield Constraint("Closed", tuple(_allowed(graph, shape)))
    yield from _qualified(graph, shape)
    yield from _queries(graph, shape)


def _of(name: str, given: tuple[Term, ...], are_shapes: bool) -> Constraint:
    return Constraint(_big(name), shapes=given) if are_shapes else Constraint(_big(name), terms=given)


def _qualified(graph: rdflib.Graph, shape: Node) -> Iterator[Constraint]:
    for value in graph.objects(shape, SH.qualifiedValueShape):
        disjoint = (shape, SH.qualifiedValueShapesDisjoint, TRUE) in graph
        siblings = tuple(from_rdflib(each) for each in _siblings(graph, shape, value)) if disjoint else ()
        for name in ("qualifiedMinCount", "qualifiedMaxCount"):
            for count in graph.objects(shape, SH[name]):
                yield Constraint(_big(name), (from_rdflib(count),), (from_rdflib(value),), siblings)


def _siblings(graph: rdflib.Graph, shape: Node, value: Node) -> set[Node]:
    """Follow SHACL, 4.7.3: the other qualified value shapes of the property shapes beside this one."""
    parents = graph.subjects(SH.property, shape)
    beside = (other for parent in parents for other in graph.objects(parent, SH.property))
    return {each for other in beside for each in graph.objects(other, SH.qualifiedValueShape)} - {value}


def _queries(graph: rdflib.Graph, shape: Node) -> Iterator[Constraint]:
    for query in graph.objects(shape, SH.sparql):
        if (query, SH.deactivated, TRUE) not in graph:
            text = graph.value(query, SH.select)
            yield Constraint("SPARQL", text=_prefixes(graph, query) + str(text or ""), node=from_rdflib(query))


def _prefixes(graph: rdflib.Graph, query: Node) -> str:
    """Follow SHACL, 5.2.1: what the query's ontologies, and those that they import, declare."""
    named = {each for start in graph.objects(query, SH.prefixes) for each in _imports(graph, start)}
    declared = {entry for each in named for entry in graph.objects(each, SH.declare)}
    spaces = {"owl": str(OWL), "rdf": str(RDF), "rdfs": str(RDFS)}  # which pySHACL knows without a word
    spaces |= {str(graph.value(entry, SH.prefix)): str(graph.value(entry, SH.namespace)) for entry in declared}
    return "".join(f"PREFIX {prefix}: <{space}>\n" for prefix, space in sorted(spaces.items()))


def _imports(graph: rdflib.Graph, start: Node) -> Iterable[Node]:
    return [each for each in graph.transitive_objects(start, OWL.imports) if each is not None]


def _allowed(graph: rdflib.Graph, shape: Node) -> Iterator[Term]:
    for part in graph.objects(shape, SH.property):
        path = graph.value(part, SH.path)
        if isinstance(path, URIRef):
            yield NamedNode(str(path))
    for ignored in graph.objects(shape, SH.ignoredProperties):
        yield from _members(graph, ignored)


def _members(graph: rdflib.Graph, items: Node) -> tuple[Term, ...]:
    return tuple(from_rdflib(item) for item in Collection(graph, items))


def _big(name: str) -> str:
    return name[0].upper() + name[1:]


def number(constraint: Constraint) -> int:
    """Return the first term of a constraint as a count."""
    term = constraint.terms[0]
    assert isinstance(term, Literal), "SHACL syntax: a count is an integer"
    return int(term.value)
