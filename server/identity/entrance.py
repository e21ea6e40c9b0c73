"""Let people sign in and out, and keep their own password and tokens: `/sign-in`, `/sign-out`, `/account`."""

from dataclasses import asdict
from datetime import UTC, datetime

from flask import Flask, Response, g, render_template, request, url_for

from graph.desk.moves import same_person
from graph.errors import M4sdError, said
from server.http.answers import as_json, fields, local, see_other
from server.http.negotiate import HTML, JSON, asked_for
from server.http.problem import Problem, Refusal, of
from server.identity.accounts import Unfit
from server.identity.identity import Identity, signed_in
from server.identity.people import NotSignedIn, Person
from server.identity.throttle import TooManyTries
from server.identity.tokens import DAYS, Token
from server.words import say

_FORBIDDEN = said("Sign in on a page to change your account; a token cannot.")


class Entrance:
    """Be the pages of one's own account."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity

    def routes(self, app: Flask) -> None:
        """Add these pages to an application."""
        app.add_url_rule("/sign-in", "sign_in", self.form)
        app.add_url_rule("/sign-in", "enter", self.enter, methods=["POST"])
        app.add_url_rule("/sign-out", "sign_out", self.leave, methods=["POST"])
        app.add_url_rule("/account", "account", self.account)
        app.add_url_rule("/account/password", "own_password", self.password, methods=["POST"])
        app.add_url_rule("/account/tokens", "own_token", self.make_token, methods=["POST"])
        app.add_url_rule("/account/tokens/<identity>/revoke", "drop_own_token", self.revoke, methods=["POST"])

    def form(self) -> Response:
        """Show the form to sign in by."""
        return _form()

    def enter(self) -> Response:
        """Begin a session for whoever knows a name and its password."""
        name, password = request.form.get("name", ""), request.form.get("password", "")
        try:
            person = self._identity.people.sign_in(name, password, request.remote_addr or "")
        except (NotSignedIn, TooManyTries) as error:
            return _form(error)
        self._identity.begin(person)
        return see_other(local(request.form.get("next", "")) or url_for("account"))

    def leave(self) -> Response:
        """End the session."""
        self._identity.end()
        return see_other(url_for("home"))

    def account(self) -> Response:
        """Show who asks and her tokens, as a page or as JSON."""
        tokens = self._own_tokens()
        if asked_for((HTML, JSON)) is JSON:
            told = {"name": g.actor.name, "role": g.actor.role, "datasets": list(g.actor.datasets)}
            return as_json({**told, "tokens": [_plain(token) for token in tokens]})
        return _account(tokens)

    def password(self) -> Response:
        """Change the password of whoever knows the present one; all other sessions of hers end."""
        me, told = self._session(), fields()
        try:
            self._identity.people.sign_in(me.name, told.get("password", ""), request.remote_addr or "")
            changed = self._identity.people.change(me.name, _now(), me.name, told.get("new_password", ""))
        except (NotSignedIn, TooManyTries, Unfit) as error:
            return _account(self._own_tokens(), error=error)
        self._identity.begin(changed)
        return see_other(url_for("account", done="password"))

    def make_token(self) -> Response:
        """Make a token that may do what its owner may, and show its secret once."""
        me = self._session()
        told = fields()
        token, secret = self._identity.tokens.create(
            me.name, me.role, me.datasets, _now(), days_of(told.get("days", "")), told.get("label", ""), by=me.name
        )
        return _account(self._own_tokens(), token, secret)

    def revoke(self, identity: str) -> Response:
        """Take a token of one's own back."""
        self._session()
        if not any(token.id == identity for token in self._own_tokens()):
            raise Refusal(Problem(404, said("You have no token {id}.", id=identity[:40])))
        self._identity.tokens.revoke(identity, _now(), by=g.actor.name)
        return see_other(url_for("account"))

    def _own_tokens(self) -> tuple[Token, ...]:
        return tuple(token for token in self._identity.tokens.list() if same_person(token.name, g.actor.name))

    def _session(self) -> Person:
        found = next((each for each in self._identity.people.list() if same_person(each.name, g.actor.name)), None)
        if not signed_in() or found is None:
            raise Refusal(Problem(403, _FORBIDDEN))
        return found


def days_of(given: str) -> float:
    """Return for how many days a token is wanted, between one and those that are usual."""
    return min(max(int(given), 1), DAYS) if given.isascii() and given.isdigit() and len(given) < 5 else DAYS


def _form(error: M4sdError | None = None) -> Response:
    wanted = local(request.values.get("next", ""))
    body = render_template("sign_in.html", next=wanted, error=say(error.said, g.lang) if error else "")
    found = Response(body, of(error).status if error else 200)
    if error and "after" in error.said.data:
        found.headers["Retry-After"] = str(error.said.data["after"])
    return found


def _account(
    tokens: tuple[Token, ...], made: Token | None = None, secret: str = "", error: M4sdError | None = None
) -> Response:
    said_ = say(error.said, g.lang) if error else ""
    body = render_template(
        "account.html", tokens=tokens, made=made, secret=secret, error=said_, now=_now(), session_=signed_in()
    )
    return Response(body, of(error).status if error else 200)


def _plain(token: Token) -> dict[str, object]:
    return {**asdict(token), "datasets": list(token.datasets), "state": token.state(_now())}


def _now() -> datetime:
    return datetime.now(UTC)
