"""Ask for the check of some files, and carry the verdict: what the web process and the worker share."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from graph.desk.submission import Draft
from graph.errors import Said
from graph.validate.report import THRESHOLD, Profile

Written = tuple[str, str]  # a format of `graph.validate.written` and a language


@dataclass(frozen=True)
class Sending:
    """Say what a sender may write to and what she tells of her files, so that drafts for the desk are made of them.

    Or she sends none, and names what she wants to `withdraw`.
    """

    datasets: tuple[str, ...]
    dataset: str = ""
    source: str = ""
    why: str = ""
    withdraw: str = ""
    replaced_by: str = ""


@dataclass(frozen=True)
class Check:
    """Ask for reports on some files, each a name and its bytes, held against the shapes beside a snapshot, or `alone`.

    The process may grow by `memory` bytes, and the reports may take `largest` bytes together. Counts of fewer people
    than `threshold` are held for a reviewer. Where reports are to be kept, one that is held does not show the text.
    """

    snapshot: str
    files: tuple[tuple[str, bytes], ...]
    profile: Profile
    alone: bool
    wanted: tuple[Written, ...]
    memory: int
    largest: int
    threshold: int = THRESHOLD
    keep: bool = False
    sending: Sending | None = None


@dataclass(frozen=True)
class Verdict:
    """Carry the reports that were asked for and what they come to; or an error, and where it lies.

    What is sent to the desk, and not refused, comes as `drafts`, each with its own reports.
    """

    seconds: float
    reports: Mapping[Written, bytes] = field(default_factory=dict)
    outcome: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    error: str = ""
    said: Said | None = None
    place: Mapping[str, object] = field(default_factory=dict)
    drafts: tuple[Draft, ...] = ()
