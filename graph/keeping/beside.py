"""Write what stands beside the store of a snapshot: what it counts, and the index for searching."""

import json
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from pyoxigraph import NamedNode

from graph.errors import StoreMissing
from graph.keeping.mark import mark_of
from graph.search.index import FILE, index, update
from graph.store import Store, current, open_snapshot

Fill = Callable[[Path, Store], None]


def fill(folder: Path, part: Path, touched: set[NamedNode] | None, by: Fill) -> None:
    """Fill a snapshot that nobody sees yet; its index follows the one before by what was touched, if known."""
    store = open_snapshot(part)
    by(part, store)
    try:
        before = current(folder) / FILE
    except StoreMissing:
        before = part / FILE
    if touched is None or not before.exists():
        index(store, part / FILE)
    else:
        os.link(before, part / FILE)
        update(part / FILE, store, touched)


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
