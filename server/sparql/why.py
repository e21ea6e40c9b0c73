"""Say why a query has no answer: on its page, and as JSON at `/sparql/why`."""

import json
from dataclasses import asdict, dataclass
from typing import Any  # what url_for takes as parameters

from flask import Response, g, url_for

from graph.empty.told import Explanation
from graph.errors import said
from graph.query import LONGEST, Question
from server.http.negotiate import JSON
from server.http.problem import Problem, Refusal
from server.sparql import protocol
from server.words import say
from server.workers.looks import Looks

WHY = "graph.empty.why:why"
PATIENCE = 8.0  # seconds that a page waits to say why


@dataclass(frozen=True, slots=True)
class Told:
    """Carry an explanation in the reader's language: what was found, where, and a query that has rows, or `more`."""

    words: str
    line: int
    column: int
    part: str
    better: str
    rows: int
    more: bool
    address: str


class Why:
    """Be `/sparql/why`."""

    def __init__(self, looks: Looks) -> None:
        self._looks = looks

    def answer(self) -> Response:
        """Explain why a query has no rows, as JSON; the query's own answer never changes by this."""
        asked = protocol.read()
        if asked.question is None or len(asked.question.text.encode()) > LONGEST:
            raise Refusal(Problem(400, said("the request has no query; send one as the parameter `query`")))
        found = _told(self._looks.at(WHY, asked.question), asked.question)
        body = {"empty": found is not None, **({"explanation": asdict(found)} if found else {})}
        return Response(json.dumps(body, ensure_ascii=False, indent=1), content_type=JSON.content_type)


def told(looks: Looks, question: Question) -> Told | None:
    """Return why a question has no answer; nothing where nobody can say, or it would take too long."""
    try:
        return _told(looks.at(WHY, question, within=PATIENCE), question)
    except Refusal:
        return None


def _told(found: Explanation | None, question: Question) -> Told | None:
    if found is None:
        return None
    stated = protocol.is_stated_only(question) and not found.inference
    graphs: dict[str, Any] = {"inference": "off"} if stated else {}
    address = url_for("sparql", query=found.better, format="html", **graphs) if found.better else ""
    words, rows, more = say(found.words, g.lang), found.rows, found.more
    return Told(words, found.line, found.column, found.part, found.better, rows, more, address)
