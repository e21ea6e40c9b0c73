"""Stand before the application: add the headers of every answer, and give again what the same request was just given.

To read a request, to choose the format and the language and to write the headers takes ten times as long as to find the
answer among those kept; scripts and pages ask the same thing again and again. What is given is right for one snapshot.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from time import perf_counter
from typing import TYPE_CHECKING

from flask import Response, g, request

from graph.errors import StoreMissing
from graph.store import Reader, Seen
from server.http.cache import Cache
from server.limits import Limits
from server.operation.logs import Log, fingerprint, request_id
from server.operation.metrics import Metrics

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# All that an answer depends on, beside the snapshot.
ASKED = (
    *("PATH_INFO", "QUERY_STRING", "HTTP_ACCEPT", "HTTP_ACCEPT_LANGUAGE", "HTTP_ACCEPT_ENCODING"),
    *("HTTP_HOST", "SCRIPT_NAME", "SERVER_NAME", "SERVER_PORT", "wsgi.url_scheme"),
)
# What makes a request its client's own.
OWN = ("HTTP_IF_NONE_MATCH", "HTTP_AUTHORIZATION", "HTTP_COOKIE", "HTTP_RANGE")
ANEW = {"x-request-id", "server-timing"}

ALLOWED = "Accept, Authorization, Content-Type, If-Match, If-None-Match, M4SD-Query-Id"
EXPOSED = "ETag, Link, Content-Language, Retry-After, Server-Timing, M4SD-Note, M4SD-Inference, X-Request-Id"
EXPOSED += ", Content-Location, Content-Disposition, M4SD-Advice, M4SD-Outcome"
CONTENT = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
ALWAYS = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", EXPOSED),
    ("Access-Control-Allow-Headers", ALLOWED),
    ("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, OPTIONS, DELETE"),
    ("Content-Security-Policy", CONTENT),
    ("X-Content-Type-Options", "nosniff"),
    ("Vary", "Accept, Accept-Encoding, Accept-Language"),
)


@dataclass(frozen=True, slots=True)
class Given:
    """Hold one answer as it was sent, with the snapshot for which it is right and the query's mark in the log."""

    seen: Seen
    status: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    query: str

    @property
    def size(self) -> int:
        """Return the bytes that it holds."""
        return len(self.body) + sum(len(name) + len(value) for name, value in self.headers)


class Front:
    """Stand before a WSGI application, and keep those of its answers that hold for everybody."""

    def __init__(self, reader: Reader, limits: Limits, metrics: Metrics, log: Log | None, behind_proxy: bool) -> None:
        self._reader, self._metrics, self._log, self._behind_proxy = reader, metrics, log, behind_proxy
        self._cache: Cache[Given] = Cache(limits.finished, limits.cached_answer)
        self._open = True

    def before(self, application: "WSGIApplication") -> "WSGIApplication":
        """Return an application that asks this one only for what was not given yet (PEP 3333)."""

        def answer(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
            begun = perf_counter()
            given = self._given(environ) if self._open else None
            if given is None:
                return application(environ, lambda status, headers, *error: start(status, _full(headers), *error))
            number = request_id(environ.get("HTTP_X_REQUEST_ID", ""), self._behind_proxy)
            seconds = perf_counter() - begun
            timing = f"engine;dur=0.0, total;dur={seconds * 1000:.1f}"
            start(given.status, [*_full(given.headers), ("X-Request-Id", number), ("Server-Timing", timing)])
            self._note(environ, given, number, seconds)
            return (given.body,)

        return answer

    def keep(self, response: Response) -> Response:
        """Keep the answer to a query that was asked before, where it would be the same for anybody."""
        key = _key(request.environ) if g.get("cached") and response.status_code == 200 else ""
        if key and "question" in g:
            headers = tuple((name, value) for name, value in response.headers if name.lower() not in ANEW)
            body = response.get_data()
            self._cache.put(key, Given(g.seen, response.status, headers, body, fingerprint(g.question.text)))
        return response

    def close(self) -> None:
        """Leave every request to the application from now on."""
        self._open = False

    def _given(self, environ: "WSGIEnvironment") -> Given | None:
        key = _key(environ)
        given = self._cache.get(key) if key else None
        try:
            return given if given and given.seen == self._reader.look() else None
        except StoreMissing:
            return None

    def _note(self, environ: "WSGIEnvironment", given: Given, number: str, seconds: float) -> None:
        self._metrics.counted(environ["PATH_INFO"], "GET", 200, "cache", seconds)
        if self._log:
            told = {"id": number, "client": environ.get("REMOTE_ADDR"), "method": "GET", "path": environ["PATH_INFO"]}
            told |= {"status": 200, "ms": round(seconds * 1000, 1), "bytes": len(given.body)}
            self._log.write({**told, "query": given.query, "cached": True})


def _full(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the headers of an answer with those of every answer; a policy for content of its own replaces ours."""
    held = list(headers)
    own = {name.lower() for name, _ in held} & {"content-security-policy"}
    return [*held, *((name, value) for name, value in ALWAYS if name.lower() not in own)]


def _key(environ: "WSGIEnvironment") -> str:
    """Return what stands for a request; nothing where its answer is its client's own."""
    if environ["REQUEST_METHOD"] != "GET" or any(name in environ for name in OWN):
        return ""
    return sha256("\0".join(environ.get(name, "") for name in ASKED).encode("utf-8", "surrogatepass")).hexdigest()
