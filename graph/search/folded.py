"""Fold text so that what sounds alike is spelled alike: no accents, no case, no elision, no punctuation."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

LONGEST: Final = 200  # characters of a question that are read
MOST: Final = 12  # words of it
SHORTEST: Final = 3  # letters of a word that is looked for in texts, too

_LETTERS: Final = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "đ": "d", "ł": "l", "ı": "i", "þ": "th"})
_ELISION: Final = re.compile(r"(?<!\w)(?:[cdjlmnst]|qu)['’ʼ`´](?=\w)")
_APART: Final = re.compile(r"[\W_]+")


@lru_cache(maxsize=4096)  # a name is folded for its key, for its column and for its place in a list
def fold(text: str) -> str:
    """Return the words of a text, folded, with one space between them."""
    lowered = _ELISION.sub("", text.casefold()).translate(_LETTERS)
    if not lowered.isascii():
        spread = unicodedata.normalize("NFKD", lowered)
        lowered = "".join(c for c in spread if not unicodedata.combining(c)).casefold()
    return " ".join(_APART.sub(" ", lowered).split())


def phrases(asked: str) -> tuple[str, ...]:
    """Return what a question asks for: each piece between spaces, folded; `10.7` and `MA-02` stay together."""
    pieces = (fold(piece) for piece in asked[:LONGEST].split())
    return tuple(dict.fromkeys(piece for piece in pieces if piece))[:MOST]


def shortened(asked: str) -> bool:
    """Return whether a question is longer than what is read of it."""
    return len(asked) > LONGEST or len(set(asked.split())) > MOST


def match(pieces: tuple[str, ...]) -> str:
    """Return pieces as an FTS5 query: each must begin a word of a name or a code, or be a word of a text.

    A piece holds letters, digits and spaces only, so that nothing in it is syntax.
    """
    return " AND ".join(
        f'({{name code other}} : "{piece}"* OR text : "{piece}")' if len(piece) >= SHORTEST else in_names((piece,))
        for piece in pieces
    )


def in_names(pieces: tuple[str, ...]) -> str:
    """Return pieces as an FTS5 query for names and codes alone."""
    return " AND ".join(f'({{name code other}} : "{piece}"*)' for piece in pieces)
