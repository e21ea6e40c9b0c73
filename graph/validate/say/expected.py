"""Say what a rule expects of a value, in words, from the constraint that it holds (SHACL, 4)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

import rdflib
from pyoxigraph import NamedNode
from rdflib import RDFS, SH, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from graph.errors import Said, said
from graph.names import PREFIXES, short
from graph.validate.rdf import from_rdflib
from graph.validate.report import Term
from graph.validate.say.pattern import in_words
from graph.validate.say.terms import AND, ELSE, OR, Look, filled, joined, labels, shortened, spelt

RANGE: Final = NamedNode(PREFIXES["rdfs"] + "range")
SCHEME: Final = URIRef(PREFIXES["shape"] + "scheme")
DATATYPES: Final[Mapping[str, Said]] = {
    PREFIXES["xsd"] + "gYear": said('a year, such as "2019"^^xsd:gYear'),
    PREFIXES["xsd"] + "gYearMonth": said('a month, such as "2019-07"^^xsd:gYearMonth'),
    PREFIXES["xsd"] + "date": said('a day, such as "2019-07-31"^^xsd:date'),
    PREFIXES["xsd"] + "dateTime": said('a day and time, such as "2019-07-31T12:00:00Z"^^xsd:dateTime'),
    PREFIXES["xsd"] + "integer": said("a whole number, such as 12"),
    PREFIXES["xsd"] + "nonNegativeInteger": said('a whole number, 0 or more, such as "12"^^xsd:nonNegativeInteger'),
    PREFIXES["xsd"] + "decimal": said("a number with a point, such as 12.5"),
    PREFIXES["xsd"] + "boolean": said("true or false"),
    PREFIXES["xsd"] + "duration": said('a length of time, such as "P1Y"^^xsd:duration'),
    PREFIXES["xsd"] + "anyURI": said('an address as a text, such as "https://example.org/"^^xsd:anyURI'),
    PREFIXES["xsd"] + "string": said('a text without a language, such as "IOM"'),
    PREFIXES["rdf"] + "langString": said('a text with its language, such as "health"@en'),
}
_KINDS: Final[Mapping[Node, Said]] = {
    SH.IRI: said("an address (IRI)"),
    SH.Literal: said("a text, a number or a date, not an address"),
    SH.BlankNode: said("a node without an address"),
    SH.BlankNodeOrIRI: said("a thing, not a text"),
    SH.IRIOrLiteral: said("an address, a text or a number"),
    SH.BlankNodeOrLiteral: said("a text or a node without an address"),
}
ANYTHING: Final = said("anything")
_DEEP: Final = 4  # shapes within shapes that words can still follow


class Describer:
    """Say what shapes ask for; `look` tells the labels of what they name."""

    def __init__(self, shapes: rdflib.Graph, look: Look) -> None:
        self.shapes, self.look = shapes, look

    def expected(self, shape: Node, component: NamedNode) -> Said | None:
        """Say what a constraint of a shape asks for; nothing where only its author's message can."""
        parameter = parameter_of(component)
        if parameter == SH.qualifiedMinCount and self._is_beyond_words(shape):
            return None
        parts = list(self.constraint(shape, parameter)) if parameter in WORDS else []
        return joined(parts, AND) if parts else None

    def _is_beyond_words(self, shape: Node) -> bool:
        """Return whether a shape counts values of several fields at once: its own message says it better."""
        inner = self.shapes.value(shape, SH.qualifiedValueShape)
        return not isinstance(self.shapes.value(shape, SH.path), URIRef) and (inner, SH["in"], None) in self.shapes

    def shape(self, shape: Node, deep: int = 0) -> Said:
        """Say all that a shape asks for of a value."""
        if deep > _DEEP:
            return said("something that follows its rule")
        parts = [part for parameter in WORDS for part in self.constraint(shape, parameter, deep + 1)]
        what = joined(parts, AND) if parts else ANYTHING
        path = self.shapes.value(shape, SH.path)
        return said("{field}: {what}", field=self.spelt(path), what=what) if isinstance(path, URIRef) else what

    def ranges(self, shape: Node) -> Sequence[Said]:
        """Say of what sort the values of a field are by the ontology."""
        path = self.shapes.value(shape, SH.path)
        found = self.look(from_rdflib(path), RANGE, None) if isinstance(path, URIRef) else ()
        kinds = [each.object for each in found if isinstance(each.object, NamedNode)]
        return [
            DATATYPES.get(kind.value) or said("a thing of the class {kind}", kind=spelt(kind, self.look))
            for kind in kinds
        ]

    def constraint(self, shape: Node, parameter: URIRef, deep: int = 0) -> Iterator[Said]:
        """Yield what each value of one parameter of a shape asks for."""
        for value in self.shapes.objects(shape, parameter):
            if str(value) == "false":  # sh:uniqueLang, sh:closed: switched off
                continue
            yield WORDS[parameter](self, value, shape, deep)

    def list(self, head: Node, deep: int, by: Said) -> Said:
        """Say what the shapes of a list ask for."""
        return joined([self.shape(each, deep) for each in Collection(self.shapes, head)], by)

    def terms(self, head: Node) -> Sequence[Term]:
        """Return the terms of a list."""
        return [from_rdflib(each) for each in Collection(self.shapes, head)]

    def spelt(self, term: Node) -> Said:
        """Return a term with its label."""
        return spelt(from_rdflib(term), self.look)


Word = Callable[[Describer, Node, Node, int], Said]


def parameter_of(component: NamedNode) -> URIRef:
    """Return the parameter of a constraint component of SHACL Core: sh:minCount of sh:MinCountConstraintComponent."""
    local = component.value.rpartition("#")[2].removesuffix("ConstraintComponent")
    return URIRef(PREFIXES["sh"] + local[:1].lower() + local[1:])


def _number(words: Said) -> Word:
    return lambda _describer, value, _shape, _deep: filled(words, count=str(value))


def _field(words: Said) -> Word:
    return lambda describer, value, _shape, _deep: filled(words, field=describer.spelt(value))


def _class(describer: Describer, value: Node, shape: Node, _deep: int) -> Said:
    return _listed(describer, shape) or said("a thing of the class {kind}", kind=describer.spelt(value))


def _pattern(describer: Describer, value: Node, shape: Node, _deep: int) -> Said:
    return _listed(describer, shape) or in_words(str(value))


def _listed(describer: Describer, shape: Node) -> Said | None:
    """Name the vocabularies that a shape takes codes from."""
    schemes = sorted(from_rdflib(each).value for each in describer.shapes.objects(shape, SCHEME))
    parts = [
        said("“{label}” ({code})", label=labels(NamedNode(each), describer.look), code=short(f"{each}/") + "…")
        for each in schemes
    ]
    return said("a code of the list {list}", list=joined(parts, OR)) if parts else None


def _datatype(_describer: Describer, value: Node, _shape: Node, _deep: int) -> Said:
    return DATATYPES.get(str(value)) or said("a value of the datatype {datatype}", datatype=short(str(value)))


def _languages(describer: Describer, value: Node, _shape: Node, _deep: int) -> Said:
    tags = [said("{code}", code=f"@{term.value}") for term in describer.terms(value)]
    return said("a text in the language {languages}", languages=joined(tags, OR))


def _qualified(one: Said, words: Said) -> Word:
    def word(describer: Describer, value: Node, shape: Node, deep: int) -> Said:
        inner = describer.shapes.value(shape, SH.qualifiedValueShape)
        assert inner is not None, "SHACL, 4.7.3: both parameters or none"
        return filled(one if str(value) == "1" else words, count=str(value), what=describer.shape(inner, deep))

    return word


def _least(describer: Describer, value: Node, shape: Node, deep: int) -> Said:
    """Say that a value is missing, and of what sort it should be."""
    sorts = [part for each in SORTS for part in describer.constraint(shape, each, deep)] or describer.ranges(shape)
    if sorts:
        what = joined(list({str(part): part for part in sorts}.values()), AND)
        return said("at least {count}: {what}", count=str(value), what=what)
    return said("a value") if str(value) == "1" else said("at least {count} values", count=str(value))


def _most(_describer: Describer, value: Node, _shape: Node, _deep: int) -> Said:
    if str(value) in "01":
        return said("one value") if str(value) == "1" else said("no value")
    return said("at most {count} values", count=str(value))


def _node(describer: Describer, value: Node, _shape: Node, deep: int) -> Said:
    named = isinstance(value, URIRef) and describer.shapes.value(value, RDFS.label) is not None
    return said("what the rule {rule} asks for", rule=short(str(value))) if named else describer.shape(value, deep)


def _unique(_describer: Describer, _value: Node, _shape: Node, _deep: int) -> Said:
    return said("one text for each language")


def _closed(describer: Describer, _value: Node, shape: Node, _deep: int) -> Said:
    paths = [describer.shapes.value(each, SH.path) for each in describer.shapes.objects(shape, SH.property)]
    allowed = [from_rdflib(path) for path in paths if isinstance(path, URIRef)]
    ignored = describer.shapes.value(shape, SH.ignoredProperties)
    allowed += describer.terms(ignored) if ignored is not None else []
    return said("no other field than {list}", list=shortened(allowed, describer.look, 12))


# In the order in which a sentence names them.
WORDS: Final[Mapping[URIRef, Word]] = {
    SH.nodeKind: lambda _describer, value, _shape, _deep: _KINDS.get(value, ANYTHING),
    SH["class"]: _class,
    SH.datatype: _datatype,
    SH["in"]: lambda describer, value, _shape, _deep: said(
        "one of: {list}", list=shortened(describer.terms(value), describer.look, 12)
    ),
    SH.hasValue: _field(said("{field}")),
    SH.pattern: _pattern,
    SH.languageIn: _languages,
    SH.minInclusive: _number(said("{count} or more")),
    SH.minExclusive: _number(said("more than {count}")),
    SH.maxInclusive: _number(said("{count} or less")),
    SH.maxExclusive: _number(said("less than {count}")),
    SH.minLength: _number(said("at least {count} characters")),
    SH.maxLength: _number(said("at most {count} characters")),
    SH.minCount: _least,
    SH.maxCount: _most,
    SH.qualifiedMinCount: _qualified(
        said("a value that is {what}"), said("at least {count} values, each of them {what}")
    ),
    SH.qualifiedMaxCount: _qualified(
        said("at most one value that is {what}"), said("at most {count} values that are {what}")
    ),
    SH.uniqueLang: _unique,
    SH.equals: _field(said("the same values as {field}")),
    SH.disjoint: _field(said("no value that {field} has too")),
    SH.lessThan: _field(said("less or earlier than {field}")),
    SH.lessThanOrEquals: _field(said("at most, or no later than, {field}")),
    SH["not"]: lambda describer, value, _shape, deep: said("not: {what}", what=describer.shape(value, deep)),
    SH["and"]: lambda describer, value, _shape, deep: describer.list(value, deep, AND),
    SH["or"]: lambda describer, value, _shape, deep: describer.list(value, deep, ELSE),
    SH.xone: lambda describer, value, _shape, deep: said(
        "exactly one of these: {list}", list=describer.list(value, deep, ELSE)
    ),
    SH.node: _node,
    SH.property: lambda describer, value, _shape, deep: describer.shape(value, deep),
    SH.closed: _closed,
}

# What sort of value a missing one should be.
SORTS: Final = (SH["class"], SH.datatype, SH["in"], SH["or"])
