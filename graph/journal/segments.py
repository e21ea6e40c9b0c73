"""Read the files of a journal, `journal/000000001.rdfp` and on, each named by its first entry, and prove their chain.

`journal/sealed` remembers of files that grow no more what was proven of them, by their SHA-256. It may be lost or
wrong: then they are proven again.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from graph.errors import Said, said
from graph.journal.head import Head
from graph.journal.text import FIRST, Torn, Written, Wrong, read
from graph.keeping.durable import JournalDamaged

FOLDER: Final = "journal"
SEALED: Final = "sealed"


@dataclass(frozen=True, slots=True)
class Sealed:
    """Say of a file that grows no more where its chain begins and ends, and what its bytes come to."""

    name: str
    first: int
    last: int
    previous: str
    hash: str
    size: int
    sha256: str


def segments(folder: Path) -> list[Path]:
    """Return the files of a folder's journal, in order."""
    return sorted((folder / FOLDER).glob("*.rdfp"))


def segment_name(first: int) -> str:
    """Return the name of the file that begins with an entry."""
    return f"{first:09d}.rdfp"


def proven(path: Path, data: bytes, before: Head) -> Iterator[Written]:
    """Yield the entries of a file that follow an entry, or raise JournalDamaged; raise Torn where the last has no end.

    Nothing comes before the first entry of a journal, whatever its number.
    """
    at = 0
    try:
        for each in read(data):
            follows = before.hash == FIRST or each.sequence == before.sequence + 1
            if each.previous != before.hash or not follows:
                detail = said("entry {sequence} does not follow the one before it", sequence=each.sequence)
                raise JournalDamaged(path, at_line(data, each.start, detail))
            yield each
            before, at = Head(each.sequence, each.hash), each.end
    except Wrong as wrong:
        raise JournalDamaged(path, at_line(data, at, wrong.said)) from wrong


def at_line(data: bytes, offset: int, detail: Said) -> Said:
    """Say at which line of a file something is."""
    return said("line {line}: {detail}", line=data.count(b"\n", 0, offset) + 1, detail=detail)


def followed(folder: Path, after: int = 0) -> Iterator[Written]:
    """Yield the whole entries after a number, proving each; an entry that is just being written is left for later."""
    found = segments(folder)
    begin = max((n for n, path in enumerate(found) if int(path.stem) <= after + 1), default=0)
    before = Head()
    for number, path in enumerate(found[begin:], begin):
        data = path.read_bytes()
        if before.hash == FIRST and number:
            before = _before(path, data)
        try:
            for each in proven(path, data, before):
                before = Head(each.sequence, each.hash)
                if each.sequence > after:
                    yield each
        except Torn:
            if path != found[-1]:
                raise JournalDamaged(path, said("its last entry does not end")) from None


def read_sealed(folder: Path) -> dict[str, Sealed]:
    """Return what is remembered of files that grow no more, by their names; nothing where it cannot be read."""
    try:
        check, _, told = (folder / FOLDER / SEALED).read_bytes().partition(b"\n")
        if sha256(told).hexdigest().encode() == check:
            return {each["name"]: Sealed(**each) for each in json.loads(told)}
    except FileNotFoundError:
        pass
    return {}


def write_sealed(folder: Path, sealed: Sequence[Sealed]) -> None:
    """Remember this, below its own SHA-256: a file that is cut or changed is read as none."""
    told = json.dumps([asdict(each) for each in sealed], indent=1).encode()
    (folder / FOLDER / SEALED).write_bytes(sha256(told).hexdigest().encode() + b"\n" + told)


def is_as_sealed(path: Path, data: bytes, sealed: Sealed | None, before: Head) -> bool:
    """Return whether a file holds the very bytes that were proven to follow an entry."""
    return (
        sealed is not None
        and (sealed.size, sealed.previous) == (len(data), before.hash)
        and sha256(data).hexdigest() == sealed.sha256
    )


def _before(path: Path, data: bytes) -> Head:
    """Return what a file says comes before its first entry."""
    first = next(iter(_first(path, data)), None)
    return Head(first.sequence - 1, first.previous) if first else Head()


def _first(path: Path, data: bytes) -> Iterator[Written]:
    try:
        yield from read(data)
    except Torn:
        return
    except Wrong as wrong:
        raise JournalDamaged(path, at_line(data, 0, wrong.said)) from wrong
