"""Gather policies and practices, by sector and level, and country by country."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from pyoxigraph import NamedNode

from graph.names import name
from graph.pages.naming import Name
from graph.pages.stated import Stated
from graph.store import Store

POLICY, PRACTICE = "policy", "practice"
_LEVELS: Final = ("global", "national", "regional", "local", "horizontal", "vertical")
_WITHIN: Final = ("m4sd:appliesIn", "m4sd:practisedIn")


@dataclass(frozen=True)
class Line:
    """Show a policy or a practice."""

    kind: str
    thing: Name
    countries: tuple[tuple[Name, str], ...]
    places: tuple[Name, ...]
    levels: tuple[Name, ...]
    sectors: tuple[Name, ...]
    sort: tuple[Name, ...]
    integrates: tuple[Name, ...]
    themes: tuple[Name, ...]
    adopted: str
    part_of: tuple[Name, ...]


@dataclass(frozen=True)
class Crossed:
    """Count by sector and level; the last row and the last column are for those of which none is stated."""

    levels: tuple[Name, ...]
    rows: tuple[tuple[Name | None, tuple[int, ...]], ...]


@dataclass(frozen=True)
class Policies:
    """Hold both, and the counts."""

    lines: tuple[Line, ...]
    crossed: Crossed
    policies: int
    practices: int


def policies(store: Store, lang: str) -> Policies:
    """Return all policies and practices, by country and name."""
    stated = Stated(store, lang)
    kinds = dict.fromkeys(stated.of("m4sd:Policy"), POLICY)
    kinds |= dict.fromkeys(stated.of("m4sd:Practice"), PRACTICE)
    lines = [_line(stated, thing, kinds[thing]) for thing in stated.in_order(kinds)]
    lines.sort(key=lambda each: (each.countries[0][0].text if each.countries else "\U0010ffff", each.kind != POLICY))
    counts = Counter(kinds.values())
    return Policies(tuple(lines), _crossed(stated, lines), counts[POLICY], counts[PRACTICE])


def _line(stated: Stated, thing: NamedNode, kind: str) -> Line:
    countries = stated.in_order(stated.where.countries(thing))
    places = [each for each in stated.objects(thing, *_WITHIN) if each not in countries]
    return Line(
        kind,
        stated.name(thing),
        tuple((stated.name(each), stated.code(each)) for each in countries),
        stated.names(places),
        stated.names(stated.objects(thing, "m4sd:level")),
        stated.names(stated.objects(thing, "m4sd:sector")),
        stated.names(stated.objects(thing, "m4sd:policyType")),
        stated.names(stated.objects(thing, "m4sd:integrates")),
        stated.names(stated.objects(thing, "m4sd:theme", "m4sd:approach")),
        stated.text(thing, "m4sd:adoptedOn"),
        stated.names(stated.objects(thing, "m4sd:practiceOf", "m4sd:carriesOut")),
    )


def _crossed(stated: Stated, lines: list[Line]) -> Crossed:
    levels: list[Name] = [stated.name(name(f"coherence-level:{each}")) for each in _LEVELS]
    levels = [each for each in levels if any(each in line.levels for line in lines)]
    sectors = sorted({each for line in lines for each in line.sectors}, key=lambda each: each.text)
    rows = []
    for sector in (*sectors, None):
        within = [line for line in lines if (sector in line.sectors if sector else not line.sectors)]
        cells = [sum(level in line.levels for line in within) for level in levels]
        rows.append((sector, (*cells, sum(not line.levels for line in within))))
    return Crossed(tuple(levels), tuple(rows))
