"""Say which countries a thing concerns, by what is stated of it: where it works, was held, applies, and so on."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from pyoxigraph import NamedNode

from graph.names import ASSERTED, name
from graph.store import Store

PLACES: Final = tuple(
    name(each)
    for each in (
        *("m4sd:operatesIn", "m4sd:achievedIn", "m4sd:appliesIn", "m4sd:practisedIn", "m4sd:replicatedIn"),
        *("m4sd:heldIn", "m4sd:hasParticipatingCountry", "m4sd:basedIn", "m4sd:governmentOf", "m4sd:locatedIn"),
        "dcterms:spatial",
    )
)
_ABOUT: Final = name("m4sd:about")
_OBJECT: Final = name("m4sd:object")
_SPATIAL: Final = name("dcterms:spatial")
INSIDE: Final = name("m4sd:locatedIn")
_TYPE: Final = name("rdf:type")
_COUNTRY: Final = name("m4sd:Country")


class Where:
    """Look places up in one store, each once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.above = lru_cache(maxsize=100_000)(self._above)
        self._countries = lru_cache(maxsize=100_000)(self._of)

    def countries(self, thing: NamedNode) -> frozenset[NamedNode]:
        """Return the countries that a thing concerns."""
        return self._countries(thing)

    def of_fact(self, fact: NamedNode) -> frozenset[NamedNode]:
        """Return the countries of a fact: those it is said of, those it names, and that of a thing in one country.

        What is said of a thing that works in several countries, such as a phase, is no fact on each of them.
        """
        found = self._all(self._objects(fact, _SPATIAL)) | self._all(self._objects(fact, _OBJECT))
        for about in self._objects(fact, _ABOUT):
            own = self.above(about) or self.countries(about)
            found |= own if len(own) == 1 else frozenset()
        return found

    def _of(self, thing: NamedNode) -> frozenset[NamedNode]:
        return self._all(place for predicate in PLACES for place in self._objects(thing, predicate))

    def _all(self, places: Iterable[NamedNode]) -> frozenset[NamedNode]:
        return frozenset(country for place in places for country in self.above(place))

    def _above(self, place: NamedNode) -> frozenset[NamedNode]:
        """Return the countries in which a place lies; a country lies in itself."""
        found, seen, waiting = set(), {place}, [place]
        while waiting:
            each = waiting.pop()
            if next(self._store.quads(each, _TYPE, _COUNTRY, ASSERTED), None) is not None:
                found.add(each)
            above = set(self._objects(each, INSIDE)) - seen
            waiting += above
            seen |= above
        return frozenset(found)

    def _objects(self, node: NamedNode, predicate: NamedNode) -> list[NamedNode]:
        quads = self._store.quads(node, predicate, None, ASSERTED)
        return [quad.object for quad in quads if isinstance(quad.object, NamedNode)]
