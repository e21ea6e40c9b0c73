"""Accept what waits on the desk: check it once more, publish it and mark it, so that a crash between doubles nothing.

A submission is claimed first, so that nobody changes it while it is published; the journal's entry names it. Whoever
starts a writer calls `reconcile`, which asks the journal what became of the claims of the one before.
"""

from dataclasses import dataclass
from datetime import datetime

from pyoxigraph import NamedNode

from graph.admit import stated, weigh
from graph.catalogue import is_stated
from graph.desk import content
from graph.desk.desk import Desk
from graph.desk.refusals import HeldBack, Outdated
from graph.desk.submission import Submission
from graph.journal.entry import Change, Entry
from graph.keeping.durable import Broken
from graph.keeping.live import Live
from graph.patch import Patch
from graph.record import Record
from graph.store import Store
from graph.validate.report import THRESHOLD, Finding, Report


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Say what became of a submission: it was accepted, or it still waits and `findings` say why."""

    submission: Submission
    findings: tuple[Finding, ...]

    @property
    def accepted(self) -> bool:
        """Return whether it was published."""
        return self.submission.state == "accepted"


def accept(
    live: Live,
    desk: Desk,
    ident: str,
    revision: int,
    who: str,
    comment: str,
    when: datetime,
    against: str | None = None,
    threshold: int = THRESHOLD,
) -> Acceptance:
    """Publish a submission as somebody saw it, unless it does not conform any more.

    `against` is the digest of the published record beside which she saw it, where that is not the one it was written
    for; raise Outdated where it changed since. What could harm people is published with a comment only (HeldBack).
    """
    with live.turn:
        head = live.sequence
        found = desk.claim(ident, revision, who, comment, head, when)
        try:
            entry, findings = _published(live, found, comment, against, when, threshold)
        except Broken:  # the journal may have it: the next writer asks
            raise
        except BaseException:
            if _entry_of(live, ident, head) is None:
                desk.release(ident)
            raise
        if entry is None:
            desk.release(ident)
            return Acceptance(desk.get(ident), findings)
        return Acceptance(desk.settle(ident, entry.sequence, when), findings)


def reconcile(live: Live, desk: Desk, whole: bool = False) -> tuple[Submission, ...]:
    """Settle or release what an earlier writer had claimed when it ended; return what was settled.

    `whole` looks through all of the journal, for a desk that is older than it.
    """
    with live.turn:
        claimed = desk.claimed()
        after = 0 if whole else min((after for _, after in claimed), default=live.sequence)
        known = {entry.change.submission: entry for entry in live.journal.entries(after) if entry.change.submission}
        waiting = {each.id for each, _ in claimed}
        for ident in waiting - set(known):
            desk.release(ident)
        sought = {ident for ident in known if desk.holds(ident)} if whole else waiting & set(known)
        return tuple(
            desk.settle(ident, known[ident].sequence, known[ident].change.when)
            for ident in sorted(sought, key=lambda ident: known[ident].sequence)
            if desk.get(ident).state != "accepted"
        )


def weighed(
    store: Store, submission: Submission, when: datetime, threshold: int = THRESHOLD
) -> tuple[Report, tuple[Record, ...]]:
    """Return what the shapes say of a submission beside what is published now, and the record that it is."""
    if submission.kind == "withdrawal":
        return weigh((), store, when, threshold=threshold, gone=(NamedNode(submission.graph),)), ()
    record = content.record(submission.thing, submission.graph, submission.body, submission.file)
    return weigh((record,), store, when, threshold=threshold), (record,)


def _published(
    live: Live, found: Submission, comment: str, against: str | None, when: datetime, threshold: int
) -> tuple[Entry | None, tuple[Finding, ...]]:
    """Publish a claimed submission and return the journal's entry; none, where it does not conform."""
    graph = NamedNode(found.graph)
    now = content.digest(live.store, graph)
    if now != (found.base if against is None else against):
        raise Outdated(found.id, now)
    report, records = weighed(live.store, found, when, threshold)
    if report.outcome == "refused":
        return None, report.findings
    if report.held and not comment.strip():
        raise HeldBack(found.id)
    return live.commit(_change(found, when), _patch(live.store, graph, records, when)), report.findings


def _change(found: Submission, when: datetime) -> Change:
    kind = "withdrawal" if found.kind == "withdrawal" else "record"
    return Change(
        kind=kind,
        who=found.author,
        when=when,
        why=found.why,
        source=found.source,
        submission=found.id,
        dataset=found.dataset,
        replaced_by=found.replaced_by,
    )


def _patch(store: Store, graph: NamedNode, records: tuple[Record, ...], when: datetime) -> Patch:
    """Return what is not stated any more, and what is; without a record, all of its graph goes."""
    if records:
        return stated(store, records, when)
    went = (quad for quad in (*store.quads(g=graph), *store.quads(s=graph)) if is_stated(quad))
    return Patch(frozenset(went), frozenset())


def _entry_of(live: Live, ident: str, after: int) -> Entry | None:
    return next((entry for entry in live.journal.entries(after) if entry.change.submission == ident), None)
