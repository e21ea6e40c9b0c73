"""Keep rows in an SQLite file that only its owner may read, with a write-ahead log and every commit on the disk."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_WAIT = 30.0  # seconds for which one process lets another one finish


class File:
    """Open one file, made with its tables where it is missing."""

    def __init__(self, path: Path, tables: str) -> None:
        self._path, self._tables, self._made = path, tables, False

    @contextmanager
    def opened(self) -> Iterator[sqlite3.Connection]:
        """Give the file; each statement stands by itself, and may be lost in a power cut."""
        self._make()
        with _connected(self._path) as database:
            yield database

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give one consistent view of the file."""
        with self.opened() as database:
            database.execute("BEGIN")
            yield database

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give the file to one writer at a time; what the block does is kept whole, on the disk, or not at all."""
        with self.opened() as database:
            database.execute("PRAGMA synchronous=FULL")  # as a power cut may come after each commit (sqlite.org/pragma)
            database.execute("PRAGMA foreign_keys=ON")
            database.execute("BEGIN IMMEDIATE")
            try:
                yield database
            except BaseException:
                database.rollback()
                raise
            database.commit()

    def compact(self) -> None:
        """Write the file anew without what was deleted from it, and empty its log."""
        with self.opened() as database:
            database.execute("VACUUM")
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _make(self) -> None:
        if not self._made:
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
            with _connected(self._path) as database:
                database.execute("PRAGMA journal_mode=WAL")
                database.executescript(self._tables)
            self._made = True


@contextmanager
def _connected(path: Path) -> Iterator[sqlite3.Connection]:
    database = sqlite3.connect(path, timeout=_WAIT, isolation_level=None)
    database.row_factory = sqlite3.Row
    try:
        yield database
    finally:
        database.close()
