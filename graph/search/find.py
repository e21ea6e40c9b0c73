"""Find things by words and by facets: exact names and codes first, then what fits best, and counts that are right."""

import sqlite3
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import nsmallest
from itertools import chain, islice
from typing import Final

from graph.search.folded import fold, match, phrases
from graph.search.gather import FACETS
from graph.search.kinds import ORDER
from graph.search.opened import Named, Opened
from graph.search.sets import Numbers, numbers

LONGEST_NAME: Final = 2000  # characters of a name that is asked for exactly
READ: Final = 400  # names that begin so, of which the best are taken
MANY: Final = 500  # values of a facet
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
    lang: str
    rest: Mapping[str, Numbers]  # by facet, what fits all that the others ask


def find(index: Opened, asked: Asked, lang: str) -> Found:
    """Return all that fits, in order, and what fits without regard to each facet."""
    pieces = phrases(asked.words)
    exact, ranked, fits = _fitting_words(index, asked.words, pieces, lang)
    worded = index.everything if fits is None else numbers(fits, index.end)
    limits = {facet: _fitting(index, facet, values) for facet, values in asked.chosen if values}
    rest = {facet: _all(worded, (s for name, s in limits.items() if name != facet)) for facet in FACETS}
    fitting = _all(worded, limits.values())
    ids: tuple[int, ...]
    if ranked is None:
        listed = index.in_order(lang)
        first = [number for number in exact if number in fitting]
        others = fitting.ids - {*first} if first else fitting.ids
        ids = (*first, *(listed if len(others) == len(listed) else filter(others.__contains__, listed)))
    else:
        ids = tuple(filter(fitting.ids.__contains__, ranked))
    return Found(ids, fitting, frozenset(exact), pieces, lang, rest)


def count(index: Opened, found: Found, asked: Asked, facet: str, lang: str, most: int = 0) -> tuple[Counted, ...]:
    """Return how many things each value of a facet would leave, the largest first; chosen values always stand there.

    `most` bounds the values, if it is not 0.
    """
    chosen, within = set(asked.of(facet)), found.rest[facet]
    all_of_it = len(within) == len(index.everything)
    counts: Mapping[str, int] = index.counts.get(facet, {}) if all_of_it else _shared(index, facet, within)
    named = index.named(facet, lang)
    least = max(sorted(counts.values(), reverse=True)[most - 1], 1) if 0 < most < len(counts) else 1
    kept = [(-number, named[value].sort, value) for value, number in counts.items() if number >= least]
    kept = [each for each in kept if each[2] not in chosen]
    first = sorted((-counts.get(value, 0), named[value].sort if value in named else value, value) for value in chosen)
    kept = nsmallest(most, kept) if most else kept
    return tuple(_counted(named.get(value), value, -less, chosen) for less, _, value in sorted((*first, *kept)))


def _shared(index: Opened, facet: str, within: Numbers) -> Mapping[str, int]:
    """Return how many of some things stand under each value: by value, or by thing where values are many."""
    held = index.facets.get(facet, {})
    if len(held) > MANY:
        return Counter(chain.from_iterable(map(index.values(facet).__getitem__, within.ids)))
    return {value: within.common(of) for value, of in held.items()}


def _counted(named: Named | None, value: str, number: int, chosen: set[str]) -> Counted:
    words = (named.text, named.spoken, named.iri) if named else ("", "", "")
    return Counted(value, number, *words, value in chosen)


def shown(index: Opened, ids: Iterable[int], lang: str, pieces: tuple[str, ...] = ()) -> tuple[Hit, ...]:
    """Return things as they are shown."""
    return tuple(_hit(index.database, number, lang, pieces) for number in ids)


def by_kind(index: Opened, found: Found, most: int) -> dict[str, tuple[int, ...]]:
    """Return the first few of what was found of each kind: that of the thing which was named exactly, then in order."""
    held = index.facets.get("kind", {})
    kinds = [kind for kind in ORDER if kind in held]
    groups = {
        kind: tuple(islice(filter(held[kind].__contains__, _near(index, found, kind, most)), most)) for kind in kinds
    }
    first = [kind for kind in kinds if found.exact & set(groups[kind])]
    return {kind: groups[kind] for kind in (*first, *kinds) if groups[kind]}


def _near(index: Opened, found: Found, kind: str, most: int) -> tuple[int, ...]:
    """Return those among which the first of a kind are: a long list has each kind together, after what is exact."""
    if len(found.ids) <= FEW + READ:
        return found.ids
    exact = len(found.exact & found.all.ids)
    start = bisect_left(found.ids, index.starts[kind], lo=exact, key=index.places(found.lang).__getitem__)
    return (*found.ids[:exact], *found.ids[start : start + most])


def _fitting_words(
    index: Opened, words: str, pieces: tuple[str, ...], lang: str
) -> tuple[list[int], list[int] | None, frozenset[int] | None]:
    """Return the things of exactly this name or code, all that fits by how well it does, and all that fits as a set.

    There is no order where too many fit, and no set where everything does.
    """
    if not words.strip():
        return [], None, None
    if not pieces:
        return [], [], frozenset()
    asked, query = index.database.execute, match(pieces)
    key = fold(words[:LONGEST_NAME])
    exact = list({row[0]: 0 for row in asked("SELECT thing FROM name WHERE key = ? ORDER BY weight", (key,))})
    exact.sort(key=index.places(lang).__getitem__)
    limit = "SELECT count(*) FROM (SELECT 1 FROM words WHERE words MATCH ? LIMIT ?)"
    if asked(limit, (query, FEW + 1)).fetchone()[0] > FEW:
        rows = asked("SELECT rowid FROM words WHERE words MATCH ?", (query,))
        return exact, None, frozenset(chain(exact, chain.from_iterable(rows)))
    ordered = chain(exact, beginning(index, key), chain.from_iterable(asked(_FITTING, (query,))))
    ranked = list(dict.fromkeys(ordered))
    return exact, ranked, frozenset(ranked)


def beginning(index: Opened, key: str) -> Iterator[int]:
    """Yield the things of which a name begins so, those with the shortest rest first."""
    sql = (
        "SELECT thing FROM (SELECT thing, length(key) AS size, weight FROM name WHERE key >= ? AND key < ? LIMIT ?)"
        " ORDER BY size, weight, thing"
    )
    for (number,) in index.database.execute(sql, (key, key + "\U0010ffff", READ)):
        yield number


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
