"""Say on the desk what a restore took back: what was accepted and is not in the journal any more waits again.

Its number would else be that of another change, soon after.
"""

from datetime import datetime
from pathlib import Path

from graph.desk import steps
from graph.desk.desk import Desk
from graph.desk.tables import FILE
from graph.journal.journal import Journal


def reopen(folder: Path, journal: Journal, who: str, when: datetime) -> tuple[str, ...]:
    """Let submissions wait again that were accepted with a change which the journal does not hold; return their names.

    A copy may be taken in the middle of a decision, so this is asked after every restore.
    """
    if not (folder / FILE).exists():
        return ()
    published = {(entry.change.submission, entry.sequence) for entry in journal.entries() if entry.change.submission}
    with Desk(folder).writing() as database:
        sought = "SELECT id, sequence FROM submission WHERE state = 'accepted' AND sequence > 0 ORDER BY sequence"
        lost = [row["id"] for row in database.execute(sought) if (row["id"], row["sequence"]) not in published]
        for ident in lost:
            steps.reopen(database, ident, who, when)
    return tuple(lost)
