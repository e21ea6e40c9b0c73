"""Show what is here and how to ask: the home page and the example library."""

import json

from flask import Response, render_template, request

from graph.errors import said
from graph.examples import Example, examples, find
from graph.store import Reader
from server.limits import Limits, listed
from server.negotiate import HTML, JSON, Media, asked_for
from server.openapi import document
from server.problem import Problem, Refusal

SPARQL = Media("rq", "application/sparql-query", ("text/plain",), charset=True)


class Home:
    """Be the pages that lead in."""

    def __init__(self, reader: Reader, limits: Limits) -> None:
        self._reader, self._limits = reader, limits

    def page(self) -> Response:
        """Say what the graph holds and how to ask it."""
        built = json.loads((self._reader.snapshot / "build.json").read_text())
        first = [example for example in examples() if "start" in example.tags]
        count = len(examples())
        return Response(
            render_template("home.html", built=built, first=first, examples_count=count, root=request.url_root)
        )

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
