"""Say where the parts of a triple begin in a text."""

from typing import NamedTuple


class Marks(NamedTuple):
    """Give the offsets, in characters, of the subject, the property and the value of a triple; -1 where not known."""

    subject: int
    predicate: int
    object: int


NOWHERE = Marks(-1, -1, -1)
