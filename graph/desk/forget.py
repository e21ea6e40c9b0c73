"""Forget for good what the desk says of a person or a thing; that something was submitted and decided stays."""

import re
import sqlite3
from collections.abc import Collection, Iterator
from datetime import datetime

from graph.desk import steps, tables
from graph.desk.desk import Desk
from graph.desk.moves import OPEN, identity

GONE = "erased"  # stands for a name
_EMPTY = tables.packed(b"")
_NOTHING = tables.packed(b"{}")


def forget(desk: Desk, things: Collection[str], texts: Collection[str], who: str, when: datetime) -> int:
    """Empty each submission that names one of some things or holds one of some texts; return how many.

    Its versions, files, reports and comments are looked through. What is open is rejected, since nothing is left of it.
    Where a text is somebody's name, she is not named any more.
    """
    wanted = _wanted(things, texts)
    with desk.writing() as database:
        database.execute("PRAGMA secure_delete=ON")  # free pages are overwritten (sqlite.org/pragma)
        found = tuple(ident for ident, said in _all(database) if wanted.search(said))
        for ident in found:
            _close(database, ident, who, when)
            _empty(database, ident)
        people = {identity(text) for text in texts} - {""}
        for table, column in (("submission", "author"), ("event", "who")):
            text = f"UPDATE {table} SET {column} = ?, person = ? WHERE person = ?"  # noqa: S608 - the names are ours
            database.executemany(text, [(GONE, GONE, person) for person in people])
    desk.compact()
    return len(found)


def _wanted(things: Collection[str], texts: Collection[str]) -> re.Pattern[str]:
    """Match what is said of one of some things, not of one whose name only begins so, or any of some texts."""
    whole = [rf"{re.escape(thing.casefold())}(?![\w-])" for thing in things if thing.strip()]
    found = [*whole, *(re.escape(text.strip().casefold()) for text in texts if text.strip())]
    return re.compile("|".join(found) or "(?!)")  # of nothing, no text at all: an empty pattern would match each


def _all(database: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Yield each submission with everything that is said in it, folded."""
    for row in database.execute("SELECT * FROM submission").fetchall():
        plain = ("title", "why", "source", "statement", "contact", "thing", "graph", "held", "replaced_by")
        said = [str(row[column]) for column in plain]
        versions = database.execute("SELECT * FROM version WHERE submission = ?", (row["id"],)).fetchall()
        for version in versions:
            parts = (tables.unpacked(version[part]) for part in ("original", "body", "written"))
            said += [version["file"], *(part.decode(errors="replace") for part in parts)]
        comments = database.execute("SELECT comment FROM event WHERE submission = ?", (row["id"],)).fetchall()
        said += [comment["comment"] for comment in comments]
        yield row["id"], "\n".join(said).casefold()


def _close(database: sqlite3.Connection, ident: str, who: str, when: datetime) -> None:
    if steps.whole(database, ident).state in OPEN:
        steps.move(database, ident, "reject", who, when, "", {"claim": ""})


def _empty(database: sqlite3.Connection, ident: str) -> None:
    blank = ", ".join(f"{column} = ''" for column in ("why", "source", "statement", "contact", "thing", "graph"))
    text = f"UPDATE submission SET {blank}, title = '{{}}', held = '[]', replaced_by = '' WHERE id = ?"  # noqa: S608
    database.execute(text, (ident,))
    emptied = (_EMPTY, _EMPTY, _NOTHING, ident)
    database.execute(
        "UPDATE version SET file = '', original = ?, body = ?, base = '', written = ? WHERE submission = ?", emptied
    )
    database.execute("UPDATE event SET comment = '' WHERE submission = ?", (ident,))
