"""Find triples by subject, predicate and object: among some in memory, in a store, or in both with some left out."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Any, Protocol

from pyoxigraph import DefaultGraph, Literal, NamedNode, Triple

from graph.store import Store
from graph.validate.compile.path import Term


class View(Protocol):
    """Find triples, None standing for anything."""

    def __call__(self, s: Term | None, p: NamedNode | None, o: Term | None) -> Iterable[Triple]:
        """Yield the triples that match."""
        ...


class Memory:
    """Find among triples in memory, kept as they are: a store writes 01 as 1."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self._by: dict[object, list[Triple]] = defaultdict(list)
        self.triples = tuple(dict.fromkeys(triples))
        for triple in self.triples:
            self._by["s", triple.subject].append(triple)
            self._by["p", triple.predicate].append(triple)
            self._by["o", triple.object].append(triple)

    def __call__(self, s: Term | None, p: NamedNode | None, o: Term | None) -> Iterator[Triple]:
        """Yield the triples that match."""
        for each in self._near(s, p, o):
            if (p is None or each.predicate == p) and (s is None or each.subject == s) and o in (None, each.object):
                yield each

    def _near(self, s: Term | None, p: NamedNode | None, o: Term | None) -> Iterable[Triple]:
        for key in (("s", s), ("o", o), ("p", p)):
            if key[1] is not None:
                return self._by.get(key, ())
        return self.triples


class Kept:
    """Find in a store, in one of its graphs or in its default graph, without some triples."""

    def __init__(self, store: Store, graph: NamedNode | None = None, without: Collection[Triple] = frozenset()) -> None:
        self._store, self._graph, self._without = store, graph or DefaultGraph(), without
        self.memo = store.memo

    def __call__(self, s: Term | None, p: NamedNode | None, o: Term | None) -> Iterator[Triple]:
        """Yield the triples that match."""
        if isinstance(s, Literal):
            return
        for quad in self._store.quads(s, p, o, self._graph):
            triple = quad.triple
            if not self._without or triple not in self._without:
                yield triple


class Both:
    """Find in two views; what is in both comes once."""

    def __init__(self, first: View, second: View) -> None:
        self._first, self._second = first, second
        self.memo: dict[object, Any] | None = getattr(second, "memo", None)

    def __call__(self, s: Term | None, p: NamedNode | None, o: Term | None) -> Iterator[Triple]:
        """Yield the triples that match."""
        found = dict.fromkeys(self._first(s, p, o))
        yield from found
        yield from (triple for triple in self._second(s, p, o) if triple not in found)
