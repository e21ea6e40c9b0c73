"""Replace stretches of a text, all at once."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edit:
    """Put `text` in the place of what stands between two offsets."""

    start: int
    end: int
    text: str


def edited(text: str, edits: Iterable[Edit]) -> str:
    """Return a text with edits that do not overlap, in any order."""
    written, last = [], 0
    for edit in sorted(edits, key=lambda each: (each.start, each.end)):
        written += [text[last : edit.start], edit.text]
        last = edit.end
    return "".join(written) + text[last:]
