"""Answer errors as RFC 9457 problems, or as a page where a browser asks."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from flask import Response, g, render_template, request

from graph.desk import notes, refusals
from graph.desk.place import NoPlace
from graph.errors import (
    M4sdError,
    NotAcceptable,
    NotInXml,
    QueryError,
    Said,
    SheetFull,
    SourceError,
    StoreMissing,
    TooLarge,
    said,
)
from graph.keeping.durable import Broken, Busy, NoRoom, NotPossible, Unsound
from graph.questions import NoSuchValue
from server.http.negotiate import HTML, PROBLEM, choose
from server.identity.accounts import Unfit
from server.identity.people import NoPerson, NotSignedIn
from server.identity.roles import Forbidden
from server.identity.throttle import TooManyTries
from server.identity.tokens import NoSuchToken, NoToken
from server.words import marked, say
from server.workers.lanes import UsedUp
from server.workers.pool import Cancelled, Deadline, Full, OutOfMemory
from server.writer.writing import Failed, NoAnswer, WriterAway

# Answers may be many megabytes; questions never are.
LONGEST_REQUEST = 1024 * 1024
STATUS: Mapping[type[M4sdError], int] = {
    QueryError: 400,
    NoSuchValue: 404,
    SourceError: 400,
    NoPlace: 400,
    Unfit: 400,
    notes.NothingSaid: 400,
    refusals.ReasonMissing: 400,
    refusals.HeldBack: 400,
    NoToken: 401,
    NotSignedIn: 401,
    Forbidden: 403,
    refusals.NotYourDataset: 403,
    refusals.Shipped: 403,
    refusals.SelfApproval: 403,
    refusals.NotTheAuthor: 403,
    NoPerson: 404,
    NoSuchToken: 404,
    notes.NoNote: 404,
    refusals.NoSubmission: 404,
    NotAcceptable: 406,
    NotInXml: 406,
    TooLarge: 413,
    SheetFull: 413,
    UsedUp: 429,
    TooManyTries: 429,
    Cancelled: 409,
    refusals.NotThatKind: 409,
    refusals.NotThatState: 409,
    refusals.Stale: 409,
    refusals.Outdated: 409,
    NotPossible: 409,
    refusals.NoWebAddress: 422,
    refusals.NoSuccessor: 422,
    refusals.Unchanged: 422,
    Unsound: 422,
    StoreMissing: 503,
    NoRoom: 503,
    Busy: 503,
    Broken: 503,
    WriterAway: 503,
    NoAnswer: 503,
    Full: 503,
    OutOfMemory: 503,
    Deadline: 504,
}
STATUS_OF: Mapping[str, int] = {kind.__name__: status for kind, status in STATUS.items()}


@dataclass(frozen=True, slots=True)
class Problem:
    """Carry a status and what to tell the person who caused or met it, and how to do better where that is known."""

    status: int
    said: Said
    extra: Mapping[str, object] = field(default_factory=dict)
    advice: tuple[Said, ...] = ()


class Refusal(Exception):
    """Stop a view with a problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem.said))
        self.problem = problem


TITLES: Mapping[int, Said] = {
    400: said("The request cannot be read"),
    401: said("Who are you?"),
    403: said("Not allowed"),
    404: said("There is nothing here"),
    405: said("This method is not for this address"),
    406: said("No such format"),
    409: said("Not any more"),
    410: said("Withdrawn"),
    413: said("Too large"),
    415: said("No such media type"),
    422: said("Refused by the rules"),
    429: said("Too much at once"),
    500: said("This is our fault"),
    503: said("Not now"),
    504: said("Too slow"),
}
DETAILS: Mapping[int, Said] = {
    404: said("This address names nothing that we know. Start from the home page, /."),
    500: said("Something broke that we did not foresee. Tell us the number of this request."),
}


def of_status(status: int, description: str, methods: Iterable[str] = ()) -> Problem:
    """Return the problem that an HTTP error of the framework is, in our words where we have some."""
    if methods:
        return Problem(status, said("This address takes {methods}.", methods=", ".join(methods)))
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:  # files may be larger than questions
        largest = request.max_content_length or LONGEST_REQUEST
        return Problem(status, said("The request is larger than {largest} bytes.", largest=largest))
    return Problem(status, DETAILS.get(status, said("{why}", why=description)))


def of(error: M4sdError) -> Problem:
    """Return the problem that an error of the library is."""
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
    if isinstance(error, Failed):  # it went wrong in the writer
        status = STATUS_OF.get(error.kind, 500)
    extra: dict[str, object] = {}
    if isinstance(error, QueryError):
        extra = {"line": error.line, "column": error.column}
    elif isinstance(error, refusals.DeskError) and error.field:
        extra = {"field": error.field}
    return Problem(status, error.said, extra)


def respond(problem: Problem, lang: str) -> Response:
    """Return a problem in the form that the client prefers."""
    title = say(TITLES[problem.status], lang) if problem.status in TITLES else HTTPStatus(problem.status).phrase
    told: dict[str, object] = {"title": title, "status": problem.status, "detail": say(problem.said, lang)}
    told.update(problem.extra)
    media = choose(request.headers.get("Accept"), (PROBLEM, HTML)) or PROBLEM
    if problem.advice:
        told["advice"] = [(marked if media is HTML else say)(words, lang) for words in problem.advice]
    if media is HTML:
        body = render_template("problem.html", **told)
    else:
        told = {"type": "about:blank", **told, "request_id": g.get("request_id", "")}
        body = json.dumps(told, ensure_ascii=False)
    response = Response(body, problem.status, content_type=media.content_type)
    response.headers["Content-Language"] = lang
    if "after" in problem.said.data:
        response.headers["Retry-After"] = str(problem.said.data["after"])
    return response
