"""Open stores: the one place that does.

A folder keeps numbered snapshots (`000001/store`, `000001/dump.nq`), and `current` points at the newest whole one.
"""

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pyoxigraph
from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Triple,
)

from graph.errors import StoreMissing
from graph.names import SEQUENCE
from graph.patch import Patch as Patch  # the word belongs to a store as much as to its own room
from graph.patch import as_update

Graph = NamedNode | BlankNode | DefaultGraph
Subject = NamedNode | BlankNode | None
Term = NamedNode | BlankNode | Literal | None
QueryResult = QuerySolutions | QueryBoolean | QueryTriples
_UNPUBLISHED = f" {SEQUENCE} .\n".encode()


class Store:
    """Keep quads, in memory or in a folder, and change them by whole patches."""

    def __init__(self, engine: pyoxigraph.Store | None = None, fixed: bool = False) -> None:
        self._engine = engine if engine is not None else pyoxigraph.Store()
        self.memo: dict[object, Any] | None = {} if fixed else None  # what was found out of a store that never changes

    def __len__(self) -> int:
        return len(self._engine)

    def query(self, text: str, **options: Any) -> QueryResult:  # Any: the engine's own keyword arguments
        """Evaluate a SPARQL query; raise SyntaxError where it is not well-formed."""
        return self._engine.query(text, **options)

    def update(self, text: str) -> None:
        """Evaluate a SPARQL update; only rules of our own making come here, never a client's text."""
        self._engine.update(text)

    def quads(
        self, s: Subject = None, p: NamedNode | None = None, o: Term = None, g: Graph | None = None
    ) -> Iterator[Quad]:
        """Yield the quads that match a pattern, None standing for anything."""
        return self._engine.quads_for_pattern(s, p, o, g)

    def holds(self, quad: Quad) -> bool:
        """Return whether a quad is in the store."""
        return quad in self._engine

    def named_graphs(self) -> Iterator[NamedNode | BlankNode]:
        """Yield the names of the graphs that hold something."""
        return self._engine.named_graphs()

    def extend(self, quads: Iterable[Quad]) -> None:
        """Add quads, all or none."""
        self._engine.extend(quads)

    def load(self, quads: Iterable[Quad]) -> None:
        """Add many quads quickly, but not in one step; only to a store in a folder that nobody relies on meanwhile."""
        self._engine.bulk_extend(quads)

    def commit(self, patch: Patch) -> None:
        """Apply a patch whole or not at all."""
        if not patch.delete:
            self._engine.extend(patch.insert)  # atomic, and much quicker than an update's text
        else:
            text, functions = as_update(patch)
            self._engine.update(text, custom_functions=functions)

    def graphs(self) -> Iterator[NamedNode]:
        """Yield the IRIs of the named graphs."""
        return (graph for graph in self._engine.named_graphs() if isinstance(graph, NamedNode))

    def dump(self) -> bytes:
        """Return every quad as N-Quads in one fixed order: equal stores give equal bytes.

        The sequence number is left out: it is no part of what is published.
        """
        lines = self._engine.dump(format=RdfFormat.N_QUADS) or b""
        return b"".join(sorted(line for line in lines.splitlines(keepends=True) if not line.endswith(_UNPUBLISHED)))

    def flush(self) -> None:
        """Write what is still in memory to the folder."""
        self._engine.flush()

    def checkpoint(self, target: Path) -> None:
        """Write a copy to a folder that does not exist yet; on the same disk, most of it by hard links."""
        self._engine.backup(str(target))

    def close(self) -> None:
        """Let go of the folder; nothing can be asked of this store afterwards."""
        self.__dict__.pop("_engine", None)


@dataclass(frozen=True, slots=True)
class Seen:
    """Name a snapshot: its folder, and what changes when one of the same number is made anew."""

    folder: Path
    mark: tuple[int, int]

    @property
    def sequence(self) -> int:
        """Return the number of the last change in it."""
        return int(self.folder.name) if self.folder.name.isdigit() else 0


class Reader:
    """Say which snapshot of a folder is the newest, without opening it and by one look at the disk."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._link = folder, str(folder / "current")
        self._seen: Seen | None = None

    def look(self) -> Seen:
        """Return the newest snapshot; raise StoreMissing where none was built."""
        try:
            found = os.stat(self._link)  # noqa: PTH116 - a Path costs as much again, and this is asked for each request
        except OSError as error:
            raise StoreMissing(self._folder) from error
        mark = found.st_ino, found.st_mtime_ns
        seen = self._seen
        if seen is None or seen.mark != mark:
            self._seen = seen = Seen(current(self._folder), mark)
        return seen

    @property
    def snapshot(self) -> Path:
        """Return the folder of the newest snapshot; raise StoreMissing where none was built."""
        return self.look().folder

    def wait(self, sequence: int, patience: float) -> Seen:
        """Return the newest snapshot, waiting some seconds for one that holds the change of this number."""
        until = monotonic() + patience
        while (seen := self.look()).sequence < sequence and monotonic() < until:
            sleep(0.02)
        return seen

    def newest(self) -> Path | None:
        """Return the folder of the newest snapshot, if one was built."""
        try:
            return self.snapshot
        except StoreMissing:
            return None


def read_only(folder: Path) -> Store:
    """Open the newest snapshot of a folder for reading; raise StoreMissing where none was built."""
    return open_snapshot(current(folder))


def open_snapshot(snapshot: Path) -> Store:
    """Open one snapshot for reading; it never changes."""
    return Store(pyoxigraph.Store.read_only(str(snapshot / "store")), fixed=True)


def open_live(place: Path) -> Store:
    """Open a store for writing, an empty one where there is none; only who holds the folder's lock may do so."""
    return Store(pyoxigraph.Store(str(place)))


def current(folder: Path) -> Path:
    """Return the newest whole snapshot of a folder."""
    link = folder / "current"
    if not link.is_symlink() or not link.resolve().is_dir():
        raise StoreMissing(folder)
    return link.resolve()


@contextmanager
def fresh(folder: Path) -> Iterator[tuple[Store, Path]]:
    """Give an empty store and its snapshot folder: current when the block ends well, removed when it does not."""
    folder.mkdir(parents=True, exist_ok=True)
    number = max((int(p.name) for p in folder.glob("[0-9]*") if p.name.isdigit()), default=0) + 1
    target = folder / f"{number:06d}"
    target.mkdir()
    try:
        store = Store(pyoxigraph.Store(str(target / "store")))
        yield store, target
        store.flush()
        del store
        point(folder, target)
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise
    _forget_old(folder, keep=2)


def point(folder: Path, target: Path) -> None:
    """Make a snapshot the current one, in one step."""
    link = folder / f".current-{target.name}"
    link.unlink(missing_ok=True)
    link.symlink_to(target.name)
    link.replace(folder / "current")


def _forget_old(folder: Path, keep: int) -> None:
    # A server may still read the snapshot before this one.
    for old in sorted(p for p in folder.glob("[0-9]*") if p.name.isdigit())[:-keep]:
        shutil.rmtree(old, ignore_errors=True)


def placed(triple: Triple, graph: NamedNode | DefaultGraph) -> Quad:
    """Return a triple in a graph."""
    return Quad(triple.subject, triple.predicate, triple.object, graph)
