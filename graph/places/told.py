"""Carry what is said of a slip: where its cause stands and how to mend it."""

from typing import NamedTuple

from graph.errors import Said


class Told(NamedTuple):
    """Point to the cause of a slip by its offset (-1: where the parser stopped), and say how to mend it."""

    at: int
    words: Said
