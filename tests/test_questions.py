"""Ask questions without SPARQL: by forms, by their addresses, as sentences, tables and JSON."""

import re
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from pyoxigraph import Literal, NamedNode

from bench.browser import Browser
from graph.examples import THEMES, Example, examples, find
from graph.names import PREFIXES
from graph.pages.question import COLUMNS, question
from graph.query import Question, answer
from graph.questions import NoSuchValue, bound, choices, chosen, default
from graph.store import Store
from server.app import create_app
from server.settings import Settings

pytestmark = pytest.mark.slow

HTML = {"Accept": "text/html"}
WITH = [each for each in examples() if each.parameters]
each = pytest.mark.parametrize("example", WITH, ids=lambda example: example.name)


@pytest.fixture(scope="module")
def client(folder: Path) -> FlaskClient:
    return create_app(Settings(store=folder)).test_client()


def example(name: str) -> Example:
    found = find(name)
    assert found is not None, name
    return found


# --- the library


def test_ten_questions_and_more_have_parameters_of_every_kind() -> None:
    assert len(WITH) >= 10
    kinds = {parameter.kind for each in WITH for parameter in each.parameters}
    assert kinds >= {"m4sd:Country", "sdgo:Goal", "sdgo:Target", "m4sd:Actor", "m4sd:Intervention", "xsd:date"}


@each
def test_a_question_with_parameters_says_all_in_both_languages(example: Example) -> None:
    assert {key: set(words) for key, words in example.words.items()} == {
        key: {"en", "fr"} for key in ("asked", "answer", "none")
    }
    for lang in ("en", "fr"):
        assert example.words["asked"][lang].endswith("?")
        for parameter in example.parameters:
            assert f"{{{parameter.name}}}" in example.words["asked"][lang]
    assert all(set(parameter.label) == {"en", "fr"} for parameter in example.parameters)


@each
def test_a_query_binds_each_parameter_on_one_line(example: Example) -> None:
    for parameter in example.parameters:
        assert len(re.findall(rf"VALUES \?{parameter.name} \{{ [^}}]+ \}}$", example.text, re.MULTILINE)) == 1
        assert example.text.count(default(example, parameter)) >= 1


def test_every_question_stands_under_a_theme() -> None:
    assert {each.theme for each in examples()} <= set(THEMES)


# --- what can be chosen


@each
def test_every_choice_gives_an_answer(published: Store, example: Example) -> None:
    for parameter in example.parameters:
        others = [each for each in example.parameters if each is not parameter]
        for choice in choices(published, example, parameter)[:12]:
            text = bound(example, {parameter.name: choice.value})
            for other in others:  # each list is of all that there is, whatever is chosen in the others
                text = text.replace(other.place(text)[0], "")
            if "HAVING" in text:
                continue  # an edition in which no indicator serves several targets is an answer too
            assert not answer(published, Question(text)).empty, (parameter.name, choice.code)
            assert chosen(published, example, parameter, choice.code) == choice.value


@each
def test_the_default_of_a_question_is_among_its_choices(published: Store, example: Example) -> None:
    found = question(published, example.name, (), "en")
    for field in found.fields:
        assert field.by_date or field.may_be_any or field.code in [option.code for option in field.options]
    assert found.rows


def test_the_default_answer_is_that_of_the_library(published: Store) -> None:
    for each in WITH:
        found = question(published, each.name, (), "en")
        assert bound(each, {}) == each.text
        assert answer(published, Question(found.text)).body == answer(published, Question(each.text)).body


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("policies-integrating-migration", "MAR", "http://metadata.un.org/sdg/codes/geoArea/504"),
        ("policies-integrating-migration", "area:504", "http://metadata.un.org/sdg/codes/geoArea/504"),
        ("policies-integrating-migration", "maroc", "http://metadata.un.org/sdg/codes/geoArea/504"),
        ("policies-integrating-migration", "http://metadata.un.org/sdg/codes/geoArea/504", "http://metadata.un.org/sdg/codes/geoArea/504"),
        ("policies-integrating-migration", "CHE", "http://metadata.un.org/sdg/codes/geoArea/756"),
        ("initiatives-per-goal", "10", "http://metadata.un.org/sdg/10"),
        ("indicators-of-target-10-7", "3.d", "http://metadata.un.org/sdg/3.d"),
        ("programme-funders", "phase-m4sd-3", "https://w3id.org/m4sd/id/phase-m4sd-3"),
    ],
)  # fmt: skip
def test_a_value_is_known_by_its_code_its_name_or_its_iri(published: Store, name: str, given: str, value: str) -> None:
    asked = example(name)
    assert chosen(published, asked, asked.parameters[0], given) == NamedNode(value)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("policies-integrating-migration", "Atlantis"),
        ("policies-integrating-migration", "phase-m4sd-3"),  # there, and no country
        ("policies-integrating-migration", "area:504 . ?x ?y ?z"),
        ("programme-funders", 'x> } UNION { ?s ?p "y"'),
        ("programme-funders", "<javascript:alert(1)>"),
        ("least-developed-on-a-date", "2022-13-45"),
        ("least-developed-on-a-date", '2022-06-13" } UNION { ?s ?p ?o } #'),
        ("sentences-of-a-fact", 'A57" } ?s ?p ?o . { #'),
        ("indicators-with-several-targets", "1999"),
    ],
)
def test_what_is_no_value_is_refused_with_some_that_are(published: Store, name: str, given: str) -> None:
    asked = example(name)
    with pytest.raises(NoSuchValue, match="try: "):
        chosen(published, asked, asked.parameters[0], given)


def test_a_value_is_bound_as_a_term_and_never_as_text(published: Store) -> None:
    asked = example("sentences-of-a-fact")
    odd = Literal('A57" } UNION { ?s ?p ?o } # \n\\')
    text = bound(asked, {"code": odd})
    assert answer(published, Question(text)).empty
    dated = bound(
        example("indicators-with-several-targets"),
        {"edition": Literal("2020", datatype=NamedNode(PREFIXES["xsd"] + "gYear"))},
    )
    assert 'VALUES ?edition { "2020"^^xsd:gYear }' in dated


# --- answers


@pytest.mark.parametrize(
    ("name", "given", "lang", "sentence"),
    [
        (
            *("programme-funders", "", "en"),
            "IOM-UNDP Global Programme on Making Migration Work for Sustainable Development: funded directly by "
            "Swiss Agency for Development and Cooperation.",
        ),
        (
            *("least-developed-on-a-date", "2026-11-25", "en"),
            "On 2026-11-25, 1 of the board’s countries was a least developed country: Senegal.",
        ),
        (
            *("least-developed-on-a-date", "1999-12-31", "fr"),
            "Le 1999-12-31, 2 des pays du conseil étaient des pays moins avancés : Bangladesh et Népal.",
        ),
        (
            *("policies-integrating-migration", "CHE", "en"),
            "No source at hand names a policy that integrates migration (Switzerland).",
        ),
        (
            *("policies-integrating-migration", "MAR", "fr"),
            "1 politique intègre la migration (Maroc) : Plan d’action communal de la ville d’Oujda.",
        ),
        ("facts-of-a-sentence", "F8", "en", None),
        ("initiatives-per-goal", "10", "en", "Initiatives contribute to 1 goal: Reducing inequality."),
    ],
)
def test_an_answer_is_a_sentence(published: Store, name: str, given: str, lang: str, sentence: str | None) -> None:
    found = question(published, name, ((example(name).parameters[0].name, given),), lang)
    assert sentence is None or found.sentence == sentence
    assert "{" not in found.sentence + found.asked


def test_an_edition_of_which_only_a_part_is_here_is_not_judged_as_a_whole(published: Store) -> None:
    name, given = "indicators-with-several-targets", (("edition", "2025"),)
    assert question(published, name, given, "en").sentence == (
        "Of the indicators in the framework of 2025 that the graph holds, none serves several targets."
    )
    note = example(name).note
    assert "Of 2025, the graph holds only what is new in it." in note["en"]
    assert "De 2025, le graphe ne contient que ce qui y est nouveau." in note["fr"]


def test_one_name_that_is_left_out_is_one_in_french_too(published: Store) -> None:
    assert question(published, "facts-of-a-sentence", (), "fr").sentence.endswith(" et 1 autre.")


def test_choices_stand_in_the_order_of_their_numbers(published: Store) -> None:
    (field,) = question(published, "facts-of-a-sentence", (), "en").fields
    assert [option.code for option in field.options[:3]] == ["E1", "E2", "E3"]
    assert [option.code for option in field.options].index("E10") > 8


@each
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_no_sentence_has_an_empty_place(published: Store, example: Example, lang: str) -> None:
    found = question(published, example.name, (), lang)
    for words in (found.sentence, found.asked):
        assert words
        assert not re.search(r"[{}|#]| ,|  | \.", words), words


# --- over HTTP


def test_the_list_of_questions_is_a_page_by_theme_and_json(client: FlaskClient) -> None:
    text = client.get("/questions", headers=HTML).text
    assert len(set(re.findall(r'href="/questions/([\w-]+)"', text))) == len(examples())
    assert "Money: who funds what" in text
    listed = client.get("/questions?format=json").get_json()
    assert {each["name"] for each in listed} == {each.name for each in examples()}
    funders = next(each for each in listed if each["name"] == "programme-funders")
    assert funders["parameters"]["programme"]["class"] == "m4sd:Intervention"


def test_a_question_has_an_address_with_its_form_its_sentence_and_its_query(client: FlaskClient) -> None:
    text = unescape(client.get("/questions/policies-integrating-migration?country=MAR&lang=fr", headers=HTML).text)
    assert "<h1>Quelles politiques intègrent la migration, et dans quel pays : Maroc ?</h1>" in text
    assert '<option value="MAR" selected>Maroc (MAR)</option>' in text
    assert "1 politique intègre la migration (Maroc)" in text
    assert "VALUES ?country { <http://metadata.un.org/sdg/codes/geoArea/504> }" in text
    assert re.search(r'<a href="/sparql\?[^"]*geoArea/504[^"]*">L’ouvrir dans l’éditeur', text)


@pytest.mark.parametrize("name", [each.name for each in examples()])
def test_every_question_of_the_library_has_its_page(client: FlaskClient, name: str) -> None:
    found = client.get(f"/questions/{name}", headers=HTML)
    assert found.status_code == 200
    assert "<tbody>" in found.text


def test_the_same_answer_is_json(client: FlaskClient) -> None:
    found = client.get("/questions/least-developed-on-a-date?date=2026-11-25&format=json").get_json()
    assert found["parameters"] == {"date": "2026-11-25"}
    assert found["answer"].endswith("Senegal.")
    assert found["rows"][0]["country"] == {
        "iri": "http://metadata.un.org/sdg/codes/geoArea/686",
        "name": "area:686",
        "label": "Senegal",
    }
    assert client.get(found["downloads"]["CSV"]).text.count("\r\n") == 2


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("least-developed-on-a-date?date=2022-06-13", "On 13 June 2022, 3 of the board’s"),
        ("least-developed-on-a-date?date=2022-06-13&lang=fr", "Le 13 juin 2022, 3 des pays"),
        ("phase-dates-by-source?lang=fr", ": 31 janvier 2018, janvier 2018, 2018,"),
    ],
)
def test_a_sentence_has_its_dates_as_people_write_them(client: FlaskClient, address: str, words: str) -> None:
    assert words in unescape(client.get(f"/questions/{address}", headers=HTML).text)


@pytest.mark.parametrize("form", ["csv", "tsv", "xml", "xlsx", "parquet"])
def test_the_same_answer_is_a_file(client: FlaskClient, form: str) -> None:
    found = client.get(f"/questions/programme-funders?programme=phase-m4sd-3&format={form}")
    assert found.status_code == 200
    assert found.data


def test_a_browser_gets_the_page_and_a_program_what_it_asks_for(client: FlaskClient) -> None:
    kinds = {
        accept: client.get("/questions/programme-funders", headers={"Accept": accept}).mimetype
        for accept in ("text/html", "application/json", "text/csv", "*/*")
    }
    assert kinds == {
        "text/html": "text/html", "application/json": "application/json", "text/csv": "text/csv", "*/*": "text/html",
    }  # fmt: skip
    assert client.get("/questions/programme-funders", headers={"Accept": "image/png"}).status_code == 406


@pytest.mark.parametrize(
    "address",
    [
        "/questions/nothing",
        "/questions/programme-funders?programme=nothing",
        "/questions/least-developed-on-a-date?date=x",
    ],
)
def test_what_is_not_there_is_said(client: FlaskClient, address: str) -> None:
    assert client.get(address, headers=HTML).status_code == 404


@pytest.mark.parametrize("odd", ["<script>alert(1)</script>", "'\"><img src=x onerror=alert(1)>", "{{7*7}}"])
def test_what_is_written_into_an_address_is_text_on_the_page(client: FlaskClient, odd: str) -> None:
    for address in (
        "/questions/programme-funders?programme=",
        "/build?class=",
        "/build?class=m4sd:Initiative&property1=m4sd:operatesIn&part1=",
    ):
        text = client.get(address + quote(odd), headers=HTML).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "49" not in re.findall(r'value="([^"]*)"', text)


# --- the builder


def built(client: FlaskClient, address: str) -> str:
    text = unescape(client.get(address, headers=HTML).text)
    found = re.search(r"<pre[^>]*><code>(.*?)</code></pre>", text, re.DOTALL)
    return found[1] if found else ""


def test_the_builder_begins_with_the_classes_of_the_graph(client: FlaskClient) -> None:
    text = client.get("/build", headers=HTML).text
    assert '<option value="m4sd:Initiative">initiative (36)</option>' in text
    assert "owl:Class" not in text
    assert built(client, "/build") == ""


def test_the_builder_names_what_others_defined_as_the_dataset_does(client: FlaskClient) -> None:
    for lang, words in (
        ("en", ["goal", "concept", "name"]),
        ("fr", ["objectif de développement durable", "concept", "nom"]),
    ):
        text = client.get("/build", query_string={"class": "sdgo:Goal", "lang": lang}, headers=HTML).text
        named = dict(re.findall(r'<option value="([^"]+)"(?: selected)?>(.*?) \(', text))
        assert not [code for code, label in named.items() if code == label]
        assert [named[code] for code in ("sdgo:Goal", "skos:Concept", "skos:prefLabel")] == words


def test_the_builder_writes_a_query_that_runs(client: FlaskClient, published: Store) -> None:
    place, label = "property1=m4sd:operatesIn&value1=area:504", "property3=skos:prefLabel&part3=MIGR"
    address = f"/build?class=m4sd:Initiative&{place}&property2=m4sd:sector&{label}"
    text = built(client, address)
    assert "?initiative m4sd:operatesIn area:504 ." in text
    assert "?initiative m4sd:sector ?sector ." in text
    assert 'FILTER(CONTAINS(LCASE(STR(?prefLabel)), "migr"))' in text
    page = unescape(client.get(address, headers=HTML).text)
    count = int(re.findall(r"It gives (\d+) row", page)[0])
    rows = answer(published, Question(text), "csv").body.count(b"\r\n") - 1
    assert count == rows
    assert "/sparql?edit=" in page


@pytest.mark.parametrize(
    "address",
    [
        "/build?class=m4sd:Initiative . ?x ?y ?z&property1=m4sd:operatesIn",
        "/build?class=m4sd:Initiative&property1=m4sd:operatesIn ?a . ?b ?c",
        "/build?class=m4sd:Initiative&property1=m4sd:operatesIn&value1=area:504 } UNION {",
        '/build?class=m4sd:Initiative&property1=m4sd:operatesIn&part1=" } UNION { ?x ?y ?z #',
    ],
)
def test_what_the_form_does_not_offer_gets_into_no_query(client: FlaskClient, published: Store, address: str) -> None:
    text = built(client, address.replace(" ", "%20").replace("#", "%23"))
    assert "UNION" not in re.sub(r'"(?:[^"\\]|\\.)*"', "", text)
    assert "?z" not in re.sub(r'"(?:[^"\\]|\\.)*"', "", text)
    if text:
        answer(published, Question(text))


def test_every_class_and_property_that_is_offered_makes_a_query_that_runs(
    client: FlaskClient, published: Store
) -> None:
    classes = re.findall(r'<option value="([^"]+)">', client.get("/build", headers=HTML).text)
    assert len(classes) > 30
    for name in classes[::4]:
        text = unescape(client.get("/build", query_string={"class": name}, headers=HTML).text)
        properties = re.findall(r'<option value="([^"]+)">', text.partition("property1")[2])
        assert properties, name
        query = built(client, f"/build?class={quote(name)}&property1={quote(properties[0])}")
        assert not answer(published, Question(query)).empty, (name, properties[0])


# --- in a browser


def test_a_question_is_filled_in_by_keyboard_and_without_scripts(browser: Browser, site: str) -> None:
    page = browser.page()
    page.without_scripts()
    page.goto(f"{site}/questions/policies-integrating-migration")
    page.js("document.querySelector('#country').focus()")
    page.write("Mor")
    page.key("Tab")
    assert page.js("document.activeElement.tagName") == "BUTTON"
    with page.loading():
        page.key("Enter")
    assert page.js("location.search") == "?country=MAR"
    assert "Morocco" in page.js("document.querySelector('.answer').textContent")


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_questions_and_builder_fit_a_phone_and_break_no_policy(browser: Browser, site: str, lang: str) -> None:
    page = browser.page(width=360, height=800, lang=lang, dark=lang == "fr")
    for address in (
        "/questions",
        "/questions/achieved-in-oriental",
        "/questions/funders-of-initiatives",
        "/build?class=m4sd:Initiative&property1=m4sd:operatesIn",
    ):
        page.goto(site + address)
        assert page.js("document.documentElement.scrollWidth") <= 360, address
    assert page.complaints == []
    assert [url for url in page.requests if not url.startswith(site)] == []


def test_every_column_of_an_answer_has_a_head_in_both_languages(published: Store) -> None:
    lines = COLUMNS.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if len(line.split("\t")) != 3 or not all(line.split("\t"))] == []
    worded = {line.partition("\t")[0] for line in lines[1:]}
    heads = {each.name: question(published, each.name, (), "fr") for each in examples()}
    assert {name: set(found.head) - worded for name, found in heads.items() if set(found.head) - worded} == {}
    assert heads["board-meeting-countries"].titles[:3] == ("pays", "code ISO", "fait")
