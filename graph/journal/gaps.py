"""Take rows out of a journal for good, and say of each gap which erasure made it; the chain of hashes still holds."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from graph.errors import said
from graph.journal.journal import Journal, sync
from graph.journal.segments import FOLDER, SEALED, segments
from graph.journal.text import Torn, Wrong, change, digest, erased, gap, read, row
from graph.keeping.durable import JournalDamaged

Gaps = dict[tuple[int, str], int]  # the entry and the digest of a row -> the entry that erased it
_TOLD = (b"H who ", b"H why ", b"H source ", b"H submission ", b"H replacedBy ")  # what may name a person


def found(journal: Journal, wanted: Callable[[bytes], bool]) -> tuple[tuple[int, str], ...]:
    """Return the rows that are wanted, in all entries: quads, and what entries say of who made them and why."""
    return tuple(
        (each.sequence, digest(line).hex())
        for each in journal.written()
        for line in (*(told for told in each.told if told.startswith(_TOLD)), *each.rows)
        if (text := row(line)) and wanted(text)
    )


def erasures(journal: Journal) -> Gaps:
    """Return all rows that entries of a journal erase, or that were erased before it was restored."""
    naming = (each for each in journal.written() if any(line.startswith(b"H gap ") for line in each.told))
    return {each: written.sequence for written in naming for each in change(written).gaps}


def take_away(folder: Path, gaps: Gaps) -> int:
    """Put gaps in the place of rows that stand in a journal's files; return how many there were. May be done again."""
    count = 0
    (folder / FOLDER / SEALED).unlink(missing_ok=True)
    for path in segments(folder):
        data = path.read_bytes()
        parts = list(_without(path, data, gaps))
        if changed := sum(count for _, count in parts):
            new = path.with_suffix(".new")
            with new.open("wb") as file:
                file.write(b"".join(part for part, _ in parts))
                os.fsync(file.fileno())
            new.replace(path)
            sync(path.parent)
            count += changed
    for torn in (folder / FOLDER).glob("*.torn"):
        torn.unlink()
    return count


def unexplained(journal: Journal) -> tuple[tuple[int, str], ...]:
    """Return the gaps that no entry of the journal names."""
    known = erasures(journal)
    holes = ((each, gap(line)) for each in journal.written() for line in (*each.told, *each.rows))
    named = ((each.sequence, hole[0]) for each, hole in holes if hole)
    return tuple(dict.fromkeys(each for each in named if each not in known))


def _without(path: Path, data: bytes, gaps: Gaps) -> Iterator[tuple[bytes, int]]:
    """Yield the bytes of each entry, and how many of its rows were taken away."""
    try:
        for each in read(data):
            block, taken = data[each.start : each.end], 0
            for line in (*each.told, *each.rows):
                by = gaps.get((each.sequence, digest(line).hex())) if line[:1] != b"#" else None
                if by is not None:
                    block, taken = block.replace(b"\n" + line + b"\n", b"\n" + erased(line, by) + b"\n"), taken + 1
            yield block, taken
    except (Torn, Wrong) as error:
        raise JournalDamaged(path, said("it is not whole")) from error
