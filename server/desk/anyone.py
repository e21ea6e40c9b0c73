"""Hear anybody, without an account: `/report-error`, `/propose`, and `/followed/{secret}` to see what became of it.

Machines that fill in every form are kept out by a field that people do not see, by the time that a person needs to
write, and by how much one address may send; programs send JSON, which is counted too.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from typing import Literal as OneOf

from flask import Flask, Response, current_app, g, render_template, request, url_for
from itsdangerous import BadData, URLSafeTimedSerializer

from graph.desk import notes
from graph.desk.desk import Desk
from graph.errors import M4sdError, Said, said
from server.desk.submissions import as_public
from server.desk.submitting import addressed
from server.http.answers import as_json, by_program, fields, see_other
from server.http.negotiate import HTML, JSON, asked_for
from server.http.problem import STATUS_OF, Problem, Refusal, of
from server.identity.throttle import Rate, Throttle, TooManyTries, neighbourhood
from server.linked.addresses import is_iri
from server.words import say
from server.workers.looks import Looks
from server.writer.writing import Failed, Writer

TRAP: Final = "website"  # the field that people do not see
SOONEST: Final = 3  # seconds in which nobody has read a form and filled it in
LATEST: Final = 86_400
RATES: Final[Mapping[str, Rate]] = {"{}": Rate(5, 900), "{} in a day": Rate(20, 86_400)}
ALL: Final = Rate(300, 3600)  # notes of everybody together

Kind = OneOf["report", "proposal"]


class Anyone:
    """Be the pages on which anybody says what is wrong or missing."""

    def __init__(self, folder: Path, looks: Looks, desk: Desk, writer: Writer) -> None:
        self._looks, self._desk, self._writer, self._throttle = looks, desk, writer, Throttle(folder)

    def routes(self, app: Flask) -> None:
        """Add these pages to an application."""
        app.add_url_rule("/report-error", "report_error", lambda: self._form("report"))
        app.add_url_rule("/report-error", "take_report", lambda: self.take("report"), methods=["POST"])
        app.add_url_rule("/propose", "propose", lambda: self._form("proposal"))
        app.add_url_rule("/propose", "take_proposal", lambda: self.take("proposal"), methods=["POST"])
        app.add_url_rule("/followed/<secret>", "followed", self.followed)
        app.add_url_rule("/followed/<secret>/comments", "add_words", self.add, methods=["POST"])
        app.add_url_rule("/followed/<secret>/withdraw", "take_note_back", self.take_back, methods=["POST"])

    def take(self, kind: Kind) -> Response:
        """Put what somebody says onto the desk, and lead to where it can be followed."""
        told = fields()
        try:
            _require_person(told)
            about = addressed(told["about"]) if told.get("about") else ""
            self._count()
            texts = {key: told.get(key, "") for key in ("text", "statement", "contact")}
            made = self._writer.ask("note", kind=kind, thing=about, **texts)
        except (TooManyTries, Failed, Refusal) as error:
            if by_program():
                raise
            return self._form(kind, told, error)
        address = url_for("followed", secret=made["secret"], new="1")
        if not by_program():
            return see_other(address)
        follow = url_for("followed", secret=made["secret"], _external=True)
        response = as_json({"id": made["id"], "follow": follow}, 201)
        response.headers["Location"] = address
        return response

    def propose(self, told: Mapping[str, str], **note: object) -> Mapping[str, str]:
        """Put a record that was filled into a form onto the desk; return its name there and the secret of its link."""
        _require_person(told)
        self._count()
        made: Mapping[str, str] = self._writer.ask("note", kind="proposal", **note)
        return made

    def followed(self, secret: str) -> Response:
        """Show the author of a note its state and what was said."""
        return self._shown(secret)

    def add(self, secret: str) -> Response:
        """Add words to a note of one's own."""
        self._count()
        return self._done("add_to_note", secret, text=fields().get("text", ""))

    def take_back(self, secret: str) -> Response:
        """Take back a note of one's own."""
        return self._done("take_note_back", secret)

    def _done(self, deed: str, secret: str, **more: str) -> Response:
        notes.follow(self._desk, secret)
        try:
            self._writer.ask(deed, secret=secret, **more)
        except Failed as error:
            if by_program():
                raise
            return self._shown(secret, error)
        return see_other(url_for("followed", secret=secret))

    def _shown(self, secret: str, error: Failed | None = None) -> Response:
        found, events = notes.follow(self._desk, secret)
        if asked_for((HTML, JSON)) is JSON:
            return as_json(as_public(found, events))
        words = say(error.said, g.lang) if error else ""
        body = render_template(
            "followed.html", found=found, events=events, secret=secret, error=words, known=self._known(found.thing)
        )
        response = Response(body, STATUS_OF.get(error.kind, 500) if error else 200)
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    def _form(self, kind: Kind, told: Mapping[str, str] | None = None, error: Exception | None = None) -> Response:
        """Return the form, with what was written where it was not taken."""
        given = dict(told or {})
        given.setdefault("about", request.args.get("about", ""))
        if given["about"] and error is None:
            addressed(given["about"])
        status, words = _told(error)
        body = render_template(
            "note.html", kind=kind, given=given, error=words, trap=TRAP, longest=notes.LONGEST, shown=shown_at(),
            known=self._known(given["about"]),
        )  # fmt: skip
        return Response(body, status)

    def _known(self, thing: str) -> frozenset[str]:
        """Return whether a note is about something published, which has a page: the thing, or nothing."""
        if not is_iri(thing):
            return frozenset()
        found: frozenset[str] = self._looks.at("graph.pages.submitted:known", (thing,))
        return found

    def _count(self) -> None:
        where = neighbourhood(request.remote_addr or "")
        keys = {f"note {form.format(where)}": rate for form, rate in RATES.items()}
        self._throttle.count({**keys, "notes": ALL}, datetime.now(UTC))


def _require_person(told: Mapping[str, str]) -> None:
    """Raise Refusal where a form came as no person sends one."""
    if told.get(TRAP):
        raise _refused(said("leave the field {name} empty: it is there for machines", name=TRAP))
    if request.mimetype == JSON.type:
        return
    try:
        _, shown = _signer().loads(told.get("shown", ""), max_age=LATEST, return_timestamp=True)
    except BadData as error:
        raise _refused(said("this form was opened too long ago; send it once more")) from error
    if (datetime.now(UTC) - shown).total_seconds() < SOONEST:
        raise _refused(said("this was sent within {least} seconds; send it once more", least=SOONEST))


def _refused(words: Said) -> Refusal:
    return Refusal(Problem(400, words))


def _told(error: Exception | None) -> tuple[int, str]:
    """Return the status and the words of what keeps a note off the desk."""
    if error is None:
        return 200, ""
    if isinstance(error, Refusal):
        return error.problem.status, say(error.problem.said, g.lang)
    assert isinstance(error, M4sdError)
    return of(error).status, say(error.said, g.lang)


def shown_at() -> str:
    """Return the time at which a form is shown, signed."""
    return _signer().dumps("")


def _signer() -> URLSafeTimedSerializer:
    assert current_app.secret_key is not None
    return URLSafeTimedSerializer(current_app.secret_key, salt="note")
