"""Be the desk: whatever somebody submits waits here until somebody else decides.

Each step checks state, person and revision, and is written with its event, inside one transaction: of two that come at
once, one is told that it came too late. No query can reach this file.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from graph.desk import steps, tables
from graph.desk.submission import Draft, Event, Submission
from graph.desk.tables import instant
from graph.private import File


class Desk:
    """Keep submissions and their histories in a folder."""

    def __init__(self, folder: Path) -> None:
        self._file = File(folder / tables.FILE, tables.TABLES)

    def submit(self, author: str, drafts: Sequence[Draft], when: datetime) -> tuple[Submission, ...]:
        """Put drafts onto the desk, all or none; what its author sent already, and what still waits, is there once."""
        batch = steps.fresh() if len(drafts) > 1 else ""
        with self.writing() as database:
            made = [
                steps.again(database, author, draft) or steps.put(database, author, draft, batch, when)
                for draft in drafts
            ]
            return tuple(steps.whole(database, each) for each in made)

    def edit(self, ident: str, revision: int, draft: Draft, who: str, when: datetime, comment: str = "") -> Submission:
        """Put another version in the place of a submission that waits or was returned; it waits again."""
        with self.writing() as database:
            steps.allowed(database, ident, "edit", who, revision, comment)
            steps.keep(database, ident, revision + 1, draft)
            change = {**steps.about(draft), "version": revision + 1}
            return steps.move(database, ident, "edit", who, when, comment, change)

    def comment(self, ident: str, who: str, comment: str, when: datetime) -> Submission:
        """Say something about a submission that is still open; nothing else changes."""
        with self.writing() as database:
            found = steps.allowed(database, ident, "comment", who, None, comment)
            steps.note(database, found, "comment", who, when, comment)
            return found

    def withdraw(self, ident: str, revision: int, who: str, when: datetime, comment: str = "") -> Submission:
        """Take a submission of one's own back."""
        return self._moved("withdraw", ident, revision, who, comment, when)

    def give_back(self, ident: str, revision: int, who: str, comment: str, when: datetime) -> Submission:
        """Return a submission to its author, with what to mend."""
        return self._moved("return", ident, revision, who, comment, when)

    def reject(self, ident: str, revision: int, who: str, comment: str, when: datetime) -> Submission:
        """Reject a submission, with the reason."""
        return self._moved("reject", ident, revision, who, comment, when)

    def answer(self, ident: str, revision: int, who: str, comment: str, when: datetime) -> Submission:
        """Accept a report or a proposal, with an answer; records are accepted by `graph.desk.review`."""
        return self._moved("answer", ident, revision, who, comment, when)

    def claim(self, ident: str, revision: int, who: str, comment: str, after: int, when: datetime) -> Submission:
        """Set a submission aside for publishing: until it is settled or released, nobody else can change it.

        `after` is the last entry of the journal: if the submission is published, it is later there.
        """
        told = json.dumps({"who": who, "comment": comment, "after": after, "at": instant(when)}, ensure_ascii=False)
        with self.writing() as database:
            steps.allowed(database, ident, "accept", who, revision, comment)
            database.execute("UPDATE submission SET claim = ? WHERE id = ?", (told, ident))
            return steps.whole(database, ident)

    def release(self, ident: str) -> None:
        """Put a claimed submission back: it was not published."""
        with self.writing() as database:
            database.execute("UPDATE submission SET claim = '' WHERE id = ?", (ident,))

    def settle(self, ident: str, sequence: int, when: datetime) -> Submission:
        """Mark a claimed submission as accepted: it is in the journal under this number. Twice is as good as once."""
        with self.writing() as database:
            found = steps.whole(database, ident)
            if found.state == "accepted":
                return found
            claim = database.execute("SELECT claim FROM submission WHERE id = ?", (ident,)).fetchone()[0]
            told: Mapping[str, Any] = json.loads(claim) if claim else {"who": "", "comment": ""}  # Any: plain JSON
            change = {"sequence": sequence, "claim": ""}
            return steps.move(database, ident, "accept", told["who"], when, told["comment"], change)

    def get(self, ident: str) -> Submission:
        """Return a submission; raise NoSubmission where there is none."""
        with self.reading() as database:
            return steps.whole(database, ident)

    def history(self, ident: str) -> tuple[Event, ...]:
        """Return all that happened to a submission, in order."""
        with self.reading() as database:
            rows = database.execute("SELECT * FROM event WHERE submission = ? ORDER BY number", (ident,)).fetchall()
        return tuple(tables.event(row) for row in rows)

    def claimed(self) -> tuple[tuple[Submission, int], ...]:
        """Return what was set aside for publishing and is not settled, and after which entry it was."""
        with self.reading() as database:
            rows = database.execute("SELECT id, claim FROM submission WHERE claim != '' ORDER BY changed").fetchall()
            return tuple((steps.whole(database, row["id"]), json.loads(row["claim"])["after"]) for row in rows)

    def holds(self, ident: str) -> bool:
        """Return whether there is such a submission."""
        with self.reading() as database:
            return database.execute("SELECT 1 FROM submission WHERE id = ?", (ident,)).fetchone() is not None

    def compact(self) -> None:
        """Write the file anew without what was deleted from it, and empty its log."""
        self._file.compact()

    def reading(self) -> AbstractContextManager[Connection]:
        """Give one consistent view of the desk."""
        return self._file.reading()

    def writing(self) -> AbstractContextManager[Connection]:
        """Give the desk to this writer alone; the block is kept whole or not at all."""
        return self._file.writing()

    def _moved(self, action: str, ident: str, revision: int, who: str, comment: str, when: datetime) -> Submission:
        with self.writing() as database:
            steps.allowed(database, ident, action, who, revision, comment)
            return steps.move(database, ident, action, who, when, comment)
