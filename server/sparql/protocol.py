"""Read a SPARQL request (SPARQL 1.1 Protocol, 2.1): its query, its dataset, its client."""

import re
from dataclasses import dataclass
from uuid import uuid4
from wsgiref.util import request_uri

from flask import g, request
from werkzeug.datastructures import MultiDict

from graph.errors import said
from graph.names import ASSERTED
from graph.query import Question
from graph.sparql.tokens import names_graphs
from graph.store import Reader, Seen
from server.http.problem import Problem, Refusal
from server.identity.roles import ANYONE, may
from server.limits import Limits, Role

QUERY = "application/sparql-query"
FORM = "application/x-www-form-urlencoded"
RELEASES = "releases"  # in the folder of the store
OWN_WRITES = 2.0  # seconds for which a request waits for the snapshot that it names
MOST_DIGITS = 16
IDENTITY = re.compile(r"[\w-]{8,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Asked:
    """Carry what a request asks: the question, if any, and the format that its parameters name."""

    question: Question | None
    format: str | None


@dataclass(frozen=True, slots=True)
class Client:
    """Say who asks: by address, in which role, and under which identity of the query."""

    address: str
    role: Role
    identity: str


def read() -> Asked:
    """Return what the present request asks; raise Refusal where it breaks the protocol."""
    parameters: MultiDict[str, str] = request.args
    texts = parameters.getlist("query")
    if request.method == "POST":
        texts, parameters = _posted(parameters)
    if len(texts) > 1:
        raise Refusal(Problem(400, said("the request has {count} queries; send one", count=len(texts))))
    if parameters.getlist("update"):
        raise Refusal(Problem(400, said("{keyword} is an update, and this endpoint only reads", keyword="update=")))
    inference = parameters.get("inference", "on")
    if inference not in ("on", "off"):
        raise Refusal(Problem(400, said("inference is {value}; write on or off", value=inference[:40])))
    question = _question(texts[0], parameters, inference == "on") if texts else None
    return Asked(question, parameters.get("format"))


def is_stated_only(question: Question) -> bool:
    """Return whether a question is what `inference=off` asks: of what is stated, and of no other graph."""
    asked = question.default_graphs, question.named_graphs
    return asked == ((ASSERTED.value,), ()) and not names_graphs(question.text)


def snapshot(reader: Reader) -> Seen:
    """Return the snapshot of the present request: the newest, which holds the change that it names by `sequence=`.

    Whoever changed the graph is told the number of the change, and so reads what was just written. `version=` names a
    release instead, which stays as it is.
    """
    version = request.args.get("version", "") if g.get("released", True) else ""
    if version:
        return _released(reader, version)
    sequence = request.args.get("sequence", "")
    if not sequence:
        return reader.look()
    if not (sequence.isascii() and sequence.isdigit() and len(sequence) < MOST_DIGITS):
        raise Refusal(Problem(400, said("sequence is {value}; write the number of a change", value=sequence[:40])))
    return reader.wait(int(sequence), OWN_WRITES)


def _released(reader: Reader, version: str) -> Seen:
    """Return the snapshot that a release is; raise Refusal where there is none, and say which there are."""
    place = reader.snapshot.parent / RELEASES
    known = sorted(path.parent.name for path in place.glob("*/release.json") if not path.parent.name.startswith("."))
    if version not in known:
        words = said(
            "there is no release {version}; there are: {known}", version=version[:80], known=", ".join(known) or "-"
        )
        raise Refusal(Problem(404, words, {"versions": known}))
    found = (place / version).stat()
    return Seen(place / version, (found.st_ino, found.st_mtime_ns))


def client(limits: Limits) -> Client:
    """Return who asks; a token or a session gives the trusted role, as `server.identity.roles` says."""
    trusted = may(g.get("actor", ANYONE).role, "query for longer")
    wanted = request.headers.get("M4SD-Query-Id", "")
    identity = wanted if IDENTITY.fullmatch(wanted) else g.get("request_id") or uuid4().hex
    return Client(request.remote_addr or "", limits.trusted if trusted else limits.anonymous, identity)


def _posted(parameters: MultiDict[str, str]) -> tuple[list[str], MultiDict[str, str]]:
    """Return the queries and the parameters of a POST, direct (2.1.3) or URL-encoded (2.1.2)."""
    if request.mimetype == QUERY:
        if request.mimetype_params.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
            raise Refusal(Problem(415, said("the query is not written in UTF-8")))
        return [_utf8(request.get_data())], parameters
    if request.mimetype == FORM:
        _utf8(request.get_data(cache=True))
        both = MultiDict([*parameters.items(multi=True), *request.form.items(multi=True)])
        return both.getlist("query"), both
    raise Refusal(Problem(415, said("send the query as {form} or as {query}", form=FORM, query=QUERY)))


def _utf8(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refusal(Problem(400, said("the query is not written in UTF-8"))) from error


def _question(text: str, parameters: MultiDict[str, str], inference: bool) -> Question:
    # A form sends a graph empty where nothing is chosen.
    default, named = (
        tuple(graph for graph in parameters.getlist(name) if graph) for name in ("default-graph-uri", "named-graph-uri")
    )
    if not inference and not default:
        if names_graphs(text):  # the one graph would take the place of FROM, and leave nothing for GRAPH
            words = said("inference=off cannot go with a query that names graphs itself, by FROM or GRAPH; leave it "
                         "out, or name {graph} there", graph=str(ASSERTED))  # fmt: skip
            raise Refusal(Problem(400, words))
        default = (ASSERTED.value,)
    return Question(text, default, named, request_uri(request.environ, include_query=False))
