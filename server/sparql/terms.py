"""Offer what a query can be written with, for an editor to complete: `/terms`."""

import json
from dataclasses import asdict

from flask import Response, g, request

from graph.names import PREFIXES
from server.http.negotiate import JSON
from server.workers.looks import Looks

LONGEST = 100  # characters of what is asked that are read


class Terms:
    """Be `/terms`."""

    def __init__(self, looks: Looks) -> None:
        self._looks = looks

    def answer(self) -> Response:
        """Return all classes, properties and prefixes; with `q`, things whose label or name begins so."""
        asked = request.args.get("q", "")[:LONGEST].strip()
        if asked:
            found = self._looks.at("graph.pages.terms:things", asked, g.lang)
            return _json({"terms": [asdict(each) for each in found]})
        found = self._looks.at("graph.pages.terms:words")
        return _json({"prefixes": PREFIXES, "terms": [asdict(each) for each in found]})


def _json(data: object) -> Response:
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    response = Response(body, content_type=JSON.content_type)
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]  # Flask's is werkzeug's
