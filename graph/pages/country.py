"""Gather the profile of a country: what is done there, by whom, to which goals, what came of it, what is not known."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pyoxigraph import NamedNode

from graph.names import name
from graph.pages.countries import COUNTED, region_of, things_by_country
from graph.pages.naming import Name
from graph.pages.stated import ANNOTATED, REPORTED, Claim, Stated, Taking
from graph.store import Store

SECTIONS: Final = ("programmes", "phases", "initiatives", "results", "policies", "practices", "meetings")
_WITHIN: Final = ("m4sd:operatesIn", "m4sd:achievedIn", "m4sd:appliesIn", "m4sd:practisedIn", "m4sd:heldIn")
_SORTS: Final = ("m4sd:policyType", "m4sd:resultType", "m4sd:meetingType", "m4sd:interventionType")


@dataclass(frozen=True)
class Line:
    """Show one thing done in a country: when, where in it, of which sort, part of what, and the facts on it."""

    thing: Name
    begin: str
    end: str
    places: tuple[Name, ...]
    sorts: tuple[Name, ...]
    whole: tuple[Name, ...]
    figures: tuple["Figure", ...]
    facts: int


@dataclass(frozen=True)
class Figure:
    """Give what was counted of a result: how the number is bounded (empty where it is exact), the number, its unit."""

    bound: str
    number: str
    unit: Name | None
    planned: bool


@dataclass(frozen=True)
class Aim:
    """Say which initiatives of a country contribute to a goal: by their own word, and by the curators' reading."""

    goal: Name
    number: str
    reported: tuple[Name, ...]
    annotated: tuple[Name, ...]


@dataclass(frozen=True)
class Partner:
    """Say in which roles an actor takes part in what is done in a country."""

    actor: Name
    roles: tuple[Name, ...]
    things: tuple[Name, ...]
    local: bool


@dataclass(frozen=True)
class Group:
    """Say since when and until when a country is in a group, with a note on that."""

    group: Name
    begin: str
    end: str
    note: str


@dataclass(frozen=True)
class Gap:
    """Say how many of the initiatives of a country have nothing stated of one kind."""

    what: str
    count: int
    of: int


@dataclass(frozen=True)
class Profile:
    """Hold the profile of a country."""

    country: Name
    code: str
    m49: str
    region: Name | None
    regions: tuple[Name, ...]
    groups: tuple[Group, ...]
    sections: tuple[tuple[str, tuple[Line, ...]], ...]
    aims: tuple[Aim, ...]
    partners: tuple[Partner, ...]
    facts: int
    sources: int
    gaps: tuple[Gap, ...]


def country(store: Store, code: str, lang: str) -> Profile | None:
    """Return the profile of the country of an ISO 3166-1 alpha-3 code; nothing where no country has it."""
    stated = Stated(store, lang)
    found = next((each for each in stated.of("m4sd:Country") if stated.code(each) == code), None)
    return _profile(stated, found, code) if found else None


def _profile(stated: Stated, here: NamedNode, code: str) -> Profile:
    held = {kind: of.get(here, set()) for kind, of in things_by_country(stated).items()}
    facts = held.pop("facts")
    told = Counter(about for fact in facts for about in stated.objects(fact, "m4sd:about"))
    wholes = {whole for phase in held["phases"] for whole in stated.objects(phase, "m4sd:phaseOf")}
    held["programmes"] = held["programmes"] | wholes
    lines = {
        kind: tuple(_line(stated, each, here, told[each]) for each in _dated(stated, held[kind])) for kind in SECTIONS
    }
    return Profile(
        country=stated.name(here),
        code=code,
        m49=stated.text(here, "m4sd:m49Code"),
        region=region_of(stated, here),
        regions=tuple(stated.name(each) for each in stated.objects(here, "m4sd:locatedIn")),
        groups=tuple(_groups(stated, here)),
        sections=tuple((kind, lines[kind]) for kind in SECTIONS if lines[kind]),
        aims=_aims(stated, held["initiatives"]),
        partners=_partners(stated, here, set().union(*(held[kind] for kind in COUNTED if kind in held))),
        facts=len(facts),
        sources=len({source for fact in facts for source in stated.objects(fact, "m4sd:statedIn")}),
        gaps=_gaps(stated, held["initiatives"]),
    )


def _dated(stated: Stated, things: Iterable[NamedNode]) -> list[NamedNode]:
    """Return things by when they began, then by name; what has no date comes last."""
    return sorted(stated.in_order(things), key=lambda each: stated.moments(each)[0] or "9999")


def _line(stated: Stated, thing: NamedNode, here: NamedNode, facts: int) -> Line:
    begin, end = stated.moments(thing)
    places = [p for p in stated.objects(thing, *_WITHIN) if p != here and here in stated.where.above(p)]
    wholes = stated.objects(thing, "m4sd:partOf", "m4sd:phaseOf", "m4sd:practiceOf")
    wholes += stated.subjects(thing, "m4sd:hasResult")
    above = {upper for whole in wholes for upper in stated.objects(whole, "m4sd:partOf", "m4sd:phaseOf")}
    return Line(
        thing=stated.name(thing),
        begin=begin or stated.text(thing, "m4sd:adoptedOn"),
        end=end,
        places=stated.names(places),
        sorts=stated.names(stated.objects(thing, *_SORTS)),
        whole=stated.names(set(wholes) - above),  # the nearest only
        figures=tuple(_figure(stated, each) for each in stated.objects(thing, "m4sd:hasObservation")),
        facts=facts,
    )


def _figure(stated: Stated, observation: NamedNode) -> Figure:
    bounds = ("sdmx-measure:obsValue", "m4sd:moreThan", "m4sd:atLeast", "m4sd:atMost", "m4sd:approximately")
    bound = next((each for each in bounds if stated.text(observation, each)), bounds[0])
    unit = next(iter(stated.objects(observation, "sdmx-attribute:unitMeasure")), None)
    planned = name("value-kind:planned") in stated.objects(observation, "m4sd:valueKind")
    number = stated.text(observation, bound)
    return Figure("" if bound == bounds[0] else bound[5:], number, stated.name(unit) if unit else None, planned)


def _aims(stated: Stated, initiatives: set[NamedNode]) -> tuple[Aim, ...]:
    by_goal: dict[NamedNode, list[Claim]] = defaultdict(list)
    for claim in stated.claims():
        if claim.thing in initiatives:
            by_goal[claim.goal].append(claim)
    found = []
    for goal, claims in by_goal.items():
        reported = {claim.thing for claim in claims if claim.status == REPORTED}
        annotated = {claim.thing for claim in claims if claim.status == ANNOTATED} - reported
        number = stated.text(goal, "dcterms:identifier")
        found.append(Aim(stated.name(goal), number, stated.names(reported), stated.names(annotated)))
    return tuple(sorted(found, key=lambda aim: int(aim.number) if aim.number.isdecimal() else 0))


def _partners(stated: Stated, here: NamedNode, things: set[NamedNode]) -> tuple[Partner, ...]:
    """Return who takes part in what is done here; of what spans several countries, only who does so for this one."""
    local = set(stated.subjects(here, "m4sd:basedIn", "m4sd:governmentOf"))
    held: dict[NamedNode, list[Taking]] = defaultdict(list)
    for taking in stated.takings():
        own = taking.thing in things and (taking.country is None and _only(stated, taking.thing, here))
        if own or taking.country == here:
            held[taking.actor].append(taking)
    for actor in local - set(held):
        held[actor] = []
    found = [
        Partner(
            stated.name(actor),
            stated.names({taking.role for taking in takings}),
            stated.names({taking.thing for taking in takings}),
            actor in local or here in stated.where.countries(actor),
        )
        for actor, takings in ((each, held[each]) for each in stated.in_order(held))
    ]
    return tuple(sorted(found, key=lambda partner: (not partner.things, not partner.local)))


def _only(stated: Stated, thing: NamedNode, here: NamedNode) -> bool:
    return stated.where.countries(thing) == {here}


def _groups(stated: Stated, here: NamedNode) -> Iterable[Group]:
    for membership in stated.objects(here, "m4sd:hasMembership"):
        begin, end = (stated.text(membership, each) for each in ("m4sd:validFrom", "m4sd:validUntil"))
        for group in stated.objects(membership, "m4sd:inGroup"):
            yield Group(stated.name(group), begin, end, stated.words(membership, "skos:note")[0])


def _gaps(stated: Stated, initiatives: set[NamedNode]) -> tuple[Gap, ...]:
    """Return of how many initiatives nobody states a date, a funder, an implementer, a goal, a result."""
    claiming = {claim.thing for claim in stated.claims()}
    roles: dict[str, set[NamedNode]] = defaultdict(set)
    for taking in stated.takings():
        roles[taking.role.value.rpartition("/")[2]].add(taking.thing)
    paid = {
        thing
        for thing in initiatives
        if any(f in roles["funding"] for f in stated.objects(thing, "m4sd:hasFinancialFlow"))
    }
    known = {
        "dates": {each for each in initiatives if any(stated.moments(each))},
        "funder": roles["funding"] | paid,
        "implementer": roles["implementing"] | roles["lead"],
        "goal": claiming,
        "result": {each for each in initiatives if stated.objects(each, "m4sd:hasResult")},
    }
    lacking = ((what, len(initiatives - of)) for what, of in known.items())
    return tuple(Gap(what, count, len(initiatives)) for what, count in lacking if count)
