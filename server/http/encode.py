"""Compress answers where the client takes gzip and it is worth it (RFC 9110, 8.4)."""

import gzip

from flask import Response, request

SMALLEST = 1400  # bytes; less fits into one packet anyway
LEVEL = 4
WORTH = (
    "text/",
    "application/json",
    "application/ld+json",
    "application/sparql",
    "application/rdf",
    "application/n-",
    "application/trig",
    "application/linkset",
)


def encoded(response: Response) -> Response:
    """Return the response, its body in gzip where that pays; its entity tag then says so."""
    if not _pays(response):
        return response
    response.set_data(gzip.compress(response.get_data(), LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    etag, _ = response.get_etag()
    if etag:
        response.set_etag(f"{etag}-gzip")
    return response


def _pays(response: Response) -> bool:
    if response.status_code != 200 or response.direct_passthrough or "Content-Encoding" in response.headers:
        return False
    if not request.accept_encodings.quality("gzip"):
        return False
    kind = response.mimetype or ""
    return kind.startswith(WORTH) and (response.content_length or 0) >= SMALLEST
