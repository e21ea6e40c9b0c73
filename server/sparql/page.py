"""Show a query and its answer on a page: its table, what to know about it, and the whole of it in every format."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any  # what url_for takes as parameters

from flask import Response, g, render_template, request, url_for
from markupsafe import Markup

from graph.errors import Said
from graph.examples import THEMES, Example, examples, find
from graph.query import Question
from graph.sparql.tokens import names_graphs
from server.http.negotiate import GRAPHS, HTML, RESULTS, Media
from server.http.problem import Problem
from server.sparql import figures, why
from server.sparql.protocol import is_stated_only
from server.sparql.snippets import snippets
from server.words import marked, say
from server.workers.cell import Reply
from server.workers.looks import Looks

# Where the table goes: a long one is not carried through the template. What a client sends has its `<` escaped.
_TABLE = Markup("<!-- table -->")
LONGEST_LINK = 1500  # characters; proxies give all headers together 4 KiB
_FORMATS = (*RESULTS, *GRAPHS)


@dataclass(frozen=True, slots=True)
class Link:
    """Point to an answer in one format, and name the file that it is saved as."""

    title: str
    type: str
    address: str
    file: str


def blank() -> Response:
    """Show the page to write a query on, an example on it where one is named."""
    example = find(request.args.get("example", ""))
    text = example.shown(g.lang) if example else request.args.get("edit", "")
    return Response(render_template("sparql.html", query=text, table=None, formats=_FORMATS, library=library()))


def failed(question: Question, problem: Problem) -> Response:
    """Show a query with what is wrong with it, at its line and column."""
    line, column = problem.extra["line"], problem.extra["column"]
    rows = question.text.split("\n")
    row = rows[line - 1] if isinstance(line, int) and line <= len(rows) else ""
    body = render_template(
        "sparql.html",
        query=question.text,
        formats=_FORMATS,
        library=library(),
        table=None,
        inference=_inference(question),
        error={"said": say(problem.said, g.lang), "line": line, "column": column, "row": row},
    )
    return Response(body, problem.status, content_type=HTML.content_type)


def answered(looks: Looks, question: Question, reply: Reply, hints: tuple[Said, ...]) -> Response:
    """Show an answer, whose table a worker has written."""
    explanation = why.told(looks, question) if reply.empty else None
    unknown = [] if explanation else [each.said for each in reply.unknown]  # the explanation says so better
    frame = render_template(
        "sparql.html",
        query=question.text,
        formats=_FORMATS,
        library=library(),
        table=_TABLE,
        count=reply.count,
        triples=reply.form == "triples",
        seconds=reply.seconds,
        notes=[say(note, g.lang) for note in (*reply.mends, *unknown)],
        hints=[marked(hint, g.lang) for hint in hints],
        downloads=downloads(question, GRAPHS if reply.form == "triples" else RESULTS),
        inference=_inference(question),
        switch=_switch(question),
        given=parameters(question),
        explanation=explanation,
        views=[(name, _address(question, "html", view=name)) for name in ("", *figures.offered(question, reply.form))],
        view=figures.view(),
        figure=figures.figure(looks, question, reply.form) if reply.count else None,
        code=snippets(question, url_for("sparql", _external=True), reply.form == "triples", version()),
        link=g.get("link", ""),
    )
    before, _, after = frame.encode().partition(_TABLE.encode())
    return Response(b"".join((before, reply.body, after)), content_type=HTML.content_type)


def variant() -> str:
    """Return what else a page depends on, beside its question and its language: its view, and a link that it shows."""
    return "".join(f"-{each}" for each in (figures.view(), "q" if "link" in g else "") if each)


def library() -> dict[str, list[Example]]:
    """Return the example library by theme."""
    return {theme: found for theme in THEMES if (found := [each for each in examples() if each.theme == theme])}


def downloads(question: Question, offered: tuple[Media, ...]) -> list[Link]:
    """Return links to the same answer in every format."""
    return [Link(m.title, m.type, _address(question, m.name), file_name(question, m)) for m in offered]


def file_name(question: Question, media: Media) -> str:
    """Return a name that is safe in a header and on every disk, and the same for the same question."""
    return f"m4sd-{sha256(repr(question).encode()).hexdigest()[:10]}.{media.extension}"


def parameters(question: Question) -> dict[str, Any]:
    """Return a question as the parameters of a request."""
    graphs: dict[str, Any] = {"default-graph-uri": question.default_graphs, "named-graph-uri": question.named_graphs}
    if is_stated_only(question):
        graphs = {"inference": "off"}
    return {"query": question.text, **{key: value for key, value in graphs.items() if value}, **version()}


def version() -> dict[str, Any]:
    """Return the release that is asked, as a parameter; nothing where it is what is published now."""
    named = request.args.get("version", "")
    return {"version": named} if named else {}


def why_address(question: Question) -> str:
    """Return where it is explained why a question has no answer; nothing where a header cannot hold it."""
    address = url_for("why", **parameters(question))
    return address if len(address) <= LONGEST_LINK else ""


def _address(question: Question, form: str, view: str = "") -> str:
    shown: dict[str, Any] = {"view": view} if view else {}
    return url_for("sparql", **parameters(question), format=form, **shown)


def _inference(question: Question) -> str:
    """Return whether inferred triples are `on` or `off`, or nothing where the query chooses its own graphs."""
    if is_stated_only(question):
        return "off"
    return "" if question.default_graphs or question.named_graphs or names_graphs(question.text) else "on"


def _switch(question: Question) -> str:
    """Return the address of the same question with inferred triples the other way."""
    other: dict[str, Any] = {"inference": "off"} if _inference(question) == "on" else {}
    return url_for("sparql", query=question.text, format="html", **other, **version())
