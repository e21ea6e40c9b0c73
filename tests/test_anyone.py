"""Show how anybody is heard without an account, and what keeps machines out."""

import pytest
from werkzeug.test import TestResponse

from bench.counter import Counter, csrf
from bench.desks import organisation
from graph.desk import queue
from server.desk import anyone
from server.desk.anyone import RATES, TRAP
from server.operation.logs import entry

pytestmark = pytest.mark.slow

HTML = {"Accept": "text/html"}
ABOUT = "https://w3id.org/m4sd/id/agent-m4sd-curators"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a form be sent at once, but for the test of that."""
    monkeypatch.setattr(anyone, "SOONEST", -1)


def sent(desk: Counter, address: str, page: str = "/report-error", **told: str) -> TestResponse:
    """Fill in a form as a person does, from an address of her own."""
    client, where = desk.app.test_client(), {"REMOTE_ADDR": address}
    form = client.get(page, headers=HTML).text
    shown = form.partition('name="shown" value="')[2].partition('"')[0]
    return client.post(page, data={"shown": shown, **told}, headers=HTML, environ_overrides=where)


def count(desk: Counter) -> int:
    return sum(queue.counts(desk.desk).values())


def test_a_report_lands_on_the_desk_and_is_followed_by_its_link(desk: Counter) -> None:
    answer = sent(desk, "198.51.100.1", text="The year is wrong.", about=ABOUT, contact="me@example.org")
    assert answer.status_code == 303
    followed = answer.headers["Location"]
    page = desk.ask("", "GET", followed, headers=HTML)
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "private, no-store")
    assert ("The year is wrong." in page.text, "Keep the address of this page" in page.text) == (True, True)
    assert "me@example.org" not in page.text
    (waiting,) = (each for each in queue.queue(desk.desk) if each.why == "The year is wrong.")
    assert (waiting.kind, waiting.thing, waiting.author) == ("report", ABOUT, "")
    reviewed = desk.ask("Bo", "GET", f"/submissions/{waiting.id}", headers=HTML).text
    assert "me@example.org" in reviewed
    told = {"decision": "answer", "comment": "Thank you, mended.", "revision": 1}
    assert desk.ask("Bo", "POST", f"/submissions/{waiting.id}/decision", json=told).status_code == 200
    after = desk.ask("", "GET", followed, headers=HTML).text
    assert ("Thank you, mended." in after, "· Bo" in after, "a reviewer" in after) == (True, False, True)


@pytest.mark.parametrize(
    ("about", "link"),
    [(ABOUT, 'href="/page/agent-m4sd-curators"'), ("http://localhost/countries/MAR", 'href="http://localhost/countries/'),
     ("https://w3id.org/m4sd/id/not-there", "<code>id:not-there"), ("https://example.org:x/", 'href="https://example.org:')],
)  # fmt: skip
def test_what_a_note_is_about_is_linked_where_there_is_something(desk: Counter, about: str, link: str) -> None:
    form = desk.ask("", "GET", "/report-error", headers=HTML, query_string={"about": about})
    followed = sent(desk, "198.51.100.9", text=f"Wrong: {about}", about=about).headers["Location"]
    (waiting,) = (each for each in queue.queue(desk.desk) if each.thing == about and each.why.startswith("Wrong"))
    reviewed = desk.ask("Bo", "GET", f"/submissions/{waiting.id}", headers=HTML)
    for page in (form, desk.ask("", "GET", followed, headers=HTML), reviewed):
        assert (page.status_code, link in page.text, "/page?iri=" in page.text) == (200, True, False)
    assert ("To return" in reviewed.text, "it needs a comment" in reviewed.text) == (False, True)


def test_a_report_in_a_type_that_is_no_form_is_told_which_are(desk: Counter) -> None:
    before = count(desk)
    for accept in ("text/html", "*/*"):
        answer = desk.app.test_client().post(
            "/report-error", data="The year is wrong.", content_type="text/plain", headers={"Accept": accept}
        )
        assert (answer.status_code, "application/json" in answer.text) == (415, True)
    assert count(desk) == before


def test_its_author_adds_a_word_and_takes_it_back(desk: Counter) -> None:
    followed = sent(desk, "198.51.100.2", "/propose", text="A centre is missing.").headers["Location"].partition("?")[0]
    client = desk.app.test_client()
    assert client.post(f"{followed}/comments", data={"text": "It opened in May."}, headers=HTML).status_code == 303
    assert "It opened in May." in client.get(followed, headers=HTML).text
    assert client.post(f"{followed}/withdraw", headers=HTML).status_code == 303
    late = client.post(f"{followed}/comments", data={"text": "And more."}, headers=HTML)
    assert late.status_code == 409
    told = desk.ask("", "GET", followed).json
    assert told is not None
    assert (told["state"], [each["what"] for each in told["history"]]) == (
        "withdrawn",
        ["submit", "comment", "withdraw"],
    )


def test_a_program_gets_the_link_as_json(desk: Counter) -> None:
    told = {"about": ABOUT, "text": "Its name is misspelt.", "statement": "M4SD curators"}
    answer = desk.ask("", "POST", "/report-error", json=told, environ_overrides={"REMOTE_ADDR": "198.51.100.3"})
    assert answer.status_code == 201
    assert desk.ask("", "GET", answer.json["follow"].replace("http://localhost", "")).status_code == 200  # type: ignore[index]


def test_a_wrong_link_leads_nowhere(desk: Counter) -> None:
    for secret in ("x", "a" * 32, "%00", "..%2f.."):
        assert desk.ask("", "GET", f"/followed/{secret}").status_code == 404
    assert desk.ask("", "POST", "/followed/x/comments", json={"text": "x"}).status_code == 404


def test_who_fills_in_what_nobody_sees_is_a_machine(desk: Counter) -> None:
    before = count(desk)
    answer = sent(desk, "198.51.100.4", text="Buy!", **{TRAP: "https://spam.example"})
    assert (answer.status_code, count(desk)) == (400, before)


def test_nobody_fills_in_a_form_within_a_second(desk: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anyone, "SOONEST", 3600)
    before = count(desk)
    answer = sent(desk, "198.51.100.5", text="Quick but true.")
    assert (answer.status_code, "Quick but true." in answer.text, count(desk)) == (400, True, before)


def test_a_form_that_is_none_of_ours_is_refused(desk: Counter) -> None:
    client, before = desk.app.test_client(), count(desk)
    for shown in ("", "x.y.z", "IiI.aaaa.bbbb"):
        assert client.post("/report-error", data={"shown": shown, "text": "x"}, headers=HTML).status_code == 400
    assert count(desk) == before


def test_one_address_says_only_so_much(desk: Counter) -> None:
    most, where = RATES["{}"].most, {"REMOTE_ADDR": "2001:db8:1:2::1"}
    for number in range(most):
        told = {"text": f"number {number}"}
        assert desk.ask("", "POST", "/propose", json=told, environ_overrides=where).status_code == 201
    neighbour = {"REMOTE_ADDR": "2001:db8:1:2:ffff::9"}
    answer = desk.ask("", "POST", "/propose", json={"text": "more"}, environ_overrides=neighbour)
    assert (answer.status_code, int(answer.headers["Retry-After"]) > 0) == (429, True)
    other = {"REMOTE_ADDR": "2001:db8:1:3::1"}
    assert desk.ask("", "POST", "/propose", json={"text": "else"}, environ_overrides=other).status_code == 201


@pytest.mark.parametrize(
    "told",
    [{"text": ""}, {"text": "   "}, {"text": "x" * 5001}, {"text": "x", "about": "javascript:alert(1)"},
     {"text": "x", "about": "https://x y"}, {"text": "x", "statement": "y" * 5001}],
)  # fmt: skip
def test_what_cannot_be_taken_is_not(desk: Counter, told: dict[str, str]) -> None:
    before = count(desk)
    answer = desk.ask("", "POST", "/report-error", json=told, environ_overrides={"REMOTE_ADDR": "198.51.100.6"})
    assert (answer.status_code, count(desk)) == (400, before)
    assert "x" * 5001 not in answer.text


def test_what_a_stranger_writes_is_shown_as_text(desk: Counter) -> None:
    evil = "<img src=x onerror=alert(1)>"
    followed = sent(desk, "198.51.100.7", text=evil, contact=evil, statement=evil).headers["Location"]
    assert evil not in desk.ask("", "GET", followed, headers=HTML).text
    for page in ("/submissions?state=open", "/submissions/feed"):
        assert evil not in desk.ask("Bo", "GET", page, headers=HTML).text
    (waiting,) = (each for each in queue.queue(desk.desk) if each.why == evil)
    assert evil not in desk.ask("Bo", "GET", f"/submissions/{waiting.id}", headers=HTML).text


def test_a_stranger_sees_no_submission(desk: Counter) -> None:
    found = desk.laid("unseen", organisation("unseen"))
    for path in ("/submissions", f"/submissions/{found.id}", "/submissions/feed", f"/submissions/{found.id}/file"):
        assert desk.ask("", "GET", path).status_code == 401


def test_somebody_signed_in_reports_an_error_by_a_form_of_her_session(desk: Counter) -> None:
    client = desk.signed_in("Ana")
    form = client.get("/report-error", headers=HTML).text
    shown = form.partition('name="shown" value="')[2].partition('"')[0]
    told = {"shown": shown, "text": "From inside."}
    where = {"REMOTE_ADDR": "198.51.100.8"}
    assert client.post("/report-error", data=told, headers=HTML, environ_overrides=where).status_code == 400
    told["csrf_token"] = csrf(client, "/report-error")
    assert client.post("/report-error", data=told, headers=HTML, environ_overrides=where).status_code == 303


def test_the_secret_of_a_link_is_in_no_log(desk: Counter) -> None:
    with desk.app.test_request_context("/followed/very-secret"):
        desk.app.preprocess_request()
        assert "very-secret" not in str(entry(desk.app.make_response("")))
