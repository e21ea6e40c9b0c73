"""Copy all that a folder keeps to another place, and make a folder again from such a copy.

A backup holds the journal up to one entry, the newest snapshot's store, releases, the desk and the accounts, and
`SHA256SUMS`. It may be taken while others write: the journal only grows, and snapshots never change.
"""

import json
import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from graph.desk.restored import reopen
from graph.errors import said
from graph.journal.entry import Change
from graph.journal.gaps import unexplained
from graph.journal.head import Head, read_head, write_head
from graph.journal.journal import Journal, sync
from graph.journal.segments import FOLDER as JOURNAL
from graph.journal.segments import segments
from graph.journal.text import FIRST, Torn, Wrong, read
from graph.keeping.backwards import taken_back
from graph.keeping.durable import BackupDamaged, JournalDamaged, NotPossible, StoreDamaged
from graph.keeping.live import Live
from graph.keeping.mark import mark_of
from graph.keeping.recovery import ERASING
from graph.keeping.recovery import FOLDER as LIVE
from graph.keeping.release import counted_anew
from graph.keeping.shelf import FOLDER as RELEASES
from graph.keeping.snapshots import newest_first
from graph.keeping.stated import hash_of, hash_of_store, rows_at
from graph.keeping.sums import changed_files, write_sums
from graph.patch import Patch
from graph.store import open_snapshot

TOLD: Final = "backup.json"
_DATABASES: Final = ("desk.db", "accounts.db")
_BESIDE: Final = ("quality.jsonl",)
_FOLDERS: Final = (RELEASES, "audit")


@dataclass(frozen=True, slots=True)
class Backup:
    """Say what a backup holds: up to which entry, the hash of what is stated then, when it was made."""

    sequence: int
    hash: str
    dataset: str
    made: str
    erased: tuple[int, ...] = ()


def backup(folder: Path, to: Path, when: datetime) -> Backup:
    """Copy a folder to `to`, which must not exist yet; somebody else may write in it meanwhile."""
    head = read_head(folder)
    if head is None or head.hash == FIRST:
        raise NotPossible(said("{path} holds no journal, so there is nothing to back up", path=folder))
    if (folder / ERASING).exists():
        raise NotPossible(said("something is just being erased there; take the backup afterwards"))
    if to.exists():
        raise NotPossible(said("{path} exists already; a backup is never written over", path=to))
    part = to.with_name(f".{to.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    (part / JOURNAL).mkdir(parents=True)
    copy_journal(folder, part, head)
    _copy_store(folder, part, head)
    _copy_beside(folder, part)
    made = Backup(*head, hash_of(rows_at(Journal(part))), when.isoformat())
    sealed(part, made)
    part.rename(to)
    sync(to.parent)
    return made


def restore(place: Path, folder: Path, who: str, when: datetime, at: int | None = None) -> Backup:
    """Make a folder again from a backup, as it was after entry `at`; return what it holds.

    The folder must be empty. Where later entries are left out, or rows were erased by one of them, an entry of the kind
    `restore` says so, and what was accepted with one of them waits on the desk again.
    """
    told = opened(place)
    last = told.sequence if at is None else at
    digest = Journal(place).hash_at(last) if 0 < last <= told.sequence else None
    if digest is None:
        raise NotPossible(
            said("the backup has no change {sequence}; the last one is {last}", sequence=last, last=told.sequence)
        )
    if folder.exists() and any(folder.iterdir()):
        raise NotPossible(said("{path} is not empty; restore into an empty folder", path=folder))
    (folder / JOURNAL).mkdir(parents=True)
    write_head(folder, Head(last, digest))  # first: a restore that is cut short is seen as a journal that is cut
    copy_journal(place, folder, Head(last, digest))
    _copy_beside(place, folder)
    _restore_store(place, folder / LIVE / "store", Head(last, digest), whole=last == told.sequence)
    with Live(folder, who) as live:
        expected = told.dataset if last == told.sequence else hash_of(rows_at(live.journal))
        if hash_of_store(live.store) != expected:
            raise StoreDamaged(folder, said("it does not hold what the backup tells of"))
        gaps = unexplained(live.journal)
        if gaps or last < told.sequence:
            why = f"after entry {last} of {told.sequence}"
            live.commit(Change("restore", who, when, why, gaps=gaps), Patch(frozenset(), frozenset()))
        counted_anew(folder, last, live.sequence if gaps else 0)
        reopen(folder, live.journal, who, when)
        live.snapshot()
        return Backup(*live.journal.head, expected, told.made, told.erased)


def _restore_store(place: Path, store: Path, last: Head, whole: bool) -> None:
    """Copy the store of a backup, and take back in it what came after an entry; where it lacks, Live makes it anew."""
    if (place / "store").is_dir():
        shutil.copytree(place / "store", store)
        if not whole and not taken_back(store, Journal(place), last):
            shutil.rmtree(store)


def opened(place: Path) -> Backup:
    """Return what a backup holds, all its files being as they were written; raise BackupDamaged."""
    changed = changed_files(place)
    if changed:
        raise BackupDamaged(place, said("it is not as it was written: {files}", files=", ".join(changed[:5])))
    return described(place)


def described(place: Path) -> Backup:
    """Return what a backup says that it holds."""
    try:
        told = json.loads((place / TOLD).read_text())
    except FileNotFoundError:
        raise NotPossible(said("{path} is no backup", path=place)) from None
    return Backup(**{**told, "erased": tuple(told["erased"])})


def sealed(part: Path, made: Backup) -> None:
    """Write down what a backup holds and what its files come to, for good."""
    (part / TOLD).write_text(json.dumps(asdict(made), indent=1))
    write_sums(part)
    os.sync()


def copy_journal(folder: Path, to: Path, last: Head) -> None:
    """Copy a journal up to an entry."""
    wanted = [path for path in segments(folder) if int(path.stem) <= last.sequence]
    for path in wanted[:-1]:
        shutil.copyfile(path, to / JOURNAL / path.name)
    for path in wanted[-1:]:
        data = path.read_bytes()
        (to / JOURNAL / path.name).write_bytes(data[: _end_of(path, data, last)])


def _end_of(path: Path, data: bytes, last: Head) -> int:
    """Return where an entry ends in a file; whatever comes after it may just be being written."""
    try:
        return next(each.end for each in read(data) if each.hash == last.hash)
    except (StopIteration, Torn, Wrong):
        raise JournalDamaged(path, said("entry {sequence} is not in it", sequence=last.sequence)) from None


def _copy_store(folder: Path, part: Path, head: Head) -> None:
    """Copy the newest snapshot's store that is not newer than an entry; a restore is quicker with it."""
    for snapshot in newest_first(folder):
        mark = mark_of(open_snapshot(snapshot))
        if mark is not None and mark.head.sequence <= head.sequence:
            shutil.copytree(snapshot / "store", part / "store")
            return


def _copy_beside(folder: Path, part: Path) -> None:
    """Copy the desk, the accounts, releases and the audit log."""
    for name in _DATABASES:
        if (folder / name).exists():
            with closing(sqlite3.connect(folder / name)) as source, closing(sqlite3.connect(part / name)) as target:
                source.backup(target)
            (part / name).chmod((folder / name).stat().st_mode & 0o777)
    for name in _BESIDE:
        if (folder / name).exists():
            shutil.copyfile(folder / name, part / name)
    for name in _FOLDERS:
        if (folder / name).is_dir():
            shutil.copytree(folder / name, part / name, ignore=shutil.ignore_patterns(".*.part"))
