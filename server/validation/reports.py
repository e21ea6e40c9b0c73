"""Keep reports whose clients want to show them to others, as they were given, for some weeks (SQLite)."""

import sqlite3
import zlib
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from secrets import token_urlsafe
from time import time
from typing import Any

from graph.errors import M4sdError

FILE = "reports.db"
A_DAY = 86_400
_TABLE = """
CREATE TABLE IF NOT EXISTS report (
    id TEXT PRIMARY KEY, at INTEGER NOT NULL, title TEXT NOT NULL, outcome TEXT NOT NULL,
    violations INTEGER NOT NULL, warnings INTEGER NOT NULL, size INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS written (
    id TEXT NOT NULL REFERENCES report ON DELETE CASCADE, form TEXT NOT NULL, lang TEXT NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (id, form, lang));
"""


class NoReport(M4sdError):
    """Say that there is no such report, or that its time is over."""

    template = "There is no report {identity}; they are kept for {days} days. Check the file again."


@dataclass(frozen=True, slots=True)
class Kept:
    """Say of a kept report what was checked, when (seconds since 1970) and what it came to."""

    identity: str
    at: int
    title: str
    outcome: str
    violations: int
    warnings: int


class Reports:
    """Keep reports in a file of a folder, up to a number of bytes and of days; the oldest go first."""

    def __init__(self, folder: Path, size: int, days: int) -> None:
        self._path, self._size, self._days = folder / FILE, size, days

    def keep(
        self, title: str, outcome: str, counts: Mapping[str, int], written: Mapping[tuple[str, str], bytes]
    ) -> str:
        """Keep a report in all its forms, and return the identity by which it is found: nobody guesses it."""
        identity, now = token_urlsafe(12), round(time())
        bodies = [(identity, form, lang, zlib.compress(body)) for (form, lang), body in written.items()]
        size = sum(len(body) for _, _, _, body in bodies)
        row = (identity, now, title, outcome, counts.get("Violation", 0), counts.get("Warning", 0), size)
        with closing(self._open()) as database, database:
            database.execute("INSERT INTO report VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            database.executemany("INSERT INTO written VALUES (?, ?, ?, ?)", bodies)
            self._forget(database, now)
        return identity

    def forget_all(self) -> None:
        """Forget every report, for good."""
        if self._path.exists():
            with closing(self._open()) as database:
                with database:
                    database.execute("PRAGMA secure_delete=ON")
                    database.execute("DELETE FROM report")
                database.execute("VACUUM")

    def about(self, identity: str) -> Kept:
        """Return what is known of a report; raise NoReport where there is none."""
        found = self._row("SELECT id, at, title, outcome, violations, warnings FROM report WHERE id = ?", identity)
        return Kept(*found)

    def read(self, identity: str, form: str, lang: str) -> bytes:
        """Return a report in a format and a language; raise NoReport where there is none."""
        sought = "SELECT body FROM written WHERE id = ? AND form = ? AND lang = ?"
        body: bytes = self._row(sought, identity, form, lang)[0]
        return zlib.decompress(body)

    def _row(self, sought: str, identity: str, *more: str) -> tuple[Any, ...]:  # Any: whatever the columns hold
        if self._path.exists():
            with closing(self._open()) as database:
                found = database.execute(sought, (identity, *more)).fetchone()
                if found is not None:
                    return tuple(found)
        raise NoReport(identity=identity[:40], days=self._days)

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path, timeout=5)
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA foreign_keys=ON")
        database.executescript(_TABLE)
        return database

    def _forget(self, database: sqlite3.Connection, now: int) -> None:
        database.execute("DELETE FROM report WHERE at < ?", (now - self._days * A_DAY,))
        whole = database.execute("SELECT COALESCE(SUM(size), 0) FROM report").fetchone()[0]
        for identity, size in database.execute("SELECT id, size FROM report ORDER BY at, rowid").fetchall():
            if whole <= self._size:
                return
            database.execute("DELETE FROM report WHERE id = ?", (identity,))
            whole -= size
