"""Open the index beside a snapshot, or make it where there is none, once for a store."""

import sqlite3
from array import array
from contextlib import suppress
from functools import cached_property, lru_cache
from pathlib import Path

from graph.search.index import FILE, VERSION, fill, index
from graph.search.sets import Numbers, numbers, read
from graph.store import Store


class Opened:
    """Hold an open index, and in memory what each question needs of it."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self.database = database
        self._in_order = lru_cache(maxsize=None)(self._read_order)
        self._places = lru_cache(maxsize=None)(self._read_places)
        self.counts: dict[str, tuple[tuple[str, int], ...]] = {}  # of everything, by facet

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

    def in_order(self, lang: str) -> "array[int]":
        """Return all things by kind and name."""
        return self._in_order(lang)

    def places(self, lang: str) -> "array[int]":
        """Return where each thing stands in that order, by its number."""
        return self._places(lang)

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


def _open(store: Store, path: Path) -> sqlite3.Connection:
    if not _is_ours(path):
        with suppress(OSError, sqlite3.OperationalError):  # a folder that nobody here may write to
            index(store, path)
    return _read(path) if _is_ours(path) else _made(store)


def _is_ours(path: Path) -> bool:
    if not path.is_file():
        return False
    try:
        return bool(_read(path).execute("PRAGMA user_version").fetchone()[0] == VERSION)
    except sqlite3.DatabaseError:  # a file of another kind, or half of one
        return False


def _read(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)


def _made(store: Store) -> sqlite3.Connection:
    database = sqlite3.connect(":memory:")
    fill(database, store)
    return database
