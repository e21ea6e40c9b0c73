"""Read what we curate by hand: the ontology with its vocabularies and tables, and the records."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from pyoxigraph import NamedNode, Triple

from graph.load import areas, sdg
from graph.names import BASE, name
from graph.record import Record, read_record

REFERENCE = "reference"
ONTOLOGY = NamedNode(BASE + "ontology")
# The UN's own code lists, labelled here in both languages.
UN_SCHEMES = {
    "sex": name("sex:").value[:-1] + "Codes",
    "migratory-status": name("migratoryStatus:").value[:-1] + "Codes",
}


def reference(ontology: Path) -> Iterator[Record]:
    """Yield the dataset `reference`: ontology, alignments, vocabularies, goals, targets, indicators, areas."""
    yield _ours(read_record(ontology / "m4sd.ttl", REFERENCE, ONTOLOGY, slug="ontology"))
    for path in sorted((ontology / "alignments").glob("*.ttl")):
        yield _ours(read_record(path, REFERENCE, ONTOLOGY, slug=f"alignment-{path.stem}"))
    for path in sorted((ontology / "vocabularies").glob("*.ttl")):
        scheme = NamedNode(UN_SCHEMES.get(path.stem, f"{BASE}concept/{path.stem}"))
        yield _ours(read_record(path, REFERENCE, scheme, slug=f"scheme-{path.stem}"))
    yield from sdg.records(ontology / "tables")
    yield from areas.records(ontology / "tables")


def is_ontology(record: Record) -> bool:
    """Return whether a record is part of the ontology: its terms and axioms, or an alignment."""
    return record.iri == ONTOLOGY


def curated(folder: Path) -> Iterator[Record]:
    """Yield the descriptions of the datasets, then the curated records: one file a record, one folder a dataset."""
    yield read_record(folder / "datasets.ttl", REFERENCE, NamedNode(BASE + "dataset/m4sd"))
    for path in sorted(folder.glob("*/*.ttl")):
        yield read_record(path, path.parent.name)


def _ours(record: Record) -> Record:
    """Attribute a file of the ontology to its curators: it cannot say so itself, since others load it as it is."""
    author = Triple(record.graph, name("prov:wasAttributedTo"), name("id:agent-m4sd-curators"))
    return replace(record, triples=(author, *record.triples), lines=(1, *record.lines))
