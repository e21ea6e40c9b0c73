"""Let records be described by forms made from the shapes: `/submit/new`, and what waits edited in the same way.

A form is one more file: a check worker reads it, and what keeps the rules goes onto the desk as any other record.
"""

from dataclasses import replace
from typing import Any, Final

from flask import Flask, Response, g, render_template, request, url_for

from graph.desk.desk import Desk
from graph.desk.moves import NOTES
from graph.desk.place import SHIPPED
from graph.desk.submission import Submission
from graph.errors import M4sdError, Said, said
from graph.form.asked import defined
from graph.form.typed import FORM, Spot, Typed
from graph.pages.form import Started
from graph.store import Reader
from graph.template.labels import called, in_language
from graph.template.outline import entered
from graph.validate.say.value import plain
from server.desk.anyone import TRAP, Anyone, shown_at
from server.desk.forms_about import Page, choice, kind_named, not_understood, opened, sending, troubles, without
from server.desk.forms_sent import Sent, addressed, changed, read
from server.desk.forms_shown import Shown
from server.desk.submissions import likenesses, to_edit
from server.desk.submitting import addressed as an_iri
from server.http.answers import revision_of, see_other
from server.http.problem import Problem, Refusal, of
from server.identity.roles import ALL, may, require
from server.settings import Settings
from server.sparql import protocol
from server.validation.checkers import Checkers
from server.validation.checks import Check, Verdict
from server.validation.validate import judged
from server.words import pick
from server.workers.looks import Looks
from server.writer.writing import Writer

CHANGES: Final = ("add", "part", "drop", "find")
_LARGEST: Final = 200_000  # characters of a record that anybody may propose


class Forms:
    """Be the pages on which records are described by forms."""

    def __init__(
        self, reader: Reader, looks: Looks, checkers: Checkers, settings: Settings, desk: Desk, writer: Writer,
        anyone: Anyone,
    ) -> None:  # fmt: skip
        self._reader, self._looks, self._checkers, self._settings = reader, looks, checkers, settings
        self._desk, self._writer, self._anyone = desk, writer, anyone

    def routes(self, app: Flask) -> None:
        """Add the forms to an application."""
        app.add_url_rule("/submit/new", "forms", self.choose)
        app.add_url_rule("/submit/new/<name>", "form", self.begin)
        app.add_url_rule("/submit/new/<name>", "fill_form", self.fill, methods=["POST"])
        app.add_url_rule("/submissions/<identity>/form", "resume_form", self.resume)
        app.add_url_rule("/submissions/<identity>/form", "refill_form", self.refill, methods=["POST"])

    def choose(self) -> Response:
        """Offer the classes of which something may be described; lead to the form of what `replaces` names."""
        if replaces := request.args.get("replaces", ""):
            found: tuple[str, ...] = self._looks.at("graph.pages.form:kinds", an_iri(replaces))
            if not found:  # it is told in a form that nobody fills in by hand: whoever may sends it as a file
                submits = may(g.actor.role, "submit")
                other = url_for("submit_form", replace=replaces) if submits else url_for("report_error", about=replaces)
                return see_other(other)
            return see_other(url_for("form", name=found[0], replaces=replaces))
        if proposal := request.args.get("proposal", ""):
            return see_other(url_for("form", name=self._proposed(proposal).kind, proposal=proposal))
        choices = [choice(kind) for kind in entered()]
        choices.sort(key=lambda each: plain(str(each["label"])))
        return Response(render_template("forms.html", choices=choices))

    def begin(self, name: str) -> Response:
        """Show a form: empty, or with the published record of what `replaces` names, or what a `proposal` says."""
        kind_named(name)
        if proposal := request.args.get("proposal", ""):
            return self._page(opened(self._proposed(proposal)))
        replaces = request.args.get("replaces", "")
        if not replaces:
            return self._page(Page(Typed(name), {"dataset": request.args.get("dataset", "")}))
        found: tuple[Started, ...] = self._looks.at("graph.pages.form:started", an_iri(replaces), g.lang)
        if not found:
            raise Refusal(Problem(404, said("{thing} is described by no form", thing=replaces)))
        own = [each for each in found if g.actor.covers(each.dataset)]
        free = [each for each in own or found if each.dataset not in SHIPPED]
        if not free:
            words = said("{thing} comes with the model, and is changed with it", thing=replaces)
            raise Refusal(Problem(409, words))
        return self._page(opened(free[0], tuple(each.typed.graph for each in free[1:])))

    def fill(self, name: str) -> Response:
        """Do what a button of a form asks for: change it, check it, or submit it."""
        kind_named(name)
        return self._done(read(name))

    def resume(self, identity: str) -> Response:
        """Show what waits or was returned as a form, for its author."""
        found = to_edit(self._desk, identity)
        started: Started | None = self._looks.at(
            "graph.pages.form:resumed", found.thing, found.graph, found.body, g.lang
        )
        if started is None:
            return see_other(url_for("edit_form", identity=identity))
        about = {"source": found.source, "why": found.why, "revision": str(found.revision)}
        return self._page(Page(started.typed, {**opened(started).about, **about}, edited=found))

    def refill(self, identity: str) -> Response:
        """Do what a button of that form asks for."""
        found = to_edit(self._desk, identity)
        sent = read(request.form.get("class", ""))
        kind_named(sent.typed.kind)
        sent = replace(sent, typed=replace(sent.typed, graph=found.graph))
        return self._done(sent, found)

    def _done(self, sent: Sent, edited: Submission | None = None) -> Response:
        """Do what was asked; whatever keeps it from being done, the form comes back with all that was typed."""
        typed = sent.typed if sent.deed in CHANGES else addressed(sent.typed)
        page = Page(typed, dict(sent.told), edited)
        try:
            page = self._changed(sent, page) if sent.deed in CHANGES else self._judged(sent, page)
            if sent.deed == "send" and page.verdict is not None and page.verdict.drafts and not page.beside:
                return self._put(sent, page)
        except (Refusal, M4sdError) as error:
            problem = error.problem if isinstance(error, Refusal) else of(error)
            page = replace(page, problem=problem, verdict=None, beside=())
        return self._page(page)

    def _proposed(self, identity: str) -> Started:
        """Return what somebody without an account proposed as a form, for whoever takes it over."""
        found = self._desk.get(identity)
        require(g.actor, "see", found)
        started: Started | None = self._looks.at("graph.pages.form:proposed", found.thing, found.body, g.lang)
        if found.kind not in NOTES or started is None:
            raise Refusal(Problem(404, said("this proposal holds no record")))
        return started

    def _changed(self, sent: Sent, page: Page) -> Page:
        typed, onward = changed(sent)
        sought = sent.on if sent.deed == "find" and Spot.of(sent.on) is not None else ""
        found = {sought: self._candidates(typed, sought)} if sought else {}
        return replace(page, typed=typed, found=found, onward=onward)

    def _judged(self, sent: Sent, page: Page) -> Page:
        """Return the page with what the rules say of a form, or with its Turtle."""
        if sent.deed == "turtle":
            turtle: str | Said = self._looks.at("graph.pages.form:turtle", page.typed.written())
            return (
                replace(page, turtle=turtle) if isinstance(turtle, str) else replace(page, problem=Problem(400, turtle))
            )
        if moved := self._moved(sent):
            return replace(page, **moved)
        verdict, beside = self._weighed(self._check(page.typed, sent))
        found = {name: self._candidates(page.typed, name) for name in not_understood(verdict)}
        return replace(page, verdict=verdict, found=found, doubles=self._doubles(verdict), beside=beside)

    def _weighed(self, check: Check) -> tuple[Verdict, tuple[Problem, ...]]:
        """Return what the rules say of a form, and what is wrong beside its fields: all of it is told at once."""
        beside: dict[object, Problem] = {}
        while True:
            try:
                return judged(self._checkers, check, protocol.client(self._settings.limits)), tuple(beside.values())
            except Refusal as refusal:
                at = refusal.problem.extra.get("field", "")
                sending = without(check.sending, str(at)) if check.sending and at not in beside else None
                if sending is None:
                    raise
                beside[at], check = refusal.problem, replace(check, sending=sending)

    def _moved(self, sent: Sent) -> dict[str, Any]:
        """Return what to tell where the published record changed since the form was opened: sent again, it is meant."""
        graph, base = sent.typed.graph, sent.of("base")
        if not graph or not base or sent.deed != "send":
            return {}
        present: str = self._looks.at("graph.pages.form:state", graph)
        if present == base:
            return {}
        words = said(
            "What is published changed since you opened this form. Look at it, then send this again if it holds."
        )
        return {"problem": Problem(409, words), "about": {**dict(sent.told), "base": present}}

    def _check(self, typed: Typed, sent: Sent) -> Check:
        client = protocol.client(self._settings.limits)
        files = ((f"record{FORM}", typed.written()),)
        return Check(
            str(protocol.snapshot(self._reader).folder), files, "curated", False, (("json", g.lang),),
            2 * client.role.memory, client.role.result, self._settings.threshold, sending=sending(typed, sent),
        )  # fmt: skip

    def _put(self, sent: Sent, page: Page) -> Response:
        """Put a form that keeps the rules onto the desk: as a submission, or as a proposal of somebody unknown."""
        assert page.verdict is not None
        (draft,) = page.verdict.drafts
        who = {"who": g.actor.name, "by": g.actor.by}
        if page.edited is not None:
            told = {"revision": revision_of(dict(sent.told)), "comment": sent.of("comment")}
            self._writer.ask("edit", ident=page.edited.id, draft=draft.plain(), **who, **told)
            return see_other(url_for("submission", identity=page.edited.id))
        if may(g.actor.role, "submit"):
            (made,) = self._writer.ask("submit", drafts=[draft.plain()], **who)
            return see_other(url_for("submission", identity=made["id"]))
        if len(draft.body) > _LARGEST:
            raise Refusal(Problem(413, said("this is more than {most} characters; propose it in parts", most=_LARGEST)))
        note = {"text": sent.of("why") or pick(draft.title, g.lang), "contact": sent.of("contact"), "body": draft.body}
        noted = self._anyone.propose(dict(sent.told), thing=draft.thing, title=dict(draft.title), **note)
        return see_other(url_for("followed", secret=noted["secret"], new="1"))

    def _candidates(self, typed: Typed, name: str) -> tuple[Any, ...]:
        spot = Spot.of(name)
        folder = str(protocol.snapshot(self._reader).folder)
        asked = folder, typed.kind, spot.place if spot else "", typed.values.get(name, "")[:200], g.lang
        found: tuple[Any, ...] = self._looks.at("graph.pages.form:candidates", *asked)
        return found

    def _doubles(self, verdict: Verdict) -> tuple[Any, ...]:
        new = tuple((draft.thing, draft.body) for draft in verdict.drafts if draft.kind == "new")
        if not new:
            return ()
        folder = str(protocol.snapshot(self._reader).folder)
        return tuple(likenesses(self._looks.at("graph.pages.submitted:doubles", new, folder)[0]))

    def _page(self, page: Page) -> Response:
        kind = kind_named(page.typed.kind)
        form = Shown(kind, page.typed, g.lang, troubles(page), page.found or {}, page.onward).form()
        status = page.problem.status if page.problem else 422 if form.errors else 200
        body = render_template(
            "form.html", page=page, form=form, kind=page.typed.kind, label=in_language(called(kind), g.lang),
            about=in_language(defined(kind), g.lang), may_submit=may(g.actor.role, "submit"), trap=TRAP,
            shown_at=shown_at(), thing=page.thing,
            datasets=[each for each in g.actor.datasets if each != ALL], any_dataset=ALL in g.actor.datasets,
        )  # fmt: skip
        response = Response(body, status)
        if page.problem and "after" in page.problem.said.data:
            response.headers["Retry-After"] = str(page.problem.said.data["after"])
        return response
