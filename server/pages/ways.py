"""Be the ways in: home, countries, goals, sectors, policies, funding and time, each as a page and as JSON."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from itertools import groupby
from typing import Any, Final

from flask import Flask, Response, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from graph.errors import NotAcceptable, Said, said
from graph.examples import examples
from graph.pages.timeline import KINDS, Timeline
from graph.store import Reader
from server.http.negotiate import HTML, JSON, RESULTS, asked_for
from server.http.problem import Problem, Refusal
from server.pages import lists, pictures
from server.pages.search import kind_names
from server.sparql import protocol
from server.words import say
from server.workers.looks import Looks

GAPS: Final[Mapping[str, Said]] = {
    "dates": said("dates"),
    "funder": said("who funds it"),
    "implementer": said("who carries it out"),
    "goal": said("a goal to which it contributes"),
    "result": said("a result"),
}
BOUNDS: Final[Mapping[str, Said]] = {
    "moreThan": said("more than {number}"),
    "atLeast": said("at least {number}"),
    "atMost": said("at most {number}"),
    "approximately": said("about {number}"),
}
FILES: Final = tuple(each for each in RESULTS if each.name in ("csv", "xlsx"))
LONGEST_FILE: Final = 8 * 1024 * 1024  # bytes
SECTIONS: Final[Mapping[str, str]] = {
    "programmes": "programme", "phases": "phase", "initiatives": "initiative", "groups": "group", "results": "result",
    "policies": "policy", "practices": "practice", "meetings": "meeting", "facts": "fact",
}  # fmt: skip


class Ways:
    """Show ways in over the snapshots of a folder."""

    def __init__(self, reader: Reader, looks: Looks) -> None:
        self._reader, self._looks = reader, looks

    def routes(self, app: Flask) -> None:
        """Add the addresses."""
        for name in ("countries", "goals", "sectors", "policies", "funding", "timeline"):
            app.add_url_rule(f"/{name}", name, getattr(self, name))
        app.add_url_rule("/", "home", self.home)
        app.add_url_rule("/countries/<code>", "country", self.country)
        app.add_url_rule("/goals/<number>", "goal", self.goal)
        app.jinja_env.globals.update(bounded=bounded)

    def home(self) -> Response:
        """Say what is here: the world map with figures, and doors for whoever comes."""
        found = self._look("home:welcome")
        made = json.loads((protocol.snapshot(self._reader).folder / "build.json").read_text(encoding="utf-8"))
        first = [example for example in examples() if "start" in example.tags]
        shown = {"made": made, "first": first, "examples_count": len(examples()), "root": request.url_root}
        return _page("home.html", found, circles=pictures.circles(found.countries), **shown)

    def countries(self) -> Response:
        """Show the countries in which something is done, on a map and in a table."""
        found = self._look("countries:countries")
        return _page("countries.html", found, circles=pictures.circles(found))

    def country(self, code: str) -> Response | Answer:
        """Show the profile of one country."""
        if code != code.upper() and len(code) == 3:
            return redirect(url_for("country", code=code.upper()), 301)
        found = self._look("country:country", code) if code.isalnum() and len(code) == 3 else None
        if found is None:
            words = said("there is no country with the code {code}; /countries lists them", code=code[:40])
            raise Refusal(Problem(404, words))
        gaps = {what: say(words, g.lang) for what, words in GAPS.items()}
        return _page("country.html", found, gaps=gaps, place=pictures.world()["countries"].get(found.m49))

    def goals(self) -> Response:
        """Show which initiatives contribute to which goals, by country."""
        return _page("goals.html", self._look("goals:goals"))

    def goal(self, number: str) -> Response:
        """Show one goal: its targets and indicators, and who contributes to them."""
        found = self._look("goals:goal", number) if number.isdecimal() and len(number) < 4 else None
        if found is None:
            raise Refusal(Problem(404, said("there is no goal {number}; /goals lists them", number=number[:40])))
        return _page("goal.html", found)

    def sectors(self) -> Response:
        """Show the sectors as a tree."""
        return _page("sectors.html", self._look("sectors:sectors"))

    def policies(self) -> Response:
        """Show policies and practices, by sector and level."""
        found = self._look("policies:policies")
        groups = [list(lines) for _, lines in groupby(found.lines, key=lambda line: line.countries)]
        return _page("policies.html", found, groups=groups)

    def funding(self) -> Response:
        """Show who funds what and who carries it out, or what one actor does of it."""
        asked = {role: request.args.get(role, "") for role in lists.ROLES}
        found = lists.of_actor(self._look("funding:funding"), **asked)
        if taken := self._taken("funding", lists.MONEY, lambda: lists.money(found)):
            return taken
        party = next(
            (name for line in found for name in (*line.funders, *line.doers) if name.iri in asked.values()), None
        )
        shown = {"flows": pictures.flows(found), "width": pictures.WIDTH, "party": party, "sought": asked}
        return _page("funding.html", found, **shown)

    def timeline(self) -> Response:
        """Show phases, initiatives and meetings in time; or those of one kind, or of one year."""
        whole: Timeline = self._look("timeline:timeline")
        found = lists.narrowed(whole, request.args.get("kind", ""), request.args.get("year", ""))
        if taken := self._taken("timeline", lists.TIMES, lambda: lists.times(found)):
            return taken
        drawn = [(kind, pictures.spans(found, (kind,))) for kind in KINDS]
        return _page("timeline.html", found, drawn=drawn, years=lists.years(whole), all=found == whole)

    def _taken(self, name: str, head: Sequence[Said], rows: Callable[[], lists.Table]) -> Response | None:
        """Return a list as CSV or as a workbook where that is asked for."""
        media = asked_for((HTML, JSON, *FILES))
        if media not in FILES:
            return None
        words, most = tuple(say(each, g.lang) for each in head), LONGEST_FILE
        body: bytes = self._looks.at("graph.pages.tables:filed", media.name, words, rows(), most)
        response = Response(body, content_type=media.content_type)
        response.headers["Content-Disposition"] = f'attachment; filename="m4sd-{name}.{media.extension}"'
        return response

    def _look(self, what: str, *asked: object) -> Any:  # whatever the function returns
        return self._looks.at(f"graph.pages.{what}", *asked, g.lang)


def bounded(bound: str, number: str) -> str:
    """Return a number with the words that bound it."""
    return say(said(BOUNDS[bound].template, number=number), g.lang) if bound else number


def _page(template: str, found: Any, **shown: object) -> Response:  # found: any value of a look
    """Return what was found as a page, or as JSON."""
    media = asked_for((HTML, JSON))
    if media is None:
        raise NotAcceptable((HTML.type, JSON.type))
    if media is JSON:
        data = (
            asdict(found) if is_dataclass(found) and not isinstance(found, type) else [asdict(each) for each in found]
        )
        return Response(json.dumps(data, ensure_ascii=False, indent=1), content_type=JSON.content_type)
    words = {kind: kind_names()[one] for kind, one in SECTIONS.items()}
    return Response(render_template(template, found=found, kinds=words, **shown))
