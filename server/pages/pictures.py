"""Draw what a page shows as plain numbers for SVG: circles on the map, flows between actors, spans of time."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from math import sqrt
from typing import Any, Final

from graph.pages.countries import Row
from graph.pages.funding import Line
from graph.pages.naming import Name
from graph.pages.timeline import Moment, Timeline
from server.http.built import FOLDER

SMALLEST: Final = 5.0  # radius of a circle on the map
STEP: Final = 22.0  # height of a line of text in a picture
WIDTH: Final = 960.0
GAP: Final = 8.0


@dataclass(frozen=True)
class Circle:
    """Place a country on the map."""

    row: Row
    x: float
    y: float
    radius: float


@dataclass(frozen=True)
class Node:
    """Place a name in a column of the flows, with the height that its links take."""

    name: Name
    y: float
    height: float
    count: int


@dataclass(frozen=True)
class Link:
    """Join two nodes by a band: from and to, and how wide it is."""

    start: float
    stop: float
    width: float
    side: str
    title: str


@dataclass(frozen=True)
class Flows:
    """Hold a picture of who funds what and who carries it out."""

    funders: tuple[Node, ...]
    things: tuple[Node, ...]
    doers: tuple[Node, ...]
    links: tuple[Link, ...]
    height: float


@dataclass(frozen=True)
class Span:
    """Place one thing in time: from and to, on its line; `open` where its beginning or its end is not stated."""

    moment: Moment
    x: float
    width: float
    y: float
    open: str


@dataclass(frozen=True)
class Spans:
    """Hold a picture of time, with the years at its top."""

    spans: tuple[Span, ...]
    years: tuple[tuple[int, float], ...]
    height: float


@cache
def world() -> dict[str, Any]:
    """Return the size of the map and the places of countries on it, by their codes of three digits (M49)."""
    found: dict[str, Any] = json.loads((FOLDER / "world.json").read_text(encoding="utf-8"))
    return found


def window(places: Sequence[tuple[float, float]]) -> tuple[float, float, float, float]:
    """Return the part of the map, as left, top, width and height, in which places lie with something around them."""
    if not places:
        return 0, 30, 960, 400
    left, right = min(x for x, _ in places) - 90, max(x for x, _ in places) + 90
    top, bottom = min(y for _, y in places) - 60, max(y for _, y in places) + 60
    width = min(max(right - left, 1.5 * (bottom - top)), 960)
    height = width / 1.5
    x = min(max((left + right - width) / 2, 0), 960 - width)
    return round(x, 1), round((top + bottom - height) / 2, 1), round(width, 1), round(height, 1)


def circles(rows: Iterable[Row]) -> list[Circle]:
    """Return a circle for each country that the map has, the larger ones below the smaller; its area is the count."""
    places = world()["countries"]
    found = [
        Circle(row, places[row.m49][0], places[row.m49][1], round(SMALLEST + 4 * sqrt(row.initiatives), 1))
        for row in rows
        if row.m49 in places
    ]
    return sorted(found, key=lambda circle: -circle.radius)


def flows(lines: Sequence[Line]) -> Flows:
    """Return the picture of what somebody funds and somebody carries out; each band is one statement, not money."""
    known = [line for line in lines if line.funders or line.doers]
    funders = _column(_counted(name for line in known for name in line.funders))
    drawn = _untangled(known, [node.name for node in funders])
    things = _column([(line.thing, max(len(line.funders), len(line.doers), 1)) for line in drawn])
    doers = _column(_counted(name for line in drawn for name in line.doers))
    height = max(_end(column) for column in (funders, things, doers))
    funders, doers = (_centred(column, height) for column in (funders, doers))
    links = [*_links(drawn, funders, things, "left"), *_links(drawn, doers, things, "right")]
    return Flows(tuple(funders), tuple(things), tuple(doers), tuple(links), height)


def spans(line: Timeline, kinds: Sequence[str]) -> Spans:
    """Return the picture of time for some kinds of things."""
    last = line.last + 1
    scale = WIDTH / max(last - line.first, 1)
    found: list[Span] = []
    for moment in (each for each in line.dated if each.kind in kinds):
        start = moment.start if moment.start is not None else (moment.stop or 0) - 0.5
        stop = moment.stop if moment.stop is not None else start + 0.5
        left = "start" if moment.start is None else "stop" if moment.stop is None else ""
        x, width = (start - line.first) * scale, max((stop - start) * scale, 6)
        found.append(Span(moment, round(x, 1), round(width, 1), STEP * (len(found) + 1.6), left))
    years = tuple((year, round((year - line.first) * scale, 1)) for year in range(line.first, last + 1))
    return Spans(tuple(found), years, STEP * (len(found) + 2))


def _untangled(lines: Sequence[Line], funders: Sequence[Name]) -> list[Line]:
    """Return lines in an order in which few bands cross: by their funders, then as they came; wholes stay first."""
    wholes = [line for line in lines if not line.kind.startswith("Initiative")]
    parts = [line for line in lines if line.kind.startswith("Initiative")]
    places = {name: place for place, name in enumerate(funders)}
    return wholes + sorted(
        parts,
        key=lambda line: (
            (sum(places[name] for name in line.funders) / len(line.funders)) if line.funders else len(places)
        ),
    )


def _counted(names: Iterable[Name]) -> list[tuple[Name, int]]:
    counts: dict[Name, int] = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    return sorted(counts.items(), key=lambda each: (-each[1], each[0].text))


def _column(counted: Iterable[tuple[Name, int]]) -> list[Node]:
    nodes, y = [], 0.0
    for name, count in counted:
        height = max(count * GAP, STEP)
        nodes.append(Node(name, y, height, count))
        y += height + GAP
    return nodes


def _end(nodes: Sequence[Node]) -> float:
    return nodes[-1].y + nodes[-1].height if nodes else 0.0


def _centred(nodes: Sequence[Node], height: float) -> list[Node]:
    """Return a column spread over the height."""
    free = (height - sum(node.height for node in nodes)) / max(len(nodes), 1)
    found, y = [], free / 2
    for node in nodes:
        found.append(Node(node.name, round(y, 1), node.height, node.count))
        y += node.height + free
    return found


def _links(lines: Sequence[Line], actors: Sequence[Node], things: Sequence[Node], side: str) -> Iterable[Link]:
    """Yield the bands of one side; those of a node lie below each other in the order of the other column."""
    of_actor = {node.name: node for node in actors}
    used: dict[Name, int] = {}
    for thing, line in zip(things, lines, strict=True):
        names = line.funders if side == "left" else line.doers
        ordered = sorted(names, key=lambda name: of_actor[name].y)
        for place, name in enumerate(ordered):
            actor = of_actor[name]
            lane, used[name] = used.get(name, 0), used.get(name, 0) + 1
            outer = actor.y + actor.height * (lane + 0.5) / actor.count
            inner = thing.y + thing.height * (place + 0.5) / len(ordered)
            title = f"{name.text} – {line.thing.text}"
            yield Link(round(outer, 1), round(inner, 1), GAP - 2, side, title)
