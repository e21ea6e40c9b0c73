"""Write an entry of the journal as text, and read it back: RDF Patch (Jena's RDF Delta, "RDF Patch", 2).

Each row ends in a comment with a random salt of its own, and the hash of the entry is over the digests of its salted
rows. So a row can be taken away later: its digest takes its place, and the chain of hashes still holds.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from secrets import token_bytes
from typing import Final

from pyoxigraph import Literal, Quad, RdfFormat, parse

from graph.errors import Said, said
from graph.journal.entry import Change, Entry
from graph.store import Patch

FIRST: Final = "0" * 64  # what comes before the first entry
END: Final = b"\nTC .\n"
_HEAD = re.compile(
    rb'H id <urn:sha256:([0-9a-f]{64})> \.\nH prev <urn:sha256:([0-9a-f]{64})> \.\nH sequence "([0-9]+)" \.\n'
)
_GAP = re.compile(rb"# erased ([0-9a-f]{64}) by ([0-9]+)")
_SALT: Final = 35  # bytes: a blank, a number sign, a blank, 32 digits


class Torn(ValueError):
    """Say that an entry does not end."""


class Wrong(ValueError):
    """Say why an entry is not what was written."""

    def __init__(self, why: Said) -> None:
        super().__init__(str(why))
        self.said = why


@dataclass(frozen=True, slots=True)
class Written:
    """Carry an entry as it stands in a file, its hash proven: the lines before `TX .`, and those after it."""

    sequence: int
    previous: str
    hash: str
    told: tuple[bytes, ...]
    rows: tuple[bytes, ...]
    start: int
    end: int


def write(sequence: int, previous: str, change: Change, patch: Patch) -> tuple[bytes, str]:
    """Return the text of an entry and its hash."""
    told = [b"H " + each for each in _told(change)]
    rows = [b"D " + each for each in _lines(patch.delete)] + [b"A " + each for each in _lines(patch.insert)]
    salt = token_bytes(16 * (len(told) + len(rows))).hex().encode()
    lines = [row + b" # " + salt[32 * n : 32 * n + 32] for n, row in enumerate((*told, *rows))]
    digest = _hash(sequence, previous, lines)
    head = f'H id <urn:sha256:{digest}> .\nH prev <urn:sha256:{previous}> .\nH sequence "{sequence}" .\n'.encode()
    body = b"".join(line + b"\n" for line in (*lines[: len(told)], b"TX .", *lines[len(told) :]))
    return head + body + b"TC .\n", digest


def read(data: bytes, start: int = 0) -> Iterator[Written]:
    """Yield the entries of a file, each proven by its hash; raise Torn where the last does not end, Wrong before that.

    Whether they follow each other is for the caller to say.
    """
    while start < len(data):
        end = data.find(END, start)
        if end < 0:
            raise Torn
        yield _one(data, start, end + len(END))
        start = end + len(END)


def digest(line: bytes) -> bytes:
    """Return the digest of a salted row, or the one that stands in for an erased row."""
    if line[:1] == b"#":
        gap = _GAP.fullmatch(line)
        if gap is None:
            raise Wrong(said("a row cannot be read"))
        return bytes.fromhex(gap[1].decode())
    if line[-_SALT : -_SALT + 3] != b" # " or line[-_SALT - 2 : -_SALT] != b" .":
        raise Wrong(said("a row cannot be read"))
    return sha256(line).digest()


def gap(line: bytes) -> tuple[str, int] | None:
    """Return the digest of an erased row and the entry that erased it; None for a row that is there."""
    found = _GAP.fullmatch(line) if line[:1] == b"#" else None
    return (found[1].decode(), int(found[2])) if found else None


def erased(line: bytes, by: int) -> bytes:
    """Return what stands for a row once it is erased."""
    return b"# erased %s by %d" % (digest(line).hex().encode(), by)


def row(line: bytes) -> bytes:
    """Return a row without its salt; nothing for an erased one."""
    return b"" if line[:1] == b"#" else line[:-_SALT]


def entry(written: Written) -> Entry:
    """Return what an entry says."""
    rows = [row(line) for line in written.rows]
    delete, insert = (quads(each[2:] for each in rows if each[:2] == mark) for mark in (b"D ", b"A "))
    gaps = sum(line[:1] == b"#" for line in (*written.told, *written.rows))
    return Entry(written.sequence, change(written), Patch(frozenset(delete), frozenset(insert)), written.hash, gaps)


def change(written: Written) -> Change:
    """Return what the head of an entry says; what was erased there is empty."""
    told: dict[str, list[str]] = {}
    for line in written.told:
        if text := row(line):
            key, _, value = text[2:].partition(b" ")
            (quad,) = parse(b"<x:x> <x:x> " + value, format=RdfFormat.N_QUADS)
            told.setdefault(key.decode(), []).append(quad.object.value)
    gaps = tuple((int(number), digest) for each in told.get("gap", ()) for number, _, digest in [each.partition(" ")])
    one = {key: values[0] for key, values in told.items()}
    texts = {key: one.get(key, "") for key in ("who", "why", "source", "submission", "dataset", "audit")}
    when = datetime.fromisoformat(one["when"]) if "when" in one else datetime.min
    undone = int(one.get("undone", 0))
    return Change(
        one.get("kind", ""), when=when, replaced_by=one.get("replacedBy", ""), undone=undone, gaps=gaps, **texts
    )


def quads(lines: Iterable[bytes]) -> list[Quad]:
    """Return the quads of statements in N-Quads, blank nodes by the names they have."""
    return list(parse(b"\n".join(lines), format=RdfFormat.N_QUADS))


def _one(data: bytes, start: int, end: int) -> Written:
    head = _HEAD.match(data, start, end)
    if head is None:
        raise Wrong(said("the head of an entry cannot be read"))
    lines = data[head.end() : end - len(END)].split(b"\n")
    if b"TX ." not in lines:
        raise Wrong(said("an entry has no TX row"))
    at = lines.index(b"TX .")
    told, rows = tuple(lines[:at]), tuple(lines[at + 1 :])
    name, previous, sequence = head[1].decode(), head[2].decode(), int(head[3])
    if _hash(sequence, previous, (*told, *rows)) != name or head[3] != b"%d" % sequence:
        raise Wrong(said("entry {sequence} does not have the hash that it was written with", sequence=sequence))
    return Written(sequence, previous, name, told, rows, start, end)


def _hash(sequence: int, previous: str, lines: Iterable[bytes]) -> str:
    body = sha256(b"".join(digest(line) for line in lines)).hexdigest()
    return sha256(f"{previous}\n{sequence}\n{body}\n".encode()).hexdigest()


def _lines(quads: Iterable[Quad]) -> list[bytes]:
    return sorted(f"{quad} .".encode() for quad in quads)


def _told(change: Change) -> Iterator[bytes]:
    named = {"kind": change.kind, "who": change.who, "when": change.when.isoformat(), "why": change.why}
    named |= {"source": change.source, "submission": change.submission, "dataset": change.dataset}
    named |= {"replacedBy": change.replaced_by, "undone": str(change.undone or ""), "audit": change.audit}
    yield from (f"{key} {Literal(value)} .".encode() for key, value in named.items() if value)
    yield from (f"gap {Literal(f'{number} {digest}')} .".encode() for number, digest in change.gaps)
