"""Ask without SPARQL: `/questions` by theme, and each question as a form with an address of its own."""

import json
import re
from dataclasses import replace
from typing import Any  # what a look returns

from flask import Response, g, render_template, request, url_for

from graph.errors import NotAcceptable, said
from graph.examples import Example, examples, find
from graph.query import Question
from graph.results.table import in_words
from server.http.negotiate import HTML, JSON, RESULTS, asked_for
from server.http.problem import Problem, Refusal
from server.pages.themes import words
from server.sparql import page
from server.sparql.endpoint import Sparql
from server.sparql.protocol import Asked
from server.words import shown
from server.workers.looks import Looks

TABLES = tuple(each for each in RESULTS if each.name != "json")  # JSON is the answer with its sentence
SHOWN = 500  # rows on the page; the whole answer is a download
DATE = re.compile(r"\b\d{4}-\d{2}(-\d{2})?\b")


class Questions:
    """Be `/questions` and `/questions/{name}`."""

    def __init__(self, looks: Looks, sparql: Sparql) -> None:
        self._looks, self._sparql = looks, sparql

    def index(self) -> Response:
        """List the questions by theme, as a page or as JSON."""
        if asked_for((HTML, JSON)) is JSON:
            return _json([_as_dict(example) for example in examples()])
        return Response(render_template("questions.html", library=page.library()))

    def one(self, name: str) -> Response:
        """Answer a question with what is chosen in the address: as a page, as JSON with its sentence, or as a table."""
        example = find(name)
        if example is None:
            raise Refusal(Problem(404, said("there is no question {name}; /questions lists them", name=name[:60])))
        media = asked_for((HTML, JSON, *TABLES))
        if media is None:
            raise NotAcceptable(tuple(each.type for each in (HTML, JSON, *TABLES)))
        given = tuple((each.name, request.args.get(each.name, "")[:2000]) for each in example.parameters)
        found = self._looks.at("graph.pages.question:question", example.name, given, g.lang)
        question = Question(found.text)
        if media in TABLES:
            return self._sparql.respond(Asked(question, media.name))
        found = replace(found, asked=_dated(found.asked, found), sentence=_dated(found.sentence, found))
        links = _links(example, found)
        if media is JSON:
            return _json(_answer(example, found, links))
        return Response(
            render_template(
                "question.html",
                example=example,
                found=found,
                rows=found.rows[:SHOWN],
                links=links,
                edit=url_for("sparql", **page.parameters(question), format="html"),
                in_words=in_words,
            )
        )


def _dated(sentence: str, found: Any) -> str:
    """Return a sentence with its dates as people write them; only what is a value: a name may hold "2018-19" too."""
    values = {cell.text for row in found.rows for cell in row} | {field.code for field in found.fields}

    def day(match: re.Match[str]) -> str:
        return shown(match[0], "date" if match[1] else "gYearMonth", g.lang) if match[0] in values else match[0]

    return DATE.sub(day, sentence)


def _links(example: Example, found: Any) -> dict[str, str]:
    """Return the addresses of an answer as a file, by the names of the formats."""
    chosen: dict[str, Any] = {field.name: field.code for field in found.fields if field.code}
    return {each.title: url_for("question", name=example.name, **chosen, format=each.name) for each in RESULTS}


def _answer(example: Example, found: Any, links: dict[str, str]) -> dict[str, object]:
    rows = [{name: _cell(cell) for name, cell in zip(found.head, row, strict=True)} for row in found.rows]
    root = request.host_url.rstrip("/")
    return {
        "name": example.name,
        "question": found.asked,
        "answer": found.sentence,
        "parameters": {field.name: field.code or None for field in found.fields},
        "count": len(rows),
        "rows": rows,
        "query": found.text,
        "downloads": {title: root + address for title, address in links.items()},
    }


def _cell(cell: Any) -> object:
    """Return a cell as JSON: a thing with its label, or a value."""
    if cell.iri:
        return {"iri": cell.iri, "name": cell.text, "label": in_words(cell.labels, g.lang)[0]}
    return cell.text


def _as_dict(example: Example) -> dict[str, object]:
    return {
        "name": example.name,
        "theme": words(example.theme),
        "title": dict(example.title),
        "parameters": {each.name: {"class": each.kind, "label": dict(each.label)} for each in example.parameters},
        "address": url_for("question", name=example.name, _external=True),
    }


def _json(data: object) -> Response:
    return Response(json.dumps(data, ensure_ascii=False, indent=1), content_type=JSON.content_type)
