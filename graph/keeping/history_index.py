"""Keep an index of the journal, `history.db`: each row with the change that brought it and the one that took it away.

It can be thrown away. Whoever opens it brings it up to date with the journal, or makes it again where it does not fit.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from pyoxigraph import NamedNode

from graph.journal.entry import GRAPHS, Change
from graph.journal.head import Head, read_head
from graph.journal.journal import Journal
from graph.journal.text import Written, change, row
from graph.names import CATALOGUE

FILE: Final = "history.db"
_FORM: Final = 1  # of the tables; another one is made again
_TABLES: Final = """
CREATE TABLE terms (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE rows (record INT, graph INT, s INT, p INT, o INT, since INT NOT NULL, until INT);
CREATE UNIQUE INDEX rows_open ON rows (graph, s, p, o) WHERE until IS NULL;
CREATE INDEX rows_record ON rows (record, since);
CREATE INDEX rows_subject ON rows (s, p);
CREATE INDEX rows_object ON rows (o, p);
CREATE INDEX rows_since ON rows (since);
CREATE INDEX rows_until ON rows (until) WHERE until IS NOT NULL;
CREATE TABLE entries (sequence INTEGER PRIMARY KEY, kind TEXT, who TEXT, at TEXT, why TEXT, source TEXT,
    submission TEXT, dataset TEXT, replaced_by TEXT, undone INT);
CREATE TABLE touches (sequence INT, record INT, dataset TEXT, added INT, removed INT, PRIMARY KEY (sequence, record))
    WITHOUT ROWID;
CREATE INDEX touches_record ON touches (record);
CREATE TABLE done (sequence INT, hash TEXT);
"""
_CATALOGUE: Final = str(CATALOGUE).encode()
_RECORD: Final = f"<{GRAPHS}".encode()


class Index:
    """Open the index of a folder, up to date with what is acknowledged in its journal."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._path = folder, folder / FILE
        self._ids: dict[bytes, int] = {}

    def __enter__(self) -> Self:
        """Open it, and bring it up to date."""
        try:
            self._open()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) and "malformed" not in str(error):
                raise
            self._db.close()
            forget(self._folder)
            self._open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self._db.close()

    def ask(self, text: str, given: Sequence[object] | Mapping[str, object] = ()) -> list[Any]:  # rows of SQLite
        """Return the rows of a query."""
        return self._db.execute(text, given).fetchall()

    def number(self, term: NamedNode | str) -> int:
        """Return the number of a term, -1 where the journal never named it."""
        found = self.ask("SELECT id FROM terms WHERE text = ?", [str(term)])
        return int(found[0][0]) if found else -1

    def texts(self, numbers: Iterable[int]) -> dict[int, str]:
        """Return terms by their numbers."""
        return {n: self.ask("SELECT text FROM terms WHERE id = ?", [n])[0][0] for n in set(numbers)}

    def change(self, sequence: int) -> Change | None:
        """Return what is known of an entry."""
        found = self.ask("SELECT * FROM entries WHERE sequence = ?", [sequence])
        return _change(found[0]) if found else None

    def _open(self) -> None:
        self._db = sqlite3.connect(self._path, timeout=60, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")  # a power cut may take its end, and it catches up again
        head = read_head(self._folder) or Journal(self._folder).head
        if self._form() != _FORM or self._done() != head:
            self._catch_up()

    def _form(self) -> int:
        return int(self.ask("PRAGMA user_version")[0][0])

    def _done(self) -> Head:
        found = self.ask("SELECT sequence, hash FROM done")
        return Head(*found[0]) if found else Head()

    def _catch_up(self) -> None:
        """Take in what came after the last entry that is known; all, where the journal is another one."""
        self._db.execute("BEGIN IMMEDIATE")
        journal = Journal(self._folder)
        if self._form() == _FORM and (done := self._done()).sequence and journal.hash_at(done.sequence) != done.hash:
            self._db.execute("PRAGMA user_version = 0")
        if self._form() != _FORM:
            self._clear()
        for written in journal.written(self._done().sequence):
            self._take(written)
        self._db.execute("COMMIT")
        self._ids.clear()

    def _clear(self) -> None:
        for (table,) in self.ask("SELECT name FROM sqlite_master WHERE type = 'table'"):
            self._db.execute(f"DROP TABLE {table}")
        for statement in _TABLES.split(";\n"):
            self._db.execute(statement)
        self._db.execute(f"PRAGMA user_version = {_FORM}")

    def _take(self, written: Written) -> None:
        """Take in one entry."""
        removed, added = (
            [_parts(text[2:]) for text in map(row, written.rows) if text[:2] == mark] for mark in (b"D ", b"A ")
        )
        number, known = written.sequence, change(written)
        self._db.executemany(
            "UPDATE rows SET until = ? WHERE graph = ? AND s = ? AND p = ? AND o = ? AND until IS NULL",
            ((number, *(self._id(part) for part in parts[1:])) for parts in removed),
        )
        self._db.executemany(
            "INSERT OR IGNORE INTO rows VALUES (?, ?, ?, ?, ?, ?, NULL)",
            ((*(self._id(part) for part in parts), number) for parts in added),
        )
        counts: dict[bytes, list[int]] = {}
        for place, rows in enumerate((added, removed)):
            for parts in rows:
                counts.setdefault(parts[0], [0, 0])[place] += 1
        touches = ((number, self._id(record), _dataset(record), *count) for record, count in counts.items())
        self._db.executemany("INSERT INTO touches VALUES (?, ?, ?, ?, ?)", touches)
        told = known.kind, known.who, known.when.isoformat(), known.why, known.source, known.submission, known.dataset
        self._db.execute(
            "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (number, *told, known.replaced_by, known.undone),
        )
        self._db.execute("DELETE FROM done")
        self._db.execute("INSERT INTO done VALUES (?, ?)", (number, written.hash))

    def _id(self, text: bytes) -> int:
        """Return the number of a term, a new one where it has none."""
        known = self._ids.get(text)
        if known is None:
            term = text.decode()
            found = self.ask("SELECT id FROM terms WHERE text = ?", [term])
            known = found[0][0] if found else self._db.execute("INSERT INTO terms (text) VALUES (?)", [term]).lastrowid
            assert known is not None
            self._ids[text] = known
        return known


def forget(folder: Path) -> None:
    """Throw the index away."""
    for ending in ("", "-wal", "-shm"):
        (folder / (FILE + ending)).unlink(missing_ok=True)


def _parts(text: bytes) -> tuple[bytes, bytes, bytes, bytes, bytes]:
    """Return the record graph that a statement belongs to, its graph, subject, predicate and object."""
    subject, predicate, rest = text.split(b" ", 2)
    value, graph = rest[:-2].rsplit(b" ", 1)
    record = subject if graph == _CATALOGUE and subject.startswith(_RECORD) else graph
    return record, graph, subject, predicate, value


def _dataset(record: bytes) -> str:
    return record.removeprefix(_RECORD).decode().partition("/")[0] if record.startswith(_RECORD) else ""


def _change(told: Sequence[Any]) -> Change:  # a row of SQLite
    _, kind, who, at, why, source, submission, dataset, replaced_by, undone = told
    return Change(kind, who, datetime.fromisoformat(at), why, source, submission, dataset, replaced_by, undone)


def terms(rows: Iterable[Sequence[int]]) -> Iterator[int]:
    """Yield all numbers of terms in some rows."""
    return (number for each in rows for number in each)
