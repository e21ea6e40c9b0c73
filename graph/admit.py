"""Admit records: the one door in. Validate, infer, describe where each came from, and commit all in one step."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pyoxigraph import DefaultGraph, NamedNode, Quad, Triple

from graph import catalogue
from graph.names import ANNOTATED, ASSERTED, BASE, CATALOGUE, INFERRED
from graph.reason import infer
from graph.record import Record
from graph.store import Patch, Store
from graph.validate.beyond import Change
from graph.validate.explain import validate_in
from graph.validate.replaced import lost
from graph.validate.report import Finding, Profile
from graph.validate.view import Both, Kept, Memory

# The record graphs whose triples are axioms.
AXIOMS = (f"{BASE}graph/reference/ontology", f"{BASE}graph/reference/alignment-")


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
    receipts = judge(records, store, when, profile)
    refused = [receipt for receipt in receipts if not receipt.admitted]
    if refused and whole:
        return [replace(receipt, admitted=False) for receipt in receipts]
    if refused:
        # What leaned on a refused record may not conform any more.
        rest = [receipt.record for receipt in receipts if receipt.admitted]
        return refused + (admit(rest, store, when, profile) if rest else [])
    store.commit(_patch(store, records, when))
    return receipts


def judge(records: Sequence[Record], store: Store, when: datetime, profile: Profile) -> list[Receipt]:
    """Hold records and their catalogue entries against the shapes; change nothing."""
    parts = [part for record in records for part in (catalogue.content(record), catalogue.entry(record, when))]
    came = Memory(triple for part in parts for triple in part.triples)
    if len(store):
        went = frozenset(lost(store, {record.graph for record in records}))
        after = Both(came, Kept(store, ASSERTED, went))
        change = Change(Kept(store, ASSERTED), after, came.triples, went)
        report = validate_in(parts, after, profile, change=change)
    else:
        report = validate_in(parts, came, profile)
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


def _patch(store: Store, records: Sequence[Record], when: datetime) -> Patch:
    """Return what the store must lose and gain for these records, all merges and inferences included."""
    replaced = {record.graph for record in records}
    before = set(store.quads())
    kept = (quad for quad in before if catalogue.is_stated(quad) and quad.graph_name not in replaced)
    named = {quad for quad in kept if quad.subject not in replaced} | set(catalogue.stated(records, when))
    named |= _quads(catalogue.sizes(named), CATALOGUE)
    after = named | _merges(named)
    return Patch(frozenset(before - after), frozenset(after - before))


def _merges(named: set[Quad]) -> set[Quad]:
    """Return the asserted merge, the inferences, and the default graph in which each triple stands once."""
    asserted = dict.fromkeys(quad.triple for quad in sorted(named, key=str))
    axioms = [q.triple for q in named if isinstance(q.graph_name, NamedNode) and q.graph_name.value.startswith(AXIOMS)]
    drawn = infer(asserted, axioms)
    everything = [*asserted, *drawn.inferred, *drawn.annotated]
    return (
        _quads(asserted, ASSERTED)
        | _quads(drawn.inferred, INFERRED)
        | _quads(drawn.annotated, ANNOTATED)
        | _quads(everything, DefaultGraph())
    )


def _quads(triples: Iterable[Triple], graph: NamedNode | DefaultGraph) -> set[Quad]:
    return {Quad(t.subject, t.predicate, t.object, graph) for t in triples}
