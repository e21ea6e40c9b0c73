"""Show that what is kept can be backed up, restored, undone, verified, published, and erased for good."""

import gzip
import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, parse

from graph.journal.entry import Change
from graph.journal.journal import Journal
from graph.keeping import history
from graph.keeping.backup import backup, restore
from graph.keeping.durable import BackupDamaged, NotPossible
from graph.keeping.erase import NothingSaid, cleanse_backup, erase
from graph.keeping.live import Live
from graph.keeping.release import release
from graph.keeping.shelf import releases
from graph.keeping.snapshots import snapshots
from graph.keeping.stated import hash_of_store
from graph.keeping.undo import undo
from graph.keeping.verify import verify
from graph.keeping.witness import last_noted
from graph.names import CATALOGUE, name, record_graph
from graph.patch import Patch
from graph.store import open_snapshot, read_only
from server.identity.audit import Audit

pytestmark = pytest.mark.slow

WHEN = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SAYS = name("m4sd:acronym")


def quad(slug: str, value: str, dataset: str = "seed") -> Quad:
    return Quad(name(f"id:{slug}"), SAYS, Literal(value), record_graph(dataset, slug))


def change(live: Live, delete: frozenset[Quad] = frozenset(), *, who: str = "Ada", **insert: str) -> None:
    """Make a change that says something of some things."""
    came = frozenset(quad(slug, value) for slug, value in insert.items())
    live.commit(Change("record", who, WHEN, "because"), Patch(delete, came))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with five changes and a snapshot of the third."""
    place = tmp_path / "kept"
    with Live(place) as live:
        change(live, a="A", b="B")
        change(live, c="C")
        change(live, frozenset([quad("a", "A")]), a="AA")
        live.snapshot()
        change(live, d="D")
        change(live, frozenset([quad("b", "B")]), e="E")
    return place


def hash_in(folder: Path) -> str:
    with Live(folder) as live:
        return hash_of_store(live.store)


def said_in(folder: Path) -> dict[str, str]:
    """Return what is said in the newest snapshot."""
    quads = read_only(folder).quads(p=SAYS, g=DefaultGraph())
    return {str(q.subject)[1:-1].rpartition("/")[2]: str(q.object)[1:-1] for q in quads}


def held(folder: Path, text: bytes) -> list[str]:
    """Return the files of a folder that hold some bytes, packed ones unpacked."""
    found = []
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        data = path.read_bytes()
        if text in (gzip.decompress(data) if path.suffix == ".gz" else data):
            found.append(path.relative_to(folder).as_posix())
    return found


def test_a_backup_is_restored_with_the_same_hash(folder: Path, tmp_path: Path) -> None:
    before = hash_in(folder)
    with Live(folder):
        made = backup(folder, tmp_path / "copy", WHEN)
    assert (made.sequence, made.dataset) == (5, before)
    restored = restore(tmp_path / "copy", tmp_path / "new", "Ada", WHEN)
    assert (restored.sequence, restored.dataset, hash_in(tmp_path / "new")) == (5, before, before)
    assert said_in(tmp_path / "new") == {"a": "AA", "c": "C", "d": "D", "e": "E"}
    assert verify(tmp_path / "new") == []
    assert history.versions(tmp_path / "new", record_graph("seed", "a")) == history.versions(
        folder, record_graph("seed", "a")
    )


AFTER = ((2, {"a": "A", "b": "B", "c": "C"}), (4, {"a": "AA", "b": "B", "c": "C", "d": "D"}))


@pytest.mark.parametrize(("at", "expected"), AFTER)
def test_a_backup_is_restored_as_it_was_after_any_change(
    folder: Path, tmp_path: Path, at: int, expected: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph.keeping.recovery.rebuilt", None)  # what came after it is taken back, and that is quicker
    with Live(folder) as live:
        live.snapshot()
    backup(folder, tmp_path / "copy", WHEN)
    assert restore(tmp_path / "copy", tmp_path / "new", "Ada", WHEN, at).sequence == at + 1
    assert said_in(tmp_path / "new") == expected
    *_, last = Journal(tmp_path / "new").entries()
    assert (last.sequence, last.change.kind, last.change.why) == (at + 1, "restore", f"after entry {at} of 5")
    assert verify(tmp_path / "new") == []


def test_a_backup_is_never_written_over_nor_restored_over_anything(folder: Path, tmp_path: Path) -> None:
    backup(folder, tmp_path / "copy", WHEN)
    with pytest.raises(NotPossible, match="exists already"):
        backup(folder, tmp_path / "copy", WHEN)
    with pytest.raises(NotPossible, match="not empty"):
        restore(tmp_path / "copy", folder, "Ada", WHEN)
    with pytest.raises(NotPossible, match="the last one is 5"):
        restore(tmp_path / "copy", tmp_path / "new", "Ada", WHEN, 6)
    with pytest.raises(NotPossible, match="no journal"):
        backup(tmp_path, tmp_path / "other", WHEN)


def test_a_backup_that_is_damaged_is_refused_by_the_name_of_the_file(folder: Path, tmp_path: Path) -> None:
    backup(folder, tmp_path / "copy", WHEN)
    for path in [each for each in (tmp_path / "copy").rglob("*") if each.is_file() and each.stat().st_size]:
        data = path.read_bytes()
        path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
        with pytest.raises(BackupDamaged):
            restore(tmp_path / "copy", tmp_path / "new", "Ada", WHEN)
        path.write_bytes(data)
    assert not (tmp_path / "new").exists()


def test_an_undo_is_a_change_of_its_own_and_can_be_undone(folder: Path) -> None:
    with Live(folder) as live:
        before = hash_of_store(live.store)
        made = undo(live, 3, "Eve", "it was right before", WHEN)
        assert (made.sequence, made.change.kind, made.change.undone, made.change.who) == (6, "undo", 3, "Eve")
        assert live.store.holds(quad("a", "A"))
        assert not live.store.holds(quad("a", "AA"))
        undo(live, 6, "Ada", "it was not", WHEN)
        assert hash_of_store(live.store) == before


def test_what_was_changed_since_is_not_undone(folder: Path) -> None:
    with Live(folder) as live:
        for sequence, why in ((9, "the last one is 5"), (1, "first one")):
            with pytest.raises(NotPossible, match=why):
                undo(live, sequence, "Eve", "", WHEN)
        change(live, frozenset([quad("c", "C")]), c="CC")
        with pytest.raises(NotPossible, match="change 6 touched the same statements after change 2"):
            undo(live, 2, "Eve", "", WHEN)
        undo(live, 6, "Eve", "", WHEN)
        with pytest.raises(NotPossible, match="change 7"):
            undo(live, 2, "Eve", "", WHEN)
        live.commit(Change("record", "Ada", WHEN), Patch(frozenset(), frozenset()))
        with pytest.raises(NotPossible, match="no statement"):
            undo(live, 8, "Eve", "", WHEN)


def test_a_release_is_a_store_with_dumps_sums_and_words_to_cite_it(folder: Path) -> None:
    with Live(folder) as live:
        made = release(live, "1.0", "The first one.", "Ada", WHEN)
        change(live, f="F")
        later = release(live, "1.1-rc_2", "", "Ada", WHEN)
        with pytest.raises(NotPossible, match="published already"):
            release(live, "1.0", "", "Ada", WHEN)
        for version in ("", "../x", "a/b", ".x", "x.", "é"):
            with pytest.raises(NotPossible, match="letters, digits"):
                release(live, version, "", "Ada", WHEN)
        live.forget_old(0)
    assert releases(folder) == [later, made]
    place = folder / "releases" / "1.0"
    assert (made.sequence, made.date, made.notes) == (5, "2026-11-22", "The first one.")
    assert made.version in made.citation
    assert made.dataset in made.citation
    store = open_snapshot(place)
    assert hash_of_store(store) == made.dataset
    assert gzip.decompress((place / "m4sd-1.0.nq.gz").read_bytes()) == store.dump()
    merged = parse(gzip.decompress((place / "m4sd-1.0.ttl.gz").read_bytes()), format=RdfFormat.TURTLE)
    assert {q.triple for q in merged} == {q.triple for q in store.quads(g=DefaultGraph())}
    stated = set(parse(gzip.decompress((place / "m4sd-1.0.trig.gz").read_bytes()), format=RdfFormat.TRIG))
    assert stated == {quad("a", "AA"), quad("c", "C"), quad("d", "D"), quad("e", "E")}
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=place, check=True, capture_output=True)
    assert json.loads((place / "release.json").read_text())["counts"]["triples"] == made.counts["triples"]


def test_an_audit_log_that_was_written_anew_contradicts_the_journal(folder: Path) -> None:
    assert last_noted(folder) is None
    for what in ("accept", "undo"):
        Audit(folder).write(what, "Eve")
    with Live(folder) as live:
        change(live, f="F")
    assert last_noted(folder) == Audit(folder).head()
    Audit(folder).write("accept", "Ada")
    assert Audit(folder).verify(last_noted(folder)) == ()
    shutil.rmtree(folder / "audit")
    for what in ("accept", "accept", "accept"):
        Audit(folder).write(what, "Ada")
    assert Audit(folder).verify() == (), "it is whole in itself"
    asked = [sys.executable, "-m", "server.cli.main", "verify", "--store", str(folder)]
    told = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stderr.splitlines()[-1][:8]) == (1, "audit:2:")


def test_verifying_finds_what_is_not_as_it_was(folder: Path, tmp_path: Path) -> None:
    with Live(folder) as live:
        release(live, "1.0", "", "Ada", WHEN)
        assert verify(folder, live.store) == []
        live.store.extend([quad("x", "nobody said so")])
        told = [str(problem) for problem in verify(folder, live.store)]
        assert any("does not state what the journal adds up to" in each for each in told)
        assert any("do not follow" in each for each in told)
    dump = folder / "releases" / "1.0" / "m4sd-1.0.nq.gz"
    dump.write_bytes(dump.read_bytes()[:-1])
    (path,) = (folder / "journal").glob("*.rdfp")
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b'"AA"', b'"BB"', 1))
    assert "hash" in str(verify(folder)[0])
    path.write_bytes(whole)
    assert [str(each) for each in verify(folder)] == ["m4sd-1.0.nq.gz of release 1.0 is not as it was published"]


SECRET = "Zoé Exemple"


@pytest.fixture
def personal(folder: Path, tmp_path: Path) -> Path:
    """Return a folder in whose journal, releases and backup a person is named."""
    graph, thing = record_graph("seed", "person-zoe"), name("id:person-zoe")
    said = frozenset(
        [Quad(thing, SAYS, Literal(SECRET), graph), Quad(graph, name("foaf:primaryTopic"), thing, CATALOGUE)]
    )
    other = frozenset([Quad(name("id:c"), name("m4sd:isLedBy"), thing, record_graph("seed", "c"))])
    with Live(folder) as live:
        live.commit(Change("record", "Ada", WHEN, f"asked for by {SECRET}"), Patch(frozenset(), said))
        live.commit(Change("record", SECRET, WHEN), Patch(frozenset(), other))
        release(live, "1.0", "", "Ada", WHEN)
        live.commit(Change("record", "Ada", WHEN), Patch(said, frozenset()))
        live.commit(Change("undo", "Ada", WHEN), Patch(frozenset(), said))
        change(live, f="F")
        history.changes(folder)
    backup(folder, tmp_path / "copy", WHEN)
    return folder


def test_what_is_erased_is_in_no_file_any_more_and_the_chain_still_holds(personal: Path, tmp_path: Path) -> None:
    assert held(personal, b"person-zoe")
    hashes = [entry.hash for entry in Journal(personal).entries()]
    with Live(personal) as live:
        done = erase(live, "Ada", "a person asked", WHEN, [name("id:person-zoe")], [SECRET])
        assert (done.sequence, done.rows, done.releases) == (11, 9, ("1.0",))
        assert verify(personal, live.store) == []
        change(live, g="G")
        live.snapshot()
    for text in (b"person-zoe", SECRET.encode(), b"Zo"):
        assert held(personal, text) == []
    assert [entry.hash for entry in Journal(personal).entries()][:10] == hashes
    assert [entry.erased for entry in Journal(personal).entries()] == [0, 0, 0, 0, 0, 3, 2, 2, 2, 0, 0, 0]
    assert said_in(personal) == {"a": "AA", "c": "C", "d": "D", "e": "E", "f": "F", "g": "G"}
    assert [each.name for each in snapshots(personal)] == ["000011", "000012"]
    (made,) = releases(personal)
    assert (made.sequence, made.erased) == (7, (11,))
    assert hash_of_store(open_snapshot(personal / "releases" / "1.0")) == made.dataset
    assert verify(personal) == []
    shutil.rmtree(personal / "live")
    assert hash_in(personal)


def test_a_backup_is_cleansed_of_what_was_erased_and_can_still_be_restored(personal: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    assert held(copy, b"person-zoe")
    with Live(personal) as live:
        erase(live, "Ada", "a person asked", WHEN, [name("id:person-zoe")], [SECRET])
    assert cleanse_backup(personal, copy) == 9
    assert cleanse_backup(personal, copy) == 0
    for text in (b"person-zoe", SECRET.encode()):
        assert held(copy, text) == []
    restore(copy, tmp_path / "new", "Ada", WHEN)
    assert said_in(tmp_path / "new") == {"a": "AA", "c": "C", "d": "D", "e": "E", "f": "F"}
    assert verify(tmp_path / "new") == []
    with Live(tmp_path / "another") as live:
        change(live, a="A")
    with pytest.raises(NotPossible, match="no backup of this folder"):
        cleanse_backup(tmp_path / "another", copy)


def test_what_was_erased_before_a_restore_is_not_taken_for_what_is_erased_after_it(
    personal: Path, tmp_path: Path
) -> None:
    with Live(personal) as live:
        change(live, g="G")  # so that the numbers of the two folders part
        erase(live, "Ada", "a person asked", WHEN, [name("id:person-zoe")], [SECRET])
    cleanse_backup(personal, tmp_path / "copy")
    new = tmp_path / "new"
    restore(tmp_path / "copy", new, "Ada", WHEN)
    assert verify(new) == []
    with Live(new) as live:
        assert erase(live, "Ada", "another asked", WHEN, [name("id:a")]).sequence == 12, "as the erasure before it"
    assert held(new, b"id/a>") == []
    assert verify(new) == []


@pytest.mark.parametrize("text", ["", " ", "\n", "id", "."])
def test_a_text_that_nearly_everything_says_is_refused(folder: Path, text: str) -> None:
    with Live(folder) as live, pytest.raises(NotPossible, match="too short"):
        erase(live, "Ada", "", WHEN, [], [text])
    assert verify(folder) == []


def test_more_than_was_meant_is_refused(folder: Path) -> None:
    with Live(folder) as live:
        change(live, x="Ana 1", y="ana 2", z="mailto")
        with pytest.raises(NotPossible, match="2 rows, more than 1"):
            erase(live, "Ada", "", WHEN, [], ["ANA"], most=1)
        assert erase(live, "Ada", "", WHEN, [], ["ANA"], most=2).rows == 2


def test_a_text_is_looked_for_in_what_is_said_and_not_in_how_it_is_written(folder: Path) -> None:
    graph, thing = record_graph("seed", "p"), name("id:p")
    mail, home = (NamedNode(iri) for iri in ("mailto:ana@example.org", "https://example.org/ana"))
    with Live(folder) as live:
        quads = [Quad(thing, SAYS, Literal("one\nAna two"), graph), Quad(thing, SAYS, mail, graph),
                 Quad(thing, SAYS, home, graph), Quad(thing, SAYS, Literal("un", language="fr"), graph)]  # fmt: skip
        live.commit(Change("record", "Ada", WHEN), Patch(frozenset(), frozenset(quads)))
        for nowhere in ("w3id.org", "@fr", "example.org/ana"):
            with pytest.raises(NothingSaid):
                erase(live, "Ada", "", WHEN, [], [nowhere])
        assert erase(live, "Ada", "", WHEN, [], ["ana"]).rows == 2


def test_a_row_that_is_missing_without_an_erasure_is_found(folder: Path) -> None:
    from graph.journal.gaps import found, take_away

    rows = found(Journal(folder), lambda row: b'"AA"' in row)
    assert take_away(folder, dict.fromkeys(rows, 99)) == 1
    assert "a row of entry 3 is missing, and no erasure names it" in map(str, verify(folder))


def test_an_erasure_that_was_cut_short_is_finished_at_the_next_start(
    personal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def power_cut(*_: object) -> None:
        raise KeyboardInterrupt

    with Live(personal) as live, monkeypatch.context() as patched:
        patched.setattr("graph.keeping.recovery.take_away", power_cut)
        with pytest.raises(KeyboardInterrupt):
            erase(live, "Ada", "a person asked", WHEN, [name("id:person-zoe")], [SECRET])
    with Live(personal) as live:
        assert live.sequence == 11
        assert "erase again" in str(verify(personal, live.store)[0])
    assert {each.partition("/")[0] for each in held(personal, b"person-zoe")} == {"releases"}


def test_nothing_is_erased_where_nothing_says_it(folder: Path) -> None:
    with Live(folder) as live, pytest.raises(NotPossible, match="nothing in the journal"):
        erase(live, "Ada", "", WHEN, [NamedNode("http://x/nobody")], ["nobody"])
