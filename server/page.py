"""Show an answer on a page: its table, what to know about it, and the whole of it in every format."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any  # what url_for takes as parameters

from flask import Response, g, render_template, url_for
from markupsafe import Markup

from graph.errors import Said
from graph.names import ASSERTED, PREFIXES
from graph.query import Question
from graph.tokens import dataset
from server.cell import Reply
from server.negotiate import GRAPHS, HTML, RESULTS, Media
from server.protocol import Asked
from server.words import marked, say

STATED_ONLY = (ASSERTED.value,)
# Where the table goes: a long one is not carried through the template. What a client sends has its `<` escaped.
_TABLE = Markup("<!-- table -->")


@dataclass(frozen=True, slots=True)
class Link:
    """Point to an answer in one format, and name the file that it is saved as."""

    title: str
    type: str
    address: str
    file: str


def blank() -> Response:
    """Show the page to write a query on."""
    return Response(render_template("sparql.html", query="", table=None, formats=(*RESULTS, *GRAPHS)))


def answered(asked: Asked, reply: Reply, notes: list[Said], hints: tuple[Said, ...]) -> Response:
    """Show an answer, whose table a worker has written."""
    assert asked.question is not None
    frame = render_template(
        "sparql.html",
        query=asked.question.text,
        formats=(*RESULTS, *GRAPHS),
        table=_TABLE,
        count=reply.count,
        triples=reply.form == "triples",
        seconds=reply.seconds,
        notes=[say(note, g.lang) for note in notes],
        hints=[marked(hint, g.lang) for hint in hints],
        downloads=downloads(asked.question, GRAPHS if reply.form == "triples" else RESULTS),
        inference=_inference(asked.question),
        switch=_switch(asked.question),
    )
    before, _, after = frame.encode().partition(_TABLE.encode())
    return Response(b"".join((before, reply.body, after)), content_type=HTML.content_type)


def downloads(question: Question, offered: tuple[Media, ...]) -> list[Link]:
    """Return links to the same answer in every format."""
    return [Link(m.title, m.type, _address(question, m.name), file_name(question, m)) for m in offered]


def file_name(question: Question, media: Media) -> str:
    """Return a name that is safe in a header and on every disk, and the same for the same question."""
    return f"m4sd-{sha256(repr(question).encode()).hexdigest()[:10]}.{media.extension}"


def _address(question: Question, form: str) -> str:
    graphs: dict[str, Any] = {"default-graph-uri": question.default_graphs, "named-graph-uri": question.named_graphs}
    if _inference(question) == "off":
        graphs = {"inference": "off"}
    given = {key: value for key, value in graphs.items() if value}
    return url_for("sparql", query=question.text, format=form, **given)


def _inference(question: Question) -> str:
    """Return whether inferred triples are `on` or `off`, or nothing where the query chooses its own graphs."""
    if question.named_graphs or dataset(question.text, PREFIXES, question.base).default:
        return ""
    return {(): "on", STATED_ONLY: "off"}.get(question.default_graphs, "")


def _switch(question: Question) -> str:
    """Return the address of the same question with inferred triples the other way."""
    other: dict[str, Any] = {"inference": "off"} if _inference(question) == "on" else {}
    return url_for("sparql", query=question.text, format="html", **other)
