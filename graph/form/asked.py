"""Say what a form asks of a class: the fields that the shapes give it, by group, and the parts that go with it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Final
from typing import Literal as OneOf

from pyoxigraph import Literal, NamedNode

from graph.desk.split import OWNED
from graph.errors import Said, said
from graph.names import name
from graph.reason.axioms import Node
from graph.template.fields import Field, fields, owned, typed
from graph.template.labels import Words, called
from graph.template.layout import ADDRESS, KIND, Column, columns, expected, pressing, what
from graph.template.outline import ontology_index
from graph.template.rulebook import rulebook

Control = OneOf["address", "kind", "text", "long", "choice", "choices", "truth", "date", "number", "thing"]
FEW: Final = 12  # codes that are shown all at once, each with a box to tick
LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
IDENTITY: Final = 1  # the group that names a thing
_SHORT: Final = (name("skos:prefLabel"), name("skos:altLabel"))
_PLAIN: Final = {"string", "langString"}
_DAYS: Final = {"date", "gYear", "gYearMonth"}
_PRESSING: Final = ("required", "one required", "wanted", "one wanted", "welcome", "one welcome", "")
_FIGURES: Final = {"integer", "nonNegativeInteger", "decimal", "double"}


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask for one field: its columns (one a language, for texts) and by which control each value is typed."""

    control: Control
    columns: tuple[Column, ...]

    @property
    def first(self) -> Column:
        """Return the first column, which stands for the field."""
        return self.columns[0]

    @property
    def field(self) -> Field | None:
        """Return the field, none for the address and the kind."""
        return self.first.field

    @property
    def key(self) -> str:
        """Return the name of the field."""
        return self.field.key if self.field else self.first.key

    @property
    def need(self) -> str:
        """Return how pressing it is, by the words of `graph.template.fields`."""
        return min((column.need for column in self.columns), key=_PRESSING.index)


@dataclass(frozen=True, slots=True)
class Group:
    """Gather what is asked under one heading."""

    number: int
    heading: Words
    asks: tuple[Ask, ...]


@cache
def groups(kind: NamedNode, part: bool = False) -> tuple[Group, ...]:
    """Return what a form asks of a class; of a `part`, not what it belongs to, nor its address."""
    numbers: dict[int, list[Ask]] = {}
    for ask in _asks(kind, part):
        numbers.setdefault(ask.field.order[0] if ask.field else IDENTITY, []).append(ask)
    return tuple(Group(number, headings().get(number, {}), tuple(asks)) for number, asks in sorted(numbers.items()))


@cache
def parts(kind: NamedNode) -> Mapping[NamedNode, NamedNode]:
    """Return the classes whose things are told inside the record of one of this class, each with the link to them."""
    return {other: path for other in owned(kind) if other in OWNED and (path := _tie(kind, other)) is not None}


@cache
def column(kind: NamedNode, key: str, part: bool = False) -> Column | None:
    """Return the column of a key; texts have one in each language that there is."""
    known = {each.key: each for group in groups(kind, part) for ask in group.asks for each in ask.columns}
    if key in known:
        return known[key]
    stem, _, lang = key.partition("-")
    texts = {each.field.key: each for each in known.values() if each.field and each.lang}
    if stem not in texts or not LANGUAGE.fullmatch(lang):
        return None
    return replace(texts[stem], key=key, lang=lang, need="")


@cache
def headings() -> Mapping[int, Words]:
    """Return the headings of groups by their number."""
    return {rule.order[0]: rule.heading for part in rulebook() for rule in part.rules if rule.heading}


def meaning(ask: Ask) -> Words:
    """Return what a field is for, as the ontology defines its property."""
    return defined(ask.field.path) if ask.field else {}


@cache
def defined(term: NamedNode) -> Words:
    """Return how the ontology defines a term of its own, by language."""
    texts = ontology_index().objects(term, name("skos:definition"))
    return {each.language or "en": each.value for each in texts if isinstance(each, Literal)}


def wanted(ask: Ask, kind: NamedNode) -> list[Said]:
    """Return what is to be typed, a sentence each, beyond how the control itself says it."""
    if ask.control == "address":
        return expected(ask.first, kind)[1:]
    found: list[Said] = []
    if ask.field and ask.need.startswith("one "):
        found.append(pressing(replace(ask.first, need=ask.need), kind))
    if ask.field and ask.control == "thing" and ask.field.classes:
        found.append(said("Type the name of: {kind}.", kind=called(ask.field.classes[0])))
    if ask.field and _needs_words(ask):
        found.append(said("{what}.", what=what(ask.field)))
    if ask.field:
        found += [said("{text}.", text=each) for each in _limits(ask.field)]
    return found


def _needs_words(ask: Ask) -> bool:
    """Return whether a control does not say by itself what is typed into it."""
    kinds = set(ask.field.kinds) if ask.field else set()
    return ask.control in ("date", "number") or (ask.control == "text" and bool(kinds - _PLAIN))


def _limits(each: Field) -> list[Said]:
    told = {
        "minInclusive": said("{value} or more"),
        "minExclusive": said("more than {value}"),
        "maxInclusive": said("{value} or less"),
        "maxExclusive": said("less than {value}"),
    }
    return [said(told[side].template, value=value) for side, value in each.bounds.items()]


def _asks(kind: NamedNode, part: bool) -> list[Ask]:
    told = set(parts(kind).values())
    known = {each.key: each for each in columns(kind)}
    found = [Ask("kind", (known[KIND],))] if KIND in known else []
    for each in fields(kind):
        own = each in typed(kind) or each.path not in told
        if own and not (part and each.inverse and "required" in each.need):
            laid = [known.get(key) or Column(key, each.label, each, tag, need) for key, tag, need in _keys(each)]
            found.append(Ask(_control(each), tuple(laid)))
    return found if part else [*found, Ask("address", (known[ADDRESS],))]


def _keys(each: Field) -> list[tuple[str, str, str]]:
    if not each.texts:
        return [(each.key, "", each.need)]
    return [(f"{each.key}-{tag}", tag, need) for tag, need in sorted(each.texts.items())]


def _control(each: Field) -> Control:
    if each.codes:
        return "choices" if each.many and len(each.codes) <= FEW else "choice"
    if each.is_thing:
        return "thing"
    if each.texts:
        return "text" if each.path in _SHORT else "long"
    kinds = set(each.kinds)
    if kinds & _DAYS:
        return "date"
    if "boolean" in kinds:
        return "truth"
    return "number" if kinds & _FIGURES else "text"


def _tie(kind: NamedNode, other: NamedNode) -> NamedNode | None:
    """Return the property by which a thing of a class names what belongs to it."""
    links: set[Node] = {each.path for each in fields(kind) if not each.inverse}
    ties = (each.path for each in fields(other) if each.inverse and "required" in each.need and each.path in links)
    return next(ties, None)
