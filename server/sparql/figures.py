"""Show an answer as a chart, a map or a graph beside its table: a worker reads it, the template draws it."""

import json
from functools import cache
from math import sqrt
from typing import Any, Final

from flask import g, request

from graph.pages.atlas import Spot
from graph.query import Question
from graph.sparql.syntax import asks
from server.http.built import FOLDER
from server.http.problem import Refusal
from server.workers.looks import Looks

VIEWS: Final = {
    "chart": "graph.pages.chart:chart",
    "map": "graph.pages.atlas:atlas",
    "graph": "graph.pages.network:network",
}
OFFERED: Final = {"rows": ("chart", "map"), "triples": ("graph",)}
_LARGEST: Final = 22  # radius of the largest circle on the map


def view() -> str:
    """Return the view that the present request asks for; nothing is the table alone."""
    asked = request.args.get("view", "")
    return asked if asked in VIEWS else ""


def offered(question: Question, form: str) -> tuple[str, ...]:
    """Return the views that an answer can be seen in beside its table; a yes or no has none."""
    return () if form == "rows" and asks(question.text) else OFFERED[form]


def figure(looks: Looks, question: Question, form: str) -> Any:  # what the view's template draws
    """Return what there is to draw for the view that is asked for; None where the answer cannot be shown so."""
    asked = view()
    if asked not in offered(question, form):
        return None
    try:
        found = looks.at(VIEWS[asked], question, g.lang)
    except Refusal:  # the table is there; the picture took too long, or too much memory
        return None
    return circles(found) if asked == "map" else found


def circles(spots: tuple[Spot, ...]) -> dict[str, object] | None:
    """Return a map: a circle for each country that has a place on it, its area by the rows, large ones first."""
    world = _world()
    most = max((spot.rows for spot in spots), default=1)
    drawn = [
        {"spot": spot, "x": place[0], "y": place[1], "r": round(max(_LARGEST * sqrt(spot.rows / most), 4), 1)}
        for spot in spots
        if (place := world["countries"].get(spot.code))
    ]
    if not drawn:
        return None
    return {"spots": spots, "circles": drawn, "width": world["width"], "height": world["height"]}


@cache
def _world() -> dict[str, Any]:  # written by frontend/world.mjs
    found: dict[str, Any] = json.loads((FOLDER / "world.json").read_text(encoding="utf-8"))
    return found
