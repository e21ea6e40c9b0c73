"""Change the graph: one process at a time, each change written to the journal for good before the store has it.

Work is done in this order: what the change means, the journal, the store with the number of the change in it. Only then
is it acknowledged. Whatever the disk refuses ends the process (Broken); the next one starts from the journal.
"""

import logging
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Final, Self

from graph.errors import StoreMissing, said
from graph.journal import head
from graph.journal.entry import Change, Entry
from graph.journal.head import Head
from graph.journal.journal import Journal
from graph.journal.text import FIRST
from graph.keeping import beside, recovery, snapshots
from graph.keeping.durable import Broken, JournalDamaged, NoRoom, StoreDamaged
from graph.keeping.lock import Lock
from graph.keeping.mark import advance, mark_of
from graph.keeping.stated import stated
from graph.keeping.witness import noted
from graph.patch import Patch
from graph.reason.derive import derived
from graph.reason.merges import exact
from graph.search.reach import Touched
from graph.store import Store, current, open_snapshot

MARGIN: Final = 256 * 1024 * 1024  # bytes that must be free before a change
AT_ONCE: Final = 50_000  # quads that may wait in the store's memory; past 128 MB its files would differ in age
_LOG = logging.getLogger("m4sd.live")


class Live:
    """Be the one that writes in a folder, from entering to leaving; several threads may use it.

    `turn` is held during each change: whoever checks something before a change holds it around both.
    """

    def __init__(self, folder: Path, who: str = "m4sd", margin: int = MARGIN) -> None:
        self.folder, self.margin = folder, margin
        self.journal = Journal(folder)
        self.turn = RLock()
        self._who, self._lock = who, Lock(folder)
        self._store: Store | None = None
        self._unnumbered: Path | None = None  # the snapshot of a folder that has no journal yet
        self._showing = RLock()
        self._waiting = 0
        self._touched: Touched | None = None  # since the last snapshot; None where that is not known
        self._broken = ""

    def __enter__(self) -> Self:
        """Take the lock and recover; raise Busy, JournalDamaged or StoreDamaged."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock.take(self._who)
        try:
            self._unnumbered = _without_journal(self.folder)
            snapshots.forget_parts(self.folder)
            self._store = recovery.opened(self.folder, self.journal)
            if snapshots.is_taken(self.folder, self.journal.head.sequence):
                self._touched = Touched()
            if (self.folder / recovery.ERASING).exists():
                self._forget_erased()
        except BaseException:
            self._leave()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of everything; a folder in which nothing was ever changed is as it was."""
        with self.turn:
            unused = self._store is not None and self.journal.head.hash == FIRST
            self._leave()
            if unused:
                shutil.rmtree(self.folder / recovery.FOLDER, ignore_errors=True)
                shutil.rmtree(self.folder / "journal", ignore_errors=True)
                (self.folder / head.FILE).unlink(missing_ok=True)

    @property
    def store(self) -> Store:
        """Return the store as it is after the last change."""
        with self.turn:
            if self._store is None:
                raise Broken(said("the folder is closed"))
            if self._unnumbered:
                self._take_over(self._unnumbered)
            return self._store

    @property
    def sequence(self) -> int:
        """Return the number of the last change."""
        return self.journal.head.sequence

    def commit(self, change: Change, patch: Patch, anew: bool = False) -> Entry:
        """Make a change of what is stated, with all that follows from it; it is kept for good when this returns.

        Raises NoRoom, nothing having been written, or Broken, after which the process must end. `anew` draws all that
        follows again, not only what this change touches: the rules themselves may have become others.
        """
        with self.turn:
            store = self.store
            self.require_room()
            with self._all_or_broken():
                changed = exact(store, patch)
                whole = derived(store, changed, anew)
                self._broken = "a change was cut short"  # the journal may be ahead of the store until the end of this
                entry = self.journal.append(self._witnessed(change), changed)
                advance(store, whole, Head(entry.sequence, entry.hash))
                self._settle(whole)
                self._broken = ""
            return entry

    def erase(self, change: Change) -> Entry:
        """Take the rows that an erasure names out of the journal, the store and all snapshots, for good.

        A start after a crash does the rest.
        """
        with self.alone():
            store = self.store
            self.require_room()
            with self._all_or_broken():
                self._broken = "an erasure was cut short"
                (self.folder / recovery.ERASING).touch()
                entry = self.journal.append(self._witnessed(change), Patch(frozenset(), frozenset()))
                store.close()
                self._store = None
                self._store, self._touched = recovery.erased(self.folder, self.journal), None
                self._broken = ""
            self._forget_erased()
            return entry

    def snapshot(self, fill: beside.Fill | None = None) -> Path:
        """Let readers see the store as it is now, and return the folder of the snapshot.

        `fill` writes what belongs into it; else it tells its counts, and the rest as the snapshot before it.
        Changes may go on meanwhile.
        """
        with self._showing:
            with self.turn:
                last = self.journal.head
                if self._unnumbered or last.hash == FIRST:
                    return current(self.folder)
                if snapshots.is_taken(self.folder, last.sequence):
                    return snapshots.show(self.folder, last.sequence)
                self.require_room()
                with self._all_or_broken(), recovery.at_rest(self.folder):
                    part = snapshots.begun(self.folder, self.store, last.sequence)
                self._waiting, touched, self._touched = 0, self._touched, Touched()
            try:
                with self._all_or_broken():
                    beside.fill(self.folder, part, touched, fill or beside.told)
            except Broken:
                self._touched = None
                raise
            return snapshots.show(self.folder, last.sequence)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold back changes and snapshots of other threads; for whoever changes something and shows just that."""
        with self._showing, self.turn:
            yield

    def forget_old(self, seconds: float) -> None:
        """Remove snapshots that others took the place of so many seconds ago, never the newest two."""
        snapshots.forget_old(self.folder, seconds)

    def require_room(self) -> None:
        """Raise NoRoom where the disk is nearly full."""
        free = shutil.disk_usage(self.folder).free
        if free < self.margin:
            raise NoRoom(free, self.margin)

    def counted(self) -> dict[str, int]:
        """Return the counts of what the store holds."""
        mark = mark_of(self.store)
        return asdict(mark.counts) if mark else {}

    def _take_over(self, snapshot: Path) -> None:
        """Begin a journal with all that the newest snapshot of an older version states."""
        old = open_snapshot(snapshot)
        quads = frozenset(stated(old))
        if not quads and next(old.quads(), None):
            raise StoreDamaged(snapshot, said("it holds nothing that a record states, and has no journal"))
        self._unnumbered = None
        self.journal.begin(int(snapshot.name))
        when = datetime.fromtimestamp(snapshot.stat().st_mtime, UTC)
        self.commit(Change("build", self._who, when, why="taken over from an older version"), Patch(frozenset(), quads))

    def _settle(self, whole: Patch) -> None:
        """Write to the store's files before so much waits that the engine would do so itself, one index at a time."""
        changed = whole.delete | whole.insert
        if self._touched is not None:
            self._touched.add(changed)
        self._waiting += len(changed)
        if self._waiting > AT_ONCE and self._store is not None:
            with recovery.at_rest(self.folder):
                self._store.flush()
            self._waiting = 0

    def _witnessed(self, change: Change) -> Change:
        return replace(change, audit=noted(self.folder))

    def _forget_erased(self) -> None:
        """Let no snapshot be read that still holds what was erased."""
        kept = self.snapshot()
        for each in snapshots.snapshots(self.folder):
            if each != kept:
                shutil.rmtree(each)
        (self.folder / recovery.ERASING).unlink()

    @contextmanager
    def _all_or_broken(self) -> Iterator[None]:
        """Turn what the disk or the engine says into Broken; nothing can be changed afterwards."""
        if self._broken:
            raise Broken(self._broken)
        try:
            yield
        except (OSError, RuntimeError, sqlite3.OperationalError) as error:
            self._broken = str(error)
            _LOG.error("%s", error)
            if isinstance(error, RuntimeError) or (isinstance(error, FileNotFoundError) and "IO error" in str(error)):
                recovery.doubt(self.folder)
            raise Broken(str(error)) from error

    def _leave(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None
        self.journal.close()
        self._lock.free()


def _without_journal(folder: Path) -> Path | None:
    """Return the newest snapshot of a folder that never had a journal."""
    try:
        newest = current(folder)
    except StoreMissing:
        return None
    known = head.read_head(folder)
    if any((folder / "journal").glob("*.rdfp")) or (known and known.hash != FIRST):
        return None
    if mark_of(open_snapshot(newest)) is not None:
        raise JournalDamaged(folder / "journal", said("it is gone"))
    return newest
