"""Assemble the web application: the parts, the route table, the error table."""

from uuid import uuid4

from babel.numbers import format_decimal
from flask import Flask, Response, g, request, url_for
from werkzeug.exceptions import HTTPException

from graph.errors import M4sdError
from graph.store import Reader
from server import problem, sandbox
from server.encode import encoded
from server.graphs import Graphs
from server.home import Home
from server.pool import Pool
from server.problem import LONGEST_REQUEST, Refusal
from server.settings import Settings
from server.sparql import Sparql
from server.words import LANGUAGES, pick, preferred, translations

ALLOWED = "Accept, Authorization, Content-Type, If-None-Match, M4SD-Query-Id"
EXPOSED = "ETag, Link, Content-Language, Retry-After, Server-Timing, M4SD-Note, M4SD-Inference, X-Request-Id"


def create_app(settings: Settings) -> Flask:
    """Return the web application for these settings."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = LONGEST_REQUEST
    reader, limits = Reader(settings.store), settings.limits
    pool = Pool(limits, sandbox.required(settings.unsandboxed), reader.newest)
    app.extensions["pool"] = pool
    sparql = Sparql(reader, pool, limits, settings.tokens, settings.proxy)
    graphs, home = Graphs(sparql), Home(reader, limits)

    app.add_url_rule("/", "home", home.page)
    app.add_url_rule("/sparql", "sparql", sparql.answer, methods=["GET", "POST"])
    app.add_url_rule("/queries/<identity>", "cancel", sparql.cancel, methods=["DELETE"])
    app.add_url_rule("/graphs", "graphs", graphs.indirect)
    app.add_url_rule("/graph/<path:name>", "graph", graphs.direct)
    app.add_url_rule("/openapi.json", "openapi", home.openapi)
    app.add_url_rule("/limits", "limits", home.limits)
    app.add_url_rule("/examples", "examples", home.examples)
    app.add_url_rule("/examples/<name>", "example", home.example)

    app.before_request(lambda: _begin(settings))
    app.after_request(_finish)
    app.register_error_handler(M4sdError, lambda error: problem.respond(problem.of(error), g.lang))
    app.register_error_handler(Refusal, lambda refusal: problem.respond(refusal.problem, g.lang))
    app.register_error_handler(HTTPException, _http_error)
    _speak(app)
    return app


def _begin(settings: Settings) -> None:
    asked = request.args.get("lang", "")
    g.lang = asked if asked in LANGUAGES else preferred(request.headers.get("Accept-Language", ""), settings.lang)
    g.request_id = uuid4().hex[:12]


def _finish(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.get("request_id", "")
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = EXPOSED
    response.headers["Access-Control-Allow-Headers"] = ALLOWED
    response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, POST, OPTIONS, DELETE"
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Vary"] = "Accept, Accept-Encoding, Accept-Language"
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Language", g.get("lang", "en"))
    if request.method == "OPTIONS" and response.status_code == 200:
        response.status_code = 204
    timing = g.get("timing", {})
    if timing:
        response.headers["Server-Timing"] = ", ".join(f"{part};dur={s * 1000:.1f}" for part, s in timing.items())
    return encoded(response)


def _http_error(error: HTTPException) -> Response:
    found = problem.of_status(error.code or 500, error.description or error.name)
    response = problem.respond(found, g.get("lang", "en"))
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        response.headers["Allow"] = ", ".join(sorted({*allowed, "OPTIONS"}))
    return response


def _speak(app: Flask) -> None:
    """Give templates the translations, and keep the language along the way where the reader chose it."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        lambda text: translations(g.lang).ugettext(text),
        lambda one, many, n: translations(g.lang).ungettext(one, many, n),
        newstyle=True,
    )
    app.jinja_env.globals.update(pick=pick, here_in=_here_in, number=lambda value: format_decimal(value, locale=g.lang))
    app.url_defaults(_keep_language)


def _here_in(lang: str) -> str:
    """Return the address of the present page in another language, its parameters kept."""
    parameters = {**request.args.to_dict(flat=False), **(request.view_args or {}), "lang": lang}
    return url_for(request.endpoint or "home", **parameters)


def _keep_language(endpoint: str, values: dict[str, object]) -> None:
    if endpoint != "static" and "lang" in request.args:
        values.setdefault("lang", g.lang)
