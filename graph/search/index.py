"""Make and renew the index of a snapshot: one file, SQLite with FTS5, that can be thrown away at any time."""

import os
import shutil
import sqlite3
from array import array
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from time import time
from typing import Final

from pyoxigraph import NamedNode

from graph.names import ASSERTED, name
from graph.search.folded import fold
from graph.search.gather import Entry, Gatherer, Name, things
from graph.search.kinds import ORDER
from graph.store import Store

FILE: Final = "search.db"
VERSION: Final = 3
ABANDONED: Final = 600  # seconds after which a half-written file is nobody's
LANGUAGES: Final = ("en", "fr")
_SCHEMA: Final = Path(__file__).with_name("schema.sql")
_HOLDING: Final = tuple(
    name(f"m4sd:{each}") for each in ("qualifiedParticipation", "claimsContribution", "hasFinancialFlow", "about")
)
# What stands above other things, or says what they are: a change of one may move many.
_WIDE: Final = {"country", "place", "goal", "target", "indicator", "concept", "term"}


def index(store: Store, path: Path) -> None:
    """Write the index of a store to a file; one that is there is replaced once the new one is whole."""
    for half in path.parent.glob(f".{path.name}-*"):  # left by whoever was ended while writing
        if time() - half.stat().st_mtime > ABANDONED:
            half.unlink(missing_ok=True)
    fresh = _beside(path)
    fresh.unlink(missing_ok=True)
    with closing(sqlite3.connect(fresh)) as database:
        fill(database, store)
    fresh.replace(path)


def fill(database: sqlite3.Connection, store: Store) -> None:
    """Write the index of a store into an empty database."""
    gatherer = Gatherer(store)
    found = ((number, gatherer.entry(iri)) for number, iri in enumerate(things(store), 1))
    write(database, ((number, entry) for number, entry in found if entry))


def write(database: sqlite3.Connection, entries: Iterable[tuple[int, Entry]]) -> None:
    """Write things, by their numbers, into an empty database."""
    database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _SCHEMA.read_text("utf-8"))
    for number, entry in entries:
        _insert(database, number, entry)
    _count(database, list(database.execute("SELECT DISTINCT name, value FROM facet")))
    _list(database)
    database.execute("INSERT INTO words (words) VALUES ('optimize')")
    database.commit()


def update(path: Path, store: Store, touched: Iterable[NamedNode]) -> None:
    """Renew the index after a small change of the store: `touched` are the subjects of which something was changed.

    The file is replaced, never written to: an older snapshot may share it.
    """
    found = _affected(store, touched)
    if not path.exists() or any(_is_wide(path, store, iri) for iri in found):
        index(store, path)
        return
    fresh = _beside(path)
    shutil.copyfile(path, fresh)
    with closing(sqlite3.connect(fresh)) as database:
        database.execute("PRAGMA synchronous = OFF")
        _renew(database, Gatherer(store), found)
        database.commit()
    fresh.replace(path)


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}-{os.getpid()}")


def _affected(store: Store, touched: Iterable[NamedNode]) -> list[str]:
    """Return what must be looked at anew: what was touched, and what takes part, claims, pays or tells by way of it."""
    found, waiting = set(touched), list(touched)
    while waiting:
        each = waiting.pop()
        for predicate in _HOLDING:
            above = {
                q.subject for q in store.quads(p=predicate, o=each, g=ASSERTED) if isinstance(q.subject, NamedNode)
            }
            waiting += above - found
            found |= above
    return sorted(each.value for each in found)


def _is_wide(path: Path, store: Store, iri: str) -> bool:
    entry = Gatherer(store).entry(iri)
    if entry and entry.kind in _WIDE:
        return True
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
        before = database.execute("SELECT kind FROM thing WHERE iri = ?", (iri,)).fetchone()
    return bool(before) and before[0] in _WIDE


def _renew(database: sqlite3.Connection, gatherer: Gatherer, iris: Iterable[str]) -> None:
    changed: set[tuple[str, str]] = set()
    for iri in iris:
        known = database.execute("SELECT id FROM thing WHERE iri = ?", (iri,)).fetchone()
        if known:
            changed |= _delete(database, known[0])
        entry = gatherer.entry(iri)
        if entry:
            free = "SELECT coalesce(max(id), 0) + 1 FROM thing"
            _insert(database, known[0] if known else database.execute(free).fetchone()[0], entry)
            changed |= {(facet, key) for facet, key, _ in entry.facets}
    _count(database, sorted(changed))
    _list(database)


def _delete(database: sqlite3.Connection, number: int) -> set[tuple[str, str]]:
    """Take a thing out; return the facets and values under which it stood."""
    held = {(facet, key) for facet, key in database.execute("SELECT name, value FROM facet WHERE thing = ?", (number,))}
    database.execute("DELETE FROM thing WHERE id = ?", (number,))
    database.execute("DELETE FROM words WHERE rowid = ?", (number,))
    for table in ("label", "name", "facet"):
        database.execute(f"DELETE FROM {table} WHERE thing = ?", (number,))  # noqa: S608 - one of three names
    return held


def _insert(database: sqlite3.Connection, number: int, entry: Entry) -> None:
    database.execute("INSERT INTO thing VALUES (?, ?, ?, ?)", (number, entry.iri, entry.kind, entry.code))
    for lang in LANGUAGES:
        best = _best([each for each in entry.names if each.weight == 0], lang)
        note = _best(entry.notes, lang)
        row = (lang, number, best.text, best.lang, note.text, note.lang, fold(best.text))
        database.execute("INSERT INTO label VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    names = [(fold(each.text), each.weight, number, each.lang, each.text) for each in entry.names]
    database.executemany("INSERT OR IGNORE INTO name VALUES (?, ?, ?, ?, ?)", [row for row in names if row[0]])
    columns = [" | ".join(fold(each.text) for each in entry.names if each.weight == weight) for weight in (0, 1, 2)]
    words = (number, *columns, " | ".join(map(fold, entry.texts)))
    database.execute("INSERT INTO words (rowid, name, code, other, text) VALUES (?, ?, ?, ?, ?)", words)
    rows = [(facet, key, number) for facet, key, _ in entry.facets]
    database.executemany("INSERT OR IGNORE INTO facet VALUES (?, ?, ?)", rows)
    iris = [(facet, key, iri) for facet, key, iri in entry.facets]
    database.executemany("INSERT OR IGNORE INTO value VALUES (?, ?, ?, NULL)", iris)


def _best(names: Iterable[Name], lang: str) -> Name:
    """Return the words for a reader of a language, else English ones, else any."""
    held: Mapping[str, Name] = {each.lang: each for each in reversed(list(names))}
    return held.get(lang) or held.get("en") or held.get("") or next(iter(held.values()), Name("", "", 0))


def _count(database: sqlite3.Connection, values: Iterable[tuple[str, str]]) -> None:
    """Write down which things stand under each of these values of facets; a value of nothing goes."""
    for facet, key in values:
        found = database.execute("SELECT thing FROM facet WHERE name = ? AND value = ?", (facet, key))
        ids = array("I", (row[0] for row in found)).tobytes()
        if ids:
            database.execute("UPDATE value SET ids = ? WHERE name = ? AND value = ?", (ids, facet, key))
        else:
            database.execute("DELETE FROM value WHERE name = ? AND value = ?", (facet, key))


def _list(database: sqlite3.Connection) -> None:
    """Write down all things in the order of a list, for each language."""
    places = {kind: place for place, kind in enumerate(ORDER)}
    for lang in LANGUAGES:
        rows = database.execute(
            "SELECT kind, sort, iri, id FROM thing JOIN label ON label.thing = thing.id WHERE lang = ?", (lang,)
        )
        ordered = sorted((places[kind], sort, iri, number) for kind, sort, iri, number in rows)
        ids = array("I", (row[3] for row in ordered)).tobytes()
        database.execute("INSERT OR REPLACE INTO listing VALUES (?, ?)", (lang, ids))
