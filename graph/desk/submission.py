"""Carry what lies on the desk: a submission, what is sent to make one, and the events of its history."""

import base64
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from graph.desk.moves import OPEN, Kind, State

Words = Mapping[str, str]


@dataclass(frozen=True)
class Draft:
    """Carry what somebody submits: one record graph's next version, or its end.

    `body` is the record in canonical N-Triples, the statements on its own graph included. `base` is the digest of what
    the graph stated when this was written (`graph.desk.content`), so that nobody's later change is lost. `written`
    holds the report in its forms, by names such as `json.en`.
    """

    kind: Kind
    dataset: str
    graph: str
    thing: str
    title: Words = field(default_factory=dict)
    body: str = ""
    base: str = ""
    file: str = ""
    original: bytes = b""
    why: str = ""
    source: str = ""
    replaced_by: str = ""
    outcome: str = "admitted"
    counts: Mapping[str, int] = field(default_factory=dict)
    held: tuple[Words, ...] = ()
    written: Mapping[str, str] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:  # JSON
        """Return this as JSON can hold it."""
        return {**asdict(self), "original": base64.b64encode(self.original).decode()}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "Draft":  # JSON
        """Return what `plain` made of a draft."""
        known = {each.name for each in fields(cls)} & set(plain)
        given = {name: plain[name] for name in known}
        if "original" in given:
            given["original"] = base64.b64decode(given["original"])
        if "held" in given:
            given["held"] = tuple(given["held"])
        return cls(**given)


@dataclass(frozen=True)
class Submission:
    """Say what was submitted, by whom, and how far it came.

    `revision` counts the versions and decisions: whoever changes a submission names the revision that she saw.
    `sequence` is the journal's number of what was published, 0 as long as nothing was. What anybody says without an
    account has no author; `why` holds its words, `statement` what they are about, `contact` where the
    reviewers may write to.
    """

    id: str
    kind: Kind
    state: State
    author: str
    dataset: str
    graph: str
    thing: str
    title: Words
    why: str
    source: str
    replaced_by: str
    statement: str
    contact: str
    outcome: str
    counts: Mapping[str, int]
    held: tuple[Words, ...]
    batch: str
    created: str
    changed: str
    sequence: int
    revision: int
    claimed: str
    file: str
    body: str
    base: str

    @property
    def open(self) -> bool:
        """Return whether something is still to be decided."""
        return self.state in OPEN

    @property
    def draft(self) -> Draft:
        """Return what it submits, without the file that it came in."""
        known = {each.name for each in fields(Draft)}
        return Draft(**{name: value for name, value in vars(self).items() if name in known})


@dataclass(frozen=True)
class Event:
    """Say what was done to a submission, by whom, when, in which words; `state` and `revision` are those after it."""

    number: int
    submission: str
    at: str
    who: str
    what: str
    comment: str
    state: State
    revision: int
    sequence: int = 0
