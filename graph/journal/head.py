"""Keep the last sequence number and hash outside the journal too, so that a journal that was cut is seen.

One line of fixed length, written in place: a sector of a disk is written whole or not at all.
"""

import os
import re
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

from graph.journal.text import FIRST

FILE: Final = "head"
_LINE = re.compile(rb"([0-9]{20}) ([0-9a-f]{64}) ([0-9a-f]{16})\n")


class Head(NamedTuple):
    """Name the last entry of a journal."""

    sequence: int = 0
    hash: str = FIRST


def read_head(folder: Path) -> Head | None:
    """Return the head that a folder keeps; None where there is none, or one that was not written so."""
    try:
        found = _LINE.fullmatch((folder / FILE).read_bytes())
    except FileNotFoundError:
        return None
    if found is None or found[3] != _check(found[1] + b" " + found[2]):
        return None
    return Head(int(found[1]), found[2].decode())


def write_head(folder: Path, head: Head) -> None:
    """Write the head, for good before this returns."""
    told = b"%020d %s" % (head.sequence, head.hash.encode())
    opened = os.open(folder / FILE, os.O_WRONLY | os.O_CREAT, 0o644)
    try:
        os.pwrite(opened, told + b" " + _check(told) + b"\n", 0)
        if os.fstat(opened).st_size != len(told) + 18:
            os.ftruncate(opened, len(told) + 18)
        os.fdatasync(opened)
    finally:
        os.close(opened)


def _check(told: bytes) -> bytes:
    return sha256(told).hexdigest()[:16].encode()
