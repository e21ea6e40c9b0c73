"""Read what was released, without opening anything."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FOLDER: Final = "releases"


@dataclass(frozen=True, slots=True)
class Release:
    """Say what was published under a version: `dataset` hashes what is stated, `erased` are the erasures since."""

    version: str
    date: str
    notes: str
    who: str
    sequence: int
    hash: str
    dataset: str
    counts: dict[str, int]
    citation: str
    files: tuple[str, ...]
    erased: tuple[int, ...] = ()


def releases(folder: Path) -> list[Release]:
    """Return what was published, newest first."""
    found = [_read(path) for path in (folder / FOLDER).glob("*/release.json") if path.parent.name[0] != "."]
    return sorted(found, key=lambda each: (each.sequence, each.date, each.version), reverse=True)


def _read(path: Path) -> Release:
    told = json.loads(path.read_text(encoding="utf-8"))
    return Release(**{**told, "files": tuple(told["files"]), "erased": tuple(told["erased"])})
