"""Read the W3C's test manifests as cases.

The suite says in RDF what to ask, of which data, and what must come back (mf:, qt:, ut:), and for the protocols which
requests to send (ht:, cnt:). `w3c/rdf-tests` explains the terms in the comments of its manifests.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, parse

from graph.sparql.tokens import tokens
from graph.store import Store, Term

HOME: Final = "https://w3c.github.io/rdf-tests/sparql/sparql11/"
MF: Final = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT: Final = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
UT: Final = "http://www.w3.org/2009/sparql/tests/test-update#"
HT: Final = "http://www.w3.org/2011/http#"
CNT: Final = "http://www.w3.org/2011/content#"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
LABEL: Final = "http://www.w3.org/2000/01/rdf-schema#label"

Node = NamedNode | BlankNode


@dataclass(frozen=True, slots=True)
class Data:
    """Name the files that fill a dataset: those of the default graph, and a file for each named graph."""

    default: tuple[str, ...] = ()
    named: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Exchange:
    """Describe one request of a protocol test and what may come back."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    statuses: tuple[str, ...]
    format: str
    boolean: bool | None
    location: str
    media: str
    graph: str


@dataclass(frozen=True, slots=True)
class Case:
    """Describe one test: what is run, on which data, and what it must give."""

    iri: str
    name: str
    kind: str
    group: str
    action: str
    data: Data
    result: str
    after: Data
    exchanges: tuple[Exchange, ...]

    @property
    def short(self) -> str:
        """Return a name that is unique in the suite, such as `aggregates#agg01`."""
        return f"{self.group}#{self.iri.partition('#')[2]}"


def cases(suite: Path, group: str) -> list[Case]:
    """Return the tests of one folder of the suite, those first that its manifests list."""
    found: list[Case] = []
    for path in sorted((suite / group).glob("manifest*.ttl")):
        manifest = Manifest(path, f"{HOME}{group}/{path.name}")
        found += [manifest.case(test, group) for test in manifest.tests()]
    return found


def quads(suite: Path, data: Data) -> list[Quad]:
    """Return the quads of a dataset, read from the suite's files."""
    found = [quad for iri in data.default for quad in _parsed(suite, iri)]
    return found + [
        Quad(quad.subject, quad.predicate, quad.object, NamedNode(name))
        for name, iri in data.named
        for quad in _parsed(suite, iri)
    ]


def local(suite: Path, iri: str) -> Path:
    """Return the file in the suite's folder that an IRI stands for."""
    return suite / iri.removeprefix(HOME)


def based(text: str, base: str) -> str:
    """Say against what relative IRIs stand: the suite means the text's own file, which a service cannot know."""
    relative = any(token.kind == "iri" and ":" not in token.text for token in tokens(text))
    return f"BASE <{base}>\n{text}" if relative else text


class Manifest:
    """Walk the graph of one manifest."""

    def __init__(self, path: Path, base: str) -> None:
        self._store = Store()
        self._store.extend(parse(path=str(path), format=RdfFormat.TURTLE, base_iri=base))

    def tests(self) -> list[NamedNode]:
        """Return the tests that the manifest lists, then any that it describes but forgets to list."""
        heads = (quad.object for quad in self._store.quads(p=NamedNode(MF + "entries")))
        lists = [head for head in heads if not isinstance(head, Triple)]
        listed = [test for head in lists for test in self._items(head) if isinstance(test, NamedNode)]
        described = [quad.subject for quad in self._store.quads(p=NamedNode(MF + "name"))]
        others = sorted({test for test in described if isinstance(test, NamedNode)} - set(listed), key=str)
        return listed + others

    def case(self, test: NamedNode, group: str) -> Case:
        """Return one test."""
        action, result = self._one(test, MF + "action"), self._one(test, MF + "result")
        return Case(
            iri=test.value,
            name=self._text(test, MF + "name"),
            kind=self._text(test, RDF + "type").rpartition("#")[2],
            group=group,
            action=self._action(action),
            data=self._data(action, test),
            result=result.value if isinstance(result, NamedNode) else "",
            after=self._data(result),
            exchanges=tuple(self._exchange(node) for node in self._items(self._one(action, HT + "requests"))),
        )

    def _action(self, action: Term) -> str:
        if isinstance(action, NamedNode):
            return action.value
        return self._text(action, QT + "query") or self._text(action, UT + "request")

    def _data(self, *holders: Term) -> Data:
        default = [value for holder in holders for p in (QT, UT) for value in self._all(holder, p + "data")]
        named = [value for holder in holders for p in (QT, UT) for value in self._all(holder, p + "graphData")]
        return Data(
            tuple(sorted(value.value for value in default if isinstance(value, NamedNode))),
            tuple(sorted(self._graph(value) for value in named)),
        )

    def _graph(self, value: Term) -> tuple[str, str]:
        """Return name and file of a named graph: `<file>`, or `[ ut:graph <file> ; rdfs:label "name" ]`."""
        if isinstance(value, NamedNode):
            return value.value, value.value
        return self._text(value, LABEL), self._text(value, UT + "graph")

    def _exchange(self, request: Term) -> Exchange:
        answer = self._one(request, HT + "resp")
        boolean = self._text(answer, MF + "expectedBoolean")
        expected = dict(self._headers(answer))
        return Exchange(
            method=self._text(request, HT + "methodName"),
            path=self._text(request, HT + "absolutePath"),
            headers=tuple(self._headers(request)),
            body=self._body(request),
            statuses=tuple(sorted(_value(v).rpartition("#")[2] for v in self._all(answer, MF + "expectedStatus"))),
            format=self._text(answer, MF + "expectedFormat"),
            boolean=boolean == "true" if boolean else None,
            location=self._text(answer, MF + "expectedLocation"),
            media=expected.get("content-type", ""),
            graph=self._body(answer).decode(),
        )

    def _headers(self, message: Term) -> Iterator[tuple[str, str]]:
        for header in self._items(self._one(message, HT + "headers")):
            yield self._text(header, HT + "fieldName").lower(), self._text(header, HT + "fieldValue")

    def _body(self, message: Term) -> bytes:
        body = self._one(message, HT + "body")
        return self._text(body, CNT + "chars").encode(self._text(body, CNT + "characterEncoding") or "utf-8")

    def _all(self, node: Term, predicate: str) -> list[Term]:
        if not isinstance(node, Node):
            return []
        found = (quad.object for quad in self._store.quads(node, NamedNode(predicate)))
        return [each for each in found if not isinstance(each, Triple)]

    def _one(self, node: Term, predicate: str) -> Term:
        return next(iter(self._all(node, predicate)), None)

    def _text(self, node: Term, predicate: str) -> str:
        return _value(self._one(node, predicate))

    def _items(self, head: Term) -> list[Term]:
        items: list[Term] = []
        while isinstance(head, BlankNode):
            items.append(self._one(head, RDF + "first"))
            head = self._one(head, RDF + "rest")
        return items


def _value(term: Term) -> str:
    return term.value if isinstance(term, NamedNode | Literal) else ""


def _parsed(suite: Path, iri: str) -> Iterator[Quad]:
    path = local(suite, iri)
    form = RdfFormat.from_extension(path.suffix.removeprefix("."))
    return parse(path=str(path), format=form, base_iri=iri, rename_blank_nodes=True)
