"""Let one process at a time write in the folder of a store (flock(2)); the lock ends with the process that holds it."""

import fcntl
import json
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from graph.keeping.durable import Busy

FILE: Final = "lock"


class Lock:
    """Hold a folder from `take` to `free`; the file says who does."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._held: int | None = None

    def take(self, who: str) -> None:
        """Take the lock, or raise Busy with the name of who holds it."""
        opened = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            told = _told(opened)
            os.close(opened)
            raise Busy(self._path.parent, told.get("who"), told.get("pid"), told.get("since")) from None
        self._held = opened
        told = {"who": who, "pid": os.getpid(), "since": datetime.now(UTC).isoformat(timespec="seconds")}
        with suppress(OSError):  # a full disk: the lock holds without its words
            os.ftruncate(opened, 0)
            os.pwrite(opened, json.dumps(told).encode(), 0)

    def free(self) -> None:
        """Let others write."""
        if self._held is not None:
            os.close(self._held)
            self._held = None


def _told(opened: int) -> dict[str, object]:
    try:
        told = json.loads(os.pread(opened, 4096, 0))
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
