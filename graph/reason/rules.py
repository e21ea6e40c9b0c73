"""Compile the axioms of an ontology into SPARQL rules, each one a CONSTRUCT of what follows and is not yet there.

The reading is that of OWL 2 RL for the axioms that we use: `[owl:inverseOf p]` becomes the link read backwards.
An axiom that no rule can express (a cardinality, say) gives none: the reasoner stays sound and leaves it to HermiT.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count, pairwise, product

from pyoxigraph import Literal, NamedNode, Variable

from graph import owl
from graph.names import name
from graph.reason.axioms import Axioms, Node

X, Y, Z = Variable("x"), Variable("y"), Variable("z")


@dataclass(frozen=True, slots=True)
class Atom:
    """State one pattern of a rule: a link between two things, or the class of one."""

    subject: Variable | NamedNode
    predicate: NamedNode
    object: Variable | NamedNode | Literal

    def __str__(self) -> str:
        return f"{self.subject} {self.predicate} {self.object}"

    @property
    def key(self) -> NamedNode:
        """Name what a change must touch to wake a rule that reads this: the class or the property."""
        if self.predicate == owl.TYPE and isinstance(self.object, NamedNode):
            return self.object
        return self.predicate


Body = tuple[Atom, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """Say that the head follows wherever the body holds."""

    head: Atom
    body: Body

    @property
    def text(self) -> str:
        """Return the SPARQL that constructs what this rule adds; every part of it is a typed term."""
        body = " . ".join(str(atom) for atom in self.body)
        return f"CONSTRUCT {{ {self.head} }} WHERE {{ {body} FILTER NOT EXISTS {{ {self.head} }} }}"

    @property
    def reads(self) -> frozenset[NamedNode]:
        """Return the classes and properties that the body looks at."""
        return frozenset(atom.key for atom in self.body)


def compile_rules(axioms: Axioms) -> list[Rule]:
    """Return the rules of an ontology, links before types, each once."""
    parts = (_property_rules(axioms), _chain_rules(axioms), _end_rules(axioms), _class_rules(axioms))
    rules = (rule for part in parts for rule in part if rule.body and rule.head not in rule.body)
    return list(dict.fromkeys(rules))


def relevant(rules: Iterable[Rule], wanted: Iterable[NamedNode]) -> list[Rule]:
    """Keep the rules that add something wanted, or something that such a rule reads."""
    left, kept, keys = list(rules), set[Rule](), set(wanted)
    while useful := [rule for rule in left if rule not in kept and rule.head.key in keys]:
        kept.update(useful)
        keys.update(key for rule in useful for key in rule.reads)
    return [rule for rule in left if rule in kept]


def _property_rules(axioms: Axioms) -> Iterator[Rule]:
    for lower, upper in axioms.pairs(owl.SUBPROPERTY):
        yield from _implies(axioms, lower, upper)
    for one, other in axioms.pairs(name("owl:equivalentProperty")):
        yield from _implies(axioms, one, other)
        yield from _implies(axioms, other, one)
    for one, other in axioms.pairs(owl.INVERSE):
        if isinstance(one, NamedNode) and isinstance(other, NamedNode):
            yield Rule(Atom(Y, other, X), (Atom(X, one, Y),))
            yield Rule(Atom(Y, one, X), (Atom(X, other, Y),))
    for each in axioms.typed(name("owl:SymmetricProperty")):
        yield from (Rule(_turned(link), (link,)) for link in _link(axioms, each, X, Y))
    for each in axioms.typed(name("owl:TransitiveProperty")):
        yield from _chain(axioms, [each, each], each)


def _implies(axioms: Axioms, lower: Node, upper: Node) -> Iterator[Rule]:
    for body, head in product(_link(axioms, lower, X, Y), _link(axioms, upper, X, Y)):
        yield Rule(head, (body,))


def _chain_rules(axioms: Axioms) -> Iterator[Rule]:
    for whole, steps in axioms.pairs(owl.CHAIN):
        yield from _chain(axioms, list(axioms.members(steps)), whole)


def _chain(axioms: Axioms, steps: list[Node], whole: Node) -> Iterator[Rule]:
    stops = [Variable(f"s{n}") for n in range(len(steps) + 1)]
    links = [list(_link(axioms, step, *ends)) for step, ends in zip(steps, pairwise(stops), strict=True)]
    for body, head in product(product(*links), _link(axioms, whole, stops[0], stops[-1])):
        yield Rule(head, body)


def _end_rules(axioms: Axioms) -> Iterator[Rule]:
    for predicate, end in ((owl.DOMAIN, X), (owl.RANGE, Y)):
        for each, kind in axioms.pairs(predicate):
            for link, (head, more) in product(_link(axioms, each, X, Y), _heads(axioms, kind, end)):
                yield Rule(head, (link, *more))


def _class_rules(axioms: Axioms) -> Iterator[Rule]:
    equal = list(axioms.pairs(owl.EQUIVALENT))
    for lower, upper in [*axioms.pairs(owl.SUBCLASS), *equal, *((b, a) for a, b in equal)]:
        for body, (head, more) in product(_bodies(axioms, lower, X, count()), _heads(axioms, upper, X)):
            yield Rule(head, body + more)


def _link(axioms: Axioms, each: Node | None, one: Variable, other: Variable) -> Iterator[Atom]:
    """Say that a property joins two things; nothing where the node is no property that a rule can follow."""
    if isinstance(each, NamedNode):
        yield Atom(one, each, other)
    elif each is not None and isinstance(forward := axioms.value(each, owl.INVERSE), NamedNode):
        yield Atom(other, forward, one)


def _turned(link: Atom) -> Atom:
    assert isinstance(link.object, Variable)
    return Atom(link.object, link.predicate, link.subject)


def _bodies(axioms: Axioms, kind: Node | None, thing: Variable, fresh: Iterator[int]) -> list[Body]:
    """Return the ways in which a thing is seen to be of a class, as alternatives; none where a rule cannot see it."""
    if isinstance(kind, NamedNode):
        return [()] if kind == name("owl:Thing") else [(Atom(thing, owl.TYPE, kind),)]
    if kind is None:
        return []
    if parts := list(axioms.members(axioms.value(kind, owl.INTERSECTION))):
        ways = [_bodies(axioms, part, thing, fresh) for part in parts]
        return [sum(way, ()) for way in product(*ways)]
    if parts := list(axioms.members(axioms.value(kind, owl.UNION))):
        return [way for part in parts for way in _bodies(axioms, part, thing, fresh)]
    return _restricted(axioms, kind, thing, fresh)


def _restricted(axioms: Axioms, kind: Node, thing: Variable, fresh: Iterator[int]) -> list[Body]:
    on = axioms.value(kind, owl.ON_PROPERTY)
    value = axioms.value(kind, name("owl:hasValue"))
    if isinstance(on, NamedNode) and isinstance(value, NamedNode | Literal):
        return [(Atom(thing, on, value),)]
    other = Variable(f"v{next(fresh)}")
    fillers = _bodies(axioms, axioms.value(kind, owl.SOME), other, fresh)
    return [(link, *filler) for link in _link(axioms, on, thing, other) for filler in fillers]


def _heads(axioms: Axioms, kind: Node | None, thing: Variable) -> list[tuple[Atom, Body]]:
    """Return what follows from being of a class, each with what it needs besides."""
    if isinstance(kind, NamedNode):
        return [] if kind == name("owl:Thing") else [(Atom(thing, owl.TYPE, kind), ())]
    if kind is None:
        return []
    parts = axioms.members(axioms.value(kind, owl.INTERSECTION))
    heads = [head for part in parts for head in _heads(axioms, part, thing)]
    on, value = axioms.value(kind, owl.ON_PROPERTY), axioms.value(kind, name("owl:hasValue"))
    if isinstance(on, NamedNode) and isinstance(value, NamedNode | Literal):
        heads.append((Atom(thing, on, value), ()))
    return heads + _universal(axioms, kind, on, thing)


def _universal(axioms: Axioms, kind: Node, on: Node | None, thing: Variable) -> list[tuple[Atom, Body]]:
    other = Variable(f"{thing.value}_")
    inner = _heads(axioms, axioms.value(kind, name("owl:allValuesFrom")), other)
    return [(head, (link, *more)) for link in _link(axioms, on, thing, other) for head, more in inner]
