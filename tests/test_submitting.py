"""Show how a record comes onto the desk: held against the rules at once, kept whole or not at all, seen by no query."""

import io
import json

import pytest
from werkzeug.test import TestResponse

from bench import drafts
from bench.counter import Counter, csrf
from bench.desks import DATASET, organisation
from graph.desk import queue

pytestmark = pytest.mark.slow

HTML = {"Accept": "text/html"}
TURTLE = "text/turtle"
MANY = 300  # generated queries; `make drafts` asks 10,000


def test_what_keeps_the_rules_waits_and_says_where(desk: Counter) -> None:
    answer = desk.submit("Ana", organisation("first"))
    (one,) = answer.json["submissions"]  # type: ignore[index]
    assert (answer.status_code, answer.headers["Location"]) == (202, f"/submissions/{one['id']}")
    assert (one["state"], one["kind"], one["author"], one["dataset"]) == ("waiting", "new", "Ana", DATASET)
    assert (answer.headers["ETag"], answer.headers["M4SD-Outcome"]) == ('"1"', "admitted")
    assert answer.headers["Cache-Control"] == "private, no-store"
    again = desk.submit("Ana", organisation("first")).json["submissions"][0]  # type: ignore[index]
    assert again["id"] == one["id"]


def test_what_breaks_a_rule_is_answered_with_the_report_and_not_kept(desk: Counter) -> None:
    before = sum(queue.counts(desk.desk).values())
    answer = desk.submit("Ana", organisation("wrong").replace("skos:prefLabel", "skos:prefLabl"))
    assert (answer.status_code, answer.headers["M4SD-Outcome"]) == (422, "refused")
    told = answer.json
    assert told is not None
    assert (told["conforms"], "prefLabl" in told["text"]) == (False, True)
    assert sum(queue.counts(desk.desk).values()) == before
    text = desk.ask(
        "Ana", "POST", "/submissions", data=organisation("wrong").replace("prefLabel", "prefLabl"),
        content_type=TURTLE, headers={"Accept": "text/plain"},
    )  # fmt: skip
    assert (text.status_code, text.mimetype) == (422, "text/plain")


def test_a_file_that_cannot_be_read_is_told_with_its_line(desk: Counter) -> None:
    answer = desk.submit("Ana", organisation("broken").replace("a m4sd:Organisation ;", "a ;"))
    assert (answer.status_code, answer.json["line"]) == (400, 4)  # type: ignore[index]


def test_every_syntax_comes_in(desk: Counter) -> None:
    record = {
        "@id": "https://w3id.org/m4sd/id/by-json",
        "@type": "https://w3id.org/m4sd/ontology#Organisation",
        "http://www.w3.org/2004/02/skos/core#prefLabel": [
            {"@value": "By JSON", "@language": "en"},
            {"@value": "Par JSON", "@language": "fr"},
        ],
    }
    answer = desk.ask(
        "Ana", "POST", "/submissions", data=json.dumps(record), content_type="application/ld+json",
        query_string={"dataset": DATASET, "source": "https://example.org/source"},
    )  # fmt: skip
    assert answer.status_code == 202, answer.text
    (one,) = answer.json["submissions"]  # type: ignore[index]
    assert one["graph"] == f"https://w3id.org/m4sd/graph/{DATASET}/by-json"


def test_a_template_comes_in_by_a_form_with_files(desk: Counter) -> None:
    sheet = desk.ask("", "GET", "/shapes/Organisation.csv").text
    assert sent_sheet(desk, sheet).status_code == 400
    row = ",id:by-sheet,public authority,By sheet,Par feuille" + "," * (sheet.splitlines()[0].count(",") - 4)
    (one,) = sent_sheet(desk, f"{sheet}{row}\n").json["submissions"]  # type: ignore[index]
    assert (one["thing"], one["title"]["fr"]) == ("https://w3id.org/m4sd/id/by-sheet", "Par feuille")


def sent_sheet(desk: Counter, sheet: str) -> TestResponse:
    file = (io.BytesIO(sheet.encode()), "Organisation.csv")
    data = {"file": file, "source": "https://example.org/", "dataset": DATASET}
    return desk.ask("Ana", "POST", "/submissions", data=data)


def test_several_records_of_one_file_wait_each_by_itself(desk: Counter) -> None:
    both = organisation("batch-one") + "\n".join(organisation("batch-two").splitlines()[2:])
    answer = desk.submit("Ana", both)
    told = answer.json
    assert told is not None
    found = told["submissions"]
    assert (answer.status_code, len(found), len({each["batch"] for each in found})) == (202, 2, 1)
    assert answer.headers["Location"] == f"/submissions?batch={found[0]['batch']}"
    listed = desk.ask("Ana", "GET", answer.headers["Location"]).json
    assert {each["id"] for each in listed["submissions"]} == {each["id"] for each in found}  # type: ignore[index]


def test_a_second_description_of_what_is_there_is_told(desk: Counter) -> None:
    label = "Office for Very Particular Affairs"
    first = desk.submit("Ana", organisation("particular", label)).json["submissions"][0]  # type: ignore[index]
    assert desk.ask("Bo", "POST", f"/submissions/{first['id']}/decision", json=accept(1)).status_code == 200
    second = desk.submit("Cy", organisation("peculiar", label)).json["submissions"][0]  # type: ignore[index]
    assert [each["thing"] for each in second["duplicates"]] == ["https://w3id.org/m4sd/id/particular"]
    shown = desk.ask("Bo", "GET", f"/submissions/{second['id']}").json
    assert shown is not None
    assert shown["duplicates"][0]["why"]
    page = desk.ask("Bo", "GET", f"/submissions/{second['id']}", headers=HTML).text
    assert "Perhaps here already" in page


def test_a_replacement_shows_what_it_changes(desk: Counter) -> None:
    published(desk, "replaced")
    answer = desk.submit("Ana", organisation("replaced", "Renamed"))
    (one,) = answer.json["submissions"]  # type: ignore[index]
    assert one["kind"] == "replacement"
    shown = desk.ask("Ana", "GET", f"/submissions/{one['id']}").json
    assert shown is not None
    rows = [row for section in shown["changes"] for row in section["rows"] if row["added"] or row["removed"]]
    assert {(value["text"]) for row in rows for value in row["added"]} == {"Renamed"}
    assert {(value["text"]) for row in rows for value in row["removed"]} == {"replaced"}


def test_a_withdrawal_waits_too(desk: Counter) -> None:
    published(desk, "withdrawn")
    published(desk, "successor")
    given = {"withdraw": "https://w3id.org/m4sd/id/withdrawn", "replaced-by": "https://w3id.org/m4sd/id/successor"}
    answer = desk.ask("Ana", "POST", "/submissions", query_string={**given, "why": "closed"})
    (one,) = answer.json["submissions"]  # type: ignore[index]
    assert (answer.status_code, one["kind"], one["replaced_by"]) == (202, "withdrawal", given["replaced-by"])
    unknown = desk.ask("Ana", "POST", "/submissions", query_string={"withdraw": "https://w3id.org/m4sd/id/nothing"})
    assert unknown.status_code == 400
    foreign = desk.ask("Ana", "POST", "/submissions", query_string={"withdraw": "javascript:alert(1)"})
    assert foreign.status_code == 400


def test_what_takes_the_place_of_a_record_is_published_and_stays(desk: Counter) -> None:
    published(desk, "going")
    going = "https://w3id.org/m4sd/id/going"
    for iri in ("https://w3id.org/m4sd/id/no-such-thing", "https://example.org:x/", going):
        answer = desk.ask("Ana", "POST", "/submissions", query_string={"withdraw": going, "replaced-by": iri})
        told = answer.json
        assert told is not None
        assert (answer.status_code, told["field"], iri in told["detail"]) == (422, "replaced-by", True)


@pytest.mark.parametrize("source", ["not-a-url", "javascript:alert(1)", "UNDP report 2024, p. 3", "https://a.org:x/"])
def test_a_source_that_is_no_web_address_is_refused_and_quoted(desk: Counter, source: str) -> None:
    (one,) = desk.submit("Ana", organisation("unsourced")).json["submissions"]  # type: ignore[index]
    put = {"data": organisation("unsourced", "New"), "content_type": TURTLE, "headers": {"If-Match": '"1"'}}
    query = {"source": source}
    for answer in (
        desk.submit("Ana", organisation("unsourced-too"), source=source),
        desk.ask("Ana", "PUT", f"/submissions/{one['id']}", query_string=query, **put),
    ):
        told = answer.json
        assert told is not None
        assert (answer.status_code, told["field"], source in told["detail"]) == (422, "source", True)
    form = {"source": source, "dataset": DATASET, "text": organisation("unsourced-too"), "syntax": ".ttl"}
    page = desk.ask("Ana", "POST", "/submissions", data=form, headers=HTML)
    box = page.text.partition('id="source"')[2].partition(">")[0]
    assert (page.status_code, 'aria-invalid="true"' in box) == (422, True)


def test_the_source_is_shown_to_who_decides(desk: Counter) -> None:
    source = "https://example.org/annual-report"
    (one,) = desk.submit("Ana", organisation("sourced"), source=source).json["submissions"]  # type: ignore[index]
    page = desk.ask("Bo", "GET", f"/submissions/{one['id']}", headers=HTML).text
    facts = page.partition('<dl class="facts">')[2].partition("</dl>")[0]
    assert f'href="{source}"' in facts


def test_links_of_a_submission_lead_to_what_has_a_page(desk: Counter) -> None:
    more = "; m4sd:basedIn id:not-there ; foaf:homepage <https://example.org/home>"
    turtle = "PREFIX foaf: <http://xmlns.com/foaf/0.1/>\n" + organisation("linking", more=more)
    desk.laid("linking", turtle)
    (one,) = queue.queue(desk.desk, queue.Filter(thing="https://w3id.org/m4sd/id/linking"))
    page = desk.ask("Bo", "GET", f"/submissions/{one.id}", headers=HTML).text
    assert 'href="/page/linking"' not in page
    assert 'href="/page/not-there"' not in page
    assert 'href="https://example.org/home" rel="external' in page
    assert 'href="/page/ontology/Organisation"' in page


def test_a_version_that_changes_nothing_is_not_taken(desk: Counter) -> None:
    published(desk, "unchanged")
    answer = desk.submit("Ana", organisation("unchanged"))
    assert (answer.status_code, "published already" in answer.json["detail"]) == (422, True)  # type: ignore[index]
    both = organisation("unchanged") + "\n".join(organisation("unchanged-not").splitlines()[2:])
    found = desk.submit("Ana", both).json["submissions"]  # type: ignore[index]
    assert [each["thing"] for each in found] == ["https://w3id.org/m4sd/id/unchanged-not"]


def test_what_a_new_version_does_not_tell_stays_as_it_was_told(desk: Counter) -> None:
    source = "https://example.org/about"
    bare = "\n".join(each for each in organisation("told-once").splitlines() if "wasAttributedTo" not in each)
    refused = desk.submit("Ana", bare)
    assert (refused.status_code, "?source=" in refused.json["text"]) == (422, True)  # type: ignore[index]
    (one,) = desk.submit("Ana", bare, source=source, why="new").json["submissions"]  # type: ignore[index]
    path, better = f"/submissions/{one['id']}", bare.replace('"told once"@en', '"Told once"@en')
    sent = {"data": better, "content_type": TURTLE}
    changed = desk.ask("Ana", "PUT", path, headers={"If-Match": '"1"'}, **sent)
    assert changed.status_code == 200, changed.text
    found = desk.desk.get(one["id"])
    assert (found.source, found.why, "Told once" in found.body) == (source, "new", True)
    again = desk.ask("Ana", "PUT", path, query_string={"why": "mended"}, headers={"If-Match": '"2"'}, **sent)
    assert (again.status_code, desk.desk.get(one["id"]).why) == (200, "mended")


def test_nobody_writes_to_a_dataset_of_others(desk: Counter) -> None:
    answer = desk.submit("Ana", organisation("theirs").replace(f"/{DATASET}/", "/seed/"))
    assert answer.status_code == 403
    named = desk.submit("Ana", organisation("theirs"), dataset="seed")
    assert named.status_code == 403


def test_its_author_mends_it_and_says_what_she_saw(desk: Counter) -> None:
    (one,) = desk.submit("Ana", organisation("mended")).json["submissions"]  # type: ignore[index]
    path, sent = f"/submissions/{one['id']}", {"data": organisation("mended", "Better"), "content_type": TURTLE}
    assert desk.ask("Ana", "PUT", path, **sent).status_code == 428
    assert desk.ask("Ana", "PUT", path, headers={"If-Match": '"x"'}, **sent).status_code == 412
    changed = desk.ask("Ana", "PUT", path, headers={"If-Match": '"1"'}, **sent)
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
    stale = desk.ask("Ana", "PUT", path, headers={"If-Match": '"1"'}, **sent)
    assert stale.status_code == 409
    other = {"data": organisation("another-one"), "content_type": TURTLE}
    assert desk.ask("Ana", "PUT", path, headers={"If-Match": '"2"'}, **other).status_code == 400
    worse = {"data": organisation("mended").replace("prefLabel", "prefLabl"), "content_type": TURTLE}
    assert desk.ask("Ana", "PUT", path, headers={"If-Match": '"2"'}, **worse).status_code == 422
    assert desk.desk.get(one["id"]).revision == 2


def test_a_person_submits_and_mends_on_pages(desk: Counter) -> None:
    client = desk.signed_in("Ana")
    form = {"csrf_token": csrf(client, "/submit"), "syntax": ".ttl", "dataset": DATASET}
    wrong = client.post(
        "/submissions", data={**form, "text": organisation("paged").replace("prefL", "prefX")}, headers=HTML
    )
    assert (wrong.status_code, "cannot be taken in yet" in wrong.text, "prefXabel" in wrong.text) == (422, True, True)
    broken = client.post("/submissions", data={**form, "text": "id:x a"}, headers=HTML)
    assert (broken.status_code, 'role="alert"' in broken.text) == (400, True)
    taken = client.post("/submissions", data={**form, "text": organisation("paged")}, headers=HTML)
    assert taken.status_code == 303
    page = taken.headers["Location"]
    shown = client.get(page, headers=HTML)
    assert (shown.status_code, "Accept and publish" in shown.text, "Edit" in shown.text) == (200, False, True)
    edit = client.get(f"{page}/edit", headers=HTML)
    assert "id:paged" in edit.text
    again = {**form, "text": organisation("paged", "Paged anew"), "revision": "1", "comment": "mended"}
    assert client.post(f"{page}/edit", data=again, headers=HTML).status_code == 303
    assert "mended" in client.get(page, headers=HTML).text
    listed = client.get("/submissions", headers=HTML).text
    assert "Paged anew" in listed


def test_the_present_record_is_there_to_go_on_with(desk: Counter) -> None:
    published(desk, "present")
    client = desk.signed_in("Ana")
    form = client.get("/submit?replace=https://w3id.org/m4sd/id/present", headers=HTML)
    text = form.text.partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0]
    assert "id:present" in text
    assert "prov:wasAttributedTo" in text
    assert client.get("/submit?replace=https://w3id.org/m4sd/id/none", headers=HTML).status_code == 404
    assert client.get("/submit?replace=nonsense", headers=HTML).status_code == 400


def test_nobody_sees_what_others_submitted(desk: Counter) -> None:
    (one,) = desk.submit("Ana", organisation("secret-plan")).json["submissions"]  # type: ignore[index]
    assert desk.ask("Cy", "GET", f"/submissions/{one['id']}").status_code == 403
    assert desk.ask("Cy", "GET", f"/submissions/{one['id']}/file").status_code == 403
    listed = desk.ask("Cy", "GET", "/submissions?author=Ana").json
    assert {each["author"] for each in listed["submissions"]} <= {"Cy"}  # type: ignore[index]


def test_the_file_comes_back_as_it_was_and_is_saved_never_shown(desk: Counter) -> None:
    name = '../evil"\r\nSet-Cookie: a=b;\u202egpj.ttl'
    (one,) = desk.submit("Ana", organisation("filed"), name=name).json["submissions"]  # type: ignore[index]
    answer = desk.ask("Ana", "GET", f"/submissions/{one['id']}/file")
    assert answer.text == organisation("filed")
    assert (answer.mimetype, "Set-Cookie" in answer.headers) == ("application/octet-stream", False)
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_what_a_draft_says_is_shown_as_text(desk: Counter) -> None:
    label = "<script>alert(1)</script>"
    (one,) = desk.submit("Ana", organisation("scripted", label)).json["submissions"]  # type: ignore[index]
    for page in (f"/submissions/{one['id']}", "/submissions", "/submissions/feed"):
        text = desk.ask("Bo", "GET", page, headers=HTML).text
        assert label not in text
    assert label not in desk.ask("Bo", "GET", "/submissions/feed?format=atom").text


def test_generated_queries_see_no_draft_while_drafts_wait(desk: Counter) -> None:
    found = drafts.asked(desk, MANY)
    assert (found["saw_a_draft"], found["failed"], found["ok"]) == ([], [], True), "drafts waited, and rows were found"
    assert found["answers_with_rows"]


def accept(revision: int) -> dict[str, object]:
    return {"decision": "accept", "revision": revision}


def published(desk: Counter, slug: str) -> None:
    found = desk.laid(slug, organisation(slug))
    answer = desk.ask("Bo", "POST", f"/submissions/{found.id}/decision", json=accept(1))
    assert answer.status_code == 200, answer.text
