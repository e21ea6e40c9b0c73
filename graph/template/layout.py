"""Lay out a template: its columns, what stands above each, and the example row."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from pyoxigraph import Literal, NamedNode, Triple

from graph import owl
from graph.errors import Said, said
from graph.names import name, short
from graph.reason.axioms import Node
from graph.template.asks import KINDS, any_of, datatypes
from graph.template.fields import Field, typed
from graph.template.labels import Words, called, in_language
from graph.template.outline import kinds
from graph.template.things import published

ADDRESS, KIND = "@id", "@type"
BETWEEN = "|"
STAR = " *"
# The first cell of a row that holds no record.
ABOUT = {"en": "what to enter", "fr": "à saisir"}
EXAMPLE = {"en": "example", "fr": "exemple"}
YES = {"en": "yes", "fr": "oui"}
NO = {"en": "no", "fr": "non"}
_FIXED: Mapping[str, Words] = {ADDRESS: {"en": "address", "fr": "adresse"}, KIND: {"en": "kind", "fr": "sorte"}}
_NEEDS = {
    "required": said("Required."),
    "wanted": said("Wanted: without it there is a warning."),
    "welcome": said("Welcome."),
    "one required": said("One of these is required: {fields}."),
    "one wanted": said("One of these is wanted: {fields}."),
    "one welcome": said("One of these is welcome: {fields}."),
}


@dataclass(frozen=True, slots=True)
class Column:
    """Carry one column: its key for programs, its label, its field (none for the address and the kind) and language."""

    key: str
    label: Words
    field: Field | None = None
    lang: str = ""
    need: str = ""

    def header(self, lang: str) -> str:
        """Return what stands above the column, a star where it must be filled in."""
        text = in_language(self.label, lang)
        text = f"{text} ({self.lang})" if self.lang else text
        return text + (STAR if self.need == "required" else "")

    @property
    def many(self) -> bool:
        """Return whether a cell may hold several values."""
        return self.field is not None and self.field.many

    @property
    def codes(self) -> tuple[NamedNode, ...]:
        """Return what may be chosen, none where anything may be typed."""
        return self.field.codes if self.field else ()


@cache
def columns(kind: NamedNode) -> tuple[Column, ...]:
    """Return the columns of a class, the address of the thing first."""
    found = [Column(ADDRESS, _FIXED[ADDRESS], need="required")]
    if len(kinds(kind)) > 1:
        found.append(Column(KIND, _FIXED[KIND], need="required"))
    for each in typed(kind):
        if each.texts:
            found += [
                Column(f"{each.key}-{tag}", each.label, each, tag, need) for tag, need in sorted(each.texts.items())
            ]
        else:
            found.append(Column(each.key, each.label, each, need=each.need))
    return tuple(found)


def expected(column: Column, kind: NamedNode) -> list[Said]:
    """Return what is to be entered in a column, a sentence each."""
    if column.key == ADDRESS:
        example = f"id:{_slug(kind)}-oujda-2026"
        ours = said(
            "A code of your choice that nothing else has, without accents or spaces: {example}.", example=example
        )
        return [said("Required."), ours]
    if column.field is None:
        return [said("Required."), said("Choose from the list.")]
    parts = [pressing(column, kind)] if column.need else []
    parts.append(said("{what}.", what=what(column.field, column.lang)))
    if column.many:
        prose = not column.field.is_thing
        several = said("Several values: write | between them.")
        parts.append(several if prose else said("Several values: a line of the cell each, or | between them."))
    return parts


def what(each: Field, lang: str = "") -> Said:
    """Return what one value of a field is."""
    if lang:
        return said("a text in English") if lang == "en" else said("a text in French")
    if each.codes:
        return said("a name or a code of the list")
    if each.is_thing:
        kind = next(iter(each.classes), None)
        shown = said("the address of: {kind}", kind=called(kind)) if kind else said("the address of a thing")
        sample = _sample(kind)
        return said("{what}, such as {example}", what=shown, example=sample) if sample else shown
    if "boolean" in each.kinds:
        return said("yes or no")
    choices = datatypes([name(f"xsd:{kind}") for kind in each.kinds if kind not in ("iri", "langString")])
    return any_of(choices) if choices else KINDS["string"]


def example_row(kind: NamedNode, lang: str) -> list[str]:
    """Return the fullest published thing of a class as a row; nothing where there is none."""
    known = published().examples.get(kind)
    if known is None:
        return []
    thing, triples = known
    return [
        BETWEEN.join(_shown(column, thing, triples, lang)).replace(BETWEEN, f" {BETWEEN} ") for column in columns(kind)
    ]


def written(value: Node, column: Column, lang: str) -> str:
    """Return a value as a cell shows it."""
    if isinstance(value, NamedNode):
        return choice(value, column, lang) if column.codes or column.key == KIND else short(value.value).strip("<>")
    assert isinstance(value, Literal)
    if value.datatype == name("xsd:boolean"):
        return (YES if value.value in ("true", "1") else NO)[lang]
    return value.value


def choice(code: NamedNode, column: Column, lang: str) -> str:
    """Return how a code stands in a list: by name, and by code where another one has that name."""
    text = in_language(called(code), lang)
    alike = [other for other in options(column) if in_language(called(other), lang) == text]
    return text if len(alike) <= 1 else f"{text} ({short(code.value)})"


def options(column: Column, kind: NamedNode | None = None) -> tuple[NamedNode, ...]:
    """Return what may be chosen in a column; of the kind of a thing, the kinds of its class."""
    return kinds(kind) if column.key == KIND and kind else column.codes


def offered(column: Column, kind: NamedNode, lang: str) -> list[str]:
    """Return the list that a cell offers: codes by name, published things by name and address."""
    if column.field and "boolean" in column.field.kinds:
        return [YES[lang], NO[lang]]
    if column.field and not options(column) and column.field.classes:
        members = [m for each in column.field.classes for m in published().members.get(each, ())]
        named = (f"{in_language(published().labels.get(m, {}), lang)} ({short(m.value)})".strip() for m in members)
        return sorted(named, key=str.casefold)
    return [choice(code, column, lang) for code in options(column, kind)]


def pressing(column: Column, kind: NamedNode) -> Said:
    """Return how pressing it is to fill a column in, in words."""
    words = _NEEDS[column.need]
    if column.field is None or not column.need.startswith("one "):
        return words
    others = [each.label for each in typed(kind) if each.key in column.field.choice]
    return said(words.template, fields=_listed(others))


def _listed(labels: Iterable[Words]) -> Said:
    joined: Said | None = None
    for label in labels:
        one = said("{text}", text=label)
        joined = said("{one}, {other}", one=joined, other=one) if joined else one
    return joined or said("{text}", text="")


def _sample(kind: NamedNode | None) -> str:
    members = published().members.get(kind, ()) if kind else ()
    return short(min(members, key=lambda each: not each.value.startswith(name("id:").value)).value) if members else ""


def _shown(column: Column, thing: NamedNode, triples: Iterable[Triple], lang: str) -> Iterator[str]:
    if column.key == ADDRESS:
        yield short(thing.value)
    elif column.key == KIND:
        yield from (written(t.object, column, lang) for t in triples if t.subject == thing and t.predicate == owl.TYPE)
    elif column.field:
        for t in triples:
            end, value = (t.object, t.subject) if column.field.inverse else (t.subject, t.object)
            spoken = value.language or "" if isinstance(value, Literal) else ""
            if t.predicate == column.field.path and end == thing and spoken == column.lang:
                yield written(value, column, lang)


def _slug(kind: NamedNode) -> str:
    return kind.value.rpartition("#")[2].lower()
