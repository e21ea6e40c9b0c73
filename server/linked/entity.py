"""Show a page about each thing: what it is, its facts, who says so, why it follows, what links to it."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from flask import Flask, Response, g, render_template, request, url_for
from markupsafe import Markup

from graph.desk.place import SHIPPED
from graph.errors import said
from graph.names import BASE, PREFIXES
from graph.pages.entity import Entity
from graph.pages.naming import Name
from graph.template.rulebook import find_part
from server.history.versions import history_address
from server.http.negotiate import HTML, THINGS
from server.http.problem import Problem, Refusal
from server.linked import signposts
from server.linked.addresses import data_of, iri_of, linked, named_iri, page_of
from server.linked.resource import Linked, chosen, see_other, tagged
from server.pages.pictures import window, world
from server.workers.looks import Looks

ONTOLOGY: Final = BASE + "ontology"
VERSION: Final = re.compile(r"\d{1,4}\.\d{1,4}\.\d{1,4}", re.ASCII)
TERMS: Final = frozenset(f"{PREFIXES['owl']}{each}" for each in ("Class", "ObjectProperty", "DatatypeProperty"))
FARTHEST: Final = 1_000_000  # pages of a list


@dataclass(frozen=True, slots=True)
class Download:
    """Point to the data about a thing in one format."""

    title: str
    type: str
    address: str


class Things:
    """Be the pages about things."""

    def __init__(self, looks: Looks, known: Linked) -> None:
        self._looks, self._known = looks, known

    def page(self, name: str) -> Response:
        """Show a thing of ours."""
        return self._negotiated(iri_of(name))

    def foreign(self) -> Response:
        """Show a thing by its whole IRI; one of ours has an address of its own."""
        iri = named_iri()
        if not page_of(iri).startswith("/page?"):
            return see_other(iri, HTML)
        return self._negotiated(iri)

    def ontology(self, suffix: str = "") -> Response:
        """Give the ontology, one document whose terms are its fragments, as data or as a page."""
        media = chosen(suffix or None, (HTML, *THINGS))
        return (
            self._shown(ONTOLOGY, "ontology.html")
            if media is HTML
            else self._known.described(ONTOLOGY, media.extension)
        )

    def ontology_part(self, name: str) -> Response:
        """Lead from the name of an alignment, or of a version of the ontology, to what there is of it."""
        if VERSION.fullmatch(name):
            return see_other(ONTOLOGY, chosen(None, (HTML, *THINGS)))
        return self._known.part(name)

    def _negotiated(self, iri: str) -> Response:
        media = chosen(None, (HTML, *THINGS))
        if media is not HTML:
            self._known.known(iri)
            return see_other(iri, media)
        return self._shown(iri)

    def _shown(self, iri: str, template: str = "entity.html") -> Response:
        if "all" in request.args or "in" in request.args:
            return self._listed(iri)
        entity: Entity | None = self._looks.at("graph.pages.entity:entity", iri, g.lang)
        if entity is None:
            raise self._known.unknown(iri)
        circles = _circles(entity)
        shown = {
            "data": _block(entity),
            "circles": circles,
            "view": window([(x, y) for _, x, y in circles]),
            "profile": _profile(entity),
            "history": _history(entity),
            "change": _change(entity),
            **self._termed(entity),
        }
        body = render_template(template, entity=entity, **{**_around(iri), **shown})
        response = Response(body, content_type=HTML.content_type)
        response.headers["Link"] = signposts.header(signposts.of_page(iri, entity.schema_types))
        return tagged(response)

    def _termed(self, entity: Entity) -> dict[str, object]:
        """Return what the page about a term shows beside: how it is used; about the ontology, all its terms."""
        if entity.iri == ONTOLOGY:
            told = {"model": self._looks.at("graph.pages.model:model", g.lang)}
            return {**told, "diagrams": self._looks.at("graph.pages.diagram:diagrams", g.lang)}
        if TERMS.isdisjoint(kind.iri for kind in entity.kinds):
            return {}
        return {"use": self._looks.at("graph.pages.model:use", entity.iri, g.lang)}

    def _listed(self, iri: str) -> Response:
        """Show all values of a property, or all that links here by one, page by page."""
        backwards = "in" in request.args
        says, number = _property(request.args["in" if backwards else "all"]), _number()
        function = "links" if backwards else "values"
        found = self._looks.at(f"graph.pages.entity:{function}", iri, g.lang, says, number)
        if found is None:
            raise Refusal(Problem(404, said("there is no such page of this list")))
        title, listed = found
        body = render_template(
            "entity_list.html", title=title, listed=listed, backwards=backwards, page=number, **_around(iri)
        )
        return tagged(Response(body, content_type=HTML.content_type))


def routes(app: Flask, looks: Looks, folder: Path) -> None:
    """Register the addresses of things, of their pages and of their data."""
    known = Linked(looks, folder)
    things = Things(looks, known)
    app.add_url_rule("/id/<path:name>", "thing", known.thing)
    app.add_url_rule("/concept/<path:name>", "concept", known.concept)
    app.add_url_rule("/dataset/<path:name>", "of_dataset", known.dataset)
    app.add_url_rule("/page/<path:name>", "page", things.page)
    app.add_url_rule("/page", "foreign_page", things.foreign)
    app.add_url_rule("/data/<path:name>", "data", known.data)
    app.add_url_rule("/data", "foreign_data", known.foreign)
    app.add_url_rule("/linkset/<path:name>", "linkset", known.links)
    app.add_url_rule("/linkset", "foreign_linkset", known.foreign_links)
    app.add_url_rule("/ontology", "ontology", things.ontology)
    app.add_url_rule("/ontology/<path:name>", "ontology_part", things.ontology_part)
    app.add_url_rule("/ontology.<suffix>", "ontology_data", things.ontology)


def _around(iri: str) -> dict[str, object]:
    """Return what every page about a thing shows: its addresses, the data in every format."""
    downloads = [Download(m.title, m.type, request.script_root + data_of(iri, m.extension)) for m in THINGS]
    part = find_part(iri.removeprefix(PREFIXES["m4sd"])) if iri.startswith(PREFIXES["m4sd"]) else None
    return {
        "iri": iri,
        "downloads": downloads,
        "rules": part.name if part else "",
        "report": url_for("report_error", about=iri),
        "change": "",
        "listing": _listing,
    }


def _change(entity: Entity) -> str:
    """Return the address at which another version of a thing is proposed; what comes with the model has none."""
    places = {record.graph.removeprefix(f"{BASE}graph/").partition("/")[0] for record in entity.records}
    return url_for("forms", replaces=entity.iri) if entity.own and places - set(SHIPPED) else ""


def _circles(entity: Entity) -> list[tuple[Name, float, float]]:
    """Return the countries of a thing that the map has, with their places on it."""
    places = world()["countries"]
    return [(spot.name, *places[spot.code]) for spot in entity.spots if spot.code in places]


def _history(entity: Entity) -> str:
    """Return the address of the history of a thing, or of the record in which it is told."""
    told = next((record.graph for record in entity.records), "")
    return history_address(entity.iri if entity.own else told) if entity.own or told else ""


def _profile(entity: Entity) -> str:
    """Return the address of the profile of a country or of a goal."""
    codes = [row.values[0].text for group in entity.groups for row in group.rows if row.key == "m4sd:isoAlpha3"]
    if codes:
        return url_for("country", code=codes[0])
    number = entity.iri.removeprefix(PREFIXES["sdg"])
    return url_for("goal", number=number) if number.isdecimal() else ""


def _listing(iri: str, which: str, key: str, number: int = 1) -> str:
    """Return the address of a list of values (`all`) or of links (`in`) of a property."""
    address = linked(iri)
    given = {which: key, **({"n": number} if number > 1 else {})}
    return f"{address}{'&' if '?' in address else '?'}{urlencode(given)}"


def _property(curie: str) -> str:
    """Return the IRI of a property given by its prefixed name, or in full."""
    prefix, _, local = curie.partition(":")
    if prefix in PREFIXES and local.replace("-", "").replace("_", "").isalnum():
        return PREFIXES[prefix] + local
    if page_of(curie).startswith("/") and curie.startswith("http") and len(curie) < 500 and curie.isprintable():
        return curie
    raise Refusal(Problem(400, said("name one property, such as m4sd:operatesIn")))


def _number() -> int:
    text = request.args.get("n", "1")
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 8 else 0
    if not 1 <= number <= FARTHEST:
        raise Refusal(Problem(404, said("there is no such page of this list")))
    return number


def _block(entity: Entity) -> Markup:
    """Return the thing as schema.org JSON-LD that cannot end the element it stands in (HTML, 4.12.1.3)."""
    told = {**entity.schema, "mainEntityOfPage": signposts.here(page_of(entity.iri))}
    return Markup(json.dumps(told, ensure_ascii=False).replace("<", "\\u003c").replace(">", "\\u003e"))  # noqa: S704
