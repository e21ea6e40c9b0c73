"""Tell people what others did on the desk with what concerns them: `/submissions/feed`, as a page, Atom or JSON."""

from datetime import UTC, datetime
from typing import Final

from flask import Flask, Response, g, render_template, request, url_for

from graph.desk.desk import Desk
from graph.desk.queue import News, news, news_for_reviewers
from graph.errors import Said, said
from server.desk.submissions import as_plain
from server.http import atom
from server.http.answers import as_json
from server.http.atom import ATOM, Feed, Item
from server.http.negotiate import HTML, JSON, asked_for
from server.http.problem import Problem, Refusal
from server.identity.roles import may
from server.words import pick, say

# What each deed on the desk is called in the title of an entry.
DEEDS: Final = {
    "submit": said("{who} submitted: {title}", who="", title=""),
    "edit": said("{who} edited: {title}", who="", title=""),
    "comment": said("{who} commented on: {title}", who="", title=""),
    "withdraw": said("{who} took back: {title}", who="", title=""),
    "return": said("{who} returned: {title}", who="", title=""),
    "reject": said("{who} rejected: {title}", who="", title=""),
    "accept": said("{who} accepted: {title}", who="", title=""),
    "answer": said("{who} answered: {title}", who="", title=""),
    "restore": said("{who} restored an older state of the graph; it waits again: {title}", who="", title=""),
}


class Notices:
    """Be the feed of what happens on the desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self, app: Flask) -> None:
        """Add the feed to an application."""
        app.add_url_rule("/submissions/feed", "news", self.feed)

    def feed(self) -> Response:
        """Say what others did with one's own submissions; reviewers see all that happens."""
        after = request.args.get("after", "0")
        if not (after.isascii() and after.isdigit() and len(after) < 16):
            raise Refusal(Problem(400, said("after is {value}; write the number of an event", value=after[:40])))
        sought = news_for_reviewers if may(g.actor.role, "list all") else news
        found = sought(self._desk, g.actor.name, int(after))
        media = asked_for((HTML, JSON, ATOM))
        if media is JSON:
            return as_json({"news": [_plain(each) for each in found]})
        if media is ATOM:
            return Response(atom.written(_feed(found)), content_type=ATOM.content_type)
        return Response(render_template("news.html", news=found, title=title))


def title(each: News) -> str:
    """Return what happened, in a line."""
    event, found = each.event, each.submission
    called = pick(found.title, g.lang) or found.thing or found.why[:80]
    somebody = event.who or say(said("somebody without an account"), g.lang)
    return say(Said(DEEDS[event.what].template, {"who": somebody, "title": called}), g.lang)


def _plain(each: News) -> dict[str, object]:
    event = each.event
    told = {"number": event.number, "at": event.at, "who": event.who, "what": event.what, "comment": event.comment}
    return {**told, "state": event.state, "sequence": event.sequence, "submission": as_plain(each.submission)}


def _feed(found: tuple[News, ...]) -> Feed:
    here = url_for("news", _external=True)
    items = [
        Item(
            f"{here.partition('?')[0]}#{each.event.number}",
            each.event.at,
            title(each),
            each.event.who,
            url_for("submission", identity=each.submission.id, _external=True),
            each.event.comment,
        )
        for each in found
    ]
    updated = found[0].event.at if found else datetime.now(UTC).isoformat(timespec="seconds")
    links = (("self", request.url), ("alternate", url_for("submissions", _external=True)))
    return Feed(here, say(said("News of submissions"), g.lang), updated, g.lang, links, items)
