"""Answer searches: a page for each state, lists to take away, suggestions while somebody types."""

import json
from collections.abc import Mapping
from typing import Any, Final

from flask import Flask, Response, g, render_template, request, url_for

from graph.errors import NotAcceptable, Said, said
from graph.pages.form import Candidate
from graph.pages.search import Results
from graph.search.find import Asked, Counted, Hit
from graph.search.gather import FACETS
from graph.store import Reader
from server.http.front import CONTENT
from server.http.negotiate import HTML, JSON, RESULTS, Media, asked_for
from server.limits import Limits
from server.linked.addresses import linked
from server.sparql import protocol
from server.words import say
from server.workers.looks import Looks

MOST_VALUES: Final = 20  # of one facet
LONGEST_VALUE: Final = 200  # characters
LONGEST_WORDS: Final = 10_000  # characters of a question that are looked at; what is longer is no name
FILES: Final = tuple(media for media in RESULTS if media.name in ("csv", "xlsx"))
OFFERED: Final = (HTML, JSON, *FILES)
SUGGESTIONS: Final = Media("suggestions", "application/x-suggestions+json", ("application/json",))
KINDS: Final[Mapping[str, Said]] = {
    "programme": said("Programmes"), "phase": said("Phases"), "initiative": said("Initiatives"),
    "group": said("Groups of initiatives"),
    "country": said("Countries"), "place": said("Places"), "actor": said("Actors"), "policy": said("Policies"),
    "practice": said("Practices"), "result": said("Results"), "meeting": said("Meetings"),
    "objective": said("Objectives"), "goal": said("Goals"), "target": said("Targets"),
    "indicator": said("Indicators"), "flow": said("Budgets, grants and calls"), "service": said("Services"),
    "concept": said("Concepts"), "source": said("Sources"),
    "passage": said("Passages"), "fact": said("Facts"), "dataset": said("Datasets"),
    "term": said("Terms of the model"),
}  # fmt: skip
ONE: Final[Mapping[str, Said]] = {
    "programme": said("programme"), "phase": said("phase"), "initiative": said("initiative"),
    "group": said("group of initiatives"),
    "country": said("country"), "place": said("place"), "actor": said("actor"), "policy": said("policy"),
    "practice": said("practice"), "result": said("result"), "meeting": said("meeting"),
    "objective": said("objective"), "goal": said("goal"), "target": said("target"), "indicator": said("indicator"),
    "flow": said("budget, grant or call"), "service": said("service"), "concept": said("concept"),
    "source": said("source"),
    "passage": said("passage"), "fact": said("fact"), "dataset": said("dataset"), "term": said("term of the model"),
}  # fmt: skip
FACET_NAMES: Final[Mapping[str, Said]] = {
    "country": said("Country"), "goal": said("Goal"), "sector": said("Sector"), "actor": said("Actor"),
    "year": said("Year"), "dataset": said("Dataset"), "kind": said("Kind"),
}  # fmt: skip
COLUMNS: Final = (
    said("kind"), said("name in English"), said("name in French"), said("code"), said("IRI"), said("description"),
    said("countries"), said("names of the countries"), said("goals"), said("names of the goals"), said("sectors"),
    said("names of the sectors"), said("actors"), said("names of the actors"), said("years"), said("datasets"),
    said("names of the datasets"),
)  # fmt: skip
COUNTED: Final = (said("code"), said("name"), said("IRI"), said("number"))


class Search:
    """Be `/search`, `/suggest` and the description by which browsers know them."""

    def __init__(self, reader: Reader, looks: Looks, limits: Limits) -> None:
        self._reader, self._looks, self._limits = reader, looks, limits

    def routes(self, app: Flask) -> None:
        """Add the addresses."""
        app.add_url_rule("/search", "search", self.page)
        app.add_url_rule("/suggest", "suggest", self.suggest)
        app.add_url_rule("/opensearch.xml", "opensearch", self.describe)

    def page(self) -> Response:
        """Show one state of the search: results by kind, a list of one kind, or counts by a facet."""
        asked, group, media = read(), request.args.get("group", ""), asked_for(OFFERED)
        if media is None:
            raise NotAcceptable(tuple(each.type for each in OFFERED))
        if media is not HTML:
            return self._taken(asked, group if group in FACETS else "", media)
        if group in FACETS:
            counted = self._look("counts", asked, group, g.lang)
            return _html("grouped.html", asked, rows=self._named(group, counted), group=group, results=None)
        found: Results = self._look("results", asked, g.lang, _page())
        facets = [(facet, self._named(facet, values)) for facet, values in found.facets]
        return _html("search.html", asked, results=found, facets=facets, group="")

    def suggest(self) -> Response:
        """Suggest names (OpenSearch Suggestions 1.1): the words, the names, what they are, and their addresses."""
        words = request.args.get("q", "")[:LONGEST_WORDS]
        if kind := request.args.get("form", "")[:LONGEST_VALUE]:
            return self._fitting(kind, request.args.get("field", "")[:LONGEST_VALUE], words)
        hits: tuple[Hit, ...] = self._look("suggestions", words, g.lang)
        told = [
            words,
            [hit.name for hit in hits],
            [" · ".join(filter(None, (say(ONE[hit.kind], g.lang), hit.code, hit.matched))) for hit in hits],
            [request.host_url.rstrip("/") + linked(hit.iri) for hit in hits],
        ]
        return Response(json.dumps(told, ensure_ascii=False), content_type=SUGGESTIONS.content_type)

    def _fitting(self, kind: str, field: str, words: str) -> Response:
        """Suggest what fits a field of a form, each as it is typed there."""
        folder = str(protocol.snapshot(self._reader).folder)
        place = field.rpartition(".")[0]
        found: tuple[Candidate, ...] = self._looks.at(
            "graph.pages.form:candidates", folder, kind, place, words[:LONGEST_VALUE], g.lang
        )
        told = [words, [each.text for each in found], [each.note for each in found], ["" for _ in found]]
        return Response(json.dumps(told, ensure_ascii=False), content_type=SUGGESTIONS.content_type)

    def describe(self) -> Response:
        """Describe the search to browsers (OpenSearch 1.1)."""
        body = render_template("opensearch.xml", root=request.url_root)
        return Response(body, content_type="application/opensearchdescription+xml; charset=utf-8")

    def _taken(self, asked: Asked, group: str, media: Media) -> Response:
        """Return all that was found, or its counts, in a format that programs read."""
        if media is JSON:
            found = self._look("counts", asked, group, g.lang) if group else self._look("everything", asked, g.lang)
            return _json(asked, group, found)
        most = self._limits.anonymous.result
        head = tuple(say(words, g.lang) for words in (COUNTED if group else COLUMNS))
        if group:
            body: bytes = self._look("grouped", asked, group, g.lang, media.name, head, most)
        else:
            body = self._look("listed", asked, g.lang, media.name, head, kind_names(), most)
        response = Response(body, content_type=media.content_type)
        response.headers["Content-Disposition"] = f'attachment; filename="m4sd-search.{media.extension}"'
        return response

    def _look(self, what: str, *asked: object) -> Any:  # whatever the function returns
        return self._looks.at(f"graph.pages.search:{what}", str(protocol.snapshot(self._reader).folder), *asked)

    def _named(self, facet: str, values: tuple[Counted, ...]) -> list[tuple[Counted, str]]:
        """Return the values of a facet, each with its name for a reader."""
        kinds = kind_names()
        return [
            (each, kinds.get(each.value, each.value) if facet == "kind" else each.name or each.value) for each in values
        ]


def read() -> Asked:
    """Return what the present request looks for; what makes no sense is left out."""
    chosen = []
    for facet in FACETS:
        values = (value.strip()[:LONGEST_VALUE] for value in request.args.getlist(facet))
        kept = tuple(dict.fromkeys(value.upper() if facet == "country" else value for value in values if value))
        if kept:
            chosen.append((facet, kept[:MOST_VALUES]))
    return Asked(request.args.get("q", "")[:LONGEST_WORDS], tuple(chosen))


def kind_names() -> dict[str, str]:
    """Return the names of the kinds in the reader's language."""
    return {kind: say(words, g.lang) for kind, words in KINDS.items()}


def _html(template: str, asked: Asked, **shown: object) -> Response:
    embed = request.args.get("embed") == "1"
    facets = {facet: say(words, g.lang) for facet, words in FACET_NAMES.items()}
    address = _Address(asked, embed)
    body = render_template(
        template, asked=asked, embed=embed, facet_names=facets, kinds=kind_names(), to=address, **shown
    )
    response = Response(body)
    if embed:  # anybody may show this page in a frame, and no other
        response.headers["Content-Security-Policy"] = CONTENT.replace("frame-ancestors 'none'", "frame-ancestors *")
    return response


class _Address:
    """Make the addresses of states near the present one."""

    def __init__(self, asked: Asked, embed: bool) -> None:
        self._asked, self._embed = asked, embed

    def __call__(self, **changed: object) -> str:
        """Return the address of the present state, some parameters changed."""
        now: dict[str, object] = {facet: list(values) for facet, values in self._asked.chosen}
        now |= {"q": self._asked.words or None, "embed": "1" if self._embed else None, **changed}
        return url_for("search", **{key: value for key, value in now.items() if value not in (None, "", [])})  # type: ignore[arg-type]

    def toggled(self, facet: str, value: str) -> str:
        """Return the address of the state in which a value is chosen where it was not, or the other way."""
        held = self._asked.of(facet)
        return self(**{facet: [each for each in held if each != value] or None if value in held else [*held, value]})


def _page() -> int:
    given = request.args.get("page", "")
    return min(int(given), 1_000_000) if given.isdecimal() and len(given) < 9 else 0


def _json(asked: Asked, group: str, found: Any) -> Response:  # either of two lists
    told: dict[str, object] = {"q": asked.words, "chosen": {facet: list(values) for facet, values in asked.chosen}}
    if group:
        rows = [{"code": each.value, "name": each.name, "iri": each.iri, "count": each.count} for each in found]
        told |= {"group": group, "counts": rows}
    else:
        told |= {"total": len(found), "results": found}
    return Response(json.dumps(told, ensure_ascii=False, indent=1), content_type=JSON.content_type)
