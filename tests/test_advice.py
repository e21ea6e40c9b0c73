"""Show that what the engine plans badly is named, that the better way is right, and that the rest is left alone."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from graph.errors import Said
from graph.examples import examples
from graph.query import Question, answer
from graph.sparql.advice import LONGEST, advice
from graph.store import Store
from server.app import create_app
from server.limits import Limits, Role
from server.settings import Settings

# What is named, a query that is slow for it, and one like it that is not.
KINDS = {
    "ORDER BY with DISTINCT": (
        "SELECT DISTINCT ?p WHERE { ?s ?p ?o } ORDER BY ?p LIMIT 20",
        "SELECT DISTINCT ?p WHERE { ?s ?p ?o }",
    ),
    "ORDER BY sorts every row": (
        "SELECT ?s ?i ?n WHERE { ?s m4sd:isoAlpha3 ?i OPTIONAL { ?s m4sd:m49Code ?n } } ORDER BY ?i LIMIT 20",
        "SELECT ?t (COUNT(*) AS ?n) WHERE { ?s a ?t } GROUP BY ?t ORDER BY DESC(?n) ?t LIMIT 20",
    ),
    "OFFSET": (
        "SELECT ?i WHERE { ?s a m4sd:Fact ; dcterms:identifier ?i } ORDER BY ?i OFFSET 1000 LIMIT 9",
        "SELECT ?i WHERE { ?s a m4sd:Fact ; dcterms:identifier ?i } ORDER BY ?i OFFSET 10",
    ),
    "A pattern beside UNION": (
        "SELECT * WHERE { ?x a m4sd:Organisation . { ?x m4sd:acronym ?y } UNION { ?x skos:altLabel ?y } }",
        "SELECT * WHERE { { ?x m4sd:acronym ?y } UNION { ?x skos:altLabel ?y } }",
    ),
    "with both ends open": (
        "SELECT * WHERE { ?x m4sd:locatedIn* ?y FILTER(?x != ?y) }",
        "SELECT * WHERE { ?x m4sd:locatedIn* ?y . ?x a m4sd:Locality }",
    ),
    "A FILTER tests each row": (
        "SELECT * WHERE { ?s ?p ?o FILTER(?o = area:504) }",
        "SELECT * WHERE { ?s ?p ?o FILTER(?o != area:504) } LIMIT 9",
    ),
    "A FILTER tests each row; instead of FILTER(?o IN": (
        "SELECT * WHERE { ?s ?p ?o FILTER(?o IN (area:504, area:012, area:504)) }",
        "SELECT * WHERE { ?s ?p ?o OPTIONAL { ?o ?q ?z } FILTER(?z IN (area:504, area:012)) }",
    ),
    "STR() reads each text": (
        'SELECT * WHERE { ?s skos:prefLabel ?l FILTER(STR(?l) = "Morocco") }',
        'SELECT * WHERE { ?s skos:prefLabel ?l FILTER(?l = "Morocco"@en) }',
    ),
    "CONTAINS reads every text": (
        'SELECT * WHERE { ?s ?p ?o FILTER(CONTAINS(?o, "Prokuplje")) }',
        'SELECT * WHERE { ?s a m4sd:Initiative ; ?p ?o FILTER(CONTAINS(STR(?o), "Prokuplje")) }',
    ),
    "meet only in a FILTER": (
        "SELECT ?a ?x ?b WHERE { ?a m4sd:isImplementedBy ?x . ?b m4sd:hasPartner ?y FILTER(?x = ?y) }",
        "SELECT ?a ?x ?b WHERE { ?a m4sd:isImplementedBy ?x . ?b m4sd:hasPartner ?x }",
    ),
    "Nothing joins": (
        "SELECT * WHERE { ?a a m4sd:Programme . ?b a m4sd:BoardMeeting }",
        "SELECT * WHERE { ?a a m4sd:Programme . ?b m4sd:phaseOf ?a }",
    ),
    "OPTIONAL then matches everything": (
        "SELECT * WHERE { VALUES ?p { id:programme-m4sd } OPTIONAL { ?p m4sd:isFundedBy ?f } "
        "OPTIONAL { ?f skos:prefLabel ?l } }",
        "SELECT * WHERE { VALUES ?p { id:programme-m4sd } OPTIONAL { ?p m4sd:isFundedBy ?f "
        "OPTIONAL { ?f skos:prefLabel ?l } } }",
    ),
    "COUNT reads every triple": (
        "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }",
        "SELECT (COUNT(*) AS ?n) WHERE { ?s a m4sd:Fact }",
    ),
}
REWRITTEN = sorted(set(KINDS) - {"OFFSET", "Nothing joins", "COUNT reads every triple"})


def rows(store: Store, text: str) -> list[tuple[str, ...]]:
    """Return the rows of an answer, their columns by name."""
    head, *body = answer(store, Question(text), "tsv").body.decode().splitlines()
    order = sorted(range(len(head.split("\t"))), key=head.split("\t").__getitem__)
    return [tuple(row.split("\t")[place] for place in order) for row in body]


def named(text: str, words: str) -> Said:
    return next(said for said in advice(text) if words in str(said))


def rewritten(text: str, said: Said) -> str:
    """Follow an advice to the letter."""
    data = {key: str(value) for key, value in said.data.items()}
    if "other" in data:
        one, other = data["one"], data["other"]
        return text.replace(f"FILTER({one} = {other})", "").replace(other, one)
    return text.replace(data["present"], data["better"]) if "present" in data else data["better"]


@pytest.mark.parametrize("words", KINDS)
def test_a_slow_way_is_named_and_a_quick_one_like_it_is_not(words: str) -> None:
    slow, quick = KINDS[words]
    assert [said for said in advice(slow) if words in str(said)]
    assert not [said for said in advice(quick) if words in str(said)]


@pytest.mark.parametrize("words", REWRITTEN)
def test_the_better_way_gives_the_same_answer(published: Store, words: str) -> None:
    slow = KINDS[words][0]
    better = rewritten(slow, named(slow, words))
    assert better != slow
    before, after = rows(published, slow), rows(published, better)
    assert before
    assert (before == after) if "ORDER BY" in slow else (Counter(before) == Counter(after))


def test_the_next_page_begins_behind_the_last_row(published: Store) -> None:
    slow, _ = KINDS["OFFSET"]
    said = named(slow, "OFFSET")
    assert said.data["better"] == "FILTER(?i > …) } ORDER BY ?i LIMIT 9"
    last = rows(published, slow.replace("OFFSET 1000 LIMIT 9", "OFFSET 999 LIMIT 1"))[0][0]
    pattern, _, _ = slow.partition("} ORDER")
    assert rows(published, pattern + str(said.data["better"]).replace("…", last)) == rows(published, slow)


def test_the_sizes_that_the_graph_states_are_those_that_counting_finds(published: Store) -> None:
    stated = rows(published, str(named(KINDS["COUNT reads every triple"][0], "COUNT").data["better"]))
    counted = (
        "SELECT ?dataset (COUNT(*) AS ?size) "
        "{ ?g a m4sd:RecordGraph ; dcterms:isPartOf ?dataset GRAPH ?g { ?s ?p ?o } } GROUP BY ?dataset"
    )
    assert Counter(stated) == Counter(rows(published, counted))


def test_the_trap_of_an_unbound_variable_is_real(published: Store) -> None:
    slow, _ = KINDS["OPTIONAL then matches everything"]
    trapped = slow.replace("id:programme-m4sd", "id:programme-none")
    better = rewritten(trapped, named(trapped, "matches everything"))
    assert (len(rows(published, trapped)) > 1000, len(rows(published, better))) == (True, 1)


@pytest.mark.parametrize(
    "text",
    [
        # The variable may be unbound, so that data would bind it.
        "SELECT * { ?s a m4sd:Fact OPTIONAL { ?s ?p ?o } FILTER(?o = area:504) }",
        # What is sorted is not what is shown.
        "SELECT DISTINCT ?s { ?s skos:prefLabel ?l } ORDER BY ?l",
        # What joins is in another part of the group.
        "SELECT * { ?a a m4sd:Programme { SELECT ?a ?b { ?b m4sd:phaseOf ?a } } OPTIONAL { ?b skos:prefLabel ?l } }",
        "SELECT * { ?a a m4sd:Programme . ?b a m4sd:ProgrammePhase FILTER NOT EXISTS { ?a ?p ?b } ?b m4sd:phaseOf ?a }",
        "SELECT * { ?a m4sd:startDate ?x BIND(YEAR(?x) AS ?y) ?b m4sd:ordinal ?y }",
        "SELECT * { GRAPH ?g { ?a a m4sd:Fact } ?g dcterms:isPartOf ?d }",
        "SELECT * { ?a m4sd:role [ skos:prefLabel ?l ] . ?a m4sd:participant ( ?b ) . ?b a ?c }",
        # A named thing has few rows.
        "SELECT * { id:programme-m4sd m4sd:launchDate ?d . ?b m4sd:governs ?x }",
        "SELECT * { ?x m4sd:locatedIn* area:504 }",
        "SELECT * { ?x m4sd:locatedIn/m4sd:partOf* ?y }",
        'SELECT * { VALUES ?p { skos:prefLabel } ?s ?p ?o FILTER(CONTAINS(?o, "x")) }',
        "",
        "SELECT * { { [ ( << FILTER ORDER BY LIMIT OFFSET UNION",
    ],
)
def test_what_only_looks_slow_is_left_alone(text: str) -> None:
    assert advice(text) == ()


def test_the_examples_get_no_wrong_advice(published: Store) -> None:
    for example in examples():
        for said in advice(example.text):
            if "present" in said.data and "…" not in str(said) and str(said.data["present"]) in example.text:
                better = rewritten(example.text, said)
                assert Counter(rows(published, better)) == Counter(rows(published, example.text)), example.name


def test_comments_and_lines_do_not_come_into_the_words() -> None:
    assert named("SELECT DISTINCT ?p # one\n\n{ ?s ?p ?o # two\n } ORDER BY ?p", "DISTINCT").data["better"] == (
        "SELECT ?p { { SELECT DISTINCT ?p { ?s ?p ?o } } } ORDER BY ?p"
    )


def test_a_long_fragment_is_shortened_in_sight() -> None:
    many = " ".join(f"?s ?p{n} ?o{n} ." for n in range(100))
    better = str(named(f"SELECT DISTINCT ?s {{ {many} }} ORDER BY ?s", "DISTINCT").data["better"])
    assert (len(better) <= LONGEST + 3, " … " in better) == (True, True)


@pytest.fixture(scope="module")
def client(folder: Path) -> FlaskClient:
    """Return a service that advises on every query, and ends one after a second."""
    limits = replace(Limits(), advise=0.0, anonymous=Role(deadline=1.0))
    return create_app(Settings(store=folder, limits=limits)).test_client()


def test_an_answer_that_took_long_comes_with_advice_in_header_and_page(client: FlaskClient) -> None:
    query = {"query": 'SELECT ?p { id:programme-m4sd ?p ?o FILTER(STR(?o) = "a\\u0001\tb<i>") }'}
    header = client.get("/sparql", query_string=query).headers["M4SD-Advice"]
    page = client.get("/sparql", query_string=query, headers={"Accept": "text/html", "Accept-Language": "fr"}).text
    assert header.startswith('STR() reads each text; instead of FILTER(STR(?o) = "a')
    assert header.isprintable()
    assert "STR() lit chaque texte ; au lieu de <code>FILTER(STR(?o) = &#34;a" in page
    assert "<i>" not in page


def test_advice_comes_again_with_an_answer_from_the_cache(client: FlaskClient) -> None:
    query = {"query": "SELECT ?s { ?s ?p ?o FILTER(?o = area:012) }"}
    first, second = (client.get("/sparql", query_string=query) for _ in range(2))
    assert first.headers["M4SD-Advice"] == second.headers["M4SD-Advice"] != ""


def test_a_header_stays_short_however_long_the_query(client: FlaskClient) -> None:
    filters = " ".join(f'FILTER(STR(?o) = "{"é" * 200}{n}")' for n in range(9))
    found = client.post("/sparql", data={"query": f"SELECT ?p {{ id:programme-m4sd ?p ?o {filters} }}"})
    assert len(found.headers["M4SD-Advice"]) < 2100


def test_a_query_that_ran_into_its_deadline_is_told_why(client: FlaskClient) -> None:
    query = {"query": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a != ?i) }"}
    found = client.get("/sparql", query_string=query, headers={"Accept-Language": "fr"})
    assert found.status_code == 504
    assert found.json is not None
    assert found.json["advice"][0].startswith("Rien ne joint ?a à ?d")
    page = client.get("/sparql", query_string=query, headers={"Accept": "text/html"}).text
    assert "Nothing joins <code>?a</code> with <code>?d</code>" in page


def test_a_quick_answer_comes_without_advice(folder: Path) -> None:
    usual = create_app(Settings(store=folder)).test_client()
    found = usual.get("/sparql", query_string={"query": "SELECT ?s { ?s ?p ?o FILTER(?o = area:504) }"})
    assert (found.status_code, found.headers.get("M4SD-Advice")) == (200, None)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { {}" + " UNION {}" * 6700 + " }",
        "SELECT * { ?s ?p " + "[?p " * 900,
        "SELECT * " + "{" * 1500 + "}" * 1500,
        "SELECT * { FILTER " + "EXISTS { FILTER " * 200 + "(true)" + "}" * 201,
    ],
)
def test_no_advice_is_worked_out_for_what_is_too_long_or_too_deep(text: str) -> None:
    assert advice(text) == ()
