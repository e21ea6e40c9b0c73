"""Show how to ask: the example library, the limits, the contract."""

import json

from flask import Response, render_template, request

from graph.errors import said
from graph.examples import Example, examples, find
from server.http.negotiate import HTML, JSON, Media, asked_for
from server.http.problem import Problem, Refusal
from server.limits import Limits, listed
from server.openapi.contract import document

SPARQL = Media("rq", "application/sparql-query", ("text/plain",), charset=True)


class Home:
    """Be the pages that say how to ask."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    def limits(self) -> Response:
        """List every limit of the endpoint, as a page or as JSON."""
        limits = listed(self._limits)
        if asked_for((HTML, JSON)) is JSON:
            return _json(limits)
        return Response(render_template("limits.html", limits=self._limits, fields=limits))

    def openapi(self) -> Response:
        """State the contract of this service."""
        return _json(document(request.url_root))

    def examples(self) -> Response:
        """List the example library, as a page or as JSON."""
        if asked_for((HTML, JSON)) is JSON:
            return _json([_as_dict(example) for example in examples()])
        return Response(render_template("examples.html", examples=examples()))

    def example(self, name: str) -> Response:
        """Show one example, as a page, as JSON or as its SPARQL."""
        example = find(name)
        if example is None:
            raise Refusal(Problem(404, said("there is no example {name}; /examples lists them", name=name)))
        choice = asked_for((HTML, JSON, SPARQL))
        if choice is JSON:
            return _json(_as_dict(example))
        if choice is SPARQL:
            return Response(example.text, content_type=SPARQL.content_type)
        return Response(render_template("example.html", example=example))


def _as_dict(example: Example) -> dict[str, object]:
    return {
        "name": example.name,
        "question": example.number,
        "title": dict(example.title),
        "note": dict(example.note),
        "tags": list(example.tags),
        "query": example.text,
    }


def _json(data: object) -> Response:
    return Response(json.dumps(data, ensure_ascii=False, indent=1), content_type=JSON.content_type)
