"""Attack a real server for a few seconds: whatever comes, answers are whole, refusals are clean, nothing calls out."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench import attack, fuzz, kills
from bench.hostile import shapes
from bench.mutate import reduced
from bench.served import Served, free_port, served
from server.settings import limits_from

# The limits are short so that every shape has its turn within seconds; a quick test is not a campaign.
LIMITS = {"M4SD_ANONYMOUS_DEADLINE": "0.5", "M4SD_LIMIT_SLOW": "4", "M4SD_LIMIT_PATIENCE": "1"}
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Served]:
    with served(folder, free_port(), LIMITS) as running:
        yield running


@pytest.fixture(scope="module")
def attacked(server: Served) -> Any:  # Any: figures, as they are written down
    plan = attack.Plan(seconds=120, cheap=6, hostile=5, roll=False, once=True, limits=limits_from(LIMITS))
    return attack.attack(server, plan)


def test_every_hostile_query_gets_an_answer_or_a_clean_problem_in_time(attacked: Any) -> None:
    assert attacked["hostile"]["neither_answer_nor_clean_problem"] == {}
    assert attacked["hostile"]["requests"] == attacked["hostile"]["shapes"]
    assert set(attacked["hostile"]["statuses"]) <= {200, 304, 400, 406, 413, 415, 429, 503, 504}


def test_what_is_done_after_the_deadline_takes_no_time_either(folder: Path) -> None:
    hurried = {"M4SD_ANONYMOUS_DEADLINE": "0.05"}
    plan = attack.Plan(callers=4, aims=("stack", "planning", "size"), limits=limits_from(hurried))
    with served(folder, free_port(), hurried) as running:
        met = attack.roll_call(running.port, "http://127.0.0.1:1/", plan)
    assert {name: dict(each.faults) for name, each in met.items() if each.faults} == {}
    assert any(each.statuses[504] for each in met.values())


def test_no_hostile_query_makes_the_server_call_out(attacked: Any) -> None:
    assert attacked["connections_to_the_trap"] == []


def test_cheap_clients_get_right_answers_or_clean_refusals_beside_hostile_ones(attacked: Any) -> None:
    assert attacked["cheap"]["count"] > attacked["cheap"]["failed"]
    assert attacked["cheap"]["wrong_or_cut_200"] == 0
    assert {reason[:3] for reason in attacked["cheap"]["reasons"]} <= {"503", "504"}


def test_the_web_process_outlives_every_attack(attacked: Any) -> None:
    assert attacked["web_process_unchanged"]


def test_killed_workers_cut_no_answer_and_are_replaced(server: Served) -> None:
    found = kills.kill(server, kills.Plan(kills=15, pause=0.1, cheap=6, quiet=0.5))
    assert found["during"]["wrong_or_cut_200"] == 0  # type: ignore[index]
    assert found["seconds_until_all_workers_were_back"] is not None
    assert found["killed_what_starts_them"]["seconds_until_all_workers_were_back"] is not None  # type: ignore[index]
    assert found["web_process_unchanged"]


def test_broken_requests_end_no_process_and_cause_no_error_of_ours(server: Served, tmp_path: Path) -> None:
    found = fuzz.fuzz(server, fuzz.Plan(requests=800, deadline=0.5, patience=1, contract=False), tmp_path)
    assert found["failures"] == {}, found["kept"]
    assert found["web_process_unchanged"]


def test_there_are_more_than_forty_hostile_shapes_and_each_has_its_own_name() -> None:
    names = [shape.name for shape in shapes("http://127.0.0.1:1/")]
    assert len(names) == len(set(names)) > 40


def test_a_failing_input_is_made_small() -> None:
    assert reduced(b"a" * 300 + b"bug" + b"c" * 300, lambda data: b"bug" in data) == b"bug"
