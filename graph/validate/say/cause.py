"""Find what failed inside a rule that offers a choice or nests others: SHACL reports only that it did (4.6, 4.7).

This looks for words only and never for a verdict: what it does not know how to look at, it takes to hold.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Final

import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode
from rdflib import SH, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from graph import owl
from graph.names import PREFIXES, name
from graph.validate.rdf import from_rdflib
from graph.validate.report import Finding, Term
from graph.validate.say.case import REPLACED, Case
from graph.validate.say.expected import Describer, parameter_of
from graph.validate.say.mend import LANG_STRING, mend
from graph.validate.say.terms import Look, labels
from graph.validate.say.value import as_datatype, matches

_LISTS: Final = (SH["or"], SH.xone, SH["and"])
# The parameters of a constraint that hold shapes.
NESTING: Final[Mapping[URIRef, tuple[URIRef, ...]]] = {
    **{each: (each,) for each in (*_LISTS, SH.node)},
    SH.qualifiedMinCount: (SH.qualifiedValueShape,),
}
_MOST: Final = 12  # causes of one finding; more do not help


@dataclass(frozen=True, slots=True)
class Break:
    """Point to the parameter of the shape that a value, reached by a path, breaks."""

    shape: Node
    parameter: URIRef
    path: NamedNode | None
    value: Term | None


def causes(case: Case) -> tuple[Finding, ...]:
    """Return what failed inside a finding, each in words like a finding of its own."""
    if parameter_of(case.finding.component) not in NESTING:
        return ()
    describer = Describer(case.shapes, case.look)
    found = [_cause(each, case, describer) for each in _inside(case)]
    return tuple({(each.path, each.value, str(each.expected)): each for each in found}.values())[:_MOST]


def _inside(case: Case) -> Iterator[Break]:
    parameters = NESTING[parameter_of(case.finding.component)]
    inner = [
        shape
        for by in parameters
        for head in case.shapes.objects(case.shape, by)
        for shape in (Collection(case.shapes, head) if by in _LISTS else [head])
    ]
    value = case.finding.value
    if any((shape, SH.languageIn, None) in case.shapes for shape in inner):
        return  # that the others are in other languages helps nobody
    values = [value] if value is not None else case.here()
    looking = _Looking(case.shapes, case.look)
    for shape in inner:
        for each in values:
            yield from looking.breaks(each, shape)


def _cause(found: Break, case: Case, describer: Describer) -> Finding:
    local = found.parameter.rpartition("#")[2]
    component = NamedNode(f"{PREFIXES['sh']}{local[0].upper()}{local[1:]}ConstraintComponent")
    finding = replace(
        case.finding,
        message={},
        component=component,
        path=found.path or case.finding.path,
        value=found.value,
        label=labels(found.path, case.look) if found.path else case.finding.label,
        value_label=labels(found.value, case.look) if found.value is not None else {},
        expected=describer.expected(found.shape, component),
    )
    better = mend(Case(finding, found.shape, case.shapes, case.look))
    return replace(finding, mend=better if better and better.template == REPLACED.template else None)


class _Looking:
    """Look at values as shapes do."""

    def __init__(self, shapes: rdflib.Graph, look: Look) -> None:
        self.shapes, self.look = shapes, look

    def breaks(self, focus: Term, shape: Node, deep: int = 0) -> Iterator[Break]:
        """Yield what a thing breaks of a shape."""
        path = self.shapes.value(shape, SH.path)
        if path is None:
            yield from self._values([focus], shape, None, deep)
        elif isinstance(path, URIRef):
            way = from_rdflib(path)
            assert isinstance(way, NamedNode)
            found = [each.object for each in self.look(focus, way, None)]
            values = list(dict.fromkeys(each for each in found if isinstance(each, NamedNode | BlankNode | Literal)))
            yield from self._count(len(values), shape, way)
            yield from self._values(values, shape, way, deep)

    def _count(self, count: int, shape: Node, path: NamedNode) -> Iterator[Break]:
        for parameter, breaks in ((SH.minCount, count.__lt__), (SH.maxCount, count.__gt__)):
            if any(breaks(int(str(bound))) for bound in self.shapes.objects(shape, parameter)):
                yield Break(shape, parameter, path, None)

    def _values(self, values: Iterable[Term], shape: Node, path: NamedNode | None, deep: int) -> Iterator[Break]:
        checks = [
            (parameter, bound, holds)
            for parameter, holds in HOLDS.items()
            for bound in self.shapes.objects(shape, parameter)
        ]
        for value in values:
            for parameter, bound, holds in checks:
                if not holds(self, value, bound):
                    yield Break(shape, parameter, path, value)
            if deep < 3:
                yield from self._nested(value, shape, path, deep + 1)

    def _nested(self, value: Term, shape: Node, path: NamedNode | None, deep: int) -> Iterator[Break]:
        for head in self.shapes.objects(shape, SH["or"]):
            options = [list(self.breaks(value, each, deep)) for each in Collection(self.shapes, head)]
            yield from (each for option in options for each in option) if all(options) else ()
        within = [each for head in self.shapes.objects(shape, SH["and"]) for each in Collection(self.shapes, head)]
        for each in (*within, *self.shapes.objects(shape, SH.node), *self.shapes.objects(shape, SH.property)):
            for found in self.breaks(value, each, deep):
                yield replace(found, path=found.path or path)

    def is_a(self, term: Term, kind: Node) -> bool:
        """Return whether a thing is of a class, or of one below it."""
        wanted, at = from_rdflib(kind), 0
        found: list[object] = [each.object for each in self.look(term, owl.TYPE, None)]
        while at < len(found) and wanted not in found:
            above = found[at]
            if isinstance(above, NamedNode):
                found += [t.object for t in self.look(above, name("rdfs:subClassOf"), None) if t.object not in found]
            at += 1
        return wanted in found


def _is_in(looking: _Looking, value: Term, head: Node) -> bool:
    return any(from_rdflib(each) == value for each in Collection(looking.shapes, head))


def _speaks(looking: _Looking, value: Term, head: Node) -> bool:
    spoken = (value.language or "") if isinstance(value, Literal) else ""
    tags = [str(each).lower() for each in Collection(looking.shapes, head)]
    return any(spoken == tag or spoken.startswith(f"{tag}-") for tag in tags)


def _is_of(_looking: _Looking, value: Term, datatype: Node) -> bool:
    if not isinstance(value, Literal):
        return False
    if str(datatype) == LANG_STRING:
        return bool(value.language)
    return value.datatype.value == str(datatype) and as_datatype(value.value, [str(datatype)]) is not None


def _kind(_looking: _Looking, value: Term, kind: Node) -> bool:
    letter = {NamedNode: "IRI", BlankNode: "BlankNode", Literal: "Literal"}[type(value)]
    return letter in str(kind).rpartition("#")[2]


def _matches(_looking: _Looking, value: Term, pattern: Node) -> bool:
    return not isinstance(value, BlankNode) and matches(value.value, str(pattern))


def _compared(by: Callable[[Decimal, Decimal], bool]) -> "Holds":
    def holds(_looking: _Looking, value: Term, bound: Node) -> bool:
        try:
            return by(Decimal(value.value), Decimal(str(bound)))
        except InvalidOperation:  # dates: not looked at
            return True

    return holds


Holds = Callable[[_Looking, Term, Node], bool]
HOLDS: Final[Mapping[URIRef, Holds]] = {
    SH.nodeKind: _kind,
    SH["class"]: _Looking.is_a,
    SH.datatype: _is_of,
    SH["in"]: _is_in,
    SH.hasValue: lambda _looking, value, bound: value == from_rdflib(bound),
    SH.pattern: _matches,
    SH.languageIn: _speaks,
    SH.minInclusive: _compared(Decimal.__ge__),
    SH.minExclusive: _compared(Decimal.__gt__),
    SH.maxInclusive: _compared(Decimal.__le__),
    SH.maxExclusive: _compared(Decimal.__lt__),
}
