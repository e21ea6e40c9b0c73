"""Publish a snapshot as a release: a store that stays, dumps, checksums, and how to cite it.

`releases/VERSION/` holds `store/`, `build.json`, `release.json`, `SHA256SUMS`, and `m4sd-VERSION.nq.gz` (all quads),
`.trig.gz` (what is stated, by record), `.ttl.gz` (the default graph).
"""

import gzip
import json
import re
import shutil
from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from pyoxigraph import DefaultGraph, Quad, RdfFormat, Triple, serialize

from graph.errors import said
from graph.journal.head import Head
from graph.journal.journal import Journal, sync
from graph.journal.text import quads
from graph.keeping.durable import NotPossible
from graph.keeping.live import Live
from graph.keeping.mark import advance, mark_of
from graph.keeping.shelf import FOLDER, Release, releases
from graph.keeping.snapshots import link
from graph.keeping.stated import hash_of_store, rows_at, stated
from graph.keeping.sums import write_sums
from graph.names import BASE, PREFIXES, prefixes_of
from graph.patch import Patch
from graph.reason.merges import recomputed
from graph.store import Store, open_live, open_snapshot

_VERSION: Final = re.compile("[0-9A-Za-z][0-9A-Za-z._-]{0,63}")
_CITED: Final = (
    "M4SD Graph: the knowledge graph of migration for sustainable development, version {version} ({date}) [data set]. "
    "{address} SHA-256 of what is stated: {dataset}."
)


def release(live: Live, version: str, notes: str, who: str, when: datetime) -> Release:
    """Publish the graph as it is now; raise NotPossible where the version is taken, or cannot name a folder."""
    if not _VERSION.fullmatch(version) or version.endswith("."):
        raise NotPossible(
            said("a version has letters, digits, dots, hyphens and underscores, 64 at most: {version}", version=version)
        )
    place = live.folder / FOLDER / version
    if place.exists():
        raise NotPossible(said("release {version} is published already, and stays as it is", version=version))
    live.require_room()
    snapshot = live.snapshot()
    part = _part(place)
    link(snapshot / "store", part / "store")
    shutil.copyfile(snapshot / "build.json", part / "build.json")
    made = _described(part, version, when.date().isoformat(), notes, who)
    return _published(part, place, made)


def renewed(folder: Path, release: Release, journal: Journal, erased: Iterable[int]) -> Release:
    """Make a release again from a journal that has lost some rows, and put it in the place of the old one."""
    place = folder / FOLDER / release.version
    part = _part(place)
    store = open_live(part / "store")
    patch = Patch(frozenset(), frozenset(quads(rows_at(journal, release.sequence))))
    advance(store, recomputed(store, patch), Head(release.sequence, release.hash))
    store.flush()
    store.close()
    told = json.loads((place / "build.json").read_text())
    made = _described(part, release.version, release.date, release.notes, release.who, tuple(sorted(erased)))
    (part / "build.json").write_text(json.dumps({**told, **made.counts}, indent=1))
    shutil.rmtree(place)
    return _published(part, place, made)


def counted_anew(folder: Path, last: int, by: int) -> None:
    """Say of each release of a restored folder by which entries of its own journal something was erased since.

    Those after `last` did not come along, and their numbers will be given to others; `by` names the entry that tells of
    what they erased, or is 0.
    """
    for each in releases(folder):
        known = tuple(sorted({number for number in each.erased if number <= last} | ({by} if by else set())))
        if known != each.erased:
            _sealed(folder / FOLDER / each.version, replace(each, erased=known))


def _part(place: Path) -> Path:
    part = place.parent / f".{place.name}.part"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    return part


def _described(part: Path, version: str, date: str, notes: str, who: str, erased: tuple[int, ...] = ()) -> Release:
    """Write the dumps of a release whose store is there, and return what it is."""
    store = open_snapshot(part)
    mark, dataset = mark_of(store), hash_of_store(store)
    assert mark is not None
    files = tuple(_dumped(part, f"m4sd-{version}", store))
    cited = _CITED.format(version=version, date=date, address=BASE, dataset=dataset)
    counts = asdict(mark.counts)
    return Release(version, date, notes, who, *mark.head, dataset, counts, cited, files, erased)


def _dumped(part: Path, name: str, store: Store) -> Iterable[str]:
    """Write the dumps in one fixed order each, and return their names."""
    merged: list[Triple] = sorted((quad.triple for quad in store.quads(g=DefaultGraph())), key=str)
    said_by_records: list[Quad] = sorted(stated(store), key=lambda quad: (str(quad.graph_name), str(quad)))
    dumps = {
        f"{name}.nq.gz": store.dump(),
        f"{name}.trig.gz": serialize(said_by_records, format=RdfFormat.TRIG, prefixes=PREFIXES) or b"",
        f"{name}.ttl.gz": serialize(merged, format=RdfFormat.TURTLE, prefixes=prefixes_of(merged)) or b"",
    }
    for file, data in dumps.items():
        (part / file).write_bytes(gzip.compress(data, mtime=0))
    return dumps


def _sealed(part: Path, release: Release) -> None:
    (part / "release.json").write_text(json.dumps(asdict(release), indent=1, ensure_ascii=False), encoding="utf-8")
    write_sums(part)
    sync(part)


def _published(part: Path, place: Path, release: Release) -> Release:
    _sealed(part, release)
    part.rename(place)
    sync(place.parent)
    return release
