"""Ask the one that writes: the service's writer over its socket, or this process itself where no service runs.

A message is one line of JSON: the name of a deed and what it takes; the answer is what it returns, or an error in
words. The socket lies in the folder of the store, and only the user who runs the service may open it.
"""

import json
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Protocol

from graph.errors import M4sdError, Said, said

SOCKET = "writer.sock"
PATIENCE = 10.0  # seconds that a writer may take to be back when it is replaced
ANSWER = 600.0  # seconds that a deed may take; a release of a large graph is the longest
LONGEST = 64 * 1024 * 1024  # bytes of one message


class WriterAway(M4sdError):
    """Say that nothing can be written just now; the request may be sent again."""

    template = "The writer of this service does not answer; nothing was changed. Try again in {after} seconds."


class NoAnswer(M4sdError):
    """Say that the writer ended in the middle of a deed: it is done whole, or not at all."""

    template = "The writer of this service ended before it answered. See whether it was done before you ask again."


class Failed(M4sdError):
    """Carry what went wrong in the writer: the name of the error there, and its words."""

    def __init__(self, kind: str, words: Said) -> None:
        super().__init__(detail=words)
        self.kind, self.said = kind, words


class Writer(Protocol):
    """Do what changes the graph or the desk."""

    def ask(self, deed: str, **told: object) -> Any:  # each deed returns plain JSON of its own
        """Do a deed and return what came of it; raise Failed where it is refused, WriterAway where nobody can."""


class Remote:
    """Ask the writer of the service that runs on a folder."""

    def __init__(self, folder: Path, patience: float = PATIENCE) -> None:
        self._folder, self._patience = folder, patience

    def ask(self, deed: str, **told: object) -> Any:  # plain JSON
        """Do a deed in the writer; one that was sent and not answered is not sent again."""
        with self._connected() as channel:
            try:
                channel.sendall(written({"deed": deed, "told": told}))
                answer = read(channel.makefile("rb"))
            except OSError as error:
                raise NoAnswer from error
        if answer is None:
            raise NoAnswer
        if "error" in answer:
            raise Failed(answer["error"], _said(answer["said"]))
        return answer["done"]

    @contextmanager
    def _connected(self) -> Iterator[socket.socket]:
        until = monotonic() + self._patience
        with address(self._folder) as path, socket.socket(socket.AF_UNIX) as channel:
            channel.settimeout(ANSWER)
            while True:
                try:
                    channel.connect(path)
                    break
                except OSError as error:
                    if monotonic() > until:
                        raise WriterAway(after=5) from error
                    sleep(0.05)
            yield channel


@contextmanager
def address(folder: Path) -> Iterator[str]:
    """Give the address of a folder's socket; it may have 108 bytes (unix(7)), and the folder may lie deep."""
    opened = os.open(folder, os.O_PATH)
    try:
        yield f"/proc/self/fd/{opened}/{SOCKET}"
    finally:
        os.close(opened)


def written(message: Mapping[str, object]) -> bytes:
    """Return a message as it travels; times are written by ISO 8601."""
    return json.dumps(message, ensure_ascii=False, default=_plain).encode() + b"\n"


def read(stream: Any) -> dict[str, Any] | None:  # a binary file; plain JSON
    """Return the next message of a stream, or None where it ends; raise ValueError where it is no message."""
    line = stream.readline(LONGEST + 1)
    if not line.endswith(b"\n"):
        if len(line) > LONGEST:
            raise ValueError(f"a message is longer than {LONGEST} bytes")
        return None
    found = json.loads(line)
    if not isinstance(found, dict):
        raise ValueError("a message is a JSON object")
    return found


def refusal(error: M4sdError) -> dict[str, object]:
    """Return an error as it travels."""
    return {"error": type(error).__name__, "said": _told(error.said)}


def _told(words: Said) -> dict[str, object]:
    data = {key: {"said": _told(value)} if isinstance(value, Said) else value for key, value in words.data.items()}
    return {"template": words.template, "data": data}


def _said(told: Mapping[str, Any]) -> Said:
    data = {key: _said(value["said"]) if isinstance(value, dict) and "said" in value else value
            for key, value in told["data"].items()}  # fmt: skip
    return said(told["template"], **data)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    return str(value)


def runs(folder: Path) -> bool:
    """Return whether the writer of a service listens on a folder."""
    try:
        with address(folder) as path, socket.socket(socket.AF_UNIX) as channel:
            channel.connect(path)
    except OSError:
        return False
    return True
