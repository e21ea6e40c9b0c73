"""Guess what a word that is nowhere in the index was meant to be."""

from rapidfuzz import fuzz, process

from graph.search.folded import phrases
from graph.search.opened import Opened

CLOSE = 75.0  # of 100, below which two words have little in common
SHORTEST = 3  # letters of a word that is worth a guess


def meant(index: Opened, asked: str) -> str:
    """Return a question with each unknown word replaced by the nearest known one; nothing where that cannot be done."""
    words = [word for piece in phrases(asked) for word in piece.split()]
    known = index.words
    better = [word if _begins(known, word) else _nearest(known, word) for word in words]
    return " ".join(better) if all(better) and better != words else ""


def _begins(known: list[str], word: str) -> bool:
    return any(term.startswith(word) for term in known)


def _nearest(known: list[str], word: str) -> str:
    found = process.extractOne(word, known, scorer=fuzz.ratio, score_cutoff=CLOSE) if len(word) >= SHORTEST else None
    return found[0] if found else ""
