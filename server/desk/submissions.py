"""Show what lies on the desk: one's own submissions, the queue of reviewers, one submission with all about it, news."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from flask import Flask, Response, g, render_template, request, url_for
from markupsafe import Markup

from graph.desk import queue
from graph.desk.desk import Desk
from graph.desk.likeness import also_waiting
from graph.desk.moves import KINDS, NOTES, STATES
from graph.desk.queue import Filter
from graph.desk.refusals import NotTheAuthor
from graph.desk.submission import Event, Submission
from graph.errors import said
from graph.pages.submitted import Looked
from graph.store import Reader
from graph.validate.written.formats import FRAGMENT
from server.http.answers import as_json, page_number
from server.http.negotiate import HTML, JSON, asked_for
from server.http.problem import Problem, Refusal
from server.identity.roles import may, may_with, require
from server.sparql import protocol
from server.validation.validate import shown
from server.words import say
from server.workers.looks import Looks

PAGE: Final = 20  # submissions on one page
ACTIONS: Final = ("comment", "edit", "withdraw", "return", "reject", "accept", "answer")
# What is for those who decide, or for nobody but the desk.
_INNER: Final = ("claimed", "contact")


@dataclass(frozen=True, slots=True)
class Told:
    """Carry what a page says above a submission: that something was done, or why it was not."""

    words: str
    status: int = 200
    findings: Sequence[Mapping[str, Any]] = ()  # plain JSON
    comment: str = ""  # what was written and not kept


class Submissions:
    """Be the pages of the desk."""

    def __init__(self, reader: Reader, looks: Looks, desk: Desk) -> None:
        self._reader, self._looks, self._desk = reader, looks, desk

    def routes(self, app: Flask) -> None:
        """Add these pages to an application."""
        app.add_url_rule("/submissions", "submissions", self.listed)
        app.add_url_rule("/submissions/<identity>", "submission", self.one)
        app.add_url_rule("/submissions/<identity>/file", "submitted_file", self.file)

    def listed(self) -> Response:
        """List one's own submissions, or for reviewers all, those first that wait."""
        sought, number = self._sought(), page_number()
        found = queue.queue(self._desk, sought, PAGE * (number - 1), PAGE + 1)
        more, found = len(found) > PAGE, found[:PAGE]
        counts = queue.counts(self._desk, sought)
        if asked_for((HTML, JSON)) is JSON:
            following = _address(page=number + 1) if more else None
            told = {"submissions": [as_plain(each) for each in found], "counts": dict(counts), "next": following}
            return as_json(told)
        pages = {"before": _address(page=number - 1) if number > 1 else "", "after": _address(page=number + 1)}
        body = render_template(
            "submissions.html", found=found, counts=counts, sought=sought, pages=pages, more=more,
            states=STATES, kinds=KINDS, all=may(g.actor.role, "list all"), own=bool(sought.author),
        )  # fmt: skip
        return Response(body)

    def one(self, identity: str) -> Response:
        """Show a submission with what it changes, what was found, what it may double, and its history."""
        return self.page(self.seen(identity))

    def seen(self, identity: str) -> Submission:
        """Return a submission that the present person may see."""
        found = self._desk.get(identity)
        require(g.actor, "see", found)
        return found

    def page(self, found: Submission, told: Told | None = None) -> Response:
        """Show a submission as it is now, as a page or as JSON."""
        about = self._about(found)
        history = self._desk.history(found.id)
        if asked_for((HTML, JSON)) is JSON:
            response = as_json(
                {**as_plain(found, whole=True), **_looked(about), "history": [_event(e) for e in history]}
            )
        else:
            response = Response(self._rendered(found, about, history, told), told.status if told else 200)
        response.headers["ETag"] = f'"{found.revision}"'  # not for caches, but for If-Match
        return response

    def file(self, identity: str) -> Response:
        """Give the file that came, as it came, to be saved."""
        name, data = queue.original(self._desk, self.seen(identity).id)
        if not data:
            raise Refusal(Problem(404, said("there is no file of this submission")))
        response = Response(data, content_type="application/octet-stream")
        response.headers.set("Content-Disposition", "attachment", filename=name)
        return response

    def _about(self, found: Submission) -> Looked:
        if found.kind in NOTES:
            return Looked((), (), "")
        if not found.open:
            return Looked(self._looks.at("graph.pages.submitted:told", found.thing, found.body), (), found.base)
        folder = str(protocol.snapshot(self._reader).folder)
        asked = found.graph, found.thing, found.body, found.kind == "new", folder
        about: Looked = self._looks.at("graph.pages.submitted:looked_at", *asked)
        return about

    def _rendered(self, found: Submission, about: Looked, history: Sequence[Event], told: Told | None) -> str:
        others = queue.queue(self._desk, Filter(state="waiting"), 0, queue.MOST)
        mine = [each for each in also_waiting(found, others) if may_with(g.actor, "see", each)]
        return render_template(
            "submission.html", found=found, about=about, history=history, told=told, others=mine if found.open else [],
            may={action for action in ACTIONS if may_with(g.actor, action, found)},
            outdated=found.open and found.kind not in NOTES and about.digest != found.base,
            report=Markup(shown(queue.written(self._desk, found.id, f"{FRAGMENT}.{g.lang}").encode())),  # noqa: S704 - ours
            known=self._looks.at("graph.pages.submitted:known", tuple(filter(None, (found.thing, found.replaced_by)))),
            owner=g.actor.owns(found), inner=may(g.actor.role, "list all"), voice=lambda words: say(words, g.lang),
        )  # fmt: skip

    def _sought(self) -> Filter:
        """Return what a list is to hold; nobody but reviewers sees what others sent."""
        given = {key: request.args.get(key, "") for key in ("dataset", "author", "graph", "thing", "batch", "text")}
        state, kind = (request.args.get(key) or None for key in ("state", "kind"))
        still, state = state == "open", None if state == "open" else state
        if state not in (None, *STATES) or kind not in (None, *KINDS):
            words = said("there is no such state or kind; states: {states}; kinds: {kinds}",
                         states=", ".join(STATES), kinds=", ".join(KINDS))  # fmt: skip
            raise Refusal(Problem(400, words))
        if request.args.get("mine") == "1" or not may(g.actor.role, "list all"):
            given["author"] = g.actor.name
        return Filter(state=state, kind=kind, open=still, **given)


def as_plain(found: Submission, whole: bool = False) -> dict[str, object]:
    """Return a submission as a program reads it."""
    left_out = {*_INNER} if may(g.actor.role, "list all") is False else {"claimed"}
    left_out |= set() if whole else {"body", "file", "base"}
    told = {key: value for key, value in asdict(found).items() if key not in left_out}
    return {
        **told,
        "address": url_for("submission", identity=found.id, _external=True),
        "may": [action for action in ACTIONS if may_with(g.actor, action, found)],
    }


def as_public(found: Submission, events: Sequence[Event]) -> dict[str, object]:
    """Return what the author of a note, who has no account, may know of it; those who answer stay unnamed."""
    kept = ("kind", "state", "thing", "statement", "why", "created", "changed")
    told = [{"at": each.at, "what": each.what, "comment": each.comment, "own": not each.who} for each in events]
    return {**{key: getattr(found, key) for key in kept}, "history": told}


def likenesses(found: Sequence[Any]) -> list[dict[str, object]]:  # of graph.desk.likeness, which loads what searches
    """Return what may be the same as plain data."""
    return [
        {
            "thing": each.thing,
            "label": dict(each.label),
            "score": each.score,
            "why": [say(why, g.lang) for why in each.why],
        }
        for each in found
    ]


def _looked(about: Looked) -> dict[str, object]:
    changes = [asdict(section) for section in about.sections]
    return {"changes": changes, "duplicates": likenesses(about.duplicates), "published": about.digest}


def _event(event: Event) -> dict[str, object]:
    return asdict(event)


def _address(page: int) -> str:
    parameters: dict[str, Any] = {**request.args.to_dict(flat=False), "page": page}  # whatever a list is asked for
    return url_for("submissions", **parameters)


def to_edit(desk: Desk, identity: str) -> Submission:
    """Return a submission for its author to edit; raise Forbidden, NotYourDataset or NotTheAuthor for anybody else."""
    found = desk.get(identity)
    require(g.actor, "see", found)
    require(g.actor, "edit", found)
    if not g.actor.owns(found):
        raise NotTheAuthor(found.id)
    return found
