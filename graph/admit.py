"""Admit records: the one door in. Validate, infer, describe where each came from, and commit all in one step."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pyoxigraph import NamedNode

from graph import catalogue
from graph.names import ASSERTED
from graph.reason.derive import derived
from graph.record import Record
from graph.store import Patch, Store
from graph.validate.beyond import Change
from graph.validate.explain import validate_in
from graph.validate.replaced import lost
from graph.validate.report import THRESHOLD, Finding, Profile, Report
from graph.validate.view import Both, Kept, Memory


@dataclass(frozen=True, slots=True)
class Receipt:
    """Say of one record whether it was admitted, and what was found in it."""

    record: Record
    admitted: bool
    findings: tuple[Finding, ...]

    @property
    def violates(self) -> bool:
        """Return whether the record itself breaks a rule."""
        return any(finding.severity == "Violation" for finding in self.findings)


def admit(
    records: Sequence[Record], store: Store, when: datetime, profile: Profile = "curated", whole: bool = False
) -> list[Receipt]:
    """Admit those of `records` that conform, replacing what their graphs held before; return a receipt for each.

    A record is judged in the context of what is published and of the other records that are admitted with it.
    `whole` admits all of them or none.
    """
    found = judge(records, store, when, profile)
    refused = [receipt for receipt in found if not receipt.admitted]
    if refused and whole:
        return [replace(receipt, admitted=False) for receipt in found]
    if refused:
        # What leaned on a refused record may not conform any more.
        rest = [receipt.record for receipt in found if receipt.admitted]
        return refused + (admit(rest, store, when, profile) if rest else [])
    store.commit(derived(store, stated(store, records, when)))
    return found


def judge(
    records: Sequence[Record], store: Store, when: datetime, profile: Profile = "curated", threshold: int = THRESHOLD
) -> list[Receipt]:
    """Hold records and their catalogue entries against the shapes; change nothing."""
    return receipts(records, weigh(records, store, when, profile, threshold))


def weigh(
    records: Sequence[Record],
    store: Store,
    when: datetime,
    profile: Profile = "curated",
    threshold: int = THRESHOLD,
    gone: Collection[NamedNode] = (),
) -> Report:
    """Return what the shapes say of records and their catalogue entries, as if the graphs `gone` were withdrawn."""
    parts = [part for record in records for part in (catalogue.content(record), catalogue.entry(record, when))]
    came = Memory(triple for part in parts for triple in part.triples)
    if not next(store.quads(), None):
        return validate_in(parts, came, profile, threshold=threshold)
    went = frozenset(lost(store, {*gone, *(record.graph for record in records)}))
    after = Both(came, Kept(store, ASSERTED, went))
    change = Change(Kept(store, ASSERTED), after, came.triples, went)
    return validate_in(parts, after, profile, threshold=threshold, change=change)


def receipts(records: Sequence[Record], report: Report) -> list[Receipt]:
    """Return for each record what a report on all of them finds in it, and which neighbours' rules it breaks."""
    by_node: dict[object, list[Finding]] = {}
    for finding in report.findings:
        by_node.setdefault(finding.focus, []).append(finding)
    own = {node for record in records for node in _nodes(record)}
    beyond = [finding for finding in report.findings if finding.focus not in own]
    return [_receipt(record, by_node, beyond) for record in records]


def _nodes(record: Record) -> Iterable[object]:
    return dict.fromkeys([record.graph, *(triple.subject for triple in record.triples)])


def _receipt(record: Record, by_node: Mapping[object, Sequence[Finding]], beyond: Sequence[Finding]) -> Receipt:
    """Return what was found in a record, and which neighbours' rules it breaks."""
    about = (finding for node in _nodes(record) for finding in by_node.get(node, ()))
    findings = tuple(finding for finding in about if finding.file in ("", record.path))
    findings += tuple(finding for finding in beyond if finding.file == record.path)
    receipt = Receipt(record, True, findings)
    return replace(receipt, admitted=not receipt.violates)


def stated(store: Store, records: Sequence[Record], when: datetime) -> Patch:
    """Return what is not stated any more when these records replace what their graphs held, and what is."""
    graphs = {record.graph for record in records}
    went = {quad for graph in graphs for quad in (*store.quads(g=graph), *store.quads(s=graph))}
    came = frozenset(catalogue.stated(records, when))
    return Patch(frozenset(quad for quad in went - came if catalogue.is_stated(quad)), came)
