"""Show that the desk takes only legal steps, from those who may take them, and tells whoever comes too late."""

import itertools
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from json import dumps, loads
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from graph.desk import notes, queue
from graph.desk.desk import Desk
from graph.desk.forget import forget
from graph.desk.moves import MOVES, OPEN, RECORDS, STATES, State, same_person
from graph.desk.notes import NoNote, Note, NothingSaid
from graph.desk.queue import Filter
from graph.desk.refusals import (
    DeskError,
    NoSubmission,
    NotThatKind,
    NotThatState,
    NotTheAuthor,
    NotYourDataset,
    ReasonMissing,
    SelfApproval,
    Stale,
)
from graph.desk.submission import Draft, Submission
from server.identity.roles import ANYONE, ROLES, RULES, Actor, Forbidden, Role, may, may_with, require
from server.identity.tokens import Tokens

WHEN = datetime(2026, 1, 1, tzinfo=UTC)
DRAFT = Draft(
    "new",
    dataset="seed",
    graph="https://w3id.org/m4sd/graph/seed/org-a",
    thing="https://w3id.org/m4sd/id/org-a",
    title={"en": "Org A", "fr": "Org A (fr)"},
    body="<https://w3id.org/m4sd/id/org-a> <https://example.org/p> <https://example.org/o> .\n",
    file="org-a.ttl",
    original=b"\x00\xff not text",
    written={"json.en": "{}"},
)


def submitted(desk: Desk, author: str = "Ana", draft: Draft = DRAFT) -> Submission:
    return desk.submit(author, [draft], WHEN)[0]


def in_state(desk: Desk, state: State) -> Submission:
    made = submitted(desk)
    if state == "returned":
        return desk.give_back(made.id, 1, "Bo", "mend the name", WHEN)
    if state == "rejected":
        return desk.reject(made.id, 1, "Bo", "not ours", WHEN)
    if state == "withdrawn":
        return desk.withdraw(made.id, 1, "Ana", WHEN)
    if state == "accepted":
        desk.claim(made.id, 1, "Bo", "", 0, WHEN)
        return desk.settle(made.id, 7, WHEN)
    return made


def step(desk: Desk, action: str, found: Submission, who: str) -> Submission:
    """Take one step with a submission as somebody saw it."""
    steps: dict[str, Callable[[], Submission]] = {
        "edit": lambda: desk.edit(found.id, found.revision, DRAFT, who, WHEN),
        "comment": lambda: desk.comment(found.id, who, "why?", WHEN),
        "withdraw": lambda: desk.withdraw(found.id, found.revision, who, WHEN),
        "return": lambda: desk.give_back(found.id, found.revision, who, "mend it", WHEN),
        "reject": lambda: desk.reject(found.id, found.revision, who, "no", WHEN),
        "accept": lambda: published(desk, found, who),
        "answer": lambda: desk.answer(found.id, found.revision, who, "thanks", WHEN),
    }
    return steps[action]()


def published(desk: Desk, found: Submission, who: str) -> Submission:
    desk.claim(found.id, found.revision, who, "", 0, WHEN)
    return desk.settle(found.id, 7, WHEN)


# The table once more, in other words than the code's: who may, whose submission, in which states.
SUBMITTERS, REVIEWERS = {"submitter", "reviewer", "admin"}, {"reviewer", "admin"}
WANTED = {
    "edit": {(role, True, state) for role in SUBMITTERS for state in ("waiting", "returned")},
    "withdraw": {(role, True, state) for role in SUBMITTERS for state in ("waiting", "returned")},
    "comment": {(role, True, state) for role in SUBMITTERS for state in ("waiting", "returned")}
    | {(role, False, state) for role in REVIEWERS for state in ("waiting", "returned")},
    "return": {(role, False, "waiting") for role in REVIEWERS},
    "accept": {(role, False, "waiting") for role in REVIEWERS},
    "reject": {(role, False, state) for role in REVIEWERS for state in ("waiting", "returned")},
    "answer": set[tuple[str, bool, str]](),
}


@pytest.mark.parametrize(("action", "state"), list(itertools.product(MOVES, STATES)))
def test_each_role_does_in_each_state_what_it_may_and_nothing_else(tmp_path: Path, action: str, state: State) -> None:
    for number, (role, own) in enumerate(itertools.product(ROLES, (True, False))):
        folder = tmp_path / str(number)
        folder.mkdir()
        desk = Desk(folder)
        found = in_state(desk, state)
        actor = Actor("Ana" if own else "Cy", role, ("seed",))
        wanted = (role, own, state) in WANTED[action]
        before = desk.history(found.id)
        with suppress(Forbidden, DeskError):
            require(actor, action, found)
            step(desk, action, found, actor.name)
        assert (len(desk.history(found.id)) > len(before)) == wanted, (role, own)
        assert may_with(actor, action, found) == wanted, (role, own)
        assert wanted or desk.get(found.id) == found


def test_every_action_of_the_desk_stands_in_the_table_with_its_states() -> None:
    assert set(MOVES) <= set(RULES)
    assert {action: RULES[action].states for action in MOVES} == {action: move.start for action, move in MOVES.items()}
    assert not any(RULES[action].own for action, move in MOVES.items() if move.by == "another")
    assert not any(RULES[action].others for action, move in MOVES.items() if move.by == "author")


@pytest.mark.parametrize("action", [action for action, rule in RULES.items() if not rule.about_a_submission])
def test_a_higher_role_may_whatever_a_lower_one_may(action: str) -> None:
    allowed = [may(role, action) for role in ROLES]
    assert allowed == sorted(allowed)
    assert allowed[-1], "an admin may everything"
    for role in ROLES:
        try:
            require(Actor("x", role, ("*",)), action)
        except Forbidden:
            assert not may(role, action)
        else:
            assert may(role, action)


def test_strangers_read_and_report_and_do_nothing_else() -> None:
    free = {action for action in RULES if may(ANYONE.role, action)}
    assert free == {"read", "query", "validate", "report an error", "propose a record", "sign in"}


def test_a_reviewer_decides_in_her_datasets_only(tmp_path: Path) -> None:
    found = submitted(Desk(tmp_path))
    with pytest.raises(NotYourDataset):
        require(Actor("Bo", "reviewer", ("background",)), "accept", found)
    require(Actor("Bo", "reviewer", ("*",)), "accept", found)
    require(Actor("Bo", "reviewer", ("background",)), "see", found)
    with pytest.raises(NotYourDataset):
        require(Actor("Ana", "submitter", ("seed",)), "submit", dataset="background")


def test_nobody_accepts_her_own_not_even_by_another_token_of_hers(tmp_path: Path) -> None:
    desk, tokens = Desk(tmp_path), Tokens(tmp_path)
    _, one = tokens.create("Ana Diallo", "submitter", ["seed"], WHEN)
    _, other = tokens.create("ANA  diallo", "admin", ["*"], WHEN)
    found = submitted(desk, tokens.find(one, WHEN).actor.name)
    reviewer = tokens.find(other, WHEN).actor
    for action in ("accept", "reject", "return"):
        require(reviewer, action, found)  # her role suffices; it is the desk that knows whose it is
        with pytest.raises(SelfApproval):
            step(desk, action, found, reviewer.name)
    assert not may_with(reviewer, "accept", found)


@pytest.mark.parametrize("other", ["ana diallo", " Ana   Diallo ", "ＡＮＡ ＤＩＡＬＬＯ", "ANA DIALLO"])
def test_a_name_is_one_person_however_it_is_written(other: str) -> None:
    assert same_person("Ana Diallo", other)


def test_what_was_submitted_comes_back_as_it_was(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    found = submitted(desk)
    assert found.draft == replace(DRAFT, original=b"", written={})
    assert queue.original(desk, found.id) == ("org-a.ttl", b"\x00\xff not text")
    assert queue.written(desk, found.id, "json.en") == "{}"
    assert queue.written(desk, found.id, "json.fr") == ""
    assert Draft.from_plain(loads(dumps(DRAFT.plain()))) == DRAFT
    assert dumps(asdict(found))
    assert desk.get(found.id) == found


def test_only_the_services_user_may_read_the_desk(tmp_path: Path) -> None:
    submitted(Desk(tmp_path))
    assert (tmp_path / "desk.db").stat().st_mode & 0o077 == 0


def test_sending_the_same_twice_makes_one_submission(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    first = submitted(desk)
    assert submitted(desk) == first
    assert submitted(desk, "Bo").id != first.id, "somebody else's is another one"
    assert submitted(desk, draft=replace(DRAFT, body=DRAFT.body.replace("/o>", "/q>"))).id != first.id
    desk.reject(first.id, 1, "Cy", "no", WHEN)
    assert submitted(desk).id != first.id, "what was decided is not there any more"


def test_a_batch_comes_whole_or_not_at_all(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    two = desk.submit("Ana", [DRAFT, replace(DRAFT, graph=DRAFT.graph + "2")], WHEN)
    assert len({each.batch for each in two} - {""}) == 1
    assert len(queue.queue(desk, Filter(batch=two[0].batch))) == 2
    broken = replace(DRAFT, graph=DRAFT.graph + "3", kind=None)  # type: ignore[arg-type]
    with suppress(Exception):
        desk.submit("Ana", [replace(DRAFT, graph=DRAFT.graph + "4"), broken], WHEN)
    assert len(queue.queue(desk)) == 2


def test_whoever_saw_an_older_version_is_told(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    seen = submitted(desk)
    desk.edit(seen.id, 1, replace(DRAFT, why="better"), "Ana", WHEN)
    for action in ("accept", "reject", "return"):
        with pytest.raises(Stale, match="version 2"):
            step(desk, action, seen, "Bo")


def test_each_version_and_its_report_stay(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    found = submitted(desk)
    desk.edit(found.id, 1, replace(DRAFT, body="<a:a> <a:b> <a:c> .\n", written={"json.en": "[]"}), "Ana", WHEN)
    assert [number for number, _ in queue.versions(desk, found.id)] == [1, 2]
    assert queue.written(desk, found.id, "json.en", version=1) == "{}"
    assert queue.written(desk, found.id, "json.en") == "[]"
    with pytest.raises(NoSubmission):
        queue.written(desk, found.id, "json.en", version=9)


def test_a_decision_against_somebody_needs_a_reason(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    found = submitted(desk)
    for deed in (desk.give_back, desk.reject):
        with pytest.raises(ReasonMissing):
            deed(found.id, 1, "Bo", "  ", WHEN)


def test_there_is_no_deciding_on_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NoSubmission):
        Desk(tmp_path).reject("x" * 99, 1, "Bo", "no", WHEN)


def test_what_is_being_published_waits_for_nobody_else(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    found = submitted(desk)
    desk.claim(found.id, 1, "Bo", "fine", 3, WHEN)
    for action, who in (("edit", "Ana"), ("withdraw", "Ana"), ("reject", "Cy"), ("return", "Cy"), ("accept", "Cy")):
        with pytest.raises(NotThatState, match="being published"):
            step(desk, action, found, who)
    desk.comment(found.id, "Ana", "at last", WHEN)
    assert [(each.id, after) for each, after in desk.claimed()] == [(found.id, 3)]
    settled = desk.settle(found.id, 4, WHEN)
    assert desk.settle(found.id, 4, WHEN) == settled
    last = desk.history(found.id)[-1]
    assert (last.who, last.what, last.comment, last.sequence, settled.sequence) == ("Bo", "accept", "fine", 4, 4)


def test_of_many_who_decide_at_once_one_does(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    found = submitted(desk)
    done: list[str] = []

    def decide(number: int) -> None:
        with suppress(NotThatState):
            step(desk, ("accept", "reject", "return")[number % 3], found, f"reviewer {number}")
            done.append(f"reviewer {number}")

    threads = [threading.Thread(target=decide, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    decided = [event.who for event in desk.history(found.id) if event.what in ("accept", "return")]
    assert len(decided) + sum(event.what == "reject" for event in desk.history(found.id)) == len(done)
    assert [event.revision for event in desk.history(found.id)] == list(range(1, len(done) + 2))


def test_the_queue_shows_what_is_open_first_and_filters(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    for number in range(6):
        draft = replace(DRAFT, graph=f"{DRAFT.graph}{number}", dataset=("seed", "background")[number % 2])
        desk.submit(("Ana", "Bo")[number % 2], [draft], WHEN + timedelta(minutes=number))
    first = queue.queue(desk)[0]
    desk.reject(first.id, 1, "Cy", "no", WHEN + timedelta(hours=1))
    assert [each.state for each in queue.queue(desk)] == ["waiting"] * 5 + ["rejected"]
    assert [each.created for each in queue.queue(desk, Filter(state="waiting"))] == sorted(
        each.created for each in queue.queue(desk, Filter(state="waiting"))
    )
    assert queue.counts(desk) == {"waiting": 5, "rejected": 1}
    assert {each.author for each in queue.queue(desk, Filter(author="BO"))} == {"Bo"}
    assert {each.author for each in queue.queue(desk, Filter(not_author="bo"))} == {"Ana"}
    assert len(queue.queue(desk, Filter(dataset="seed", text="ORG a"))) == 3
    assert queue.queue(desk, Filter(text="%")) == ()
    assert len(queue.queue(desk, most=2)) == 2
    assert not any(each.body for each in queue.queue(desk))


def test_the_news_of_a_person_are_what_others_did_with_hers(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    found, other = submitted(desk), submitted(desk, "Cy")
    desk.give_back(found.id, 1, "Bo", "mend it", WHEN)
    desk.edit(found.id, 2, DRAFT, "Ana", WHEN)
    desk.reject(other.id, 1, "Bo", "no", WHEN)
    told = queue.news(desk, "Ana")
    assert [(each.event.what, each.event.comment, each.submission.id) for each in told] == [
        ("return", "mend it", found.id)
    ]
    assert queue.news(desk, "Ana", after=told[0].event.number) == ()
    assert [each.event.what for each in queue.news_for_reviewers(desk, "Bo")] == ["edit", "submit", "submit"]


def test_anybody_reports_and_follows_by_a_secret_of_which_the_hash_is_kept(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    note = Note("report", "The year is wrong.", thing=DRAFT.thing, statement="startDate 2019", contact="a@example.org")
    made, secret = notes.take(desk, note, WHEN)
    notes.add(desk, secret, "It was 2018.", WHEN)
    desk.answer(made.id, 1, "Bo", "Mended, thank you.", WHEN)
    found, events = notes.follow(desk, secret)
    assert (found.state, found.why, found.statement) == ("accepted", "The year is wrong.", "startDate 2019")
    assert [(each.what, each.comment) for each in events] == [
        ("submit", ""),
        ("comment", "It was 2018."),
        ("answer", "Mended, thank you."),
    ]
    assert secret.encode() not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    with pytest.raises(NoNote):
        notes.follow(desk, secret + "x")
    with pytest.raises(NotThatState):
        notes.take_back(desk, secret, WHEN)
    with pytest.raises(NotThatState):
        notes.add(desk, secret, "more", WHEN)


def test_a_stranger_takes_back_what_she_said(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    _, secret = notes.take(desk, Note("proposal", "Please add our project."), WHEN)
    assert notes.take_back(desk, secret, WHEN).state == "withdrawn"


@pytest.mark.parametrize("text", ["", "   ", "x" * 5001])
def test_a_note_says_something_and_not_too_much(tmp_path: Path, text: str) -> None:
    with pytest.raises(NothingSaid):
        notes.take(Desk(tmp_path), Note("report", text), WHEN)


def test_nobody_owns_what_a_stranger_said(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    made, _ = notes.take(desk, Note("report", "wrong"), WHEN)
    with pytest.raises(NotTheAuthor):
        desk.withdraw(made.id, 1, "", WHEN)
    for action in ("edit", "return", "accept"):
        with pytest.raises((NotThatKind, NotTheAuthor)):
            step(desk, action, made, "Bo")
    with pytest.raises(NotThatKind):
        step(desk, "answer", submitted(desk), "Bo")


@pytest.mark.parametrize("texts", [[], [" "]])
def test_where_nothing_is_named_nothing_is_forgotten(tmp_path: Path, texts: list[str]) -> None:
    desk = Desk(tmp_path)
    made = submitted(desk)
    assert forget(desk, [], texts, "Root", WHEN) == 0
    assert desk.get(made.id) == made


def test_what_was_said_of_a_person_is_forgotten_for_good_and_the_decisions_stay(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    secret = "Jane Q. Doe"
    told = replace(DRAFT, body=f'<a:a> <a:b> "{secret}" .\n', title={"en": secret}, original=secret.encode())
    open_one = submitted(desk, "Ana", told)
    closed = submitted(desk, secret, replace(DRAFT, graph=DRAFT.graph + "2"))
    desk.reject(closed.id, 1, "Bo", f"see {secret}", WHEN)
    other = submitted(desk, "Cy")
    assert forget(desk, [], [secret], "Root", WHEN) == 2
    assert desk.get(open_one.id).state == "rejected"
    assert [event.what for event in desk.history(closed.id)] == ["submit", "reject"]
    assert desk.get(closed.id).author == "erased"
    assert desk.get(other.id) == other
    assert secret.encode() not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert queue.versions(desk, open_one.id) == ((1, ""),)
    assert forget(desk, [DRAFT.thing], [], "Root", WHEN) == 1


class Campaign(RuleBasedStateMachine):
    """Let several people do anything to anything, with what they last saw, beside a model of what should come of it."""

    def __init__(self) -> None:
        super().__init__()
        self.place = TemporaryDirectory()
        self.desk = Desk(Path(self.place.name))
        self.model: dict[str, tuple[str, State, int]] = {}  # author, state, revision
        self.seen: dict[tuple[str, str], Submission] = {}
        self.count = 0

    def teardown(self) -> None:
        self.place.cleanup()

    people = st.sampled_from(["Ana", "Bo", "Cy"])

    @rule(who=people)
    def submit(self, who: str) -> None:
        self.count += 1
        made = submitted(self.desk, who, replace(DRAFT, graph=f"{DRAFT.graph}{self.count}"))
        self.model[made.id] = (who, "waiting", 1)

    @rule(who=people, data=st.data())
    def look(self, who: str, data: st.DataObject) -> None:
        if self.model:
            ident = data.draw(st.sampled_from(list(self.model)))  # as they came: their names are random
            self.seen[who, ident] = self.desk.get(ident)

    @rule(who=people, action=st.sampled_from(sorted(MOVES)), data=st.data())
    def act(self, who: str, action: str, data: st.DataObject) -> None:
        mine = [ident for person, ident in self.seen if person == who]
        if not mine:
            return
        found = self.seen[who, data.draw(st.sampled_from(mine))]
        author, state, revision = self.model[found.id]
        move = MOVES[action]
        whose = {"author": who == author, "another": who != author, "anyone": True}[move.by]
        current = action == "comment" or found.revision == revision
        legal = set(move.kinds) >= {"new"} and whose and state in move.start and current
        try:
            after = step(self.desk, action, found, who)
        except DeskError:
            assert not legal
            return
        assert legal
        if move.end:
            self.model[found.id] = (author, move.end, revision + 1)
        assert (after.state, after.revision) == self.model[found.id][1:]

    @invariant()
    def the_desk_is_as_the_model(self) -> None:
        found = {each.id: (each.author, each.state, each.revision) for each in queue.queue(self.desk)}
        assert found == self.model

    @invariant()
    def every_history_is_a_legal_path(self) -> None:
        for ident in self.model:
            events = self.desk.history(ident)
            assert (events[0].what, events[0].state, events[0].revision) == ("submit", "waiting", 1)
            for before, after in itertools.pairwise(events):
                move = MOVES[after.what]
                assert before.state in move.start
                assert (after.state, after.revision) == ((move.end or before.state), before.revision + bool(move.end))


TestCampaign = Campaign.TestCase
TestCampaign.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)


def test_the_kinds_and_states_are_complete() -> None:
    assert {state for move in MOVES.values() for state in (*move.start, move.end) if state} == set(STATES)
    assert set(OPEN) == {state for move in MOVES.values() for state in move.start}
    assert {kind for kind in RECORDS if kind in MOVES["accept"].kinds} == set(RECORDS)
    roles: tuple[Role, ...] = ROLES
    assert roles[0] == "anyone"
