"""Describe records by forms made from the shapes: each field of each class, errors at their fields, nothing lost."""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any

import pytest
from pyoxigraph import NamedNode, RdfFormat, Triple, parse
from werkzeug.test import TestResponse

from bench.browser import Browser
from bench.counter import Counter
from bench.desks import DATASET, organisation
from graph.desk import content, queue
from graph.errors import SourceError
from graph.form.asked import column, groups
from graph.form.fill import filled, kind_of
from graph.form.read import read_form
from graph.form.typed import Spot, Typed, parsed
from graph.load.curated import curated
from graph.names import BASE, name, short
from graph.record import Record
from graph.template.fields import typed
from graph.template.outline import entered, find_class
from graph.template.things import RECORDS
from server.desk import anyone
from server.identity.tokens import Tokens

pytestmark = pytest.mark.slow

HTML = {"Accept": "text/html"}
SOURCE = "https://example.org/source"
CLASSES = [kind.value.rpartition("#")[2] for kind in entered()]
EVIL = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}"


class Page(HTMLParser):
    """Read a page with a form as a browser does: what it would send, and what is told at each control."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.controls: dict[str, Mapping[str, str | None]] = {}
        self.options: dict[str, list[str]] = {}
        self.labels: set[str] = set()
        self.words: dict[str, str] = {}
        self.tags: list[str] = []
        self._select = self._area = self._id = ""
        self._chosen: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        control = given.get("name") or ""
        self.tags.append(tag)
        self.labels |= {given["for"] or ""} if tag == "label" and "for" in given else set()
        self._id = given.get("id") or "" if tag in ("p", "section") else self._id
        if tag in ("input", "select", "textarea") and control:
            self.controls[control] = given
        if tag == "input" and control and (given.get("type") not in ("radio", "checkbox") or "checked" in given):
            self.values[control] = given.get("value") or ""
        elif tag == "select":
            self._select, self._chosen = control, None
        elif tag == "option" and self._select:
            value = given.get("value") or ""
            self.options.setdefault(self._select, []).append(value)
            if "selected" in given or self._select not in self.values:
                self.values[self._select] = value
        elif tag == "textarea":
            self._area, self.values[control] = control, ""

    def handle_endtag(self, tag: str) -> None:
        self._select = "" if tag == "select" else self._select
        if tag == "textarea":
            self.values[self._area] = self.values[self._area].removeprefix("\n")
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area] += data
        elif self._id:
            self.words[self._id] = self.words.get(self._id, "") + data

    def told(self, control: str) -> str:
        """Return what is told at a control: all to which it says that it is described by."""
        ids = (self.controls[control].get("aria-describedby") or "").split()
        return " ".join(self.words.get(each, "") for each in ids if "-trouble-" in each)


def opened(desk: Counter, path: str, who: str = "Ana", **query: str) -> Page:
    answer = desk.ask(who, "GET", path, headers=HTML, query_string=query or None)
    assert answer.status_code == 200, answer.text
    return Page(answer.text)


def sent(
    desk: Counter, kind: str, values: Mapping[str, str], do: str = "send", who: str = "Ana", **more: str
) -> TestResponse:
    data = {"source": SOURCE, "dataset": DATASET, **values, "do": do}
    return desk.ask(who, "POST", f"/submit/new/{kind}", data=data, headers=HTML, query_string=more)


def named(slug: str, **more: str) -> dict[str, str]:
    return {"@id.0": f"id:{slug}", "prefLabel-en.0": slug, "prefLabel-fr.0": slug, **more}


def waiting(desk: Counter, answer: TestResponse) -> dict[str, Any]:  # plain JSON
    assert answer.status_code == 303, answer.text
    found: dict[str, Any] | None = desk.ask("Ana", "GET", answer.headers["Location"]).json
    assert found is not None
    return found


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_what_may_be_described_is_told_in_words_with_the_count_of_fields(desk: Counter, lang: str) -> None:
    page = desk.ask("", "GET", "/submit/new", headers=HTML, query_string={"lang": lang}).text
    for kind in CLASSES:
        assert f'href="/submit/new/{kind}?lang={lang}"' in page
    assert ("champs" if lang == "fr" else "fields") in page


@pytest.mark.parametrize("kind", CLASSES)
def test_the_form_of_a_class_has_a_labelled_control_for_each_field_of_its_template(desk: Counter, kind: str) -> None:
    page = opened(desk, f"/submit/new/{kind}")
    own = find_class(kind)
    assert own is not None
    for each in typed(own):
        keys = [f"{each.key}-{tag}" for tag in each.texts] or [each.key]
        for key in keys:
            found = column(own, key)
            assert found is not None
            assert f"{key}.0" in page.controls, key
    fields = [
        each
        for each in page.controls
        if Spot.of(each) and page.controls[each].get("type") not in ("hidden", "checkbox")
    ]
    assert [each for each in fields if each not in page.labels] == []


@pytest.mark.parametrize("kind", CLASSES)
def test_a_form_takes_up_every_statement_of_a_record_and_gives_each_back(kind: str) -> None:
    own = find_class(kind)
    assert own is not None
    told = [each for each in RECORD if each[0] == own]
    for _, record in told:
        made = filled(own, record.iri, record.triples, lambda thing: "", record.graph.value)
        form = read_form(made.written(), "record.form", lambda thing: False)
        assert (plain(form.record.triples), form.findings) == (plain(record.triples), ())


def plain(triples: tuple[Triple, ...]) -> set[str]:
    return {str(triple) for triple in triples if "_:" not in str(triple)}


def _records() -> Iterator[tuple[NamedNode, Record]]:
    for record in curated(RECORDS):
        kinds = [t.object for t in record.triples if t.subject == record.iri and t.predicate == name("rdf:type")]
        kind = kind_of(each for each in kinds if isinstance(each, NamedNode))
        if kind is not None:
            yield kind, record


RECORD = list(_records())


@pytest.mark.parametrize(
    ("lang", "words"),
    [("en", "Write the date as year, month and day"), ("fr", "Écrivez la date en année, mois et jour")],
)
def test_a_wrong_value_is_told_at_its_field_in_the_readers_language(desk: Counter, lang: str, words: str) -> None:
    before = sum(queue.counts(desk.desk).values())
    answer = sent(desk, "Initiative", named("initiative-wrong", **{"startDate.0": "in June"}), lang=lang)
    page = Page(answer.text)
    assert answer.status_code == 422
    assert words in page.told("startDate.0")
    assert page.controls["startDate.0"]["aria-invalid"] == "true"
    assert page.values["startDate.0"] == "in June"
    assert 'href="#startDate.0"' in answer.text
    assert "autofocus" in answer.text.partition('class="summary')[2].partition(">")[0]
    assert sum(queue.counts(desk.desk).values()) == before


def test_whatever_is_missing_is_told_at_the_empty_field(desk: Counter) -> None:
    values = {"prefLabel-en.0": "Only in English", "@type.0": "m4sd:Organisation"}
    answer = sent(desk, "Organisation", values | {"source": ""})
    page = Page(answer.text)
    assert answer.status_code == 422
    assert "a text in French" in page.told("prefLabel-fr.0")
    assert "source" in page.told("source")
    assert page.values["@id.0"] == "id:organisation-only-in-english"


@pytest.mark.parametrize("source", ["UNDP report 2024, p. 3", "javascript:alert(1)", "www.example.org/report"])
def test_a_source_that_is_no_web_address_is_told_at_its_field_beside_all_else(desk: Counter, source: str) -> None:
    before = sum(queue.counts(desk.desk).values())
    values = {"prefLabel-en.0": "Badly sourced", "@type.0": "m4sd:Organisation", "source": source}
    answer = sent(desk, "Organisation", values)
    page = Page(answer.text)
    assert (answer.status_code, page.controls["source"]["aria-invalid"]) == (422, "true")
    assert ("whole address" in page.told("source"), "Say which source" in answer.text) == (True, False)
    assert "a text in French" in page.told("prefLabel-fr.0")
    assert sent(desk, "Organisation", named("badly-sourced", source=source)).status_code == 422
    assert sum(queue.counts(desk.desk).values()) == before


@pytest.mark.parametrize(
    ("dataset", "words"),
    [("", "Name the dataset"), ("no such dataset", "small letters"), ("reference", "comes with the model")],
)
def test_whoever_may_write_everywhere_is_told_at_the_dataset_what_is_wrong(
    desk: Counter, dataset: str, words: str
) -> None:
    made = Tokens(desk.folder).create("Star", "submitter", ["*"], datetime.now(UTC), label=dataset or "none")
    star = replace(desk, secrets={"Star": made[1]})
    values = {"prefLabel-en.0": "Only in English", "@type.0": "m4sd:Organisation", "dataset": dataset}
    answer = sent(star, "Organisation", values, who="Star")
    page, label = Page(answer.text), answer.text.partition('<label for="dataset">')[2].partition("</label>")[0]
    assert (answer.status_code, 'href="#dataset"' in answer.text, "required" in label) == (422, True, True)
    assert (words in page.told("dataset"), "*" in page.told("dataset")) == (True, False)
    assert "a text in French" in page.told("prefLabel-fr.0")
    assert sent(star, "Organisation", named("star", dataset=dataset), who="Star").status_code == 422


def test_a_word_that_names_nothing_comes_back_with_candidates_to_choose_from(desk: Counter) -> None:
    page = Page(sent(desk, "Organisation", named("org-found", **{"statedIn.0": "zzz"})).text)
    assert page.told("statedIn.0")
    answer = sent(desk, "Organisation", named("org-found"), do="find:statedIn.0")
    assert answer.status_code == 200
    chosen = {**named("org-found"), "pick:basedIn.0": "Somewhere (id:somewhere)"}
    assert Page(sent(desk, "Organisation", chosen, do="check").text).values["basedIn.0"] == "Somewhere (id:somewhere)"


def test_what_is_right_waits_on_the_desk_as_the_same_record_in_turtle_would(desk: Counter) -> None:
    more = {"@type.0": "m4sd:Organisation", "altLabel-en.0": "First", "altLabel-en.1": "Second", "acronym.0": "FS"}
    found = waiting(desk, sent(desk, "Organisation", named("by-form", **more), do="send"))
    turtle = (
        f"PREFIX id: <{BASE}id/> PREFIX m4sd: <{BASE}ontology#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n"
        'id:by-form a m4sd:Organisation ; skos:prefLabel "by-form"@en, "by-form"@fr ;\n'
        ' skos:altLabel "First"@en, "Second"@en ; m4sd:acronym "FS" .\n'
    )
    (same,) = desk.submit("Cy", turtle, dataset=DATASET, source=SOURCE).json["submissions"]  # type: ignore[index]
    by_file = desk.desk.get(same["id"])
    by_form = desk.desk.get(str(found["id"]))
    assert (by_form.body, by_form.graph, by_form.kind) == (by_file.body, by_file.graph, by_file.kind)
    assert by_form.file == "record.ttl"


def test_the_turtle_of_a_form_is_shown_before_it_is_sent(desk: Counter) -> None:
    answer = sent(desk, "Organisation", named("shown"), do="turtle")
    shown = html.unescape(re.findall(r"<pre[^>]*><code>(.*?)</code>", answer.text, re.S)[0])
    triples = [quad.triple for quad in parse(shown.encode(), format=RdfFormat.TURTLE)]
    assert len(triples) == 3
    assert answer.status_code == 200


def test_rows_parts_and_languages_are_added_and_taken_out_and_nothing_typed_is_lost(desk: Counter) -> None:
    typed_in = named("rows", **{"acronym.0": "A", "source": "https://example.org/rows", "why": "because"})
    page = Page(sent(desk, "Initiative", typed_in, do="add:acronym").text)
    assert page.values["acronym.1"] == ""
    assert "autofocus" in page.controls["acronym.1"]
    page = Page(sent(desk, "Initiative", {**page.values, "more-prefLabel": "ar"}, do="add:prefLabel").text)
    assert page.controls["prefLabel-ar.0"]["lang"] == "ar"
    page = Page(sent(desk, "Initiative", page.values, do="part:Participation").text)
    page = Page(
        sent(
            desk, "Initiative", {**page.values, "Participation.0.role.0": "role:funding"}, do="part:Participation"
        ).text
    )
    assert {"Participation.0.participant.0", "Participation.1.participant.0"} <= page.controls.keys()
    page = Page(sent(desk, "Initiative", page.values, do="drop:Participation.1").text)
    assert "Participation.1.participant.0" not in page.controls
    assert page.values["Participation.0.role.0"] == "role:funding"
    assert typed_in.items() <= page.values.items()


def test_a_part_is_told_inside_the_record_and_what_is_wrong_with_it_at_its_own_field(desk: Counter) -> None:
    values = named("parted", **{"Participation.0.role.0": "role:funding", "Participation.0.@id.0": ""})
    page = Page(sent(desk, "Initiative", values, do="check").text)
    assert page.told("Participation.0.participant.0")
    form = read_form(Typed("Initiative", values).written(), "record.form", lambda thing: False)
    node = NamedNode(f"{BASE}id/parted--participation-1")
    assert Triple(NamedNode(f"{BASE}id/parted"), name("m4sd:qualifiedParticipation"), node) in form.record.triples
    assert Triple(node, name("m4sd:role"), name("role:funding")) in form.record.triples


def test_an_edit_keeps_what_the_form_has_no_field_for(desk: Counter) -> None:
    note = '; skos:editorialNote "kept"@en ; skos:prefLabel "المكتب"@ar'
    desk.publish(organisation("kept-whole", more=note))
    answer = desk.ask("Ana", "GET", "/submit/new", headers=HTML, query_string={"replaces": f"{BASE}id/kept-whole"})
    assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (303, "/submit/new/Organisation")
    page = opened(desk, "/submit/new/Organisation", replaces=f"{BASE}id/kept-whole")
    assert page.values["prefLabel-ar.0"] == "المكتب"
    assert "editorialNote" in page.values["rest"]
    found = waiting(desk, sent(desk, "Organisation", {**page.values, "prefLabel-en.0": "Renamed"}))
    assert found["kind"] == "replacement"
    rows = [row for section in found["changes"] for row in section["rows"] if row["added"] or row["removed"]]
    assert [value["text"] for row in rows for value in row["added"]] == ["Renamed"]
    assert [value["text"] for row in rows for value in row["removed"]] == ["kept-whole".replace("-", " ")]


def test_somebody_elses_change_since_the_form_was_opened_is_told_first(desk: Counter) -> None:
    desk.publish(organisation("raced"))
    page = opened(desk, "/submit/new/Organisation", replaces=f"{BASE}id/raced")
    desk.publish(organisation("raced", "Quicker"))
    answer = sent(desk, "Organisation", page.values)
    again = Page(answer.text)
    assert answer.status_code == 409
    assert "changed since you opened this form" in answer.text
    assert sent(desk, "Organisation", again.values).status_code == 303


def test_a_new_thing_takes_no_address_that_is_taken(desk: Counter) -> None:
    desk.publish(organisation("taken"))
    answer = sent(desk, "Organisation", named("taken"))
    assert answer.status_code == 422
    assert "published already" in Page(answer.text).told("@id.0")


def test_a_returned_submission_is_mended_in_the_same_form(desk: Counter) -> None:
    found = waiting(desk, sent(desk, "Organisation", named("returned", why="new")))
    path = f"/submissions/{found['id']}"
    back = {"decision": "return", "comment": "name it better", "revision": "1"}
    assert desk.ask("Bo", "POST", f"{path}/decision", json=back).status_code == 200
    assert f'href="{path}/form"' in desk.ask("Ana", "GET", path, headers=HTML).text
    page = opened(desk, f"{path}/form")
    assert (page.values["prefLabel-en.0"], page.values["why"]) == ("returned", "new")
    data = {**page.values, "prefLabel-en.0": "Better", "do": "send", "comment": "done"}
    assert desk.ask("Ana", "POST", f"{path}/form", data=data, headers=HTML).status_code == 303
    edited = desk.desk.get(str(found["id"]))
    assert (edited.state, edited.title["en"]) == ("waiting", "Better")
    wrong = desk.ask("Ana", "POST", f"{path}/form", data={**data, "prefLabel-en.0": ""}, headers=HTML)
    assert wrong.status_code == 422
    late = desk.ask("Ana", "POST", f"{path}/form", data=data, headers=HTML)  # it names the revision before that one
    assert (late.status_code, Page(late.text).values["comment"]) == (409, "done")
    assert [desk.ask(who, "GET", f"{path}/form", headers=HTML).status_code for who in ("Cy", "Bo")] == [403, 403]
    assert desk.ask("Cy", "GET", f"{path}/edit", headers=HTML).status_code == 403


def test_anybody_proposes_by_the_same_form_and_a_reviewer_takes_it_over(
    desk: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened(desk, "/submit/new/Organisation", who="")
    values = {
        **page.values,
        **named("proposed-here"),
        "contact": "me@example.org",
        "source": SOURCE,
    }
    monkeypatch.setattr(anyone, "SOONEST", 3600)
    hasty = sent(desk, "Organisation", values, who="")
    assert hasty.status_code == 400
    values = Page(hasty.text).values
    monkeypatch.setattr(anyone, "SOONEST", -1)
    answer = sent(desk, "Organisation", values, who="")
    assert answer.status_code == 303, answer.text
    assert answer.headers["Location"].startswith("/followed/")
    note = next(
        each for each in queue.queue(desk.desk, queue.Filter(kind="proposal"), 0, 9) if "proposed-here" in each.thing
    )
    shown = desk.ask("Bo", "GET", f"/submissions/{note.id}", headers=HTML).text
    assert f"/submit/new?proposal={note.id}" in shown
    over = desk.ask("Bo", "GET", "/submit/new", headers=HTML, query_string={"proposal": note.id})
    page = opened(desk, over.headers["Location"], who="Bo")
    assert (page.values["prefLabel-fr.0"], page.values["source"]) == ("proposed-here", SOURCE)
    found = sent(desk, "Organisation", page.values, who="Bo")
    assert found.status_code == 303


def test_a_form_of_a_session_needs_its_own_token(desk: Counter) -> None:
    client = desk.signed_in("Ana")
    page = Page(client.get("/submit/new/Organisation", headers=HTML).text)
    data = {**page.values, **named("guarded"), "source": SOURCE, "do": "send"}
    assert client.post("/submit/new/Organisation", data={**data, "csrf_token": ""}, headers=HTML).status_code == 400
    assert client.post("/submit/new/Organisation", data=data, headers=HTML).status_code == 303


@pytest.mark.parametrize("kind", CLASSES)
def test_what_is_typed_into_any_control_comes_back_as_text(desk: Counter, kind: str) -> None:
    page = opened(desk, f"/submit/new/{kind}")
    values = {each: EVIL for each in page.controls if each not in ("csrf_token", "shown", "graph", "website")}
    answer = sent(desk, kind, {**values, "dataset": EVIL, "source": EVIL}, do="add:prefLabel")
    assert answer.status_code == 200
    again = Page(answer.text)
    assert again.tags.count("script") == 1
    assert "onerror" not in "".join(str(each) for each in again.controls.values() if "onerror" in each)
    assert {each for each, text in again.values.items() if text == EVIL} >= {"source", "@id.0"}


@pytest.mark.parametrize("kind", ["Initiative", "Organisation"])
def test_an_attack_in_every_control_is_told_as_an_error_and_runs_nowhere(desk: Counter, kind: str) -> None:
    page = opened(desk, f"/submit/new/{kind}")
    values = {each: EVIL for each in page.controls if Spot.of(each) is not None}
    answer = sent(desk, kind, values)
    assert answer.status_code in (400, 422)
    assert Page(answer.text).tags.count("script") == 1
    assert "<script>alert" not in answer.text


def test_suggestions_for_a_link_are_of_the_right_class_and_as_they_are_typed(desk: Counter) -> None:
    desk.publish(organisation("suggested", "Suggested Office"))
    seen = desk.ask(
        "",
        "GET",
        "/suggest",
        query_string={"form": "Initiative", "field": "Participation.0.participant.0", "q": "sugg"},
    )
    assert seen.json is not None
    assert seen.json[1] == ["Suggested Office (id:suggested)"]
    values = named("again", **{"Participation.0.participant.0": "Suggested Office (id:elsewhere)"})
    found = sent(desk, "Initiative", values, do="find:Participation.0.participant.0").text
    assert 'value="Suggested Office (id:suggested)"' in found
    other = desk.ask("", "GET", "/suggest", query_string={"form": "Initiative", "field": "operatesIn.0", "q": "sugg"})
    assert other.json is not None
    assert other.json[1] == []


def test_what_has_no_form_leads_elsewhere_and_an_unknown_class_nowhere(desk: Counter) -> None:
    assert desk.ask("", "GET", "/submit/new/Nothing", headers=HTML).status_code == 404
    answer = desk.ask("", "GET", "/submit/new", headers=HTML, query_string={"replaces": f"{BASE}id/nothing"})
    assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (303, "/report-error")


@pytest.mark.parametrize(
    "data", [b"[]", b"{", b'{"values": 3}', b'{"class": "Nothing"}', b'{"class": "Actor", "rest": "<"}']
)
def test_a_file_that_is_no_form_is_told_so(data: bytes) -> None:
    with pytest.raises(SourceError):
        read_form(data, "record.form", lambda thing: False)


def test_a_form_is_written_and_read_again() -> None:
    form = Typed("Actor", {"prefLabel-en.0": "x"}, "rest", f"{BASE}graph/a/b")
    assert parsed(form.written(), "x") == form


def test_every_group_of_a_form_has_a_heading_in_both_languages() -> None:
    found = [group for kind in entered() for group in groups(kind)]
    assert all({"en", "fr"} <= group.heading.keys() for group in found), [short(str(each)) for each in found[:1]]


def test_a_published_record_is_what_the_desk_would_keep(desk: Counter) -> None:
    thing = NamedNode(f"{BASE}id/spelt")
    form = read_form(Typed("Organisation", named("spelt")).written(), "record.form", lambda each: each != thing)
    assert content.spelt(form.record.triples).count("\n") == 3


def complained(page: Any) -> list[str]:  # a page of bench.browser
    axe = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
    page.js(axe)
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    options = {"runOnly": {"type": "tag", "values": rules}, "resultTypes": ["violations"]}
    found: dict[str, Any] = page.js(f"axe.run({options!r})")
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found["violations"]]


def press(page: Any, do: str) -> None:
    with page.loading():
        page.js(f"document.querySelector('[name=do][value=\"{do}\"]').click()")


TOLD = "Boolean(document.querySelector('.summary:not(.refused), .summary li a'))"


def press_until(page: Any, do: str, done: str) -> None:
    """Ask again as long as the service is busy, as it is on a slow machine; whatever was typed is kept meanwhile."""
    for _ in range(30):
        press(page, do)
        if page.js(done):
            return
    raise AssertionError(page.js("document.querySelector('main').innerText.slice(0, 400)"))


@pytest.mark.parametrize(("lang", "dark"), [("en", False), ("fr", True)])
def test_a_form_with_errors_candidates_and_parts_pleases_axe_and_fits_a_phone(
    site: str, browser: Browser, lang: str, dark: bool
) -> None:
    page = browser.page(dark=dark, lang=lang)
    page.goto(f"{site}/submit/new/Initiative?lang={lang}")
    page.js("document.getElementById('startDate.0').value = 'June'")
    page.js("document.getElementById('operatesIn.0').value = 'Tanger'")
    press(page, "part:Participation")
    press_until(page, "find:operatesIn.0", "document.querySelectorAll('[name=\"pick:operatesIn.0\"]').length > 1")
    press_until(page, "send", TOLD)
    focused = page.js("document.activeElement.className")
    told = page.js("document.getElementById('startDate.0').getAttribute('aria-describedby')")
    found = complained(page)
    page.call("Emulation.setDeviceMetricsOverride", width=360, height=740, deviceScaleFactor=1, mobile=True)
    wide = page.js("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    complaints = page.complaints
    page.call("Page.close")
    assert (found, wide, "startDate.0-trouble-1" in told, "summary" in focused) == ([], 0, True, True)
    assert [each for each in complaints if "Content Security Policy" in each] == []


def test_a_record_is_described_by_keyboard_alone_with_suggestions(site: str, browser: Browser) -> None:
    page = browser.page()
    page.goto(f"{site}/submit/new/Organisation")
    page.js("document.getElementById('prefLabel-en.0').focus()")
    page.write("Keyboard Office")
    page.key("Tab")
    page.write("Office du clavier")
    reached(page, "basedIn.0")
    page.write("Rab")
    page.until("document.querySelectorAll('.suggested [role=option]').length > 0")
    page.key("ArrowDown")
    page.key("Enter")
    assert page.js("document.getElementById('basedIn.0').value").startswith("Rabat (")
    reached(page, "source")
    page.write("https://example.org/keyboard")
    with page.loading():
        page.key("Enter")
    if not page.js(TOLD):
        press_until(page, "check", TOLD)
    summary = page.js("document.querySelector('.summary h2').textContent")
    values = page.js("[document.getElementById('prefLabel-fr.0').value, document.getElementById('@id.0').value]")
    page.call("Page.close")
    assert summary == "This keeps the rules"
    assert values == ["Office du clavier", "id:organisation-keyboard-office"]


def reached(page: Any, control: str) -> None:
    """Go on by the key of tabulators until a control has the focus; open the group that it is in."""
    for _ in range(80):
        page.key("Tab")
        if page.js("document.activeElement.id") == control:
            return
        at = "document.activeElement.matches('summary') && document.activeElement.parentElement"
        if page.js(f"Boolean({at} && {at}.contains(document.getElementById('{control}')))"):
            page.key("Enter")
    raise AssertionError(control)


def test_a_form_is_filled_in_without_scripts(site: str, browser: Browser) -> None:
    page = browser.page()
    page.without_scripts()
    page.goto(f"{site}/submit/new/Organisation")
    page.js("document.getElementById('basedIn.0').value = 'Tanger'")
    press_until(page, "find:basedIn.0", "document.querySelectorAll('[name=\"pick:basedIn.0\"]').length > 1")
    page.js("document.querySelector('[name=\"pick:basedIn.0\"]').checked = true")
    press(page, "add:basedIn")
    assert page.js("document.getElementById('basedIn.0').value").startswith("Tang")
    assert page.js("document.activeElement.id") == "basedIn.1"
    page.call("Page.close")
