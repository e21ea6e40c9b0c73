"""Name what can go wrong on the desk.

M4sdError
    DeskError
        NoSubmission     there is no such submission
        NotThatKind      this is not done with a submission of that kind
        NotThatState     the submission has left the state in which this may be done
        Stale            somebody changed the submission since it was looked at
        Outdated         somebody changed the published record since the submission was written
        SelfApproval     nobody decides on a submission of her own
        NotYourDataset   somebody may write to other datasets only
        Shipped          a dataset comes with the model, so that nobody may write to it here
        NoWebAddress     what is told as the source is no address on the web
        NoSuccessor      what is to take the place of a record is not published
        Unchanged        a new version says what is published already
        NotTheAuthor     only its author may change a submission
        ReasonMissing    this needs a word to the author
        HeldBack         what could harm people is published only with the reviewer's reason
"""

from collections.abc import Mapping
from typing import Self

from graph.desk.moves import State
from graph.errors import M4sdError, Said, said


class DeskError(M4sdError):
    """Say why something cannot be done on the desk; `field` names the control of a form that it is about, if any."""

    field = ""

    def at(self, field: str) -> Self:
        """Return this as an error in one control of a form."""
        self.field = field
        return self


class NoSubmission(DeskError):
    """Say that there is no such submission."""

    template = "There is no submission {id}. Look for it in the queue."

    def __init__(self, identity: str) -> None:
        super().__init__(id=identity[:40])


class NotThatKind(DeskError):
    """Say that something is not done with a submission of that kind."""

    template = (
        "This is not done with submission {id}: records are edited, returned and accepted, what anybody reports or "
        "proposes is answered or rejected."
    )

    def __init__(self, identity: str) -> None:
        super().__init__(id=identity)


class NotThatState(DeskError):
    """Say that a submission has left the state in which something may be done with it."""

    def __init__(self, identity: str, state: State, claimed: bool = False) -> None:
        super().__init__(detail="")
        why = _WHY["claimed" if claimed else state]
        self.identity, self.state, self.said = identity, state, Said(why.template, {"id": identity})
        self.args = (str(self.said),)


class Stale(DeskError):
    """Say that somebody changed a submission since it was looked at."""

    template = "Submission {id} was changed since you looked at it: it is at version {revision} now. Look at it again."

    def __init__(self, identity: str, revision: int) -> None:
        super().__init__(id=identity, revision=revision)
        self.revision = revision


class Outdated(DeskError):
    """Say that the published record changed since a submission was written; `now` is the digest of what is there."""

    template = (
        "The published record changed since submission {id} was written. Look at the new difference and accept that, "
        "or return the submission."
    )

    def __init__(self, identity: str, now: str) -> None:
        super().__init__(id=identity)
        self.now = now


class SelfApproval(DeskError):
    """Say that nobody decides on a submission of her own."""

    template = "Submission {id} is your own; somebody else decides on it. You may edit or withdraw it."

    def __init__(self, identity: str) -> None:
        super().__init__(id=identity)


class NotYourDataset(DeskError):
    """Say that somebody's token or account is for other datasets."""

    template = "This belongs to the dataset {dataset}, and you may write to: {datasets}. Ask an administrator for it."

    def __init__(self, dataset: str, datasets: tuple[str, ...]) -> None:
        super().__init__(dataset=dataset, datasets=", ".join(datasets) or "-")


class Shipped(DeskError):
    """Say that a dataset is changed with the product only."""

    template = "The dataset {dataset} comes with the model and is changed with it: nobody writes to it here."

    def __init__(self, dataset: str) -> None:
        super().__init__(dataset=dataset)


class NoWebAddress(DeskError):
    """Say that what was told as the source is no address on the web."""

    template = "The source is told by its web address, and this is none: {given}. Write the whole address, https://…"

    def __init__(self, given: str) -> None:
        super().__init__(given=given[:200])
        self.field = "source"


class NoSuccessor(DeskError):
    """Say that what is to take the place of a record would be no published thing."""

    template = "{thing} is not published, so it cannot take the place of this record. Name what is, or nothing."

    def __init__(self, thing: str) -> None:
        super().__init__(thing=thing)
        self.field = "replaced-by"


class Unchanged(DeskError):
    """Say that a new version would change nothing."""

    template = "This says what is published already, so there is nothing to decide on. Change something, then send it."


class NotTheAuthor(DeskError):
    """Say that only its author may change a submission."""

    template = (
        "Submission {id} was written by somebody else; only its author may edit or withdraw it. Return it instead."
    )

    def __init__(self, identity: str) -> None:
        super().__init__(id=identity)


class ReasonMissing(DeskError):
    """Say that an action needs words."""

    template = "Say in a comment why: its author reads it, and the history keeps it."


class HeldBack(DeskError):
    """Say that something could harm people, so that a reviewer has to say why it does not."""

    template = (
        "Something in submission {id} could harm people; the report says what. Return it, or accept it with a comment "
        "that says why it does not."
    )

    def __init__(self, identity: str) -> None:
        super().__init__(id=identity)


# Each whole, so that it can be translated whole.
_WHY: Mapping[str, Said] = {
    "waiting": said("Submission {id} waits for a decision, so this cannot be done with it.", id=""),
    "returned": said("Submission {id} was returned; it is decided on when its author has sent it again.", id=""),
    "accepted": said("Submission {id} was accepted already; submit a new version to change what it published.", id=""),
    "rejected": said("Submission {id} was rejected; submit the record anew.", id=""),
    "withdrawn": said("Submission {id} was withdrawn by its author; submit the record anew.", id=""),
    "claimed": said("Submission {id} is being published just now; look at it again in a moment.", id=""),
}
