"""Read the W3C's SHACL test manifests as cases, with data and shapes together in one graph or apart in two.

The suite says in RDF which data is held against which shapes and what report, or which failure, must come of it
(mf:, sht:). Its README compares reports as graphs, blank nodes up to renaming.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal

from pyoxigraph import BlankNode, NamedNode, RdfFormat, Triple, parse

from graph.names import name

HOME: Final = "https://w3c.github.io/data-shapes/data-shapes-test-suite/tests/"
MF: Final = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
SHT: Final = "http://www.w3.org/ns/shacl-test#"
SH: Final = "http://www.w3.org/ns/shacl#"
FAILURE: Final = NamedNode(SHT + "Failure")
TYPE, FIRST, REST = name("rdf:type"), name("rdf:first"), name("rdf:rest")
SUBCLASS: Final = name("rdfs:subClassOf")

Layout = Literal["together", "apart"]
Triples = tuple[Triple, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """Describe one test: the data, the shapes, and the report that must come of them (None: it must fail)."""

    short: str
    group: str
    data: Triples
    shapes: Triples
    expected: Triples | None


def cases(suite: Path, layout: Layout) -> list[Case]:
    """Return all approved and proposed tests of the suite, in the order of its manifests."""
    return [_case(suite, path, test, layout) for path in _manifests(suite, "manifest.ttl") for test in _tests(path)]


def _manifests(suite: Path, place: str) -> Iterator[Path]:
    path = suite / place
    triples = document(path)
    if any(triple.predicate.value == MF + "entries" for triple in triples):
        yield path
    for triple in triples:
        if triple.predicate.value == MF + "include" and isinstance(triple.object, NamedNode):
            yield from _manifests(suite, triple.object.value.removeprefix(HOME))


def _tests(path: Path) -> list[NamedNode]:
    triples = document(path)
    items = {triple.object for triple in triples if triple.predicate == FIRST}
    tests = (t.subject for t in triples if t.predicate == TYPE and t.object == NamedNode(SHT + "Validate"))
    return [test for test in tests if isinstance(test, NamedNode) and test in items]


def _case(suite: Path, path: Path, test: NamedNode, layout: Layout) -> Case:
    triples = document(path)
    action, result = _one(triples, test, MF + "action"), _one(triples, test, MF + "result")
    files = [_one(triples, action, f"{SHT}{kind}Graph") for kind in ("data", "shapes")]
    data, shapes = (suite / file.value.removeprefix(HOME) for file in files if isinstance(file, NamedNode))
    group = test.value.removeprefix(HOME).partition("/")[0]
    short = test.value.removeprefix(HOME).removesuffix(".ttl")
    expected = None if result == FAILURE else report(triples, result)
    return Case(short, group, *_graphs(path, data, shapes, layout), expected)


def _graphs(manifest: Path, data: Path, shapes: Path, layout: Layout) -> tuple[Triples, Triples]:
    if layout == "together":
        both = document(data) if data == shapes else (*document(data), *document(shapes))
        return both, both
    # A file that is no manifest and is both is meant so: shapes that are held against themselves.
    return (document(data), document(shapes)) if manifest != data else split(document(data))


def split(triples: Triples) -> tuple[Triples, Triples]:
    """Return the data and the shapes of a test file; what says how classes descend is data (SHACL, 1.1)."""
    told = _told(triples)
    rest = [triple for triple in triples if triple.subject not in told]
    shapes = _reached(rest, {triple.subject for triple in rest if _is_shacl(triple)})
    data = (t for t in rest if t.subject not in shapes or (isinstance(t.subject, NamedNode) and not _is_shacl(t)))
    return tuple(data), tuple(t for t in rest if t.subject in shapes and (t.predicate != SUBCLASS or _is_shacl(t)))


def report(triples: Iterable[Triple], head: object) -> Triples:
    """Return the triples of a report: those about it, its results, and the paths these are about."""
    held = tuple(triples)
    results = {t.object for t in held if t.subject == head and t.predicate.value == SH + "result"}
    told = [t for t in held if t.subject in results or t.subject == head]
    paths = {t.object for t in told if t.predicate.value == SH + "resultPath" and isinstance(t.object, BlankNode)}
    spelt = _reached(held, paths)
    return (*told, *(t for t in held if t.subject in spelt))


@cache
def document(path: Path) -> Triples:
    """Return the triples of one file of the suite."""
    base = f"{HOME}{path.as_posix().rpartition('/tests/')[2]}"
    quads = parse(path=str(path), format=RdfFormat.TURTLE, base_iri=base, rename_blank_nodes=True)
    return tuple(quad.triple for quad in quads)


def _told(triples: Sequence[Triple]) -> set[object]:
    """Return the nodes that tell of the test, not of its data: the manifest, the test, the expected report."""
    heads = {t.subject for t in triples if t.predicate.value.startswith(MF)}
    follow = {MF + "entries", MF + "action", MF + "result", SH + "result", REST.value}
    found, todo = set[object](), list[object](heads)
    for node in todo:  # grows while it is walked
        if node not in found and node != FAILURE:
            found.add(node)
            todo += [t.object for t in triples if t.subject == node and t.predicate.value in follow]
    return found


def _reached(triples: Sequence[Triple], heads: Iterable[object]) -> set[object]:
    found, todo = set[object](), list(heads)
    for node in todo:  # grows while it is walked
        if node not in found:
            found.add(node)
            todo += [t.object for t in triples if t.subject == node and isinstance(t.object, BlankNode)]
    return found


def _is_shacl(triple: Triple) -> bool:
    terms = (triple.predicate, triple.object)
    # sh:nodeShape is no term of SHACL; some data of the suite has it from a draft.
    return any(_text(term).startswith(SH) for term in terms) and triple.predicate.value != SH + "nodeShape"


def _text(term: object) -> str:
    return term.value if isinstance(term, NamedNode) else ""


def _one(triples: Iterable[Triple], subject: object, predicate: str) -> object:
    return next((t.object for t in triples if t.subject == subject and t.predicate.value == predicate), None)
