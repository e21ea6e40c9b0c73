"""Read the shapes as a book of rules for people: each rule with its words, severities, Turtle and examples."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pyoxigraph import Literal, NamedNode

import shapes
from graph.names import name
from graph.reason.axioms import Axioms, Node
from graph.record import read_triples

Words = Mapping[str, str]
SPACE = name("shape:").value
# In a wheel the cases lie beside the shapes; in the sources they are the tests' own.
CASES = next(
    (place for place in (shapes.FOLDER / "cases",) if place.is_dir()), shapes.FOLDER.parent / "tests" / "cases"
)
_BLOCK = re.compile(r"^shape:(\S+)\n(?: .*\n)*? {4}\.$", re.MULTILINE)
_USED = re.compile(r"(?<![<\w/#-])([A-Za-z][\w-]*):")


@dataclass(frozen=True, slots=True)
class Rule:
    """Carry one rule: its name in the shapes, its words by language, how grave a breach is, and its own Turtle.

    `iati` are the ids of the rules of the IATI standard that it stands for. `keeps` and `breaks` are records.
    """

    name: str
    title: Words
    message: Words
    severity: str
    imported: str
    heading: Words
    order: tuple[int, int]
    classes: tuple[NamedNode, ...]
    iati: tuple[str, ...]
    text: str
    keeps: str
    breaks: str

    @property
    def iri(self) -> NamedNode:
        """Return the address of the rule."""
        return NamedNode(SPACE + self.name)

    @property
    def part(self) -> str:
        """Return the part of the book that it belongs to, mostly a class."""
        return self.name.partition("-")[0]


@dataclass(frozen=True, slots=True)
class Part:
    """Gather the rules of one class or subject; `asked` are those of other parts that its class must keep too."""

    name: str
    label: Words
    classes: tuple[NamedNode, ...]
    rules: tuple[Rule, ...]
    asked: tuple[Rule, ...]
    text: str


@cache
def rulebook() -> tuple[Part, ...]:
    """Return the book, its parts in the order of their names."""
    book = shapes_index()
    rules = {rule.name: rule for rule in _rules(book)}
    names = sorted({rule.part for rule in rules.values()})
    return tuple(_part(book, each, rules) for each in names)


@cache
def shapes_index() -> Axioms:
    """Return all triples of the shapes that records are held against, indexed."""
    return Axioms(triple for path in files() for triple in read_triples(path)[0])


def files() -> list[Path]:
    """Return the files of the rules for records and for cells; what the ontology itself must pass is not for them."""
    own = [path for path in sorted(shapes.FOLDER.glob("*.ttl")) if path.name != "ontology.ttl"]
    return [*own, Path(__file__).parent / "cells.ttl"]


def find_rule(local: str) -> Rule | None:
    """Return the rule of this name."""
    return next((rule for part in rulebook() for rule in part.rules if rule.name == local), None)


def find_part(local: str) -> Part | None:
    """Return the part of this name."""
    return next((part for part in rulebook() if part.name == local), None)


@cache
def whole() -> str:
    """Return all shapes as one Turtle document, which is what their hash addresses point into."""
    texts = [path.read_text(encoding="utf-8") for path in files()]
    bodies = ["\n".join(line for line in text.splitlines() if not line.startswith("@prefix")) for text in texts]
    return f"{_prefixes(''.join(bodies))}\n" + "\n\n".join(body.strip() for body in bodies) + "\n"


def words(book: Axioms, node: Node, says: str) -> dict[str, str]:
    """Return what is said of a node, by language."""
    texts = (text for text in book.objects(node, name(says)) if isinstance(text, Literal))
    return {text.language or "en": text.value for text in sorted(texts, key=str)}


def _rules(book: Axioms) -> Iterator[Rule]:
    for node, severity in book.pairs(name("sh:severity")):
        if isinstance(node, NamedNode) and isinstance(severity, NamedNode):
            local = node.value.removeprefix(SPACE)
            yield _rule(book, node, local, _together([local]))


def _rule(book: Axioms, node: NamedNode, local: str, text: str) -> Rule:
    group = book.value(node, name("sh:group"))
    place = _number(book, group, "sh:order"), _number(book, node, "sh:order")
    return Rule(
        name=local,
        title=words(book, node, "sh:name"),
        message=words(book, node, "sh:message"),
        severity=_severity(book, node, "sh:severity"),
        imported=_severity(book, node, "shape:importedSeverity"),
        heading=words(book, group, "rdfs:label") if group else {},
        order=place,
        classes=tuple(_classes(book, node)),
        iati=tuple(
            sorted(str(o.value) for o in book.objects(node, name("dcterms:identifier")) if isinstance(o, Literal))
        ),
        text=text,
        keeps=_case(local, "pass") or _text(book, node, "shape:keeps"),
        breaks=_case(local, "fail") or _text(book, node, "shape:breaks"),
    )


def _text(book: Axioms, node: Node, says: str) -> str:
    value = book.value(node, name(says))
    return value.value if isinstance(value, Literal) else ""


def _part(book: Axioms, local: str, rules: Mapping[str, Rule]) -> Part:
    node = NamedNode(SPACE + local)
    own = sorted((rule for rule in rules.values() if rule.part == local), key=lambda rule: rule.order)
    gathered = {
        o.value.removeprefix(SPACE) for o in book.objects(node, name("sh:property")) if isinstance(o, NamedNode)
    }
    asked = sorted((rules[each] for each in gathered if rules[each].part != local), key=lambda rule: rule.order)
    text = _together((local, *(rule.name for rule in (*own, *asked))))
    return Part(local, words(book, node, "rdfs:label"), tuple(_classes(book, node)), tuple(own), tuple(asked), text)


def _classes(book: Axioms, node: Node) -> Iterator[NamedNode]:
    """Yield the classes whose things a shape aims at, itself or through what gathers it."""
    gatherers = [shape for shape, rule in book.pairs(name("sh:property")) if rule == node]
    targets = (kind for shape in (node, *gatherers) for kind in book.objects(shape, name("sh:targetClass")))
    yield from sorted({kind for kind in targets if isinstance(kind, NamedNode)}, key=str)


def _severity(book: Axioms, node: Node, says: str) -> str:
    value = book.value(node, name(says))
    return value.value.rpartition("#")[2] if isinstance(value, NamedNode) else "Violation"


def _number(book: Axioms, node: Node | None, says: str) -> int:
    value = book.value(node, name(says)) if node else None
    return int(value.value) if isinstance(value, Literal) else 0


def _together(names: Iterable[str]) -> str:
    """Return the Turtle of some named shapes with the prefixes that they need."""
    body = "\n\n".join(_blocks()[each] for each in names if each in _blocks())
    return f"{_prefixes(body)}\n{body}\n"


@cache
def _blocks() -> Mapping[str, str]:
    """Return the Turtle of each named shape as it is written: one form is held for all files."""
    matches = (match for path in files() for match in _BLOCK.finditer(path.read_text(encoding="utf-8")))
    return {match[1]: match[0] for match in matches}


def _prefixes(text: str) -> str:
    """Return the declarations of the prefixes that a piece of Turtle uses."""
    used = set(_USED.findall(text))
    return "".join(line for prefix, line in sorted(_declared().items()) if prefix in used)


@cache
def _declared() -> dict[str, str]:
    lines = (line for path in files() for line in path.read_text(encoding="utf-8").splitlines(keepends=True))
    return {line.split()[1].rstrip(":"): line for line in lines if line.startswith("@prefix")}


def _case(rule: str, verdict: str) -> str:
    path = CASES / rule.partition("-")[0] / f"{rule}.{verdict}.ttl"
    return path.read_text(encoding="utf-8") if path.is_file() else ""
