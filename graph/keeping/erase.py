"""Erase what was said of a person, for good: from the journal, the store, its snapshots, releases and backups.

A marked gap stays in the journal, and its chain of hashes still holds. An entry of the kind `erasure` names each gap by
the digest of the row that stood there, and nothing of what the row said.
"""

import shutil
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from graph.errors import said
from graph.journal.entry import Change
from graph.journal.gaps import erasures, found, take_away
from graph.journal.journal import Journal
from graph.keeping.backup import described, sealed
from graph.keeping.durable import NotPossible
from graph.keeping.history import versions
from graph.keeping.live import Live
from graph.keeping.release import renewed
from graph.keeping.shelf import releases
from graph.keeping.stated import hash_of, rows_at


@dataclass(frozen=True, slots=True)
class Erased:
    """Say which entry tells of an erasure, how many rows it took, and which releases were made again."""

    sequence: int
    rows: int
    releases: tuple[str, ...]


def erase(
    live: Live, who: str, why: str, when: datetime, things: Collection[NamedNode] = (), texts: Collection[str] = ()
) -> Erased:
    """Erase all rows that name some things, their records included, or hold some texts; also who made changes, and why.

    Raises NotPossible where no row does. `who` and `why` stay: they must not name what is erased.
    """
    with live.alone():
        wanted = _needles(live.folder, things, texts)
        gaps = found(live.journal, lambda row: any(each in row for each in wanted))
        if not gaps:
            raise NotPossible(said("nothing in the journal says any of this"))
        entry = live.erase(Change("erasure", who, when, why, gaps=gaps))
    return Erased(entry.sequence, len(gaps), cleanse(live.folder))


def cleanse(folder: Path) -> tuple[str, ...]:
    """Make releases again that still hold what was erased since; return their versions. May be done again."""
    journal = Journal(folder)
    by = frozenset(erasures(journal).values())
    made = []
    for release in releases(folder):
        since = {number for number in by if number > release.sequence}
        if since - set(release.erased):
            made.append(renewed(folder, release, journal, since).version)
    return tuple(made)


def cleanse_backup(folder: Path, place: Path) -> int:
    """Take out of a backup what was erased in the folder since; return the count of rows. May be done again."""
    told, journal = described(place), Journal(folder)
    if journal.hash_at(told.sequence) != told.hash:
        raise NotPossible(said("{path} is no backup of this folder", path=place))
    gaps = erasures(journal)
    count = take_away(place, gaps)
    shutil.rmtree(place / "store", ignore_errors=True)  # a restore makes it again
    kept = Journal(place)
    for release in releases(place):
        since = {number for number in gaps.values() if number > release.sequence}
        if since - set(release.erased):
            renewed(place, release, kept, since)
    later = tuple(sorted({number for number in gaps.values() if number > told.sequence}))
    sealed(place, replace(told, dataset=hash_of(rows_at(kept)), erased=later))
    return count


def _needles(folder: Path, things: Iterable[NamedNode], texts: Iterable[str]) -> tuple[bytes, ...]:
    """Return the bytes by which rows are known."""
    records = {version.graph for thing in things for version in versions(folder, thing)}
    named = [str(each).encode() for each in {*things, *records}]
    return (*named, *(str(Literal(text))[1:-1].encode() for text in texts if text))
