"""Read whole graphs over HTTP (SPARQL 1.1 Graph Store HTTP Protocol, 5.2): the default one, or one by its IRI."""

from urllib.parse import urljoin

from flask import Response, request

from graph.errors import NotAcceptable, said
from graph.names import BASE
from graph.query import Question
from server.http.negotiate import GRAPHS, HTML, Media, asked_for
from server.http.problem import Problem, Refusal
from server.linked.addresses import name_of
from server.linked.resource import see_other
from server.sparql.endpoint import Sparql

WHOLE = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"


class Graphs:
    """Be the graph store `/graphs`, for reading."""

    def __init__(self, sparql: Sparql) -> None:
        self._sparql = sparql

    def indirect(self) -> Response:
        """Return the graph that `?default` or `?graph=` names (4.2)."""
        graphs, default = request.args.getlist("graph"), "default" in request.args
        if default + len(graphs) != 1:
            raise Refusal(Problem(400, said("name one graph: ?default, or ?graph= with its IRI")))
        return self._read(None if default else urljoin(request.base_url, graphs[0]))

    def direct(self, name: str) -> Response:
        """Return the graph whose IRI this address stands for (4.1): /graph/seed/x is https://w3id.org/m4sd/graph/seed/x."""
        iri = f"{BASE}graph/{name}"
        if name_of(iri).count("/") == 2 and asked_for((*GRAPHS, HTML)) is HTML:  # a record, of which there is a page
            return see_other(iri, HTML)
        return self._read(iri)

    def _read(self, iri: str | None) -> Response:
        media = _format()
        question = Question(WHOLE, (iri,) if iri else ())
        reply = self._sparql.ask(question, "json", media.name)
        if iri and reply.empty:
            raise Refusal(Problem(404, said("there is no graph {iri}", iri=iri)))
        return Response(reply.body, content_type=media.content_type)


def _format() -> Media:
    media = asked_for(GRAPHS)
    if media is None:
        raise NotAcceptable(tuple(each.type for each in GRAPHS))
    return media
