"""Say of what is stated what it comes to: the rows that the journal adds up to, and one hash of them all."""

from collections.abc import Iterable, Iterator
from hashlib import sha256

from pyoxigraph import Quad, RdfFormat, serialize

from graph.catalogue import is_stated
from graph.journal.journal import Journal
from graph.journal.text import row
from graph.names import MADE
from graph.store import Store


def stated(store: Store) -> Iterator[Quad]:
    """Yield what is stated in a store."""
    for graph in store.graphs():
        if graph not in MADE:
            yield from (quad for quad in store.quads(g=graph) if is_stated(quad))


def rows_at(journal: Journal, sequence: int | None = None) -> set[bytes]:
    """Return what is stated after an entry, or after the last one, as statements in N-Quads; what was erased is not."""
    rows: set[bytes] = set()
    for each in journal.written():
        if sequence is not None and each.sequence > sequence:
            break
        for line in each.rows:
            text = row(line)
            if text[:2] == b"D ":
                rows.discard(text[2:])
            elif text:
                rows.add(text[2:])
    return rows


def hash_of(rows: Iterable[bytes]) -> str:
    """Return the SHA-256 over statements in N-Quads, in the order of their bytes, each with a line feed."""
    digest = sha256()
    for line in sorted(rows):
        digest.update(line + b"\n")
    return digest.hexdigest()


def hash_of_store(store: Store) -> str:
    """Return the same of what is stated in a store."""
    return hash_of(rows_of(store))


def rows_of(store: Store) -> list[bytes]:
    """Return what is stated in a store as statements in N-Quads."""
    return (serialize(stated(store), format=RdfFormat.N_QUADS) or b"").split(b"\n")[:-1]
