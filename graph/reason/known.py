"""Know what holds in one layer of a store, before and after a change: what is kept, and what is drawn from it.

The store publishes only what is said in terms of ours. What the rules add in the terms of others (that a target is a
`sdgo:Target`, say) is not kept: it is drawn from what is kept whenever a rule asks for it.
"""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import chain, tee

from pyoxigraph import DefaultGraph, Literal, NamedNode, Triple

from graph.reason.axioms import Node
from graph.reason.rulebook import Pattern, Rulebook, bind, key, pattern
from graph.reason.rules import Rule
from graph.store import Store, placed


class Layer(ABC):
    """Find what is kept and what follows unkept; `unkept` are the rules that add in the terms of others."""

    def __init__(self, unkept: Rulebook) -> None:
        self.unkept = unkept

    @abstractmethod
    def kept(self, look: Pattern) -> Iterable[Triple]:
        """Yield the kept triples that match."""

    @abstractmethod
    def keeps(self, triple: Triple) -> bool:
        """Return whether a triple is kept."""

    def find(self, look: Pattern) -> Iterator[Triple]:
        """Yield all triples that match, each once."""
        if key(look[1], look[2]) in self.unkept.adding:
            return iter(dict.fromkeys(self._drawn(look, ())))
        return iter(self.kept(look))

    def holds(self, triple: Triple) -> bool:
        """Return whether a triple is kept or follows unkept."""
        if self.keeps(triple):
            return True
        s, p, o = triple
        return key(p, o) in self.unkept.adding and next(self._drawn((s, p, o), ()), None) is not None

    def _drawn(self, look: Pattern, path: tuple[Pattern, ...]) -> Iterator[Triple]:
        """Yield what matches; a pattern that asks for itself on its way gives nothing more."""
        yield from self.kept(look)
        for rule in self.unkept.adding.get(key(look[1], look[2]), ()):
            if (inner := _inner(rule, look)) is not None and inner not in (*path, look):
                yield from self._by(rule, look, inner, (*path, look))

    def _by(self, rule: Rule, look: Pattern, inner: Pattern, path: tuple[Pattern, ...]) -> Iterator[Triple]:
        (atom,) = rule.body
        for each in self._drawn(inner, path):
            binding = bind(atom, each, {})
            s, p, o = pattern(rule.head, binding) if binding is not None else (None, look[1], None)
            if s is None or o is None or isinstance(s, Literal) or look[0] not in (None, s) or look[2] not in (None, o):
                continue
            if self.unkept.may_add(found := Triple(s, p, o)):
                yield found


def _inner(rule: Rule, look: Pattern) -> Pattern | None:
    """Return the pattern that a rule of one atom needs in order to give another."""
    binding: dict[object, Node] = {}
    for term, value in ((rule.head.subject, look[0]), (rule.head.object, look[2])):
        if isinstance(term, NamedNode | Literal):
            if value not in (None, term):
                return None
        elif value is not None and binding.setdefault(term, value) != value:
            return None
    found = pattern(rule.body[0], binding)  # type: ignore[arg-type]
    return None if isinstance(found[0], Literal) else found


Graphs = Callable[[NamedNode], Collection[NamedNode | DefaultGraph]]


class Stored(Layer):
    """Find in those graphs of a store which `graphs` names for a class or a property."""

    def __init__(self, store: Store, unkept: Rulebook, graphs: Graphs) -> None:
        super().__init__(unkept)
        self._store, self._graphs = store, graphs
        self._found: dict[Pattern, Iterator[Triple]] = {}
        self._held: dict[Triple, bool] = {}

    def kept(self, look: Pattern) -> Iterator[Triple]:
        """Yield the triples that match; each is read from the store once, and only when asked for."""
        self._found[look], again = tee(self._found.get(look) or _read(self._store, self._graphs, look))
        return again

    def keeps(self, triple: Triple) -> bool:
        """Return whether a triple is in the store."""
        if (held := self._held.get(triple)) is None:
            graphs = self._graphs(key(triple.predicate, triple.object))
            held = self._held[triple] = any(self._store.holds(placed(triple, graph)) for graph in graphs)
        return held


class Without(Layer):
    """Find in another layer what is not gone."""

    def __init__(self, below: Layer, gone: Collection[Triple]) -> None:
        super().__init__(below.unkept)
        self._below, self._gone = below, gone
        self._found: dict[Pattern, Iterator[Triple]] = {}

    def kept(self, look: Pattern) -> Iterator[Triple]:
        """Yield the triples that match; each is looked at once, however much is gone."""
        self._found[look], again = tee(self._found.get(look) or _left(self._below, self._gone, look))
        return again

    def keeps(self, triple: Triple) -> bool:
        """Return whether a triple was kept and is not gone."""
        return triple not in self._gone and self._below.keeps(triple)


class With(Layer):
    """Find in another layer, and among what came since."""

    def __init__(self, below: Layer) -> None:
        super().__init__(below.unkept)
        self._below = below
        self._came: dict[Triple, None] = {}
        self._index: dict[Pattern, list[Triple]] = defaultdict(list)

    def add(self, triple: Triple) -> None:
        """Know one more triple."""
        s, p, o = triple
        self._came[triple] = None
        for look in ((None, p, None), (s, p, None), (None, p, o), (s, p, o)):
            self._index[look].append(triple)

    def kept(self, look: Pattern) -> Iterator[Triple]:
        """Yield the triples that match."""
        return chain(tuple(self._index.get(look, ())), self._below.kept(look))

    def keeps(self, triple: Triple) -> bool:
        """Return whether a triple came or was kept."""
        return triple in self._came or self._below.keeps(triple)


# What these give is kept by the layers, and holds the store open: it may not hold the layers too, or both would stay.
def _read(store: Store, graphs: Graphs, look: Pattern) -> Iterator[Triple]:
    for graph in graphs(key(look[1], look[2])):
        for quad in store.quads(*look, graph):  # type: ignore[arg-type]  # no subject is a literal
            yield quad.triple


def _left(below: Layer, gone: Collection[Triple], look: Pattern) -> Iterator[Triple]:
    return (triple for triple in below.kept(look) if triple not in gone)
