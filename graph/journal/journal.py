"""Keep a journal: add entries for good, read them, prove them, and say at a start what was lost."""

import logging
import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Final

from graph.errors import said
from graph.journal.entry import Change, Entry
from graph.journal.head import Head, read_head, write_head
from graph.journal.segments import (
    FOLDER,
    Sealed,
    followed,
    is_as_sealed,
    proven,
    read_sealed,
    segment_name,
    segments,
    write_sealed,
)
from graph.journal.text import END, FIRST, Torn, Written, entry, write
from graph.keeping.durable import JournalDamaged
from graph.store import Patch

SEGMENT: Final = 4 * 1024 * 1024  # bytes after which a file grows no more
_LOG = logging.getLogger("m4sd.journal")


class Journal:
    """Be the journal of the folder of a store. Whoever holds the folder's lock may `recover` it and then `append`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._place = folder / FOLDER
        self._sealed: list[Sealed] = []
        self._head: Head | None = None
        self._open: int | None = None  # the file that grows
        self._active: list[Head] = []  # its entries, and what comes before them
        self._size, self._sum = 0, sha256()

    @property
    def head(self) -> Head:
        """Return the number and the hash of the last entry; (0, zeros) where there is none."""
        if self._head is not None:
            return self._head
        last = Head()
        for each in followed(self._folder, max((read_head(self._folder) or last).sequence - 1, 0)):
            last = Head(each.sequence, each.hash)
        return last

    def entries(self, after: int = 0) -> Iterator[Entry]:
        """Yield the entries after a number; raise JournalDamaged at the first that is not what was written."""
        return (entry(each) for each in self.written(after))

    def written(self, after: int = 0) -> Iterator[Written]:
        """Yield the entries as they stand in the files."""
        return followed(self._folder, after)

    def hash_at(self, sequence: int) -> str | None:
        """Return the hash of an entry, if there is one."""
        known = [each for each in self._active if each.sequence == sequence]
        known += [Head(each.last, each.hash) for each in self._sealed if each.last == sequence]
        if known:
            return known[0].hash
        return next((each.hash for each in self.written(sequence - 1) if each.sequence == sequence), None)

    def begin(self, at: int) -> None:
        """Give the first entry of an empty journal a number; what was there before had no journal."""
        self._head = Head(at - 1, FIRST)
        write_head(self._folder, self._head)

    def append(self, change: Change, patch: Patch) -> Entry:
        """Add an entry; it is on the disk for good when this returns. OSError: end the process, and recover."""
        assert self._head is not None, "recover first"
        data, digest = write(self._head.sequence + 1, self._head.hash, change, patch)
        if self._open is None or self._size >= SEGMENT:
            self._turn_over()
        assert self._open is not None
        _write_whole(self._open, data)
        os.fsync(self._open)
        self._head = Head(self._head.sequence + 1, digest)
        self._active.append(self._head)
        self._size += len(data)
        self._sum.update(data)
        if self._size >= SEGMENT:
            self._seal()
        write_head(self._folder, self._head)
        _LOG.info("entry %d %s", *self._head)
        return Entry(self._head.sequence, change, patch, digest)

    def recover(self, store: Head | None) -> Head:
        """Make ready to append; return the last entry. Cut off what was never acknowledged, refuse all other damage.

        `store` is the last change that the store knows of.
        """
        self.close()
        self._place.mkdir(exist_ok=True)
        outside = read_head(self._folder)
        before = outside if outside and outside.hash == FIRST and not segments(self._folder) else Head()
        found, remembered = segments(self._folder), read_sealed(self._folder)
        self._sealed, self._active = [], [before]
        for path in found:
            data = path.read_bytes()
            known = remembered.get(path.name)
            if known and is_as_sealed(path, data, known, before):
                self._sealed.append(known)
                before = Head(known.last, known.hash)
                self._active = [before]
                continue
            before = self._recovered(path, data, before, path == found[-1], outside, store)
        self._compare(outside, before)
        if {each.name: each for each in self._sealed} != remembered:
            write_sealed(self._folder, self._sealed)
        self._head = before
        if outside != before:
            write_head(self._folder, before)
        return before

    def close(self) -> None:
        """Close the file that grows."""
        if self._open is not None:
            os.close(self._open)
        self._open, self._head = None, None

    def _recovered(
        self, path: Path, data: bytes, before: Head, last: bool, outside: Head | None, store: Head | None
    ) -> Head:
        """Prove a file entry by entry; remember it where it grows no more, else go on with it."""
        first, end, self._active = before, 0, [before]
        try:
            for each in proven(path, data, before):
                before, end = Head(each.sequence, each.hash), each.end
                self._active.append(before)
        except (Torn, JournalDamaged) as error:
            acknowledged = max(outside.sequence, store.sequence if store else 0) if outside else before.sequence + 1
            _require_torn(path, data[end:], last, before.sequence + 1 > acknowledged, error)
            _cut(path, data, end)
            data = data[:end]
        if len(self._active) == 1:
            path.unlink()
        else:
            self._resume(path, data, first, last)
        return before

    def _resume(self, path: Path, data: bytes, first: Head, last: bool) -> None:
        self._size, self._sum = len(data), sha256(data)
        if not last or self._size >= SEGMENT:
            self._remember(path.name, first)
        else:
            self._open = os.open(path, os.O_WRONLY | os.O_APPEND)

    def _compare(self, outside: Head | None, last: Head) -> None:
        """Hold the end of the journal against what is kept outside it."""
        if outside is None:
            if last.sequence:
                _LOG.warning("the file head is gone or spoilt; the journal ends with entry %d %s", *last)
        elif outside.hash != FIRST and self.hash_at(outside.sequence) != outside.hash:
            detail = said(
                "it ends with entry {last}, but entry {sequence} was acknowledged with another hash or is missing",
                last=last.sequence,
                sequence=outside.sequence,
            )
            raise JournalDamaged(self._place, detail)

    def _turn_over(self) -> None:
        """Begin a new file."""
        assert self._head is not None
        if self._open is not None:
            os.close(self._open)
        name = segment_name(self._head.sequence + 1)
        self._open = os.open(self._place / name, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o644)
        self._active, self._size, self._sum = [self._head], 0, sha256()
        sync(self._place)

    def _seal(self) -> None:
        first = self._active[0]
        self._remember(segment_name(self._active[1].sequence), first)
        write_sealed(self._folder, self._sealed)

    def _remember(self, name: str, first: Head) -> None:
        one, last = self._active[1], self._active[-1]
        told = Sealed(name, one.sequence, last.sequence, first.hash, last.hash, self._size, self._sum.hexdigest())
        self._sealed.append(told)


def sync(folder: Path) -> None:
    """Keep for good which files a folder has."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _write_whole(opened: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(opened, left) :]


def _require_torn(path: Path, tail: bytes, last: bool, unheard: bool, error: Exception) -> None:
    """Let only the last entry of the last file be cut off, and only if nobody was told that it is kept."""
    if last and unheard and END not in tail[: -len(END)]:
        return
    if isinstance(error, JournalDamaged):
        raise error
    raise JournalDamaged(path, said("its last entry does not end, and may have been acknowledged")) from None


def _cut(path: Path, data: bytes, end: int) -> None:
    """Cut off the bytes of an entry that was never acknowledged; keep them beside, where there is room."""
    _LOG.warning("%s: an entry that was never acknowledged is cut off (%d bytes)", path, len(data) - end)
    try:
        path.with_suffix(".torn").write_bytes(data[end:])
    except OSError as error:
        _LOG.warning("%s: the bytes cannot be kept: %s", path, error)
    opened = os.open(path, os.O_WRONLY)
    try:
        os.ftruncate(opened, end)
        os.fsync(opened)
    finally:
        os.close(opened)
