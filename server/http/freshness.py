"""Say for how long others may keep an answer (RFC 9111, RFC 5861)."""

from flask import Response, request

# Seconds for which a shared cache may answer in our place while we do not.
WHILE_BROKEN = 600


def dated(response: Response, seconds: int) -> Response:
    """Let shared caches keep what is public for some seconds, and everybody else ask again; nobody keeps an error."""
    if "Cache-Control" in response.headers:
        return response
    if request.method not in ("GET", "HEAD") or response.status_code not in (200, 304):
        response.headers["Cache-Control"] = "no-store"
        return response
    response.headers["Cache-Control"] = (
        f"public, max-age=0, s-maxage={seconds}, stale-while-revalidate={seconds}, stale-if-error={WHILE_BROKEN}"
    )
    return response
