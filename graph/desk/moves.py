"""Draw the legal moves of a submission once: from which states, to which, by whom."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from typing import Literal as OneOf

State = OneOf["waiting", "returned", "accepted", "rejected", "withdrawn"]
Kind = OneOf["new", "replacement", "withdrawal", "report", "proposal"]
By = OneOf["author", "another", "anyone"]

STATES: Final[tuple[State, ...]] = ("waiting", "returned", "accepted", "rejected", "withdrawn")
OPEN: Final[tuple[State, ...]] = ("waiting", "returned")
KINDS: Final[tuple[Kind, ...]] = ("new", "replacement", "withdrawal", "report", "proposal")
# What changes the graph when it is accepted, and what anybody may say without an account.
RECORDS: Final[tuple[Kind, ...]] = ("new", "replacement", "withdrawal")
NOTES: Final[tuple[Kind, ...]] = ("report", "proposal")


@dataclass(frozen=True, slots=True)
class Move:
    """Say from which states an action leads to which one, who may take it, and whether it needs a reason."""

    start: tuple[State, ...]
    end: State | None  # None: the state stays
    by: By
    kinds: tuple[Kind, ...] = KINDS
    reason: bool = False


MOVES: Final[Mapping[str, Move]] = {
    "edit": Move(OPEN, "waiting", "author", RECORDS),
    "comment": Move(OPEN, None, "anyone", reason=True),
    "withdraw": Move(OPEN, "withdrawn", "author"),
    "return": Move(("waiting",), "returned", "another", RECORDS, reason=True),
    "reject": Move(OPEN, "rejected", "another", reason=True),
    "accept": Move(("waiting",), "accepted", "another", RECORDS),
    "answer": Move(("waiting",), "accepted", "another", NOTES, reason=True),
}


def same_person(one: str, other: str) -> bool:
    """Return whether two names are one person's: neither case, width nor spaces make another one."""
    return identity(one) == identity(other)


def identity(name: str) -> str:
    """Return a name as it is compared (Unicode, UAX 15 NFKC and default case folding)."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
