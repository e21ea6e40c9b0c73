"""Keep answers, bounded in bytes: the same question of the same snapshot does not touch the engine twice."""

import threading
from collections import OrderedDict
from collections.abc import Hashable

from server.cell import Reply

OVERHEAD = 1024  # bytes that an entry takes beside its body; keys are digests, so that no query can fill them


class Cache:
    """Keep the replies asked for last, up to a number of bytes."""

    def __init__(self, size: int, largest: int) -> None:
        self._size, self._largest = size, largest
        self._kept: OrderedDict[Hashable, Reply] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Reply | None:
        """Return what was kept under a key, and count it as fresh."""
        with self._lock:
            reply = self._kept.get(key)
            if reply is not None:
                self._kept.move_to_end(key)
            return reply

    def put(self, key: Hashable, reply: Reply) -> None:
        """Keep a reply, unless it is an error or too large, and forget the oldest ones for it."""
        if reply.error or len(reply.body) > self._largest:
            return
        with self._lock:
            self._bytes -= _size(self._kept.pop(key)) if key in self._kept else 0
            self._kept[key] = reply
            self._bytes += _size(reply)
            while self._bytes > self._size:
                self._bytes -= _size(self._kept.popitem(last=False)[1])


def _size(reply: Reply) -> int:
    return len(reply.body) + OVERHEAD
