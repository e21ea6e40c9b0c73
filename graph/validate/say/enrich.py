"""Tell a person what a finding means: the field and the value by their names, what was expected, how to mend it.

This adds to what a rule says of itself (`sh:message`); it never replaces it.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Final

import rdflib
from pyoxigraph import BlankNode, NamedNode
from rdflib import RDFS, SH, URIRef
from rdflib.term import Node

from graph import owl
from graph.errors import Said, said
from graph.names import PREFIXES, name
from graph.places.spot import place_of
from graph.validate.report import HELD, Finding, Unchecked, Words
from graph.validate.say.case import Case
from graph.validate.say.cause import causes
from graph.validate.say.expected import Describer
from graph.validate.say.mend import mend
from graph.validate.say.rules import RULES
from graph.validate.say.terms import Beside, Look, joined, labels, spelt
from graph.validate.shapes import by_language

CODED: Final = name("shape:CheckedByCode")
BLANK: Final = "urn:blank:"  # how a finding names a shape without a name


def enrich(finding: Finding, look: Look, shapes: rdflib.Graph) -> Finding:
    """Return a finding with all that helps a person.

    `look` tells what the check saw; a `Beside` keeps from one finding to the next what both ask for.
    """
    shape = shape_of(finding.rule)
    seen = look if isinstance(look, Beside) else Beside(look)
    case = Case(finding, shape, shapes, seen)
    rule, place = RULES.get(finding.rule.value), place_of(finding.line, finding.path, finding.value)
    return replace(
        finding,
        line=place.line,
        column=finding.column or place.column,
        label=finding.label or _field(finding, shape, shapes, seen),
        value_label=labels(finding.value, seen) if finding.value is not None else {},
        expected=finding.expected or (rule[0] if rule else Describer(shapes, seen).expected(shape, finding.component)),
        mend=finding.mend or (rule[1](case) if rule else mend(case)),
        causes=finding.causes or causes(case),
    )


def shape_of(rule: NamedNode) -> Node:
    """Return the shape that a finding names."""
    if rule.value.startswith(BLANK):
        return rdflib.BNode(rule.value.removeprefix(BLANK))
    return URIRef(rule.value)


def unchecked(nodes: Iterable[NamedNode | BlankNode], targeted: Collection[object], look: Look) -> Sequence[Unchecked]:
    """Return those nodes that no shape targets, and why none does."""
    return [_unchecked(node, Beside(look)) for node in nodes if node not in targeted]


def _unchecked(node: NamedNode | BlankNode, look: Look) -> Unchecked:
    kinds = [each.object for each in look(node, owl.TYPE, None)]
    named = tuple(dict.fromkeys(kind for kind in kinds if isinstance(kind, NamedNode)))
    return Unchecked(node, named, _why(named, look))


def _why(kinds: Sequence[NamedNode], look: Look) -> Said:
    if not kinds:
        return said("It is of no class, so no rule can tell what it should show.")
    kind = joined([spelt(each, look) for each in kinds])
    return said("No rule here is for things of the class {kind}.", kind=kind)


def _field(finding: Finding, shape: Node, shapes: rdflib.Graph, look: Look) -> Words:
    """Return what the field is called: by its rule, by the ontology, or as the rule is."""
    if (shape, SH.path, None) in shapes:
        words = by_language(shapes.objects(shape, SH.name))
        if words:
            return words
    if finding.path is not None and finding.component in (HELD, CODED):
        return labels(finding.path, look)  # the title says what must not be there
    known = labels(finding.path, look) if finding.path else {}
    return known or finding.title or by_language(shapes.objects(shape, RDFS.label))


def page_of(rule: NamedNode) -> str:
    """Return the address of a rule's page; nothing for a rule without a name of ours."""
    return rule.value if rule.value.startswith(PREFIXES["shape"]) else ""
