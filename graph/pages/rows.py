"""Lay out the facts of one thing: rows in groups, each value with who says so, or with what it follows from."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pyoxigraph import Literal, NamedNode, Triple

from graph import owl
from graph.names import ANNOTATED, INFERRED, PREFIXES, name, short
from graph.pages.naming import LABELS, Name, Namer, in_order
from graph.pages.proof import Explainer, Premise, parted, prover
from graph.pages.structure import in_words
from graph.pages.testimony import Said, Source, Testimony, Witness
from graph.pages.wording import GROUPS, wording
from graph.reason.axioms import Node
from graph.store import Store

LEADS: Final = tuple(name(each) for each in ("dcterms:description", "skos:definition", "skos:scopeNote"))
SHOWN: Final = 10  # values of a property on the page itself
PAGE: Final = 50
# What stands elsewhere on the page, or is said by shorter links.
_CLAIMED: Final = tuple(name(f"m4sd:{each}") for each in ("qualifiedParticipation", "claimsContribution", "hasActor"))
ELSEWHERE: Final = frozenset((owl.TYPE, *LABELS[:1], *LEADS[:2], name("m4sd:statedIn"), *_CLAIMED))
# Two ways to say one thing: the second is not shown where the first says as much.
TWICE: Final = {
    name("skos:broader"): (name("sdgo:isTargetOf"), name("sdgo:isIndicatorOf")),
    name("skos:topConceptOf"): (name("skos:inScheme"),),
    name("skos:notation"): (name("dcterms:identifier"),),
    name("dcterms:identifier"): (name("m4sd:m49Code"), name("m4sd:isoSubdivision")),
}
_XSD: Final = PREFIXES["xsd"]


@dataclass(frozen=True)
class Value:
    """Carry one value: a thing by name, or a text with its language or datatype; who says so, or why it follows."""

    text: str
    name: Name | None = None
    lang: str = ""
    datatype: str = ""
    status: str = "stated"
    heard: tuple[Testimony, ...] = ()
    because: tuple[Premise, ...] = ()
    part: Name | None = None  # the part of the thing of which the premises tell

    @property
    def sources(self) -> tuple[Source, ...]:
        """Return the sources of all who say it, each once."""
        return tuple(dict.fromkeys(source for each in self.heard for source in each.sources))


@dataclass(frozen=True)
class Row:
    """Carry a property in words, the values that are shown, and how many there are."""

    key: str
    words: Name
    values: tuple[Value, ...]
    count: int
    start: int = 0


@dataclass(frozen=True)
class Group:
    """Gather rows under a heading."""

    key: str
    heading: str
    rows: tuple[Row, ...]


class Rows:
    """Lay out the facts of one thing."""

    def __init__(self, store: Store, namer: Namer, thing: NamedNode) -> None:
        self._store, self._namer, self._thing = store, namer, thing
        self._said: Said = Witness(store, namer).of(thing)
        self._explainer = Explainer(prover(store), namer)
        self._followed = {
            status: {quad.triple for quad in store.quads(s=thing, g=graph)}
            for status, graph in (("inferred", INFERRED), ("annotated", ANNOTATED))
        }

    def groups(self, facts: Mapping[NamedNode, list[Node]]) -> Iterable[Group]:
        """Yield the groups that hold something, in the order of a page."""
        rows: dict[str, list[tuple[int, Row]]] = defaultdict(list)
        for says, found in facts.items():
            if says not in ELSEWHERE and not _is_said(facts, says):
                said = wording(says)
                rows[said.group].append((said.order, self.row(says, found, 0, SHOWN)))
        for key, (_, heading) in GROUPS.items():
            if inside := sorted(rows.get(key, ()), key=lambda each: (each[0], each[1].key)):
                yield Group(key, self._namer.picked(dict(heading))[0], tuple(row for _, row in inside))

    def row(self, says: NamedNode, found: list[Node], start: int, most: int) -> Row:
        """Return a row with some of its values: what is stated comes first, then in the order of names."""
        kept = _spoken(found, self._namer.lang)
        ranked = sorted(kept, key=lambda value: self._rank(says, value))
        shown = tuple(self._value(says, value) for value in ranked[start : start + most])
        called = self._namer.worded(says, wording(says).forwards)
        return Row(short(says.value).strip("<>"), called, shown, len(ranked), start)

    def _rank(self, says: NamedNode, value: Node) -> tuple[bool, tuple[tuple[int, str], ...]]:
        text = self._namer.name(value).text if isinstance(value, NamedNode) else getattr(value, "value", "")
        return self._status(says, value) == "inferred", in_order(text)

    def _status(self, says: NamedNode, value: Node) -> str:
        if self._said.get((says, value)) and not self._is_annotated(says, value):
            return "stated"
        triple = Triple(self._thing, says, value)
        return next((status for status, triples in self._followed.items() if triple in triples), "stated")

    def _is_annotated(self, says: NamedNode, value: Node) -> bool:
        return all(each.status == "annotated" for each in self._said[says, value])

    def _value(self, says: NamedNode, value: Node) -> Value:
        status, heard = self._status(says, value), tuple(self._said.get((says, value), ()))
        triple = Triple(self._thing, says, value)
        because, part = parted(self._explainer.because(triple)) if status != "stated" and not heard else ((), None)
        told: dict[str, Any] = {"status": status, "heard": heard, "because": because, "part": part}
        if isinstance(value, NamedNode):
            named = self._namer.name(value)
            return Value(named.text, named, **told)
        if isinstance(value, Literal):
            foreign = value.language if value.language and value.language != self._namer.lang else ""
            return Value(value.value, None, foreign or "", _datatype(value), **told)
        return Value(in_words(self._store, self._namer, value), **told)


def _is_said(facts: Mapping[NamedNode, list[Node]], says: NamedNode) -> bool:
    """Return whether all that a property says is said by another one."""
    others = {value for other in TWICE.get(says, ()) for value in facts.get(other, ())}
    return bool(others) and set(facts[says]) <= others


def _spoken(found: list[Node], lang: str) -> list[Node]:
    """Leave out long texts in other languages where there are some in the reader's."""
    languages = [each.language if isinstance(each, Literal) else None for each in found]
    if lang not in languages:
        texts = {
            (each.value, each.language): each for each in found if isinstance(each, Literal)
        }  # one for two datatypes
        return [each for each in found if not isinstance(each, Literal) or texts[each.value, each.language] is each]
    return [each for each, language in zip(found, languages, strict=True) if language in (None, lang)]


def _datatype(value: Literal) -> str:
    datatype = value.datatype.value
    return datatype.removeprefix(_XSD) if datatype.startswith(_XSD) else ""
