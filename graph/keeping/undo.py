"""Undo a change by another one: what it brought leaves, and what it took comes back. Nothing is rewritten."""

from collections.abc import Sequence
from datetime import datetime
from functools import reduce
from itertools import islice
from typing import Final

from graph.errors import Said, said
from graph.journal.entry import Change, Entry
from graph.keeping.durable import NotPossible, Unsound
from graph.keeping.fit import broken
from graph.keeping.history import later
from graph.keeping.live import Live
from graph.names import short
from graph.patch import Patch
from graph.validate.report import Finding

_SHOWN: Final = 5  # findings that are told in words


def undo(live: Live, sequence: int, who: str, why: str, when: datetime) -> Entry:
    """Undo one change; raise NotPossible where a later one touched the same rows, or rows of it were erased.

    Raises Unsound where what is left would break rules.
    """
    with live.turn:
        entry = _entry(live, sequence)
        patch = Patch(entry.patch.insert, entry.patch.delete)
        after = later(live.folder, sequence, [*patch.delete, *patch.insert])
        if after:
            detail = said(
                "change {later} touched the same statements after change {sequence}; undo that one first",
                later=after[-1],
                sequence=sequence,
            )
            raise NotPossible(detail)
        findings = broken(live.folder, live.store, entry, patch, when)
        if findings:
            raise Unsound(sequence, len(findings), _words(findings))
        told = entry.change
        return live.commit(Change("undo", who, when, why, told.source, "", told.dataset, undone=sequence), patch)


def _entry(live: Live, sequence: int) -> Entry:
    """Return an entry that can be undone."""
    entries = list(islice(live.journal.entries(max(sequence - 2, 0)), 2))
    entry = next((each for each in entries if each.sequence == sequence), None)
    if entry is None:
        raise NotPossible(
            said("there is no change {sequence}; the last one is {last}", sequence=sequence, last=live.sequence)
        )
    if entry.erased:
        raise NotPossible(said("some of change {sequence} was erased for good", sequence=sequence))
    if entries[0] is entry:
        raise NotPossible(said("change {sequence} is the first one: all rests on it", sequence=sequence))
    if not (entry.patch.delete or entry.patch.insert):
        raise NotPossible(said("change {sequence} changed no statement", sequence=sequence))
    return entry


def _words(findings: Sequence[Finding]) -> Said:
    """Return the first findings in words."""
    first = [
        said("{thing}: {message}", thing=short(each.focus.value), message=each.message) for each in findings[:_SHOWN]
    ]
    return reduce(lambda one, other: said("{one}; {other}", one=one, other=other), first)
