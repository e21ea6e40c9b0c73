"""Hold that mended queries are answered as the standard says, that no other is touched, and that each mend is told."""

import json
from collections import Counter
from pathlib import Path
from typing import Any  # what rdflib returns

import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions, RdfFormat, parse

from bench import reference
from bench.reference import Bind, Either, Filter, Inline, Match, Nest, Part, Sub
from graph.errors import QueryError
from graph.examples import examples
from graph.query import LONGEST, Question, answer, evaluate
from graph.sparql.mend import Mended, mend
from graph.sparql.paths import ways
from graph.sparql.reader import outline
from graph.sparql.tokens import Dataset, tokens
from graph.sparql.view import View
from graph.store import Store
from server.app import create_app
from server.settings import Settings

pytestmark = pytest.mark.slow

BASE = "http://x/"
HEAD = f"PREFIX : <{BASE}> "
SLOW = settings(deadline=None, max_examples=150)


def store(trig: str = "") -> Store:
    kept = Store()
    kept.extend(parse(f"PREFIX : <{BASE}>\n{trig}", format=RdfFormat.TRIG))
    return kept


def mended(text: str, kept: Store, asked: Dataset | None = None) -> str:
    return mend(text, View(kept, asked or Dataset((), ())), BASE).text


def rows(kept: Store, text: str) -> Counter[tuple[tuple[str, str], ...]]:
    """Return the rows of an answer, each a sorted tuple of variables and terms, IRIs written with our prefix."""
    found, _ = evaluate(kept, Question(text))
    assert isinstance(found, QuerySolutions)
    named = [variable.value for variable in found.variables]
    return Counter(tuple(sorted((f"?{v}", _short(row[v])) for v in named if row[v] is not None)) for row in found)


def notes(kept: Store, text: str) -> list[str]:
    return [str(note) for note in evaluate(kept, Question(text))[1]]


def _short(term: object) -> str:
    if isinstance(term, NamedNode):
        return f":{term.value.removeprefix(BASE)}"
    return term.value if isinstance(term, Literal) else str(term)


# GROUP_CONCAT


@pytest.mark.parametrize(
    ("item", "sent"),
    [
        ("GROUP_CONCAT(?x)", "STR(GROUP_CONCAT(?x))"),
        ("group_concat ( distinct ?x ; separator=')' )", "STR(group_concat ( distinct ?x ; separator=')' ))"),
        ("STRLEN(GROUP_CONCAT(IF(BOUND(?x), ?x, '')))", "STRLEN(STR(GROUP_CONCAT(IF(BOUND(?x), ?x, ''))))"),
        ("STR(GROUP_CONCAT(?x))", "STR(GROUP_CONCAT(?x))"),
        ("GROUP_CONCAT(DISTINCT STR(?x); SEPARATOR=' ')", "GROUP_CONCAT(DISTINCT STR(?x); SEPARATOR=' ')"),
        ("GROUP_CONCAT(CONCAT(STR(?x), ?z))", "STR(GROUP_CONCAT(CONCAT(STR(?x), ?z)))"),
    ],
)
def test_group_concat_is_made_plain_unless_it_is_already(item: str, sent: str) -> None:
    text = "SELECT ({}AS ?y) {{ ?s ?p ?x }}"
    assert mended(text.format(item), store()) == text.format(sent)


def test_group_concat_in_having_and_order_keeps_no_language() -> None:
    group = "GROUP_CONCAT(?x)"
    text = f"SELECT ({group} AS ?y) {{ VALUES ?x {{ 'a'@en }} }} HAVING({group} = 'a') ORDER BY {group}"
    assert rows(store(), text) == {(("?y", "a"),): 1}
    assert len(notes(store(), text)) == 1


VALUES = st.lists(st.sampled_from(["'a'", "'b'@en", "'c'@en", "'d'@fr"]), max_size=4)


@SLOW
@given(VALUES, st.sampled_from(["", "DISTINCT "]), st.sampled_from(["", "; SEPARATOR='+'"]))
def test_group_concat_is_as_rdflib_has_it(values: list[str], distinct: str, separator: str) -> None:
    data = " ".join(f"<{BASE}{n}> <{BASE}p> {value} ." for n, value in enumerate(values))
    text = f"SELECT (GROUP_CONCAT({distinct}?x{separator}) AS ?y) {{ ?s ?p ?x }}"
    found, _ = evaluate(store(data), Question(text))
    ours = [row["y"] for row in found]  # type: ignore[union-attr]
    theirs: list[Any] = [row[0] for row in rdflib.Graph().parse(data=data, format="turtle").query(text)]  # type: ignore[index]
    between = "+" if separator else " "
    assert [(sorted(o.value.split(between)), o.language) for o in ours] == [
        (sorted(str(t).split(between)), t.language) for t in theirs
    ]


# Paths of length zero


@pytest.mark.parametrize(
    ("path", "number"),
    [
        (":p", 0), (":p*", 1), (":p?", 1), (":p+", 0), ("(:p?)+", 1), ("^:p*", 1), ("!:p", 0), ("!()", 0),
        ("(!(:p|^:q))*", 1), (":p*/:q", 0), (":p*/:q?", 1), (":p*|:q?", 2), ("(:p*|:q*)/(:p?|:q?|a*)", 6),
        ("((:p))*", 1), ("a", 0), ("?v", 0),
    ],
)  # fmt: skip
def test_a_path_is_known_by_the_number_of_its_ways_without_a_triple(path: str, number: int) -> None:
    assert ways(list(tokens(path))) == number


@pytest.mark.parametrize(
    ("pattern", "sent"),
    [
        (":c :p* ?x", "VALUES ?x { :c }"),
        ("?x (:p|^:q)? :c .", "VALUES ?x { :c } ."),
        ("$x a*|:p* :c", "VALUES $x { :c :c }"),
        ("?x :p* 'c'@en . ?y :q ?z", "VALUES ?x { 'c'@en } . ?y :q ?z"),
        ("?x :p* -5", "VALUES ?x { -5 }"),
        ("?x :p* '1'^^:type", "VALUES ?x { '1'^^:type }"),
        ("FILTER(1 > 0) :c :p* <http://x/c> { :d :p? ?y }", "FILTER(1 > 0) VALUES () { () } { VALUES ?y { :d } }"),
        ("?a :p ?b. :c :p*?x.FILTER(?x = :c)", "?a :p ?b. VALUES ?x { :c }.FILTER(?x = :c)"),
        ("GRAPH :g { :a :p* ?x }", "GRAPH :g { VALUES ?x { :a } }"),
        ("{ SELECT ?x { :c :p* ?x } }", "{ SELECT ?x { VALUES ?x { :c } } }"),
    ],
)  # fmt: skip
def test_a_path_is_added_at_a_constant_that_the_data_lacks(pattern: str, sent: str) -> None:
    kept = store(":a :p :b . :g { :h :p :i }")
    assert mended(f"{HEAD}SELECT * {{ {pattern} }}", kept) == f"{HEAD}SELECT * {{ {sent} }}"


@pytest.mark.parametrize(
    "pattern",
    [
        ":a :p* ?x",  # the data holds it
        "?x :p* :b",
        ":c :p+ ?x",
        ":c :p* :d",
        "?x a :T . ?x :p* :c",  # only nodes of the data are asked for
        "?x :p* :c ; a :T",
        ":c :p* ?x . ?y :q :c",
        ":c :p* _:b",
        ":c :p* [ :q ?x ]",
        "GRAPH :nowhere { :c :p* ?x }",
        "GRAPH :g { :h :p* ?x }",
        "FILTER(?x = ':c :p* ?x') ?s <http://x/c*> ?x # . :c :p* ?x\n",
        "BIND(2 * 3 AS ?y) FILTER(?x *?y > :c) ?s ?p ?x",
    ],
)
def test_other_paths_are_sent_as_they_are(pattern: str) -> None:
    text = f"{HEAD}SELECT * {{ {pattern} }}"
    assert mended(text, store(":a :p :b . :g { :h :p :i }")) == text


def test_the_constant_is_looked_for_in_the_graphs_that_were_asked() -> None:
    kept, text = store(":a :p :b . :g { :h :p :i }"), f"{HEAD}SELECT * {{ :a :p* ?x }}"
    assert mended(text, kept) == text
    assert "VALUES" in mended(text, kept, Dataset(("http://x/g",), ()))
    assert "VALUES" in mended(text, kept, Dataset((), ("http://x/g",)))
    assert rows(kept, text.replace("{", "FROM :g {", 1)) == {(("?x", ":a"),): 1}


NODES, PREDICATES = st.sampled_from([":a", ":b", ":c"]), st.sampled_from([":p", ":q"])
TRIPLES = st.lists(st.tuples(NODES, PREDICATES, st.sampled_from([":a", ":b"])), max_size=4)
PATHS = st.recursive(
    PREDICATES,
    lambda inner: st.one_of(
        st.builds("({}){}".format, inner, st.sampled_from("*?")),
        st.builds("({}/{})".format, inner, inner),
        st.builds("({}|{})".format, inner, inner),
        st.builds("(^{})".format, inner),
    ),
    max_leaves=3,
)
ENDS = st.sampled_from(["?x", "?y", ":a", ":c", ":d"])


@SLOW
@given(TRIPLES, st.tuples(ENDS, PATHS, ENDS))
def test_paths_are_as_rdflib_has_them(triples: list[tuple[str, str, str]], asked: tuple[str, str, str]) -> None:
    data = HEAD + " ".join(f"{s} {p} {o} ." for s, p, o in triples)
    text = f"{HEAD}SELECT DISTINCT * {{ {' '.join(asked)} }}"
    theirs = rdflib.Graph().parse(data=data, format="turtle").query(text)
    expected = {
        tuple(sorted((f"?{v}", f":{str(t).removeprefix(BASE)}") for v, t in row.items())) for row in theirs.bindings
    }
    assert set(rows(store(data.removeprefix(HEAD)), text)) == expected


# GRAPH ?g

TWO = store(":a :p :b . :g { :a :p :b . :b :q 1 } :h { :a :p :c . :c :p :d }")


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", [{"?g": ":g", "?n": "2"}, {"?g": ":h", "?n": "2"}]),
        ("SELECT ?s { ?s :q ?o }", [{"?g": ":g", "?s": ":b"}]),
        ("?s :p :b MINUS { ?x :q 1 }", [{"?g": ":g", "?s": ":a"}]),
        ("?s :q ?o FILTER(?g = :g)", []),  # ?g is joined behind the braces only
        ("?s :q 1 BIND(BOUND(?g) AS ?b)", [{"?g": ":g", "?s": ":b", "?b": "false"}]),
        ("VALUES (?g ?n) { (UNDEF 1) (:h 2) }",
         [{"?g": g, "?n": n} for g in (":g", ":h") for n in "12" if g + n != ":g2"]),
        (":c :p* ?x", [{"?g": ":g", "?x": ":c"}, {"?g": ":h", "?x": ":c"}, {"?g": ":h", "?x": ":d"}]),
        ("{ SELECT (COUNT(*) AS ?n) { _:b :p ?o } } _:c :q 1", [{"?g": ":g", "?n": "1"}]),
    ],
)  # fmt: skip
def test_a_group_is_asked_of_each_graph_by_itself(pattern: str, expected: list[dict[str, str]]) -> None:
    text = f"{HEAD}SELECT * {{ GRAPH ?g {{ {pattern} }} }}"
    assert rows(TWO, text) == Counter(tuple(sorted(row.items())) for row in expected)
    assert notes(TWO, text)[0].startswith("GRAPH ?g { } was asked of 2 named graphs one by one")


@pytest.mark.parametrize(
    "pattern",
    [
        "?s a ?t ; :p [ :q ?o ] FILTER(?o > 1)",
        "?g :p ?s FILTER(?g != :h) BIND(STR(?g) AS ?name) OPTIONAL { ?g :q ?l }",
        "?s :p ?o OPTIONAL { ?s :q ?l FILTER(LANG(?l) = 'en') } FILTER NOT EXISTS { ?o :q 1 }",
        "{ ?s :p ?o } UNION { ?s :q ?o } VALUES ?s { :a }",
        "?s :p ?o MINUS { ?s :q 1 }",
        "?s :p/:q* ?o . ?s a/:p* :c",
        "BIND(1 AS ?x) OPTIONAL { ?s :p ?o }",
        "# SELECT MINUS ?g\n ?s :p 'GRAPH ?g { SELECT }'",
        "?s :p ?o GRAPH :h { SELECT ?x { ?x :p ?o } }",
        "",
    ],
)
def test_a_group_that_means_the_same_with_the_graph_in_each_pattern_is_sent_as_it_is(pattern: str) -> None:
    text = f"{HEAD}SELECT * {{ GRAPH ?g {{ {pattern} }} }}"
    assert mend(text, View(TWO, Dataset((), ())), BASE) == Mended(text)


def many(number: int) -> Store:
    return store(" ".join(f":g{n} {{ :s :p {n} }}" for n in range(number)))


COUNT = "{ GRAPH ?g { SELECT (COUNT(*) AS ?n) { ?s ?p ?o } } }"


@pytest.mark.parametrize(
    ("number", "text", "words"),
    [
        (64, f"SELECT * {COUNT}", "was asked of 64 named graphs"),
        (65, f"SELECT * {COUNT}", "the answer may be wrong"),
        (65, f"SELECT * FROM NAMED :g1 FROM NAMED :g2 {COUNT}", "was asked of 2 named graphs"),
        (65, f"SELECT * {{ VALUES ?g {{ :g1 <http://x/g1> :g3 :nowhere }} {COUNT[1:]}", "was asked of 2 named graphs"),
        (65, f"SELECT * {{ FILTER EXISTS {COUNT} }}", "the answer may be wrong"),
        (2, "SELECT * { ?s :p ?o FILTER EXISTS { GRAPH ?g { ?s :p ?o FILTER(?g = :g1) } } }", "cannot be asked"),
        (0, f"SELECT * {COUNT}", "was asked of 0 named graphs"),
    ],
)  # fmt: skip
def test_there_is_a_word_about_each_group_and_how_to_ask_past_the_cap(number: int, text: str, words: str) -> None:
    found = notes(many(number), HEAD + text)
    assert len(found) == 1
    assert words in found[0]
    assert ("FROM NAMED" in found[0]) == ("more than 64" in found[0])


def test_without_a_named_graph_there_is_no_row() -> None:
    assert rows(store(), f"{HEAD}SELECT * {COUNT}") == Counter()


def test_groups_within_groups_are_mended_from_the_inside() -> None:
    text = f"{HEAD}SELECT * {{ GRAPH ?g {{ SELECT ?n {{ GRAPH ?h {{ SELECT (COUNT(*) AS ?n) {{ ?s :q ?o }} }} }} }} }}"
    assert rows(TWO, text) == {(("?g", g), ("?n", n)): 1 for g in (":g", ":h") for n in ("0", "1")}


TERMS = st.sampled_from(["?s", "?s", "?o", "?o", "?x", "?g", ":a", ":b", ":g1"])
MATCHES = st.builds(Match, TERMS, PREDICATES, TERMS)
PATHS_TOO = st.builds(Match, TERMS, st.sampled_from([":p", ":q", ":p*", ":q?"]), TERMS)
TESTS = st.builds(Filter, st.sampled_from(["?s", "?o", "?x", "?g"]), st.sampled_from(["?s", "?g", ":a", ":g1", ""]))
EXISTS = st.builds(
    Nest,
    st.sampled_from(["FILTER EXISTS", "FILTER NOT EXISTS"]),
    # The engine takes variables of EXISTS for those of the same name elsewhere, in any graph: each has a name here.
    st.tuples(
        st.builds(Match, st.sampled_from(["?s", "?g", ":a", "?e"]), PREDICATES, st.sampled_from(["?s", "?e", ":b"]))
    ),
)
FLAT: st.SearchStrategy[Part] = st.one_of(
    MATCHES,
    MATCHES,
    PATHS_TOO,
    TESTS,
    EXISTS,
    st.builds(
        Inline, st.sampled_from(["?s", "?x", "?g"]), st.lists(st.sampled_from([":a", ":g1", ""]), max_size=2).map(tuple)
    ),
    st.builds(Bind, st.sampled_from(["?s", "?g", ":a"]), st.sampled_from(["?v", "?w"])),
)


def groups(inner: st.SearchStrategy[Part]) -> st.SearchStrategy[Part]:
    parts = st.lists(inner, max_size=3).map(tuple)
    nested = st.builds(Nest, st.just(""), parts)
    # In an OPTIONAL, the engine lets MINUS see the rows around it, in any graph: there is none here.
    plain = st.lists(FLAT, max_size=3).map(tuple)
    return st.one_of(
        nested,
        st.builds(Nest, st.just("OPTIONAL"), plain),
        st.builds(Nest, st.just("MINUS"), st.tuples(MATCHES, FLAT)),
        st.builds(Nest, st.just("GRAPH"), parts, st.sampled_from(["?g", "?h"])),
        st.builds(Either, nested, nested),
        st.builds(Sub, st.sampled_from([("?s",), ("?g", "?o"), ("?x", "?s")]), st.just(""), parts),
        st.builds(Sub, st.just(()), st.just("?n"), parts),
    )


GROUPS = st.lists(st.recursive(FLAT, groups, max_leaves=5), max_size=3).map(tuple)
SUBJECTS, OBJECTS = st.sampled_from([":a", ":b", ":g1"]), st.sampled_from([":a", ":b", ":g1", ":g2"])
GRAPHS = st.frozensets(st.tuples(SUBJECTS, PREDICATES, OBJECTS), min_size=1, max_size=5)


@settings(deadline=None, max_examples=400)
@given(GRAPHS, st.dictionaries(st.sampled_from([":g1", ":g2", ":g3"]), GRAPHS), GROUPS, GROUPS)
def test_graphs_are_as_the_standard_defines_them(
    default: reference.Graph, named: dict[str, reference.Graph], inside: tuple[Part, ...], beside: tuple[Part, ...]
) -> None:
    parts = (Nest("GRAPH", inside, "?g"), *(part for part in beside[:1] if isinstance(part, Match | Inline)))
    text = f"{HEAD}SELECT * {{ {' '.join(map(str, parts))} }}"
    kept = Store()
    for name, triples in [("", default), *named.items()]:
        graph = [NamedNode(BASE + name[1:])] if name else []
        kept.extend(Quad(*(NamedNode(BASE + term[1:]) for term in triple), *graph) for triple in triples)
    try:
        kept.query(text)
    except SyntaxError:
        return  # a variable is given a value twice
    expected = reference.rows(reference.Data(default, named), parts, default)
    assert rows(kept, text) == Counter(tuple(sorted(row.items())) for row in expected)


# Whatever is asked


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("SELECT (GROUP_CONCAT(?x) AS ?y) {\n ?s ?p [ . }", 2, 12),
        ("SELECT * { GRAPH ?g { SELECT ?s { ?s ?p ?o } }\n ?s ?p [ . }", 2, 12),
        ("SELECT * {\n <http://x/c> nope:p* ?x }", 2, 15),
        ("SELECT * { <http://x/c> <http://x/p>* ?x . \n ?s nope:p ?x }", 2, 5),
    ],
)
def test_what_is_not_well_formed_is_refused_as_it_was_written(text: str, line: int, column: int) -> None:
    with pytest.raises(QueryError) as caught:
        evaluate(store(), Question(text))
    assert (caught.value.line, caught.value.column) == (line, column)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ('GROUP_CONCAT(?x)' AS ?y) (<http://x/GROUP_CONCAT(?x)> AS ?z) {} # GROUP_CONCAT(?x)",
        "SELECT * { ?s ?p '''GRAPH ?g { SELECT (COUNT(*) AS ?n) {} }''' } # GRAPH ?g { SELECT ?s {} }",
        'SELECT (<http://x/\\u00e9#MINUS> AS ?x) { ?s ?p "\'" }',
        "SELECT * { ?s ?p trueGRAPH ?g { SELECT ?s { ?s ?p ?o } } }",  # read by the engine as true and GRAPH
        "PREFIX : <http://x/> SELECT * { GRAPH:g { :c :p* ?x } }",
        "PREFIX : <http://x/> SELECT * FROM:g { :c :p* ?x }",
        "SELECT * { ?s ?p ?o } ORDER BY ?s LIMIT 3",
    ],
)
def test_strings_iris_and_comments_are_left_alone(text: str) -> None:
    assert mended(text, TWO) == text


PIECES = [
    *"{}()[].;,*?+/|^!<>'\\\n",
    "GRAPH",
    "?g",
    "SELECT",
    "MINUS",
    "GROUP_CONCAT",
    "STR",
    ":p",
    ":c",
    "_:b",
    "VALUES",
]


@settings(deadline=None)
@given(st.lists(st.sampled_from([*PIECES, "EXISTS", "FILTER", "UNION", "DISTINCT", "PREFIX"]), max_size=30))
def test_any_text_is_taken(pieces: list[str]) -> None:
    text = HEAD + "SELECT * { " + " ".join(pieces)
    mended(text, TWO)
    mended(text.replace(" ", ""), TWO)


@pytest.mark.parametrize(
    "piece", ["GROUP_CONCAT(", "(GROUP_CONCAT(?x)AS ?y)", "?x <x:p>* <x:c>. ", "GRAPH ?g {", "?g", "(:p*|"]
)
def test_a_long_query_is_read_in_linear_time(piece: str) -> None:
    text = f"SELECT * {{ {piece * (LONGEST // len(piece) - 8)}"
    with pytest.raises(QueryError):
        answer(TWO, Question(text))


def test_each_mended_query_is_well_formed() -> None:
    for example in examples():
        outline(mended(example.text, TWO))
        evaluate(TWO, Question(example.text))


# As a user sees it


def test_a_mend_is_told_in_the_header_and_on_the_page_in_both_languages(folder: Path) -> None:
    client = create_app(Settings(store=folder)).test_client()
    asked = {"query": "SELECT ?g ?n { GRAPH ?g { SELECT (COUNT(*) AS ?n) { ?s ?p ?o } } }"}
    header = client.get("/sparql", query_string=asked).headers["M4SD-Note"]
    page = client.get("/sparql", query_string=asked, headers={"Accept": "text/html", "Accept-Language": "fr"}).text
    assert header.startswith("the answer may be wrong: the engine binds ?g inside the braces of GRAPH ?g { }")
    assert "la réponse peut être fausse : le moteur lie ?g" in page
    narrowed = {"query": asked["query"].replace("{", "{ VALUES ?g { <https://w3id.org/m4sd/graph/asserted> }", 1)}
    found = client.get("/sparql", query_string=narrowed)
    assert found.headers["M4SD-Note"].startswith("GRAPH ?g { } was asked of 1 named graphs")
    assert [row["g"]["value"] for row in json.loads(found.text)["results"]["bindings"]] == [
        "https://w3id.org/m4sd/graph/asserted"
    ]
