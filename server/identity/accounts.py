"""Keep the file of tokens and people (SQLite), and what both share: who has which role in which datasets."""

import os
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from graph.errors import M4sdError, said
from server.identity.roles import ALL, GIVEN, Role

FILE: Final = "accounts.db"
DATASET: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,59}", re.ASCII)
_WAIT = 10.0  # seconds for which one process lets another one finish
_TABLES = """
CREATE TABLE IF NOT EXISTS token (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, label TEXT NOT NULL, role TEXT NOT NULL, datasets TEXT NOT NULL,
    hash BLOB NOT NULL, created TEXT NOT NULL, expires TEXT NOT NULL, revoked TEXT NOT NULL, used TEXT NOT NULL
    ) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS person (
    identity TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, datasets TEXT NOT NULL, password TEXT NOT NULL,
    stamp TEXT NOT NULL, created TEXT NOT NULL, disabled TEXT NOT NULL, used TEXT NOT NULL) WITHOUT ROWID;
"""


class Unfit(M4sdError):
    """Say why a name, a role, a dataset or a password cannot be taken."""


class File:
    """Open the file in a folder."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._made = False

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give the file as it is."""
        self._make()
        with _opened(self._path) as database:
            yield database

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give the file to one writer at a time; what the block does is on the disk, or was not done."""
        self._make()
        with _opened(self._path) as database:
            database.execute("PRAGMA synchronous=FULL")  # what was revoked stays revoked after a power cut
            database.execute("BEGIN IMMEDIATE")
            try:
                yield database
            except BaseException:
                database.rollback()
                raise
            database.commit()

    def _make(self) -> None:
        if not self._made:
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
            with _opened(self._path) as database:
                database.execute("PRAGMA journal_mode=WAL")
                database.executescript(_TABLES)
            self._made = True


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    database = sqlite3.connect(path, timeout=_WAIT, isolation_level=None)
    database.row_factory = sqlite3.Row
    try:
        yield database
    finally:
        database.close()


def fit_name(name: str) -> str:
    """Return a name that stands in the history of records; raise Unfit where it cannot."""
    found = " ".join(name.split())
    if not 0 < len(found) <= 80 or not found.isprintable():
        raise Unfit(detail=said("a name has 1 to 80 characters that print"))
    return found


def fit_role(role: str) -> Role:
    """Return a role; raise Unfit where there is no such role."""
    for each in GIVEN:
        if each == role:
            return each
    raise Unfit(detail=said("there is no role {role}; choose one of {roles}", role=role, roles=", ".join(GIVEN)))


def fit_datasets(datasets: Sequence[str]) -> tuple[str, ...]:
    """Return datasets by name, each once; raise Unfit where one cannot be a dataset's name."""
    for dataset in datasets:
        if dataset != ALL and not DATASET.fullmatch(dataset):
            raise Unfit(detail=said("{dataset} is no name of a dataset, such as seed; * means all", dataset=dataset))
    return tuple(dict.fromkeys(datasets))
