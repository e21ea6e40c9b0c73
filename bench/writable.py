"""Be a small endpoint that can be written, for conformance tests only: it is never part of the product.

SPARQL 1.1 Update over the protocol (2.2) at `/sparql`, beside queries, and the Graph Store Protocol at `/graphs`, over
a store in memory. Queries, the reading of their requests, and errors are the product's own code.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from uuid import uuid4

import pyoxigraph
from flask import Flask, Response, request
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, parse, serialize
from werkzeug.datastructures import MultiDict
from werkzeug.serving import WSGIRequestHandler, make_server

from graph.errors import M4sdError, NotAcceptable, QueryError, said
from graph.query import answer
from graph.results.write import TRIPLES
from graph.sparql.syntax import UPDATES
from graph.sparql.tokens import tokens
from graph.store import Store
from server.http import problem
from server.http.negotiate import GRAPHS, RESULTS, choose
from server.http.problem import Problem, Refusal
from server.sparql import protocol

UPDATE = "application/sparql-update"
NOTHING = "urn:m4sd:nothing"  # no graph is ever called so
Graph = NamedNode | DefaultGraph


class Writable:
    """Hold the store that requests read and change."""

    def __init__(self) -> None:
        self._engine = pyoxigraph.Store()
        self._store = Store(self._engine)

    def sparql(self) -> Response:
        """Answer a query, or carry out an update."""
        update = _asked_update()
        return self._query() if update is None else self._update(*update)

    def _query(self) -> Response:
        question = protocol.read().question
        if question is None:
            raise Refusal(Problem(400, said("the request has no query; send one as the parameter `query`")))
        accept = request.headers.get("Accept")
        rows, triples = choose(accept, RESULTS) or RESULTS[0], choose(accept, GRAPHS) or GRAPHS[0]
        found = answer(self._store, question, rows.name, triples.name)
        media = rows if found.form == "rows" else triples
        return Response(found.body, content_type=media.content_type)

    def _update(self, text: str, parameters: MultiDict[str, str]) -> Response:
        """Change the store by an update, its dataset given by the request or by itself, not by both (2.2.3)."""
        text = _with_dataset(text, parameters)
        try:
            self._engine.update(_without_network(text), base_iri=request.base_url)
        except SyntaxError as error:
            raise QueryError(said("{why}", why=error)) from error
        except (OSError, RuntimeError, ValueError) as error:  # a graph that is not there, a LOAD
            raise Refusal(Problem(409, said("{why}", why=error))) from error
        return Response(status=204)

    def graphs(self, **_: str) -> Response:
        """Read or write one graph (SPARQL 1.1 Graph Store HTTP Protocol, 5)."""
        graph = _graph()
        work = {"PUT": self._put, "POST": self._post, "DELETE": self._delete}.get(request.method, self._get)
        return work(graph)

    def _get(self, graph: Graph) -> Response:
        self._require(graph)
        media = choose(request.headers.get("Accept"), GRAPHS)
        if media is None:
            raise NotAcceptable(tuple(each.type for each in GRAPHS))
        triples = (quad.triple for quad in self._store.quads(g=graph))
        return Response(serialize(triples, format=TRIPLES[media.name]), content_type=media.content_type)

    def _put(self, graph: Graph) -> Response:
        quads, status = _sent(graph), self._status(graph)
        self._engine.clear_graph(graph)
        return self._write(graph, quads, status)

    def _post(self, graph: Graph) -> Response:
        return self._write(graph, _sent(graph), self._status(graph))

    def _delete(self, graph: Graph) -> Response:
        self._require(graph)
        self._engine.remove_graph(graph)
        return Response(status=204)

    def _write(self, graph: Graph, quads: list[Quad], status: int) -> Response:
        self._engine.add_graph(graph)
        self._store.extend(quads)
        return Response(status=status, headers={"Location": str(getattr(graph, "value", ""))} if status == 201 else {})

    def _status(self, graph: Graph) -> int:
        return 204 if self._holds(graph) else 201

    def _holds(self, graph: Graph) -> bool:
        return isinstance(graph, DefaultGraph) or self._engine.contains_named_graph(graph)

    def _require(self, graph: Graph) -> None:
        if not self._holds(graph):
            raise Refusal(Problem(404, said("there is no graph {graph}", graph=graph)))


def create_app() -> Flask:
    """Return the endpoint over an empty store."""
    app, writable = Flask(__name__), Writable()
    methods = ["GET", "PUT", "POST", "DELETE"]
    app.add_url_rule("/sparql", "sparql", writable.sparql, methods=["GET", "POST"])
    app.add_url_rule("/graphs", "graphs", writable.graphs, methods=methods)
    app.add_url_rule("/graph/<path:_>", "graph", writable.graphs, methods=methods)
    app.register_error_handler(M4sdError, lambda error: problem.respond(problem.of(error), "en"))
    app.register_error_handler(Refusal, lambda refusal: problem.respond(refusal.problem, "en"))
    return app


@contextmanager
def writing(port: int = 0) -> Iterator[str]:
    """Serve the endpoint from a thread until the block ends; give its address."""
    server = make_server("127.0.0.1", port, create_app(), threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, name="writable", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - the name is werkzeug's
        """Say nothing."""


def _asked_update() -> tuple[str, MultiDict[str, str]] | None:
    """Return the update that a request sends and its parameters (2.2.1, 2.2.2); None where it sends none."""
    if request.method == "POST" and request.mimetype == UPDATE:
        if request.mimetype_params.get("charset", "utf-8").lower() != "utf-8":
            raise Refusal(Problem(415, said("the query is not written in UTF-8")))
        return request.get_data().decode("utf-8"), request.args
    texts = request.form.getlist("update")
    if len(texts) > 1:
        raise Refusal(Problem(400, said("the request has {count} queries; send one", count=len(texts))))
    return (texts[0], request.form) if texts else None


def _with_dataset(text: str, parameters: MultiDict[str, str]) -> str:
    """Write the dataset of a request into its update: the engine takes one from nowhere else."""
    using = "".join(f" USING <{iri}>" for iri in parameters.getlist("using-graph-uri"))
    using += "".join(f" USING NAMED <{iri}>" for iri in parameters.getlist("using-named-graph-uri"))
    words = [(token.text.upper(), token.start) for token in tokens(text) if token.kind == "word"]
    if using and any(word in ("USING", "WITH") for word, _ in words):
        raise Refusal(Problem(400, said("the dataset is given by the request and by the update; give it once")))
    if not using:
        return text
    for (before, _), (word, start) in reversed(list(pairwise(words))):
        if word == "WHERE" and before != "DELETE":  # DELETE WHERE takes no dataset
            text = f"{text[:start]}{using} {text[start:]}"
    return text


def _without_network(text: str) -> str:
    """Let an update that loads fail at its first step: it is read whole before, so its syntax is still tried."""
    if not _fetches(text):
        return text
    first = next(token.start for token in tokens(text) if token.text.upper() in UPDATES)
    return f"{text[:first]}DROP GRAPH <{NOTHING}> ; {text[first:]}"


def _fetches(text: str) -> bool:
    """Tell whether an update loads from the network; the suite's own `somescheme:` leads nowhere."""
    found = [token.text for token in tokens(text)]
    loads = [place for place, word in enumerate(found) if word.upper() == "LOAD"]
    targets = (next((word for word in found[place + 1 :] if word.upper() != "SILENT"), "") for place in loads)
    return any(not target.startswith("<somescheme:") for target in targets)


def _graph() -> Graph:
    """Return the graph that a request names (4): by `?default`, by `?graph=`, by its own address, or a new one."""
    if "default" in request.args:
        return DefaultGraph()
    if "graph" in request.args:
        return NamedNode(request.args["graph"])
    if request.path == "/graphs" and request.method == "POST":
        return NamedNode(f"{request.url_root}graph/{uuid4()}")
    return NamedNode(request.base_url)


def _sent(graph: Graph) -> list[Quad]:
    """Return what a request sends, as quads of a graph: one document, or several as multipart/form-data (5.5)."""
    documents = [(file.mimetype, file.read()) for file in request.files.values()]
    base = graph.value if isinstance(graph, NamedNode) else request.base_url
    found: list[Quad] = []
    for media, body in documents or [(request.mimetype, request.get_data())]:
        form = RdfFormat.from_media_type(media)
        if form is None:
            raise Refusal(Problem(415, said("{media} is no format of RDF", media=media)))
        triples = parse(body, format=form, base_iri=base, rename_blank_nodes=True)
        found += [Quad(quad.subject, quad.predicate, quad.object, graph) for quad in triples]
    return found
