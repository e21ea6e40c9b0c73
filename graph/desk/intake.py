"""Turn a file that somebody sends into drafts for the desk: its records, their graphs, and what the shapes say of them.

This runs in a check worker, as all that reads a stranger's file.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePath
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from graph.admit import receipts, weigh
from graph.desk import content
from graph.desk.compare import alike, is_published
from graph.desk.moves import Kind
from graph.desk.place import Allowed, graph_for, replaced_by_ours
from graph.desk.refusals import NoSuccessor, NoWebAddress, Unchanged
from graph.desk.split import GRAPH, Part, split
from graph.desk.submission import Draft, Words
from graph.errors import SourceError, said
from graph.form.fill import as_turtle
from graph.form.place import placed as placed_in_form
from graph.form.read import Form, read_form
from graph.form.typed import FORM
from graph.names import BASE, name
from graph.record import Record
from graph.store import Store
from graph.template.place import placed
from graph.template.read import Filled, Row
from graph.validate.files import SHEETS, Sent, filled_in, statements
from graph.validate.report import HELD, THRESHOLD, Finding, Report

SOURCES: Final = (name("prov:hadPrimarySource"), name("prov:wasAttributedTo"))
SOURCED: Final = name("shape:RecordGraph-source")
LABEL: Final = name("skos:prefLabel")
_WEB = re.compile(r"https?://[^\s<>\"{}|\\^`]{3,2000}")


@dataclass(frozen=True)
class Asked:
    """Say what a sender may write to and what she tells of the file: the dataset it goes to, its source, and why."""

    datasets: tuple[str, ...]
    dataset: str = ""
    source: str = ""
    why: str = ""
    threshold: int = THRESHOLD


@dataclass(frozen=True, slots=True)
class Intake:
    """Carry the report on a file, and a draft for each record in it; none, where the report refuses it."""

    report: Report
    drafts: tuple[Draft, ...]


def take(files: Sequence[Sent], store: Store, when: datetime, asked: Asked) -> Intake:
    """Read files and hold them against the shapes as the records that they would be.

    Raise SourceError where one cannot be read, NoPlace or NotYourDataset where a thing
    belongs to no record graph of hers, NoWebAddress or Unchanged.
    """
    _require_web(asked.source)
    read = [_read(file, store) for file in files]
    allowed = Allowed(asked.datasets, asked.dataset)
    records = [_placed(each, store, allowed, asked.source) for found, _ in read for each in found]
    _require_one_each(records)
    report = weigh(records, store, when, threshold=asked.threshold)
    report = replace(report, findings=tuple(map(_mended, report.findings)))
    sent = dict(files)
    drafts = [
        _draft(record, receipt.findings, sent[record.path], store, asked)
        for record, receipt in zip(records, receipts(records, report), strict=True)
    ]
    filled = [each for _, each in read if each is not None and not isinstance(each, Form)]
    if filled:
        rows = (row for each in filled for row in each.rows)
        unread = (finding for each in filled for finding in each.findings)
        report = placed(report, Filled(tuple(rows), tuple(unread)))
    for typed in (each for _, each in read if isinstance(each, Form)):
        report, drafts = placed_in_form(report, typed), [_as_turtle(draft) for draft in drafts]
    return Intake(report, () if report.outcome == "refused" else _new_ones(drafts, store))


def withdrawal(store: Store, thing: str, when: datetime, asked: Asked, replaced_by: str = "") -> Intake:
    """Return the draft of a withdrawal of a published thing, or of one record graph."""
    _require_web(asked.source)
    graph = replaced_by_ours(store, NamedNode(thing), Allowed(asked.datasets, asked.dataset))
    report = weigh((), store, when, threshold=asked.threshold, gone=(graph,))
    body = content.published(store, graph)
    topic = content.topic(store, graph) or graph
    _require_successor(store, replaced_by, (topic, graph))
    draft = Draft(
        "withdrawal",
        dataset=_dataset(graph),
        graph=graph.value,
        thing=topic.value,
        title=_title(topic, body),
        base=content.digest(store, graph),
        why=asked.why,
        source=asked.source,
        replaced_by=replaced_by,
        outcome=report.outcome,
        counts=_counts(report.findings),
    )
    return Intake(report, () if report.outcome == "refused" else (draft,))


def _read(file: Sent, store: Store) -> tuple[list[Record], Filled | None]:
    """Return what a file describes, a record for each thing, not yet in its graph."""
    path, data = file
    if PurePath(path).suffix == FORM:
        typed = read_form(data, path, lambda thing: bool(content.graphs_of(store, thing)))
        return [typed.record], typed
    if PurePath(path).suffix.lower() in SHEETS:
        filled = filled_in(data, path)
        return list(filled.rows), filled
    triples, lines = statements(path, data)
    named = dict.fromkeys(t.subject for t in triples if str(t.subject).startswith(f"<{GRAPH}"))
    topics = {graph: _topic(store, graph) for graph in named if isinstance(graph, NamedNode)}
    return [_record(part, triples, lines, path) for part in split(triples, topics)], None


def _topic(store: Store, graph: NamedNode) -> NamedNode:
    return content.topic(store, graph) or NamedNode(f"{BASE}id/{graph.value.rpartition('/')[2]}")


def _record(part: Part, triples: Sequence[Triple], lines: Sequence[int], path: str) -> Record:
    own = tuple(triples[index] for index in part.indices)
    at = tuple(lines[index] for index in part.indices)
    if part.thing is None:
        detail = said(
            "a node without an address describes nothing that can be found; give it one, such as id:my-record"
        )
        raise SourceError(path, int(at[0]), detail)
    return Record(part.thing, part.graph or NamedNode(GRAPH + "upload"), own, path, at)


def _placed(record: Record, store: Store, allowed: Allowed, source: str) -> Record:
    """Return a record in its graph, with where it comes from."""
    graph = graph_for(record, store, allowed)
    triples, lines = list(record.triples), list(record.lines)
    given = [Triple(graph, SOURCES[0], NamedNode(source))] if source else []
    if not given and not any(t.subject == graph and t.predicate in SOURCES for t in triples):
        given = [t for t in content.published(store, graph) if t.subject == graph and t.predicate in SOURCES]
    triples += given
    lines += [lines[0] if lines else 1] * len(given)
    found = replace(record, graph=graph, triples=tuple(triples), lines=tuple(lines))
    return replace(found, cells=(*found.cells, *[""] * len(given))) if isinstance(found, Row) else found


def _draft(record: Record, findings: Iterable[Finding], original: bytes, store: Store, asked: Asked) -> Draft:
    told = tuple(findings)
    base = content.digest(store, record.graph)
    kind: Kind = "replacement" if base else "new"
    return Draft(
        kind,
        dataset=_dataset(record.graph),
        graph=record.graph.value,
        thing=record.iri.value,
        title=_title(record.iri, record.triples),
        body=content.spelt(record.triples),
        base=base,
        file=PurePath(record.path).name,
        original=original,
        why=asked.why,
        source=asked.source,
        outcome=Report(told, 0).outcome,
        counts=_counts(told),
        held=tuple(dict(each.message) for each in told if each.component == HELD),
    )


def _as_turtle(draft: Draft) -> Draft:
    """Return the draft of a form with its record as the file: what was typed is for nobody to read."""
    return replace(draft, file="record.ttl", original=as_turtle(content.read(draft.body)).encode())


def _mended(finding: Finding) -> Finding:
    """Return a finding of a record without a source with the nearest way to name one: beside the file."""
    if finding.rule != SOURCED or finding.value is not None:
        return finding
    mend = said(
        "Send its web address with the file, as ?source=https://…, or state {property} of its graph in the file.",
        property="prov:hadPrimarySource",
    )
    return replace(finding, mend=mend)


def _new_ones(drafts: Sequence[Draft], store: Store) -> tuple[Draft, ...]:
    """Return the drafts that say something new; raise Unchanged where none does: nobody could decide on it."""
    new = [each for each in drafts if not each.base or not alike(store, each.graph, each.body)]
    if drafts and not new:
        raise Unchanged()
    return tuple(new)


def _require_web(source: str) -> None:
    """Stop where the source is told by anything but the address of a page: left out, nobody would miss it."""
    if source and not _is_web(source):
        raise NoWebAddress(source)


def _is_web(text: str) -> bool:
    try:
        return bool(_WEB.fullmatch(text) and NamedNode(text))
    except ValueError:  # such as a port that is no number
        return False


def _require_successor(store: Store, thing: str, going: Sequence[NamedNode]) -> None:
    """Stop where what takes the place of a record is nothing that stays: whoever asks for that is led there."""
    if thing and (thing in {each.value for each in going} or not is_published(store, thing)):
        raise NoSuccessor(thing)


def _require_one_each(records: Sequence[Record]) -> None:
    """Stop where two parts of a file would be the same record."""
    seen: dict[NamedNode, Record] = {}
    for record in records:
        if record.graph in seen:
            detail = said("{graph} would be two records of this file; write one", graph=record.graph.value)
            raise SourceError(record.path, int(record.lines[0]) if record.lines else 1, detail)
        seen[record.graph] = record


def _title(thing: NamedNode, triples: Iterable[Triple]) -> Words:
    labels = (t.object for t in triples if t.subject == thing and t.predicate == LABEL)
    found = {label.language or "en": label.value for label in labels if isinstance(label, Literal)}
    return found or {"en": thing.value.rpartition("/")[2]}


def _dataset(graph: NamedNode) -> str:
    return graph.value.removeprefix(GRAPH).partition("/")[0]


def _counts(findings: Iterable[Finding]) -> Mapping[str, int]:
    told = [finding.severity for finding in findings]
    return {severity: told.count(severity) for severity in ("Violation", "Warning", "Info") if severity in told}
