"""Show that every change can be read, followed, compared and undone, by people and by programs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from bench.counter import Counter, counter, csrf
from bench.desks import organisation
from server.history import changes

pytestmark = pytest.mark.slow

HTML = {"Accept": "text/html"}
ATOM, TOMB = "{http://www.w3.org/2005/Atom}", "{http://purl.org/atompub/tombstones/1.0}"
THING = "https://w3id.org/m4sd/id/storied"
GRAPH = "https://w3id.org/m4sd/graph/partner/storied"


@pytest.fixture(scope="module")
def desk(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    """Give a folder in which one record was made, changed, withdrawn and brought back."""
    with counter(made, tmp_path_factory.mktemp("changes") / "store") as found:
        found.publish(organisation("storied", "First name"), why="It opened.")
        found.publish(organisation("storied", "Second name"), why="It was renamed.")
        found.publish("", withdraw=THING, why="It closed.")
        found.publish(organisation("other"))
        yield found


def get(desk: Counter, path: str) -> Any:  # JSON
    answer = desk.ask("", "GET", path)
    assert answer.status_code == 200, answer.text
    return answer.json


def test_each_change_says_who_when_why_and_from_which_source(desk: Counter) -> None:
    found = get(desk, "/changes?dataset=partner")
    told = [
        (each["sequence"], each["who"], each["why"], each["withdrawn"], each["title"]["en"])
        for each in found["changes"]
    ]
    assert told == [
        (5, "Ana", "", False, "other"),
        (4, "Ana", "It closed.", True, "Second name"),
        (3, "Ana", "It was renamed.", False, "Second name"),
        (2, "Ana", "It opened.", False, "First name"),
    ]
    assert (found["head"], found["prev"], found["next"]) == (5, None, None)


def test_who_reads_on_gets_what_came_since(desk: Counter) -> None:
    found = get(desk, "/changes?since=3")
    assert [each["sequence"] for each in found["changes"]] == [5, 4]
    assert get(desk, "/changes?since=99")["changes"] == []


def test_pages_hold_every_change_once_and_full_ones_never_change(
    desk: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "PAGE", 10)
    sequences, number = list[tuple[int, str]](), 1
    while number:
        answer = desk.ask("", "GET", f"/changes?page={number}")
        told = answer.json
        assert told is not None
        sequences += [(each["sequence"], each["graph"]) for each in reversed(told["changes"])]
        full = len(told["changes"]) == 10
        assert ("max-age=86400" in answer.headers["Cache-Control"]) == full, "a day, for something may be erased"
        number = int(told["next"].partition("page=")[2].partition("&")[0]) if told["next"] else 0
    assert [each for each, _ in sequences] == sorted(each for each, _ in sequences)
    assert len(sequences) == len(set(sequences))
    assert desk.ask("", "GET", f"/changes?page={len(sequences)}").status_code == 404


def test_the_feed_has_tombstones(desk: Counter) -> None:
    answer = desk.ask("", "GET", "/changes?format=atom&dataset=partner&lang=fr")
    feed = ElementTree.fromstring(answer.data)
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    assert feed.findtext(f"{ATOM}title") == "Modifications de M4SD Graph"
    (gone,) = feed.iter(f"{TOMB}deleted-entry")
    assert gone.get("ref") == GRAPH
    assert [each.findtext(f"{ATOM}id") for each in feed.iter(f"{ATOM}entry")].count(GRAPH) == 2


def test_changes_are_found_by_country_and_actor(desk: Counter) -> None:
    assert get(desk, f"/changes?actor={THING}")["changes"][0]["thing"] == THING
    assert desk.ask("", "GET", "/changes?country=XYZ").status_code == 404
    for wrong in ("country=javascript:x", "actor=nonsense", "since=x", "page=0", "page=-1", "page=1e9"):
        assert desk.ask("", "GET", f"/changes?{wrong}").status_code == 400, wrong


def test_one_change_shows_what_became_of_each_field(desk: Counter) -> None:
    page = desk.ask("", "GET", "/changes/3", headers=HTML).text
    assert ("First name" in page, "Second name" in page, "It was renamed." in page) == (True, True, True)
    assert get(desk, "/changes/3")["records"][0]["graph"] == GRAPH
    assert get(desk, "/changes/1")["count"] > 10
    for number in ("0", "99", "9" * 30):
        assert desk.ask("", "GET", f"/changes/{number}").status_code == 404


def test_the_history_of_a_thing_has_its_versions(desk: Counter) -> None:
    for path in ("/history/storied", f"/history?iri={THING}", f"/history?iri={GRAPH}"):
        assert [each["sequence"] for each in get(desk, path)["versions"]] == [4, 3, 2]
    page = desk.ask("", "GET", "/history/storied", headers=HTML)
    assert (page.status_code, "It was renamed." in page.text) == (200, True)
    assert desk.ask("", "GET", "/history/nothing").status_code == 404


def test_a_version_is_what_the_record_said_then(desk: Counter) -> None:
    page = desk.ask("", "GET", "/history/storied?version=2", headers=HTML).text
    held = page.partition('id="held"')[2].partition('id="versions"')[0]
    assert ("First name" in held, "Second name" in held) == (True, False)
    turtle = desk.ask("", "GET", "/history/storied?version=3&format=turtle")
    assert turtle.mimetype == "text/turtle"
    assert ("Second name" in turtle.text, "First name" in turtle.text) == (True, False)
    assert "prov:wasAttributedTo" in turtle.text
    for number in (1, 4, 5):
        assert desk.ask("", "GET", f"/history/storied?version={number}").status_code == 404
    for beyond in ("version=99", "version=99&format=turtle", "from=99&to=1", "from=1&to=99"):
        answer = desk.ask("", "GET", f"/history/storied?{beyond}")
        assert (answer.status_code, "there is no change 99" in answer.text) == (404, True)
    assert desk.ask("", "GET", "/history/storied?version=x").status_code == 400
    assert desk.ask("", "GET", "/history/storied?version=3", headers={"Accept": "image/png"}).status_code == 406


def test_two_versions_differ_in_what_was_changed(desk: Counter) -> None:
    told = get(desk, "/history/storied?from=2&to=3")
    (record,) = told["records"]
    rows = [row for section in record["changes"] for row in section["rows"]]
    assert {value["text"] for row in rows for value in row["removed"]} == {"First name"}
    assert {value["text"] for row in rows for value in row["added"]} == {"Second name"}
    assert get(desk, "/history/storied?from=3&to=3")["records"] == []
    backwards = get(desk, "/history/storied?from=3&to=2")["records"][0]["changes"]
    assert {value["text"] for section in backwards for row in section["rows"] for value in row["added"]} == {
        "First name"
    }
    page = desk.ask("", "GET", "/history/storied?from=2&to=4", headers=HTML)
    assert (page.status_code, "First name" in page.text) == (200, True)


def test_an_administrator_undoes_a_change_by_another_one(desk: Counter) -> None:
    sequence = desk.publish(organisation("mistaken"))
    for who, status in (("", 401), ("Bo", 403), ("Ana", 403)):
        assert desk.ask(who, "POST", f"/changes/{sequence}/undo", json={"why": "x"}).status_code == status
    assert desk.ask("Root", "POST", f"/changes/{sequence}/undo", json={}).status_code == 400
    assert desk.ask("Root", "POST", "/changes/99/undo", json={"why": "x"}).status_code == 404
    undone = desk.ask("Root", "POST", f"/changes/{sequence}/undo", json={"why": "A mistake."})
    told = get(desk, f"/changes/{undone.json['sequence']}")  # type: ignore[index]
    assert (told["kind"], told["undone"], told["who"], told["why"]) == ("undo", sequence, "Root", "A mistake.")
    assert desk.ask("", "GET", f"/page/mistaken?sequence={told['sequence']}", headers=HTML).status_code == 410
    again = desk.ask("Root", "POST", f"/changes/{sequence}/undo", json={"why": "Again."})
    assert again.status_code == 409


def test_on_its_page_too(desk: Counter) -> None:
    sequence = desk.publish(organisation("mistaken-too"))
    client = desk.signed_in("Root")
    page = f"/changes/{sequence}"
    assert "Undo" not in desk.ask("", "GET", page, headers=HTML).text
    form = {"csrf_token": csrf(client, page), "why": "A mistake."}
    answer = client.post(f"{page}/undo", data=form, headers=HTML)
    assert answer.status_code == 303
    assert f"undoes change {sequence}" in client.get(answer.headers["Location"], headers=HTML).text


def test_changes_speak_french(desk: Counter) -> None:
    page = desk.ask("", "GET", "/changes?lang=fr", headers=HTML).text
    assert ("Qui a modifié quelle fiche" in page, 'lang="fr"' in page) == (True, True)
