"""Show that queries are cut as SPARQL 1.1 cuts them, as far as we need it."""

from hypothesis import given
from hypothesis import strategies as st

from graph.sparql.tokens import Dataset, dataset, escape_dotted_names, iris, tokens

P = {"sdg": "http://metadata.un.org/sdg/", "": "http://empty/"}
BASE = "http://base/"


def test_a_name_with_two_dots_is_escaped_in_pattern_filter_and_values() -> None:
    query = "SELECT * { sdg:4.1.1 ?p ?o FILTER(?o=sdg:4.1.1) VALUES ?v { sdg:17.18.1 sdg:10.7 } }"
    assert escape_dotted_names(query) == (
        r"SELECT * { sdg:4\.1\.1 ?p ?o FILTER(?o=sdg:4\.1\.1) VALUES ?v { sdg:17\.18\.1 sdg:10.7 } }"
    )


def test_strings_iris_and_comments_are_left_alone() -> None:
    query = "# sdg:4.1.1\nSELECT * { <http://x/sdg:4.1.1> ?p 'sdg:4.1.1', \"sdg:4.1.1\"@en, '''sdg:4.1.1 'q' ''' }"
    assert escape_dotted_names(query) == query


def test_what_is_escaped_already_stays() -> None:
    assert escape_dotted_names(r"{ sdg:4\.1\.1 ?p ?o }") == r"{ sdg:4\.1\.1 ?p ?o }"


def test_a_final_dot_ends_the_statement_and_not_the_name() -> None:
    assert [t.text for t in tokens("?s ?p sdg:10.7.")][-2:] == ["sdg:10.7", "."]


def test_the_iris_of_a_query_are_found_through_prefix_and_base() -> None:
    query = "BASE <http://b/> PREFIX x: <http://x/> SELECT * { <rel> x:a :c ; a sdg:10.7 . _:b1 x:a ?v }"
    assert iris(query, P, BASE) == [
        "http://b/rel", "http://x/a", "http://empty/c", "http://metadata.un.org/sdg/10.7",
    ]  # fmt: skip


def test_from_clauses_are_read_also_behind_a_construct_template() -> None:
    query = "CONSTRUCT { ?s ?p 'FROM <http://no>' } FROM <http://a> FROM NAMED <b> FROM sdg:10 WHERE { ?s ?p ?o }"
    assert dataset(query, P, BASE) == Dataset(("http://a", "http://metadata.un.org/sdg/10"), ("http://base/b",))


def test_a_service_keyword_is_seen_behind_a_number() -> None:
    assert [t.text for t in tokens("{1SERVICE <http://x> {}}") if t.kind == "word"] == ["SERVICE"]


def test_an_iri_may_hold_escapes_and_a_hash_in_it_begins_no_comment() -> None:
    assert iris(r"SELECT * { <http://x/\u00e9#a'b> ?p ?o }", P, BASE) == ["http://x/é#a'b"]


def test_a_keyword_behind_a_literal_and_its_dot_is_a_word_of_its_own() -> None:
    found = [t.text for t in tokens("?s ?p true.MINUS{ ?s ?p 'x'@en-GB.OPTIONAL { ?s ?p 1.5e-3GRAPH ?g {} } }")]
    assert [text for text in found if text.isupper()] == ["MINUS", "OPTIONAL", "GRAPH"]
    assert found.count(".") == 2


@given(st.text())
def test_nothing_of_any_text_is_lost(text: str) -> None:
    kept = "".join(t.text for t in tokens(text))
    assert len(escape_dotted_names(text)) >= len(kept)
    assert escape_dotted_names(text).replace("\\", "") == text.replace("\\", "")
