"""Show that a build is reproducible, stops at a bad record in plain words, and leaves the old graph in place."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyoxigraph import Literal, Quad

from graph.build import RECORDS, Refused, build
from graph.catalogue import is_stated
from graph.journal.entry import Change
from graph.keeping.live import Live
from graph.names import CATALOGUE, name, record_graph
from graph.patch import Patch
from graph.store import current

WHEN = datetime(2026, 1, 1, tzinfo=UTC)
LATER, LATER_TOLD = (
    datetime(2026, 2, 1, tzinfo=UTC),
    '"2026-02-01T00:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime>',
)


@pytest.mark.slow
def test_the_same_input_gives_the_same_dump_byte_for_byte(folder: Path, tmp_path: Path) -> None:
    build(tmp_path, WHEN)
    assert (current(tmp_path) / "dump.nq").read_bytes() == (current(folder) / "dump.nq").read_bytes()


@pytest.mark.slow
def test_a_bad_record_stops_the_build_and_leaves_the_old_graph(tmp_path: Path, folder: Path) -> None:
    records, store = tmp_path / "records", tmp_path / "store"
    shutil.copytree(RECORDS, records)
    shutil.copytree(folder, store, symlinks=True)
    before = current(store)
    bad = records / "seed" / "org-CH-4.ttl"
    bad.write_text(bad.read_text().replace("skos:prefLabel", "skos:hiddenLabel"))
    with pytest.raises(Refused) as caught:
        build(store, WHEN, records)
    assert current(store) == before
    with Live(store) as live:
        assert live.sequence == 1
    assert [receipt.record.path for receipt in caught.value.receipts] == [str(bad)]
    assert all(finding.line > 0 for receipt in caught.value.receipts for finding in receipt.findings)


@pytest.mark.slow
def test_a_build_keeps_what_people_changed_and_renews_the_rest(tmp_path: Path, folder: Path) -> None:
    records, store = tmp_path / "records", tmp_path / "store"
    shutil.copytree(RECORDS, records)
    shutil.copytree(folder, store, symlinks=True)
    changed, undone = record_graph("seed", "org-CH-4"), record_graph("seed", "org-XM-DAC-47066")
    gone = record_graph("background", "case-study-rs-driving-change")
    mine = Quad(name("id:org-CH-4"), name("m4sd:acronym"), Literal("MINE"), changed)
    with Live(store) as live:
        live.commit(Change("record", "Ada", WHEN), Patch(frozenset(), frozenset([mine])))
        other = frozenset([Quad(mine.subject, mine.predicate, mine.object, undone)])
        live.commit(Change("record", "Ada", WHEN), Patch(frozenset(), other))
        live.commit(Change("undo", "Ada", WHEN), Patch(other, frozenset()))
        withdrawn = frozenset(q for q in (*live.store.quads(g=gone), *live.store.quads(s=gone)) if is_stated(q))
        live.commit(Change("withdrawal", "Ada", WHEN), Patch(withdrawn, frozenset()))
    path = records / "seed" / "org-XM-DAC-47066.ttl"
    path.write_text(path.read_text().replace("skos:prefLabel", 'm4sd:acronym "NEW" ;\n    skos:prefLabel', 1))
    build(store, LATER, records)
    with Live(store) as live:
        assert live.store.holds(mine)
        assert not list(live.store.quads(g=gone))
        dates = live.store.quads(s=undone, p=name("dcterms:modified"), g=CATALOGUE)
        assert [str(quad.object) for quad in dates] == [LATER_TOLD]
        assert live.store.holds(Quad(name("id:org-XM-DAC-47066"), mine.predicate, Literal("NEW"), undone))
        last = list(live.journal.entries())[-1]
        assert (last.sequence, last.change.kind, last.graphs) == (6, "build", (undone,))
