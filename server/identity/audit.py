"""Keep a log of who did what, in which tampering shows.

It is a file of JSON lines to which lines are only added; each holds the SHA-256 of the one before it, so that whoever
changes, takes out or moves a line breaks the chain there. The last number and hash are also in a small file beside it,
so that a log cut at its end is seen.
"""

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from graph.errors import Said, said

FOLDER: Final = "audit"
LOG: Final = "log.jsonl"
HEAD: Final = "head.json"
START: Final = "0" * 64  # what stands before the first line
_LONGEST = 1000  # characters of one value
_TAIL = 64 * 1024  # bytes at the end of the log among which its last line is


@dataclass(frozen=True)
class Line:
    """Say what was done: by whom, when, to what; `number` counts from 1."""

    number: int
    at: str
    who: str
    what: str
    about: str
    data: Mapping[str, object]
    before: str
    hash: str


@dataclass(frozen=True, slots=True)
class Break:
    """Say where the log is not as it was written, and how that shows."""

    line: int
    why: Said


class Audit:
    """Write and check the log in a folder; any number of processes may write at once."""

    def __init__(self, folder: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._folder, self._clock = folder / FOLDER, clock

    def write(self, what: str, who: str, about: str = "", **data: object) -> Line:
        """Add a line, on the disk when this returns; raise OSError where it cannot be kept."""
        with self._locked() as log:
            last, torn = _last(log)
            number, before = (last["number"], last["hash"]) if last else (0, START)
            told: dict[str, Any] = {  # Any: plain JSON
                "number": number + 1,
                "at": self._clock().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                "who": _short(who),
                "what": what,
                "about": _short(about),
                "data": {key: _short(value) for key, value in data.items()},
                "before": before,
            }
            line = {**told, "hash": _hash(told)}
            text = json.dumps(line).encode() + b"\n"
            os.write(log, b"\n" + text if torn else text)
            os.fsync(log)
            self._point(number + 1, line["hash"])
            return Line(**line)

    def lines(self, after: int = 0) -> Iterator[Line]:
        """Yield the lines after a number, as they stand there; what cannot be read is for `verify` to tell."""
        for _, line in self._read():
            if line is not None and line["number"] > after:
                yield Line(**{key: line[key] for key in Line.__dataclass_fields__})

    def verify(self, witness: tuple[int, str] | None = None) -> tuple[Break, ...]:
        """Return each place where the log is not as it was written; nothing, where it is whole.

        `witness` is a number and a hash that somebody noted elsewhere, lest the whole log was written anew.
        """
        found, before, number, hashes = list[Break](), START, 0, {0: START}
        for at, line in self._read():
            if line is None:
                found.append(Break(at, said("the line cannot be read")))
                continue
            if line["hash"] != _hash({key: value for key, value in line.items() if key != "hash"}):
                found.append(Break(at, said("the line was changed")))
            elif line["number"] != number + 1 or line["before"] != before:
                found.append(Break(at, said("before this line, one was taken out, put in or moved")))
            number, before = line["number"], line["hash"]
            hashes[number] = before
        told = [self._head(), *([witness] if witness else [])]
        found += [_lost(noted, number) for noted, mark in told if hashes.get(noted) != mark]
        return tuple(found)

    def head(self) -> tuple[int, str]:
        """Return the number and the hash of the last line: what to note elsewhere as a witness."""
        last: Mapping[str, Any] | None = None
        for _, line in self._read():
            last = line or last
        return (last["number"], last["hash"]) if last else (0, START)

    def _head(self) -> tuple[int, str]:
        try:
            noted = json.loads((self._folder / HEAD).read_text())
        except FileNotFoundError:
            return 0, START
        except ValueError:
            return -1, ""
        return noted["number"], noted["hash"]

    def _read(self) -> Iterator[tuple[int, dict[str, Any] | None]]:
        try:
            lines = (self._folder / LOG).read_bytes().splitlines()
        except FileNotFoundError:
            return
        for at, line in enumerate(lines, 1):
            yield at, _read(line)

    @contextmanager
    def _locked(self) -> Iterator[int]:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        log = os.open(self._folder / LOG, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            fcntl.flock(log, fcntl.LOCK_EX)
            yield log
        finally:
            os.close(log)  # and with it the lock

    def _point(self, number: int, mark: object) -> None:
        new = self._folder / f".{HEAD}"
        new.write_text(json.dumps({"number": number, "hash": mark}))
        new.replace(self._folder / HEAD)


def _last(log: int) -> tuple[dict[str, Any] | None, bool]:
    """Return the last whole line, and whether something stands after it that a crash cut short."""
    size = os.fstat(log).st_size
    tail = os.pread(log, _TAIL, max(size - _TAIL, 0))
    whole, _, rest = tail.rpartition(b"\n")
    for line in reversed(whole.splitlines()):
        if (found := _read(line)) is not None:
            return found, bool(rest)
    return None, bool(rest)


def _read(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) and set(Line.__dataclass_fields__) <= set(found) else None


def _hash(line: Mapping[str, object]) -> str:
    return sha256(json.dumps(line, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _lost(noted: int, last: int) -> Break:
    if noted > last:
        return Break(last + 1, said("lines that stood at the end are missing"))
    return Break(max(noted, 1), said("another line was noted elsewhere than stands here"))


def _short(value: object) -> object:
    return value if isinstance(value, int | float | bool | None) else str(value)[:_LONGEST]
