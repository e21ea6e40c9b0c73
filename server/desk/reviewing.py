"""Decide on what waits: `POST /submissions/{id}/decision`, comments, and taking back what is one's own."""

from collections.abc import Mapping
from typing import Any, Final

from flask import Flask, Response, g, url_for

from graph.desk.desk import Desk
from graph.desk.submission import Submission
from graph.errors import said
from server.desk.submissions import Submissions, Told, as_plain
from server.http.answers import as_json, by_program, fields, revision_of, see_other
from server.http.problem import STATUS_OF, Problem, Refusal
from server.identity.roles import require
from server.linked import addresses
from server.words import say
from server.writer.writing import Failed, Writer

# decision -> what `server.identity.roles` calls it, and the deed of the writer
DECISIONS: Final[Mapping[str, tuple[str, str]]] = {
    "accept": ("accept", "accept"),
    "return": ("return", "give_back"),
    "reject": ("reject", "reject"),
    "answer": ("answer", "answer"),
}
_REFUSED: Final = 422


class Reviewing:
    """Take decisions."""

    def __init__(self, desk: Desk, writer: Writer, submissions: Submissions) -> None:
        self._desk, self._writer, self._submissions = desk, writer, submissions

    def routes(self, app: Flask) -> None:
        """Add what decides to an application."""
        one = "/submissions/<identity>"
        app.add_url_rule(f"{one}/decision", "decide", self.decide, methods=["POST"])
        app.add_url_rule(f"{one}/comments", "comment", self.comment, methods=["POST"])
        app.add_url_rule(f"{one}/withdraw", "take_back", self.take_back, methods=["POST"])

    def decide(self, identity: str) -> Response:
        """Accept, return, reject or answer a submission, as it was seen; 409 where somebody was quicker."""
        told = fields()
        decision = told.get("decision", "")
        if decision not in DECISIONS:
            words = said(
                "there is no decision {name}; write one of {known}", name=decision[:40], known=", ".join(DECISIONS)
            )
            raise Refusal(Problem(400, words))
        found = self._desk.get(identity)
        action, deed = DECISIONS[decision]
        require(g.actor, action, found)
        more = {"against": told["against"]} if deed == "accept" and told.get("against") else {}
        done = self._done(deed, found, told, revision=revision_of(told), comment=told.get("comment", ""), **more)
        return done if isinstance(done, Response) else self._decided(deed, done)

    def comment(self, identity: str) -> Response:
        """Say something about a submission that is still open."""
        told, found = fields(), self._desk.get(identity)
        require(g.actor, "comment", found)
        return self._stepped("comment", found, told, comment=told.get("comment", ""))

    def take_back(self, identity: str) -> Response:
        """Take a submission of one's own back."""
        told, found = fields(), self._desk.get(identity)
        require(g.actor, "withdraw", found)
        return self._stepped("withdraw", found, told, revision=revision_of(told), comment=told.get("comment", ""))

    def _stepped(self, deed: str, found: Submission, told: Mapping[str, str], **more: object) -> Response:
        done = self._done(deed, found, told, **more)
        return done if isinstance(done, Response) else self._decided(deed, done)

    def _done(self, deed: str, found: Submission, told: Mapping[str, str], **more: object) -> Any:  # the deed's JSON
        """Return what came of a deed, or the answer where it was refused: what is on the desk now, and why not."""
        try:
            return self._writer.ask(deed, ident=found.id, who=g.actor.name, by=g.actor.by, **more)
        except Failed as error:
            status, now = STATUS_OF.get(error.kind, 500), self._desk.get(found.id)
            if by_program() or status >= 500:
                raise Refusal(Problem(status, error.said, {"state": now.state, "revision": now.revision})) from error
            return self._submissions.page(now, Told(say(error.said, g.lang), status, comment=told.get("comment", "")))

    def _decided(self, deed: str, done: Mapping[str, Any]) -> Response:
        told: Mapping[str, Any] = done if deed == "accept" else {"submission": done, "sequence": 0}
        found, sequence = self._desk.get(told["submission"]["id"]), told["sequence"]
        if deed == "accept" and not sequence:
            return self._unfit(found, told["findings"])
        if by_program():
            response = as_json({"submission": as_plain(found), "sequence": sequence or None, "findings": []})
            response.headers["ETag"] = f'"{found.revision}"'
            return response
        if deed == "accept" and found.kind != "withdrawal":
            page = addresses.linked(found.thing)
            return see_other(f"{page}{'&' if '?' in page else '?'}sequence={sequence}")
        return see_other(url_for("submission", identity=found.id))

    def _unfit(self, found: Submission, findings: list[Mapping[str, Any]]) -> Response:
        """Say that a submission does not keep the rules any more, beside what was published since it was sent."""
        words = said(
            "This cannot be published as it is: beside what is published now, it breaks a rule. It still waits."
        )
        if by_program():
            told = {"submission": as_plain(found), "sequence": None, "findings": findings}
            raise Refusal(Problem(_REFUSED, words, told))
        return self._submissions.page(found, Told(say(words, g.lang), _REFUSED, findings))
