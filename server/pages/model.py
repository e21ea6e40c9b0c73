"""Show what the graph is made of and how to use it: dataset, interface, cookbook, and what crawlers want to know."""

from typing import Final

from flask import Flask, Response, g, redirect, render_template, request, url_for

from graph.errors import NotAcceptable, said
from graph.pages.dataset import Described
from graph.reason.partitions import WHOLE
from server.http.negotiate import GRAPHS, HTML, asked_for
from server.http.problem import Problem, Refusal
from server.linked.addresses import page_of
from server.openapi.contract import document
from server.workers.looks import Looks

READERS: Final = ("researchers", "partners", "validators")
MOST: Final = 50_000  # addresses in one sitemap (sitemaps.org)
LEADING: Final = ("home", "dataset", "api", "cookbook", "examples", "rules", "quality", "status", "limits")
_AWAY: Final = ("/sparql?", "/submit", "/reports/", "/followed/", "/sign-in", "/submissions", "/validate", "/metrics")


class Model:
    """Be the pages about the whole."""

    def __init__(self, looks: Looks) -> None:
        self._looks = looks

    def dataset(self) -> Response:
        """Describe what is published: as a page, or as DCAT and VoID."""
        media = asked_for((HTML, *GRAPHS))
        if media is None:
            raise NotAcceptable(tuple(each.type for each in (HTML, *GRAPHS)))
        if media is not HTML:
            body = self._looks.at("graph.pages.dataset:written", media.name, request.url_root)
            return Response(body, content_type=media.content_type)
        about: Described = self._looks.at("graph.pages.dataset:described", g.lang)
        return Response(render_template("dataset.html", about=about, iri=WHOLE.value, formats=GRAPHS))

    def api(self) -> Response:
        """Show the contract of this service, made from the same document that machines read."""
        told = document(request.url_root)
        return Response(render_template("api.html", told=told))

    def cookbook(self, reader: str = READERS[0]) -> Response:
        """Show recipes for one kind of reader."""
        if reader not in READERS:
            detail = said("there is no cookbook for {name}; there are: {known}", name=reader, known=", ".join(READERS))
            raise Refusal(Problem(404, detail))
        page = render_template(f"cookbook_{reader}.html", reader=reader, readers=READERS, root=request.url_root)
        return Response(page)

    def robots(self) -> Response:
        """Tell crawlers which addresses cost much and hold nothing of their own (RFC 9309)."""
        lines = ["User-agent: *", *(f"Disallow: {path}" for path in _AWAY), ""]
        lines.append(f"Sitemap: {url_for('sitemap', _external=True)}")
        return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")

    def sitemap(self, number: int = 0) -> Response:
        """List the pages with the time of their last change; past the limit of one file, list further files."""
        things: tuple[tuple[str, str], ...] = self._looks.at("graph.pages.sitemap:things")
        parts = -(-len(things) // MOST)
        if number > parts:
            raise Refusal(Problem(404, said("there are {count} parts of the sitemap", count=parts)))
        shown = things[(number - 1) * MOST : number * MOST] if number else things
        index = parts > 1 and not number
        page = render_template(
            "sitemap.xml", index=index, parts=parts, things=shown, page_of=_external, leading=() if number else LEADING
        )
        return Response(page, content_type="application/xml; charset=utf-8")


def routes(app: Flask, looks: Looks) -> None:
    """Give an application these pages."""
    model = Model(looks)
    app.add_url_rule("/dataset", "dataset", model.dataset)
    app.add_url_rule("/.well-known/void", "void", lambda: redirect(url_for("dataset"), 303))
    app.add_url_rule("/api", "api", model.api)
    app.add_url_rule("/cookbook", "cookbook", model.cookbook)
    app.add_url_rule("/cookbook/<reader>", "recipes", model.cookbook)
    app.add_url_rule("/robots.txt", "robots", model.robots)
    app.add_url_rule("/sitemap.xml", "sitemap", model.sitemap)
    app.add_url_rule("/sitemap-<int:number>.xml", "sitemap_part", model.sitemap)


def _external(iri: str) -> str:
    return request.url_root.rstrip("/") + page_of(iri)
