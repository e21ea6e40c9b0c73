"""Show the rules that records are held against: a list, a page for each, and their RDF."""

import difflib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from unicodedata import normalize

from flask import Response, g, render_template, request
from pyoxigraph import NamedNode, RdfFormat, parse, serialize

from graph.errors import NotAcceptable, Said, said
from graph.names import name as iri
from graph.names import prefixes_of
from graph.results.write import TRIPLES
from graph.template.asks import aimed, asked, path_words
from graph.template.context import context
from graph.template.labels import called
from graph.template.outline import entered, find_class
from graph.template.rulebook import Part, Rule, find_part, find_rule, rulebook, shapes_index, whole
from graph.template.schema import schema
from graph.template.sheet import title, write_csv, write_xlsx
from graph.validate.report import settled
from server.http.negotiate import GRAPHS, HTML, RESULTS, Media, choose, named
from server.http.problem import Problem, Refusal
from server.words import say

CSV, XLSX = (next(media for media in RESULTS if media.name == form) for form in ("csv", "xlsx"))
_CELL = said("a cell of a filled-in template")
# The parts that are no class.
SUBJECTS = {
    "Classification": said("classification"),
    "Harm": said("do no harm"),
    "Period": said("dates"),
    "Terms": said("terms and addresses"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """Carry a line of an example; one is `marked` where the other example has it otherwise."""

    text: str
    marked: bool


class Rules:
    """Be the pages of the rules."""

    def index(self) -> Response:
        """List every rule by class, or give all shapes as RDF."""
        return _answer(
            whole(), lambda: render_template("rules.html", parts=_parts(), classes=_classes(), heading=heading)
        )

    def page(self, name: str) -> Response:
        """Show one rule, or what one class must show; or give its shape as RDF."""
        rule, part = find_rule(name), find_part(name)
        if rule is not None:
            return _answer(rule.text, lambda: _rule(rule))
        if part is None:
            raise Refusal(Problem(404, said("there is no rule {name}; /shapes lists them", name=name)))
        return _answer(part.text, lambda: _page(part))

    def sheet(self, name: str) -> Response:
        """Give the template of a class as a workbook."""
        return _download(_workbook(_class(name), g.lang), XLSX, f"{name}-{g.lang}")

    def table(self, name: str) -> Response:
        """Give the template of a class as CSV."""
        return _download(write_csv(_class(name), g.lang, say), CSV, f"{name}-{g.lang}")

    def schema(self, name: str) -> Response:
        """Give the JSON Schema of a class."""
        return _json(schema(_class(name), g.lang, say), "application/schema+json")

    def context(self) -> Response:
        """Give the JSON-LD context in which the schemas describe records."""
        return _json(context(), "application/ld+json")


def _class(local: str) -> NamedNode:
    kind = find_class(local)
    if kind is None:
        raise Refusal(Problem(404, said("there is no template for {name}; /shapes lists them", name=local)))
    return kind


@cache
def _workbook(kind: NamedNode, lang: str) -> bytes:
    return write_xlsx(kind, lang, say)


def _download(data: bytes, media: Media, file: str) -> Response:
    response = Response(data, content_type=media.content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="m4sd-{file}.{media.extension}"'
    response.headers["Content-Language"] = g.lang
    return response


def _json(data: object, kind: str) -> Response:
    return Response(json.dumps(data, ensure_ascii=False, indent=1), content_type=kind)


def _parts() -> list[Part]:
    """Return the parts of the book by what they are called, accents aside."""
    return sorted(rulebook(), key=lambda part: normalize("NFD", heading(part, g.lang)).casefold())


def _classes() -> list[tuple[str, str]]:
    """Return the name of each class that has a template, and what it is called."""
    found = ((_local(kind), title(kind, g.lang)) for kind in entered())
    return sorted(found, key=lambda pair: normalize("NFD", pair[1]).casefold())


def _local(kind: NamedNode) -> str:
    return kind.value.rpartition("#")[2]


def heading(part: Part, lang: str) -> str:
    """Return what a part of the book is called."""
    text = part.label.get(lang) or say(SUBJECTS.get(part.name, said("{text}", text=part.name)), lang)
    return text[:1].upper() + text[1:]


def _page(part: Part) -> str:
    template = part.name if find_class(part.name) else ""
    return render_template("part.html", part=part, template=template, heading=heading, called=called)


def _rule(rule: Rule) -> str:
    book = shapes_index()
    part = find_part(rule.part)
    assert part is not None
    keeps, breaks = _body(rule.keeps), _body(rule.breaks)
    return render_template(
        "rule.html",
        rule=rule,
        part=part,
        templates=[(_local(kind), title(kind, g.lang)) for kind in rule.classes if kind in entered()],
        heading=heading,
        aims=_spoken(aimed(book, rule.iri)),
        field=_spoken([_CELL if rule.part == "Cell" else path_words(book, book.value(rule.iri, iri("sh:path")))])[0],
        asks=_spoken(asked(book, rule.iri)),
        examples=(("keeps", _compared(keeps, breaks)), ("breaks", _compared(breaks, keeps))),
    )


def _spoken(words: Sequence[Said]) -> list[str]:
    return [say(settled(each, g.lang), g.lang) for each in words]


def _body(case: str) -> list[str]:
    """Return the lines of a case that a reader needs: neither its heading nor the prefixes that all files share."""
    lines = (line for line in case.splitlines() if not line.startswith(("@prefix", "# breaks:", "# keeps:")))
    return "\n".join(lines).strip().splitlines()


def _compared(own: Sequence[str], other: Sequence[str]) -> list[Line]:
    matcher = difflib.SequenceMatcher(a=other, b=own, autojunk=False)
    same = {at for block in matcher.get_matching_blocks() for at in range(block.b, block.b + block.size)}
    return [Line(text, at not in same and bool(text.strip(" ;."))) for at, text in enumerate(own)]


def _answer(turtle: str, page: Callable[[], str]) -> Response:
    """Return a piece of the shapes in the form that the client prefers."""
    wanted = request.args.get("format")
    offered = (HTML, *GRAPHS)
    media = named(wanted, offered) if wanted else choose(request.headers.get("Accept"), offered)
    if media is None:
        raise NotAcceptable(tuple(each.type for each in offered))
    return Response(page() if media is HTML else _written(turtle, media.name), content_type=media.content_type)


def _written(turtle: str, form: str) -> str | bytes:
    if form == "turtle":
        return turtle
    triples = [quad.triple for quad in parse(turtle.encode(), format=RdfFormat.TURTLE)]
    return serialize(triples, format=TRIPLES[form], prefixes=prefixes_of(triples)) or b""
