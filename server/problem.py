"""Answer errors as RFC 9457 problems, or as a page where a browser asks."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from flask import Response, render_template, request

from graph.errors import M4sdError, NotAcceptable, QueryError, Said, SourceError, StoreMissing
from server.negotiate import HTML, PROBLEM, choose
from server.words import say

STATUS: Mapping[type[M4sdError], int] = {
    QueryError: 400,
    SourceError: 400,
    NotAcceptable: 406,
    StoreMissing: 503,
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Carry a status and what to tell the person who caused or met it."""

    status: int
    said: Said
    extra: Mapping[str, object] = field(default_factory=dict)


class Refusal(Exception):
    """Stop a view with a problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem.said))
        self.problem = problem


def of(error: M4sdError) -> Problem:
    """Return the problem that an error of the library is."""
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
    extra = {"line": error.line, "column": error.column} if isinstance(error, QueryError) else {}
    return Problem(status, error.said, extra)


def respond(problem: Problem, lang: str) -> Response:
    """Return a problem in the form that the client prefers."""
    title, detail = HTTPStatus(problem.status).phrase, say(problem.said, lang)
    media = choose(request.headers.get("Accept"), (PROBLEM, HTML)) or PROBLEM
    if media is HTML:
        body = render_template("problem.html", status=problem.status, title=title, detail=detail, **problem.extra)
    else:
        about = {"type": "about:blank", "title": title, "status": problem.status, "detail": detail}
        body = json.dumps({**about, **problem.extra}, ensure_ascii=False)
    response = Response(body, problem.status, content_type=media.content_type)
    response.headers["Content-Language"] = lang
    return response
