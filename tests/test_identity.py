"""Show who gets in where: every route with every role, sessions that nobody forges or keeps, forms of our own."""

import stat
from datetime import UTC, datetime
from itertools import product

import pytest
from flask import Flask
from werkzeug.routing import Rule

from bench.counter import PASSWORD, PEOPLE, Counter, csrf
from bench.desks import organisation
from graph.desk.moves import STATES
from server.http.answers import local
from server.http.problem import Refusal
from server.identity.gate import ACTIONS, HARMLESS, READING, action_of, least
from server.identity.identity import KEY
from server.identity.people import PAIR, People
from server.identity.roles import ANYONE, ROLES, RULES, Actor, Forbidden, may_with
from server.identity.tokens import Tokens

pytestmark = pytest.mark.slow

HTML = {"Accept": "text/html"}
WHO = {"anyone": "", "reader": "Rea", "submitter": "Ana", "reviewer": "Bo", "admin": "Root"}


def doors(app: Flask) -> list[tuple[Rule, str]]:
    """Return every route with every method that it takes."""
    return [(rule, method) for rule in app.url_map.iter_rules() for method in sorted(rule.methods or ())]


def address(rule: Rule) -> str:
    given = {name: 1 if "int" in str(rule._converters[name].__class__).lower() else "x" for name in rule.arguments}
    found = rule.build(given)
    assert found is not None
    return str(found[1])


def test_every_route_is_open_to_those_roles_alone_that_the_table_names(desk: Counter) -> None:
    wrong = []
    for (rule, method), role in product(doors(desk.app), ROLES):
        action = action_of(rule.endpoint, method)
        allowed = method == "OPTIONS" or (action is not None and ROLES.index(role) >= ROLES.index(least(action)))
        if let_in(desk, rule, method, WHO[role]) != allowed:
            wrong.append((rule.rule, method, role, action))
    assert wrong == []


def let_in(desk: Counter, rule: Rule, method: str, who: str) -> bool:
    headers = {"Authorization": f"Bearer {desk.secrets[who]}"} if who else {}
    with desk.app.test_request_context(address(rule), method=method, headers=headers):
        try:
            desk.app.preprocess_request()
        except Forbidden:
            return False
        except Refusal as refusal:  # a form that is none of ours is refused after the role was looked at
            return refusal.problem.status != 403
    return True


def test_what_is_forbidden_is_answered_as_such(desk: Counter) -> None:
    for (rule, method), role in product(doors(desk.app), ("anyone", "reader")):
        action = action_of(rule.endpoint, method)
        if method not in ("OPTIONS", "HEAD") and (action is None or ROLES.index(role) < ROLES.index(least(action))):
            answer = desk.ask(WHO[role], method, address(rule))
            assert answer.status_code == (401 if role == "anyone" else 403), (rule.rule, method, role)


def test_each_entry_of_the_table_is_a_route_and_an_action(desk: Counter) -> None:
    assert set(ACTIONS) - {rule.endpoint for rule in desk.app.url_map.iter_rules()} == set()
    assert set(ACTIONS.values()) - set(RULES) == set()


def test_no_route_that_changes_something_is_harmless(desk: Counter) -> None:
    changing = {rule.endpoint for rule, method in doors(desk.app) if method not in READING}
    assert {endpoint for endpoint in changing if ACTIONS[endpoint] in HARMLESS} <= {
        "sparql", "cancel", "check", "make_link", "why",
    }  # fmt: skip


PATHS = {
    "see": ("GET", "", {}),
    "comment": ("POST", "/comments", {"comment": "a word"}),
    "edit": ("PUT", "", {}),
    "withdraw": ("POST", "/withdraw", {}),
    "return": ("POST", "/decision", {"decision": "return", "comment": "mend it"}),
    "reject": ("POST", "/decision", {"decision": "reject", "comment": "no"}),
    "accept": ("POST", "/decision", {"decision": "accept"}),
    "answer": ("POST", "/decision", {"decision": "answer", "comment": "done"}),
}


@pytest.mark.parametrize("state", STATES)
def test_the_table_of_roles_and_states_holds_over_http(desk: Counter, state: str) -> None:
    wrong = []
    for (action, how), who in product(PATHS.items(), ("", *PEOPLE)):
        found = brought(desk, state, f"{state}-{action}-{who or 'nobody'}".lower())
        actor = Actor(who, PEOPLE[who], ("partner",)) if who else ANYONE  # type: ignore[arg-type]  # roles by name
        expected = may_with(actor, action, found)
        method, path, told = how
        sent = {"data": organisation(found.graph.rpartition("/")[2], "Another"), "content_type": "text/turtle"}
        more = sent if action == "edit" else {"json": told} if told or method == "POST" else {}
        headers = {"If-Match": f'"{found.revision}"'}
        answer = desk.ask(who, method, f"/submissions/{found.id}{path}", headers=headers, **more)
        if (answer.status_code < 300) != expected or answer.status_code >= 500:
            wrong.append((action, who, state, answer.status_code, answer.text[:200]))
    assert wrong == []


def brought(desk: Counter, state: str, slug: str):  # type: ignore[no-untyped-def]
    """Lay a submission of Ana's onto the desk and bring it into a state."""
    found, now = desk.laid(slug, organisation(slug)), datetime.now(UTC)
    steps = {
        "returned": lambda: desk.desk.give_back(found.id, 1, "Bo", "mend it", now),
        "rejected": lambda: desk.desk.reject(found.id, 1, "Bo", "no", now),
        "withdrawn": lambda: desk.desk.withdraw(found.id, 1, "Ana", now),
    }
    if state == "accepted":
        desk.desk.claim(found.id, 1, "Bo", "", 1, now)
        return desk.desk.settle(found.id, 1, now)
    return steps[state]() if state in steps else found


def test_a_token_that_is_none_is_told_so(desk: Counter) -> None:
    client = desk.app.test_client()
    for secret in ("m4sd_00000000_nothing", "", "m4sd_", desk.secrets["Ana"][:-1]):
        answer = client.get("/limits", headers={"Authorization": f"Bearer {secret}"})
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="m4sd", error="invalid_token"'


def test_a_token_that_was_revoked_ends_at_once(desk: Counter) -> None:
    tokens = Tokens(desk.folder)
    token, secret = tokens.create("Ana", "submitter", ["partner"], datetime.now(UTC))
    client, headers = desk.app.test_client(), {"Authorization": f"Bearer {secret}", "Accept": "application/json"}
    assert client.get("/account", headers=headers).status_code == 200
    tokens.revoke(token.id, datetime.now(UTC))
    assert client.get("/account", headers=headers).status_code == 401


def test_a_page_for_persons_leads_to_the_form_and_back(desk: Counter) -> None:
    client = desk.app.test_client()
    asked = client.get("/submissions?state=waiting", headers=HTML)
    assert (asked.status_code, asked.headers["Location"]) == (303, "/sign-in?next=/submissions?state%3Dwaiting")
    told = {"name": "Ana", "password": PASSWORD, "csrf_token": csrf(client, asked.headers["Location"])}
    back = client.post("/sign-in", data={**told, "next": "/submissions?state=waiting"})
    assert (back.status_code, back.headers["Location"]) == (303, "/submissions?state=waiting")


@pytest.mark.parametrize(
    "address",
    ["//evil.example", "/\\evil.example", "https://evil.example/", "/x\r\nSet-Cookie: a=b", "javascript:alert(1)",
     "/\t/evil.example", "", "/" + "x" * 3000, "/é"],
)  # fmt: skip
def test_nobody_is_led_elsewhere_after_signing_in(desk: Counter, address: str) -> None:
    assert local(address) == ""
    client = desk.app.test_client()
    told = {"name": "Ana", "password": PASSWORD, "csrf_token": csrf(client, "/sign-in"), "next": address}
    answer = client.post("/sign-in", data=told)
    assert (answer.status_code, answer.headers["Location"], answer.headers.get("Set-Cookie", "")[:5]) == (
        303,
        "/account",
        "m4sd=",
    )


def test_the_cookie_is_for_this_site_and_no_script(desk: Counter) -> None:
    client = desk.app.test_client()
    plain = client.get("/sign-in").headers["Set-Cookie"]
    assert plain.startswith("m4sd=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(plain.split("; "))


def test_over_a_secure_connection_the_cookie_is_bound_to_it(desk: Counter) -> None:
    client = desk.app.test_client()
    cookie = client.get("/sign-in", base_url="https://graph.example/").headers["Set-Cookie"]
    assert cookie.startswith("__Host-m4sd=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


def test_a_secure_form_must_come_from_this_host(desk: Counter) -> None:
    client, root = desk.app.test_client(), "https://graph.example/"
    token = csrf(client, "/sign-in", base_url=root)
    told = {"name": "Ana", "password": PASSWORD, "csrf_token": token}
    evil = client.post("/sign-in", data=told, base_url=root, headers={"Referer": "https://evil.example/"})
    assert evil.status_code == 400
    own = client.post("/sign-in", data=told, base_url=root, headers={"Referer": root + "sign-in"})
    assert own.status_code == 303


def test_a_form_of_another_session_is_refused(desk: Counter) -> None:
    mine, hers = desk.signed_in("Ana"), desk.signed_in("Bo")
    token = csrf(hers, "/account")
    for told in ({}, {"csrf_token": "x"}, {"csrf_token": token}):
        answer = mine.post("/account/tokens", data={"label": "x", **told}, headers=HTML)
        assert answer.status_code == 400
    assert mine.post("/account/tokens", data={"csrf_token": csrf(mine, "/account")}, headers=HTML).status_code == 200


def test_a_session_alone_changes_nothing_without_its_form(desk: Counter) -> None:
    client, found = desk.signed_in("Bo"), desk.laid("forged", organisation("forged"))
    for path, told in (
        (f"/submissions/{found.id}/decision", {"decision": "accept", "revision": "1"}),
        (f"/submissions/{found.id}/comments", {"comment": "x"}),
        ("/sign-out", {}),
        ("/report-error", {"text": "x"}),
    ):
        for kind in ({"data": told}, {"json": told}):
            assert client.post(path, **kind).status_code == 400, path
    assert desk.desk.get(found.id).revision == 1


def test_a_planted_session_is_not_kept(desk: Counter) -> None:
    client = desk.app.test_client()
    before = csrf(client, "/sign-in")
    planted = client.get_cookie("m4sd")
    assert planted is not None
    client.post("/sign-in", data={"name": "Ana", "password": PASSWORD, "csrf_token": before})
    after = client.get_cookie("m4sd")
    assert after is not None
    assert after.value != planted.value
    assert client.post("/account/tokens", data={"csrf_token": before}, headers=HTML).status_code == 400
    thief = desk.app.test_client()
    thief.set_cookie("m4sd", planted.value)
    assert thief.get("/account", headers=HTML).status_code == 303


def test_a_cookie_that_somebody_wrote_is_nobodys(desk: Counter) -> None:
    for value in ("eyJuYW1lIjoiUm9vdCJ9.x.y", "x", ""):
        client = desk.app.test_client()
        client.set_cookie("m4sd", value)
        assert client.get("/account", headers=HTML).status_code == 303


def test_whoever_kept_the_cookie_of_an_ended_session_is_nobody(desk: Counter) -> None:
    client = desk.signed_in("Ana")
    kept = client.get_cookie("m4sd")
    assert kept is not None
    client.post("/sign-out", data={"csrf_token": csrf(client, "/account")})
    assert client.get("/account", headers=HTML).status_code == 303
    thief = desk.app.test_client()
    thief.set_cookie("m4sd", kept.value)
    assert thief.get("/account", headers=HTML).status_code == 303


def test_a_new_password_ends_every_other_session(desk: Counter) -> None:
    here, elsewhere = desk.signed_in("Cy"), desk.signed_in("Cy")
    told = {"password": PASSWORD, "new_password": "another long pass phrase", "csrf_token": csrf(here, "/account")}
    wrong = here.post("/account/password", data={**told, "password": "not this one"}, headers=HTML)
    assert wrong.status_code == 401
    assert elsewhere.get("/account", headers=HTML).status_code == 200
    assert here.post("/account/password", data=told, headers=HTML).status_code == 303
    assert here.get("/account", headers=HTML).status_code == 200
    assert elsewhere.get("/account", headers=HTML).status_code == 303
    People(desk.folder).change("Cy", datetime.now(UTC), password=PASSWORD)


def test_a_closed_account_is_signed_out(desk: Counter) -> None:
    client = desk.signed_in("Dee")
    assert desk.ask("Root", "POST", "/people/change", json={"name": "Dee", "account": "off"}).status_code == 200
    assert client.get("/account", headers=HTML).status_code == 303
    assert desk.ask("Root", "POST", "/people/change", json={"name": "Dee", "account": "on"}).status_code == 200


def test_guessing_is_held_off(desk: Counter) -> None:
    client, where = desk.app.test_client(), {"REMOTE_ADDR": "192.0.2.77"}
    token = csrf(client, "/sign-in")
    answers = [
        client.post(
            "/sign-in",
            data={"name": "Rea", "password": f"guess number {n}", "csrf_token": token},
            environ_overrides=where,
            headers=HTML,
        )
        for n in range(PAIR.most + 3)
    ]
    assert [answer.status_code for answer in answers] == [401] * PAIR.most + [429] * 3
    assert int(answers[-1].headers["Retry-After"]) > 0
    right = {"name": "Rea", "password": PASSWORD, "csrf_token": token}
    assert client.post("/sign-in", data=right, environ_overrides=where).status_code == 429


def test_a_wrong_name_and_a_wrong_password_are_told_alike(desk: Counter) -> None:
    client = desk.app.test_client()
    token = csrf(client, "/sign-in")
    told = []
    for name in ("Bo", "Nobody at all"):
        data = {"name": name, "password": "not this one", "csrf_token": token}
        answer = client.post("/sign-in", data=data, environ_overrides={"REMOTE_ADDR": "192.0.2.5"}, headers=HTML)
        told.append((answer.status_code, answer.text.partition('role="alert">')[2][:90]))
    assert told[0] == told[1]


def test_answers_to_persons_stay_out_of_caches(desk: Counter) -> None:
    client = desk.signed_in("Ana")
    for path in ("/", "/account", "/submissions", "/limits", "/validate"):
        answer = client.get(path, headers={**HTML, "If-None-Match": '"x"'})
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-store"), path
        assert "Cookie" in answer.headers.getlist("Vary")[0]
        assert "Access-Control-Allow-Credentials" not in answer.headers
    public = desk.app.test_client().get("/limits", headers=HTML)
    assert public.headers["Cache-Control"].startswith("public")
    assert any("Cookie" in value for value in public.headers.getlist("Vary"))


def test_the_key_of_sessions_is_its_owners_alone(desk: Counter) -> None:
    assert stat.S_IMODE((desk.folder / KEY).stat().st_mode) == 0o600


def test_own_tokens_are_made_and_revoked_by_their_owner_in_a_session_only(desk: Counter) -> None:
    client = desk.signed_in("Ana")
    page = client.post("/account/tokens", data={"csrf_token": csrf(client, "/account"), "days": "3"}, headers=HTML).text
    secret = page.partition('<code class="secret">')[2].partition("<")[0]
    told = desk.app.test_client().get(
        "/account", headers={"Authorization": f"Bearer {secret}", "Accept": "application/json"}
    )
    assert (told.json["name"], told.json["role"]) == ("Ana", "submitter")  # type: ignore[index]
    ident = secret.split("_")[1]
    assert desk.ask("Ana", "POST", "/account/tokens").status_code == 403
    assert desk.ask("Ana", "POST", f"/account/tokens/{ident}/revoke").status_code == 403
    others = desk.secrets["Bo"].split("_")[1]
    form = {"csrf_token": csrf(client, "/account")}
    assert client.post(f"/account/tokens/{others}/revoke", data=form).status_code == 404
    assert client.post(f"/account/tokens/{ident}/revoke", data=form).status_code == 303
    again = desk.app.test_client().get("/account", headers={"Authorization": f"Bearer {secret}"})
    assert again.status_code == 401


def test_administrators_keep_accounts_and_tokens(desk: Counter) -> None:
    new = {"name": "Eve", "role": "reader", "datasets": "", "password": "a pass phrase of some length"}
    assert desk.ask("Root", "POST", "/people", json=new).status_code == 201
    assert desk.ask("Root", "POST", "/people", json=new).status_code == 400
    assert desk.ask("Root", "POST", "/people", json={**new, "name": "Short", "password": "x"}).status_code == 400
    made = desk.ask("Root", "POST", "/people/tokens", json={"name": "Eve", "role": "reader"})
    assert (made.status_code, made.json["secret"].startswith("m4sd_")) == (201, True)  # type: ignore[index]
    listed = desk.ask("Root", "GET", "/people").json
    assert "Eve" in {each["name"] for each in listed["people"]}  # type: ignore[index]
    assert "stamp" not in str(listed)
    assert "password" not in str(listed)
    gone = desk.ask("Root", "POST", f"/people/tokens/{made.json['id']}/revoke")  # type: ignore[index]
    assert gone.json["state"] == "revoked"  # type: ignore[index]
    page = desk.signed_in("Root").get("/people", headers=HTML)
    assert (page.status_code, "Eve" in page.text) == (200, True)
