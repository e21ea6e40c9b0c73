"""State the contract of the HTTP service (OpenAPI 3.1), from the tables that the service itself uses."""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from graph.validate.report import PROFILES
from server.http.negotiate import GRAPHS, HTML, JSON, PROBLEM, RESULTS, THINGS, Media
from server.linked.signposts import LINKSET
from server.openapi.table import paths
from server.openapi.ways import ways
from server.sparql.protocol import FORM, QUERY
from server.validation.validate import CHOICES, REPORTS, SYNTAXES

Json = dict[str, Any]  # a JSON object: its values are whatever OpenAPI says

_TEXT: Json = {"type": "string"}
_IRI: Json = {"type": "string", "format": "iri-reference"}


def document(root: str) -> Json:
    """Return the OpenAPI document of the service at a root address."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "M4SD Graph", "version": version("m4sd-graph"), "license": {"name": "Apache-2.0"}},
        "servers": [{"url": root.rstrip("/") or "/"}],
        "paths": {
            **ways(),
            "/sparql": {"get": _get_query(), "post": _post_query()},
            "/queries/{identity}": {"delete": _cancel()},
            "/graphs": {"get": _graph([_query("default", _TEXT), _query("graph", _IRI), _format(GRAPHS)])},
            "/graph/{name}": {"get": _graph([_in_path("name"), _format((*GRAPHS, HTML))])},
            **_things(),
            "/examples": _page("The example library", "application/json"),
            "/examples/{name}": _page("One example", "application/json", QUERY, parameters=[_in_path("name")]),
            "/questions": _page("The questions by theme", "application/json"),
            "/questions/{name}": _page(
                "One question, answered; its parameters are those that /questions names",
                *("application/json", *(media.type for media in RESULTS[1:])),
                parameters=[_in_path("name"), _format((HTML, JSON, *RESULTS[1:]))],
            ),
            "/build": _page("A query, built by choosing"),
            "/terms": {"get": _terms()},
            "/links": {"post": _link()},
            "/q/{identity}": {"get": _followed()},
            "/sparql/why": {"get": _why()},
            "/shapes": _page("The rules for records", *(media.type for media in GRAPHS)),
            "/shapes/{name}": _page(
                "One rule, or those of one class", *(media.type for media in GRAPHS), parameters=[_in_path("name")]
            ),
            "/shapes/{name}.xlsx": _file("The template of a class as a workbook", "xlsx"),
            "/shapes/{name}.csv": _file("The template of a class as CSV", "csv"),
            "/shapes/{name}.schema.json": _file("The JSON Schema of a class", "application/schema+json"),
            "/shapes/context.jsonld": {
                "get": {"summary": "The context of the schemas", "responses": _answers(["application/ld+json"])}
            },
            "/validate": {**_page("A page on which a record is checked"), "post": _check()},
            "/reports/{identity}": {"get": _report()},
            "/reports/{identity}/badge.svg": _file(
                "What a kept report came to, as a picture", "image/svg+xml", "identity"
            ),
            "/quality": _page("What the validations of the whole graph found", "application/json"),
            "/limits": _page("Every limit of the service", "application/json"),
            "/status": _page("Availability and latency of the last 90 days", "application/json"),
            "/health": {
                "get": {"summary": "Whether the web process answers", "responses": _answers(["application/json"])}
            },
            "/ready": {"get": _ready()},
            "/metrics": {"get": {"summary": "Figures for Prometheus", "responses": _answers(["text/plain"])}},
            **paths(),
            "/openapi.json": {"get": {"summary": "This document", "responses": _answers(["application/json"])}},
        },
    }


def _get_query() -> Json:
    parameters = [_query("query", _TEXT), *_dataset(), _format((*RESULTS, *GRAPHS, HTML))]
    about = "Ask a SPARQL 1.1 query (Protocol, 2.1.1); without one, describe the service"
    return {"summary": about, "parameters": parameters, "responses": _query_answers()}


def _post_query() -> Json:
    fields = {
        "query": _TEXT,
        "default-graph-uri": _many(),
        "named-graph-uri": _many(),
        "format": _TEXT,
        "inference": _TEXT,
    }
    form = {"schema": {"type": "object", "properties": fields, "required": ["query"]}}
    return {
        "summary": "Ask a SPARQL 1.1 query (Protocol, 2.1.2 and 2.1.3)",
        "parameters": [*_dataset(), _format((*RESULTS, *GRAPHS, HTML))],
        "requestBody": {"required": True, "content": {FORM: form, QUERY: {"schema": _TEXT}}},
        "responses": _query_answers(),
    }


def _things() -> Json:
    """Return the addresses of things, of their pages, of their data and of their links."""
    iri, name = _query("iri", _IRI), _in_path("name")
    every = [media.type for media in THINGS]
    links = [media.type for media in LINKSET]
    leading = ("id", "concept", "dataset", "ontology")
    return {
        **{f"/{kind}/{{name}}": _thing("Lead to the page or to the data of a thing", (), [name]) for kind in leading},
        "/page/{name}": _thing("The page about a thing", [HTML.type], [name]),
        "/page": _thing("The page about a thing, by its whole IRI", [HTML.type], [iri]),
        "/data/{name}": _thing("What the graph says of a thing; a suffix may name the format", every, [name]),
        "/data": _thing("What the graph says of a thing, by its whole IRI", every, [iri]),
        "/linkset/{name}": _thing("All links of a thing (FAIR Signposting, level 2)", links, [name], LINKSET),
        "/linkset": _thing("All links of a thing, by its whole IRI", links, [iri], LINKSET),
        "/ontology": _thing("The ontology", [HTML.type, *every], []),
        "/ontology.{suffix}": _thing("The ontology in one format", every, [_in_path("suffix")]),
    }


def _thing(
    about: str, types: Sequence[str], parameters: Sequence[Json], formats: Sequence[Media] = (HTML, *THINGS)
) -> Json:
    problems = {
        "400": "What is named is no IRI",
        "404": "The graph says nothing of it",
        "406": "No format that the client takes can say it; the problem lists those that there are",
        "410": "It was withdrawn; the problem names what takes its place",
    }
    other = {"303": {"description": "It is to be seen elsewhere"}}
    responses = {**_answers(types), **other, **{code: _problem(text) for code, text in problems.items()}}
    if not types:
        del responses["200"]
    given = [*parameters, _format(formats)]
    return {"get": {"summary": about, "parameters": given, "responses": responses}}


def _terms() -> Json:
    parameters = [_query("q", _TEXT)]
    about = "Classes, properties and prefixes; with q, things by their label"
    responses = {**_answers([JSON.type]), "406": _problem("No format that the client takes")}
    return {"summary": about, "parameters": parameters, "responses": responses}


def _link() -> Json:
    fields = {"query": _TEXT, "default-graph-uri": _many(), "named-graph-uri": _many(), "inference": _TEXT}
    form = {"schema": {"type": "object", "properties": fields, "required": ["query"]}}
    responses = {
        "201": {"description": "The link, which stays", "content": {JSON.type: {}}},
        "303": {"description": "The link, for a browser"},
        "400": _problem("There is no query"),
        "415": _problem("The body is of a type that the protocol does not know"),
        "429": _problem("That is enough for one day"),
        "507": _problem("There is no room for further links"),
    }
    body = {"required": True, "content": {FORM: form, QUERY: {"schema": _TEXT}}}
    return {"summary": "Keep a query under a short link", "requestBody": body, "responses": responses}


def _followed() -> Json:
    parameters = [_in_path("identity"), _format((*RESULTS, *GRAPHS, HTML))]
    return {"summary": "Answer the query of a short link", "parameters": parameters, "responses": _query_answers()}


def _why() -> Json:
    about = "Say why a query has no answer, and give one like it that has"
    return {"summary": about, "parameters": [_query("query", _TEXT), *_dataset()], "responses": _query_answers([JSON])}


def _cancel() -> Json:
    responses = {"204": {"description": "It is ended"}, "404": _problem("No such query of yours is running")}
    return {"summary": "End a running query of yours", "parameters": [_in_path("identity")], "responses": responses}


def _ready() -> Json:
    responses = {**_answers(["application/json"]), "503": _problem("No worker answers just now")}
    return {"summary": "Whether a worker answers on the newest snapshot", "responses": responses}


def _graph(parameters: Sequence[Json]) -> Json:
    about = "Read a whole graph (SPARQL 1.1 Graph Store HTTP Protocol, 5.2)"
    return {"summary": about, "parameters": list(parameters), "responses": _query_answers(GRAPHS)}


def _page(summary: str, *others: str, parameters: Sequence[Json] = ()) -> Json:
    problems = {"404": _problem("There is nothing of this name"), "406": _problem("No format that the client takes")}
    responses = {**_answers([HTML.type, *others]), **problems}
    return {"get": {"summary": summary, "parameters": list(parameters), "responses": responses}}


def _check() -> Json:
    flag: Json = {"type": "string", "enum": ["0", "1"]}
    profile: Json = {"type": "string", "enum": list(PROFILES)}
    given = {"profile": profile, "alone": flag, "strict": flag, "keep": flag}
    file: Json = {"type": "string", "format": "binary"}
    fields = {"file": {"type": "array", "items": file}, "text": _TEXT, "syntax": {"type": "string", "enum": [*CHOICES]}}
    form: Json = {"schema": {"type": "object", "properties": {**fields, **given}}}
    problems = {
        "400": "The files cannot be read; with line and column",
        "406": "No format that the client takes can carry the report",
        "413": "The files or the report are larger than a limit",
        "415": "The body is of a type that is not known here",
        "503": "The service is busy, or the check needed more than its memory",
        "504": "The check ran into its deadline",
    }
    reports = _answers([HTML.type, *(media.type for media in REPORTS)])
    return {
        "summary": "Check records: 200 with the report, whatever it says; with strict=1, 422 for a refused one",
        "parameters": [_format((*REPORTS, HTML)), *(_query(name, schema) for name, schema in given.items())],
        "requestBody": {"required": True, "content": {"multipart/form-data": form, **{kind: {} for kind in SYNTAXES}}},
        "responses": {**reports, "422": reports["200"], **{code: _problem(text) for code, text in problems.items()}},
    }


def _report() -> Json:
    problems = {"404": _problem("There is nothing of this name"), "406": _problem("No format that the client takes")}
    responses = {**_answers([*(media.type for media in REPORTS), HTML.type]), **problems}
    return {"summary": "A report that was kept", "parameters": [_in_path("identity")], "responses": responses}


def _file(summary: str, form: str, name: str = "name") -> Json:
    kind = next((media.type for media in RESULTS if media.name == form), form)
    responses = {**_answers([kind]), "404": _problem("There is nothing of this name")}
    return {"get": {"summary": summary, "parameters": [_in_path(name)], "responses": responses}}


def _query_answers(offered: Sequence[Media] = (*RESULTS, *GRAPHS, HTML)) -> Json:
    problems = {
        "400": "The request or the query cannot be read; with line and column",
        "404": "There is no such graph",
        "406": "No format that the client takes can carry the answer",
        "409": "The query was cancelled",
        "413": "The request or the answer is larger than a limit",
        "415": "The body is of a type that the protocol does not know",
        "429": "The client has used its seconds of slow queries",
        "503": "The service is busy, or the query needed more than its memory",
        "504": "The query ran into its deadline",
    }
    answers = _answers([media.type for media in offered])
    return {
        **answers,
        "304": {"description": "Not modified"},
        **{code: _problem(text) for code, text in problems.items()},
    }


def _answers(types: Sequence[str]) -> Json:
    return {"200": {"description": "The answer, whole", "content": {kind: {} for kind in types}}}


def _problem(text: str) -> Json:
    return {"description": text, "content": {PROBLEM.type: {}, HTML.type: {}}}


def _dataset() -> list[Json]:
    inference = {"type": "string", "enum": ["on", "off"]}
    return [_query("default-graph-uri", _many()), _query("named-graph-uri", _many()), _query("inference", inference)]


def _many() -> Json:
    return {"type": "array", "items": _IRI}


def _format(offered: Sequence[Media]) -> Json:
    return _query("format", {"type": "string", "enum": [media.name for media in offered]})


def _query(name: str, schema: Json) -> Json:
    return {"name": name, "in": "query", "required": False, "schema": schema}


def _in_path(name: str) -> Json:
    return {"name": name, "in": "path", "required": True, "schema": _TEXT}
