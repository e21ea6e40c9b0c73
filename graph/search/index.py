"""Make the index of a snapshot: one file, SQLite with FTS5, that can be thrown away at any time."""

import os
import sqlite3
from array import array
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from time import time
from typing import Final

from graph.search.folded import fold
from graph.search.gather import Entry, Gatherer, Name, things
from graph.search.kinds import ORDER
from graph.store import Store

FILE: Final = "search.db"
VERSION: Final = 3
ABANDONED: Final = 600  # seconds after which a half-written file is nobody's
LANGUAGES: Final = ("en", "fr")
_SCHEMA: Final = Path(__file__).with_name("schema.sql")
PLACES_OF_KINDS: Final = {kind: place for place, kind in enumerate(ORDER)}


def index(store: Store, path: Path) -> None:
    """Write the index of a store to a file; one that is there is replaced once the new one is whole."""
    for half in path.parent.glob(f".{path.name}-*"):  # left by whoever was ended while writing
        if time() - half.stat().st_mtime > ABANDONED:
            half.unlink(missing_ok=True)
    fresh = beside(path)
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
        insert(database, number, entry)
    _count(database, list(database.execute("SELECT DISTINCT name, value FROM facet")))
    _list(database)
    database.execute("INSERT INTO words (words) VALUES ('optimize')")
    database.commit()


def is_ours(path: Path) -> bool:
    """Return whether a file is an index of the present form."""
    if not path.is_file():
        return False
    try:
        return bool(read(path).execute("PRAGMA user_version").fetchone()[0] == VERSION)
    except sqlite3.DatabaseError:  # a file of another kind, or half of one
        return False


def read(path: Path) -> sqlite3.Connection:
    """Open an index, which never changes."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)


def beside(path: Path) -> Path:
    """Return the file in which a new index is written before it takes the place of one."""
    return path.with_name(f".{path.name}-{os.getpid()}")


def insert(database: sqlite3.Connection, number: int, entry: Entry) -> None:
    """Write down a thing by its number; in which lists it stands is another matter."""
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
    for lang in LANGUAGES:
        rows = database.execute(
            "SELECT kind, sort, iri, id FROM thing JOIN label ON label.thing = thing.id WHERE lang = ?", (lang,)
        )
        ordered = sorted((PLACES_OF_KINDS[kind], sort, iri, number) for kind, sort, iri, number in rows)
        ids = array("I", (row[3] for row in ordered)).tobytes()
        database.execute("INSERT OR REPLACE INTO listing VALUES (?, ?)", (lang, ids))
