"""Show that a folder's snapshots are swapped whole, and that equal stores give equal bytes."""

from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

from graph.errors import StoreMissing
from graph.store import Patch, Reader, Store, current, fresh, open_snapshot, read_only


def quad(n: int, graph: NamedNode | None = None) -> Quad:
    return Quad(NamedNode(f"http://x/{n}"), NamedNode("http://x/p"), Literal(f'"{n}"\n'), graph or DefaultGraph())


def fill(folder: Path, *quads: Quad) -> None:
    with fresh(folder) as (store, _):
        store.extend(quads)


def test_a_folder_without_a_build_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing, match="m4sd build --store"):
        read_only(tmp_path)


def test_a_new_snapshot_takes_the_place_of_the_old(tmp_path: Path) -> None:
    fill(tmp_path, quad(1))
    reader = Reader(tmp_path)
    assert len(open_snapshot(reader.snapshot)) == 1
    fill(tmp_path, quad(1), quad(2))
    assert len(open_snapshot(reader.snapshot)) == 2


def test_a_build_that_breaks_leaves_the_old_snapshot_and_no_rest(tmp_path: Path) -> None:
    fill(tmp_path, quad(1))
    before = current(tmp_path)
    with pytest.raises(RuntimeError), fresh(tmp_path) as (store, _):
        store.extend([quad(2)])
        raise RuntimeError
    assert current(tmp_path) == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["000001", "current"]


def test_only_the_last_two_snapshots_are_kept(tmp_path: Path) -> None:
    for n in range(4):
        fill(tmp_path, quad(n))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["000003", "000004", "current"]


def test_equal_stores_give_equal_bytes_whatever_the_order() -> None:
    one, other = Store(), Store()
    one.extend([quad(1), quad(2), quad(3)])
    other.extend([quad(3)])
    other.extend([quad(2), quad(1)])
    assert one.dump() == other.dump()


def test_a_patch_deletes_and_inserts_in_named_graphs_and_the_default_one() -> None:
    store, graph = Store(), NamedNode("http://x/g")
    store.extend([quad(1), quad(1, graph), quad(2, graph)])
    store.commit(Patch(frozenset({quad(1), quad(2, graph)}), frozenset({quad(3), quad(3, graph)})))
    assert set(store.quads()) == {quad(1, graph), quad(3), quad(3, graph)}
