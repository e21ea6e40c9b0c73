"""State the contract of the search and of the ways in (OpenAPI 3.1)."""

from typing import Any, Final

from graph.search.gather import FACETS
from server.http.negotiate import HTML, JSON, PROBLEM, RESULTS
from server.pages.search import SUGGESTIONS

Json = dict[str, Any]  # a JSON object: its values are whatever OpenAPI says

_TEXT: Final[Json] = {"type": "string"}
_MANY: Final[Json] = {"type": "array", "items": _TEXT}
_FILES: Final = [media.type for media in RESULTS if media.name in ("csv", "xlsx")]
_DESCRIBED: Final = ["application/opensearchdescription+xml"]
_PAGES: Final = {
    "/countries": "The countries in which something is done, with figures",
    "/goals": "Initiatives by goal and country",
    "/sectors": "The sectors as a tree",
    "/policies": "Policies and practices, by sector and level",
}


def ways() -> Json:
    """Return the addresses of the search and of the ways in."""
    return {
        "/": _page("What is here: the world map with figures, and doors for whoever comes"),
        "/search": {"get": _search()},
        "/suggest": {"get": _operation("Suggest names (OpenSearch Suggestions 1.1)", [SUGGESTIONS.type], "q")},
        "/opensearch.xml": {"get": _operation("The search, described", _DESCRIBED)},
        **{path: _page(summary) for path, summary in _PAGES.items()},
        "/funding": {"get": _list("Who funds what, and who carries it out; of one actor, too", "funder", "doer")},
        "/timeline": {"get": _list("Programmes, phases, initiatives and meetings in time", "kind", "year")},
        "/countries/{code}": _page("The profile of a country", "code"),
        "/goals/{number}": _page("A goal, its targets and indicators, and who contributes to it", "number"),
    }


def _search() -> Json:
    found = _operation("Search by words and facets; without words, browse", [HTML.type, JSON.type, *_FILES], "q")
    given: Json = dict.fromkeys(FACETS, _MANY)
    given |= {"group": {"type": "string", "enum": list(FACETS)}, "page": {"type": "integer", "minimum": 1}}
    given |= {"format": {"type": "string", "enum": ["html", "json", "csv", "xlsx"]}, "embed": {"const": "1"}}
    found["parameters"] += [_parameter(name, "query", schema) for name, schema in given.items()]
    return found


def _list(summary: str, *asked: str) -> Json:
    found = _operation(summary, [HTML.type, JSON.type, *_FILES])
    found["parameters"] = [_parameter(name, "query", _TEXT) for name in asked]
    return found


def _page(summary: str, name: str = "") -> Json:
    found = _operation(summary, [HTML.type, JSON.type])
    if name:
        found["parameters"].append(_parameter(name, "path", _TEXT))
        found["responses"]["404"] = {"description": "There is nothing of this name", "content": {PROBLEM.type: {}}}
    return {"get": found}


def _operation(summary: str, types: list[str], asked: str = "") -> Json:
    answers: Json = {"200": {"description": "The answer, whole", "content": {kind: {} for kind in types}}}
    if types != _DESCRIBED:  # which is there in one form, whatever the client takes
        answers["406"] = {"description": "No format that the client takes", "content": {PROBLEM.type: {}}}
    parameters = [_parameter(asked, "query", _TEXT)] if asked else []
    return {"summary": summary, "parameters": parameters, "responses": answers}


def _parameter(name: str, place: str, schema: Json) -> Json:
    return {"name": name, "in": place, "required": place == "path", "schema": schema}
