"""Gather what is known country by country: a row for each, for the table and the map."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from pyoxigraph import NamedNode

from graph.names import name
from graph.pages.naming import Name
from graph.pages.stated import Stated
from graph.store import Store

COUNTED: Final = {
    "programmes": ("m4sd:Programme",),
    "phases": ("m4sd:ProgrammePhase",),
    "initiatives": ("m4sd:Initiative",),
    "results": ("m4sd:Result",),
    "policies": ("m4sd:Policy",),
    "practices": ("m4sd:Practice",),
    "meetings": ("m4sd:Meeting", "m4sd:BoardMeeting"),
    "facts": ("m4sd:Fact",),
}
WORK: Final = ("programmes", "phases", "initiatives", "policies", "practices", "results")
_REGIONS: Final = ("002", "009", "019", "142", "150")  # M49: Africa, Oceania, Americas, Asia, Europe


@dataclass(frozen=True)
class Row:
    """Count what is stated of one country; `m49` is its place on the map."""

    country: Name
    code: str
    m49: str
    region: Name | None
    programmes: int
    phases: int
    initiatives: int
    results: int
    policies: int
    practices: int
    meetings: int
    facts: int


def countries(store: Store, lang: str) -> tuple[Row, ...]:
    """Return the countries in which something is stated to be done, in the order of their names."""
    stated = Stated(store, lang)
    held = things_by_country(stated)
    found = {country for kind in WORK for country in held[kind]}
    return tuple(_row(stated, each, held) for each in stated.in_order(found))


def things_by_country(stated: Stated) -> dict[str, dict[NamedNode, set[NamedNode]]]:
    """Return, by what is counted and by country, the things that are stated to concern it; found once in a snapshot."""
    if stated.memo is None:
        return _by_country(stated)
    if "by country" not in stated.memo:
        stated.memo["by country"] = _by_country(stated)
    known: dict[str, dict[NamedNode, set[NamedNode]]] = stated.memo["by country"]
    return known


def _by_country(stated: Stated) -> dict[str, dict[NamedNode, set[NamedNode]]]:
    found: dict[str, dict[NamedNode, set[NamedNode]]] = {}
    for kind, classes in COUNTED.items():
        held = found[kind] = defaultdict(set)
        for thing in stated.of(*classes):
            where = stated.where.of_fact if kind == "facts" else stated.where.countries
            for country in where(thing):
                held[country].add(thing)
    return found


def region_of(stated: Stated, country: NamedNode) -> Name | None:
    """Return the region of the world in which a country lies (M49)."""
    tops = {name(f"area:{code}") for code in _REGIONS}
    waiting, seen = [country], {country}
    while waiting:
        each = waiting.pop()
        if each in tops:
            return stated.name(each)
        above = set(stated.objects(each, "m4sd:locatedIn")) - seen
        waiting += above
        seen |= above
    return None


def _row(stated: Stated, country: NamedNode, held: dict[str, dict[NamedNode, set[NamedNode]]]) -> Row:
    counts = {kind: len(of.get(country, ())) for kind, of in held.items()}
    m49 = stated.text(country, "m4sd:m49Code")
    return Row(stated.name(country), stated.code(country), m49, region_of(stated, country), **counts)
