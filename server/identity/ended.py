"""Remember which sessions were ended before their time: a signed cookie that somebody kept is worth nothing then."""

import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Final

FILE: Final = "sessions.db"


class Ended:
    """Keep the ended sessions of a folder, each until it would have ended by itself."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    def add(self, session: str, now: float, until: float) -> None:
        """End a session for good."""
        with closing(self._open()) as database, database:
            database.execute("DELETE FROM ended WHERE until < ?", (now,))
            database.execute("INSERT OR REPLACE INTO ended VALUES (?, ?)", (_mark(session), until))

    def __contains__(self, session: str) -> bool:
        if not self._path.exists():
            return False
        with closing(self._open()) as database:
            sought = "SELECT 1 FROM ended WHERE session = ?"
            return database.execute(sought, (_mark(session),)).fetchone() is not None

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path, timeout=10)
        database.execute("CREATE TABLE IF NOT EXISTS ended (session BLOB PRIMARY KEY, until REAL) WITHOUT ROWID")
        return database


def _mark(session: str) -> bytes:
    return sha256(session.encode()).digest()
