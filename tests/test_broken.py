"""Hand a few broken record files to the validator, and see that failures would be noticed; `make broken` tries many."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench import broken
from bench.broken import BAD, Log, check, run
from bench.broken_files import Breaker, Broken
from graph.record import FORMATS
from graph.validate.files import SHEETS

pytestmark = pytest.mark.slow

FEW = 12
WHEN = datetime(2026, 11, 21, tzinfo=UTC)
MISSPELT = b"<https://w3id.org/m4sd/id/x> a <https://w3id.org/m4sd/ontology#Organisatoin> ."


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(tmp_path)


def outcome(name: str, data: bytes) -> str:
    return check(Broken(name, data), WHEN)


@pytest.mark.filterwarnings("ignore::UserWarning")  # rdflib warns of values that break their type
@pytest.mark.parametrize("number", range(FEW))
def test_a_broken_file_ends_in_a_report_or_in_a_clear_refusal(number: int) -> None:
    file = Breaker(seed=number).next(number)
    assert outcome(file.name, file.data).partition(":")[0] not in BAD


def test_the_same_seed_breaks_the_same_files_and_every_syntax_comes_up() -> None:
    one, other = Breaker(3), Breaker(3)
    files, again = ([each.next(number) for number in range(150)] for each in (one, other))
    dated = [file for file in files if file.name.endswith(".xlsx")]  # a workbook says when it was saved
    assert [file.name for file in files] == [file.name for file in again]
    assert set(files) - set(again) <= set(dated)
    assert {Path(file.name).suffix for file in files} == {*FORMATS, *SHEETS}


def test_a_file_with_faults_ends_in_findings() -> None:
    assert outcome("misspelt.ttl", MISSPELT) == "findings"


def test_a_file_that_cannot_be_read_ends_in_a_refusal() -> None:
    assert outcome("cut.ttl", MISSPELT[:-9]) == "refusal"


def dies(_: Broken, __: datetime) -> str:
    os._exit(3)


def hangs(_: Broken, __: datetime) -> str:
    time.sleep(60)
    return "conforms"


def breaks(_: Broken, __: datetime) -> str:
    raise RuntimeError("no report")


def one_file() -> Iterator[Broken]:
    return iter([Broken("x.ttl", MISSPELT)])


@pytest.mark.slow
@pytest.mark.parametrize(("how", "kind"), [(dies, "crash"), (hangs, "hang"), (breaks, "broke")])
def test_a_file_that_ends_in_neither_is_noticed_and_kept(log: Log, how: broken.Check, kind: str) -> None:
    run(one_file(), log, how, deadline=2.0, workers=1)
    assert (dict(log.outcomes), (log.folder / "x.ttl").read_bytes()) == ({kind: 1}, MISSPELT)
