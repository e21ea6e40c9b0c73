"""Hold sets of numbers so that two of them are counted together quickly: few as a set, many as bits."""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

DENSE = 64  # bits that one number may take before a set is the smaller way


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
        if min(len(self), len(other)) * DENSE < self.end:
            return len(self.ids & other.ids)
        return (self._bits & other._bits).bit_count()

    @cached_property
    def _bits(self) -> int:
        held = bytearray(self.end // 8 + 1)
        for number in self.ids:
            held[number >> 3] |= 1 << (number & 7)
        return int.from_bytes(held, "little")


def read(packed: bytes, end: int) -> Numbers:
    """Return the set that the index holds packed."""
    return Numbers(frozenset(array("I", packed)), end)


def numbers(ids: Iterable[int], end: int) -> Numbers:
    """Return a set of numbers."""
    return Numbers(frozenset(ids), end)
