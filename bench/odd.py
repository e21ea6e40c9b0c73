"""Make up whole requests: odd methods, paths, parameters, header fields and bodies, by hypothesis."""

from collections.abc import Iterator
from typing import Final
from urllib.parse import quote, urlencode

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from bench.wire import FORM, Request

# fmt: off
METHODS: Final = ("GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "QUERY", "get", "G-E_T")
PATHS: Final = (
    "/", "/sparql", "/sparql/", "/examples", "/limits", "/graphs", "/graph/x", "/openapi.json", "/nowhere", "/static/",
    "/examples/programme-funders", "/examples/..", "/queries/abcdefgh", "/static/../app.py",
    "/static/%2e%2e/%2e%2e/etc/passwd", "//", "/%00", "/%ff", "/%zz", "/sparql%3Fquery=ASK{}", "/sparql;a=b",
    "/sparql\\", "*", "http://127.0.0.1/sparql", "/é",
)
PARAMETERS: Final = (
    "query", "update", "format", "lang", "default-graph-uri", "named-graph-uri", "inference", "graph", "default",
    "timeout", "using-graph-uri", "version", "", "[]", "query[]", "__proto__",
)
QUERY: Final = "SELECT ?f { id:programme-m4sd m4sd:isFundedBy ?f }"
VALUES: Final = (
    QUERY, "ASK {}", "CONSTRUCT WHERE { id:org-CH-4 a ?type }", "DESCRIBE id:org-CH-4", "SELECT {", "DROP ALL", "",
    "json", "xml", "csv", "tsv", "html", "turtle", "jsonld", "nt", "rdfxml", "parquet", "xlsx", "fr", "en", "xx", "off",
    "on", "https://w3id.org/m4sd/graph/asserted", "not an iri", "urn:x", "_:b", "\x00", "a" * 9000, "\r\nX-Injected: 1",
    "\u202e\u2028",
)
FIELDS: Final = (
    "Accept", "Accept-Language", "Accept-Encoding", "Accept-Charset", "Content-Type", "Content-Encoding",
    "Authorization", "If-None-Match", "If-Modified-Since", "If-Match", "Range", "Origin",
    "Access-Control-Request-Method", "Cookie", "Expect", "X-Forwarded-For", "X-Forwarded-Host", "Forwarded",
    "M4SD-Query-Id", "Referer", "User-Agent", "Prefer", "TE", "Upgrade",
)
FIELD_VALUES: Final = (
    "*/*", "text/html", "text/turtle;q=0.5, */*;q=nan", "q=1", ";;;", ",", "fr", "en-GB;q=9", "gzip", "gzip;q=0, br",
    "identity;q=0", "application/sparql-query", f"{FORM}; charset=utf-16", "multipart/form-data", "text/plain",
    "multipart/form-data; boundary=x", "application/sparql-query; charset=latin-1", "bytes=0-0", "bytes=-1", '"x"',
    'W/"x", *', "*", "Bearer x", "Basic Og==", "Bearer", "127.0.0.9", "127.0.0.9, ::1", "for=x", "100-continue",
    "websocket", "é", "\t", "a" * 9000, "null", "respond-async",
)
# fmt: on
_ODD_TEXT: Final = st.text(max_size=40)
_VALUE: Final = st.sampled_from(VALUES) | _ODD_TEXT
_PAIRS: Final = st.lists(st.tuples(st.sampled_from(PARAMETERS) | _ODD_TEXT, _VALUE), max_size=5)
_LINE: Final = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=60)
_FIELDS: Final = st.lists(st.tuples(st.sampled_from(FIELDS), st.sampled_from(FIELD_VALUES) | _LINE), max_size=5)
_PATH: Final = st.sampled_from(PATHS) | _ODD_TEXT.map(lambda text: "/" + quote(text, safe="/;=&", errors="replace"))


def odd_requests(count: int, number: int) -> Iterator[Request]:
    """Yield requests that hypothesis makes up, the same for the same number."""
    made: list[Request] = []
    if count == 0:
        return

    @seed(number)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(_requests())
    def gather(request: Request) -> None:
        made.append(request)

    gather()
    yield from made[:count]


@st.composite
def _requests(draw: st.DrawFn) -> Request:
    method, path = draw(st.sampled_from(METHODS)), draw(st.sampled_from(("/sparql",)) | _PATH)
    pairs, fields = draw(_PAIRS), draw(_FIELDS)
    parameters = urlencode(pairs, errors="surrogatepass")
    if method in ("POST", "PUT", "PATCH", "QUERY") and draw(st.booleans()):
        kind = draw(st.sampled_from((FORM, "application/sparql-query", "application/sparql-update", "text/turtle")))
        body = draw(st.binary(max_size=200) | st.sampled_from(VALUES).map(str.encode)) if kind != FORM else b""
        return Request(path, method, (*fields, ("Content-Type", kind)), body or parameters.encode())
    return Request(f"{path}?{parameters}" if parameters else path, method, tuple(fields))
