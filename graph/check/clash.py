"""See by our own rules whether some statements put a thing into two disjoint classes: in milliseconds, without Java."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from pyoxigraph import BlankNode, NamedNode, Quad, Triple

from graph import owl
from graph.names import name
from graph.reason.axioms import Axioms, Node
from graph.reason.infer import saturate
from graph.reason.rules import compile_rules
from graph.store import Store

# One thing that may be true or not: a record's triple, or an axiom with the blank nodes that it describes.
Statement = tuple[Triple, ...]

LOGICAL: Final = frozenset(
    {owl.SUBCLASS, owl.EQUIVALENT, owl.DISJOINT, owl.DOMAIN, owl.RANGE, owl.SUBPROPERTY, owl.INVERSE, owl.CHAIN}
    | {name(f"owl:{each}") for each in ("equivalentProperty", "propertyDisjointWith", "disjointUnionOf", "hasKey")}
)
CHARACTERISTICS: Final = frozenset(
    name(f"owl:{each}Property")
    for each in ("Transitive", "Symmetric", "Asymmetric", "Reflexive", "Irreflexive", "Functional", "InverseFunctional")
)
_ALL_DISJOINT: Final = name("owl:AllDisjointClasses")
_SILENT: Final = frozenset({name("rdfs:label"), name("rdfs:comment"), name("rdfs:seeAlso"), name("rdfs:isDefinedBy")})


@dataclass(frozen=True, slots=True)
class Clash:
    """Name a thing and two disjoint classes that it is of."""

    thing: Node
    one: Node
    other: Node


def statements(ontology: Iterable[Triple]) -> tuple[list[Statement], list[Triple]]:
    """Split an ontology into its axioms and the frame that holds them, such as declarations; annotations are left out.

    A disjointness of many classes comes as one axiom for each pair, so that a contradiction names two classes only.
    """
    axioms = Axioms(ontology)
    apart = [kind for kind in axioms.typed(_ALL_DISJOINT) if isinstance(kind, BlankNode) and _is_plain(axioms, kind)]
    found = [*_pairs(axioms, apart), *_axioms(axioms)]
    used = {each for kind in apart for each in axioms.described(kind)}.union(*found)
    silent = _SILENT | axioms.declared(owl.NOTES)
    return found, [each for each in axioms.triples if each not in used and each.predicate not in silent]


def _members(axioms: Axioms, kind: Node) -> list[NamedNode]:
    members = axioms.members(axioms.value(kind, name("owl:members")))
    return [each for each in members if isinstance(each, NamedNode)]


def _is_plain(axioms: Axioms, kind: Node) -> bool:
    """Say whether all that is declared disjoint has a name; what has none stays as it is, in the frame."""
    return len(_members(axioms, kind)) == len(list(axioms.members(axioms.value(kind, name("owl:members")))))


def _pairs(axioms: Axioms, apart: list[BlankNode]) -> Iterator[Statement]:
    for kind in apart:
        for one, other in combinations(_members(axioms, kind), 2):
            yield (Triple(one, owl.DISJOINT, other),)


def _axioms(axioms: Axioms) -> Iterator[Statement]:
    for triple in axioms.triples:
        named = isinstance(triple.subject, NamedNode) or triple.predicate != owl.INVERSE
        kind = triple.object if triple.predicate == owl.TYPE else triple.predicate
        if named and (kind in LOGICAL or kind in CHARACTERISTICS):
            yield (triple, *axioms.described(triple.subject), *axioms.described(triple.object))


def clash(axioms: Iterable[Statement], facts: Iterable[Statement], frame: Iterable[Triple]) -> Clash | None:
    """Return a thing that follows to be of two disjoint classes, the same one each time, or None."""
    known, store = Axioms([*frame, *flat(axioms)]), Store()
    store.extend(Quad(*triple) for triple in flat(facts))
    saturate(store, compile_rules(known), known)
    kinds: dict[Node, set[Node]] = defaultdict(set)
    for quad in store.quads(p=owl.TYPE):
        kinds[quad.subject].add(quad.object)
    apart = known.pairs(owl.DISJOINT)
    found = (Clash(thing, one, other) for thing, kind in kinds.items() for one, other in apart if {one, other} <= kind)
    return min(found, key=lambda each: (str(each.thing), str(each.one), str(each.other)), default=None)


def near(facts: list[Statement], thing: Node, enough: Callable[[list[Statement]], bool]) -> list[Statement]:
    """Return the facts around a thing, as far out as is enough."""
    reached, found = {thing}, list[Statement]()
    while len(found) < len(facts):
        wider = [fact for fact in facts if _ends(fact[0]) & reached]
        if len(wider) == len(found):
            return facts
        if enough(wider):
            return wider
        reached.update(*(_ends(fact[0]) for fact in wider))
        found = wider
    return facts


def _ends(triple: Triple) -> set[Node]:
    return {triple.subject} if triple.predicate == owl.TYPE else {triple.subject, triple.object}


def flat(some: Iterable[Statement]) -> Iterator[Triple]:
    """Yield the triples of statements."""
    return (triple for statement in some for triple in statement)
