"""Take submissions, from a form and from programs: `/submit`, `POST /submissions`, `PUT /submissions/{id}`.

A check worker reads the files and makes drafts of them; what the shapes refuse is answered with the report, and nothing
of it is kept.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Flask, Response, g, render_template, request, url_for

from graph.desk.desk import Desk
from graph.desk.submission import Submission
from graph.errors import NotAcceptable, said
from graph.store import Reader
from graph.validate.written.formats import FRAGMENT
from server.desk.submissions import as_plain, likenesses, to_edit
from server.http.answers import LONGEST, as_json, fields, revision_of, see_other
from server.http.negotiate import HTML, Media, asked_for
from server.http.problem import Problem, Refusal
from server.identity.roles import ALL, require
from server.limits import MIB
from server.linked.addresses import is_iri
from server.settings import Settings
from server.sparql import protocol
from server.validation.checkers import Checkers
from server.validation.checks import Check, Sending, Verdict
from server.validation.validate import CHOICES, FORMS, REPORTS, files_sent, judged, lines_around, shown
from server.words import say
from server.workers.looks import Looks
from server.writer.writing import Writer

Files = tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class Came:
    """Carry what a request submits."""

    files: Files = ()
    sending: Sending = field(default_factory=lambda: Sending(()))
    comment: str = ""

    @property
    def pasted(self) -> str:
        """Return the text that was pasted into the form."""
        return next((data.decode(errors="replace") for name, data in self.files if name.startswith("text.")), "")


class Submitting:
    """Take records in, to wait for somebody else's decision."""

    def __init__(
        self, reader: Reader, looks: Looks, checkers: Checkers, settings: Settings, desk: Desk, writer: Writer
    ) -> None:
        self._reader, self._looks, self._checkers, self._settings = reader, looks, checkers, settings
        self._desk, self._writer = desk, writer

    def routes(self, app: Flask) -> None:
        """Add what takes submissions to an application."""
        app.add_url_rule("/submit", "submit_form", self.form)
        app.add_url_rule("/submissions", "submit", self.submit, methods=["POST"])
        app.add_url_rule("/submissions/<identity>", "revise", self.revise, methods=["PUT"])
        app.add_url_rule("/submissions/<identity>/edit", "edit_form", self.edit_form)
        app.add_url_rule("/submissions/<identity>/edit", "revise_by_form", self.revise, methods=["POST"])

    def form(self) -> Response:
        """Show the form: empty, or with the present version of what `replace` or `withdraw` names."""
        if withdraw := request.args.get("withdraw", ""):
            return self._page(Came(sending=Sending((), withdraw=withdraw)))
        if not (replaces := request.args.get("replace", "")):
            return self._page(Came(sending=Sending((), request.args.get("dataset", ""))))
        found = self._looks.at("graph.pages.submitted:present", addressed(replaces))
        if not found:
            raise Refusal(Problem(404, said("{thing} is described by no record", thing=replaces)))
        own = [each for each in found if g.actor.covers(each.dataset)]
        require(g.actor, "submit", dataset="" if own else found[0].dataset)
        return self._page(Came((("text.ttl", own[0].turtle.encode()),), Sending((), own[0].dataset)))

    def submit(self) -> Response:
        """Put what was sent onto the desk: 202 with where to follow it, or 422 with the report."""
        media, came = _media(), _came()
        require(g.actor, "submit", dataset=came.sending.dataset)
        verdict = self._verdict(came, media)
        if isinstance(verdict, Response):
            return verdict
        drafts = [draft.plain() for draft in verdict.drafts]
        made = self._writer.ask("submit", who=g.actor.name, by=g.actor.by, drafts=drafts)
        return self._taken([self._desk.get(each["id"]) for each in made], verdict, media, 202)

    def edit_form(self, identity: str) -> Response:
        """Show the form with the version that waits or was returned."""
        found = to_edit(self._desk, identity)
        text = self._looks.at("graph.pages.submitted:turtle", found.body)
        sending = Sending((), found.dataset, found.source, found.why)
        return self._page(Came((("text.ttl", text.encode()),), sending), edited=found)

    def revise(self, identity: str) -> Response:
        """Put another version in the place of one that waits or was returned."""
        found, media = to_edit(self._desk, identity), _media()
        came = _came({"dataset": found.dataset, "source": found.source, "why": found.why})
        verdict = self._verdict(came, media, found)
        if isinstance(verdict, Response):
            return verdict
        if [draft.graph for draft in verdict.drafts] != [found.graph]:
            raise Refusal(Problem(400, said("send one new version of {graph}, and nothing else", graph=found.graph)))
        self._writer.ask(
            "edit", ident=found.id, revision=revision_of(_given()), draft=verdict.drafts[0].plain(),
            who=g.actor.name, by=g.actor.by, comment=came.comment,
        )  # fmt: skip
        return self._taken([self._desk.get(found.id)], verdict, media, 200)

    def _verdict(self, came: Came, media: Media, edited: Submission | None = None) -> Verdict | Response:
        """Return the verdict with its drafts, or the answer where there are none."""
        client = protocol.client(self._settings.limits)
        check = Check(
            str(protocol.snapshot(self._reader).folder), came.files, "curated", False,
            tuple((form, g.lang) for form in _forms(media)), 2 * client.role.memory, client.role.result,
            self._settings.threshold, sending=came.sending,
        )  # fmt: skip
        try:
            verdict = judged(self._checkers, check, client)
            if not verdict.drafts and verdict.outcome != "refused":
                raise Refusal(Problem(400, said("there is no record in what was sent; fill it in, then send it again")))
        except Refusal as refusal:
            if media is not HTML or refusal.problem.status >= 500:
                raise
            return self._page(came, edited=edited, problem=refusal.problem)
        if verdict.drafts:
            return verdict
        if media is HTML:
            return self._page(came, verdict, edited)
        body = verdict.reports[media.name, g.lang]
        if media.name == "json":
            body = json.dumps({**json.loads(body), "text": _text(verdict)}, ensure_ascii=False).encode()
        return Response(body, 422, {"M4SD-Outcome": verdict.outcome}, content_type=media.content_type)

    def _taken(self, made: list[Submission], verdict: Verdict, media: Media, status: int) -> Response:
        """Say where to follow what was taken, and what it may be a second description of."""
        one = len(made) == 1
        address = url_for("submission", identity=made[0].id) if one else url_for("submissions", batch=made[0].batch)
        if media is HTML:
            return see_other(address)
        told = [
            {**as_plain(each), "duplicates": doubles} for each, doubles in zip(made, self._doubles(made), strict=True)
        ]
        about = {"outcome": verdict.outcome, "counts": dict(verdict.counts), "text": _text(verdict)}
        response = as_json({**about, "submissions": told}, status)
        response.headers.update({"Location": address, "M4SD-Outcome": verdict.outcome})
        if one:
            response.headers["ETag"] = f'"{made[0].revision}"'
        return response

    def _doubles(self, made: list[Submission]) -> list[list[dict[str, object]]]:
        new = [each for each in made if each.kind == "new"]
        folder = str(protocol.snapshot(self._reader).folder)
        things = tuple((each.thing, each.body) for each in new)
        found = self._looks.at("graph.pages.submitted:doubles", things, folder) if new else ()
        by_id = {each.id: likenesses(doubles) for each, doubles in zip(new, found, strict=True)}
        return [by_id.get(each.id, []) for each in made]

    def _page(
        self,
        came: Came,
        verdict: Verdict | None = None,
        edited: Submission | None = None,
        problem: Problem | None = None,
    ) -> Response:
        """Return the form with what was sent, and what is said of it."""
        files = {name: data.decode(errors="replace") for name, data in came.files}
        body = render_template(
            "submit.html", came=came, edited=edited, verdict=verdict,
            choices=CHOICES, most=self._settings.limits.upload // MIB,
            report=shown(verdict.reports[FRAGMENT, g.lang]) if verdict else "",
            problem=say(problem.said, g.lang) if problem else "", lines=lines_around(problem, files) if problem else (),
            datasets=[each for each in g.actor.datasets if each != ALL], any_dataset=ALL in g.actor.datasets,
            wrong=str(problem.extra.get("field", "")) if problem else "",
        )  # fmt: skip
        return Response(body, problem.status if problem else 422 if verdict else 200)


def addressed(given: str) -> str:
    """Return an IRI that a request names; raise Refusal where it can be none."""
    if not is_iri(given):
        raise Refusal(Problem(400, said("{given} is no IRI: write it in full, beginning with http", given=given[:200])))
    return given


def _given() -> Mapping[str, str]:
    """Return what the present request tells beside its files: parameters of its address, or the fields of a form."""
    return {**request.args.to_dict(), **(fields(("text",)) if request.mimetype in FORMS else {})}


def _came(known: Mapping[str, str] | None = None) -> Came:
    """Read what the present request submits: files, or the name of what is to be withdrawn; the rest is as `known`."""
    given = {**(known or {}), **_given()}
    told = {key: given.get(key, "").strip()[:LONGEST] for key in ("dataset", "source", "why", "withdraw")}
    sending = Sending(g.actor.datasets, **told, replaced_by=given.get("replaced-by", "").strip())
    for iri in (sending.withdraw, sending.replaced_by):
        addressed(iri) if iri else None
    if sending.withdraw:
        return Came(sending=sending, comment=given.get("comment", ""))
    files = tuple((name, data) for name, data in files_sent() if data.strip())
    if not files:
        raise Refusal(
            Problem(
                400, said("nothing was sent; paste a record, choose a file, or send one as the body of the request")
            )
        )
    return Came(_apart(files), sending, given.get("comment", ""))


def _apart(files: Files) -> Files:
    """Return files of which no two have one name: a record is found by that of its file."""
    names: dict[str, int] = {}
    found = []
    for name, data in files:
        names[name] = names.get(name, 0) + 1
        found.append((name if names[name] == 1 else f"{names[name]}-{name}", data))
    return tuple(found)


def _forms(media: Media) -> tuple[str, ...]:
    """Return the forms of a report that an answer needs; programs get it in words too."""
    return (FRAGMENT,) if media is HTML else tuple({media.name, "text"})


def _text(verdict: Verdict) -> str:
    return verdict.reports["text", g.lang].decode()


def _media() -> Media:
    """Return in which form the answer is wanted: a report where the shapes refuse it, else JSON or a page."""
    media = asked_for((*REPORTS, HTML))
    if media is None:
        raise NotAcceptable(tuple(each.type for each in (*REPORTS, HTML)))
    return media
