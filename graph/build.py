"""Build the published graph: everything that we curate, through the one door, into a fresh store."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from time import monotonic

from pyoxigraph import Quad

import ontology
import shapes
from graph.admit import Receipt, judge
from graph.catalogue import stated
from graph.check.style import style
from graph.errors import M4sdError, StoreMissing
from graph.journal.entry import Change
from graph.keeping.live import MARGIN, Live
from graph.keeping.renewal import around, kept, renewal
from graph.load.curated import curated, is_ontology, reference
from graph.names import ASSERTED
from graph.quality import keep, measured
from graph.record import Record
from graph.store import Store, current
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


def build(
    folder: Path,
    when: datetime,
    records: Path = RECORDS,
    progress: Progress = lambda step, done: None,
    margin: int = MARGIN,
) -> Built:
    """Build a store in `folder` and make it the current one; raise Refused, the old one untouched, if a record fails.

    `when` is the time that the catalogue gives; equal records and times make equal dumps in folders that were empty. In
    one with a history, a build is a change like any other: what people changed since the last one stays.
    """
    with Live(folder, "m4sd build", margin) as live:
        built = rebuild(live, when, records, progress)
        live.forget_old(0)
    return built


def rebuild(live: Live, when: datetime, records: Path = RECORDS, progress: Progress = lambda step, done: None) -> Built:
    """Do the same in a folder that this process holds already."""
    begin = monotonic()
    progress("read", 0)
    everything = read_all(records)
    _require_style(everything)
    with live.alone():
        changed = kept(live.journal)
        curated = [record for record in everything if record.graph not in changed]
        progress("admit", len(curated))
        receipts = judge(curated, around(live.store, changed) if changed else Store(), when, "curated")
        if not all(receipt.admitted for receipt in receipts):
            raise Refused([receipt for receipt in receipts if receipt.violates])
        patch = renewal(live.store, curated, when, changed)
        live.commit(Change("build", "m4sd build", when, why=f"m4sd-graph {version('m4sd-graph')}"), patch, anew=True)
        progress("write", len(patch.insert))
        built = Built(version=version("m4sd-graph"), seconds=round(monotonic() - begin, 2), inputs=inputs(records),
                      **live.counted())  # fmt: skip
        snapshot = live.snapshot(lambda part, store: _fill(part, store, built))
        progress("done", built.triples)
    keep(live.folder, measured(_report(receipts), snapshot.name, when))
    return built


def _fill(part: Path, store: Store, built: Built) -> None:
    """Write into a snapshot all that it holds, in one fixed order, and what the build made."""
    (part / "dump.nq").write_bytes(store.dump())
    (part / "build.json").write_text(json.dumps(asdict(built), indent=1))


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
