"""Make numbered snapshots of a live store, and remove those that nobody reads any more."""

import os
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from time import time

from graph.journal.journal import sync
from graph.store import Store, current, point


def snapshot_name(sequence: int) -> str:
    """Return the name of the snapshot in which a change is the last one."""
    return f"{sequence:06d}"


def snapshots(folder: Path) -> list[Path]:
    """Return the snapshots of a folder, oldest first."""
    return sorted((each for each in folder.glob("[0-9]*") if each.name.isdigit()), key=lambda each: int(each.name))


def is_taken(folder: Path, sequence: int) -> bool:
    """Return whether there is a whole snapshot in which this change is the last one."""
    return (folder / snapshot_name(sequence)).exists()


def begun(folder: Path, store: Store, sequence: int) -> Path:
    """Begin a snapshot of a store; return its folder, which nobody sees yet."""
    part = _part(folder, sequence)
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    store.checkpoint(part / "store")
    return part


def show(folder: Path, sequence: int) -> Path:
    """Let a snapshot that is whole be the current one, and return it."""
    target, part = folder / snapshot_name(sequence), _part(folder, sequence)
    if not target.exists():
        sync(part)
        part.rename(target)
    point(folder, target)
    sync(folder)
    return target


def forget_old(folder: Path, seconds: float) -> None:
    """Remove snapshots that others took the place of so many seconds ago, never the newest two."""
    found = snapshots(folder)
    before = time() - seconds
    for old, newer in pairwise(found[:-1]):
        if newer.stat().st_mtime <= before and old != current(folder):
            shutil.rmtree(old, ignore_errors=True)


def forget_parts(folder: Path) -> None:
    """Remove what was left of snapshots whose making was cut short."""
    for part in (*folder.glob(".*.part"), *folder.glob(".current-*")):
        if part.is_dir() and not part.is_symlink():
            shutil.rmtree(part, ignore_errors=True)
        else:
            part.unlink(missing_ok=True)


def link(source: Path, target: Path) -> None:
    """Copy a store that never changes; its large files are hard links."""
    target.mkdir()
    for each in source.iterdir():
        _copy(each, target / each.name)


def newest_first(folder: Path) -> Iterator[Path]:
    """Yield the snapshots of a folder, the newest first."""
    return reversed(snapshots(folder))


def _part(folder: Path, sequence: int) -> Path:
    return folder / f".{snapshot_name(sequence)}.part"


def _copy(source: Path, target: Path) -> None:
    if source.suffix == ".sst":
        try:
            os.link(source, target)
        except OSError:  # another disk
            shutil.copyfile(source, target)
    elif source.name != "LOCK":
        shutil.copyfile(source, target)
