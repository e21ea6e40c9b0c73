"""Give the address of what `frontend/` builds; its name changes with what it holds, so browsers keep it for good."""

import gzip
import json
from functools import cache, lru_cache
from pathlib import Path

from flask import Response, request, url_for

FOLDER = Path(__file__).parents[1] / "static"
SHRINKING = ("text/css", "text/javascript", "image/svg+xml", "application/json")
FOR_EVER = "public, max-age=31536000, immutable"  # RFC 8246


@cache
def names() -> dict[str, str]:
    """Return the present name of each built file."""
    found: dict[str, str] = json.loads((FOLDER / "built.json").read_text(encoding="utf-8"))
    return found


def built(name: str) -> str:
    """Return the address of a built file, such as `editor.js`."""
    return url_for("static", filename=names()[name])


def kept(response: Response) -> Response:
    """Send static files small, and let browsers keep a built one as long as they like."""
    asked = (request.view_args or {}).get("filename", "")
    if request.endpoint != "static" or response.status_code not in (200, 304):
        return response
    if response.mimetype == "application/javascript":
        response.mimetype = "text/javascript"  # RFC 9239, whatever the system's table of types says
    if asked in names().values():
        response.headers["Cache-Control"] = FOR_EVER
    if response.status_code == 200 and response.mimetype in SHRINKING and request.accept_encodings.quality("gzip"):
        response.direct_passthrough = False
        response.set_data(_small(asked, response.get_data()))
        response.headers["Content-Encoding"] = "gzip"
        etag, _ = response.get_etag()
        if etag:
            response.set_etag(etag, weak=True)  # the same file in another form (RFC 9110, 8.8.1)
    return response


@lru_cache(32)
def _small(name: str, content: bytes) -> bytes:
    return gzip.compress(content, 9, mtime=0)
