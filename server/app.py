"""Assemble the web application: the parts, the route table, the error table."""

from uuid import uuid4

from babel.numbers import format_decimal
from flask import Flask, Response, g, request, url_for
from werkzeug.exceptions import HTTPException

from graph.errors import M4sdError, said
from graph.store import Reader
from server import problem
from server.home import Home
from server.problem import Problem, Refusal
from server.settings import Settings
from server.sparql import Sparql
from server.words import LANGUAGES, pick, preferred, translations

# Answers may be a few megabytes; questions never are.
LONGEST_REQUEST = 1024 * 1024


def create_app(settings: Settings) -> Flask:
    """Return the web application for these settings."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = LONGEST_REQUEST
    reader = Reader(settings.store)
    home, sparql = Home(reader), Sparql(reader)

    app.add_url_rule("/", "home", home.page)
    app.add_url_rule("/sparql", "sparql", sparql.answer, methods=["GET", "POST"])
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
    response.headers["Access-Control-Expose-Headers"] = "M4SD-Note, Link, Content-Language, X-Request-Id"
    response.headers["Access-Control-Allow-Headers"] = "Accept, Content-Type"
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Vary"] = "Accept, Accept-Language"
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Language", g.lang)
    return response


def _http_error(error: HTTPException) -> Response:
    detail = said("{why}", why=error.description or error.name)
    return problem.respond(Problem(error.code or 500, detail), g.get("lang", "en"))


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
