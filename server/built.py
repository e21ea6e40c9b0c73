"""Give the address of what `frontend/` builds; its name changes with what it holds, so browsers keep it for good."""

import json
from functools import cache
from pathlib import Path

from flask import Response, request, url_for

FOLDER = Path(__file__).parent / "static"
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
    """Let browsers keep a built file as long as they like."""
    asked = (request.view_args or {}).get("filename")
    if request.endpoint == "static" and asked in names().values() and response.status_code in (200, 304):
        response.headers["Cache-Control"] = FOR_EVER
    return response
