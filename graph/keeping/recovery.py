"""Open the live store and bring it to where the journal is; refuse where the two contradict each other.

The journal is what counts: a store that is gone or unreadable is made again from it. A store that knows more than the
journal is no such case: then acknowledged changes are missing from the journal, and nothing is touched.
"""

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from graph.errors import said
from graph.journal.gaps import erasures, take_away
from graph.journal.head import Head
from graph.journal.journal import Journal, sync
from graph.journal.text import FIRST, quads
from graph.keeping.durable import Broken, StoreDamaged
from graph.keeping.history_index import forget
from graph.keeping.mark import Mark, advance, mark_of
from graph.keeping.snapshots import link, newest_first
from graph.keeping.stated import rows_at
from graph.patch import Patch
from graph.reason.derive import derived
from graph.reason.merges import recomputed
from graph.store import Store, open_live, open_snapshot

FOLDER: Final = "live"
ERASING: Final = "erasing"  # an erasure was begun in the folder, and old snapshots may hold what it erases
_DOUBT: Final = "doubt"  # the store broke while it was open
_BUSY: Final = "flushing"  # its files were being rearranged
_PASSING: Final = ("No space left", "Permission denied", "No locks available", "Too many open files", "Read-only file")
_LOG = logging.getLogger("m4sd.live")


def opened(folder: Path, journal: Journal) -> Store:
    """Recover a journal and return the store that holds what is in it; who asks holds the lock of the folder."""
    live = folder / FOLDER
    live.mkdir(exist_ok=True)
    found = _readable(live)
    mark = mark_of(found) if found is not None else None
    head = journal.recover(mark.head if mark else None)
    if head.hash == FIRST and mark is None:
        return found or open_live(live / "store")
    if (folder / ERASING).exists():
        if found is not None:
            found.close()
        return erased(folder, journal)
    if found is None or mark is None:
        if found is not None:
            found.close()
        return _made_again(folder, journal, head)
    _require_same(live, journal, mark.head)
    replay(found, journal, mark)
    return found


def replay(store: Store, journal: Journal, mark: Mark) -> None:
    """Make the changes that a store has not seen yet."""
    for entry in journal.entries(mark.head.sequence):
        _LOG.warning("entry %d is made again in the store", entry.sequence)
        advance(store, derived(store, entry.patch), Head(entry.sequence, entry.hash))


def rebuilt(live: Path, journal: Journal, head: Head) -> Store:
    """Make a store from the journal alone, and put it in place of the live one."""
    new = live / "store.new"
    shutil.rmtree(new, ignore_errors=True)
    store = open_live(new)
    stated = Patch(frozenset(), frozenset(quads(rows_at(journal, head.sequence))))
    advance(store, recomputed(store, stated), head)
    store.flush()
    return _in_place(live, store)


def erased(folder: Path, journal: Journal) -> Store:
    """Take out of the journal what its erasures name, and make the store again from what is left."""
    gaps = erasures(journal)
    journal.close()
    take_away(folder, gaps)
    forget(folder)
    return rebuilt(folder / FOLDER, journal, journal.recover(None))


def doubt(folder: Path) -> None:
    """Remember, for the next start, that the live store cannot be read."""
    (folder / FOLDER / _DOUBT).touch()


@contextmanager
def at_rest(folder: Path) -> Iterator[None]:
    """Hold that the store's files are being rearranged; should this process end meanwhile, they are not relied on."""
    busy = folder / FOLDER / _BUSY
    busy.touch()
    yield
    busy.unlink()


def _made_again(folder: Path, journal: Journal, head: Head) -> Store:
    """Make the store from the newest snapshot that the journal knows, and the changes since; else from the journal."""
    live = folder / FOLDER
    if not (live / _DOUBT).exists():
        for snapshot in newest_first(folder):
            store = _copied(snapshot, live / "store.new", journal)
            if store is not None and (mark := mark_of(store)) is not None:
                _LOG.warning("the live store is made again from %s and the journal", snapshot)
                replay(store, journal, mark)
                store.flush()
                return _in_place(live, store)
    _LOG.warning("the live store is made again from the journal")
    return rebuilt(live, journal, head)


def _copied(snapshot: Path, target: Path, journal: Journal) -> Store | None:
    """Return a copy of a snapshot, if it is one that the journal knows."""
    shutil.rmtree(target, ignore_errors=True)
    try:
        mark = mark_of(open_snapshot(snapshot))
        if mark is None or journal.hash_at(mark.head.sequence) != mark.head.hash:
            return None
        link(snapshot / "store", target)
        return open_live(target)
    except (OSError, RuntimeError, ValueError) as error:
        _raise_passing(error)
        _LOG.warning("%s cannot be read: %s", snapshot, error)
        return None


def _in_place(live: Path, store: Store) -> Store:
    store.close()
    place = live / "store"
    shutil.rmtree(place, ignore_errors=True)
    (live / "store.new").rename(place)
    sync(live)
    for sign in (_DOUBT, _BUSY):
        (live / sign).unlink(missing_ok=True)
    return open_live(place)


def _readable(live: Path) -> Store | None:
    """Open the live store; None where it is gone, cannot be read, or cannot be relied on."""
    place = live / "store"
    if (live / _DOUBT).exists() or (live / _BUSY).exists() or not (place / "CURRENT").exists():
        return None
    for orphan in place.glob("bulk-*.sst"):  # of a load that was cut short
        orphan.unlink()
    try:
        store = open_live(place)
        mark_of(store)
    except (OSError, RuntimeError, ValueError) as error:
        _raise_passing(error)
        _LOG.warning("%s cannot be read: %s", place, error)
        doubt(live.parent)
        return None
    return store


def _raise_passing(error: Exception) -> None:
    """Raise Broken where it is the machine's trouble, not the store's."""
    if any(words in str(error) for words in _PASSING):
        raise Broken(str(error)) from error


def _require_same(live: Path, journal: Journal, mark: Head) -> None:
    if journal.hash_at(mark.sequence) != mark.hash:
        last = journal.head.sequence
        detail = (
            said(
                "the store holds entry {sequence}, but the journal ends with {last}", sequence=mark.sequence, last=last
            )
            if mark.sequence > last
            else said("the store holds another entry {sequence} than the journal", sequence=mark.sequence)
        )
        raise StoreDamaged(live, detail)
