"""Answer SPARQL over HTTP (SPARQL 1.1 Protocol, 2.1): read the request, ask the door, write the answer."""

from typing import TypeVar

from flask import Response, g, render_template, request
from pyoxigraph import QueryResultsFormat, RdfFormat
from werkzeug.datastructures import MultiDict

from graph.errors import NotAcceptable, said
from graph.query import Answer, Question, answer
from graph.store import Reader
from server.negotiate import GRAPHS, HTML, RESULTS, Media, choose, named
from server.problem import Problem, Refusal
from server.table import rows_of
from server.words import say

QUERY = "application/sparql-query"
FORM = "application/x-www-form-urlencoded"
Form = TypeVar("Form", QueryResultsFormat, RdfFormat)


class Sparql:
    """Be the endpoint `/sparql` over a folder of snapshots."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def answer(self) -> Response:
        """Answer a query by GET, by URL-encoded POST or by direct POST; without one, show the page to write it on."""
        text, parameters = _read()
        if text is None:
            return _page("")
        results, triples = _formats(parameters.get("format"))
        question = Question(
            text,
            _graphs(parameters, "default-graph-uri"),
            _graphs(parameters, "named-graph-uri"),
            request.base_url,
        )
        engine = _engine(results, QueryResultsFormat.JSON), _engine(triples, RdfFormat.TURTLE)
        found = answer(self._reader.store, question, *engine)
        media = results if isinstance(found.format, QueryResultsFormat) else triples
        if media is None:
            raise NotAcceptable(_types(RESULTS if isinstance(found.format, QueryResultsFormat) else GRAPHS))
        return _page(text, found) if media is HTML else _plain(found, media)


def _read() -> tuple[str | None, MultiDict[str, str]]:
    """Return the query text and the other parameters of a request (2.1.1 to 2.1.3)."""
    parameters: MultiDict[str, str] = request.args
    if request.method == "POST":
        kind = request.mimetype
        if kind == QUERY:
            return _utf8(request.get_data()), parameters
        if kind != FORM:
            detail = said("send the query as {form} or as {query}", form=FORM, query=QUERY)
            raise Refusal(Problem(415, detail))
        parameters = request.form
    texts = parameters.getlist("query")
    if len(texts) > 1:
        raise Refusal(Problem(400, said("the request has {count} queries; send one", count=len(texts))))
    if not texts and (request.method == "POST" or not _wants_page()):
        raise Refusal(Problem(400, said("the request has no query; send one as the parameter `query`")))
    return (texts[0] if texts else None), parameters


def _graphs(parameters: MultiDict[str, str], name: str) -> tuple[str, ...]:
    """Return the graphs that a parameter gives; a form sends it empty where nothing is chosen."""
    return tuple(graph for graph in parameters.getlist(name) if graph)


def _utf8(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refusal(Problem(400, said("the query is not written in UTF-8"))) from error


def _wants_page() -> bool:
    return choose(request.headers.get("Accept"), (*RESULTS, *GRAPHS, HTML)) is HTML


def _formats(wanted: str | None) -> tuple[Media | None, Media | None]:
    """Choose a format for rows and one for triples; only the answer tells which it is."""
    offers = (*RESULTS, HTML), (*GRAPHS, HTML)
    if wanted:
        chosen = [named(wanted, offer) for offer in offers]
    else:
        chosen = [choose(request.headers.get("Accept"), offer) for offer in offers]
    if chosen == [None, None]:
        raise NotAcceptable(_types((*RESULTS, *GRAPHS, HTML)))
    return chosen[0], chosen[1]


def _types(offer: tuple[Media, ...]) -> tuple[str, ...]:
    return tuple(media.type for media in offer)


def _engine(media: Media | None, otherwise: Form) -> Form:
    """Return the engine's word for a format; a page is made from the format that can be read back."""
    return media.engine if media is not None and isinstance(media.engine, type(otherwise)) else otherwise


def _plain(found: Answer, media: Media) -> Response:
    response = Response(found.body, content_type=media.content_type)
    notes = "; ".join(str(unknown.said) for unknown in found.unknown)
    if notes:
        response.headers["M4SD-Note"] = notes.encode("ascii", "backslashreplace").decode()
    return response


def _page(text: str, found: Answer | None = None) -> Response:
    notes = [say(unknown.said, g.lang) for unknown in found.unknown] if found else []
    table = rows_of(found) if found else None
    return Response(render_template("sparql.html", query=text, table=table, notes=notes, answer=found))
