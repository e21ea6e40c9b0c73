"""Gather when things were: phases and initiatives as spans, meetings as moments."""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Final

from pyoxigraph import NamedNode

from graph.pages.naming import Name
from graph.pages.stated import Stated
from graph.store import Store

KINDS: Final = {
    "phase": ("m4sd:Programme", "m4sd:ProgrammePhase"),
    "meeting": ("m4sd:Meeting", "m4sd:BoardMeeting"),
    "initiative": ("m4sd:Initiative",),
}


@dataclass(frozen=True)
class Moment:
    """Show when a thing was, as stated, and the same as decimal years for the picture; none where nothing is stated."""

    kind: str
    thing: Name
    begin: str
    end: str
    start: float | None
    stop: float | None
    countries: tuple[tuple[Name, str], ...]
    part_of: tuple[Name, ...]


@dataclass(frozen=True)
class Timeline:
    """Hold what is dated, in order, what is not, and the first and the last year."""

    dated: tuple[Moment, ...]
    undated: tuple[Moment, ...]
    first: int
    last: int


def timeline(store: Store, lang: str) -> Timeline:
    """Return programmes, phases, initiatives and meetings in time."""
    stated = Stated(store, lang)
    found = [_moment(stated, thing, kind) for kind, classes in KINDS.items() for thing in stated.of(*classes)]
    dated = [each for each in found if each.start is not None or each.stop is not None]
    dated.sort(key=lambda each: (each.start or each.stop or 0, each.thing.text))
    years = [year for each in dated for year in _years(each)]
    undated = sorted((each for each in found if each not in dated), key=lambda each: each.thing.text)
    first, last = (min(years), max(years)) if years else (0, 0)
    return Timeline(tuple(dated), tuple(undated), first, last)


def decimal(stated: str, end: bool) -> float | None:
    """Return a year, a month or a day as a decimal year: where it begins, or where it ends."""
    year, month, day = ([*(int(part) for part in stated.split("-")[:3] if part.isdecimal()), 0, 0, 0])[:3]
    if not 1000 <= year <= 9998:
        return None
    if not month:
        return year + (1 if end else 0)
    last = calendar.monthrange(year, month)[1] if 1 <= month <= 12 else 0
    if not last or day > last:
        return None
    moment = date(year, month, day or (last if end else 1))
    return year + (moment.timetuple().tm_yday - (0 if end else 1)) / (366 if calendar.isleap(year) else 365)


def _years(moment: Moment) -> Iterator[int]:
    """Yield the years in which a moment begins and ends: the end of 2026, as a decimal 2027.0, is in 2026 still."""
    if moment.start is not None:
        yield int(moment.start)
    if moment.stop is not None:
        yield ceil(moment.stop) - 1


def _moment(stated: Stated, thing: NamedNode, kind: str) -> Moment:
    begin, end = stated.moments(thing)
    countries = stated.in_order(stated.where.countries(thing))
    return Moment(
        kind,
        stated.name(thing),
        begin,
        end,
        decimal(begin, end=False) if begin else None,
        decimal(end, end=True) if end else decimal(begin, end=True) if kind == "meeting" and begin else None,
        tuple((stated.name(each), stated.code(each)) for each in countries),
        stated.names(stated.objects(thing, "m4sd:phaseOf", "m4sd:partOf", "m4sd:meetingOf")),
    )
