"""Look rules up by what they read and by what they add, and try them on single triples."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final, Protocol

from pyoxigraph import Literal, NamedNode, Triple, Variable

from graph import owl
from graph.reason.axioms import Node
from graph.reason.rules import Atom, Rule

Binding = Mapping[Variable, Node]
Pattern = tuple[Node | None, NamedNode, Node | None]

# To see which of two patterns has fewer matches, so many are looked at; more if both have more.
_PEEKS: Final = (8, 128, 2048, 32768)


class Known(Protocol):
    """Find triples, None standing for anything."""

    def find(self, pattern: Pattern) -> Iterator[Triple]:
        """Yield the triples that match."""
        ...

    def holds(self, triple: Triple) -> bool:
        """Return whether a triple is known."""
        ...


def key(predicate: NamedNode, value: Node | None) -> NamedNode:
    """Name the class or the property that a triple tells of, as `Atom.key` does for what a rule reads."""
    return value if predicate == owl.TYPE and isinstance(value, NamedNode) else predicate


class Rulebook:
    """Index rules; `terms` are those of the ontology itself, which are no individuals."""

    def __init__(self, rules: Iterable[Rule], terms: frozenset[Node]) -> None:
        self.rules, self.terms = tuple(dict.fromkeys(rules)), terms
        self.adding: dict[NamedNode, list[Rule]] = defaultdict(list)
        self._reading: dict[NamedNode, list[tuple[Atom, Atom, Sequence[Atom]]]] = defaultdict(list)
        for rule in self.rules:
            self.adding[rule.head.key].append(rule)
            for place, atom in enumerate(rule.body):
                rest = (*rule.body[:place], *rule.body[place + 1 :])
                self._reading[atom.key].append((rule.head, atom, rest))

    def reached(self, keys: Iterable[NamedNode]) -> frozenset[NamedNode]:
        """Return these classes and properties, and all that the rules may add because of them."""
        found = set(keys)
        work = list(found)
        while work:
            new = {head.key for head, _, _ in self._reading.get(work.pop(), ())} - found
            found |= new
            work += new
        return frozenset(found)

    def follow(self, triple: Triple, known: Known, skip: "Skip") -> Iterator[Triple]:
        """Yield what one triple makes follow, together with what is known, unless it is to be skipped."""
        for head, atom, rest in self._reading.get(key(triple.predicate, triple.object), ()):
            if (binding := bind(atom, triple, {})) is not None:
                yield from self._heads(head, rest, binding, known, skip)

    def proves(self, triple: Triple, known: Known) -> bool:
        """Return whether some rule adds a triple in one step from what is known."""
        if not self.may_add(triple):
            return False
        rules = self.adding.get(key(triple.predicate, triple.object), ())
        tries = ((rule.body, bind(rule.head, triple, {})) for rule in rules)
        return any(binding is not None and _some(body, binding, known) for body, binding in tries)

    def may_add(self, triple: Triple) -> bool:
        """Return whether rules may say this at all: the ontology's own terms are no individuals."""
        return triple.subject not in self.terms and (triple.predicate == owl.TYPE or triple.object not in self.terms)

    def _heads(
        self, head: Atom, atoms: Sequence[Atom], binding: Binding, known: Known, skip: "Skip"
    ) -> Iterator[Triple]:
        s, p, o = pattern(head, binding)
        if s is None or o is None:
            place = _narrowest(atoms, binding, known)
            for more in _matches(atoms[place], binding, known):
                yield from self._heads(head, _but(atoms, place), more, known, skip)
        elif not isinstance(s, Literal):
            found = Triple(s, p, o)
            if self.may_add(found) and not skip(found) and _some(atoms, binding, known):
                yield found


class Skip(Protocol):
    """Say of a triple that following it would lead to nothing new."""

    def __call__(self, triple: Triple, /) -> bool:
        """Return whether it is to be skipped."""
        ...


def bind(atom: Atom, triple: Triple, binding: Binding) -> Binding | None:
    """Return what an atom's variables stand for if it says this triple; None where it cannot."""
    found = dict(binding)
    for term, value in ((atom.subject, triple.subject), (atom.object, triple.object)):
        if (found.setdefault(term, value) if isinstance(term, Variable) else term) != value:
            return None
    return found


def pattern(atom: Atom, binding: Binding) -> Pattern:
    """Return what an atom looks for when some of its variables are bound."""
    s, o = atom.subject, atom.object
    return (
        binding.get(s) if isinstance(s, Variable) else s,
        atom.predicate,
        binding.get(o) if isinstance(o, Variable) else o,
    )


def _some(atoms: Sequence[Atom], binding: Binding, known: Known) -> bool:
    """Return whether all atoms hold together in some way.

    What matches one atom is tried in turn with what matches another, so that the rarest decides how long it takes.
    """
    if not atoms:
        return True
    tries = [(_matches(atoms[n], binding, known), _but(atoms, n)) for n in _places(atoms, binding)]
    while True:
        for matches, rest in tries:
            if (more := next(matches, None)) is None:
                return False
            if _some(rest, more, known):
                return True


def _matches(atom: Atom, binding: Binding, known: Known) -> Iterator[Binding]:
    s, p, o = pattern(atom, binding)
    if isinstance(s, Literal):
        return
    if s is not None and o is not None:
        if known.holds(Triple(s, p, o)):
            yield binding
        return
    for triple in known.find((s, p, o)):
        if (more := bind(atom, triple, binding)) is not None:
            yield more


def _narrowest(atoms: Sequence[Atom], binding: Binding, known: Known) -> int:
    """Return the place of the atom with the fewest matches."""
    places = _places(atoms, binding)
    for most in _PEEKS if len(places) > 1 else ():
        for place in places:
            if sum(1 for _ in islice(_matches(atoms[place], binding, known), most)) < most:
                return place
    return places[0]


def _places(atoms: Sequence[Atom], binding: Binding) -> list[int]:
    """Return which atoms to look at: one that needs no search, or else those of which an end is known."""
    looks = [pattern(atom, binding) for atom in atoms]
    for place, (s, _, o) in enumerate(looks):
        if s is not None and o is not None:
            return [place]
    return [place for place, (s, _, o) in enumerate(looks) if s is not None or o is not None] or [0]


def _but(atoms: Sequence[Atom], place: int) -> Sequence[Atom]:
    return (*atoms[:place], *atoms[place + 1 :])
