"""Show that a change that was acknowledged is never lost, and that one process at a time makes changes."""

import shutil
import signal
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from subprocess import PIPE, Popen

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

from graph.errors import StoreMissing
from graph.journal.entry import Change
from graph.journal.journal import Journal
from graph.keeping.durable import Broken, Busy, JournalDamaged, NoRoom, StoreDamaged
from graph.keeping.live import Live
from graph.keeping.snapshots import snapshots
from graph.keeping.stated import hash_of, hash_of_store, rows_at
from graph.names import ASSERTED, BASE, SEQUENCE, record_graph
from graph.patch import Patch
from graph.store import Store, current, fresh, open_live, open_snapshot, read_only

pytestmark = pytest.mark.slow

WHEN = datetime(2026, 11, 22, tzinfo=UTC)
GRAPH, SAYS = record_graph("seed", "x"), NamedNode("http://x/p")
CHANGE = Change("record", "Ada Reviewer", WHEN, "because")
NOTHING: frozenset[Quad] = frozenset()


def quad(value: int, graph: NamedNode | DefaultGraph = GRAPH) -> Quad:
    return Quad(NamedNode(f"http://x/{value}"), SAYS, Literal(value), graph)


def adding(*values: int) -> Patch:
    return Patch(NOTHING, frozenset(quad(value) for value in values))


def values(store: Store, graph: NamedNode | DefaultGraph = GRAPH) -> list[int]:
    return sorted(int(q.object.value) for q in store.quads(p=SAYS, g=graph))  # type: ignore[union-attr]  # literals


def filled(folder: Path, *numbers: int) -> str:
    """Add numbers, each in a change of its own, and return the hash of what is stated then."""
    with Live(folder) as live:
        for number in numbers:
            live.commit(CHANGE, adding(number))
        return hash_of_store(live.store)


def test_a_change_brings_what_follows_from_it_and_its_number_in_one_step(tmp_path: Path) -> None:
    with Live(tmp_path) as live:
        live.commit(CHANGE, adding(1, 2))
        entry = live.commit(CHANGE, Patch(frozenset([quad(1), quad(7)]), frozenset([quad(2), quad(3)])))
        assert entry.patch == Patch(frozenset([quad(1)]), frozenset([quad(3)])), "what really changed"
        for graph in (GRAPH, ASSERTED, DefaultGraph()):
            assert values(live.store, graph) == [2, 3]
        assert (entry.sequence, live.sequence) == (2, 2)
        assert [q.object.value for q in live.store.quads(g=SEQUENCE)].count("2") == 1  # type: ignore[union-attr]
        assert SEQUENCE.value.encode() not in live.store.dump()


def test_readers_get_a_snapshot_named_after_its_last_change(tmp_path: Path) -> None:
    with Live(tmp_path) as live:
        with pytest.raises(StoreMissing):
            live.snapshot()
        live.commit(CHANGE, adding(1))
        live.commit(CHANGE, adding(2))
        made = live.snapshot()
        assert made == current(tmp_path) == tmp_path / "000002"
        live.commit(CHANGE, adding(3))
        assert values(read_only(tmp_path)) == [1, 2]
        assert live.snapshot().name == "000003"
        assert live.snapshot().name == "000003", "nothing changed since"
    assert values(read_only(tmp_path)) == [1, 2, 3]


def test_old_snapshots_go_but_never_the_newest_two(tmp_path: Path) -> None:
    with Live(tmp_path) as live:
        for number in range(4):
            live.commit(CHANGE, adding(number))
            live.snapshot()
        live.forget_old(3600)
        assert len(snapshots(tmp_path)) == 4
        live.forget_old(0)
        assert [each.name for each in snapshots(tmp_path)] == ["000003", "000004"]


def test_who_comes_second_is_told_who_writes(tmp_path: Path) -> None:
    with Live(tmp_path, "the service") as live:
        live.commit(CHANGE, adding(1))
        with pytest.raises(Busy, match="the service"), Live(tmp_path):
            pass
    assert filled(tmp_path, 2)


def test_nothing_is_left_where_nothing_was_changed(tmp_path: Path) -> None:
    with Live(tmp_path):
        pass
    assert [each.name for each in tmp_path.iterdir()] == ["lock"]


def test_a_store_that_is_behind_catches_up(tmp_path: Path) -> None:
    filled(tmp_path, 1, 2)
    shutil.copytree(tmp_path / "live", tmp_path / "old")
    whole = filled(tmp_path, 3, 4)
    shutil.rmtree(tmp_path / "live")
    (tmp_path / "old").rename(tmp_path / "live")
    with Live(tmp_path) as live:
        assert hash_of_store(live.store) == whole
        assert values(live.store, DefaultGraph()) == [1, 2, 3, 4]


def test_a_store_whose_loading_was_cut_short_before_it_held_anything_is_made_again(tmp_path: Path) -> None:
    before = filled(tmp_path, 1, 2)
    emptied = open_live(tmp_path / "live" / "store")
    emptied.update("CLEAR ALL")
    emptied.flush()
    emptied.close()
    with Live(tmp_path) as live:
        assert hash_of_store(live.store) == before


@pytest.mark.parametrize("snapshot", [False, True])
@pytest.mark.parametrize("damage", ["folder", "CURRENT", "MANIFEST-*", "*.sst", "*.log", "flipped"])
def test_a_store_that_is_gone_or_unreadable_is_made_again(tmp_path: Path, damage: str, snapshot: bool) -> None:
    with Live(tmp_path) as live:
        live.commit(CHANGE, adding(1))
        if snapshot:
            live.snapshot()
    whole = filled(tmp_path, 2, 3)
    store = tmp_path / "live" / "store"
    if damage == "folder":
        shutil.rmtree(store)
    elif damage == "flipped":
        for path in store.glob("*.sst"):
            data = path.read_bytes()
            path.write_bytes(bytes(255 - byte for byte in data))
    else:
        for path in store.glob(damage):
            path.unlink()
    with Live(tmp_path) as live:
        assert hash_of_store(live.store) == whole
        assert values(live.store, DefaultGraph()) == [1, 2, 3]
        live.commit(CHANGE, adding(4))
    assert filled(tmp_path) == hash_of(rows_at(Journal(tmp_path)))


def test_a_large_change_that_is_cut_short_while_it_is_loaded_is_made_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph.keeping.mark.LARGE", 20)
    many = range(100, 200)

    def power_cut(self: Store, quads: Iterable[Quad]) -> None:
        self.extend(list(quads)[:7])
        raise KeyboardInterrupt

    for snapshot in (False, True):
        place = tmp_path / str(snapshot)
        filled(place, 1, 2)
        with Live(place) as live, monkeypatch.context() as patched:
            if snapshot:
                live.snapshot()
            patched.setattr(Store, "load", power_cut)
            with pytest.raises(KeyboardInterrupt):
                live.commit(CHANGE, Patch(frozenset([quad(1)]), frozenset(map(quad, many))))
        with Live(place) as live:
            assert values(live.store, DefaultGraph()) == [2, *many]
            assert live.sequence == 3
            assert live.counted()["triples"] == 1 + 1 + len(many)


def test_a_store_that_knows_more_than_the_journal_or_something_else_is_refused(tmp_path: Path) -> None:
    filled(tmp_path / "a", 1)
    filled(tmp_path / "b", 2, 3)
    for first, second in (("a", "b"), ("b", "a")):
        place = tmp_path / f"{first}{second}"
        shutil.copytree(tmp_path / first, place)
        shutil.rmtree(place / "live")
        shutil.copytree(tmp_path / second / "live", place / "live")
        with pytest.raises(StoreDamaged, match="m4sd restore"), Live(place):
            pass


def test_a_journal_that_is_gone_is_refused_though_the_store_is_whole(tmp_path: Path) -> None:
    with Live(tmp_path) as live:
        live.commit(CHANGE, adding(1))
        live.snapshot()
    for keeping in ("live", "head", ""):
        place = tmp_path.with_name(f"{tmp_path.name}-{keeping}")
        shutil.copytree(tmp_path, place, symlinks=True)
        shutil.rmtree(place / "journal")
        for name in {"live", "head"} - {keeping}:
            shutil.rmtree(place / name) if name == "live" else (place / name).unlink()
        with pytest.raises((JournalDamaged, StoreDamaged)), Live(place):
            pass


def test_a_folder_of_an_older_version_gets_its_journal_at_the_first_change(tmp_path: Path) -> None:
    for numbers in ([1], [1, 2]):
        with fresh(tmp_path) as (store, _):
            store.extend(quad(n, graph) for n in numbers for graph in (GRAPH, ASSERTED, DefaultGraph()))
    with Live(tmp_path) as live:
        assert live.snapshot() == current(tmp_path) == tmp_path / "000002"
    assert not (tmp_path / "journal").exists()
    with Live(tmp_path) as live:
        assert live.commit(CHANGE, adding(3)).sequence == 3
        assert values(live.store, DefaultGraph()) == [1, 2, 3]
        assert live.snapshot().name == "000003"
    first, second = Journal(tmp_path).entries()
    assert (first.sequence, first.change.kind, first.patch) == (2, "build", adding(1, 2))
    assert second.patch == adding(3)
    shutil.rmtree(tmp_path / "live")
    assert filled(tmp_path, 4) == hash_of(rows_at(Journal(tmp_path)))


def test_a_snapshot_that_states_nothing_is_not_taken_over(tmp_path: Path) -> None:
    with fresh(tmp_path) as (store, _):
        store.extend([quad(1, DefaultGraph())])
    with Live(tmp_path) as live, pytest.raises(StoreDamaged):
        live.commit(CHANGE, adding(1))
    assert len(open_snapshot(current(tmp_path))) == 1


def test_a_disk_that_is_nearly_full_is_told_before_anything_is_written(tmp_path: Path) -> None:
    filled(tmp_path, 1)
    with Live(tmp_path, margin=1 << 60) as live:
        with pytest.raises(NoRoom, match="reading goes on"):
            live.commit(CHANGE, adding(2))
        live.margin = 0
        assert live.commit(CHANGE, adding(2)).sequence == 2


def test_after_an_error_of_the_disk_nothing_is_changed_any_more_and_the_next_start_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(tmp_path, 1)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with Live(tmp_path) as live:
        with monkeypatch.context() as patched:
            patched.setattr("os.fsync", full)
            with pytest.raises(Broken, match="No space left"):
                live.commit(CHANGE, adding(2))
        with pytest.raises(Broken):
            live.commit(CHANGE, adding(3))
    with Live(tmp_path) as live:
        assert values(live.store) in ([1], [1, 2]), "it was not acknowledged, and is there whole or not at all"


WRITER = f"""
import sys
from datetime import UTC, datetime
from pathlib import Path
from pyoxigraph import Literal, NamedNode, Quad
from graph.journal.entry import Change
from graph.keeping.live import Live
from graph.patch import Patch
graph, change = NamedNode("{BASE}graph/seed/x"), Change("record", "w", datetime.now(UTC))
with Live(Path(sys.argv[1])) as live:
    while True:
        n = live.sequence + 1
        new = Quad(NamedNode(f"http://x/{{n}}"), NamedNode("http://x/p"), Literal(n), graph)
        live.commit(change, Patch(frozenset(), frozenset([new])))
        print(n, flush=True)
        if n % 5 == 0:
            live.snapshot()
"""


@pytest.fixture
def writing(tmp_path: Path) -> Callable[[int], int]:
    """Return what lets a process make changes until it is killed after some of them; it returns the last it told of."""

    def run(count: int) -> int:
        with Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=PIPE, text=True) as process:
            assert process.stdout
            for _ in range(count):
                told = process.stdout.readline()
            process.send_signal(signal.SIGKILL)
            rest = process.stdout.read()
        return int((told + rest).split()[-1])

    return run


@pytest.mark.slow
def test_a_writer_that_is_killed_over_and_over_loses_nothing(tmp_path: Path, writing: Callable[[int], int]) -> None:
    for kill in range(12):
        told = writing(kill % 4 + 1)
        with Live(tmp_path) as live:
            assert told <= live.sequence <= told + 1
            for graph in (GRAPH, ASSERTED, DefaultGraph()):
                assert values(live.store, graph) == list(range(1, live.sequence + 1))
            assert hash_of_store(live.store) == hash_of(rows_at(live.journal))


def test_a_snapshot_that_is_damaged_is_no_reason_to_make_no_other(tmp_path: Path) -> None:
    with Live(tmp_path) as live:
        live.commit(CHANGE, adding(1))
        live.snapshot()
        live.commit(CHANGE, adding(2))
    for table in (current(tmp_path) / "store").glob("*.sst"):
        data = table.read_bytes()
        table.unlink()  # the live store has a link to the same file
        table.write_bytes(data[: len(data) // 2])
    with Live(tmp_path) as live:
        assert values(open_snapshot(live.snapshot())) == [1, 2]
