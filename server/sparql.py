"""Answer SPARQL over HTTP: read the request, ask a worker, write the answer."""

from dataclasses import dataclass
from hashlib import sha256
from time import perf_counter
from urllib.parse import quote

from flask import Response, g, render_template, request

from graph.errors import NotAcceptable, QueryError, Said, TooLarge, said
from graph.names import ASSERTED
from graph.query import LONGEST, Question
from graph.store import Reader
from graph.table import from_json
from server import description, protocol
from server.cache import Cache
from server.cell import Job, Reply
from server.limits import Limits
from server.negotiate import GRAPHS, HTML, RESULTS, Media, choose, named
from server.pool import Pool
from server.problem import Problem, Refusal
from server.protocol import Asked, Client
from server.words import say

STATUS = {QueryError.__name__: 400, TooLarge.__name__: 413}
TABLE = "table"  # what a page is made from


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

    def __init__(self, reader: Reader, pool: Pool, limits: Limits, tokens: frozenset[str], behind_proxy: bool) -> None:
        self._reader, self._pool, self._limits = reader, pool, limits
        self._tokens, self._behind_proxy = tokens, behind_proxy
        self._cache = Cache(limits.cache, limits.cached_answer)

    def answer(self) -> Response:
        """Answer a query by GET, by URL-encoded POST or by direct POST; without one, describe the service."""
        asked = protocol.read()
        if asked.question is None:
            return self._without_query()
        formats = _formats(asked.format)
        etag = f"{self._key(asked.question, *formats.names())[:20]}-{g.lang}"
        if etag in request.if_none_match.as_set():  # not `*`: only who has the answer may keep it
            return _with_headers(Response(status=304), asked, etag)
        reply = self.ask(asked.question, *formats.names())
        return _with_headers(_written(asked, reply, formats), asked, etag)

    def ask(self, question: Question, rows: str, triples: str) -> Reply:
        """Return the reply to a question, from the cache or from a worker; raise Refusal where it is an error."""
        if len(question.text.encode()) > LONGEST:
            detail = said("the query is longer than {longest} bytes; shorten it or split it", longest=LONGEST)
            raise Refusal(Problem(400, detail))
        snapshot, begin = self._reader.snapshot, perf_counter()
        key = self._key(question, rows, triples)
        reply, g.cached = self._cache.get(key), True
        if reply is None:
            asker, g.cached = self._client(), False
            job = Job(snapshot, question, rows, triples, asker.role.memory, asker.role.result)
            reply = self._pool.ask(job, asker.role, asker.address, asker.identity)
            self._cache.put(key, reply)
        g.timing = {"engine": 0.0 if g.cached else reply.seconds, "total": perf_counter() - begin}
        if reply.error:
            raise Refusal(_problem(reply))
        return reply

    def _key(self, question: Question, rows: str, triples: str) -> str:
        """Return what stands for an answer: the snapshot, the exact text, the dataset, the formats."""
        told = (self._reader.snapshot.name, self._reader.fingerprint, question, rows, triples)
        return sha256(repr(told).encode()).hexdigest()

    def cancel(self, identity: str) -> Response:
        """End a running query by the identity that its client gave it (header M4SD-Query-Id)."""
        if not self._pool.cancel(identity, self._client().address):
            raise Refusal(Problem(404, said("no query {identity} of yours is running", identity=identity)))
        return Response(status=204)

    def _client(self) -> Client:
        return protocol.client(self._limits, self._tokens, self._behind_proxy)

    def _without_query(self) -> Response:
        """Show the page to write a query on, or describe the service (SPARQL 1.1 Service Description, 2)."""
        media = choose(request.headers.get("Accept"), (*GRAPHS, HTML))
        if request.method == "POST" or media is None:
            raise Refusal(Problem(400, said("the request has no query; send one as the parameter `query`")))
        if media is HTML:
            return Response(render_template("sparql.html", query="", table=None, notes=[]))
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
    return TABLE if media is HTML else media.name if media else otherwise


def _problem(reply: Reply) -> Problem:
    where = {"line": reply.line, "column": reply.column} if reply.line else {}
    assert reply.said is not None
    return Problem(STATUS.get(reply.error, 500), reply.said, where)


def _written(asked: Asked, reply: Reply, formats: Formats) -> Response:
    media = formats.rows if reply.form == "rows" else formats.triples
    if media is None:
        offered = RESULTS if reply.form == "rows" else GRAPHS
        raise NotAcceptable(tuple(each.type for each in offered))
    notes = [unknown.said for unknown in reply.unknown]
    if media is not HTML:
        return _noted(Response(reply.body, content_type=media.content_type), notes)
    assert asked.question is not None
    spoken = [say(note, g.lang) for note in notes]
    table = from_json(reply.body)
    return Response(render_template("sparql.html", query=asked.question.text, table=table, notes=spoken))


def _noted(response: Response, notes: list[Said]) -> Response:
    if notes:
        text = "; ".join(say(note, g.lang) for note in notes)
        # RFC 8187: a header holds other than ASCII only in this way.
        response.headers["M4SD-Note"] = text if text.isascii() else f"UTF-8'{g.lang}'{quote(text, safe=' ,:;()')}"
    return response


def _with_headers(response: Response, asked: Asked, etag: str) -> Response:
    """Add what a cache and a careful reader need: the entity tag, and whether inferred triples were asked."""
    response.set_etag(etag)
    response.headers["Cache-Control"] = "public, no-cache"
    graphs = asked.question.default_graphs if asked.question else ()
    response.headers["M4SD-Inference"] = "off" if graphs == (ASSERTED.value,) else "on"
    return response
