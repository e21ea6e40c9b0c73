"""Assemble the web application: the parts, the route table, the error table."""

from time import perf_counter

from babel.numbers import format_decimal, format_percent
from flask import Flask, Response, g, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from graph.errors import M4sdError
from graph.names import short
from graph.store import Reader
from server.desk import counter
from server.http import problem
from server.http.encode import encoded
from server.http.freshness import dated
from server.http.front import Front
from server.http.problem import LONGEST_REQUEST, Refusal
from server.identity import gate
from server.identity.identity import Identity, private
from server.identity.roles import Forbidden
from server.identity.tokens import NoToken
from server.linked import addresses, entity
from server.openapi import offers
from server.operation.logs import Log, request_id
from server.operation.metrics import Metrics
from server.operation.minutes import Minutes
from server.operation.operation import Operation
from server.pages import model
from server.pages.home import Home
from server.pages.quality import Quality
from server.pages.rules import Rules
from server.pages.search import Search
from server.pages.ways import Ways
from server.settings import Settings
from server.sparql import asking
from server.sparql.endpoint import Sparql
from server.sparql.graphs import Graphs
from server.validation.checkers import Checkers
from server.validation.reports import Reports
from server.validation.validate import Validation
from server.words import LANGUAGES, moment, pick, plural, preferred, sentence, shown, translations
from server.workers import sandbox
from server.workers.looks import Looks
from server.workers.pool import Pool
from server.workers.probe import Probe
from server.writer.writing import Remote, Writer

_PERCENT = {"en": "#,##0.##%", "fr": "#,##0.##\u202f%"}  # to the hundredth, where babel's own has none


def create_app(settings: Settings, writer: Writer | None = None) -> Flask:
    """Return the web application for these settings; `writer` stands in for the one of a service."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = LONGEST_REQUEST
    reader, limits, metrics = Reader(settings.store), settings.limits, Metrics()
    log = Log() if settings.log else None
    front = Front(reader, limits, metrics, log, settings.proxy)
    app.wsgi_app = front.before(app.wsgi_app)  # type: ignore[method-assign, assignment]
    if settings.proxy:  # it names the client's address and the scheme; the host it passes on
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=0)  # type: ignore[method-assign]
    pool = Pool(limits, sandbox.required(settings.unsandboxed), reader.newest, metrics)
    operation = Operation(Probe(reader, pool, limits), Minutes(settings.store), metrics, log)
    checkers = Checkers(limits, sandbox.required(settings.unsandboxed), reader.newest, metrics)
    app.extensions.update(pool=pool, checkers=checkers, operation=operation, front=front)
    looks = Looks(reader, pool, limits)
    app.extensions["looks"] = looks
    sparql = Sparql(reader, pool, limits, looks)
    reports = Reports(settings.store, limits.reports, limits.report_days)
    validation = Validation(reader, checkers, reports, settings)
    graphs, home, rules = Graphs(sparql), Home(limits), Rules()

    app.add_url_rule("/sparql", "sparql", sparql.answer, methods=["GET", "POST"])
    app.add_url_rule("/queries/<identity>", "cancel", sparql.cancel, methods=["DELETE"])
    app.add_url_rule("/graphs", "graphs", graphs.indirect)
    app.add_url_rule("/graph/<path:name>", "graph", graphs.direct)
    app.add_url_rule("/openapi.json", "openapi", home.openapi)
    app.add_url_rule("/validate", "validate", validation.page)
    app.add_url_rule("/validate", "check", validation.check, methods=["POST"])
    app.add_url_rule("/reports/<identity>", "report", validation.report)
    app.add_url_rule("/reports/<identity>/badge.svg", "badge", validation.badge)
    app.add_url_rule("/quality", "quality", Quality(settings.store, looks).page)
    app.add_url_rule("/limits", "limits", home.limits)
    app.add_url_rule("/examples", "examples", home.examples)
    app.add_url_rule("/examples/<name>", "example", home.example)
    app.add_url_rule("/shapes", "rules", rules.index)
    app.add_url_rule("/shapes/<name>", "rule", rules.page)
    app.add_url_rule("/shapes/<name>.xlsx", "sheet", rules.sheet)
    app.add_url_rule("/shapes/<name>.csv", "table", rules.table)
    app.add_url_rule("/shapes/<name>.schema.json", "schema", rules.schema)
    app.add_url_rule("/shapes/context.jsonld", "context", rules.context)
    Search(reader, looks, limits).routes(app)
    Ways(reader, looks).routes(app)
    app.add_url_rule("/status", "status", operation.status)
    app.add_url_rule("/health", "health", operation.health)
    app.add_url_rule("/ready", "ready", operation.ready)
    app.add_url_rule("/metrics", "metrics", operation.metrics)

    identity = Identity(settings.store)
    identity.install(app)
    counter.routes(app, identity, reader, looks, checkers, settings, writer or Remote(settings.store))
    asking.routes(app, sparql, looks, settings)
    model.routes(app, looks)
    entity.routes(app, looks, settings.store)
    app.before_request(lambda: _begin(settings))
    app.before_request(lambda: gate.pass_through(identity, limits))
    offers.hold(app)
    app.after_request(lambda response: operation.note(front.keep(dated(private(_finish(response)), limits.fresh))))
    app.register_error_handler(Forbidden, gate.refused)
    app.register_error_handler(NoToken, gate.refused)
    app.register_error_handler(M4sdError, lambda error: problem.respond(problem.of(error), g.lang))
    app.register_error_handler(Refusal, lambda refusal: problem.respond(refusal.problem, g.lang))
    app.register_error_handler(HTTPException, _http_error)
    _speak(app)
    return app


def _begin(settings: Settings) -> None:
    g.begun = perf_counter()
    asked = request.args.get("lang", "")
    g.lang = asked if asked in LANGUAGES else preferred(request.headers.get("Accept-Language", ""), settings.lang)
    g.request_id = request_id(request.headers.get("X-Request-Id", ""), settings.proxy)


def _finish(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.get("request_id", "")
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Language", g.get("lang", "en"))
    if request.method == "OPTIONS" and response.status_code == 200:
        response.status_code = 204
    timing = g.get("timing", {})
    if timing:
        response.headers["Server-Timing"] = ", ".join(f"{part};dur={s * 1000:.1f}" for part, s in timing.items())
    return encoded(response)


def _http_error(error: HTTPException) -> Response:
    given = getattr(error, "valid_methods", None)
    allowed = sorted({*given, "OPTIONS"}) if given else []
    found = problem.of_status(error.code or 500, error.description or error.name, allowed)
    response = problem.respond(found, g.get("lang", "en"))
    if allowed:
        response.headers["Allow"] = ", ".join(allowed)
    return response


def _speak(app: Flask) -> None:
    """Give templates the translations, and keep the language along the way where the reader chose it."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        lambda text: translations(g.lang).ugettext(text),
        lambda one, many, n: translations(g.lang).ungettext(one, many, plural(n, g.lang)),
        newstyle=True,
    )
    app.jinja_env.globals.update(
        pick=pick,
        here_in=_here_in,
        short=short,
        page_of=addresses.linked,
        sentence=sentence,
        shown=lambda text, datatype: shown(text, datatype, g.lang),
        date=lambda value: moment(value, g.lang),
        number=lambda value: format_decimal(value, locale=g.lang),
        percent=lambda value: format_percent(value, _PERCENT[g.lang], locale=g.lang),
    )
    app.url_defaults(_keep_language)


def _here_in(lang: str) -> str:
    """Return the address of the present page in another language, its parameters kept."""
    parameters = {**request.args.to_dict(flat=False), **(request.view_args or {}), "lang": lang}
    return url_for(request.endpoint or "home", **parameters)


def _keep_language(endpoint: str, values: dict[str, object]) -> None:
    if endpoint != "static" and "lang" in request.args:
        values.setdefault("lang", g.lang)
