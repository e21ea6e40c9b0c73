"""Make lists of what the pages on money and on time show: all of it, or what stands behind one number."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from graph.errors import Said, said
from graph.pages.funding import Line
from graph.pages.naming import Name
from graph.pages.timeline import KINDS, Moment, Timeline

ROLES: Final = ("funder", "doer")
Table = tuple[tuple[str, ...], ...]
MONEY: Final[tuple[Said, ...]] = (
    said("IRI"), said("name"), said("kind"), said("funders"), said("carried out by"), said("sums as stated"),
)  # fmt: skip
TIMES: Final[tuple[Said, ...]] = (
    said("IRI"), said("name"), said("kind"), said("begins"), said("ends"), said("countries"), said("part of"),
)  # fmt: skip


def of_actor(lines: Iterable[Line], funder: str = "", doer: str = "") -> tuple[Line, ...]:
    """Return what an actor funds, or carries out; all where none is named."""
    return tuple(
        line
        for line in lines
        if (not funder or funder in {each.iri for each in line.funders})
        and (not doer or doer in {each.iri for each in line.doers})
    )


def money(lines: Iterable[Line]) -> Table:
    """Return one row for each programme, phase or initiative, with the sums as they are stated."""
    return tuple(
        (
            line.thing.iri,
            line.thing.text,
            line.kind,
            _named(line.funders),
            _named(line.doers),
            "; ".join(" ".join(filter(None, (each.bound, each.amount, each.currency))) for each in line.sums),
        )
        for line in lines
    )


def times(found: Timeline) -> Table:
    """Return one row for each thing, what is dated before what is not."""
    return tuple(
        (each.thing.iri, each.thing.text, each.kind, each.begin, each.end, _codes(each), _named(each.part_of))
        for each in (*found.dated, *found.undated)
    )


def narrowed(found: Timeline, kind: str, year: str) -> Timeline:
    """Return what is of one kind, and what was within one year; all where neither is named."""
    dated, undated = found.dated, found.undated
    if kind in KINDS:
        dated, undated = (tuple(each for each in part if each.kind == kind) for part in (dated, undated))
    if year.isascii() and year.isdecimal() and len(year) == 4:
        dated, undated = tuple(each for each in dated if _within(each, int(year))), ()
    return replace(found, dated=dated, undated=undated)


def years(found: Timeline) -> tuple[tuple[int, tuple[tuple[str, int], ...]], ...]:
    """Return how many things of each kind were within each year."""
    return tuple(
        (year, tuple((kind, sum(each.kind == kind and _within(each, year) for each in found.dated)) for kind in KINDS))
        for year in range(found.first, found.last + 1)
    )


def _within(moment: Moment, year: int) -> bool:
    """Return whether a thing was within a year; one of which only one end is stated was then."""
    start = moment.start if moment.start is not None else moment.stop
    stop = moment.stop if moment.stop is not None else moment.start
    if start is None or stop is None:
        return False
    return start < year + 1 and (stop > year or start == stop == year)


def _named(names: Iterable[Name]) -> str:
    return "; ".join(each.text for each in names)


def _codes(moment: Moment) -> str:
    return "; ".join(code for _, code in moment.countries)
