"""List the addresses whose contract is plain: what each gives, in which formats, and what it takes."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from server.http.negotiate import GRAPHS, HTML, JSON, PROBLEM, RESULTS

Json = dict[str, Any]  # a JSON object: its values are whatever OpenAPI says

_CSV, _XLSX = (next(media.type for media in RESULTS if media.name == name) for name in ("csv", "xlsx"))
_PAGE: Final = (HTML.type,)
_DATA: Final = (HTML.type, JSON.type)
_VERSIONS: Final = (*_DATA, *(media.type for media in GRAPHS))
_LIST: Final = (*_DATA, _CSV, _XLSX)
_ATOM: Final = "application/atom+xml"
_FEED: Final = (*_DATA, _ATOM)
_XML: Final = ("application/xml",)
_FORM: Final = "application/x-www-form-urlencoded"
_FILES: Final = "multipart/form-data"
_BYTES: Final = "application/octet-stream"
_ONE_FORM: Final = {*_XML, "text/plain", _BYTES}  # whatever the client takes

# path, method, what it is, the media types that it gives, and the one that it takes
TABLE: Final = (
    ("/dataset", "get", "The dataset: DCAT and VoID", (HTML.type, *(media.type for media in GRAPHS)), ""),
    ("/.well-known/void", "get", "Lead to the dataset (VoID, 7.2)", (), ""),
    ("/api", "get", "This contract, for people", _PAGE, ""),
    ("/cookbook", "get", "Recipes", _PAGE, ""),
    ("/cookbook/{reader}", "get", "Recipes for researchers, partners or validators", _PAGE, ""),
    ("/robots.txt", "get", "What crawlers should leave out (RFC 9309)", ("text/plain",), ""),
    ("/sitemap.xml", "get", "The pages, with the time of their last change", _XML, ""),
    ("/sitemap-{number}.xml", "get", "One part of a long sitemap", _XML, ""),
    ("/changes", "get", "What changed, newest first; also by country, actor or dataset", _FEED, ""),
    ("/changes/{sequence}", "get", "One change", _DATA, ""),
    ("/changes/{sequence}/undo", "post", "Take a change back by a new one", _DATA, _FORM),
    ("/history", "get", "The versions of a thing, by its whole IRI", _VERSIONS, ""),
    ("/history/{name}", "get", "The versions of a thing; with `version`, one of them as triples", _VERSIONS, ""),
    ("/releases", "get", "The releases", _DATA, ""),
    ("/releases/compare", "get", "What differs between two releases", _DATA, ""),
    ("/releases/{version}", "get", "One release: files, checksums, citation", _DATA, ""),
    ("/releases/{version}/{name}", "get", "One file of a release", (_BYTES,), ""),
    ("/submit", "get", "A page to submit a record on", _PAGE, ""),
    ("/submit/new", "get", "What may be described by a form", _PAGE, ""),
    ("/submit/new/{name}", "get", "The form of a class; with `replaces`, filled in with a published record", _PAGE, ""),
    ("/submit/new/{name}", "post", "Check or submit what was filled in; errors stand at their fields", _PAGE, _FORM),
    ("/submissions", "get", "Submissions: one's own, or all for reviewers", _DATA, ""),
    ("/submissions", "post", "Submit a record; refused where rules are broken, with the report", _DATA, _FILES),
    ("/submissions/feed", "get", "What happened to submissions, for whom it concerns", _FEED, ""),
    ("/submissions/{identity}", "get", "One submission: what it changes, what was found, its history", _DATA, ""),
    ("/submissions/{identity}", "put", "Send another version of a submission", _DATA, _FILES),
    ("/submissions/{identity}/file", "get", "The file as it was sent", (_BYTES,), ""),
    ("/submissions/{identity}/edit", "get", "A page to edit a submission on", _PAGE, ""),
    ("/submissions/{identity}/edit", "post", "Send another version from that page", _DATA, _FILES),
    ("/submissions/{identity}/form", "get", "A submission as a form, for its author", _PAGE, ""),
    ("/submissions/{identity}/form", "post", "Send another version from that form", _PAGE, _FORM),
    ("/submissions/{identity}/decision", "post", "Accept, return or reject a submission", _DATA, JSON.type),
    ("/submissions/{identity}/comments", "post", "Say something about a submission", _DATA, _FORM),
    ("/submissions/{identity}/withdraw", "post", "Take a submission of one's own back", _DATA, _FORM),
    ("/report-error", "get", "A page to report an error on, without an account", _PAGE, ""),
    ("/report-error", "post", "Report an error", _DATA, _FORM),
    ("/propose", "get", "A page to propose a record on, without an account", _PAGE, ""),
    ("/propose", "post", "Propose a record", _DATA, _FORM),
    ("/followed/{secret}", "get", "What became of a report or a proposal", _DATA, ""),
    ("/followed/{secret}/comments", "post", "Add words to it", _DATA, _FORM),
    ("/followed/{secret}/withdraw", "post", "Take it back", _DATA, _FORM),
    ("/sign-in", "get", "A page to sign in on", _PAGE, ""),
    ("/sign-in", "post", "Sign in", _PAGE, _FORM),
    ("/sign-out", "post", "Sign out", _PAGE, _FORM),
    ("/account", "get", "One's own account", _DATA, ""),
    ("/account/password", "post", "Change one's password", _DATA, _FORM),
    ("/account/tokens", "post", "Make a token of one's own", _DATA, _FORM),
    ("/account/tokens/{identity}/revoke", "post", "Take a token of one's own back", _DATA, _FORM),
    ("/people", "get", "People and tokens, for administrators", _DATA, ""),
    ("/people", "post", "Make an account", _DATA, _FORM),
    ("/people/change", "post", "Change an account", _DATA, _FORM),
    ("/people/tokens", "post", "Make a token for somebody", _DATA, _FORM),
    ("/people/tokens/{identity}/revoke", "post", "Take a token back", _DATA, _FORM),
)  # fmt: skip
PROBLEMS: Final[Mapping[str, str]] = {
    "400": "The request cannot be read, or something in it is missing",
    "401": "Sign in, or send a token",
    "403": "This is not for the role of who asks",
    "404": "There is nothing of this name",
    "406": "No format that the client takes",
    "410": "It was withdrawn; the problem names what takes its place",
    "413": "The request is larger than a limit",
    "415": "The body is of a type that is not known here",
    "429": "Too much for now; Retry-After says how long to wait",
    "503": "The service is busy, or nothing can be written just now",
    "504": "It ran into its deadline",
}
CHANGING: Final[Mapping[str, str]] = {
    "409": "It is in another state meanwhile; the problem tells which",
    "412": "It was changed meanwhile",
    "422": "A rule refuses it, and the answer is the report; or a problem says what else keeps it out",
    "428": "Say by If-Match which revision this is about",
}


def paths() -> dict[str, Json]:
    """Return the paths of the table as OpenAPI has them (OpenAPI 3.1, Path Item Object)."""
    found: dict[str, Json] = {}
    for path, method, summary, gives, takes in TABLE:
        found.setdefault(path, {})[method] = _operation(path, method, summary, gives, takes)
    return found


def _operation(path: str, method: str, summary: str, gives: Sequence[str], takes: str) -> Json:
    content: Json = {kind: {} for kind in gives}
    answers: Json = {"200": {"description": "The answer, whole", "content": content}} if gives else {}
    answers["303"] = {"description": "It is to be seen elsewhere"}
    problems = {code: text for code, text in PROBLEMS.items() if code != "406" or set(gives) - _ONE_FORM}
    if method != "get":
        answers["201"] = {"description": "It is made", "content": content}
        problems |= CHANGING
    kinds: Json = {PROBLEM.type: {}, HTML.type: {}}
    told = {code: {"description": text, "content": kinds} for code, text in problems.items()}
    names = re.findall(r"{(\w+)}", path)
    parameters = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]
    body = {"requestBody": {"content": {takes: {"schema": {"type": "object"}}}}} if takes else {}
    return {"summary": summary, "parameters": parameters, **body, "responses": {**answers, **told}}
