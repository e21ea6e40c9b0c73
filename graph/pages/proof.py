"""Say why something follows: find the rule and the statements that it rests on, down to what is stated.

The shortest proof is taken: one step that rests on stated triples alone if there is one, else two steps, and so on.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Triple

from graph.names import ANNOTATED, ASSERTED, INFERRED, name
from graph.pages.naming import Name, Namer
from graph.pages.wording import wording
from graph.reason.axioms import Axioms, Node
from graph.reason.claims import DERIVES
from graph.reason.infer import is_ours, ruled
from graph.reason.known import Stored
from graph.reason.merges import is_axiom
from graph.reason.rulebook import Binding, Rulebook, bind, key, pattern
from graph.reason.rules import Atom
from graph.store import Store, placed

DEEPEST: Final = 4  # steps; our own rules need three
TRIES: Final = 60  # ways in which one rule is tried
PEEK: Final = 64  # triples that are counted to see which pattern has fewer
# What a claim spells out is no step of thought: the claim itself is shown.
CLAIMS: Final = tuple(name(f"m4sd:{each}") for each in ("qualifiedParticipation", "claimsContribution"))

PARTS: Final = tuple(name(f"m4sd:{each}").value for each in ("partOf", "phaseOf"))


@dataclass(frozen=True)
class Premise:
    """Carry one statement that a proof rests on, in words, and why that holds where it is not stated itself."""

    subject: Name
    says: Name
    object: Name
    because: tuple["Premise", ...] = ()
    claim: bool = False


class Prover:
    """Find why things follow in one snapshot."""

    def __init__(self, store: Store) -> None:
        self._store = store
        graphs = (graph for graph in store.graphs() if is_axiom(Quad(graph, DERIVES, graph, graph)))
        axioms = Axioms(quad.triple for graph in graphs for quad in store.quads(g=graph))
        rules = ruled(axioms, store, ASSERTED)
        terms = axioms.declared()
        every = [*rules.inferring, *rules.annotating]
        self._rules = Rulebook(every, terms)
        self._unkept = Rulebook([rule for rule in every if not is_ours(rule.head.key)], terms)

    def search(self) -> "Search":
        """Begin to look for proofs; what is read and found on the way is kept for the next one."""
        return Search(self._rules, Stored(self._store, self._unkept, lambda _: (DefaultGraph(),)), self.is_stated)

    def is_stated(self, triple: Triple) -> bool:
        """Return whether a triple is neither inferred nor annotated."""
        return not any(self._store.holds(placed(triple, graph)) for graph in (INFERRED, ANNOTATED))


class Search:
    """Look for proofs, the shortest first."""

    def __init__(self, rules: Rulebook, known: Stored, is_stated: Callable[[Triple], bool]) -> None:
        self._rules, self._known, self._is_stated = rules, known, is_stated
        self._found: dict[tuple[Triple, int], list[Triple] | None] = {}
        self._tried: dict[Triple, list[list[Triple]]] = {}
        self._stated: dict[Triple, bool] = {}

    def premises(self, triple: Triple) -> list[Triple]:
        """Return what the last step of the shortest proof rests on; nothing where there is no short one."""
        found = (self._proved(triple, depth) for depth in range(1, DEEPEST + 1))
        return next((way for way in found if way), [])

    def _proved(self, triple: Triple, depth: int) -> list[Triple] | None:
        """Return a way that needs so many steps at most; what asks for itself on its way finds nothing there."""
        if (triple, depth) not in self._found:
            self._found[triple, depth] = None
            ways = (way for way in self._ways(triple) if all(self._stands(each, depth - 1) for each in way))
            self._found[triple, depth] = next(ways, None)
        return self._found[triple, depth]

    def _ways(self, triple: Triple) -> list[list[Triple]]:
        """Return the ways in which one step leads to a triple, of each rule only so many; the best founded first."""
        if triple not in self._tried:
            rules = self._rules.adding.get(key(triple.predicate, triple.object), ())
            bound = ((rule.body, bind(rule.head, triple, {})) for rule in rules)
            ways = (islice(_ways(body, found, self._known), TRIES) for body, found in bound if found is not None)
            found = [way for some in ways for way in some]
            self._tried[triple] = sorted(found, key=lambda way: sum(not self._is_founded(each) for each in way))
        return self._tried[triple]

    def _stands(self, triple: Triple, depth: int) -> bool:
        return self._is_founded(triple) or (depth > 0 and self._proved(triple, depth) is not None)

    def _is_founded(self, triple: Triple) -> bool:
        if triple not in self._stated:
            self._stated[triple] = self._known.keeps(triple) and self._is_stated(triple)
        return self._stated[triple]


class Explainer:
    """Tell proofs in words."""

    def __init__(self, prover: Prover, namer: Namer) -> None:
        self._prover, self._search, self._namer = prover, prover.search(), namer

    def because(self, triple: Triple, depth: int = DEEPEST) -> tuple[Premise, ...]:
        """Return what a triple rests on, each statement in the words of its property."""
        found = self._search.premises(triple) if depth else []
        told = sorted(
            _told(found), key=lambda each: each.subject != triple.subject
        )  # what it says of itself comes first
        return tuple(self._premise(each, depth) for each in told)

    def _premise(self, triple: Triple, depth: int) -> Premise:
        s, p, o = triple
        says = self._namer.worded(p, wording(p).forwards)
        stated = self._prover.is_stated(triple)
        because = () if stated else self.because(triple, depth - 1)
        return Premise(self._named(s), says, self._named(o), because, p in CLAIMS)

    def _named(self, node: Node) -> Name:
        if isinstance(node, NamedNode):
            return self._namer.name(node)
        return Name("", node.value if isinstance(node, Literal) else "", known=False)


def parted(premises: tuple[Premise, ...]) -> tuple[tuple[Premise, ...], Name | None]:
    """Return what is left to tell where one premise only says that another one is about a part of the thing."""
    for link in premises:
        rest = tuple(each for each in premises if each is not link)
        if link.says.iri in PARTS and rest and all(each.subject == link.subject for each in rest):
            return rest, link.subject
    return premises, None


def prover(store: Store) -> Prover:
    """Return what finds proofs in a store, made once for one that never changes."""
    if store.memo is None:
        return Prover(store)
    found = store.memo.get(Prover) or Prover(store)
    store.memo[Prover] = found
    return found


def _told(premises: list[Triple]) -> list[Triple]:
    """Leave out what a reader need not be told: of what class things are, and what the parts of a claim say."""
    if any(each.predicate in CLAIMS for each in premises):
        return [each for each in premises if each.predicate in CLAIMS]
    return [each for each in premises if each.predicate != name("rdf:type")] or premises


def _ways(atoms: Sequence[Atom], binding: Binding, known: Stored) -> Iterator[list[Triple]]:
    """Yield the ways in which atoms hold together, each as triples."""
    if not atoms:
        yield []
        return
    place = min(range(len(atoms)), key=lambda at: _cost(atoms[at], binding, known)) if len(atoms) > 1 else 0
    atom, rest = atoms[place], (*atoms[:place], *atoms[place + 1 :])
    look = pattern(atom, binding)
    if isinstance(look[0], Literal):
        return
    for triple in known.find(look):
        if (more := bind(atom, triple, binding)) is not None:
            yield from ([triple, *others] for others in _ways(rest, more, known))


def _cost(atom: Atom, binding: Binding, known: Stored) -> int:
    """Return about how many triples match an atom: none to be looked for where both ends are bound."""
    s, p, o = pattern(atom, binding)
    if s is None and o is None:
        return PEEK + 1
    return 0 if s is not None and o is not None else sum(1 for _ in islice(known.find((s, p, o)), PEEK))
