"""Show that workers answer, that what must end is ended, and that one client cannot harm another."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

from graph.query import Question
from graph.store import current, fresh
from server.limits import MIB, Limits, Role
from server.workers import sandbox
from server.workers.cell import Job, Reply
from server.workers.lanes import Budget, Lane, UsedUp
from server.workers.pool import Cancelled, Deadline, Full, OutOfMemory, Pool

pytestmark = pytest.mark.slow

ROLE = Role(deadline=1.5, memory=256 * MIB, result=MIB)
LIMITS = replace(Limits(), quick=2, slow=1, patience=1.0, promote=0.2)
CHEAP = "SELECT * { <http://x/1> ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
HUNGRY = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?d ?g"


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pool")
    with fresh(folder) as (store, _):
        store.extend(
            Quad(NamedNode(f"http://x/{n}"), NamedNode("http://x/p"), Literal(f"value {n}"), DefaultGraph())
            for n in range(2000)
        )
    return current(folder)


@pytest.fixture(scope="module")
def pool(snapshot: Path) -> Iterator[Pool]:
    made = Pool(LIMITS, sandbox.available(), lambda: snapshot)
    yield made
    made.close()


def ask(pool: Pool, snapshot: Path, text: str, client: str = "a", role: Role = ROLE, name: str = "") -> Reply:
    job = Job(str(snapshot), Question(text), "csv", "turtle", role.memory, role.result)
    return pool.ask(job, role, client, name or f"{client}-{time.monotonic_ns()}")


def in_background(
    pool: Pool, snapshot: Path, text: str, client: str, name: str = "", role: Role = ROLE
) -> tuple[threading.Thread, list[object]]:
    box: list[object] = []

    def run() -> None:
        try:
            box.append(ask(pool, snapshot, text, client, role, name))
        except Exception as error:
            box.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, box


def test_a_worker_answers(pool: Pool, snapshot: Path) -> None:
    assert ask(pool, snapshot, CHEAP).body == b"o,p\r\nvalue 1,http://x/p\r\n"


def test_a_syntax_error_comes_back_as_data(pool: Pool, snapshot: Path) -> None:
    reply = ask(pool, snapshot, "SELECT {")
    assert (reply.error, reply.line, reply.body) == ("QueryError", 1, b"")


def test_a_query_past_its_deadline_is_ended_and_the_next_is_answered(pool: Pool, snapshot: Path) -> None:
    with pytest.raises(Deadline, match=r"after 1\.5 seconds"):
        ask(pool, snapshot, ENDLESS)
    assert ask(pool, snapshot, CHEAP).body


def test_a_query_past_its_memory_is_ended_and_the_next_is_answered(pool: Pool, snapshot: Path) -> None:
    with pytest.raises(OutOfMemory, match="256 MiB"):
        ask(pool, snapshot, HUNGRY, role=replace(ROLE, deadline=20))
    assert ask(pool, snapshot, CHEAP).body


def test_an_answer_past_its_bound_is_refused(pool: Pool, snapshot: Path) -> None:
    reply = ask(pool, snapshot, "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 100000")
    assert (reply.error, reply.body) == ("TooLarge", b"")


@pytest.mark.parametrize("text", ["SELECT * { FILTER " + "EXISTS { FILTER " * 1500 + "(true)" + "}" * 1500 + " }"])
def test_deep_nesting_ends_in_an_answer_or_an_error(pool: Pool, snapshot: Path, text: str) -> None:
    reply = ask(pool, snapshot, text)
    assert reply.body or reply.error


def test_a_running_query_is_cancelled_by_its_own_client_only(pool: Pool, snapshot: Path) -> None:
    thread, box = in_background(pool, snapshot, ENDLESS, "owner", name="my-long-query")
    time.sleep(0.5)
    assert not pool.cancel("my-long-query", "stranger")
    assert pool.cancel("my-long-query", "owner")
    thread.join()
    assert isinstance(box[0], Cancelled)
    assert not pool.cancel("my-long-query", "owner")


def test_a_worker_that_was_killed_is_replaced_and_the_query_still_answered(pool: Pool, snapshot: Path) -> None:
    for _ in range(5):
        for pid in pool.crew.pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        assert ask(pool, snapshot, CHEAP).body


def test_who_waits_for_a_place_waits_no_longer_than_the_query_may_take(snapshot: Path) -> None:
    with contextlib.closing(Pool(replace(LIMITS, patience=600.0), sandbox.available(), lambda: snapshot)) as patient:
        thread, box = in_background(patient, snapshot, ENDLESS, "first", "the-first-query", replace(ROLE, deadline=60))
        time.sleep(1)  # until it has the one place of the slow lane, if the machine is not very busy
        with pytest.raises((Full, Deadline)):
            ask(patient, snapshot, ENDLESS, "second", replace(ROLE, deadline=0.6))
        assert not box
        assert patient.cancel("the-first-query", "first")
        thread.join()


def test_slow_queries_leave_the_quick_lane_to_others(pool: Pool, snapshot: Path) -> None:
    slow = [in_background(pool, snapshot, ENDLESS, f"slow-{n}") for n in range(4)]
    time.sleep(0.6)
    for _ in range(5):  # on a busy machine they take longer to be known as slow
        with contextlib.suppress(Full):
            answered = ask(pool, snapshot, CHEAP, "quick").body
            break
    assert answered
    for thread, _ in slow:
        thread.join()
    # Whoever has the one place runs into the deadline, and so does who gets it just then; the rest got none.
    assert {type(box[0]) for _, box in slow} == {Deadline, Full}


def test_a_client_that_used_its_seconds_is_told_when_to_come_back(pool: Pool, snapshot: Path) -> None:
    poor = replace(ROLE, budget=0.5)
    with pytest.raises(Deadline):
        ask(pool, snapshot, ENDLESS, "greedy", poor)
    with pytest.raises(UsedUp) as caught:
        ask(pool, snapshot, CHEAP, "greedy", poor)
    assert 0 < int(str(caught.value.said.data["after"])) <= LIMITS.window + 1
    assert ask(pool, snapshot, CHEAP, "modest", poor).body


def test_a_lane_keeps_places_for_other_clients() -> None:
    lane = Lane(places=3, each=2)
    assert [lane.enter("a"), lane.enter("a"), lane.enter("a"), lane.enter("b"), lane.enter("c")] == [
        True, True, False, True, False,
    ]  # fmt: skip
    lane.leave("a")
    assert lane.enter("c")


def test_a_budget_forgets_what_is_older_than_its_window() -> None:
    budget = Budget(window=0.05)
    budget.spend("a", 10)
    with pytest.raises(UsedUp):
        budget.require("a", replace(ROLE, budget=5))
    time.sleep(0.06)
    budget.require("a", replace(ROLE, budget=5))


def test_those_who_were_slow_lately_wait_for_each_other_and_for_nobody_else(pool: Pool, snapshot: Path) -> None:
    assert pool._probation.enter("another debtor")
    pool._budget.spend("debtor", 0.1)
    with pytest.raises(Full):
        ask(pool, snapshot, CHEAP, "debtor")
    assert ask(pool, snapshot, CHEAP, "newcomer").body
    pool._probation.leave("another debtor")
    assert ask(pool, snapshot, CHEAP, "debtor").body


def test_a_query_that_was_turned_away_counts_as_slow(pool: Pool, snapshot: Path) -> None:
    assert pool._slow.enter("somebody")
    with pytest.raises(Full):
        ask(pool, snapshot, ENDLESS + "# a text that is not known yet", "turned away")
    pool._slow.leave("somebody")
    with pytest.raises(UsedUp):
        ask(pool, snapshot, CHEAP, "turned away", replace(ROLE, budget=LIMITS.turned_away))


def test_those_who_wait_come_in_by_turn() -> None:
    lane = Lane(places=1, each=1)
    assert lane.enter("first")
    came: list[str] = []

    def come(name: str) -> None:
        assert lane.enter(name, patience=5)
        came.append(name)
        lane.leave(name)

    threads = []
    for name in ("second", "third"):
        threads.append(threading.Thread(target=come, args=(name,)))
        threads[-1].start()
        time.sleep(0.1)
    lane.leave("first")
    for thread in threads:
        thread.join()
    assert came == ["second", "third"]
