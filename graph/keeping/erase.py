"""Erase what was said of a person, for good: from the journal, the store, its snapshots, releases and backups.

A marked gap stays in the journal, and its chain of hashes still holds. An entry of the kind `erasure` names each gap by
the digest of the row that stood there, and nothing of what the row said.
"""

import re
import shutil
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

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

MOST: Final = 1000  # rows that are erased at once unless more are allowed
SHORTEST: Final = 3  # bytes in UTF-8, so that a name of one Chinese character will do
# What a row says in words: a literal, and an address at which somebody is reached, such as mailto:.
_SAID: Final = re.compile(r'"((?:[^"\\]|\\.)*)"|<((?:mailto|tel|sip|xmpp|acct):[^>]*)>')


class NothingSaid(NotPossible):
    """Say that there is nothing to erase."""


@dataclass(frozen=True, slots=True)
class Erased:
    """Say which entry tells of an erasure, how many rows it took, and which releases were made again."""

    sequence: int
    rows: int
    releases: tuple[str, ...]


def erase(
    live: Live, who: str, why: str, when: datetime, things: Collection[NamedNode] = (), texts: Collection[str] = (),
    most: int = MOST,
) -> Erased:  # fmt: skip
    """Erase all rows that name some things, their records included, or say some texts; also who made changes, and why.

    Raises NothingSaid where no row does, NotPossible where more than `most` do, or a text is so short that many would.
    `who` and `why` stay: they must not name what is erased.
    """
    for text in texts:
        require_telling(text)
    with live.alone():
        wanted = _Wanted(live.folder, things, texts)
        gaps = found(live.journal, wanted.holds)
        if not gaps:
            raise NothingSaid(said("nothing in the journal says any of this"))
        if len(gaps) > most:
            words = said("this would erase {count} rows, more than {most}; say more exactly what is meant, or allow "
                         "as many with --most", count=len(gaps), most=most)  # fmt: skip
            raise NotPossible(words)
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


def require_telling(text: str) -> None:
    """Raise NotPossible for a text that nearly everything says."""
    if len(text.strip().encode()) < SHORTEST:
        raise NotPossible(said("the text {text} is too short to tell what is meant by it", text=repr(text)))


class _Wanted:
    """Know the rows that are meant: a thing by its IRI, a text by what a literal says, whatever the case."""

    def __init__(self, folder: Path, things: Iterable[NamedNode], texts: Iterable[str]) -> None:
        records = {version.graph for thing in things for version in versions(folder, thing)}
        self._things = tuple(str(each).encode() for each in {*things, *records})
        self._texts = tuple(str(Literal(text.strip()))[1:-1].casefold() for text in texts)

    def holds(self, row: bytes) -> bool:
        """Return whether a row names one of the things or says one of the texts, in a literal or as an address."""
        if any(each in row for each in self._things):
            return True
        told = "\n".join(one or other for one, other in _SAID.findall(row.decode())).casefold()
        return any(each in told for each in self._texts)
