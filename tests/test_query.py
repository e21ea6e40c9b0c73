"""Show that the door out answers rightly, over any dataset, and says what it cannot read."""

import json
from collections.abc import Iterable
from xml.etree import ElementTree

import pytest
from pyoxigraph import RdfFormat, parse

from graph.deep import on_deep_stack
from graph.errors import NotInXml, QueryError, TooLarge
from graph.names import PREFIXES
from graph.query import LONGEST, Answer, Question, answer
from graph.store import Store


def store(trig: str) -> Store:
    heads = "".join(f"PREFIX {prefix}: <{space}>\n" for prefix, space in PREFIXES.items())
    kept = Store()
    kept.extend(parse(heads + "PREFIX : <http://x/>\n" + trig, format=RdfFormat.TRIG))
    return kept


def ask(kept: Store, text: str, default: Iterable[str] = (), named: Iterable[str] = ()) -> Answer:
    question = Question(text, tuple(default), tuple(named))
    return on_deep_stack(lambda: answer(kept, question))


def rows(found: Answer) -> list[dict[str, str]]:
    return [{k: v["value"] for k, v in row.items()} for row in json.loads(found.body)["results"]["bindings"]]


TWICE = store(":a :p :b . :g { :a :p :b } :h { :a :p :b . :a :p :c }")
COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"


def test_without_a_dataset_the_default_graph_is_asked() -> None:
    assert rows(ask(TWICE, COUNT)) == [{"n": "1"}]


def test_a_triple_in_two_default_graphs_counts_once() -> None:
    assert rows(ask(TWICE, COUNT, ["http://x/g", "http://x/h"])) == [{"n": "2"}]


def test_from_in_the_text_counts_once_too() -> None:
    text = COUNT.replace("WHERE", "FROM <http://x/g> FROM <http://x/h> WHERE")
    assert rows(ask(TWICE, text)) == [{"n": "2"}]


def test_the_dataset_of_the_request_wins_over_that_of_the_text() -> None:
    text = COUNT.replace("WHERE", "FROM <http://x/g> WHERE")
    assert rows(ask(TWICE, text, ["http://x/h"])) == [{"n": "2"}]


def test_with_named_graphs_only_the_default_graph_is_empty() -> None:
    assert rows(ask(TWICE, COUNT, [], ["http://x/g"])) == [{"n": "0"}]


def test_only_the_named_graphs_of_the_request_are_seen() -> None:
    found = ask(TWICE, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", ["http://x/g", "http://x/h"], ["http://x/h"])
    assert rows(found) == [{"g": "http://x/h"}]


CODES = store('sdg:C040101 dcterms:identifier "4.1.1" . sdg:4.1 dcterms:identifier "4.1" .')


@pytest.mark.parametrize(
    "pattern", ["sdg:4.1.1 ?p ?o", "?s ?p ?o FILTER(?s = sdg:4.1.1)", "VALUES ?s { sdg:4.1.1 } ?s ?p ?o"]
)
def test_an_unknown_code_is_named_with_the_thing_that_has_it(pattern: str) -> None:
    found = ask(CODES, f"SELECT * {{ {pattern} }}")
    assert found.empty
    assert [(u.iri, u.nearest) for u in found.unknown] == [
        ("http://metadata.un.org/sdg/4.1.1", ("http://metadata.un.org/sdg/C040101",))
    ]


def test_a_misspelt_term_is_named_with_its_neighbour() -> None:
    kept = store("m4sd:isFundedBy a owl:ObjectProperty .")
    found = ask(kept, "SELECT * { ?s m4sd:isFoundedBy ?o }")
    assert [u.nearest for u in found.unknown] == [("https://w3id.org/m4sd/ontology#isFundedBy",)]


def test_nothing_is_noted_where_something_is_found() -> None:
    assert ask(CODES, "SELECT * { ?s ?p ?o MINUS { sdg:9.9.9 ?p ?o } }").unknown == ()


def test_a_construct_states_each_triple_once_and_in_one_order() -> None:
    found = ask(TWICE, "CONSTRUCT { ?s a :Thing } WHERE { GRAPH ?g { ?s ?p ?o } }".replace(":Thing", "<http://x/T>"))
    assert len(list(parse(found.body, format=RdfFormat.TURTLE))) == 1


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("SELECT * WHERE {?s ?p ?o", 1, 16, "this { is not closed"),
        ("SELECT * { ?s ?p ?o } }", 1, 23, "closes nothing"),
        ("SELCT * { ?s ?p ?o }", 1, 1, "not with SELCT"),
        ("SELECT ?x { nope:a a ?x }", 1, 13, "the prefix nope: is not declared"),
        ("SELECT * { ?s ?p }", 1, 18, "missing before this }"),
        (" ", 1, 1, "there is no query"),
        ("SELECT * {\n ?s ?p [ .\n}", 3, 1, "closes nothing"),
        ("SELECT * { ?s nope:name ?o }", 1, 15, "the prefix nope: is not declared"),
        ("SELECT ?a {?a ?b ?c} GROUP BY ?b", 1, 33, "neither grouped nor aggregated"),
        ("INSERT DATA { <a:b> <a:c> 1 }", 1, 1, "only reads"),
        ("SELECT * {\n1SERVICE <http://127.0.0.1/> {}}", 2, 2, "SERVICE is switched off"),
    ],
)
def test_a_query_that_cannot_be_read_is_refused_with_line_and_column(
    text: str, line: int, column: int, words: str
) -> None:
    with pytest.raises(QueryError) as caught:
        ask(TWICE, text)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert words in str(caught.value)


@pytest.mark.parametrize("depth", [5000, 9000])
@pytest.mark.parametrize("marks", ["()", "{}"])
def test_nesting_that_no_cap_stops_does_not_end_the_process(marks: str, depth: int) -> None:
    left, right = marks[0] * depth, marks[1] * depth
    text = f"SELECT * {{ FILTER({left}1{right}) }}" if marks == "()" else f"SELECT * {{ {left}{right} }}"
    assert on_deep_stack(lambda: len(list(TWICE.query(text)))) == 1  # type: ignore[arg-type]


def test_a_query_longer_than_the_cap_is_refused_by_name() -> None:
    with pytest.raises(QueryError, match="longer than 65536 bytes"):
        ask(TWICE, "SELECT * {} #" + "x" * 65536)


def test_a_graph_that_does_not_exist_is_named() -> None:
    found = ask(TWICE, COUNT.replace("(COUNT(*) AS ?n)", "*"), ["http://x/nowhere"])
    assert [u.iri for u in found.unknown] == ["http://x/nowhere"]


def test_an_answer_past_the_bound_is_refused_and_names_it() -> None:
    with pytest.raises(TooLarge, match="larger than 1000 bytes"):
        answer(TWICE, Question("SELECT * { VALUES ?x { %s } }" % ("1 " * 1000)), largest=1000)


@pytest.mark.parametrize("piece", ["'", '"', "'\\'", "a.", "<a", '"""', "_:a.", "x:\\", "\\"])
def test_any_text_is_cut_in_linear_time(piece: str) -> None:
    text = piece * (LONGEST // len(piece) - 8)
    with pytest.raises(QueryError):
        on_deep_stack(lambda: answer(TWICE, Question(text)))


@pytest.mark.parametrize(
    "call",
    [
        "SERVICE <http://x/> {}", "SERVICE SILENT <http://x/> {}", "service ?v {}", "1SERVICE <http://x/> {}",
        "?s ?p trueSERVICE <http://x/> {}", "?s ?p true.SERVICE <http://x/> {}", "?s ?p 1e0SERVICE <http://x/> {}",
        "?s ?p .5e1SERVICE <http://x/> {}", "?s ?p +1e1SERVICE <http://x/> {}", "\\u0053ERVICE <http://x/> {}",
        "#c\nSERVICE#\n<http://x/> {}",
    ],
)  # fmt: skip
def test_service_is_refused_in_every_spelling(call: str) -> None:
    with pytest.raises(QueryError, match="SERVICE is switched off"):
        ask(TWICE, f"SELECT * {{ {call} }}")


@pytest.mark.parametrize("word", ["'SERVICE'", "<http://x/SERVICE>", '"x"@service', "?SERVICE", ":SERVICE"])
def test_the_word_elsewhere_is_no_call(word: str) -> None:
    assert ask(TWICE, f"PREFIX : <http://x/> SELECT * {{ ?s ?p {word} }}").body


def test_a_declared_prefix_that_ends_in_a_hash_gives_no_false_note() -> None:
    kept = store('m4sd:isFundedBy a owl:ObjectProperty . :x skos:prefLabel "x" .')
    declared = "".join(f"PREFIX {p}: <{PREFIXES[p]}>\n" for p in ("m4sd", "skos"))
    assert ask(kept, f"{declared} SELECT * {{ ?s m4sd:isFundedBy/skos:prefLabel ?o }}").unknown == ()


def test_the_column_is_that_of_the_text_as_it_was_sent() -> None:
    with pytest.raises(QueryError) as caught:
        ask(TWICE, "SELECT * { sdg:4.1.1 ?p [ . ] }")
    assert (caught.value.line, caught.value.column) == (1, 27)


def test_many_unknown_iris_are_named_in_part() -> None:
    values = " ".join(f"<http://x/{n}>" for n in range(500))
    assert (
        len(ask(TWICE, f"SELECT * {{ VALUES ?s {{ {values} }} ?s :q ?o }}".replace(":q", "<http://x/q>")).unknown) == 5
    )


@pytest.mark.parametrize("sign", ["\\u0007", "\\u001F", "\\uFFFE", "\\uFFFF"])
def test_what_no_xml_can_carry_is_refused_and_another_format_named(sign: str) -> None:
    text, graph = f'SELECT ("a{sign}" AS ?x) {{}}', f'CONSTRUCT {{ <x:a> <x:p> ?x }} {{ BIND ("a{sign}" AS ?x) }}'
    code = sign.removeprefix("\\u")
    with pytest.raises(NotInXml, match=f"character U\\+{code} .* JSON, CSV, TSV"):
        answer(Store(), Question(text), "xml")
    with pytest.raises(NotInXml, match=f"character U\\+{code} .* Turtle, JSON-LD, N-Triples"):
        answer(Store(), Question(graph), triples="rdfxml")
    assert answer(Store(), Question(text), "json").body
    assert answer(Store(), Question(graph), triples="turtle").body


def test_other_signs_are_well_formed_in_xml() -> None:
    text = 'SELECT ("\\t\\n\\r\\u0020\\u0085\\uFFFD\\U0001F600é<&" AS ?x) {}'
    assert ElementTree.fromstring(answer(Store(), Question(text), "xml").body).tag.endswith("sparql")
