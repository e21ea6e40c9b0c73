"""Renew an index after a change, by as much as the change reaches: the numbers of all other things stay as they are."""

import shutil
import sqlite3
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from graph.search.gather import Gatherer
from graph.search.index import LANGUAGES, PLACES_OF_KINDS, beside, index, insert, is_ours, read
from graph.search.reach import Touched, reached
from graph.store import Store

_WORTH: Final = 0.3  # the part of all things above which all of them are looked at: one is cheaper among many
_TABLES: Final = (("thing", "id"), ("words", "rowid"), ("label", "thing"), ("name", "thing"), ("facet", "thing"))
_KEY: Final = "SELECT kind, sort, iri FROM thing JOIN label ON label.thing = id WHERE id = ? AND lang = ?"
Value = tuple[str, str]  # a facet and the key of one of its values


class _Changes:
    """Collect what a renewal takes out of the lists of numbers, and what it adds to them."""

    def __init__(self) -> None:
        self.gone: set[int] = set()
        self.come: set[int] = set()
        self.left: defaultdict[Value, set[int]] = defaultdict(set)
        self.joined: defaultdict[Value, set[int]] = defaultdict(set)


def update(path: Path, store: Store, touched: Touched) -> None:
    """Renew the index after a change of the store.

    The file is replaced, never written to: an older snapshot may share it.
    """
    most = _WORTH * _size(path) if is_ours(path) else -1
    found = reached(store, touched) if len(touched.things) <= most else []
    if len(found) > most or len(touched.things) > most:
        index(store, path)
        return
    fresh = beside(path)
    shutil.copyfile(path, fresh)
    with closing(sqlite3.connect(fresh)) as database:
        database.execute("PRAGMA journal_mode = OFF")  # should this be cut short, nobody takes up the file
        database.execute("PRAGMA synchronous = OFF")
        _renew(database, Gatherer(store), found)
        database.commit()
    fresh.replace(path)


def _size(path: Path) -> int:
    with closing(read(path)) as database:
        return int(database.execute("SELECT count(*) FROM thing").fetchone()[0])


def _renew(database: sqlite3.Connection, gatherer: Gatherer, iris: Iterable[str]) -> None:
    changes = _Changes()
    for iri in iris:
        known = database.execute("SELECT id FROM thing WHERE iri = ?", (iri,)).fetchone()
        if known:
            _delete(database, known[0], changes)
        entry = gatherer.entry(iri)
        if entry:
            free = "SELECT coalesce(max(id), 0) + 1 FROM thing"
            number = known[0] if known else database.execute(free).fetchone()[0]
            insert(database, number, entry)
            changes.come.add(number)
            for facet, key, _ in entry.facets:
                changes.joined[facet, key].add(number)
    _count(database, changes)
    for lang in LANGUAGES:
        _list(database, lang, changes)


def _delete(database: sqlite3.Connection, number: int, changes: _Changes) -> None:
    """Take a thing out."""
    for facet, key in database.execute("SELECT name, value FROM facet WHERE thing = ?", (number,)):
        changes.left[facet, key].add(number)
    for table, column in _TABLES:
        database.execute(f"DELETE FROM {table} WHERE {column} = ?", (number,))  # noqa: S608 - names of ours
    changes.gone.add(number)


def _count(database: sqlite3.Connection, changes: _Changes) -> None:
    """Write down which things stand under the values that lost or won some; a value of nothing goes."""
    for value in sorted({*changes.left, *changes.joined}):
        left, joined = changes.left[value], changes.joined[value]
        if left == joined:
            continue
        (held,) = database.execute("SELECT ids FROM value WHERE name = ? AND value = ?", value).fetchone()
        ids = array("I", held or b"")
        for number in left - joined:
            ids.pop(bisect_left(ids, number))
        for number in joined - left:
            ids.insert(bisect_left(ids, number), number)
        if ids:
            database.execute("UPDATE value SET ids = ? WHERE name = ? AND value = ?", (ids.tobytes(), *value))
        else:
            database.execute("DELETE FROM value WHERE name = ? AND value = ?", value)


def _list(database: sqlite3.Connection, lang: str, changes: _Changes) -> None:
    """Write down all things in the order of a list: what is new is put in its place among the others."""
    (held,) = database.execute("SELECT ids FROM listing WHERE lang = ?", (lang,)).fetchone()
    listed = array("I", held)
    kept = array("I", (each for each in listed if each not in changes.gone)) if changes.gone else listed
    order = _Order(database, lang)
    new = sorted(changes.come, key=order)
    places = [bisect_left(kept, order(each), key=order) for each in new]
    ids = array("I", _merged(kept, new, places)).tobytes()
    database.execute("UPDATE listing SET ids = ? WHERE lang = ?", (ids, lang))


def _merged(kept: "array[int]", new: list[int], places: list[int]) -> Iterator[int]:
    """Yield numbers in order, each new one before the one at its place."""
    begin = 0
    for number, place in zip(new, places, strict=True):
        yield from kept[begin:place]
        yield number
        begin = place
    yield from kept[begin:]


class _Order:
    """Tell by what a thing is sorted in the list of a language."""

    def __init__(self, database: sqlite3.Connection, lang: str) -> None:
        self._database, self._lang = database, lang

    def __call__(self, number: int) -> tuple[int, str, str]:
        kind, sort, iri = self._database.execute(_KEY, (number, self._lang)).fetchone()
        return PLACES_OF_KINDS[kind], sort, iri
