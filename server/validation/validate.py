"""Check records over HTTP: `/validate` takes files and gives a report, `/reports/{id}` shows one that was kept."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Final

from flask import Response, g, render_template, request, url_for
from markupsafe import Markup

from graph.errors import M4sdError, NotAcceptable, Said, said
from graph.names import PREFIXES
from graph.store import Reader
from graph.validate.report import PROFILES, Profile
from graph.validate.written.formats import FORMATS, FRAGMENT
from graph.validate.written.slip import Line, around
from server.http.negotiate import GRAPHS, HTML, Media, asked_for
from server.http.problem import STATUS_OF, Problem, Refusal
from server.http.problem import of as problem_of
from server.limits import MIB, Limits
from server.settings import Settings
from server.sparql import protocol
from server.sparql.protocol import Client
from server.validation.checkers import Checkers
from server.validation.checks import Check, Verdict, Written
from server.validation.reports import NoReport, Reports
from server.words import LANGUAGES, say
from server.workers.pool import Broken, Deadline, OutOfMemory

REPORTS: Final = (
    Media("json", FORMATS["json"], title="JSON", extension="json"),
    Media("turtle", "text/turtle", GRAPHS[0].aliases, charset=True, title="Turtle (SHACL)", extension="ttl"),
    Media("jsonld", FORMATS["jsonld"], title="JSON-LD (SHACL)", extension="jsonld"),
    Media("csv", "text/csv", charset=True, title="CSV", extension="csv"),
    Media("xlsx", FORMATS["xlsx"], title="XLSX", extension="xlsx", attached=True),
    Media("junit", FORMATS["junit"], ("text/xml", "application/junit+xml"), title="JUnit", extension="xml"),
    Media("text", "text/plain", charset=True, title="text", extension="txt"),
)
SYNTAXES: Final = {
    "text/turtle": ".ttl",
    "application/x-turtle": ".ttl",
    "application/trig": ".trig",
    "application/n-triples": ".nt",
    "application/n-quads": ".nq",
    "application/ld+json": ".jsonld",
    "application/json": ".jsonld",
    "application/rdf+xml": ".rdf",
    "application/xml": ".rdf",
    "text/xml": ".rdf",
    "text/csv": ".csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}
CHOICES: Final = {".ttl": "Turtle", ".trig": "TriG", ".jsonld": "JSON-LD", ".rdf": "RDF/XML", ".nt": "N-Triples"}
FORMS: Final = ("multipart/form-data", protocol.FORM)
MOST: Final = 20  # files in one request
UNJUDGED: Final[Mapping[type[M4sdError], Said]] = {
    Deadline: said("The check was ended after {seconds} seconds, the limit here. Send less at once, in several parts."),
    OutOfMemory: said("The check needed more memory than there is for one here. Send less at once, in several parts."),
    Broken: said("The engine broke on these files. That is our fault; tell us the number of this request."),
}


@dataclass(frozen=True, slots=True)
class Sent:
    """Carry what a request wants checked, and how."""

    files: tuple[tuple[str, bytes], ...]
    profile: Profile
    alone: bool
    strict: bool
    keep: bool

    @property
    def title(self) -> str:
        """Return what a report on it is called."""
        return ", ".join(name for name, _ in self.files)[:200]


class Validation:
    """Be the pages on which records are checked."""

    def __init__(self, reader: Reader, checkers: Checkers, reports: Reports, settings: Settings) -> None:
        self._reader, self._checkers, self._reports = reader, checkers, reports
        self._settings, self._limits = settings, settings.limits

    def page(self) -> Response:
        """Show the page on which a record is pasted or a file is chosen."""
        return _page(self._limits)

    def check(self) -> Response:
        """Check what was sent: 200 with the report, whatever it says; 422 for a refused one where that is asked for."""
        media = _media()
        request.max_content_length = request.max_form_memory_size = self._limits.upload
        sent: Sent | None = None
        try:
            sent = _sent()
            verdict = self._judged(sent, media)
        except Refusal as refusal:
            if media is not HTML:
                raise
            return _page(self._limits, sent, problem=refusal.problem)
        identity = self._reports.keep(sent.title, verdict.outcome, verdict.counts, verdict.reports) if sent.keep else ""
        if media is HTML:
            response = _page(self._limits, sent, verdict, shown(verdict.reports[FRAGMENT, g.lang]), identity)
        else:
            response = Response(verdict.reports[media.name, g.lang], content_type=media.content_type)
        response.status_code = 422 if sent.strict and verdict.outcome == "refused" else 200
        response.headers["M4SD-Outcome"] = verdict.outcome
        response.headers["Content-Language"] = g.lang
        if identity:
            response.headers["Link"] = f'<{url_for("report", identity=identity, _external=True)}>; rel="bookmark"'
        return response

    def report(self, identity: str) -> Response:
        """Show a kept report as it was given, in the format and language asked for."""
        about, media = self._about(identity), _media()
        if media is HTML:
            body = shown(self._reports.read(identity, FRAGMENT, g.lang))
            response = Response(render_template("report.html", about=about, body=body, formats=REPORTS))
        else:
            response = Response(self._reports.read(identity, media.name, g.lang), content_type=media.content_type)
        response.headers.update({"Cache-Control": "private, max-age=60", "X-Robots-Tag": "noindex"})
        return response

    def badge(self, identity: str) -> Response:
        """Draw what a kept report came to, to be shown elsewhere."""
        about = self._about(identity)
        body = render_template("badge.svg", about=about)
        return Response(body, content_type="image/svg+xml")

    def _about(self, identity: str) -> object:
        try:
            return self._reports.about(identity)
        except NoReport as error:
            raise Refusal(Problem(404, error.said)) from error

    def _judged(self, sent: Sent, media: Media) -> Verdict:
        client = protocol.client(self._limits)
        wanted: tuple[Written, ...] = ((FRAGMENT if media is HTML else media.name, g.lang),)
        if sent.keep:
            # All at once, in 0.4 s: a form that were written later, by another release, could say something else,
            # and whoever asks for it would need a worker that reads the strange file again.
            wanted = tuple((form, lang) for form in (FRAGMENT, *FORMATS) for lang in LANGUAGES)
        snapshot = str(self._reader.snapshot)
        check = Check(
            snapshot,
            sent.files,
            sent.profile,
            sent.alone,
            wanted,
            2 * client.role.memory,
            client.role.result,
            self._settings.threshold,
            sent.keep,
        )
        return judged(self._checkers, check, client)


def judged(checkers: Checkers, check: Check, client: Client) -> Verdict:
    """Return the verdict on some files; raise Refusal where there is none."""
    try:
        verdict = checkers.ask(check, client.role, client.address)
    except tuple(UNJUDGED) as error:  # its own words are about a query
        words = said(UNJUDGED[type(error)].template, **error.said.data)
        raise Refusal(replace(problem_of(error), said=words)) from error
    if verdict.error:
        assert verdict.said is not None
        raise Refusal(Problem(STATUS_OF.get(verdict.error, 400), verdict.said, verdict.place))
    return verdict


def shown(fragment: bytes) -> Markup:
    """Return a part of a page that was written with everything of its client's escaped; rules are linked to here."""
    rule = f"{url_for('rules').partition('?')[0]}/"
    return Markup(fragment.decode().replace(f'href="{PREFIXES["shape"]}', f'href="{rule}'))  # noqa: S704 - see above


def _media() -> Media:
    offered = (*REPORTS, HTML)
    media = asked_for(offered)
    if media is None:
        raise NotAcceptable(tuple(each.type for each in offered))
    return media


def _sent() -> Sent:
    files = tuple((name, data) for name, data in files_sent() if data.strip())
    if not files:
        raise _refused(said("nothing was sent; paste a record, choose a file, or send one as the body of the request"))
    if len(files) > MOST:
        raise _refused(said("{count} files were sent; send {most} at once", count=len(files), most=MOST))
    given = request.values if request.mimetype in FORMS else request.args
    profile = given.get("profile", "curated")
    if profile not in PROFILES:
        raise _refused(said("there is no profile {name}; write curated or imported", name=profile[:40]))
    strict = given.get("strict") == "1" or "handling=strict" in request.headers.get("Prefer", "").replace(" ", "")
    return Sent(files, PROFILES[profile], given.get("alone") == "1", strict, given.get("keep") == "1")


def files_sent() -> list[tuple[str, bytes]]:
    """Return what was sent, each with a name whose ending says in which syntax it is written."""
    if request.mimetype in FORMS:
        chosen = [(_name(file.filename or ""), file.read()) for file in request.files.getlist("file") if file.filename]
        syntax = request.form.get("syntax", ".ttl")
        pasted = request.form.get("text", "").replace("\r\n", "\n").encode()
        return [*chosen, (f"text{syntax if syntax in CHOICES else '.ttl'}", pasted)]
    ending = SYNTAXES.get(request.mimetype)
    name = _name(request.args.get("name", ""))
    if ending is None and not PurePath(name).suffix:
        detail = said(
            "the type {type} is not known here; send one of {known}",
            type=request.mimetype[:80] or "?",
            known=", ".join(SYNTAXES),
        )
        raise Refusal(Problem(415, detail))
    return [(name if PurePath(name).suffix else f"{name or 'record'}{ending}", request.get_data())]


def _name(given: str) -> str:
    """Return a file's name without folders and signs that do not print."""
    last = given.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in last if letter.isprintable())[:100]


def _refused(words: Said) -> Refusal:
    return Refusal(Problem(400, words))


def _page(
    limits: Limits,
    sent: Sent | None = None,
    verdict: Verdict | None = None,
    body: str = "",
    identity: str = "",
    problem: Problem | None = None,
) -> Response:
    """Return the page with the text that was pasted, and what is said of it."""
    files = {name: data.decode(errors="replace") for name, data in sent.files} if sent else {}
    pasted = next((text for name, text in files.items() if name.startswith("text.")), request.form.get("text", ""))
    return Response(
        render_template(
            "validate.html",
            sent=sent, verdict=verdict, body=body, identity=identity, pasted=pasted,
            problem=problem and say(problem.said, g.lang), lines=lines_around(problem, files) if problem else (),
            choices=CHOICES, most=limits.upload // MIB, days=limits.report_days,
        ),
        problem.status if problem else 200,
    )  # fmt: skip


def lines_around(problem: Problem, files: Mapping[str, str]) -> tuple[Line, ...]:
    """Return the lines around the place that a problem names."""
    line, column = (problem.extra.get(each, 0) for each in ("line", "column"))
    text = files.get(str(problem.said.data.get("path")), "")
    return around(text, line, column) if isinstance(line, int) and isinstance(column, int) else ()
