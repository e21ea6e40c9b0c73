"""Show that the journal keeps and proves what it was given, cuts off what nobody was told of, and refuses the rest."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from graph.journal import journal as kept
from graph.journal.entry import Change
from graph.journal.head import Head, read_head, write_head
from graph.journal.journal import Journal
from graph.journal.segments import segments
from graph.journal.text import read, row, write
from graph.keeping.durable import JournalDamaged
from graph.keeping.stated import hash_of, rows_at
from graph.names import record_graph
from graph.patch import Patch

WHEN = datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC)
GRAPH, SAYS = record_graph("seed", "x"), NamedNode("http://x/p")
ODD = 'TX .\nTC .\nH id <urn:sha256:0> .\r \x85 \u2028 " \\ . # 0123456789abcdef0123456789abcdef é'
NOTHING: frozenset[Quad] = frozenset()


def quad(value: object, subject: NamedNode | BlankNode | None = None) -> Quad:
    return Quad(subject or NamedNode("http://x/s"), SAYS, Literal(str(value)), GRAPH)


def record(why: str = "") -> Change:
    return Change("record", "Ada Reviewer", WHEN, why)


def adding(*values: object) -> Patch:
    return Patch(NOTHING, frozenset(quad(value) for value in values))


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    made = Journal(tmp_path)
    made.recover(None)
    yield made
    made.close()


def again(folder: Path, store: Head | None = None) -> tuple[int, int]:
    """Recover a folder's journal; return its last number and the count of its entries."""
    journal = Journal(folder)
    try:
        return journal.recover(store).sequence, len(list(journal.entries()))
    finally:
        journal.close()


def test_what_was_appended_is_read_again_whatever_characters_it_holds(journal: Journal) -> None:
    told = Change("undo", "a\nb", WHEN, ODD, "http://x/source", "s-1", "seed", "http://x/other", 7, ((3, "f" * 64),))
    patch = Patch(frozenset([quad(ODD)]), frozenset([quad("new", BlankNode("reference-ontology-0")), quad("é")]))
    made = journal.append(told, patch)
    (found,) = journal.entries()
    assert found == made
    assert (found.change, found.patch, found.graphs) == (told, patch, (GRAPH,))


def test_a_file_is_rdf_patch_whose_rows_end_in_a_salt_of_their_own(journal: Journal, tmp_path: Path) -> None:
    journal.append(record("first"), adding("same"))
    journal.append(record("first"), Patch(frozenset([quad("same")]), NOTHING))
    lines = segments(tmp_path)[0].read_bytes().split(b"\n")
    told = ["H id", "H prev", "H sequence", "H kind", "H who", "H when", "H why", "TX ."]
    begins = [" ".join(line.decode().split(" ")[:2]) for line in lines if line]
    assert begins == [*told, f"A {quad('same').subject}", "TC .", *told, f"D {quad('same').subject}", "TC ."]
    salted = [line[-32:] for line in lines if line[:2] in (b"A ", b"D ") or re.match(rb"H (kind|w)", line)]
    assert len(set(salted)) == len(salted) == 10
    assert row(lines[8]) == f"A {quad('same')} .".encode()


def test_reading_goes_on_after_an_entry_also_across_files(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "SEGMENT", 1000)
    made = [journal.append(record(), adding(n)) for n in range(1, 8)]
    assert len(segments(tmp_path)) > 2
    for after in range(8):
        assert list(journal.entries(after)) == made[after:]
    assert (journal.head, read_head(tmp_path)) == (Head(7, made[-1].hash),) * 2
    assert [journal.hash_at(entry.sequence) for entry in made] == [entry.hash for entry in made]
    journal.close()
    assert again(tmp_path) == (7, 7)


def test_what_the_entries_add_up_to_has_one_hash_whatever_the_way_there(tmp_path: Path) -> None:
    hashes = set()
    for name, steps in (
        ("one", [adding(1, 2)]),
        ("two", [adding(1, 3), Patch(frozenset([quad(3)]), frozenset([quad(2)]))]),
    ):
        (tmp_path / name).mkdir()
        journal = Journal(tmp_path / name)
        journal.recover(None)
        for step in steps:
            journal.append(record(), step)
        hashes.add(hash_of(rows_at(journal)))
        journal.close()
    assert len(hashes) == 1


def test_an_entry_that_was_never_acknowledged_is_cut_off_and_kept_beside(journal: Journal, tmp_path: Path) -> None:
    last = [journal.append(record(), adding(n)) for n in (1, 2)][-1]
    journal.close()
    (path,) = segments(tmp_path)
    whole = path.read_bytes()
    data, _ = write(3, last.hash, record(), adding(3))
    for cut in (1, 80, len(data) - 1):
        path.write_bytes(whole + data[:cut])
        assert again(tmp_path) == (2, 2)
        assert path.read_bytes() == whole
        assert path.with_suffix(".torn").read_bytes() == data[:cut]
    path.write_bytes(whole + data[:200] + b"\0" * 40 + data[240:])
    assert again(tmp_path) == (2, 2), "what a power cut left as zeros"


def test_an_entry_that_was_written_whole_but_not_yet_acknowledged_stays(journal: Journal, tmp_path: Path) -> None:
    last = journal.append(record(), adding(1))
    journal.close()
    data, digest = write(2, last.hash, record(), adding(2))
    (path,) = segments(tmp_path)
    path.write_bytes(path.read_bytes() + data)
    assert again(tmp_path) == (2, 2)
    assert read_head(tmp_path) == Head(2, digest)


def test_each_flipped_bit_of_an_acknowledged_entry_is_refused(journal: Journal, tmp_path: Path) -> None:
    for n in (1, 2, 3):
        journal.append(record(), adding(n))
    journal.close()
    (path,) = segments(tmp_path)
    whole = path.read_bytes()
    for at in range(0, len(whole), 7):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << at % 8)]) + whole[at + 1 :])
        with pytest.raises(JournalDamaged, match="m4sd restore"):
            again(tmp_path)
    path.write_bytes(whole)
    assert again(tmp_path) == (3, 3)


@pytest.mark.parametrize("what", ["shorter by an entry", "shorter by a byte", "gone", "all gone"])
def test_a_journal_that_lost_what_was_acknowledged_is_refused(journal: Journal, tmp_path: Path, what: str) -> None:
    for n in (1, 2, 3):
        journal.append(record(), adding(n))
    journal.close()
    (path,) = segments(tmp_path)
    whole = path.read_bytes()
    if what.startswith("shorter"):
        path.write_bytes(whole[: list(read(whole))[2].start] if what.endswith("entry") else whole[:-1])
    else:
        path.unlink()
        if what == "all gone":
            (tmp_path / "journal" / "sealed").unlink(missing_ok=True)
            path.parent.rmdir()
    with pytest.raises(JournalDamaged):
        again(tmp_path)


def test_a_file_in_the_middle_that_is_gone_or_changed_is_refused(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "SEGMENT", 1000)
    for n in range(8):
        journal.append(record(), adding(n))
    journal.close()
    second = segments(tmp_path)[1]
    whole = second.read_bytes()
    second.write_bytes(whole.replace(b"Ada", b"Eve", 1))
    with pytest.raises(JournalDamaged, match="line 1"):
        again(tmp_path)
    second.unlink()
    with pytest.raises(JournalDamaged):
        again(tmp_path)
    second.write_bytes(whole)
    (tmp_path / "journal" / "sealed").write_text("[")
    assert again(tmp_path) == (8, 8)


def test_without_the_head_outside_a_whole_journal_is_taken_and_a_torn_one_refused(
    journal: Journal, tmp_path: Path
) -> None:
    last = journal.append(record(), adding(1))
    journal.close()
    head, (path,) = tmp_path / "head", segments(tmp_path)
    head.write_bytes(head.read_bytes().replace(b"1 ", b"2 ", 1))
    assert read_head(tmp_path) is None, "it does not fit its own check"
    assert again(tmp_path) == (1, 1)
    assert read_head(tmp_path) == Head(1, last.hash)
    head.unlink()
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(JournalDamaged, match="may have been acknowledged"):
        again(tmp_path)


def test_a_head_that_names_another_entry_is_refused(journal: Journal, tmp_path: Path) -> None:
    journal.append(record(), adding(1))
    journal.close()
    for head in (Head(1, "e" * 64), Head(2, "e" * 64)):
        write_head(tmp_path, head)
        with pytest.raises(JournalDamaged):
            again(tmp_path)
