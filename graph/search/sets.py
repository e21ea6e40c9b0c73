"""Hold sets of numbers so that what two of them share is counted quickly: few as a set, many as bits."""

from array import array
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat
from typing import Final

DENSE: Final = 512  # bits that are compared in the time that a set takes for one number


@dataclass(frozen=True)  # no slots: what is worked out once is kept
class Numbers:
    """Hold the numbers of things, all below `end`."""

    ids: frozenset[int]
    end: int

    def __len__(self) -> int:
        return len(self.ids)

    def __contains__(self, number: int) -> bool:
        return number in self.ids

    def __and__(self, other: "Numbers") -> "Numbers":
        return Numbers(self.ids & other.ids, self.end)

    def __or__(self, other: "Numbers") -> "Numbers":
        return Numbers(self.ids | other.ids, self.end)

    def common(self, other: "Numbers") -> int:
        """Return how many numbers both hold."""
        if min(len(self.ids), len(other.ids)) * DENSE < self.end:
            return len(self.ids & other.ids)
        return (self._bits & other._bits).bit_count()

    @cached_property
    def _bits(self) -> int:
        # Each step runs outside Python's loop: a digit for each number, and all digits as one number.
        held = bytearray(b"0") * self.end
        deque(map(held.__setitem__, self.ids, repeat(ord("1"))), maxlen=0)
        return int(held, 2)


def read(packed: bytes, end: int) -> Numbers:
    """Return the set that the index holds packed."""
    return Numbers(frozenset(array("I", packed)), end)


def numbers(ids: Iterable[int], end: int) -> Numbers:
    """Return a set of numbers."""
    return Numbers(frozenset(ids), end)
