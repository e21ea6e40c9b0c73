"""Note in each entry of the journal how far the audit log was: who writes that log anew must write both."""

import json
from pathlib import Path
from typing import Final

from graph.journal.journal import Journal
from graph.journal.text import row

_HEAD: Final = "audit/head.json"
_ROW: Final = b'H audit "'


def noted(folder: Path) -> str:
    """Return the number and the hash of the last line of the audit log; nothing where there is none."""
    try:
        told = json.loads((folder / _HEAD).read_text())
        return f"{told['number']} {told['hash']}"
    except (FileNotFoundError, ValueError, KeyError):  # a log without its head is for its own verification to tell
        return ""


def last_noted(folder: Path) -> tuple[int, str] | None:
    """Return the line of the audit log that the journal noted last."""
    found = None
    for written in Journal(folder).written():
        for line in written.told:
            if line.startswith(_ROW):
                number, _, digest = row(line)[len(_ROW) : -len(b'" .')].decode().partition(" ")
                found = int(number), digest
    return found
