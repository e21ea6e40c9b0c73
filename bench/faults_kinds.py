"""List the faults that are sown in a graph: for each rule of `bench/shapes/faults.ttl`, one that breaks it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from bench.data import name
from graph.names import PREFIXES

Value = NamedNode | Literal


class Draft:
    """Hold what is said of an activity and its parts until all is said."""

    def __init__(self, number: int, chance: Random) -> None:
        self.number, self.chance = number, chance
        self.year = chance.randrange(2005, 2022)
        self.node = NamedNode(f"{PREFIXES['id']}activity-{number}")
        self._said: list[tuple[NamedNode, str, Value]] = []

    def part(self, kind: str, place: int = 0) -> NamedNode:
        """Return the address of a part."""
        return NamedNode(f"{PREFIXES['id']}{kind}-{self.number}-{place}")

    def say(self, subject: NamedNode, predicate: str, value: Value) -> None:
        """Add a statement."""
        self._said.append((subject, predicate, value))

    def unsay(self, subject: NamedNode, predicate: str) -> None:
        """Take back what is said of a property."""
        self._said = [said for said in self._said if said[:2] != (subject, predicate)]

    def say_instead(self, subject: NamedNode, predicate: str, *values: Value) -> None:
        """Say other values of a property."""
        self.unsay(subject, predicate)
        for value in values:
            self.say(subject, predicate, value)

    def triples(self) -> Iterator[Triple]:
        """Yield what is said."""
        return (Triple(subject, name(predicate), value) for subject, predicate, value in self._said)


@dataclass(frozen=True, slots=True)
class Fault:
    """Say how a fault is sown and which rules it breaks, a rule as often as results come of it."""

    sow: Callable[[Draft], None]
    breaks: tuple[str, ...]


def _add(predicate: str, *values: Value) -> Callable[[Draft], None]:
    def sow(draft: Draft) -> None:
        for value in values:
            draft.say(draft.node, predicate, value)

    return sow


def _set(predicate: str, *values: Value, part: str = "", place: int = 0) -> Callable[[Draft], None]:
    """Say other values of a property of the activity or of a part; none: take it away."""

    def sow(draft: Draft) -> None:
        draft.say_instead(draft.part(part, place) if part else draft.node, predicate, *values)

    return sow


def _both(*steps: Callable[[Draft], None]) -> Callable[[Draft], None]:
    def sow(draft: Draft) -> None:
        for step in steps:
            step(draft)

    return sow


def _more_funders(draft: Draft) -> None:
    for place in range(2, 5):
        part = draft.part("part", place)
        draft.say(draft.node, "m4sd:qualifiedParticipation", part)
        draft.say(part, "rdf:type", name("m4sd:Participation"))
        draft.say(part, "m4sd:participant", name(f"id:org-{place}"))
        draft.say(part, "m4sd:role", name("role:funding"))
        draft.say(part, "m4sd:statedIn", name("id:source-0"))


def _two_in_one(draft: Draft) -> None:
    """Let one partner be of both kinds: then it counts for neither."""
    both = draft.part("partner")
    draft.say_instead(draft.node, "m4sd:hasPartner", both)
    for kind in ("m4sd:CivilSocietyOrganisation", "m4sd:PublicAuthority"):
        draft.say(both, "rdf:type", name(kind))


def _nameless(draft: Draft) -> None:
    actor = draft.part("actor")
    draft.say(actor, "rdf:type", name("m4sd:PublicAuthority"))
    draft.say_instead(draft.part("part", 1), "m4sd:participant", actor)


def _odd_sector(draft: Draft) -> None:
    draft.say(draft.node, "m4sd:sector", draft.part("sector"))
    draft.say(draft.part("sector"), "skos:inScheme", name("id:my-list"))


def _shared(draft: Draft) -> None:
    draft.say(draft.part("other"), "m4sd:hasFinancialFlow", draft.part("flow"))


def _odd_result(draft: Draft) -> None:
    draft.say(draft.node, "m4sd:hasResult", draft.part("flow"))


def _odd_source(draft: Draft) -> None:
    draft.say(draft.part("part"), "m4sd:statedIn", draft.part("rumour"))


def _text(text: str, lang: str) -> Literal:
    return Literal(text, language=lang)


def _day(text: str) -> Literal:
    return Literal(text, datatype=name("xsd:date"))


def _number(text: str, kind: str = "xsd:integer") -> Literal:
    return Literal(text, datatype=name(kind))


_CLAIM: Final = name("claim-status:inferred"), name("claim-status:rejected")
_ORG: Final = name("id:org-8")

# A fault with one entry breaks the rule of its own name.
_SOWN: Final[Mapping[str, Callable[[Draft], None]]] = {
    "identifier-pattern": _set("dcterms:identifier", Literal("xx-12")),
    "identifier-once": _add("dcterms:identifier", Literal("XX-9999999")),
    "end-after-start": _set("m4sd:startDate", _day("2030-01-01")),
    "label-unique": _add("skos:prefLabel", _text("Another name", "en")),
    "label-language": _add("skos:prefLabel", _text("Vorhaben", "de")),
    "label-length": _set("skos:prefLabel", _text("ab", "en")),
    "place": _both(_set("m4sd:operatesIn", _ORG), _set("m4sd:forCountry", _ORG)),
    "sector-kind": _add("m4sd:sector", Literal("Health")),
    "sector-scheme": _odd_sector,
    "field": _set("m4sd:sector"),
    "funder-apart": _both(_set("m4sd:isFundedBy", _ORG), _set("m4sd:isImplementedBy", _ORG)),
    "valid": _both(_add("m4sd:validFrom", _day("2021-01-01")), _add("m4sd:validUntil", _day("2020-01-01"))),
    "page": _add("foaf:page", Literal("HTTPS://example.org/"), Literal("ftp://example.org/")),
    "part-of": _add("m4sd:partOf", _ORG),
    "level": _add("m4sd:level", Literal("national"), Literal("cosmic")),
    "target": _set("m4sd:contributesToTarget", name("sdg:1"), _ORG),
    "implementer": _set("m4sd:role", name("role:partner"), part="part"),
    "funders": _more_funders,
    "participation": _set("m4sd:statedIn", part="part"),
    "amount-range": _set("m4sd:amount", _number("-5", "xsd:decimal"), part="flow"),
    "currency": _set("m4sd:currency", Literal("EURO"), part="flow"),
    "flow-date": _set("m4sd:date", Literal("15.3.2004"), part="flow"),
    "flow-holder": _shared,
    "one-amount": _set("m4sd:approximately", _number("5", "xsd:decimal"), part="flow", place=1),
    "flow-within": _set("m4sd:date", _day("2099-01-01"), part="flow"),
    "participation-closed": _set("rdfs:comment", Literal("As they told us"), part="part", place=1),
    "contribution-reason": _set("m4sd:claimStatus", _CLAIM[0], part="claim"),
    "contribution-whole": _set("prov:wasAttributedTo", part="claim"),
    "observation-kind": _set("m4sd:valueKind", name("value-kind:target"), part="observation"),
    "observation-least": _set("m4sd:value", _number("-1"), part="observation"),
    "observation-date": _set("m4sd:date", part="observation"),
    "result-label": _set("rdfs:label", part="result"),
    "result-class": _odd_result,
    "source": _odd_source,
}

FAULTS: Final[Mapping[str, Fault]] = {
    **{rule: Fault(sow, (rule,)) for rule, sow in _SOWN.items()},
    "start-missing": Fault(_set("m4sd:startDate"), ("start",)),
    "start-twice": Fault(
        _set("m4sd:startDate", Literal("2001-05-05"), _day("2001-05-05")), ("start", "end-after-start")
    ),
    "country-equals": Fault(_set("m4sd:forCountry", name("area:999")), ("country-equals", "country-equals")),
    "partners": Fault(_two_in_one, ("partner-civil", "partner-public")),
    "nameless": Fault(_nameless, ("participation",)),
    "rejected": Fault(
        _set("m4sd:claimStatus", _CLAIM[1], part="claim"), ("contribution-rejected", "contribution-reason")
    ),
    "observation-ill": Fault(
        _set("m4sd:value", _number("12x"), part="observation"),
        ("observation-datatype", "observation-least", "observation-least"),
    ),
    "amount-none": Fault(_set("m4sd:amount", part="flow", place=1), ("one-amount",)),
    "contribution-two": Fault(
        _set("m4sd:contributionTo", name("id:target-1"), name("id:target-2"), part="claim"), ("contribution-whole",)
    ),
}
