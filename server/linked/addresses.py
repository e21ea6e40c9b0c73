"""Say where an IRI is shown here and what an address stands for: one table, read in both directions.

Things of ours have names without dots, so that a suffix can only be a format: `/id/x` -> `/page/x` or `/data/x.ttl`.
What is not ours (a country, a goal) is named in full: `/page?iri=http://metadata.un.org/sdg/10.7`.
"""

import re
from typing import Final
from urllib.parse import quote, urlencode

from flask import g, request

from graph.errors import said
from graph.names import BASE, PREFIXES
from server.http.problem import Problem, Refusal

LONGEST: Final = 2000  # characters of an IRI
ONTOLOGY: Final = BASE + "ontology"
_PART: Final = r"[A-Za-z0-9][A-Za-z0-9_-]{0,199}"
# The IRIs of ours after the base, and how each is called below /page/ and /data/.
_KINDS: Final = (
    (f"id/({_PART})", "{}"),
    (f"(concept/{_PART}(?:/{_PART})?)", "{}"),
    (f"(dataset/{_PART})", "{}"),
    (f"(graph/{_PART}(?:/{_PART})?)", "{}"),
    (f"(ontology/alignments/{_PART})", "{}"),
    (f"ontology#({_PART})", "ontology/{}"),
)
_NAMES: Final = (
    (re.compile(f"({_PART})"), "id/{}"),
    (re.compile(f"ontology/({_PART})"), "ontology#{}"),
    (re.compile(f"((?:concept|graph)/{_PART}(?:/{_PART})?|dataset/{_PART}|ontology/alignments/{_PART})"), "{}"),
)
_SHOWN: Final = tuple((re.compile(pattern), form) for pattern, form in _KINDS)
# What no IRI holds (RFC 3987, 2.2), and of the schemes those that name something and run nothing.
_IRI: Final = re.compile(r"(?:https?://|urn:)[^\x00-\x20<>\"{}|\\^`\x7f-\x9f\ud800-\udfff]+")


def page_of(iri: str) -> str:
    """Return the local address of the page about any IRI."""
    return _local(iri, "/page", "")


def data_of(iri: str, extension: str = "") -> str:
    """Return the local address of the data about any IRI; the extension of a format, such as `ttl`, fixes that."""
    return _local(iri, "/data", extension)


def linked(iri: str) -> str:
    """Return the address of a page for a link on the present one: below our root, in the language that was chosen."""
    address = request.script_root + page_of(iri)
    if "lang" not in request.args:
        return address
    return f"{address}{'&' if '?' in address else '?'}lang={g.lang}"


def name_of(iri: str) -> str:
    """Return how an IRI of ours is called below /page/ and /data/; nothing where it is not ours."""
    local = iri.removeprefix(BASE) if iri.startswith(BASE) else ""
    found = ((pattern.fullmatch(local), form) for pattern, form in _SHOWN)
    return next((form.format(match[1]) for match, form in found if match), "")


def iri_of(name: str) -> str:
    """Return the IRI that a name below /page/ or /data/ stands for; raise Refusal where it can be none."""
    found = ((pattern.fullmatch(name), form) for pattern, form in _NAMES)
    local = next((form.format(match[1]) for match, form in found if match), None)
    if local is None:
        raise Refusal(Problem(404, said("This address names nothing that we know. Start from the home page, /.")))
    return BASE + local


def named_iri() -> str:
    """Return the IRI that the parameter `iri` of the present request names; raise Refusal where it is none."""
    given = request.args.getlist("iri")
    if len(given) != 1:
        raise Refusal(Problem(400, said("name one thing by its IRI: ?iri=")))
    if not is_iri(given[0]):
        raise Refusal(Problem(400, said("what ?iri= names is no IRI: write it in full, beginning with http")))
    return given[0]


def is_iri(text: str) -> bool:
    """Return whether a text is an IRI that names something, of a length that anybody needs."""
    return len(text) <= LONGEST and _IRI.fullmatch(text) is not None


def _local(iri: str, below: str, extension: str) -> str:
    suffix = f".{extension}" if extension else ""
    if name := name_of(iri):
        return f"{below}/{name}{suffix}"
    if iri.partition("#")[0] == ONTOLOGY or iri.startswith(ONTOLOGY + "/"):
        return "/ontology" + suffix
    if iri.startswith(PREFIXES["shape"]):
        rule = "/shapes/" + quote(iri.removeprefix(PREFIXES["shape"]), safe="")
        return f"{rule}?format={extension}" if extension else rule
    return f"{below}?{urlencode({'iri': iri, 'format': extension} if extension else {'iri': iri})}"
