"""Find things by words and by facets: exact names and codes first, then what fits best, and counts that are right."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from graph.search.folded import fold, match, phrases
from graph.search.gather import FACETS
from graph.search.kinds import ORDER
from graph.search.opened import Opened
from graph.search.sets import Numbers, numbers

LONGEST_NAME: Final = 2000  # characters of a name that is asked for exactly
FEW: Final = 2000  # hits, above which they come in the order of a list and not by how well they fit
# A name weighs 8, a code 10, another name 5, a text 1.
_FITTING: Final = "SELECT rowid FROM words WHERE words MATCH ? ORDER BY bm25(words, 8.0, 10.0, 5.0, 1.0)"


@dataclass(frozen=True)
class Asked:
    """Say what is looked for: words, and for each facet the values of which one must fit."""

    words: str = ""
    chosen: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def of(self, facet: str) -> tuple[str, ...]:
        """Return the chosen values of a facet."""
        return dict(self.chosen).get(facet, ())


@dataclass(frozen=True)
class Hit:
    """Show one thing: its name with the language that it is in, its code, a few words on it, the name that fitted."""

    iri: str
    kind: str
    name: str
    spoken: str
    code: str
    note: str = ""
    note_spoken: str = ""
    matched: str = ""


@dataclass(frozen=True)
class Counted:
    """Count the things of one value of a facet, named in a language."""

    value: str
    count: int
    name: str = ""
    spoken: str = ""
    iri: str = ""
    chosen: bool = False


@dataclass(frozen=True)
class Found:
    """Hold what was found: everything, in order, and of it the things named exactly."""

    ids: tuple[int, ...]
    all: Numbers
    exact: frozenset[int]
    pieces: tuple[str, ...]
    rest: Mapping[str, Numbers]  # by facet, what fits all that the others ask


def find(index: Opened, asked: Asked, lang: str) -> Found:
    """Return all that fits, in order, and what fits without regard to each facet."""
    pieces = phrases(asked.words)
    exact, ranked = _ranked(index, asked.words, pieces, lang) if asked.words.strip() else ([], None)
    worded = index.everything if ranked is None else numbers(ranked, index.end)
    limits = {facet: _fitting(index, facet, values) for facet, values in asked.chosen if values}
    rest = {facet: _all(worded, (s for name, s in limits.items() if name != facet)) for facet in FACETS}
    fitting = _all(worded, limits.values())
    if ranked is None and not limits:
        ids = tuple(index.in_order(lang))
    elif ranked is None or len(ranked) > FEW:
        ids = tuple(sorted(fitting.ids - {*exact}, key=index.places(lang).__getitem__))
        ids = (*(number for number in exact if number in fitting), *ids)
    else:
        ids = tuple(number for number in ranked if number in fitting)
    return Found(ids, fitting, frozenset(exact), pieces, rest)


def count(index: Opened, found: Found, asked: Asked, facet: str, lang: str) -> tuple[Counted, ...]:
    """Return how many things each value of a facet would leave, the largest first; chosen values always stand there."""
    chosen, within = set(asked.of(facet)), found.rest[facet]
    if len(within) == len(index.everything):
        if facet not in index.counts:
            index.counts[facet] = tuple((v, len(s)) for v, s in index.facets.get(facet, {}).items())
        counts = dict(index.counts[facet])
    else:
        counts = {value: within.common(held) for value, held in index.facets.get(facet, {}).items()}
    kept = [(value, number) for value, number in counts.items() if number or value in chosen]
    kept += [(value, 0) for value in chosen - set(counts)]
    named = _values(index, facet, lang)
    told = [Counted(value, number, *named.get(value, ("", "", "")), value in chosen) for value, number in kept]
    return tuple(sorted(told, key=lambda each: (-each.count, fold(each.name or each.value), each.value)))


def shown(index: Opened, ids: Iterable[int], lang: str, pieces: tuple[str, ...] = ()) -> tuple[Hit, ...]:
    """Return things as they are shown."""
    return tuple(_hit(index.database, number, lang, pieces) for number in ids)


def by_kind(index: Opened, found: Found, most: int) -> dict[str, tuple[int, ...]]:
    """Return the first few of what was found of each kind: that of the thing which was named exactly, then in order."""
    held = index.facets.get("kind", {})
    kinds = [kind for kind in ORDER if kind in held]
    groups: dict[str, list[int]] = {kind: [] for kind in kinds}
    waiting = {kind: min(most, held[kind].common(found.all)) for kind in kinds}
    for number in found.ids:
        if not any(waiting.values()):
            break
        kind = next((each for each in kinds if waiting[each] and number in held[each]), "")
        if kind:
            groups[kind].append(number)
            waiting[kind] -= 1
    first = [kind for kind in kinds if found.exact & set(groups[kind])]
    return {kind: tuple(groups[kind]) for kind in (*first, *kinds) if groups[kind]}


def _ranked(index: Opened, words: str, pieces: tuple[str, ...], lang: str) -> tuple[list[int], list[int]]:
    """Return the things of exactly this name or code, and all that fits, these first."""
    if not pieces:
        return [], []
    asked, query = index.database.execute, match(pieces)
    key = fold(words[:LONGEST_NAME])
    exact = list({row[0]: 0 for row in asked("SELECT thing FROM name WHERE key = ? ORDER BY weight", (key,))})
    exact.sort(key=index.places(lang).__getitem__)
    limit = "SELECT count(*) FROM (SELECT 1 FROM words WHERE words MATCH ? LIMIT ?)"
    many = asked(limit, (query, FEW + 1)).fetchone()[0] > FEW
    rest = asked("SELECT rowid FROM words WHERE words MATCH ?" if many else _FITTING, (query,))
    return exact, list(dict.fromkeys((*exact, *(row[0] for row in rest))))


def _fitting(index: Opened, facet: str, values: Iterable[str]) -> Numbers:
    held = index.facets.get(facet, {})
    found = numbers((), index.end)
    for value in values:
        found = found | held.get(value, numbers((), index.end))
    return found


def _all(first: Numbers, others: Iterable[Numbers]) -> Numbers:
    for other in others:
        first = first & other
    return first


def _values(index: Opened, facet: str, lang: str) -> dict[str, tuple[str, str, str]]:
    rows = index.database.execute(
        "SELECT value, text, spoken, value.iri FROM value JOIN thing ON thing.iri = value.iri"
        " JOIN label ON label.thing = thing.id AND label.lang = ? WHERE name = ?",
        (lang, facet),
    )
    return {value: (text, spoken, iri) for value, text, spoken, iri in rows}


def _hit(database: sqlite3.Connection, number: int, lang: str, pieces: tuple[str, ...]) -> Hit:
    row: tuple[str, str, str, str, str, str, str] = database.execute(
        "SELECT iri, kind, text, spoken, code, note, note_spoken FROM thing JOIN label ON label.thing = thing.id"
        " WHERE thing.id = ? AND lang = ?",
        (number, lang),
    ).fetchone()
    known = fold(f"{row[2]} {row[4]}")
    missing = [piece for piece in pieces if piece not in known]
    return Hit(*row, matched=_matched(database, number, missing) if missing else "")


def _matched(database: sqlite3.Connection, number: int, missing: list[str]) -> str:
    """Return the other name of a thing that holds the words which its first name lacks."""
    names: Iterator[tuple[str, str]] = database.execute(
        "SELECT key, text FROM name WHERE thing = ? ORDER BY weight, lang", (number,)
    )
    return next((text for key, text in names if all(piece in key for piece in missing)), "")
