"""Bring a store back to an older entry of its journal, one change after the other: quicker than making it anew."""

from itertools import islice
from pathlib import Path
from typing import Final

from graph.journal.head import Head
from graph.journal.journal import Journal
from graph.journal.text import entry
from graph.keeping.mark import advance, mark_of
from graph.patch import Patch
from graph.reason.derive import derived
from graph.store import open_live

_MOST: Final = 1000  # changes; for more of them, all is made anew from the journal


def taken_back(place: Path, journal: Journal, to: Head) -> bool:
    """Take back in a store what the journal tells after an entry; return whether that was possible.

    It is not where rows of those changes were erased. Whoever asks holds the outcome against the journal.
    """
    store = open_live(place)
    try:
        mark = mark_of(store)
        if mark is None or journal.hash_at(mark.head.sequence) != mark.head.hash:
            return False
        after = (each for each in journal.written(to.sequence) if to.sequence < each.sequence <= mark.head.sequence)
        entries = [entry(each) for each in islice(after, _MOST + 1)]
        if len(entries) > _MOST or any(each.erased or each.change.kind == "erasure" for each in entries):
            return False
        heads = [to, *(Head(each.sequence, each.hash) for each in entries)]
        for each, head in zip(reversed(entries), reversed(heads[:-1]), strict=True):
            advance(store, derived(store, Patch(each.patch.insert, each.patch.delete)), head)
        store.flush()
        return True
    finally:
        store.close()
