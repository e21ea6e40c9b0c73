"""Show that a query past a cap is refused before the engine sees it, and that no query of a person is."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.deep import on_deep_stack
from graph.errors import QueryError
from graph.examples import examples
from graph.query import Question, answer
from graph.sparql.caps import CAPS, refuse_too_many
from graph.sparql.reader import outline
from graph.store import Store

W3C = Path(__file__).parents[2] / "shared" / "w3c" / "sparql"
EDGES = [
    ("(", lambda n: f"SELECT * {{ FILTER{'(' * (n - 1)}1{')' * (n - 1)} }}", CAPS.nesting, "brackets"),
    ("{", lambda n: f"SELECT * {'{' * n}{'}' * n}", CAPS.nesting, "brackets"),
    ("[", lambda n: f"SELECT * {{ ?s ?p {'[?p ' * (n - 1)}1{']' * (n - 1)} }}", CAPS.nesting, "brackets"),
    ("<<", lambda n: f"SELECT * {{ {'<<' * (n - 1)}?s ?p 1{'>> ?p 1' * (n - 2)}>> ?q 1 }}", CAPS.nesting, "brackets"),
    (".", lambda n: f"SELECT * {{ {'?s ?p ?o . ' * n} }}", CAPS.patterns, "triple patterns"),
    (";", lambda n: f"SELECT * {{ ?s {'?p ?o ; ' * n} }}", CAPS.patterns, "triple patterns"),
    (",", lambda n: f"SELECT * {{ ?s ?p {', '.join(['?o'] * n)} }}", CAPS.patterns, "triple patterns"),
    ("/", lambda n: f"SELECT * {{ ?s {'/'.join(['id:p'] * n)} ?o }}", CAPS.patterns, "triple patterns"),
    ("(/)", lambda n: f"SELECT * {{ ?s ({'/'.join(['id:p'] * n)})+ ?o }}", CAPS.patterns, "triple patterns"),
    ("list", lambda n: f"SELECT * {{ ?s ?p ({'1 ' * (n // 2)}) }}", CAPS.patterns, "triple patterns"),
    ("union", lambda n: "SELECT * { " + " UNION ".join(["{}"] * (n - 1)) + " }", CAPS.groups, "groups in braces"),
    ("values", lambda n: "SELECT * { " + "VALUES ?x { 1 } " * (n - 1) + " }", CAPS.groups, "groups in braces"),
    ("||", lambda n: f"SELECT * {{ FILTER({'||'.join(['true'] * n)}) }}", CAPS.operators, "operators"),
    ("+", lambda n: f"SELECT ({'1' + '+1' * n} AS ?x) {{}}", CAPS.operators, "operators"),
    ("!", lambda n: f"SELECT * {{ FILTER({'!' * (n - 1)}true) }}", CAPS.operators, "operators"),
    (
        "bind",
        lambda n: "SELECT * { " + " ".join(f"BIND(1 AS ?v{i})" for i in range(n)) + " }",
        CAPS.operators,
        "FILTER",
    ),
]


@pytest.mark.parametrize(("name", "query", "cap", "words"), EDGES, ids=[edge[0] for edge in EDGES])
def test_a_query_at_the_cap_passes_and_one_beyond_it_is_refused_by_name(
    name: str, query: object, cap: int, words: str
) -> None:
    assert callable(query)
    at, beyond = query(cap - (name == "list")), query(cap + 2)
    refuse_too_many(at)
    with pytest.raises(QueryError, match=words) as caught:
        refuse_too_many(beyond)
    assert str(cap) in str(caught.value)
    assert (caught.value.line, caught.value.column) > (1, 1)


def test_the_place_is_where_the_first_thing_too_many_begins() -> None:
    query = "SELECT *\n{\n" + "?s ?p ?o .\n" * (CAPS.patterns + 3) + "}"
    with pytest.raises(QueryError) as caught:
        refuse_too_many(query)
    assert (caught.value.line, caught.value.column) == (CAPS.patterns + 3, 1)


def test_brackets_that_are_spelt_as_codepoints_count_too() -> None:
    with pytest.raises(QueryError, match="brackets"):
        refuse_too_many("SELECT * " + r"\u007B" * 200 + r"\u007D" * 200)


def test_brackets_in_texts_comments_and_iris_do_not_count() -> None:
    marks = "({[" * 200
    refuse_too_many(f'SELECT * {{ ?s ?p \'{marks}\', """{marks}""" # {marks}\n }}' + " ?a" * 200)


def test_signs_in_data_are_no_operators() -> None:
    refuse_too_many(f"SELECT * {{ VALUES ?x {{ {'-1 +2 ' * 2000} }} FILTER(?x IN ({', '.join(['-1'] * 2000)})) }}")


def test_a_query_past_a_cap_never_reaches_the_engine() -> None:
    with pytest.raises(QueryError, match="Line 1, column 145: brackets"):
        answer(Store(), Question("SELECT * { FILTER" + "(" * 9000))


@pytest.mark.skipif(not W3C.is_dir(), reason="the W3C's tests are not beside the project")
def test_every_query_of_the_w3c_stays_far_below_the_caps() -> None:
    texts = [path.read_text(encoding="utf-8") for path in W3C.rglob("*.rq") if path.name != "syn-bad-01.rq"]
    for text in texts:
        refuse_too_many(text)
    assert max(len(outline(text).patterns) for text in texts) * 4 < CAPS.patterns
    assert len(texts) > 300


def test_every_example_stays_below_the_caps() -> None:
    for example in examples():
        refuse_too_many(example.text)


@given(st.text(alphabet="?s a{}[]()<>|/.;,^*+'\"\\:@#1 \n", max_size=300))
def test_any_text_is_read_to_its_end(text: str) -> None:
    outline("SELECT * {" + text)


@pytest.mark.parametrize(
    "piece", ["?s ?p ?o . ", "[ ?p 1 ] . ", "OPTIONAL ", "UNION ", "FILTER ", "; ", "'x'@en ", "^", "<a"]
)
def test_any_text_is_read_in_linear_time(piece: str) -> None:
    query = "SELECT * { " + piece * ((CAPS.length - 16) // len(piece))
    on_deep_stack(lambda: outline(query))
