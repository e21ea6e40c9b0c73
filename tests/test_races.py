"""Show that racing decisions and a killed writer lose and double nothing, and that the check would notice."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bench import judged
from bench.desks import WHEN, draft, make, organisation
from bench.races import Plan, race
from graph.desk import review
from graph.desk.desk import Desk
from graph.keeping.live import Live


@pytest.mark.slow
def test_clients_that_race_and_a_writer_that_is_killed_lose_and_double_nothing(tmp_path: Path) -> None:
    found = race(tmp_path / "store", Plan(decisions=160, clients=4, kills=2))
    assert found["problems"] == []
    assert found["ok"]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a short story: one accepted, one rejected, one returned."""
    folder = tmp_path_factory.mktemp("told")
    make(folder)
    desk = Desk(folder)
    with Live(folder) as live:
        made = [desk.submit("Ana", [draft(s, organisation(s), folder)], WHEN)[0] for s in ("org-a", "org-b", "org-c")]
        review.accept(live, desk, made[0].id, 1, "Bo", "", WHEN)
        desk.reject(made[1].id, 1, "Bo", "no", WHEN)
        desk.give_back(made[2].id, 1, "Bo", "mend it", WHEN)
    return folder


def test_a_legal_story_has_no_problems(told: Path) -> None:
    assert judged.problems(told) == []
    assert judged.counts(told) == {"submit": 3, "accept": 1, "reject": 1, "return": 1, "entries": 1}


@pytest.mark.parametrize(
    "lie",
    [
        "UPDATE submission SET state = 'waiting' WHERE state = 'accepted'",
        "UPDATE submission SET state = 'accepted', sequence = 2 WHERE state = 'rejected'",
        "UPDATE submission SET sequence = 9 WHERE state = 'accepted'",
        "UPDATE submission SET claim = '{}' WHERE state = 'returned'",
        "UPDATE event SET who = 'ANA' WHERE what = 'accept'",
        "UPDATE event SET state = 'waiting' WHERE what = 'return'",
        "UPDATE event SET revision = 5 WHERE what = 'reject'",
        "DELETE FROM event WHERE what = 'accept'",
        "INSERT INTO event (submission, at, who, person, what, comment, state, revision, sequence) "
        "SELECT submission, at, who, person, what, comment, state, revision + 1, sequence FROM event "
        "WHERE what = 'accept'",
        "DELETE FROM submission WHERE state = 'accepted'",
        "UPDATE version SET body = (SELECT body FROM version WHERE file = 'org-b.ttl') WHERE file = 'org-a.ttl'",
    ],
)
def test_the_check_notices_a_story_that_cannot_be_true(told: Path, lie: str) -> None:
    with closing(sqlite3.connect(told / "desk.db", isolation_level=None)) as database:
        database.execute("BEGIN")
        before = "\n".join(database.iterdump())
        database.execute(lie)
        database.execute("COMMIT")
    try:
        assert judged.problems(told) != []
    finally:
        for path in told.glob("desk.db*"):
            path.unlink()
        with closing(sqlite3.connect(told / "desk.db")) as database:
            database.executescript(before)
