"""Hold what is kept against itself: the chain of the journal, what the store states, what follows from it, releases."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from graph.errors import Said, StoreMissing, said
from graph.journal.gaps import erasures, unexplained
from graph.journal.head import read_head
from graph.journal.journal import Journal
from graph.journal.text import FIRST
from graph.keeping.durable import JournalDamaged
from graph.keeping.mark import mark_of
from graph.keeping.shelf import Release, releases
from graph.keeping.stated import hash_of, hash_of_store, rows_at
from graph.keeping.sums import changed_files
from graph.patch import Patch
from graph.reason.merges import recomputed
from graph.store import Store, current, open_snapshot


def verify(folder: Path, store: Store | None = None) -> list[Said]:
    """Return what is not as it should be, nothing where all is well.

    Looks at the newest snapshot; who holds the folder's lock gives the live store, which is looked at too.
    """
    journal = Journal(folder)
    try:
        problems = [*_of_journal(folder, journal)]
    except JournalDamaged as error:
        return [error.said]
    opened = [] if store is None else [store]
    with suppress(StoreMissing):
        opened.append(open_snapshot(current(folder)))
    for each in opened:
        try:
            problems += _of_store(journal, each)
        except (OSError, RuntimeError) as error:
            problems.append(said("the store cannot be read: {why}", why=str(error)))
    erased = frozenset(erasures(journal).values())
    for release in releases(folder):
        problems += _of_release(folder, release, erased)
    return problems


def _of_journal(folder: Path, journal: Journal) -> Iterator[Said]:
    last = FIRST
    for each in journal.written():
        last = each.hash
    head = read_head(folder)
    if head is None:
        yield said("the file that names the last entry is gone or spoilt")
    elif head.hash != last:
        yield said("the journal does not end with entry {sequence}, which was acknowledged", sequence=head.sequence)
    for sequence in dict(unexplained(journal)):
        yield said("a row of entry {sequence} is missing, and no erasure names it", sequence=sequence)


def _of_store(journal: Journal, store: Store) -> Iterator[Said]:
    mark = mark_of(store)
    if mark is None:
        yield said("the store does not say which entry is its last")
        return
    if journal.hash_at(mark.head.sequence) != mark.head.hash:
        yield said("the store holds another entry {sequence} than the journal", sequence=mark.head.sequence)
    elif hash_of_store(store) != hash_of(rows_at(journal, mark.head.sequence)):
        yield said(
            "the store does not state what the journal adds up to at entry {sequence}", sequence=mark.head.sequence
        )
    rest = recomputed(store, Patch(frozenset(), frozenset()))
    if wrong := len(rest.delete) + len(rest.insert):
        yield said("{count} quads of the store do not follow from what is stated", count=wrong)


def _of_release(folder: Path, release: Release, erasures: frozenset[int]) -> Iterator[Said]:
    place = folder / "releases" / release.version
    for name in changed_files(place):
        yield said("{file} of release {version} is not as it was published", file=name, version=release.version)
    if any(number > release.sequence and number not in release.erased for number in erasures):
        yield said("release {version} may hold what was erased since; erase again", version=release.version)
