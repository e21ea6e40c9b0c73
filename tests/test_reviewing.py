"""Show how somebody decides: publishes what she saw, is told when another was quicker, and never on her own."""

from threading import Barrier, Thread
from xml.etree import ElementTree

import pytest
from werkzeug.test import TestResponse

from bench.counter import Counter, csrf
from bench.desks import organisation
from server.identity.audit import Audit

pytestmark = pytest.mark.slow

HTML = {"Accept": "text/html"}
ATOM = "{http://www.w3.org/2005/Atom}"


def decide(desk: Counter, who: str, ident: str, decision: str, revision: int = 1, **more: str) -> TestResponse:
    told = {"decision": decision, **more}
    headers = {"If-Match": f'"{revision}"'}
    return desk.ask(who, "POST", f"/submissions/{ident}/decision", json=told, headers=headers)


def labels(desk: Counter, slug: str, **parameters: object) -> list[str]:
    query = f"SELECT ?o {{ id:{slug} skos:prefLabel ?o FILTER(LANG(?o) = 'en') }}"
    answer = desk.ask("", "GET", "/sparql", query_string={"query": query, **parameters})
    return [each["o"]["value"] for each in answer.json["results"]["bindings"]]  # type: ignore[index]


def test_whoever_accepts_reads_her_own_write_at_once(desk: Counter) -> None:
    found = desk.laid("accepted", organisation("accepted"))
    assert labels(desk, "accepted") == []
    answer = decide(desk, "Bo", found.id, "accept")
    told = answer.json
    assert told is not None
    assert (answer.status_code, told["submission"]["state"], answer.headers["ETag"]) == (200, "accepted", '"2"')
    assert labels(desk, "accepted", sequence=told["sequence"]) == ["accepted"]


def test_on_a_page_it_leads_to_what_was_published(desk: Counter) -> None:
    found, client = desk.laid("on-a-page", organisation("on-a-page")), desk.signed_in("Bo")
    page = client.get(f"/submissions/{found.id}", headers=HTML)
    assert (page.status_code, "Accept and publish" in page.text) == (200, True)
    form = {"csrf_token": csrf(client, f"/submissions/{found.id}"), "revision": "1", "decision": "accept"}
    answer = client.post(f"/submissions/{found.id}/decision", data=form, headers=HTML)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/page/on-a-page?sequence=")
    shown = client.get(answer.headers["Location"], headers=HTML)
    assert (shown.status_code, "on a page" in shown.text) == (200, True)


def test_the_second_of_two_reviewers_is_told_the_present_state(desk: Counter) -> None:
    found = desk.laid("twice", organisation("twice"))
    assert decide(desk, "Bo", found.id, "accept").status_code == 200
    late = decide(desk, "Dee", found.id, "reject", comment="no")
    assert (late.status_code, late.json["state"], late.json["revision"]) == (409, "accepted", 2)  # type: ignore[index]


def test_of_many_who_accept_at_once_one_does(desk: Counter) -> None:
    found, barrier, codes = desk.laid("raced", organisation("raced")), Barrier(6, timeout=60), list[int]()

    def race(who: str) -> None:
        barrier.wait()
        codes.append(decide(desk, who, found.id, "accept").status_code)

    racers = [Thread(target=race, args=(who,)) for who in ("Bo", "Dee", "Root") * 2]
    for each in racers:
        each.start()
    for each in racers:
        each.join()
    assert sorted(codes) == [200] + [409] * 5


def test_a_conflict_on_a_page_keeps_what_was_written(desk: Counter) -> None:
    found, client = desk.laid("conflict", organisation("conflict")), desk.signed_in("Bo")
    form = {"csrf_token": csrf(client, f"/submissions/{found.id}"), "revision": "1"}
    assert desk.ask("Ana", "PUT", f"/submissions/{found.id}", data=organisation("conflict", "New"),
                    content_type="text/turtle", headers={"If-Match": '"1"'}).status_code == 200  # fmt: skip
    told = {**form, "decision": "return", "comment": "A long and thoughtful comment."}
    answer = client.post(f"/submissions/{found.id}/decision", data=told, headers=HTML)
    assert (answer.status_code, "A long and thoughtful comment." in answer.text) == (409, True)
    assert "was changed since you looked at it" in answer.text
    assert 'value="2"' in answer.text


def test_nobody_decides_on_her_own(desk: Counter) -> None:
    found = desk.laid("her-own", organisation("her-own"), who="Dee")
    for decision in ("accept", "return", "reject"):
        assert decide(desk, "Dee", found.id, decision, comment="x").status_code == 403
    page = desk.ask("Dee", "GET", f"/submissions/{found.id}", headers=HTML).text
    assert ("Accept and publish" in page, "Somebody else decides on it." in page) == (False, True)
    assert desk.desk.get(found.id).state == "waiting"


def test_to_return_needs_a_word_and_the_author_reads_it(desk: Counter) -> None:
    found = desk.laid("returned", organisation("returned"))
    assert decide(desk, "Bo", found.id, "return").status_code == 400
    assert decide(desk, "Bo", found.id, "return", comment="Name the region.").status_code == 200
    news = desk.ask("Ana", "GET", "/submissions/feed").json["news"]  # type: ignore[index]
    assert (news[0]["what"], news[0]["comment"], news[0]["submission"]["id"]) == (
        "return",
        "Name the region.",
        found.id,
    )
    page = desk.ask("Ana", "GET", f"/submissions/{found.id}", headers=HTML).text
    assert "Name the region." in page
    again = desk.ask("Ana", "PUT", f"/submissions/{found.id}", data=organisation("returned", "With its region"),
                     content_type="text/turtle", headers={"If-Match": '"2"'})  # fmt: skip
    assert again.status_code == 200
    assert decide(desk, "Bo", found.id, "accept", 3).status_code == 200
    assert labels(desk, "returned") == ["With its region"]


def test_the_feed_is_private_and_well_formed(desk: Counter) -> None:
    submitted(desk, "Ana", organisation("fed", "Tom & Jerry <b>"))
    answer = desk.ask("Bo", "GET", "/submissions/feed?format=atom&lang=fr")
    feed = ElementTree.fromstring(answer.data)
    titles = [each.text for each in feed.iter(f"{ATOM}title")]
    assert titles[0] == "Nouvelles des propositions"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert desk.ask("", "GET", "/submissions/feed").status_code == 401
    assert any(title and "Tom & Jerry <b>" in title for title in titles)


def test_the_queue_shows_what_waits_first_and_filters(desk: Counter) -> None:
    waiting = desk.laid("queued", organisation("queued"))
    told = desk.ask("Bo", "GET", "/submissions?state=open&text=QUEU").json
    assert [each["id"] for each in told["submissions"]] == [waiting.id]  # type: ignore[index]
    assert desk.ask("Bo", "GET", "/submissions?state=nonsense").status_code == 400
    assert desk.ask("Bo", "GET", "/submissions?page=x").status_code == 400
    everything = desk.ask("Bo", "GET", "/submissions").json
    assert everything is not None
    states = [each["state"] for each in everything["submissions"]]
    assert states == sorted(states, key=lambda state: state not in ("waiting", "returned"))
    assert set(everything["counts"]) <= {"waiting", "returned", "accepted", "rejected", "withdrawn"}


def test_long_queues_come_in_pages(desk: Counter) -> None:
    for number in range(23):
        desk.laid(f"many-{number}", organisation(f"many-{number}"), who="Cy")
    first = desk.ask("Cy", "GET", "/submissions").json
    assert first is not None
    second = desk.ask("Cy", "GET", first["next"].replace("http://localhost", "")).json
    assert second is not None
    assert (len(first["submissions"]), len(second["submissions"]), second["next"]) == (20, 3, None)
    assert "Before" in desk.ask("Cy", "GET", "/submissions?page=2", headers=HTML).text


def test_what_was_published_meanwhile_must_be_seen_first(desk: Counter) -> None:
    published = desk.laid("base", organisation("base"))
    assert decide(desk, "Bo", published.id, "accept").status_code == 200
    one = submitted(desk, "Ana", organisation("base", "By Ana"))
    other = submitted(desk, "Cy", organisation("base", "By Cy"))
    assert decide(desk, "Bo", other, "accept").status_code == 200
    late = decide(desk, "Bo", one, "accept")
    assert (late.status_code, late.json["state"]) == (409, "waiting")  # type: ignore[index]
    client = desk.signed_in("Bo")
    page = client.get(f"/submissions/{one}", headers=HTML).text
    against = page.partition('name="against" value="')[2].partition('"')[0]
    assert "What is published changed since this was written" in page
    assert decide(desk, "Bo", one, "accept", against=against).status_code == 200
    assert labels(desk, "base") == ["By Ana"]


def submitted(desk: Counter, who: str, turtle: str) -> str:
    answer = desk.submit(who, turtle)
    assert answer.status_code == 202, answer.text
    return str(answer.json["submissions"][0]["id"])  # type: ignore[index]


def test_what_does_not_conform_any_more_still_waits(desk: Counter) -> None:
    wrong = organisation("unfit").replace("skos:prefLabel", "skos:prefLabl")
    found = desk.laid("unfit", wrong)
    answer = decide(desk, "Bo", found.id, "accept")
    assert (answer.status_code, answer.json["submission"]["state"]) == (422, "waiting")  # type: ignore[index]
    assert answer.json["findings"]  # type: ignore[index]
    client = desk.signed_in("Bo")
    form = {"csrf_token": csrf(client, f"/submissions/{found.id}"), "revision": "1", "decision": "accept"}
    page = client.post(f"/submissions/{found.id}/decision", data=form, headers=HTML)
    assert (page.status_code, 'role="alert"' in page.text) == (422, True)


def test_a_withdrawal_leaves_an_address_that_says_so(desk: Counter) -> None:
    found = desk.laid("going", organisation("going"))
    assert decide(desk, "Bo", found.id, "accept").status_code == 200
    answer = desk.ask("Ana", "POST", "/submissions", query_string={"withdraw": "https://w3id.org/m4sd/id/going"})
    (one,) = answer.json["submissions"]  # type: ignore[index]
    sequence = decide(desk, "Bo", one["id"], "accept").json["sequence"]  # type: ignore[index]
    assert labels(desk, "going", sequence=sequence) == []
    assert desk.ask("", "GET", f"/page/going?sequence={sequence}", headers=HTML).status_code == 410


def test_there_is_no_such_decision_or_submission(desk: Counter) -> None:
    found = desk.laid("odd", organisation("odd"))
    assert decide(desk, "Bo", found.id, "burn").status_code == 400
    assert decide(desk, "Bo", "nothing1", "accept").status_code == 404
    assert desk.ask("Bo", "POST", f"/submissions/{found.id}/decision", json={"decision": "accept"}).status_code == 428
    assert desk.ask("Bo", "POST", f"/submissions/{found.id}/decision", data="[]",
                    content_type="application/json").status_code == 400  # fmt: skip


def test_what_is_done_stands_in_the_audit_log(desk: Counter) -> None:
    found = desk.laid("audited", organisation("audited"))
    assert decide(desk, "Bo", found.id, "accept").status_code == 200
    lines = [line for line in Audit(desk.folder).lines() if line.about == found.id]
    assert [(line.what, line.who) for line in lines] == [("accept", "Bo")]
    assert Audit(desk.folder).verify() == ()
