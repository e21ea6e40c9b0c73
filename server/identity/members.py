"""Let administrators keep accounts and tokens: `/people`."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime

from flask import Flask, Response, g, render_template, url_for

from graph.errors import M4sdError
from server.http.answers import as_json, by_program, fields, see_other
from server.http.negotiate import HTML, JSON, asked_for
from server.http.problem import of
from server.identity.accounts import Unfit
from server.identity.entrance import days_of
from server.identity.identity import Identity
from server.identity.people import NoPerson, Person
from server.identity.roles import GIVEN
from server.identity.tokens import Token
from server.words import say


class Members:
    """Be the page of all accounts and tokens."""

    def __init__(self, identity: Identity) -> None:
        self._people, self._tokens = identity.people, identity.tokens

    def routes(self, app: Flask) -> None:
        """Add this page to an application."""
        app.add_url_rule("/people", "people", self.page)
        app.add_url_rule("/people", "add_person", self.add, methods=["POST"])
        app.add_url_rule("/people/change", "change_person", self.change, methods=["POST"])
        app.add_url_rule("/people/tokens", "add_token", self.add_token, methods=["POST"])
        app.add_url_rule("/people/tokens/<identity>/revoke", "drop_token", self.drop_token, methods=["POST"])

    def page(self) -> Response:
        """List people and tokens, as a page or as JSON."""
        return self._shown()

    def add(self) -> Response:
        """Make an account."""
        told = fields()
        name, role = told.get("name", ""), told.get("role", "")
        try:
            made = self._people.create(name, role, _datasets(told), told.get("password", ""), _now(), g.actor.name)
        except Unfit as error:
            return self._shown(error=error)
        return as_json(_person(made), 201) if by_program() else see_other(url_for("people"))

    def change(self) -> Response:
        """Change what is given of an account; whoever is signed in by it must sign in again."""
        told = fields()
        wish = {"on": False, "off": True}.get(told.get("account", ""))
        datasets = _datasets(told) if "datasets" in told else None
        try:
            changed = self._people.change(
                told.get("name", ""),
                _now(),
                g.actor.name,
                told.get("password") or None,
                told.get("role") or None,
                datasets,
                wish,
            )
        except (Unfit, NoPerson) as error:
            return self._shown(error=error)
        return as_json(_person(changed)) if by_program() else see_other(url_for("people"))

    def add_token(self) -> Response:
        """Make a token for anybody, and show its secret once."""
        told = fields()
        try:
            token, secret = self._tokens.create(
                told.get("name", ""),
                told.get("role", ""),
                _datasets(told),
                _now(),
                days_of(told.get("days", "")),
                told.get("label", ""),
                g.actor.name,
            )
        except Unfit as error:
            return self._shown(error=error)
        if by_program():
            return as_json({**_token(token), "secret": secret}, 201)
        return self._shown(token, secret)

    def drop_token(self, identity: str) -> Response:
        """Take a token back."""
        dropped = self._tokens.revoke(identity, _now(), g.actor.name)
        return as_json(_token(dropped)) if by_program() else see_other(url_for("people"))

    def _shown(self, made: Token | None = None, secret: str = "", error: M4sdError | None = None) -> Response:
        if error is not None and by_program():
            raise error
        people, tokens = self._people.list(), self._tokens.list()
        if asked_for((HTML, JSON)) is JSON:
            return as_json({"people": [_person(each) for each in people], "tokens": [_token(each) for each in tokens]})
        body = render_template(
            "people.html", people=people, tokens=tokens, made=made, secret=secret, roles=GIVEN, now=_now(),
            error=say(error.said, g.lang) if error else "",
        )  # fmt: skip
        return Response(body, of(error).status if error else 200)


def _datasets(told: Mapping[str, str]) -> tuple[str, ...]:
    """Return the datasets of a field, which are written with commas or spaces between them."""
    return tuple(told.get("datasets", "").replace(",", " ").split())


def _person(person: Person) -> dict[str, object]:
    told = {key: value for key, value in asdict(person).items() if key != "stamp"}
    return {**told, "datasets": list(person.datasets)}


def _token(token: Token) -> dict[str, object]:
    return {**asdict(token), "datasets": list(token.datasets), "state": token.state(_now())}


def _now() -> datetime:
    return datetime.now(UTC)
