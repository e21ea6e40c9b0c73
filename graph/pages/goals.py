"""Gather who contributes to the Sustainable Development Goals: a matrix by country, and each goal as a tree."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from pyoxigraph import NamedNode

from graph.pages.naming import Name
from graph.pages.stated import ANNOTATED, REPORTED, Claim, Stated
from graph.store import Store

NOWHERE: Final = ""  # stands for initiatives that name no country


@dataclass(frozen=True)
class Cell:
    """Count the initiatives of a country that contribute to a goal: on their source's word, and on ours alone."""

    reported: int = 0
    annotated: int = 0


@dataclass(frozen=True)
class Head:
    """Name a goal by its number and its words."""

    goal: Name
    number: str


@dataclass(frozen=True)
class Row:
    """Hold the cells of one country, a goal each, and how many of its initiatives name any goal."""

    country: Name | None
    code: str
    cells: tuple[Cell, ...]
    initiatives: int
    claiming: int


@dataclass(frozen=True)
class Matrix:
    """Hold goals, countries, and the sums over all initiatives, each counted once."""

    goals: tuple[Head, ...]
    rows: tuple[Row, ...]
    sums: tuple[Cell, ...]
    initiatives: int
    claiming: int


@dataclass(frozen=True)
class Link:
    """Show one claim: of what, on which goal or target, with which status, by whom, and why."""

    thing: Name
    named: Name
    number: str
    status: str
    author: Name | None
    reason: str
    reason_spoken: str


@dataclass(frozen=True)
class Indicator:
    """Show an indicator: its number, its tier, and the editions of the framework that have it."""

    indicator: Name
    number: str
    tier: str
    editions: tuple[str, ...]


@dataclass(frozen=True)
class Target:
    """Show a target, its indicators, and how many things are said to contribute to it."""

    target: Name
    number: str
    claimed: int
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True)
class Goal:
    """Show a goal with its targets and all claims on it."""

    goal: Name
    number: str
    targets: tuple[Target, ...]
    links: tuple[Link, ...]
    before: str
    after: str


def goals(store: Store, lang: str) -> Matrix:
    """Return the matrix of countries and goals: only initiatives count, each once a cell."""
    stated = Stated(store, lang)
    initiatives = set(stated.of("m4sd:Initiative"))
    heads = _heads(stated)
    claims = [claim for claim in stated.claims() if claim.thing in initiatives]
    by_country: dict[NamedNode | None, set[NamedNode]] = defaultdict(set)
    for each in initiatives:
        for country in stated.where.countries(each) or (None,):
            by_country[country].add(each)
    claiming = {claim.thing for claim in claims}
    ordered: list[NamedNode | None] = [*stated.in_order(each for each in by_country if each)]
    ordered += [None] if None in by_country else []
    rows = [_row(stated, each, by_country[each], claims, heads) for each in ordered]
    sums = _cells(initiatives, claims, heads)
    return Matrix(tuple(head for head, _ in heads), tuple(rows), sums, len(initiatives), len(claiming))


def goal(store: Store, number: str, lang: str) -> Goal | None:
    """Return a goal by its number; nothing where there is none."""
    stated = Stated(store, lang)
    heads = _heads(stated)
    place = next((place for place, (head, _) in enumerate(heads) if head.number == number), None)
    if place is None:
        return None
    node = heads[place][1]
    claims = [claim for claim in stated.claims() if claim.goal == node]
    numbers = ["", *(head.number for head, _ in heads), ""]
    links = sorted((_link(stated, each) for each in claims), key=lambda each: (each.thing.text, _key(each.number)))
    return Goal(
        heads[place][0].goal, number, _targets(stated, node, claims), tuple(links), numbers[place], numbers[place + 2]
    )


def _heads(stated: Stated) -> list[tuple[Head, NamedNode]]:
    found = [
        (Head(stated.name(each), stated.text(each, "dcterms:identifier")), each) for each in stated.of("sdgo:Goal")
    ]
    return sorted(found, key=lambda each: _key(each[0].number))


def _row(
    stated: Stated,
    country: NamedNode | None,
    initiatives: set[NamedNode],
    claims: list[Claim],
    heads: list[tuple[Head, NamedNode]],
) -> Row:
    claiming = {claim.thing for claim in claims} & initiatives
    code, called = (stated.code(country), stated.name(country)) if country else (NOWHERE, None)
    return Row(called, code, _cells(initiatives, claims, heads), len(initiatives), len(claiming))


def _cells(initiatives: set[NamedNode], claims: list[Claim], heads: list[tuple[Head, NamedNode]]) -> tuple[Cell, ...]:
    return tuple(
        _cell([claim for claim in claims if claim.goal == goal and claim.thing in initiatives]) for _, goal in heads
    )


def _cell(claims: list[Claim]) -> Cell:
    reported = {claim.thing for claim in claims if claim.status == REPORTED}
    return Cell(len(reported), len({claim.thing for claim in claims if claim.status == ANNOTATED} - reported))


def _targets(stated: Stated, goal: NamedNode, claims: list[Claim]) -> tuple[Target, ...]:
    found = []
    for target in stated.subjects(goal, "sdgo:isTargetOf"):
        indicators = [_indicator(stated, each) for each in stated.subjects(target, "sdgo:isIndicatorOf")]
        ordered = tuple(sorted(indicators, key=lambda each: _key(each.number)))
        claimed = len({claim.thing for claim in claims if claim.named == target})
        found.append(Target(stated.name(target), stated.text(target, "dcterms:identifier"), claimed, ordered))
    return tuple(sorted(found, key=lambda each: _key(each.number)))


def _indicator(stated: Stated, node: NamedNode) -> Indicator:
    numbers = {each.value for each in stated.literals(node, "dcterms:identifier")}
    tiers = (stated.name(each).text for each in stated.objects(node, "sdgo:tier"))
    editions = tuple(each.value for each in stated.literals(node, "m4sd:edition"))
    return Indicator(stated.name(node), " / ".join(sorted(numbers, key=_key)), next(tiers, ""), editions)


def _link(stated: Stated, claim: Claim) -> Link:
    authors = stated.objects(claim.claim, "prov:wasAttributedTo")
    reason, spoken = stated.words(claim.claim, "m4sd:rationale")
    number = stated.text(claim.named, "dcterms:identifier")
    author = stated.name(authors[0]) if authors else None
    return Link(stated.name(claim.thing), stated.name(claim.named), number, claim.status, author, reason, spoken)


def _key(number: str) -> list[tuple[int, str]]:
    """Return what sorts 2 before 10, and 10.7 before 10.a."""
    parts = number.split(" ")[0].split(".")
    return [(int(part), "") if part.isdecimal() else (1000, part) for part in parts]
