"""Open the index beside a snapshot, or make it where there is none, once for a store."""

import sqlite3
from array import array
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from graph.search.index import FILE, fill, index, is_ours
from graph.search.index import read as connected
from graph.search.kinds import ORDER
from graph.search.sets import Numbers, numbers, read
from graph.store import Store, current, open_snapshot


@dataclass(frozen=True)
class Named:
    """Call a value of a facet by words of a language; `sort` is what it is sorted by."""

    text: str
    spoken: str
    iri: str
    sort: str


class Opened:
    """Hold an open index, and in memory what each question needs of it."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self.database = database
        self.in_order = lru_cache(maxsize=None)(self._read_order)
        self.places = lru_cache(maxsize=None)(self._read_places)
        self.values = lru_cache(maxsize=None)(self._read_values)
        self.named = lru_cache(maxsize=None)(self._read_names)

    @cached_property
    def end(self) -> int:
        """Return a number above that of every thing."""
        return int(self.database.execute("SELECT coalesce(max(id), 0) + 1 FROM thing").fetchone()[0])

    @cached_property
    def everything(self) -> Numbers:
        """Return all things."""
        return numbers(self.in_order("en"), self.end)

    @cached_property
    def facets(self) -> dict[str, dict[str, Numbers]]:
        """Return the things of each facet, by value."""
        found: dict[str, dict[str, Numbers]] = {}
        for name, value, ids in self.database.execute("SELECT name, value, ids FROM value"):
            found.setdefault(name, {})[value] = read(ids, self.end)
        return found

    @cached_property
    def words(self) -> list[str]:
        """Return all words of the index that are worth a guess."""
        asked = self.database.execute
        asked("CREATE VIRTUAL TABLE IF NOT EXISTS temp.known USING fts5vocab('main', 'words', 'row')")
        return [term for (term,) in asked("SELECT term FROM temp.known WHERE length(term) > 2")]

    @cached_property
    def counts(self) -> dict[str, dict[str, int]]:
        """Return how many of all things stand under each value of each facet."""
        return {facet: {value: len(held) for value, held in of.items()} for facet, of in self.facets.items()}

    @cached_property
    def starts(self) -> dict[str, int]:
        """Return the place in a list at which each kind begins."""
        found, place = {}, 0
        for kind in ORDER:
            found[kind] = place
            place += self.counts.get("kind", {}).get(kind, 0)
        return found

    def _read_values(self, facet: str) -> list[tuple[str, ...]]:
        """Return the values of a facet under which each thing stands, by its number."""
        found: list[tuple[str, ...]] = [()] * self.end
        for value, held in self.facets.get(facet, {}).items():
            for number in held.ids:
                found[number] += (value,)
        return found

    def _read_names(self, facet: str, lang: str) -> dict[str, Named]:
        rows = self.database.execute(
            "SELECT value, text, spoken, value.iri, sort FROM value LEFT JOIN thing ON thing.iri = value.iri"
            " LEFT JOIN label ON label.thing = thing.id AND label.lang = ? WHERE name = ?",
            (lang, facet),
        )
        return {value: Named(text or "", spoken or "", iri, sort or value) for value, text, spoken, iri, sort in rows}

    def _read_order(self, lang: str) -> "array[int]":
        row = self.database.execute("SELECT ids FROM listing WHERE lang = ?", (lang,)).fetchone()
        return array("I", row[0] if row else b"")

    def _read_places(self, lang: str) -> "array[int]":
        found = array("I", bytes(4 * self.end))
        for place, number in enumerate(self._read_order(lang)):
            found[number] = place
        return found


def opened(store: Store, folder: str) -> Opened:
    """Return the index of a snapshot, kept with its store; made now where it lacks or is of an older form."""
    if store.memo is None:
        return Opened(_made(store))
    known = store.memo.get(("search", folder))
    if known is None:
        known = store.memo[("search", folder)] = Opened(_open(store, Path(folder) / FILE))
    assert isinstance(known, Opened)
    return known


def prepare(folder: Path) -> None:
    """Make the index of the newest snapshot of a folder where it lacks or is of an older form, before it is served."""
    snapshot = current(folder)
    if not is_ours(snapshot / FILE):
        with suppress(OSError, sqlite3.OperationalError):  # a folder that nobody here may write to
            index(open_snapshot(snapshot), snapshot / FILE)


def _open(store: Store, path: Path) -> sqlite3.Connection:
    if not is_ours(path) and path.parent.name.isdecimal():  # a snapshot; to a release nobody adds anything
        with suppress(OSError, sqlite3.OperationalError):  # a folder that nobody here may write to
            index(store, path)
    return connected(path) if is_ours(path) else _made(store)


def _made(store: Store) -> sqlite3.Connection:
    database = sqlite3.connect(":memory:")
    fill(database, store)
    return database
