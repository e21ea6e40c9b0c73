"""Answer SPARQL over HTTP: read the request, ask a worker, write the answer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from time import perf_counter
from urllib.parse import quote

from flask import Response, g, request

from graph.errors import NotAcceptable, Said, said
from graph.names import ASSERTED
from graph.query import LONGEST, Question
from graph.sparql.advice import advice
from graph.store import Reader
from server.http import problem
from server.http.cache import Cache
from server.http.negotiate import GRAPHS, HTML, RESULTS, Media, asked_for, choose, named
from server.http.problem import STATUS_OF, Problem, Refusal
from server.limits import Limits
from server.sparql import description, page, protocol
from server.sparql.protocol import Asked, Client
from server.words import say
from server.workers.cell import Job, Reply
from server.workers.looks import Looks
from server.workers.pool import Deadline, OutOfMemory, Pool

LONGEST_HEADER = 2000  # characters; proxies give all headers together 4 KiB


@dataclass(frozen=True, slots=True)
class Formats:
    """Hold the format chosen for rows and the one for triples: only the answer tells which it is."""

    rows: Media | None
    triples: Media | None

    def names(self) -> tuple[str, str]:
        """Return the names by which a worker writes them."""
        return _name(self.rows, "json"), _name(self.triples, "turtle")


class Sparql:
    """Be the endpoint `/sparql` over a folder of snapshots."""

    def __init__(self, reader: Reader, pool: Pool, limits: Limits, looks: Looks) -> None:
        self._reader, self._pool, self._limits, self._looks = reader, pool, limits, looks
        self._cache: Cache[Reply] = Cache(limits.cache, limits.cached_answer)

    def answer(self) -> Response:
        """Answer a query by GET, by URL-encoded POST or by direct POST; without one, describe the service."""
        return self.respond(protocol.read())

    def respond(self, asked: Asked) -> Response:
        """Answer what a request asks, be it at `/sparql` or at a link."""
        if asked.question is None:
            return self._without_query()
        g.question = asked.question
        formats = _formats(asked.format)
        key = self._key(asked.question, *formats.names())
        etag = f"{key[:20]}-{g.lang}{page.variant() if HTML in (formats.rows, formats.triples) else ''}"
        # Weak tags too (RFC 9110, 13.1.2), but not `*`: only who has the answer may keep it.
        known = {etag, f"{etag}-gzip"} & request.if_none_match.as_set(include_weak=True)
        if known:
            return _with_headers(Response(status=304), asked, known.pop())
        try:
            reply = self._ask(key, asked.question, *formats.names())
        except Refusal as refusal:
            if formats.rows is HTML and "line" in refusal.problem.extra:
                return page.failed(asked.question, refusal.problem)
            raise
        hints = advice(asked.question.text) if reply.seconds >= self._limits.advise else ()
        return _with_headers(_written(self._looks, asked, reply, formats, hints), asked, etag)

    def ask(self, question: Question, rows: str, triples: str) -> Reply:
        """Return the reply to a question, from the cache or from a worker; raise Refusal where it is an error."""
        return self._ask(self._key(question, rows, triples), question, rows, triples)

    def _ask(self, key: str, question: Question, rows: str, triples: str) -> Reply:
        if len(question.text.encode()) > LONGEST:
            detail = said("the query is longer than {longest} bytes; shorten it or split it", longest=LONGEST)
            raise Refusal(Problem(400, detail))
        begin = perf_counter()
        reply, g.cached = self._cache.get(key), True
        if reply is None:
            asker, g.cached = self._client(), False
            job = Job(str(g.seen.folder), question, rows, triples, asker.role.memory, asker.role.result)
            reply = self._run(job, asker)
            if not reply.error:
                self._cache.put(key, reply)
        g.timing = {"engine": 0.0 if g.cached else reply.seconds, "total": perf_counter() - begin}
        if reply.error:
            raise Refusal(_problem(reply))
        return reply

    def _run(self, job: Job, asker: Client) -> Reply:
        """Return a worker's reply; where the query ran into its time or its memory, say what could help it."""
        try:
            return self._pool.ask(job, asker.role, asker.address, asker.identity)
        except (Deadline, OutOfMemory) as error:
            raise Refusal(replace(problem.of(error), advice=advice(job.question.text))) from error

    def _key(self, question: Question, rows: str, triples: str) -> str:
        """Return what stands for an answer: the snapshot, the exact text, the dataset, the formats."""
        g.seen = protocol.snapshot(self._reader)
        return sha256(repr((g.seen, question, rows, triples)).encode()).hexdigest()

    def cancel(self, identity: str) -> Response:
        """End a running query by the identity that its client gave it (header M4SD-Query-Id)."""
        if not self._pool.cancel(identity, self._client().address):
            raise Refusal(Problem(404, said("no query {identity} of yours is running", identity=identity)))
        return Response(status=204)

    def _client(self) -> Client:
        return protocol.client(self._limits)

    def _without_query(self) -> Response:
        """Show the page to write a query on, or describe the service (SPARQL 1.1 Service Description, 2)."""
        media = asked_for((*GRAPHS, HTML))
        if media is None and "format" in request.args:
            raise NotAcceptable(tuple(each.type for each in (*GRAPHS, HTML)))
        if request.method == "POST" or media is None:
            raise Refusal(Problem(400, said("the request has no query; send one as the parameter `query`")))
        if media is HTML:
            return page.blank()
        return Response(description.written(request.base_url, media.name), content_type=media.content_type)


def _formats(wanted: str | None) -> Formats:
    offers = (*RESULTS, HTML), (*GRAPHS, HTML)
    if wanted:
        chosen = [named(wanted, offer) for offer in offers]
    else:
        chosen = [choose(request.headers.get("Accept"), offer) for offer in offers]
    if chosen == [None, None]:
        raise NotAcceptable(tuple(media.type for media in (*RESULTS, *GRAPHS, HTML)))
    return Formats(*chosen)


def _name(media: Media | None, otherwise: str) -> str:
    if media is None:
        return otherwise
    return f"{media.name}-{g.lang}" if media.worded else media.name


def _problem(reply: Reply) -> Problem:
    where = {"line": reply.line, "column": reply.column} if reply.line else {}
    assert reply.said is not None
    return Problem(STATUS_OF.get(reply.error, 500), reply.said, where)


def _written(looks: Looks, asked: Asked, reply: Reply, formats: Formats, hints: tuple[Said, ...]) -> Response:
    media = formats.rows if reply.form == "rows" else formats.triples
    if media is None:
        offered = RESULTS if reply.form == "rows" else GRAPHS
        raise NotAcceptable(tuple(each.type for each in (*offered, HTML)))
    notes = [*reply.mends, *(unknown.said for unknown in reply.unknown)]
    if media is HTML and asked.question:
        response = page.answered(looks, asked.question, reply, hints)
    else:
        response = Response(reply.body, content_type=media.content_type)
    if media.attached and asked.question:
        file = page.file_name(asked.question, media)
        response.headers["Content-Disposition"] = f'attachment; filename="{file}"'
    if reply.empty and asked.question and (explained := page.why_address(asked.question)):
        response.headers.add("Link", f'<{explained}>; rel="help"')
    _note(response, "M4SD-Note", notes)
    _note(response, "M4SD-Advice", hints)
    return response


def _note(response: Response, name: str, words: Sequence[Said]) -> None:
    """Say something in a header; what is too long for one ends in dots, and is whole on the page."""
    text = "; ".join(" ".join(say(each, g.lang).split()) for each in words)
    text = "".join(letter if letter.isprintable() else " " for letter in text)
    if not text.isascii():  # RFC 8187: a header holds other than ASCII only in this way
        text = f"UTF-8'{g.lang}'{quote(text, safe=' ,:;()')}"
    if text:
        response.headers[name] = text if len(text) <= LONGEST_HEADER else f"{text[:LONGEST_HEADER]}..."


def _with_headers(response: Response, asked: Asked, etag: str) -> Response:
    """Add what a cache and a careful reader need: the entity tag, and whether inferred triples were asked."""
    response.set_etag(etag)
    graphs = asked.question.default_graphs if asked.question else ()
    response.headers["M4SD-Inference"] = "off" if graphs == (ASSERTED.value,) else "on"
    return response
