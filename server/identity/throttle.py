"""Count tries by name, by address, or by whatever a key says, in a file, so that a restart forgives nothing."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import Final

from graph.errors import M4sdError

FILE: Final = "throttle.db"
_TABLE = """
CREATE TABLE IF NOT EXISTS try (key BLOB NOT NULL, at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS by_key ON try (key, at);
"""


class TooManyTries(M4sdError):
    """Say when to try again."""

    template = "There were too many tries. Try again in {after} seconds."

    def __init__(self, after: int) -> None:
        super().__init__(after=after)
        self.after = after


@dataclass(frozen=True, slots=True)
class Rate:
    """Allow `most` tries in any `seconds`."""

    most: int
    seconds: float


class Throttle:
    """Count tries in a folder."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    def count(self, keys: Mapping[str, Rate], when: datetime) -> None:
        """Count a try under all keys, or raise TooManyTries where one has had its share; then none is counted.

        A try counts from its beginning, so that a hundred at once are a hundred.
        """
        now = when.timestamp()
        with closing(self._open()) as database, database:
            database.execute("BEGIN IMMEDIATE")
            waits = [_wait(database, key, rate, now) for key, rate in keys.items()]
            if max(waits, default=0) > 0:
                raise TooManyTries(max(1, round(max(waits) + 0.5)))
            database.executemany("INSERT INTO try VALUES (?, ?)", [(_hash(key), now) for key in keys])
            longest = max((rate.seconds for rate in keys.values()), default=0)
            database.execute("DELETE FROM try WHERE at < ?", (now - max(longest, 86_400),))

    def forgive(self, when: datetime, first: str, *others: str) -> None:
        """Forget the tries under the first key, and that of a moment under the others: it was right."""
        with closing(self._open()) as database, database:
            database.execute("DELETE FROM try WHERE key = ?", (_hash(first),))
            tries = [(_hash(key), when.timestamp()) for key in others]
            database.executemany("DELETE FROM try WHERE key = ? AND at = ?", tries)

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path, timeout=10)
        database.execute("PRAGMA journal_mode=WAL")
        database.executescript(_TABLE)
        return database


def neighbourhood(address: str) -> str:
    """Return an address as it is counted: of IPv6 the network, since one client has 2^64 addresses there (RFC 4291)."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address[:60]
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(found) if found.version == 4 else found.exploded[:19]


def _wait(database: sqlite3.Connection, key: str, rate: Rate, now: float) -> float:
    """Return the seconds until a key has a try left."""
    sought = "SELECT at FROM try WHERE key = ? AND at > ? ORDER BY at DESC LIMIT 1 OFFSET ?"
    row = database.execute(sought, (_hash(key), now - rate.seconds, rate.most - 1)).fetchone()
    return row[0] + rate.seconds - now if row else 0


def _hash(key: str) -> bytes:
    # Some people type their password where the name should be: nobody shall read it here.
    return sha256(key.encode()).digest()
