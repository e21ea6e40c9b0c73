"""Show how a record became what it is: `/history/{slug}`, what it held after a change, and what differs between two."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, render_template, request, url_for
from pyoxigraph import NamedNode, serialize

from graph.desk.content import read
from graph.errors import said
from graph.keeping.history import Version, made, versions
from graph.names import prefixes_of
from graph.results.write import TRIPLES
from server.history.changes import as_plain, body_of, kind_of, title_of
from server.http.answers import as_json
from server.http.negotiate import GRAPHS, HTML, JSON, wanted
from server.http.problem import Problem, Refusal
from server.linked.addresses import iri_of, name_of, named_iri
from server.workers.looks import Looks

_MOST_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Held:
    """Carry what one record held after a change, field by field; or what differs there from another change."""

    version: Version
    body: str
    sections: Sequence[Any]  # of graph.desk.compare


class Versions:
    """Be the pages of the history of one thing or one record."""

    def __init__(self, folder: Path, looks: Looks) -> None:
        self._folder, self._looks = folder, looks

    def routes(self, app: Flask) -> None:
        """Add these pages to an application."""
        app.add_url_rule("/history", "history_of", lambda: self.page(named_iri()))
        app.add_url_rule("/history/<path:name>", "history", lambda name: self.page(iri_of(name)))

    def page(self, iri: str) -> Response:
        """Show the versions of a thing; with `version` one of them, with `from` and `to` what differs."""
        g.released = False  # here, `version` is the number of a change
        found = versions(self._folder, NamedNode(iri))
        if not found:
            raise Refusal(Problem(404, said("{thing} has no history here: no record described it yet", thing=iri)))
        if "version" in request.args:
            return self._one(iri, found, self._number("version"))
        if "from" in request.args or "to" in request.args:
            return self._between(iri, found, self._number("from"), self._number("to"))
        if wanted(HTML, JSON) is JSON:
            return as_json({"iri": iri, "versions": [as_plain(each) for each in found]})
        return Response(_page(iri, found))

    def _one(self, iri: str, found: list[Version], at: int) -> Response:
        """Show what the records of a thing held after a change, in any format of triples too."""
        held = [self._held(each, at) for each in _latest(found, at)]
        if not held:
            words = said("{thing} was in no record after change {number}", thing=iri, number=at)
            raise Refusal(Problem(404, words))
        media = wanted(HTML, *GRAPHS)
        if media is HTML:
            return Response(_page(iri, found, at=at, held=held))
        triples = [triple for each in held for triple in read(each.body)]
        body = serialize(triples, format=TRIPLES[media.name], prefixes=prefixes_of(triples)) or b""
        return Response(body, content_type=media.content_type)

    def _between(self, iri: str, found: list[Version], older: int, newer: int) -> Response:
        """Show what differs in the records of a thing between two changes."""
        latest = {each.graph: each for at in (newer, older) for each in _latest(found, at, gone=True)}
        differing = []
        for graph, version in latest.items():
            before, after = (body_of(self._folder, graph, at) for at in (older, newer))
            if before != after:
                thing = version.thing.value if version.thing else graph.value
                sections = self._looks.at("graph.pages.submitted:changed", graph.value, thing, before, after)
                differing.append(Held(version, after, sections))
        if wanted(HTML, JSON) is JSON:
            told = [
                {"graph": each.version.graph.value, "changes": [asdict(s) for s in each.sections]} for each in differing
            ]
            return as_json({"iri": iri, "from": older, "to": newer, "records": told})
        return Response(_page(iri, found, older=older, newer=newer, differing=differing))

    def _number(self, name: str) -> int:
        """Return the change that the request names; 0 is before the first one."""
        given = request.args.get(name, "")
        if not (given.isascii() and given.isdigit() and 0 < len(given) < _MOST_DIGITS):
            words = said("{name} is {value}; write the number of a change", name=name, value=given[:40])
            raise Refusal(Problem(400, words))
        number = int(given)
        if number and made(self._folder, number) is None:
            raise Refusal(Problem(404, said("there is no change {number}; /changes lists them", number=number)))
        return number

    def _held(self, version: Version, at: int) -> Held:
        body = body_of(self._folder, version.graph, at)
        thing = version.thing.value if version.thing else version.graph.value
        return Held(version, body, self._looks.at("graph.pages.submitted:told", thing, body))


def history_address(iri: str, **more: Any) -> str:  # whatever url_for takes
    """Return the address of the history of a thing."""
    name = name_of(iri)
    return url_for("history", name=name, **more) if name else url_for("history_of", iri=iri, **more)


def _latest(found: Sequence[Version], at: int, gone: bool = False) -> list[Version]:
    """Return the newest version of each record up to a change; those that were withdrawn only where that is asked."""
    latest: dict[NamedNode, Version] = {}
    for version in found:  # newest first
        if version.sequence <= at:
            latest.setdefault(version.graph, version)
    return [each for each in latest.values() if gone or not each.withdrawn]


def _page(iri: str, found: Sequence[Version], **shown: object) -> str:
    return render_template(
        "history.html", iri=iri, versions=found, title=title_of, kind=kind_of, address=history_address, formats=GRAPHS,
        **shown,
    )  # fmt: skip
