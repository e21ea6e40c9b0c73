"""Write what stands beside the store of a snapshot: what it counts, and the index for searching."""

import json
import logging
import os
import sqlite3
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from pyoxigraph import DefaultGraph

from graph.errors import StoreMissing
from graph.journal.journal import Journal
from graph.keeping.mark import mark_of
from graph.search.gather import TYPE
from graph.search.index import FILE, index
from graph.search.reach import Touched
from graph.search.renew import update
from graph.store import Store, current, open_snapshot

Fill = Callable[[Path, Store], None]
_LOG = logging.getLogger("m4sd.live")


def fill(folder: Path, part: Path, touched: Touched | None, by: Fill) -> None:
    """Fill a snapshot that nobody sees yet; its index follows the one before by what was touched since."""
    store = open_snapshot(part)
    by(part, store)
    try:
        before = current(folder)
    except StoreMissing:
        index(store, part / FILE)
        return
    touched = touched or _since(folder, before, store)
    if touched is None or not (before / FILE).exists():
        index(store, part / FILE)
    else:
        os.link(before / FILE, part / FILE)
        try:
            update(part / FILE, store, touched)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):  # the disk, not the file
                raise
            index(store, part / FILE)


def told(part: Path, store: Store) -> None:
    """Tell what a snapshot counts, and the rest as the one before it."""
    try:
        known = json.loads((current(part.parent) / "build.json").read_text())
    except (StoreMissing, FileNotFoundError):
        known = {}
    mark = mark_of(store)
    assert mark is not None
    known |= {**asdict(mark.counts), **mark.head._asdict()}
    (part / "build.json").write_text(json.dumps(known, indent=1))


def _since(folder: Path, snapshot: Path, store: Store) -> Touched | None:
    """Return what was touched after a snapshot, by the journal; None where it cannot tell.

    Who writes knows it, except for what was changed before she started. What is stated stands in the journal; of what
    follows from that, the index reads only classes.
    """
    journal = Journal(folder)
    try:
        before = open_snapshot(snapshot)
        mark, classes = mark_of(before), {*before.quads(p=TYPE, g=DefaultGraph())}
    except (OSError, RuntimeError, ValueError) as error:  # one that is damaged is no reason to make no other
        _LOG.warning("%s cannot be read: %s", snapshot, error)
        return None
    if mark is None or journal.hash_at(mark.head.sequence) != mark.head.hash:
        return None
    touched = Touched()
    for entry in journal.entries(mark.head.sequence):
        if entry.change.kind in ("erasure", "restore"):  # the rows that it is about are gone
            return None
        touched.add(entry.patch.delete | entry.patch.insert)
    touched.add(classes ^ {*store.quads(p=TYPE, g=DefaultGraph())})
    return touched
