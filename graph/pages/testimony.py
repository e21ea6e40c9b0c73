"""Find who says what of a thing: the facts about it, and the claims that it makes, each with its sources.

A fact names the property and the object; a participation, by its role, and a contribution, by its object, are claims
from which the short links follow. Each names the passages or pages that state it.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import DefaultGraph, Literal, NamedNode

from graph.names import name
from graph.pages.naming import Name, Namer
from graph.reason.axioms import Node
from graph.store import Store

CONTRIBUTES = tuple(name(f"m4sd:contributesTo{kind}") for kind in ("Goal", "Target", "Objective"))
HIGH = name("confidence:high")


@dataclass(frozen=True)
class Source:
    """Point to a sentence or to a page: its document, the number of the sentence, its language, a public address."""

    iri: str
    document: Name
    sentence: str = ""
    language: str = ""
    address: str = ""


@dataclass(frozen=True)
class Testimony:
    """Carry one statement of a fact or a claim: its sources, and who made it and why where that is told."""

    iri: str
    sources: tuple[Source, ...]
    confidence: Name | None = None
    status: str = ""
    author: Name | None = None
    reason: tuple[str, str] = ("", "")
    when: str = ""


Said = dict[tuple[NamedNode, Node], list[Testimony]]


class Witness:
    """Hear what is said of one thing."""

    def __init__(self, store: Store, namer: Namer) -> None:
        self._store, self._namer = store, namer

    def of(self, thing: NamedNode) -> Said:
        """Return the testimonies by property and value."""
        found: Said = defaultdict(list)
        for fact in self._subjects(name("m4sd:about"), thing):
            testimony = self._testimony(fact)
            for says in self._objects(fact, "m4sd:property"):
                for value in (*self._objects(fact, "m4sd:object"), *self._objects(fact, "m4sd:value")):
                    if isinstance(says, NamedNode):
                        found[says, value].append(testimony)
        for key, claim in (*self._participations(thing), *self._contributions(thing)):
            found[key].append(self._testimony(claim))
        return found

    def sources(self, thing: NamedNode) -> tuple[Source, ...]:
        """Return where a thing as a whole is stated, in the order of the documents."""
        found = (self._source(each) for each in self._objects(thing, "m4sd:statedIn") if isinstance(each, NamedNode))
        return tuple(sorted(found, key=lambda each: (each.document.iri, _number(each.sentence))))

    def _participations(self, thing: NamedNode) -> Iterator[tuple[tuple[NamedNode, Node], NamedNode]]:
        for claim in self._named(thing, "m4sd:qualifiedParticipation"):
            roles = self._named(claim, "m4sd:role")
            links = [link for role in roles for link in self._named(role, "m4sd:derivesProperty")]
            for actor in self._named(claim, "m4sd:participant"):
                yield from (((link, actor), claim) for link in links)

    def _contributions(self, thing: NamedNode) -> Iterator[tuple[tuple[NamedNode, Node], NamedNode]]:
        for claim in self._named(thing, "m4sd:claimsContribution"):
            for goal in self._named(claim, "m4sd:contributionTo"):
                yield from (((link, goal), claim) for link in CONTRIBUTES)

    def _testimony(self, claim: NamedNode) -> Testimony:
        status = next(iter(self._named(claim, "m4sd:claimStatus")), None)
        author = next(iter(self._named(claim, "prov:wasAttributedTo")), None)
        reasons = {r.language or "": r.value for r in self._objects(claim, "m4sd:rationale") if isinstance(r, Literal)}
        grade = next(iter(self._named(claim, "m4sd:confidence")), None)
        return Testimony(
            claim.value,
            self.sources(claim),
            self._namer.name(grade) if grade and grade != HIGH else None,
            status.value.rpartition("/")[2] if status else "",
            self._namer.name(author) if author else None,
            self._namer.picked(reasons) if reasons else ("", ""),
            self._text(claim, "dcterms:date"),
        )

    def _source(self, source: NamedNode) -> Source:
        whole = next(iter(self._named(source, "m4sd:inDocument")), None)
        address = self._text(whole or source, "m4sd:address")
        return Source(
            source.value,
            self._namer.name(whole or source),
            self._text(source, "dcterms:identifier") if whole else "",
            self._text(source, "dcterms:language"),
            address if address.startswith(("https://", "http://")) else "",
        )

    def _subjects(self, says: NamedNode, thing: NamedNode) -> list[NamedNode]:
        found = {quad.subject for quad in self._store.quads(p=says, o=thing, g=DefaultGraph())}
        return sorted((each for each in found if isinstance(each, NamedNode)), key=str)

    def _objects(self, thing: NamedNode, says: str) -> list[Node]:
        return [quad.object for quad in self._store.quads(s=thing, p=name(says), g=DefaultGraph())]

    def _named(self, thing: NamedNode, says: str) -> list[NamedNode]:
        return [each for each in self._objects(thing, says) if isinstance(each, NamedNode)]

    def _text(self, thing: NamedNode, says: str) -> str:
        return next((each.value for each in self._objects(thing, says) if isinstance(each, Literal)), "")


def _number(sentence: str) -> tuple[str, int]:
    """Sort E2 before E10."""
    digits = sentence.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return sentence[: len(sentence) - len(digits)], int(digits) if digits.isdecimal() else 0
