"""Ask what has no answer, and hear why: the classic mistakes, each with its words and a query that does answer."""

import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from graph.empty.told import Explanation
from graph.empty.trial import OutOfTime, Trial
from graph.empty.why import why
from graph.errors import QueryError
from graph.examples import examples
from graph.names import ASSERTED
from graph.query import Question, answer
from graph.store import Store
from server.app import create_app
from server.settings import Settings

INITIATIVE = "https://w3id.org/m4sd/ontology"
# the mistake -> the query, the words, the corrected query
MISTAKES = {
    "a label without its language": (
        'SELECT ?c { ?c a m4sd:Country ; skos:prefLabel "Morocco" }',
        'a word with a language is another one than without, or with another: "Morocco" is not there, "Morocco"@en is',
        'SELECT ?c { ?c a m4sd:Country ; skos:prefLabel "Morocco"@en }',
    ),
    "a label with the wrong language": (
        'SELECT ?c { ?c a m4sd:Country ; skos:prefLabel "Maroc"@en }',
        'a word with a language is another one than without, or with another: "Maroc"@en is not there, "Maroc"@fr is',
        'SELECT ?c { ?c a m4sd:Country ; skos:prefLabel "Maroc"@fr }',
    ),
    "a label in other letters": (
        'SELECT ?c { ?c a m4sd:Country ; skos:prefLabel "morocco"@en }',
        'literals tell every letter and mark apart: "morocco"@en is not there, "Morocco"@en is',
        'SELECT ?c { ?c a m4sd:Country ; skos:prefLabel "Morocco"@en }',
    ),
    "a label misspelt": (
        'SELECT ?c { ?c a m4sd:Country ; skos:prefLabel "Marocco"@en }',
        '"Marocco"@en is not there; near it is "Morocco"@en',
        'SELECT ?c { ?c a m4sd:Country ; skos:prefLabel "Morocco"@en }',
    ),
    "a number as a string": (
        'SELECT ?p { ?p a m4sd:ProgrammePhase ; m4sd:ordinal "2" }',
        'a value is the same only with the same type: "2" is not there, 2 is',
        "SELECT ?p { ?p a m4sd:ProgrammePhase ; m4sd:ordinal 2 }",
    ),
    "a year without its type": (
        'SELECT ?p { ?p m4sd:launchDate "2019" }',
        'a value is the same only with the same type: "2019" is not there, "2019"^^xsd:gYear is',
        'SELECT ?p { ?p m4sd:launchDate "2019"^^xsd:gYear }',
    ),
    "a property misspelt": (
        "SELECT ?x ?c { ?x m4sd:operateIn ?c }",
        "m4sd:operateIn is not in the graph; near it is m4sd:operatesIn",
        "SELECT ?x ?c { ?x m4sd:operatesIn ?c }",
    ),
    "a class in small letters": (
        "SELECT ?x { ?x a m4sd:initiative }",
        "IRIs tell capitals from small letters, and one mark from another: m4sd:initiative is not in the graph, "
        "m4sd:Initiative is",
        "SELECT ?x { ?x a m4sd:Initiative }",
    ),
    "http for https": (
        "SELECT ?x { ?x a <http://w3id.org/m4sd/ontology#Initiative> }",
        "an IRI with http is another one than with https: <http://w3id.org/m4sd/ontology#Initiative> is not in the "
        "graph, m4sd:Initiative is",
        "SELECT ?x { ?x a m4sd:Initiative }",
    ),
    "a slash for a hash": (
        f"SELECT ?x {{ ?x a <{INITIATIVE}/Initiative> }}",
        f"<{INITIATIVE}/Initiative> is not in the graph; its name stands behind another mark there: m4sd:Initiative",
        "SELECT ?x { ?x a m4sd:Initiative }",
    ),
    "a prefix for another namespace": (
        "PREFIX m4sd: <https://w3id.org/m4sd/>\nSELECT ?x { ?x a m4sd:Initiative }",
        f"the prefix m4sd: stands for <https://w3id.org/m4sd/> here, and the graph says <{INITIATIVE}#>",
        f"PREFIX m4sd: <{INITIATIVE}#>\nSELECT ?x {{ ?x a m4sd:Initiative }}",
    ),
    "a word of another vocabulary": (
        "SELECT ?l { area:504 rdfs:label ?l }",
        "what is found before is not linked by rdfs:label; it is by skos:prefLabel",
        "SELECT ?l { area:504 skos:prefLabel ?l }",
    ),
    "a dotted code for an IRI": (
        "SELECT ?t { sdg:10.7.1 sdgo:isIndicatorOf ?t }",
        "sdg:10.7.1 is not in the graph; what has that code is sdg:C100701",
        "SELECT ?t { sdg:C100701 sdgo:isIndicatorOf ?t }",
    ),
    "a country by its name": (
        "SELECT ?x { ?x m4sd:operatesIn area:Morocco }",
        "area:Morocco is not in the graph; what has that name is area:504",
        "SELECT ?x { ?x m4sd:operatesIn area:504 }",
    ),
    "a country by its letters": (
        "SELECT ?x { ?x m4sd:operatesIn area:MAR }",
        "area:MAR is not in the graph; what has that code is area:504",
        "SELECT ?x { ?x m4sd:operatesIn area:504 }",
    ),
    "a word where a thing stands": (
        'SELECT ?x { ?x a m4sd:Initiative ; m4sd:operatesIn "Morocco" }',
        'this property leads to things, not to words: what is called "Morocco" is area:504',
        "SELECT ?x { ?x a m4sd:Initiative ; m4sd:operatesIn area:504 }",
    ),
    "a property the wrong way round": (
        "SELECT ?x { id:org-CH-4 m4sd:isFundedBy ?x }",
        "the property leads the other way round: m4sd:isFundedBy from ?x to id:org-CH-4",
        "SELECT ?x { id:org-CH-4 ^m4sd:isFundedBy ?x }",
    ),
    "a target where goals stand": (
        "SELECT ?x { ?x m4sd:contributesToGoal sdg:10.7 }",
        "m4sd:contributesToGoal does not lead to sdg:10.7 here, but to sdg:10, which is linked with it",
        "SELECT ?x { ?x m4sd:contributesToGoal sdg:10 }",
    ),
    "a class to which nothing belongs": (
        "SELECT ?x { ?x a m4sd:MigrantOrganisation }",
        "the class m4sd:MigrantOrganisation has no instance in the graph; beside it, m4sd:CivilSocietyOrganisation "
        "has some",
        "SELECT ?x { ?x a m4sd:CivilSocietyOrganisation }",
    ),
    "a class to which these do not belong": (
        "SELECT ?x ?f { ?x m4sd:isFundedBy ?f . ?f a m4sd:Country }",
        "none of what is found before is of the class m4sd:Country; it is of m4sd:Actor",
        "SELECT ?x ?f { ?x m4sd:isFundedBy ?f . ?f a m4sd:Actor }",
    ),
    "what is inferred, asked of what is stated": (
        f"SELECT ?f FROM <{ASSERTED.value}> {{ id:programme-m4sd m4sd:isFundedBy ?f }}",
        "what is asked for is not stated but inferred, and only what is stated was asked",
        "SELECT ?f { id:programme-m4sd m4sd:isFundedBy ?f }",
    ),
    "a graph that is none": (
        "SELECT ?x { GRAPH <https://w3id.org/m4sd/graph/seed> { ?x a m4sd:Initiative } }",
        "the graph <https://w3id.org/m4sd/graph/seed> holds nothing of this",
        "SELECT ?x { { ?x a m4sd:Initiative } }",
    ),
    "a dataset that is none": (
        "SELECT ?x FROM <https://w3id.org/m4sd/graph/seed> { ?x a m4sd:Initiative }",
        "the graphs that were chosen hold nothing of this: <https://w3id.org/m4sd/graph/seed>",
        "SELECT ?x { ?x a m4sd:Initiative }",
    ),
    "a filter that compares a label with a string": (
        'SELECT ?c { ?c a m4sd:Country ; skos:prefLabel ?l FILTER(?l = "Morocco") }',
        None,
        'SELECT ?c { ?c a m4sd:Country ; skos:prefLabel ?l FILTER(STR(?l) = "Morocco") }',
    ),
    "a filter that compares a date with a number": (
        "SELECT ?p { ?p a m4sd:ProgrammePhase ; m4sd:startDate ?d FILTER(?d >= 2014) }",
        None,
        'SELECT ?p { ?p a m4sd:ProgrammePhase ; m4sd:startDate ?d FILTER(STR(?d) >= "2014") }',
    ),
    "a filter that compares a thing with a string": (
        'SELECT ?x { ?x a m4sd:Initiative ; m4sd:operatesIn ?c '
        'FILTER(?c = "http://metadata.un.org/sdg/codes/geoArea/504") }',
        None,
        "SELECT ?x { ?x a m4sd:Initiative ; m4sd:operatesIn ?c "
        "FILTER(?c = <http://metadata.un.org/sdg/codes/geoArea/504>) }",
    ),
    "a language in capitals": (
        'SELECT ?l { area:504 skos:prefLabel ?l FILTER(LANG(?l) = "EN") }',
        'the languages of ?l are "ar", "en", "es", "fr", "ru", "zh" here, and never "EN"',
        'SELECT ?l { area:504 skos:prefLabel ?l FILTER(LANG(?l) = "en") }',
    ),
    "a part of a word in other letters": (
        'SELECT ?x { ?x a m4sd:Initiative ; skos:prefLabel ?l FILTER(CONTAINS(?l, "ROADMAP")) }',
        'CONTAINS tells capitals from small letters, and "ROADMAP" is not written so in ?l',
        'SELECT ?x { ?x a m4sd:Initiative ; skos:prefLabel ?l FILTER(CONTAINS(LCASE(STR(?l)), "roadmap")) }',
    ),
    "a part of an IRI": (
        'SELECT ?x { ?x a m4sd:Initiative ; m4sd:operatesIn ?c FILTER(CONTAINS(?c, "504")) }',
        "?c is a thing here, not a word; its IRI is read by STR()",
        'SELECT ?x { ?x a m4sd:Initiative ; m4sd:operatesIn ?c FILTER(CONTAINS(STR(?c), "504")) }',
    ),
    "a variable misspelt in a filter": (
        "SELECT ?x { ?x a m4sd:Initiative OPTIONAL { ?x m4sd:endDate ?end } FILTER(BOUND(?ends)) }",
        "nothing binds ?ends; near it is ?end",
        "SELECT ?x { ?x a m4sd:Initiative OPTIONAL { ?x m4sd:endDate ?end } FILTER(BOUND(?end)) }",
    ),
    "a page beyond the last": (
        "SELECT ?x { ?x a m4sd:ProgrammePhase } LIMIT 10 OFFSET 100",
        "OFFSET 100 leaves no row of what is found",
        "SELECT ?x { ?x a m4sd:ProgrammePhase } LIMIT 10 ",
    ),
    "values without their language": (
        'SELECT ?x { VALUES ?l { "Morocco" } ?x skos:prefLabel ?l }',
        'a word with a language is another one than without, or with another: "Morocco" is not there, "Morocco"@en is',
        'SELECT ?x { VALUES ?l { "Morocco"@en } ?x skos:prefLabel ?l }',
    ),
    "a mistake within UNION": (
        "SELECT ?x { { ?x a m4sd:programme } UNION { ?x m4sd:phasesOf ?y } }",
        "IRIs tell capitals from small letters, and one mark from another: m4sd:programme is not in the graph, "
        "m4sd:Programme is",
        "SELECT ?x { { ?x a m4sd:Programme } UNION { ?x m4sd:phasesOf ?y } }",
    ),
    "two mistakes in one query": (
        "SELECT ?x { ?x a m4sd:initiative ; m4sd:operatesIn area:Morocco }",
        "IRIs tell capitals from small letters, and one mark from another: m4sd:initiative is not in the graph, "
        "m4sd:Initiative is",
        "SELECT ?x { ?x a m4sd:Initiative ; m4sd:operatesIn area:504 }",
    ),
    "a thing misspelt in DESCRIBE": (
        "DESCRIBE id:org-CH-5",
        "id:org-CH-5 is not in the graph; near it is id:org-CH-4",
        "DESCRIBE id:org-CH-4",
    ),
    "what these things do not have": (
        "SELECT ?x ?d { ?x a m4sd:Practice . ?x m4sd:deadline ?d }",
        "nothing that is found before has m4sd:deadline; with OPTIONAL it is shown all the same",
        None,
    ),
}  # fmt: skip


def explained(store: Store, text: str) -> Explanation:
    found = why(store, Question(text))
    assert found is not None
    return found


@pytest.fixture(scope="module")
def client(folder: Path) -> FlaskClient:
    return create_app(Settings(store=folder)).test_client()


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_classic_mistake_is_named_and_mended(published: Store, mistake: str) -> None:
    text, words, better = MISTAKES[mistake]
    assert text is not None
    assert answer(published, Question(text)).empty
    found = explained(published, text)
    assert words is None or str(found.words) == words
    assert better is None or found.better == better
    assert not answer(published, Question(found.better)).empty
    assert found.rows > 0


def test_the_first_part_that_matches_nothing_is_named_with_its_place(published: Store) -> None:
    found = explained(published, "SELECT ?x {\n  ?x a m4sd:Initiative ;\n    m4sd:operateIn ?c ;\n    m4sd:nope ?y\n}")
    assert (found.part, found.line, found.column) == ("?x m4sd:operateIn ?c .", 3, 5)


def test_a_query_with_an_answer_needs_no_explanation(published: Store) -> None:
    assert why(published, Question("SELECT ?x { ?x a m4sd:Programme }")) is None
    assert all(why(published, Question(example.text)) is None for example in examples()[:5])


def test_what_cannot_be_mended_is_named_all_the_same(published: Store) -> None:
    found = explained(published, "SELECT ?x { ?x m4sd:operatesIn ?c . ?x <https://example.org/zzz> ?y }")
    assert str(found.words) == "<https://example.org/zzz> is not in the graph"
    assert (found.better, found.rows) == ("", 0)


def test_a_query_that_asks_the_stated_only_is_told_of_the_inferred(published: Store) -> None:
    question = Question("SELECT ?f { id:programme-m4sd m4sd:isFundedBy ?f }", (ASSERTED.value,))
    found = why(published, question)
    assert found is not None
    assert (found.inference, found.better, found.rows) == (True, question.text, 1)


def test_what_is_no_sparql_is_refused_as_ever(published: Store) -> None:
    with pytest.raises(QueryError):
        why(published, Question("SELECT ?x { ?x a"))


def test_an_empty_store_explains_nothing_wrongly() -> None:
    found = why(Store(), Question("SELECT ?x { ?x a m4sd:Initiative }"))
    assert found is not None
    assert found.better == ""


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?a m4sd:x/m4sd:y* ?b . { SELECT ?a { ?a m4sd:z [ m4sd:w ( 1 2 ) ] } } MINUS { ?a ?p ?o } }",
        "SELECT * { VALUES (?a ?b) { (UNDEF 1) } ?a ?b ?c FILTER NOT EXISTS { ?a a ?b } BIND(1 AS ?q) ?q ?r ?s }",
        "SELECT * { GRAPH ?g { ?s m4sd:none ?o } OPTIONAL { ?s ?p ?o } } HAVING (COUNT(*) > 3)",
        "ASK { <<?s ?p ?o>> ?q ?r }",
        "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p 'no such words anywhere' . ?s ?p ?o }",
    ],
)
def test_any_query_can_be_taken_apart(published: Store, text: str) -> None:
    try:
        found = why(published, Question(text))
    except QueryError:
        return
    assert found is None or str(found.words)


def test_nothing_is_tried_when_there_is_no_time(published: Store) -> None:
    question = Question("SELECT ?x { ?x a m4sd:initiative }")
    trial = Trial(published, question, until=1e-9)
    with pytest.raises(OutOfTime):
        trial.some(question.text)


# --- over HTTP


def test_the_page_of_an_empty_answer_says_why_and_offers_the_corrected_query(client: FlaskClient) -> None:
    text, words, _ = MISTAKES["a class in small letters"]
    found = client.get("/sparql", query_string={"query": text}, headers={"Accept": "text/html"})
    assert "Why is this empty?" in found.text
    assert str(words) in found.text
    assert "This query, corrected, gives 36 rows:" in found.text
    french = client.get("/sparql", query_string={"query": text, "lang": "fr"}, headers={"Accept": "text/html"})
    assert "Pourquoi est-ce vide" in french.text
    assert "distinguent les majuscules" in french.text


def test_a_corrected_query_with_more_rows_than_are_counted_says_so(client: FlaskClient) -> None:
    text = {"query": "SELECT ?s ?v { ?s rdf:typ ?kind ; ?p ?v }"}
    assert "This query, corrected, gives more than 1,000 rows:" in page(client, text)
    assert "Cette requête, corrigée, donne plus de 1" in page(client, {**text, "lang": "fr"})
    told = client.get("/sparql/why", query_string=text).get_json()["explanation"]
    assert (told["rows"], told["more"]) == (1000, True)


def page(client: FlaskClient, asked: dict[str, str]) -> str:
    return client.get("/sparql", query_string=asked, headers={"Accept": "text/html"}).text


def test_a_page_with_rows_explains_nothing(client: FlaskClient) -> None:
    found = client.get(
        "/sparql", query_string={"query": "SELECT ?x { ?x a m4sd:Programme }"}, headers={"Accept": "text/html"}
    )
    assert "Why is this empty?" not in found.text


def test_the_answer_itself_never_changes_and_points_at_its_explanation(client: FlaskClient) -> None:
    text = MISTAKES["a class in small letters"][0]
    found = client.get("/sparql", query_string={"query": text}, headers={"Accept": "text/csv"})
    assert found.text == "x\r\n"
    assert 'rel="help"' in found.headers["Link"]
    address = found.headers["Link"].partition("<")[2].partition(">")[0]
    told = json.loads(client.get(address).text)
    assert told["explanation"]["better"] == "SELECT ?x { ?x a m4sd:Initiative }"
    assert (told["explanation"]["rows"], told["explanation"]["more"]) == (36, False)


def test_the_explanation_of_what_has_rows_says_that_it_is_not_empty(client: FlaskClient) -> None:
    found = client.get("/sparql/why", query_string={"query": "SELECT ?x { ?x a m4sd:Programme }"}).get_json()
    assert found == {"empty": False}


@pytest.mark.parametrize("query", [{}, {"query": "SELECT {"}])
def test_what_cannot_be_read_has_no_explanation(client: FlaskClient, query: dict[str, str]) -> None:
    assert client.get("/sparql/why", query_string=query).status_code == 400
