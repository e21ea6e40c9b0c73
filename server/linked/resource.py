"""Give everything that the graph describes an address: a page for people, data for programs, by the one negotiator.

`/id/x` names a thing and is no document: it answers 303 (Cool URIs for the Semantic Web, 4.2). `/data/x` is what the
graph says of it, in every format, by Accept, by suffix and by `?format=`.
"""

from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from flask import Response, g, request
from pyoxigraph import NamedNode

from graph.errors import NotAcceptable, said
from graph.keeping.history import withdrawn
from graph.linked.written import EXPANDED, Written
from server.http.negotiate import HTML, THINGS, Media, asked_for, named
from server.http.problem import Problem, Refusal
from server.linked import signposts
from server.linked.addresses import data_of, iri_of, named_iri, page_of
from server.linked.signposts import LINKSET
from server.workers.looks import Looks

# A name stands for the same thing for good, and what follows it is asked again.
KEPT: Final = "public, max-age=300"
PROFILES: Final = tuple(f"http://www.w3.org/ns/json-ld#{kind}" for kind in ("expanded", "flattened"))
REPLACED: Final = "http://purl.org/dc/terms/isReplacedBy"


class Linked:
    """Be the addresses of things and of their data."""

    def __init__(self, looks: Looks, folder: Path) -> None:
        self._looks, self._folder = looks, folder

    def thing(self, name: str) -> Response:
        """Lead from the name of a thing to its page or to its data (303)."""
        return self._see_other(*parted(name))

    def concept(self, name: str) -> Response:
        """Lead from the name of a concept or of a list of concepts."""
        return self._see_other(*parted(f"concept/{name}"))

    def dataset(self, name: str) -> Response:
        """Lead from the name of a dataset."""
        return self._see_other(*parted(f"dataset/{name}"))

    def part(self, name: str) -> Response:
        """Lead from the name of a part of the ontology."""
        return self._see_other(*parted(f"ontology/{name}"))

    def data(self, name: str) -> Response:
        """Give what the graph says of a thing of ours."""
        return self.described(*parted(name))

    def foreign(self) -> Response:
        """Give what the graph says of a thing by its whole IRI."""
        return self.described(named_iri(), None)

    def links(self, name: str) -> Response:
        """Give all links of a thing of ours (FAIR Signposting, level 2)."""
        return self._linkset(iri_of(name))

    def foreign_links(self) -> Response:
        """Give all links of a thing by its whole IRI."""
        return self._linkset(named_iri())

    def known(self, iri: str) -> None:
        """Raise Refusal where the graph says nothing of a thing; stop with 410 where it did once."""
        if not self._looks.at("graph.linked.description:knows", iri):
            raise self.unknown(iri)

    def unknown(self, iri: str) -> Refusal:
        """Return the problem with a thing of which nothing is said: it was withdrawn, or never was."""
        gone = withdrawn(self._folder, NamedNode(iri))
        if gone is None:
            return Refusal(Problem(404, said("the graph says nothing of {iri}", iri=iri)))
        change = gone.change
        told = {"iri": iri, "when": f"{change.when:%Y-%m-%d}", "why": change.why or said("no reason is recorded")}
        if not change.replaced_by:
            return Refusal(Problem(410, said("{iri} was withdrawn on {when}: {why}", **told)))
        words = said("{iri} was withdrawn on {when}: {why}; {other} takes its place", **told, other=change.replaced_by)
        return Refusal(Problem(410, words, {REPLACED: change.replaced_by}))

    def _see_other(self, iri: str, suffix: str | None) -> Response:
        media = chosen(suffix, (HTML, *THINGS))
        self.known(iri)
        return see_other(iri, media)

    def described(self, iri: str, suffix: str | None) -> Response:
        """Give what the graph says of a thing, in the format of a suffix or in the one that the client prefers."""
        media = chosen(suffix, (*THINGS, HTML))
        if media is HTML:
            self.known(iri)
            return see_other(iri, media)
        form = EXPANDED if media.name == "jsonld" and _wants_expanded() else media.name
        found: Written = self._looks.at("graph.linked.written:written", iri, form, g.lang if media.worded else "en")
        if not found.known:
            raise self.unknown(iri)
        response = _described(iri, media, found)
        if form == EXPANDED:
            response.content_type = f'{media.type}; profile="{PROFILES[0]}"'
        return tagged(response)

    def _linkset(self, iri: str) -> Response:
        media = asked_for(LINKSET)
        if media is None:
            raise NotAcceptable(tuple(each.type for each in LINKSET))
        kinds: tuple[str, ...] = self._looks.at("graph.linked.schema:types", iri)
        if not kinds:
            raise self.unknown(iri)
        return tagged(Response(signposts.linkset(iri, kinds, media), content_type=media.content_type))


def see_other(iri: str, media: Media) -> Response:
    """Lead to the page or to the data about a thing, in a language if one was chosen (RFC 9110, 15.4.4)."""
    address = page_of(iri) if media is HTML else data_of(iri, media.extension)
    if "lang" in request.args:
        address += ("&" if "?" in address else "?") + urlencode({"lang": g.lang})
    response = Response(status=303, content_type="text/plain; charset=utf-8")
    response.headers["Location"] = request.script_root + address
    response.headers["Link"] = signposts.header([signposts.Link(iri, "canonical")])
    response.headers["Cache-Control"] = KEPT
    return response


def tagged(response: Response) -> Response:
    """Give an answer the tag of its bytes, or say that the client has them (RFC 9110, 13.1.2)."""
    etag = sha256(response.get_data() + response.content_type.encode()).hexdigest()[:24]
    response.set_etag(etag)
    known = {etag, f"{etag}-gzip"} & request.if_none_match.as_set(include_weak=True)
    if known:
        response.set_data(b"")
        response.status_code = 304
        response.set_etag(known.pop())
    return response


def _wants_expanded() -> bool:
    """Return whether the client asks for JSON-LD by a profile without a context (JSON-LD 1.1, 6.2; RFC 6906)."""
    accept = request.headers.get("Accept", "")
    return any(f'profile="{profile}"' in accept or f"profile={profile}" in accept for profile in PROFILES)


def _described(iri: str, media: Media, found: Written) -> Response:
    response = Response(found.body, content_type=media.content_type)
    response.headers["Content-Location"] = request.script_root + data_of(iri, media.extension)
    response.headers["Link"] = signposts.header(signposts.of_data(iri, media))
    if media.worded:
        response.headers["Content-Language"] = g.lang
    if found.modified:
        response.last_modified = datetime.fromisoformat(found.modified)
    return response


def parted(name: str) -> tuple[str, str | None]:
    """Return the IRI that a name stands for, and the suffix that asks for a format: no name of ours has a dot."""
    stem, dot, suffix = name.partition(".")
    return iri_of(stem), suffix if dot else None


def chosen(suffix: str | None, offered: tuple[Media, ...]) -> Media:
    """Return the format that a suffix names, or else the present request; raise NotAcceptable where it is none."""
    if suffix is None:
        media = asked_for(offered)
    else:
        media = next((each for each in offered if each.extension == suffix), None) or named(suffix, offered)
    if media is None:
        raise NotAcceptable(tuple(each.type for each in offered))
    return media
