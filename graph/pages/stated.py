"""Read what is stated, for pages that count: never what the rules add to it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pyoxigraph import Literal, NamedNode

from graph.names import ASSERTED, name
from graph.pages.naming import Name, Namer
from graph.search.folded import fold
from graph.search.where import Where
from graph.store import Store

TYPE: Final = name("rdf:type")
REPORTED, ANNOTATED = "reported", "annotated"
_TAKING: Final = "m4sd:qualifiedParticipation"


@dataclass(frozen=True)
class Taking:
    """Say who takes part in what, in which role, and for which country where that is said."""

    thing: NamedNode
    actor: NamedNode
    role: NamedNode
    country: NamedNode | None


@dataclass(frozen=True)
class Claim:
    """Say to which goal a thing contributes, by what it names (the goal or a target of it), and on whose word."""

    thing: NamedNode
    goal: NamedNode
    named: NamedNode
    claim: NamedNode
    status: str


class Stated:
    """Look into one store, and name what is there in one language."""

    def __init__(self, store: Store, lang: str) -> None:
        self._store, self.memo = store, store.memo
        self.where = Where(store)
        self.namer = Namer(store, lang)
        self.name = lru_cache(maxsize=100_000)(self._name)

    def objects(self, thing: NamedNode, *curies: str) -> list[NamedNode]:
        """Return the things to which predicates lead from one."""
        quads = (q for curie in curies for q in self._store.quads(thing, name(curie), None, ASSERTED))
        return sorted({q.object for q in quads if isinstance(q.object, NamedNode)}, key=str)

    def subjects(self, thing: NamedNode, *curies: str) -> list[NamedNode]:
        """Return the things from which predicates lead to one."""
        quads = (q for curie in curies for q in self._store.quads(None, name(curie), thing, ASSERTED))
        return sorted({q.subject for q in quads if isinstance(q.subject, NamedNode)}, key=str)

    def pairs(self, curie: str) -> Iterator[tuple[NamedNode, NamedNode]]:
        """Yield what a predicate joins."""
        for quad in self._store.quads(p=name(curie), g=ASSERTED):
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
                yield quad.subject, quad.object

    def of(self, *curies: str) -> list[NamedNode]:
        """Return the things of these classes."""
        return sorted({thing for curie in curies for thing in self.subjects(name(curie), "rdf:type")}, key=str)

    def literals(self, thing: NamedNode, *curies: str) -> list[Literal]:
        """Return the literals that predicates give a thing, in the order of the predicates."""
        found = []
        for curie in curies:
            quads = self._store.quads(thing, name(curie), None, ASSERTED)
            found += sorted((q.object for q in quads if isinstance(q.object, Literal)), key=lambda each: each.value)
        return found

    def text(self, thing: NamedNode, *curies: str) -> str:
        """Return the first literal that predicates give a thing."""
        return next((each.value for each in self.literals(thing, *curies)), "")

    def words(self, thing: NamedNode, curie: str) -> tuple[str, str]:
        """Return a text on a thing for the reader, and its language where it is another one."""
        texts = {each.language or "": each.value for each in self.literals(thing, curie)}
        return self.namer.picked(texts) if texts else ("", "")

    def in_order(self, things: Iterable[NamedNode]) -> list[NamedNode]:
        """Return things in the order of their names."""
        return sorted(set(things), key=lambda each: (fold(self.name(each).text), each.value))

    def takings(self) -> Iterator[Taking]:
        """Yield who takes part in what."""
        for thing, node in self.pairs(_TAKING):
            for actor in self.objects(node, "m4sd:participant"):
                country = next(iter(self.objects(node, "m4sd:forCountry")), None)
                for role in self.objects(node, "m4sd:role"):
                    yield Taking(thing, actor, role, country)

    def claims(self) -> Iterator[Claim]:
        """Yield which things are said to contribute to which goals, directly or by a target."""
        goals = set(self.of("sdgo:Goal"))
        for thing, node in self.pairs("m4sd:claimsContribution"):
            for status in self.objects(node, "m4sd:claimStatus"):
                for named in self.objects(node, "m4sd:contributionTo"):
                    for goal in goals.intersection([named, *self.objects(named, "sdgo:isTargetOf")]):
                        yield Claim(thing, goal, named, node, status.value.rpartition("/")[2])

    def code(self, country: NamedNode) -> str:
        """Return the code by which a country has its address: of three letters, else of three digits."""
        return self.text(country, "m4sd:isoAlpha3", "m4sd:m49Code")

    def names(self, things: Iterable[NamedNode]) -> tuple[Name, ...]:
        """Return what things are called, in the order of their names."""
        return tuple(self.name(each) for each in self.in_order(things))

    def moments(self, thing: NamedNode) -> tuple[str, str]:
        """Return when a thing begins and ends, as precisely as is stated."""
        begin = self.text(thing, "m4sd:startDate", "m4sd:launchDate", "m4sd:date")
        return begin, self.text(thing, "m4sd:endDate")

    def _name(self, node: NamedNode) -> Name:
        """Return what a thing is called, without its code: pages that count show that in a column of its own."""
        labels = self.namer.labels(node)
        return Name(node.value, *self.namer.picked(labels)) if labels else self.namer.name(node)
