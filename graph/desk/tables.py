"""Lay the desk out in the tables of its file, and read and write its rows."""

import json
import sqlite3
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from graph.desk.submission import Event, Submission

FILE: Final = "desk.db"
OPEN: Final = "state IN ('waiting', 'returned')"
# What is open, oldest first, before what was decided last.
TURN: Final = f"NOT {OPEN}, CASE WHEN {OPEN} THEN changed END, changed DESC, id"
TABLES: Final = f"""
CREATE TABLE IF NOT EXISTS submission (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, state TEXT NOT NULL, author TEXT NOT NULL, person TEXT NOT NULL,
    dataset TEXT NOT NULL, graph TEXT NOT NULL, thing TEXT NOT NULL, title TEXT NOT NULL, why TEXT NOT NULL,
    source TEXT NOT NULL, replaced_by TEXT NOT NULL, statement TEXT NOT NULL, contact TEXT NOT NULL,
    outcome TEXT NOT NULL, counts TEXT NOT NULL, held TEXT NOT NULL, batch TEXT NOT NULL, created TEXT NOT NULL,
    changed TEXT NOT NULL, sequence INTEGER NOT NULL, revision INTEGER NOT NULL, version INTEGER NOT NULL,
    claim TEXT NOT NULL, secret BLOB UNIQUE) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_state ON submission (state, changed);
CREATE INDEX IF NOT EXISTS by_turn ON submission ({TURN});
CREATE INDEX IF NOT EXISTS by_person ON submission (person, changed);
CREATE INDEX IF NOT EXISTS by_graph ON submission (graph);
CREATE TABLE IF NOT EXISTS version (
    submission TEXT NOT NULL REFERENCES submission, number INTEGER NOT NULL, file TEXT NOT NULL,
    original BLOB NOT NULL, body BLOB NOT NULL, base TEXT NOT NULL, written BLOB NOT NULL,
    PRIMARY KEY (submission, number));
CREATE TABLE IF NOT EXISTS event (
    number INTEGER PRIMARY KEY AUTOINCREMENT, submission TEXT NOT NULL REFERENCES submission, at TEXT NOT NULL,
    who TEXT NOT NULL, person TEXT NOT NULL, what TEXT NOT NULL, comment TEXT NOT NULL, state TEXT NOT NULL,
    revision INTEGER NOT NULL, sequence INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS of_submission ON event (submission, number);
"""
WHOLE: Final = (
    "SELECT submission.*, version.file, version.body, version.base FROM submission "
    "LEFT JOIN version ON version.submission = id AND version.number = submission.version"
)
# A list shows no bodies, which may be large.
LISTED: Final = "SELECT submission.*, '' AS file, NULL AS body, '' AS base FROM submission"
_JSON = ("title", "counts", "held")


def submission(row: sqlite3.Row) -> Submission:
    """Return a row as a submission."""
    known = set(Submission.__dataclass_fields__) & set(row.keys())
    told: dict[str, Any] = {key: row[key] for key in known}  # Any: each column has its own type
    told.update({key: json.loads(told[key]) for key in _JSON})
    told["held"] = tuple(told["held"])
    told["claimed"] = json.loads(row["claim"])["who"] if row["claim"] else ""
    told["body"] = unpacked(row["body"]).decode() if row["body"] is not None else ""
    return Submission(**{**told, "file": told["file"] or "", "base": told["base"] or ""})


def event(row: sqlite3.Row) -> Event:
    """Return a row as an event."""
    return Event(**{key: row[key] for key in Event.__dataclass_fields__})


def insert(database: sqlite3.Connection, table: str, values: Mapping[str, object]) -> None:
    """Add a row; the names of columns are ours."""
    marks = ", ".join("?" * len(values))
    text = f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})"  # noqa: S608 - no name comes from outside
    database.execute(text, tuple(values.values()))


def packed(data: bytes) -> bytes:
    """Return data as it is kept."""
    return zlib.compress(data)


def unpacked(data: bytes) -> bytes:
    """Return kept data as it was."""
    return zlib.decompress(data)


def instant(when: datetime) -> str:
    """Return a time in UTC as it is kept, so that texts sort as times do."""
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
