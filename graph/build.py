"""Build the published graph: everything that we curate, through the one door, into a fresh store."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from time import monotonic

from pyoxigraph import DefaultGraph, NamedNode, Quad

import ontology
import shapes
from graph.admit import Receipt, admit
from graph.catalogue import stated
from graph.errors import M4sdError, StoreMissing
from graph.load.curated import curated, is_ontology, reference
from graph.names import ANNOTATED, ASSERTED, INFERRED
from graph.quality import keep, measured
from graph.record import Record
from graph.store import Store, current, fresh
from graph.style import style
from graph.validate.report import Report

RECORDS = Path(__file__).parent / "records"
Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Built:
    """Count what a build made; `seconds` is wall time."""

    version: str
    records: int
    triples: int
    asserted: int
    inferred: int
    annotated: int
    quads: int
    seconds: float
    inputs: str


class Refused(M4sdError):
    """Stop a build: some curated records do not conform."""

    template = "{count} records do not conform; nothing was built"

    def __init__(self, receipts: list[Receipt]) -> None:
        super().__init__(count=len(receipts))
        self.receipts = receipts


def build(folder: Path, when: datetime, records: Path = RECORDS, progress: Progress = lambda step, done: None) -> Built:
    """Build a store in `folder` and make it the current one; raise Refused, the old one untouched, if a record fails.

    `when` is the time that the catalogue gives; equal records and times make equal dumps.
    """
    begin = monotonic()
    progress("read", 0)
    everything = read_all(records)
    _require_style(everything)
    with fresh(folder) as (store, snapshot):
        progress("admit", len(everything))
        receipts = admit(everything, store, when, whole=True)
        if not all(receipt.admitted for receipt in receipts):
            raise Refused([receipt for receipt in receipts if receipt.violates])
        progress("write", len(store))
        (snapshot / "dump.nq").write_bytes(store.dump())
        built = _count(store, records, len(receipts), monotonic() - begin)
        (snapshot / "build.json").write_text(json.dumps(asdict(built), indent=1))
        progress("done", built.triples)
    keep(folder, measured(_report(receipts), snapshot.name, when))
    return built


def _report(receipts: list[Receipt]) -> Report:
    """Return what the build found in all records together."""
    checked = {triple.subject for receipt in receipts for triple in receipt.record.triples}
    return Report(tuple(finding for receipt in receipts for finding in receipt.findings), len(checked))


def build_if_missing(folder: Path, when: datetime, progress: Progress) -> None:
    """Build a store in `folder` unless there is one made of the same records by the same version."""
    try:
        made = json.loads((current(folder) / "build.json").read_text())
    except (StoreMissing, FileNotFoundError):
        made = {}
    if made.get("inputs") != inputs():
        build(folder, when, progress=progress)


def unbuilt(when: datetime, records: Path = RECORDS) -> Store:
    """Return a store in memory with what a build would state, for those who have not built yet."""
    store = Store()
    store.extend(quad for each in stated(read_all(records), when) for quad in (each, _asserted(each)))
    return store


def _asserted(quad: Quad) -> Quad:
    return Quad(quad.subject, quad.predicate, quad.object, ASSERTED)


def inputs(records: Path = RECORDS) -> str:
    """Return a digest of all that a build reads, this version included."""
    digest = sha256(version("m4sd-graph").encode())
    for folder in (ontology.FOLDER, shapes.FOLDER, records):
        for path in sorted(p for p in folder.rglob("*") if p.suffix in (".ttl", ".tsv")):
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def read_all(records: Path = RECORDS) -> list[Record]:
    """Read the reference and every curated record; raise SourceError at the first that cannot be read."""
    return [*reference(ontology.FOLDER), *curated(records)]


def _require_style(everything: list[Record]) -> None:
    """Stop where the ontology breaks its own style."""
    ontology = [record for record in everything if is_ontology(record)]
    report = style(ontology)
    if not report.conforms:
        raise Refused([Receipt(ontology[0], False, report.findings)])


def _count(store: Store, read: Path, records: int, seconds: float) -> Built:
    def size(graph: NamedNode | DefaultGraph) -> int:
        return sum(1 for _ in store.quads(g=graph))

    return Built(
        version=version("m4sd-graph"),
        records=records,
        triples=size(DefaultGraph()),
        asserted=size(ASSERTED),
        inferred=size(INFERRED),
        annotated=size(ANNOTATED),
        quads=len(store),
        seconds=round(seconds, 2),
        inputs=inputs(read),
    )
