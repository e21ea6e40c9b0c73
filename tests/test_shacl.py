"""Run a sample of the W3C's SHACL tests through each of our ways to a report; `make shacl` runs them all."""

from collections import Counter
from random import Random

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from bench.faults import SHAPES, SPACE, activity, triples
from bench.faults_kinds import FAULTS
from bench.oracles import bag, by_shape
from bench.shacl_w3c import LAYOUTS, ROOT, SUITE, run
from bench.shacl_w3c_exceptions import EXCEPTIONS
from bench.shacl_w3c_manifest import Layout, Triples, cases, split
from bench.shacl_w3c_paths import PATHS
from bench.shacl_w3c_report import difference
from graph.names import name
from graph.record import read_triples

FOLDER = ROOT.parent / "shared" / SUITE
EVERY = 8  # of this many tests one is run
SHAPE, FOCUS = NamedNode("http://example.org/shape"), NamedNode("http://example.org/focus")
CLASS, UPPER = NamedNode("http://example.org/Class"), NamedNode("http://example.org/Upper")

needs_the_suite = pytest.mark.skipif(
    not FOLDER.is_dir(), reason=f"the W3C tests are not beside the project, in {SUITE}"
)


@needs_the_suite
@pytest.mark.filterwarnings("ignore::UserWarning")  # rdflib warns of the ill-formed values that the suite is about
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("path", PATHS)
def test_a_sample_of_the_suite_passes_but_for_the_known_exceptions(path: str, layout: Layout) -> None:
    outcomes = [run(path, layout, case) for case in cases(FOLDER, layout)[::EVERY]]
    assert {each.case.short: each.detail for each in outcomes if each.detail and each.key not in EXCEPTIONS} == {}


@needs_the_suite
def test_the_suite_is_read_whole() -> None:
    read = cases(FOLDER, "together")
    counts = [sum(case.group == group for case in read) for group in ("core", "sparql")]
    assert (*counts, sum(case.expected is None for case in read)) == (98, 22, 7)


@needs_the_suite
def test_each_exception_is_a_test_of_the_suite_on_a_way_of_ours() -> None:
    known = {(path, case.short) for path in PATHS for case in cases(FOLDER, "together")}
    assert set(EXCEPTIONS) <= known


def test_a_file_is_split_into_shapes_without_data_and_data_without_shapes() -> None:
    shapes = (Triple(SHAPE, name("sh:targetClass"), CLASS), Triple(SHAPE, name("sh:minCount"), Literal(1)))
    data = (Triple(FOCUS, name("rdf:type"), CLASS), Triple(CLASS, name("rdfs:subClassOf"), UPPER))
    assert split((*shapes, *data)) == (data, shapes)


def test_how_classes_descend_is_data_also_of_a_class_that_is_a_shape() -> None:
    shape = Triple(CLASS, name("rdf:type"), name("sh:NodeShape"))
    descends = Triple(CLASS, name("rdfs:subClassOf"), UPPER)
    assert split((shape, descends)) == ((descends,), (shape,))


def result(*shapes: NamedNode | BlankNode, path: Triples = ()) -> Triples:
    """Return a report with a result of the same focus for each shape."""
    report = BlankNode()
    found = [Triple(report, name("sh:conforms"), Literal(False)), *path]
    for shape in shapes:
        each = BlankNode()
        found += [Triple(report, name("sh:result"), each), Triple(each, name("sh:focusNode"), FOCUS)]
        found += [Triple(each, name("sh:sourceShape"), shape), Triple(each, name("sh:resultMessage"), Literal("Why."))]
        found += [Triple(each, name("sh:resultPath"), path[0].subject)] if path else []
    return tuple(found)


def inverse(of: NamedNode) -> Triples:
    return (Triple(BlankNode(), name("sh:inversePath"), of),)


@pytest.fixture(scope="module")
def with_every_fault() -> Triples:
    """Return a graph with each fault once."""
    chance = Random(1)
    sown = [activity(number, chance, fault) for number, fault in enumerate(FAULTS)]
    return (*triples(0), *(triple for draft in sown for triple in draft.triples()))


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("path", PATHS)
def test_every_sown_fault_is_found_and_nothing_else(with_every_fault: Triples, path: str) -> None:
    report = PATHS[path].run(with_every_fault, read_triples(SHAPES)[0])
    wanted = Counter(rule for fault in FAULTS.values() for rule in fault.breaks)
    assert by_shape(bag(report), SPACE) == wanted + Counter({"acronym": 1})


def test_every_rule_has_a_fault_that_breaks_it() -> None:
    shapes = {triple.subject for triple in read_triples(SHAPES)[0] if triple.predicate == name("sh:path")}
    named = {shape.value.removeprefix(SPACE) for shape in shapes if isinstance(shape, NamedNode)}
    broken = {rule for fault in FAULTS.values() for rule in fault.breaks} | {"acronym"}
    assert named - broken == {"results", "observations"}  # they lead to what breaks


def silent(report: Triples) -> Triples:
    return tuple(triple for triple in report if triple.predicate != name("sh:resultMessage"))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (result(SHAPE), result(SHAPE), True),
        (result(SHAPE, SHAPE), result(SHAPE), False),  # as often, not only as such
        (result(BlankNode("a")), result(BlankNode("b")), True),
        (result(BlankNode("a"), BlankNode("a")), result(BlankNode("a"), BlankNode("b")), False),
        (result(SHAPE, path=inverse(CLASS)), result(SHAPE, path=inverse(CLASS)), True),
        (result(SHAPE, path=inverse(CLASS)), result(SHAPE, path=inverse(UPPER)), False),
        (silent(result(SHAPE)), result(SHAPE), True),
        (result(SHAPE), silent(result(SHAPE)), False),
    ],
)
def test_reports_are_compared_as_the_suite_does(one: Triples, other: Triples, same: bool) -> None:
    assert (difference(one, other) == "") is same
