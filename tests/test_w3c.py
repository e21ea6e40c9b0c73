"""Run a sample of each group of the W3C's SPARQL tests; `make w3c` runs them all."""

from collections.abc import Iterator

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, QueryResultsFormat

from bench.w3c import ROOT, SUITE, run, servers
from bench.w3c_compare import Rows, rows, same_graphs, same_rows
from bench.w3c_exceptions import EXCEPTIONS
from bench.w3c_groups import GROUPS, Group, Servers
from bench.w3c_manifest import Case, based

FOLDER = ROOT.parent / "shared" / SUITE
SAMPLE = 8  # tests of a group
A, P = NamedNode("http://example.org/a"), NamedNode("http://example.org/p")
DECIMAL, BOOLEAN = (NamedNode(f"http://www.w3.org/2001/XMLSchema#{kind}") for kind in ("decimal", "boolean"))

needs_the_suite = pytest.mark.skipif(
    not FOLDER.is_dir(), reason=f"the W3C tests are not beside the project, in {SUITE}"
)
offered = [group for group in GROUPS if group.lists_failures]


@pytest.fixture(scope="module")
def started() -> Iterator[Servers]:
    with servers(FOLDER) as both:
        yield both


@pytest.mark.slow
@needs_the_suite
@pytest.mark.parametrize("group", offered, ids=lambda group: group.name)
def test_a_sample_of_the_suite_passes_but_for_the_known_exceptions(started: Servers, group: Group) -> None:
    outcomes = run(group, started, sample(group.cases(FOLDER)))
    wrong = {each.case.short: each.detail for each in outcomes if each.passed == (each.case.short in EXCEPTIONS)}
    assert wrong == {}


@needs_the_suite
def test_each_exception_is_a_test_of_the_suite() -> None:
    known = {case.short for group in offered for case in group.cases(FOLDER)}
    assert set(EXCEPTIONS) <= known


def sample(cases: list[Case]) -> list[Case]:
    """Return tests from all over a group, and at least one known exception of it."""
    spread = cases[:: max(len(cases) // SAMPLE, 1)]
    return spread + [case for case in cases if case.short in EXCEPTIONS and case not in spread][:1]


def csv(text: str) -> Rows:
    return rows(text.encode(), QueryResultsFormat.CSV)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("x\r\n1\r\n2\r\n", "x\r\n2\r\n1\r\n", True),
        ("x\r\n1\r\n1\r\n", "x\r\n1\r\n", False),  # a bag, not a set
        ("x,y\r\n1,2\r\n", "y,x\r\n2,1\r\n", True),
        ("x\r\n1\r\n", "y\r\n1\r\n", False),
        ("x\r\n", "x\r\n\r\n", False),  # no row, and one row without a value
        ("x,y\r\n_:a,_:a\r\n", "x,y\r\n_:b,_:b\r\n", True),
        ("x,y\r\n_:a,_:a\r\n", "x,y\r\n_:a,_:b\r\n", False),
        ("x\r\n_:a\r\n_:b\r\n", "x\r\n_:a\r\n_:a\r\n", False),
    ],
)
def test_answers_are_compared_as_bags_and_up_to_the_names_of_blank_nodes(one: str, other: str, same: bool) -> None:
    assert same_rows(csv(one), csv(other), ordered=False) is same


def test_order_counts_where_the_query_asks_for_it() -> None:
    one, other = csv("x\r\n1\r\n2\r\n"), csv("x\r\n2\r\n1\r\n")
    assert (same_rows(one, one, ordered=True), same_rows(one, other, ordered=True)) == (True, False)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Literal("1.0", datatype=DECIMAL), Literal("1", datatype=DECIMAL), True),
        (Literal(1), Literal("1", datatype=DECIMAL), False),
        (Literal("1.0"), Literal("1"), False),
        (Literal("1", datatype=BOOLEAN), Literal(True), True),
    ],
)
def test_numbers_are_equal_by_value_where_that_is_asked(one: Literal, other: Literal, same: bool) -> None:
    graphs = [Quad(A, P, one)], [Quad(A, P, other)]
    assert (same_graphs(*graphs), same_graphs(*graphs, by_value=True)) == (False, same)


def test_a_graph_is_compared_up_to_the_names_of_its_blank_nodes() -> None:
    ring = [Quad(BlankNode("a"), P, BlankNode("b")), Quad(BlankNode("b"), P, BlankNode("a"))]
    other = [Quad(BlankNode("x"), P, BlankNode("y")), Quad(BlankNode("y"), P, BlankNode("x"))]
    loops = [Quad(BlankNode("x"), P, BlankNode("x")), Quad(BlankNode("y"), P, BlankNode("y"))]
    assert (same_graphs(ring, other), same_graphs(ring, loops)) == (True, False)


def test_a_query_is_given_a_base_only_where_it_needs_one() -> None:
    assert based("ASK { <a> ?p ?o }", "http://example.org/q").startswith("BASE <http://example.org/q>\n")
    assert based("ASK { <http://example.org/a> ?p ?o }", "http://example.org/q").startswith("ASK")
