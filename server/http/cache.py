"""Keep answers, bounded in bytes: the same question of the same snapshot does not touch the engine twice."""

import threading
from collections import OrderedDict
from typing import Generic, Protocol, TypeVar


class Sized(Protocol):
    """Be what a cache can keep: it tells how many bytes it holds."""

    @property
    def size(self) -> int:
        """Return the number of bytes."""


Kept = TypeVar("Kept", bound=Sized)
OVERHEAD = 1024  # bytes that an entry takes beside what it holds; keys are digests, so that no query can fill them


class Cache(Generic[Kept]):
    """Keep what was asked for last, up to a number of bytes."""

    def __init__(self, size: int, largest: int) -> None:
        self._size, self._largest = size, largest
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: str) -> Kept | None:
        """Return what was kept under a key, and count it as fresh."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def put(self, key: str, value: Kept) -> None:
        """Keep a value, unless it is too large, and forget the oldest ones for it."""
        if value.size > self._largest:
            return
        with self._lock:
            self._bytes -= self._kept.pop(key).size + OVERHEAD if key in self._kept else 0
            self._kept[key] = value
            self._bytes += value.size + OVERHEAD
            while self._bytes > self._size:
                self._bytes -= self._kept.popitem(last=False)[1].size + OVERHEAD
