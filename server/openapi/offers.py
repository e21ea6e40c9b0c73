"""Hold every address to its contract: whoever takes nothing of what an address offers is told what there is (406)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from flask import Flask, request

from graph.errors import NotAcceptable
from server.http.atom import ATOM
from server.http.negotiate import HTML, JSON, RESULTS, THINGS, Media, asked_for
from server.linked.signposts import LINKSET
from server.openapi.contract import document
from server.pages.home import SPARQL
from server.pages.search import SUGGESTIONS
from server.validation.validate import REPORTS

Json = dict[str, Any]  # a JSON object: its values are whatever OpenAPI says

KNOWN: Final = (HTML, JSON, *RESULTS, *THINGS, ATOM, *REPORTS, *LINKSET, SPARQL, SUGGESTIONS)
_SUFFIXES: Final = frozenset(media.extension for media in KNOWN if media.extension)


def path_of(rule: str) -> str:
    """Return the path of the contract that a rule of the route table is."""
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule)


def offered(operation: Json) -> tuple[Media, ...]:
    """Return what an operation of the contract offers, in its order; nothing where its address names the one form.

    Beside the media types of its answer these are the formats that it can be asked for, to which it may lead.
    """
    if "406" not in operation["responses"]:
        return ()
    types = operation["responses"].get("200", {}).get("content", {})
    formats = [name for each in operation.get("parameters", ()) for name in _formats(each)]
    found = [media for kind in types for media in _of(kind)]
    have = {media.name for media in found}
    return tuple(
        dict.fromkeys([*found, *(next(m for m in KNOWN if m.name == name) for name in formats if name not in have)])
    )


def hold(app: Flask) -> None:
    """Let every request that reads through only where its answer can be one that the client takes."""
    paths: Mapping[str, Json] = document("/")["paths"]
    offers = {
        rule.endpoint: offered(paths[path]["get"])
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and (path := path_of(rule.rule)) in paths
    }

    def check() -> None:
        given = offers.get(request.endpoint or "", ())
        named = request.path.rpartition("/")[2].rpartition(".")[2] in _SUFFIXES
        if given and not named and request.method in ("GET", "HEAD") and asked_for(given) is None:
            raise NotAcceptable(_types(given))

    app.before_request(check)


def _types(media: Sequence[Media]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.type for each in media))


def _of(kind: str) -> Iterator[Media]:
    known = [media for media in KNOWN if media.type == kind]
    yield from known or [Media(kind, kind)]


def _formats(parameter: Json) -> Sequence[str]:
    return parameter["schema"].get("enum", ()) if parameter["name"] == "format" else ()
