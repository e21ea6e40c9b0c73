"""Take what anybody says without an account: an error in what is published, or a record to be made.

Who wrote it follows it by a link with a secret, of which the desk keeps the SHA-256 only.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final
from typing import Literal as OneOf

from graph.desk import steps
from graph.desk.desk import Desk
from graph.desk.refusals import DeskError, NotThatState
from graph.desk.submission import Draft, Event, Submission, Words

LONGEST: Final = 5000  # characters of one note
_CONTACT: Final = 200  # characters of an address


@dataclass(frozen=True, slots=True)
class Note:
    """Carry what somebody says: of which thing and which statement, and how to reach her if she wants that."""

    kind: OneOf["report", "proposal"]
    text: str
    thing: str = ""
    statement: str = ""
    contact: str = ""
    title: Words | None = None
    body: str = ""  # the record itself, where it was filled into a form


class NoNote(DeskError):
    """Say that a link leads nowhere."""

    template = "This link leads to nothing that was reported. Take care to copy it whole."


class NothingSaid(DeskError):
    """Say how long a note may be."""

    template = "Write what is wrong or missing, in 1 to {most} characters."


def take(desk: Desk, note: Note, when: datetime) -> tuple[Submission, str]:
    """Put a note onto the desk; return it and the secret of its link, which is told once."""
    text = note.text.strip()
    if not text or max(len(text), len(note.statement), len(note.thing)) > LONGEST:
        raise NothingSaid(most=LONGEST)
    secret = secrets.token_urlsafe(24)
    draft = Draft(note.kind, dataset="", graph="", thing=note.thing, title=note.title or {}, why=text, body=note.body)
    own = {"statement": note.statement, "contact": note.contact.strip()[:_CONTACT], "secret": _hash(secret)}
    with desk.writing() as database:
        ident = steps.add(database, {**steps.row("", draft, "", when), **own}, draft, when)
        return steps.whole(database, ident), secret


def follow(desk: Desk, secret: str) -> tuple[Submission, tuple[Event, ...]]:
    """Return the note of a secret and its history; raise NoNote where there is none."""
    with desk.reading() as database:
        row = database.execute("SELECT id FROM submission WHERE secret = ?", (_hash(secret),)).fetchone()
    if row is None:
        raise NoNote()
    return desk.get(row["id"]), desk.history(row["id"])


def add(desk: Desk, secret: str, text: str, when: datetime) -> Submission:
    """Add words to a note of one's own that is still open."""
    found, _ = follow(desk, secret)
    if not text.strip() or len(text) > LONGEST:
        raise NothingSaid(most=LONGEST)
    return desk.comment(found.id, "", text, when)


def take_back(desk: Desk, secret: str, when: datetime) -> Submission:
    """Take back a note of one's own that is still open."""
    found, _ = follow(desk, secret)
    with desk.writing() as database:
        now = steps.whole(database, found.id)
        if not now.open:
            raise NotThatState(now.id, now.state)
        return steps.move(database, now.id, "withdraw", "", when, "")


def _hash(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
