"""Tell what changed: `/changes` as a page, Atom or JSON, and each change with a way to undo it.

Changes are counted from the first: a numbered page, once it is full, never changes again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from flask import Flask, Response, g, render_template, request, url_for
from pyoxigraph import NamedNode

from graph.desk.content import OURS, spelt
from graph.errors import StoreMissing, said
from graph.journal.entry import Change
from graph.journal.head import read_head
from graph.keeping.history import Version, catalogued, changes, content, counted, made
from server.desk.submitting import addressed
from server.http import atom
from server.http.answers import as_json, by_program, fields, page_number, see_other
from server.http.atom import ATOM, Feed, Item
from server.http.negotiate import HTML, JSON, Media, asked_for
from server.http.problem import Problem, Refusal
from server.identity.roles import may
from server.words import pick, say
from server.workers.looks import Looks
from server.writer.writing import Writer

PAGE: Final = 50  # changes of records on one page
A_DAY: Final = "public, max-age=86400"  # a full page never changes, but for what is erased
_MOST_DIGITS: Final = 16
_ATOM_OR_JSON: Final = (JSON, ATOM)
Json = dict[str, Any]  # plain JSON


@dataclass(frozen=True, slots=True)
class Part:
    """Carry a part of the list: its changes, newest first, the numbers of those beside it, and whether it is full."""

    found: Sequence[Version]
    older: int
    newer: int
    full: bool


class Changes:
    """Be the pages and the feed of what changed."""

    def __init__(self, folder: Path, looks: Looks, writer: Writer) -> None:
        self._folder, self._looks, self._writer = folder, looks, writer

    def routes(self, app: Flask) -> None:
        """Add these pages to an application."""
        app.add_url_rule("/changes", "changes", self.listed)
        app.add_url_rule("/changes/<int:sequence>", "change", self.one)
        app.add_url_rule("/changes/<int:sequence>/undo", "undo", self.undo, methods=["POST"])

    def listed(self) -> Response:
        """List changes of records, the newest first."""
        sought, head = self._sought(), head_of(self._folder)
        part, media = self._part(sought, head), asked_for((HTML, JSON, ATOM))
        if media is JSON:
            told = {"head": head, "changes": [as_plain(each) for each in part.found], **_beside(part, media)}
            response = as_json(told)
        elif media is ATOM:
            response = Response(atom.written(_feed(part)), content_type=ATOM.content_type)
        else:
            response = Response(render_template("changes.html", part=part, head=head, title=title_of, kind=kind_of))
        if part.full and media in _ATOM_OR_JSON and set(sought) <= {"dataset", "since"}:
            response.headers["Cache-Control"] = A_DAY
        return response

    def one(self, sequence: int) -> Response:
        """Show one change: who made it, why, and what became of each record."""
        change, number = self._made(sequence), page_number()
        since = sequence - 1
        count = counted(self._folder, since=since, until=sequence)
        skip = (number - 1) * PAGE
        found = changes(self._folder, skip=skip, most=PAGE, since=since, until=sequence, forward=True)
        if asked_for((HTML, JSON)) is JSON:
            return as_json({**_about(sequence, change), "count": count, "records": [as_plain(each) for each in found]})
        sections = self._difference(found[0]) if count == 1 else ()
        body = render_template(
            "change.html", sequence=sequence, change=change, found=found, count=count, sections=sections,
            page=number, more=number * PAGE < count, title=title_of, kind=kind_of, first=sequence == 1,
            undoing=may(g.actor.role, "undo") and change.kind != "erasure",
        )  # fmt: skip
        return Response(body)

    def undo(self, sequence: int) -> Response:
        """Undo a change by a new one, where no later one touched the same."""
        self._made(sequence)
        why = fields().get("why", "").strip()
        if not why:
            raise Refusal(Problem(400, said("say why this change is undone: its history keeps it")))
        done = self._writer.ask("undo", sequence=sequence, who=g.actor.name, by=g.actor.by, why=why)
        if by_program():
            return as_json({"sequence": done["sequence"]})
        return see_other(url_for("change", sequence=done["sequence"]))

    def _made(self, sequence: int) -> Change:
        change = made(self._folder, sequence) if sequence < 10**_MOST_DIGITS else None
        if change is None:
            raise Refusal(Problem(404, said("there is no change {number}; /changes lists them", number=sequence)))
        return change

    def _difference(self, version: Version) -> Any:  # sections of graph.desk.compare
        bodies = [body_of(self._folder, version.graph, at) for at in (version.sequence - 1, version.sequence)]
        thing = version.thing.value if version.thing else version.graph.value
        return self._looks.at("graph.pages.submitted:changed", version.graph.value, thing, *bodies)

    def _part(self, sought: Mapping[str, Any], head: int) -> Part:
        """Return the part that is asked for: a numbered page, or the newest ones where none is named."""
        bounds = {**sought, "until": head}
        total = counted(self._folder, **bounds)
        last = max(-(-total // PAGE), 1)
        if "page" in request.args or "since" in sought:
            number = page_number()
            found = changes(self._folder, **bounds, skip=(number - 1) * PAGE, most=PAGE, forward=True)
            if number > last:
                words = said("there is no page {number}; the last one is {last}", number=number, last=last)
                raise Refusal(Problem(404, words))
            newer = number + 1 if number < last else 0
            return Part(found[::-1], number - 1, newer, number * PAGE <= total)
        older = max(last - 2, 0)
        return Part(changes(self._folder, **bounds, most=total - older * PAGE), older, 0, full=False)

    def _sought(self) -> dict[str, Any]:
        """Return what the list is filtered by."""
        given = {key: value for key in ("country", "actor", "dataset", "since") if (value := request.args.get(key, ""))}
        found: dict[str, Any] = dict(given)
        if "since" in given:
            if not (given["since"].isascii() and given["since"].isdigit() and len(given["since"]) < _MOST_DIGITS):
                words = said("since is {value}; write the number of a change", value=given["since"][:40])
                raise Refusal(Problem(400, words))
            found["since"] = int(given["since"])
        if "country" in given:
            found["country"] = NamedNode(self._country(given["country"]))
        if "actor" in given:
            found["actor"] = NamedNode(addressed(given["actor"]))
        return found

    def _country(self, given: str) -> str:
        if len(given) != 3 or not given.isalpha():
            return addressed(given)
        iri: str = self._looks.at("graph.pages.submitted:country", given.upper())
        if not iri:
            words = said("there is no country with the code {code}; /countries lists them", code=given)
            raise Refusal(Problem(404, words))
        return iri


def head_of(folder: Path) -> int:
    """Return the number of the last change; raise StoreMissing where there is none."""
    head = read_head(folder)
    if head is None:
        raise StoreMissing(folder)
    return head.sequence


def body_of(folder: Path, graph: NamedNode, sequence: int) -> str:
    """Return what a record stated after a change, what its file said of its own graph included."""
    about = (each for each in catalogued(folder, graph, sequence) if each.predicate not in OURS)
    return spelt((*content(folder, graph, sequence), *about))


def as_plain(version: Version) -> Json:
    """Return a change of a record as a program reads it."""
    return {
        **_about(version.sequence, version.change),
        "graph": version.graph.value,
        "thing": version.thing.value if version.thing else None,
        "title": dict(version.labels),
        "added": version.added,
        "removed": version.removed,
        "withdrawn": version.withdrawn,
        "history": url_for("history_of", iri=version.graph.value, _external=True),
    }


def title_of(version: Version) -> str:
    """Return what the thing of a record is called."""
    return pick(dict(version.labels), g.lang) or (version.thing or version.graph).value


def kind_of(change: Change) -> str:
    """Return what kind of a change it is, in words."""
    return say(KINDS.get(change.kind, said("change")), g.lang)


KINDS: Final = {
    "build": said("build"),
    "record": said("submission"),
    "withdrawal": said("withdrawal"),
    "import": said("import"),
    "undo": said("undone"),
    "erasure": said("erasure"),
    "restore": said("restored"),
}


def _about(sequence: int, change: Change) -> Json:
    return {
        "sequence": sequence,
        "when": change.when.isoformat(),
        "who": change.who,
        "kind": change.kind,
        "why": change.why,
        "source": change.source,
        "dataset": change.dataset,
        "submission": change.submission,
        "replaced_by": change.replaced_by,
        "undone": change.undone or None,
        "address": url_for("change", sequence=sequence, _external=True),
    }


def _address(media: Media, number: int) -> str:
    given: Json = {**request.args.to_dict(flat=False), "page": number, "format": media.name}
    return url_for("changes", **given, _external=True)


def _beside(part: Part, media: Media) -> Json:
    """Return the addresses of the pages beside a part: `next` goes on from what was read, `prev` back in time."""
    pages = {"prev": part.older, "next": part.newer}
    return {name: _address(media, number) if number else None for name, number in pages.items()}


def _feed(part: Part) -> Feed:
    items = [_item(each) for each in part.found]
    archives = {"prev-archive": part.older, "next-archive": part.newer}  # RFC 5005, 4
    links = [("self", request.url), ("current", url_for("changes", format="atom", _external=True))]
    links += [(name, _address(ATOM, number)) for name, number in archives.items() if number]
    updated = max((each.change.when for each in part.found), default=datetime.fromtimestamp(0).astimezone())
    identity = url_for("changes", _external=True)
    return Feed(identity, say(said("Changes of M4SD Graph"), g.lang), updated.isoformat(), g.lang, links, items)


def _item(version: Version) -> Item:
    change = version.change
    return Item(
        version.graph.value,
        change.when.isoformat(),
        f"{title_of(version)} ({kind_of(change)})",
        change.who,
        url_for("change", sequence=version.sequence, _external=True),
        change.why,
        version.withdrawn,
    )
