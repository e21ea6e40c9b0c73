"""Say who may do what: one table of actions, the least role for each, and with whose submissions in which states.

Faces ask `may` whether to show a button, and call `require` before they do anything; the desk itself checks persons,
states and revisions once more inside its transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from typing import Literal as OneOf

from graph.desk.moves import MOVES, OPEN, STATES, State, same_person
from graph.desk.refusals import NotYourDataset
from graph.desk.submission import Submission
from graph.errors import M4sdError

Role = OneOf["anyone", "reader", "submitter", "reviewer", "admin"]
ROLES: Final[tuple[Role, ...]] = (
    "anyone",
    "reader",
    "submitter",
    "reviewer",
    "admin",
)  # each may what those before may
GIVEN: Final[tuple[Role, ...]] = ROLES[1:]  # what a token or a person can have
ALL: Final = "*"  # stands for every dataset


@dataclass(frozen=True, slots=True)
class Rule:
    """Say the least role for an action: on nothing in particular, on a submission of one's own, on another's.

    None means that nobody may. `states` are those of the submission in which it may be done.
    """

    least: Role | None = None
    own: Role | None = None
    others: Role | None = None
    states: tuple[State, ...] = STATES

    @property
    def about_a_submission(self) -> bool:
        """Return whether this is done with a submission."""
        return self.least is None


RULES: Final[Mapping[str, Rule]] = {
    # with the published graph
    "read": Rule("anyone"),
    "query": Rule("anyone"),
    "validate": Rule("anyone"),
    "report an error": Rule("anyone"),
    "propose a record": Rule("anyone"),
    "sign in": Rule("anyone"),
    "see one's account": Rule("reader"),
    "query for longer": Rule("reader"),
    # with the desk
    "submit": Rule("submitter"),
    "list one's own": Rule("submitter"),
    "list all": Rule("reviewer"),
    "see": Rule(own="submitter", others="reviewer"),
    "comment": Rule(own="submitter", others="reviewer", states=OPEN),
    "edit": Rule(own="submitter", states=MOVES["edit"].start),
    "withdraw": Rule(own="submitter", states=MOVES["withdraw"].start),
    "return": Rule(others="reviewer", states=MOVES["return"].start),
    "reject": Rule(others="reviewer", states=MOVES["reject"].start),
    "accept": Rule(others="reviewer", states=MOVES["accept"].start),
    "answer": Rule(others="reviewer", states=MOVES["answer"].start),
    # with the service
    "publish at once": Rule("admin"),
    "undo": Rule("admin"),
    "release": Rule("admin"),
    "erase": Rule("admin"),
    "back up": Rule("admin"),
    "manage tokens": Rule("admin"),
    "manage people": Rule("admin"),
    "read the audit log": Rule("admin"),
}


@dataclass(frozen=True)
class Actor:
    """Say who acts: by name, which all tokens of one person share, in which role, for which datasets."""

    name: str = ""
    role: Role = "anyone"
    datasets: tuple[str, ...] = ()
    by: str = ""  # the token's name, or how she signed in; for the audit log

    def owns(self, submission: Submission) -> bool:
        """Return whether a submission is this person's own."""
        return bool(submission.author) and same_person(submission.author, self.name)

    def covers(self, dataset: str) -> bool:
        """Return whether a dataset is among those of this person; what is in none is everybody's."""
        return not dataset or ALL in self.datasets or dataset in self.datasets


ANYONE: Final = Actor()


class Forbidden(M4sdError):
    """Say that a role does not suffice."""

    template = "This needs the role {least}; you have the role {role}. Ask an administrator for a token or an account."

    def __init__(self, action: str, role: Role, least: Role) -> None:
        super().__init__(action=action, role=role, least=least)


def may(role: Role, action: str, state: State | None = None, own: bool = False) -> bool:
    """Return whether a role may do something; with a submission, in its state, one's own or not."""
    rule = RULES[action]
    if not rule.about_a_submission:
        return _suffices(role, rule.least)
    if state is not None and state not in rule.states:
        return False
    return _suffices(role, rule.own if own else rule.others)


def may_with(actor: Actor, action: str, submission: Submission) -> bool:
    """Return whether somebody may do something with a submission just now; for the buttons of a page."""
    right_kind = action not in MOVES or submission.kind in MOVES[action].kinds
    free = not submission.claimed or action in ("see", "comment")
    allowed = may(actor.role, action, submission.state, actor.owns(submission))
    return right_kind and free and allowed and (action == "see" or actor.covers(submission.dataset))


def require(actor: Actor, action: str, submission: Submission | None = None, dataset: str = "") -> None:
    """Raise Forbidden or NotYourDataset where somebody's role or datasets do not suffice.

    Whether the submission is in the right state and not one's own is for the desk to say, in the same transaction.
    """
    rule = RULES[action]
    least = rule.least
    if submission is not None:
        own = actor.owns(submission)
        least = (rule.own if own else rule.others) or rule.own or rule.others
        dataset = dataset or ("" if action == "see" else submission.dataset)
    if least is None or not _suffices(actor.role, least):
        raise Forbidden(action, actor.role, least or "admin")
    if not actor.covers(dataset):
        raise NotYourDataset(dataset, actor.datasets)


def _suffices(role: Role, least: Role | None) -> bool:
    return least is not None and ROLES.index(role) >= ROLES.index(least)
