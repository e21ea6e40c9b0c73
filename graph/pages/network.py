"""Lay the triples of an answer out as a small picture: things that draw together what is linked, and keep apart."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, hypot, pi, sin
from typing import Final

from pyoxigraph import NamedNode, QueryTriples, Triple

from graph.names import short
from graph.query import Question, evaluate
from graph.results.table import Labels, in_words
from graph.store import Store

MOST_THINGS: Final = 40
MOST_TRIPLES: Final = 10_000  # read of an answer
ROUNDS: Final = 150
GRAVITY: Final = 0.9  # towards the middle, so that what is not linked does not fly away
WIDTH: Final = 960
HEIGHT: Final = 620
LETTERS: Final = 26  # of a name that are shown
_EDGE: Final = 70  # from the rim, for the words
_LETTER: Final = 7.0  # the width of one
_LINE: Final = 32  # between things of which one stands above the other


@dataclass(frozen=True, slots=True)
class Node:
    """Carry a thing and its place in the picture."""

    iri: str
    label: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Line:
    """Carry a link between two of the things, by their numbers, and what it says."""

    source: int
    target: int
    label: str


@dataclass(frozen=True, slots=True)
class Network:
    """Carry the picture: its things, its links, and how many things were left out."""

    nodes: tuple[Node, ...]
    lines: tuple[Line, ...]
    left_out: int


def network(store: Store, question: Question, lang: str) -> Network | None:
    """Return the links between things in an answer; those with most links where there are too many."""
    result, _ = evaluate(store, question)
    if not isinstance(result, QueryTriples):
        return None
    triples = dict.fromkeys(triple for triple, _ in zip(result, range(MOST_TRIPLES), strict=False))
    links = sorted(_links(triples), key=str)
    degree = Counter(end for source, _, target in links for end in (source, target))
    chosen = [thing for thing, _ in sorted(degree.items(), key=lambda each: (-each[1], each[0].value))[:MOST_THINGS]]
    number = {thing: place for place, thing in enumerate(chosen)}
    labels = Labels(store)
    lines = tuple(
        Line(number[source], number[target], _words(labels, link, lang))
        for source, link, target in links
        if source in number and target in number
    )
    words = [_words(labels, thing, lang) for thing in chosen]
    places = parted(laid_out(len(chosen), [(line.source, line.target) for line in lines]), words)
    nodes = (Node(thing.value, text, x, y) for thing, text, (x, y) in zip(chosen, words, places, strict=True))
    return Network(tuple(nodes), lines, len(degree) - len(chosen)) if lines else None


def laid_out(count: int, links: Sequence[tuple[int, int]]) -> list[tuple[float, float]]:
    """Return places for things so that linked ones are near and none hides another, the same each time.

    After Fruchterman and Reingold, Graph drawing by force-directed placement, 1991.
    """
    at = [(cos(2 * pi * n / max(count, 1)), sin(2 * pi * n / max(count, 1))) for n in range(count)]
    ideal = 2.2 / max(count, 1) ** 0.5
    for turn in range(ROUNDS):
        moves = [(0.0, 0.0)] * count
        for one in range(count):
            for other in range(one):
                x, y, far = _between(at[one], at[other])
                push = ideal * ideal / far / far
                moves[one] = moves[one][0] + x * push, moves[one][1] + y * push
                moves[other] = moves[other][0] - x * push, moves[other][1] - y * push
        for one, other in links:
            x, y, far = _between(at[one], at[other])
            pull = far / ideal
            moves[one] = moves[one][0] - x * pull, moves[one][1] - y * pull
            moves[other] = moves[other][0] + x * pull, moves[other][1] + y * pull
        moves = [(x - GRAVITY * at[n][0], y - GRAVITY * at[n][1]) for n, (x, y) in enumerate(moves)]
        heat = 0.2 * (1 - turn / ROUNDS)
        at = [_moved(place, move, heat) for place, move in zip(at, moves, strict=True)]
    return _framed(at)


def parted(at: Sequence[tuple[float, float]], words: Sequence[str]) -> list[tuple[float, float]]:
    """Return places moved up and down until no words lie on others, as far as the picture has room."""
    found = list(at)
    half = [min(len(text), LETTERS) * _LETTER / 2 + 4 for text in words]
    for _ in range(ROUNDS):
        close = [
            (one, other)
            for one in range(len(found))
            for other in range(one)
            if abs(found[one][0] - found[other][0]) < half[one] + half[other]
            and abs(found[one][1] - found[other][1]) < _LINE
        ]
        if not close:
            break
        for one, other in close:
            lower, upper = (one, other) if found[one][1] >= found[other][1] else (other, one)
            step = (_LINE - found[lower][1] + found[upper][1]) / 2 + 1
            found[lower] = found[lower][0], round(min(found[lower][1] + step, HEIGHT - _EDGE / 2))
            found[upper] = found[upper][0], round(max(found[upper][1] - step, _EDGE / 2))
    return found


def _between(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float, float]:
    x, y = one[0] - other[0], one[1] - other[1]
    return x, y, max(hypot(x, y), 0.01)


def _moved(place: tuple[float, float], move: tuple[float, float], heat: float) -> tuple[float, float]:
    far = max(hypot(*move), 0.0001)
    step = min(far, heat) / far
    return place[0] + move[0] * step, place[1] + move[1] * step


def _framed(at: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return places stretched to the picture."""
    if not at:
        return []
    left, right = min(x for x, _ in at), max(x for x, _ in at)
    top, bottom = min(y for _, y in at), max(y for _, y in at)
    across, down = max(right - left, 0.01), max(bottom - top, 0.01)
    return [
        (
            round(_EDGE * 1.5 + (x - left) / across * (WIDTH - 3 * _EDGE)),
            round(_EDGE / 2 + (y - top) / down * (HEIGHT - _EDGE)),
        )
        for x, y in at
    ]


def _links(triples: Iterable[Triple]) -> Iterable[tuple[NamedNode, NamedNode, NamedNode]]:
    for triple in triples:
        one, link, other = triple.subject, triple.predicate, triple.object
        if isinstance(one, NamedNode) and isinstance(other, NamedNode) and one != other:
            yield one, link, other


def _words(labels: Labels, thing: NamedNode, lang: str) -> str:
    return in_words(labels.of(thing), lang)[0] or short(thing.value)
