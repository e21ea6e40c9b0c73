"""Hold back what could harm a person: who is named or can be reached, recognised in a small count, or found on a map.

A record with such a finding is neither admitted nor simply refused: a reviewer decides (`Report.held`), since no rule
can tell a minister from a migrant. The rules have names, words and severities in `shapes/harm.ttl`, like all others.
Why, and what they cannot see: docs/decisions/0015-do-no-harm.md.
"""

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode, Triple
from rdflib import SH, URIRef

import ontology
from graph import owl
from graph.errors import Said, said
from graph.names import name, short
from graph.places.spot import place_of
from graph.reason.axioms import Axioms, Node
from graph.record import Record, read_triples
from graph.validate.compile.path import Term
from graph.validate.harm import text
from graph.validate.harm.counts import TELLING, Count, View, computable, counts, small
from graph.validate.harm.terms import DEGREES, LOCATED, PERSONAL, PERSONS, REACHED
from graph.validate.report import HELD, THRESHOLD, Finding
from graph.validate.shapes import severity_of, words_of

# Four decimals of a degree are some ten metres: a building, not a door.
DECIMALS = 4


@dataclass(frozen=True, slots=True)
class Harm:
    """Point to the triple that could harm somebody, and fill in the words about it, with nothing that harms."""

    at: int
    filled: Mapping[str, str] = field(default_factory=dict)
    mend: Said | None = None


@dataclass(frozen=True, slots=True)
class Around:
    """See what is around the records: their classes, their places, the figures published beside theirs."""

    view: View
    threshold: int

    def is_one(self, node: Node, *kinds: str) -> bool:
        """Return whether a node is of one of these classes of ours, or of one under them."""
        stated = self.view(node, owl.TYPE, None) if isinstance(node, NamedNode | BlankNode) else ()
        return any(each.object in _under(kind) for each in stated for kind in kinds)

    def is_on_a_place(self, node: Node) -> bool:
        """Return whether a node is a place or the geometry of one."""
        linked = (each.subject for link in LOCATED for each in self.view(None, link, _term(node)))
        return any(self.is_one(each, "m4sd:Place") for each in (node, *linked))

    def counts(self, triples: "Triples") -> tuple[Mapping[Node, int], tuple[Count, ...]]:
        """Return where the figures of a record stand, and the counts of people that are published beside them."""
        here: dict[Node, int] = {each.subject: at for at, each in enumerate(triples) if each.predicate in TELLING}
        return here, tuple(counts([_term(node) for node in here], self.view))


Triples = tuple[Triple, ...]
Check = Callable[[Triples, Around], Iterator[Harm]]


def breaches(
    records: Sequence[Record], view: View, shapes: rdflib.Graph, threshold: int = THRESHOLD
) -> Iterator[Finding]:
    """Yield what in `records` a reviewer must see first, by those rules that `shapes` holds.

    `view` shows all that would be published, the records too; little of it is looked at. `threshold` is the smallest
    count of people that may be published.
    """
    rules = [rule for rule in CHECKS if (URIRef(rule.value), SH.severity, None) in shapes]
    around = Around(view, threshold)
    for record in records:
        for rule in rules:
            yield from (_finding(rule, harm, record, shapes) for harm in CHECKS[rule](record.triples, around))


def _person(triples: Triples, _around: Around) -> Iterator[Harm]:
    for at, (subject, predicate, value) in enumerate(triples):
        if predicate in PERSONAL:
            yield Harm(at, {"{?term}": short(predicate.value)})
        elif isinstance(value, NamedNode) and predicate == owl.TYPE and value in PERSONS:
            mend = said("Take out {thing} whole, with all that is said of it.", thing=short(_text(subject)) or "[ ]")
            yield Harm(at, {"{?term}": short(value.value)}, mend)
        yield from (Harm(at, {"{?term}": found}) for found in text.names(_text(value)))


def _contact(triples: Triples, around: Around) -> Iterator[Harm]:
    """Yield contacts; one that an organisation or a facility states as its own is an office's and may stay."""
    named: set[Node] = set()
    for at, (subject, predicate, value) in enumerate(triples):
        found = list(text.contacts(_text(value)))
        if predicate in REACHED:
            of_an_office = around.is_one(subject, "m4sd:Organisation", "m4sd:Facility")
            found = [] if of_an_office else found or [short(predicate.value)]
        if subject not in named:
            found += text.contacts(_text(subject))
            named.add(subject)
        yield from (Harm(at, {"{?term}": each}) for each in found)


def _small(triples: Triples, around: Around) -> Iterator[Harm]:
    here, found = around.counts(triples)
    places = (here[count.node] for count in small(found, around.threshold) if count.node in here)
    yield from (Harm(at, {"{?threshold}": str(around.threshold)}) for at in places)


def _computable(triples: Triples, around: Around) -> Iterator[Harm]:
    """Yield each whole that gives a part away, or else the first of its parts that stands in this record."""
    here, found = around.counts(triples)
    for whole, parts in computable(found, around.threshold):
        places = [here[count.node] for count in (whole, *parts) if count.node in here]
        yield from (Harm(at, {"{?threshold}": str(around.threshold)}) for at in places[:1])


def _point(triples: Triples, around: Around) -> Iterator[Harm]:
    """Yield the points on what is no place, and those finer than a facility."""
    for at, (subject, predicate, value) in enumerate(triples):
        exact = list(text.points(_text(value)))
        if predicate in DEGREES and isinstance(value, Literal):
            exact.append(text.decimals(value.value))
        if exact and (max(exact) > DECIMALS or not around.is_on_a_place(subject)):
            yield Harm(at, {"{?decimals}": str(DECIMALS)})


def _term(node: Node) -> Term:
    assert not isinstance(node, Triple), "a triple of a plain graph"
    return node


def _text(value: Node) -> str:
    """Return the words of a term: a text of whatever datatype, or an address."""
    return value.value if isinstance(value, NamedNode | Literal) else ""


@functools.cache
def _under(kind: str) -> frozenset[Node]:
    """Return a class of ours and those under it, by the ontology that we ship."""
    below = Axioms(read_triples(ontology.FOLDER / "m4sd.ttl")[0]).pairs(owl.SUBCLASS)
    found: set[Node] = {name(kind)}
    while more := {lower for lower, upper in below if upper in found} - found:
        found |= more
    return frozenset(found)


CHECKS: Mapping[NamedNode, Check] = {
    name("shape:Harm-person"): _person,
    name("shape:Harm-contact"): _contact,
    name("shape:Harm-small-count"): _small,
    name("shape:Harm-computable-count"): _computable,
    name("shape:Harm-point"): _point,
}


def _finding(rule: NamedNode, harm: Harm, record: Record, shapes: rdflib.Graph) -> Finding:
    """Return the finding without the value itself: a report may be read by more people than the record."""
    triple = record.triples[harm.at]
    assert isinstance(triple.subject, NamedNode | BlankNode), "a triple of a plain graph"
    place = place_of(record.lines[harm.at], triple.predicate, triple.object)
    message = words_of(shapes, URIRef(rule.value), SH.message)
    for lang, placeholder in product(message, harm.filled):
        message[lang] = message[lang].replace(placeholder, harm.filled[placeholder])
    return Finding(
        rule=rule,
        title=words_of(shapes, URIRef(rule.value), SH.name),
        message=message,
        severity=severity_of(shapes, URIRef(rule.value)),
        focus=triple.subject,
        path=triple.predicate,
        value=None,
        component=HELD,
        file=record.path,
        line=place.line,
        column=place.column,
        mend=harm.mend,
    )
