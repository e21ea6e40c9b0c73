"""Hold files against the shapes beside what is published."""

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from pyoxigraph import NamedNode, Quad, Triple

from graph.names import BASE, MERGES, name
from graph.record import Record, read_triples
from graph.validate.explain import validate
from graph.validate.report import Report
from graph.validate.shapes import Profile

UPLOAD = NamedNode(BASE + "graph/upload")


def validate_files(paths: Sequence[Path], published: Iterable[Quad], profile: Profile = "curated") -> Report:
    """Hold the nodes of some files against the shapes; raise SourceError where a file cannot be read.

    A file that describes a published thing stands for its next version: the record's present one is left out.
    """
    records = [_upload(path) for path in paths]
    described = {t.subject for record in records for t in record.triples if t.predicate == name("rdf:type")}
    return validate(records, _beside(list(published), described), profile)


def _upload(path: Path) -> Record:
    triples, lines = read_triples(path)
    return Record(UPLOAD, UPLOAD, triples, str(path), lines)


def _beside(published: Sequence[Quad], described: Collection[object]) -> list[Triple]:
    topics = name("foaf:primaryTopic")
    replaced = {q.subject for q in published if q.predicate == topics and q.object in described}
    stated = (q for q in published if isinstance(q.graph_name, NamedNode) and q.graph_name not in MERGES)
    kept = (q for q in stated if q.graph_name not in replaced and q.subject not in replaced)
    return list(dict.fromkeys(quad.triple for quad in kept))
