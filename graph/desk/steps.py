"""Take one step with a submission inside the transaction of its caller: check it, change the row, write the event."""

import json
import secrets
import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from graph.desk import tables
from graph.desk.moves import MOVES, identity, same_person
from graph.desk.refusals import (
    NoSubmission,
    NotThatKind,
    NotThatState,
    NotTheAuthor,
    ReasonMissing,
    SelfApproval,
    Stale,
)
from graph.desk.submission import Draft, Submission
from graph.desk.tables import instant

_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another
_LENGTH: Final = 8


def fresh() -> str:
    """Return a name that nothing on this desk or on one before it has: a journal outlives a desk."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))


def whole(database: sqlite3.Connection, ident: str) -> Submission:
    """Return a submission; raise NoSubmission where there is none."""
    row = database.execute(f"{tables.WHOLE} WHERE id = ?", (ident,)).fetchone()
    if row is None:
        raise NoSubmission(ident)
    return tables.submission(row)


def allowed(
    database: sqlite3.Connection, ident: str, action: str, who: str, revision: int | None, comment: str
) -> Submission:
    """Return a submission with which somebody may do something now; raise what forbids it."""
    found, move = whole(database, ident), MOVES[action]
    if found.kind not in move.kinds:
        raise NotThatKind(ident)
    own = bool(found.author) and same_person(found.author, who)
    if move.by == "another" and own:
        raise SelfApproval(ident)
    if move.by == "author" and not own:
        raise NotTheAuthor(ident)
    if found.state not in move.start or (found.claimed and action != "comment"):
        raise NotThatState(ident, found.state, bool(found.claimed))
    if revision is not None and revision != found.revision:
        raise Stale(ident, found.revision)
    if move.reason and not comment.strip():
        raise ReasonMissing()
    return found


def put(database: sqlite3.Connection, author: str, draft: Draft, batch: str, when: datetime) -> str:
    """Put a draft onto the desk and return its name there."""
    return add(database, row(author, draft, batch, when), draft, when)


def row(author: str, draft: Draft, batch: str, when: datetime) -> dict[str, object]:
    """Return the row of a new submission."""
    empty = dict.fromkeys(("statement", "contact", "claim"), "")
    first = {"state": "waiting", "sequence": 0, "revision": 1, "version": 1, "batch": batch}
    times = {"created": instant(when), "changed": instant(when)}
    return {"id": fresh(), "author": author, "person": identity(author), **about(draft), **empty, **first, **times}


def add(database: sqlite3.Connection, values: Mapping[str, object], draft: Draft, when: datetime) -> str:
    """Add a row with its first version and its first event."""
    ident = str(values["id"])
    tables.insert(database, "submission", values)
    keep(database, ident, 1, draft)
    note(database, whole(database, ident), "submit", str(values["author"]), when, "")
    return ident


def keep(database: sqlite3.Connection, ident: str, number: int, draft: Draft) -> None:
    """Keep one version of what is submitted; those before it stay."""
    written = json.dumps(dict(draft.written), ensure_ascii=False).encode()
    row = {
        "submission": ident,
        "number": number,
        "file": draft.file,
        "original": tables.packed(draft.original),
        "body": tables.packed(draft.body.encode()),
        "base": draft.base,
        "written": tables.packed(written),
    }
    tables.insert(database, "version", row)


def about(draft: Draft) -> dict[str, object]:
    """Return the columns that a draft fills in."""
    plain = {key: getattr(draft, key) for key in ("kind", "dataset", "graph", "thing", "why", "source", "replaced_by")}
    counted = {key: json.dumps(dict(getattr(draft, key)), ensure_ascii=False) for key in ("title", "counts")}
    held = json.dumps([dict(words) for words in draft.held], ensure_ascii=False)
    return {**plain, **counted, "held": held, "outcome": draft.outcome}


def move(
    database: sqlite3.Connection,
    ident: str,
    action: str,
    who: str,
    when: datetime,
    comment: str,
    change: Mapping[str, object] | None = None,
) -> Submission:
    """Bring a submission, which was checked, into the state where an action leads, and write that down."""
    return _brought(database, ident, action, who, when, comment, {**(change or {}), "state": MOVES[action].end})


def reopen(database: sqlite3.Connection, ident: str, who: str, when: datetime) -> Submission:
    """Let a submission wait again that was accepted: whoever restored an older graph took its publication back."""
    return _brought(database, ident, "restore", who, when, "", {"state": "waiting", "sequence": 0})


def _brought(
    database: sqlite3.Connection,
    ident: str,
    action: str,
    who: str,
    when: datetime,
    comment: str,
    change: Mapping[str, object],
) -> Submission:
    values = {**change, "changed": instant(when)}
    names = ", ".join(f"{name} = ?" for name in values)
    text = f"UPDATE submission SET {names}, revision = revision + 1 WHERE id = ?"  # noqa: S608 - the names are ours
    database.execute(text, (*values.values(), ident))
    found = whole(database, ident)
    note(database, found, action, who, when, comment)
    return found


def note(database: sqlite3.Connection, found: Submission, what: str, who: str, when: datetime, comment: str) -> None:
    """Write into the history what was done."""
    row = {
        "submission": found.id,
        "at": instant(when),
        "who": who,
        "person": identity(who),
        "what": what,
        "comment": comment.strip(),
        "state": found.state,
        "revision": found.revision,
        "sequence": found.sequence,
    }
    tables.insert(database, "event", row)


def again(database: sqlite3.Connection, author: str, draft: Draft) -> str | None:
    """Return what an author submitted already, word for word, and what still waits: a client may ask twice."""
    sought = f"{tables.WHOLE} WHERE person = ? AND graph = ? AND kind = ? AND state = 'waiting'"
    for row in database.execute(sought, (identity(author), draft.graph, draft.kind)).fetchall():
        found = tables.submission(row)
        if _bare(found.draft) == _bare(draft):
            return found.id
    return None


def _bare(draft: Draft) -> Draft:
    return replace(draft, written={}, original=b"")
