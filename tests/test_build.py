"""Show that a build is reproducible, stops at a bad record in plain words, and leaves the old graph in place."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graph.build import RECORDS, Refused, build
from graph.store import current

WHEN = datetime(2026, 1, 1, tzinfo=UTC)


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
    assert [receipt.record.path for receipt in caught.value.receipts] == [str(bad)]
    assert all(finding.line > 0 for receipt in caught.value.receipts for finding in receipt.findings)
