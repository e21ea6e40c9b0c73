"""Keep the file of tokens and people (SQLite), and what both share: who has which role in which datasets."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from graph.errors import M4sdError, said
from graph.private import File
from server.identity.roles import ALL, GIVEN, Role

FILE: Final = "accounts.db"
DATASET: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,59}", re.ASCII)
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


def file(folder: Path) -> File:
    """Return the file in a folder."""
    return File(folder / FILE, _TABLES)


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
