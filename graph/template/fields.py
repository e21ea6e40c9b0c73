"""Gather from the shapes what a person may enter of a class: one field a property, with all that rules ask of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from pyoxigraph import Literal, NamedNode

from graph.names import PREFIXES, name, short
from graph.reason.axioms import Axioms, Node
from graph.template.labels import Words, called, codes_of, in_language
from graph.template.outline import above, entered, ontology_index
from graph.template.rulebook import shapes_index, words

LANGUAGES = ("en", "fr")
# How pressing it is to fill a field in, the most pressing first.
NEEDS = ("required", "wanted", "welcome", "")
_NEED = {"Violation": "required", "Warning": "wanted", "Info": "welcome"}
_VALUES = tuple(name(f"sh:{each}") for each in ("class", "datatype", "nodeKind", "in", "pattern", "or", "minInclusive"))


@dataclass(frozen=True, slots=True)
class Field:
    """Describe one property of a class as a person fills it in.

    `inverse` is a property of the other thing: the field names what this one belongs to. `texts` are the languages of a
    text, each with how pressing it is. `choice` names fields of which one is enough. `kinds` are datatypes.
    """

    path: NamedNode
    label: Words
    inverse: bool = False
    other_label: Words = field(default_factory=dict)
    need: str = ""
    many: bool = True
    kinds: tuple[str, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    classes: tuple[NamedNode, ...] = ()
    schemes: tuple[NamedNode, ...] = ()
    listed: tuple[Node, ...] = ()
    patterns: tuple[str, ...] = ()
    bounds: Mapping[str, str] = field(default_factory=dict)
    choice: tuple[str, ...] = ()
    rules: tuple[NamedNode, ...] = ()
    order: tuple[int, int] = (99, 99)

    @property
    def key(self) -> str:
        """Return the name of the field in JSON and for programs."""
        local = self.path.value.replace("#", "/").rpartition("/")[2]
        return f"{local}Of" if self.inverse else local

    @property
    def is_thing(self) -> bool:
        """Return whether a value is an address."""
        named = self.classes or self.schemes or self.inverse or "iri" in self.kinds or self.path in _links()
        return bool(named) or any(isinstance(each, NamedNode) for each in self.listed)

    @property
    def codes(self) -> tuple[NamedNode, ...]:
        """Return the codes that may be chosen, none where anything of the class may."""
        own = tuple(each for each in self.listed if isinstance(each, NamedNode))
        return own or tuple(code for scheme in self.schemes for code in codes_of(scheme))


@cache
def fields(kind: NamedNode) -> tuple[Field, ...]:
    """Return the fields of a class, in the order of their groups; none of them is derived by rules."""
    book = shapes_index()
    found: dict[tuple[NamedNode, bool], Field] = {}
    for rule in sorted(_rules(book, kind), key=lambda rule: _place(book, rule)):
        for path, inverse, alone in _paths(book, book.value(rule, name("sh:path"))):
            known = found.get((path, inverse)) or Field(path, {}, inverse)
            found[path, inverse] = _with(book, known, rule, alone)
    for choice, need in _choices(book, kind):
        for key in [key for key, each in found.items() if each.key in choice]:
            found[key] = replace(found[key], choice=choice, need=_pressing(found[key].need, f"one {need}"))
    kept = [_named(each) for each in found.values() if not _derived(book, each)]
    return tuple(sorted(_apart(kept), key=lambda each: (each.order, each.key)))


@cache
def owned(kind: NamedNode) -> tuple[NamedNode, ...]:
    """Return the classes whose things belong to one of this class: they name it, and have a sheet beside its own."""
    links = {each.path for each in fields(kind) if not each.inverse}
    ties = ((other, each) for other in entered() for each in fields(other) if each.inverse and "required" in each.need)
    return tuple(dict.fromkeys(other for other, each in ties if each.path in links and other != kind))


@cache
def typed(kind: NamedNode) -> tuple[Field, ...]:
    """Return the fields that a person types for a class: what belongs to it is told on the sheet of that."""
    told = {each.path for other in owned(kind) for each in fields(other) if each.inverse}
    return tuple(each for each in fields(kind) if each.inverse or each.path not in told)


def _rules(book: Axioms, kind: NamedNode) -> Iterator[Node]:
    """Yield the property shapes that hold for a class, also those that hold for whatever has one of their fields."""
    targets = {shape for each in above(kind) for shape, target in book.pairs(name("sh:targetClass")) if target == each}
    reached = {shape: None for shape, _ in book.pairs(name("sh:targetSubjectsOf"))}
    for shape in [*sorted(targets, key=str), *reached]:
        for rule in (shape, *book.objects(shape, name("sh:property"))):
            if book.value(rule, name("sh:path")) and (shape in targets or _of_own_subject(book, shape, rule)):
                yield rule


def _of_own_subject(book: Axioms, shape: Node, rule: Node) -> bool:
    return book.value(rule, name("sh:path")) in book.objects(shape, name("sh:targetSubjectsOf"))


def _paths(book: Axioms, path: Node | None) -> Iterator[tuple[NamedNode, bool, bool]]:
    """Yield the properties that a path names by themselves, whether backwards, and whether the path is just one."""
    if isinstance(path, NamedNode):
        yield path, False, True
    elif path is not None and isinstance(inverse := book.value(path, name("sh:inversePath")), NamedNode):
        yield inverse, True, True
    elif path is not None:
        for each in book.members(book.value(path, name("sh:alternativePath"))):
            yield from ((one, inverse, False) for one, inverse, _ in _paths(book, each))


def _with(book: Axioms, known: Field, rule: Node, alone: bool) -> Field:
    """Return a field with what one more rule asks of it."""
    strong = _severity(book, rule) == "Violation"
    least, most = (_number(book, rule, each) for each in ("sh:minCount", "sh:maxCount"))
    need = _NEED[_severity(book, rule)] if alone and least else ""
    named = words(book, rule, "sh:name") if alone and any(book.value(rule, each) for each in _VALUES) else {}
    if known.inverse:
        named = words(book, rule, "sh:name")
        if not alone:  # several ties are possible: each says which it is
            named = {lang: f"{text} ({in_language(called(known.path), lang)})" for lang, text in named.items()}
    assert isinstance(rule, NamedNode)
    return replace(
        known,
        label=known.label or named,
        other_label=known.other_label or (words(book, rule, "sh:name") if alone else {}),
        need=_pressing(known.need, need),
        many=known.many and not (most == 1 and strong) and not book.value(rule, name("sh:uniqueLang")),
        kinds=known.kinds or tuple(_kinds(book, rule)),
        texts=_texts(book, known.texts, rule),
        classes=known.classes or tuple(_named_nodes(book, rule, "sh:class")),
        schemes=known.schemes or tuple(sorted(_named_nodes(book, rule, "shape:scheme"), key=str, reverse=True)),
        listed=known.listed or tuple(m for head in book.objects(rule, name("sh:in")) for m in book.members(head)),
        patterns=known.patterns
        + tuple(p.value for p in book.objects(rule, name("sh:pattern")) if isinstance(p, Literal)),
        bounds={**known.bounds, **_bounds(book, rule)},
        rules=(*known.rules, rule),
        order=min(known.order, _place(book, rule)),
    )


def _kinds(book: Axioms, rule: Node) -> Iterator[str]:
    members = [each for head in book.objects(rule, name("sh:or")) for each in book.members(head)]
    for node in (rule, *members):
        yield from (kind.value.rpartition("#")[2] for kind in _named_nodes(book, node, "sh:datatype"))
    if book.value(rule, name("sh:nodeKind")) == name("sh:IRI"):
        yield "iri"


def _texts(book: Axioms, known: Mapping[str, str], rule: Node) -> Mapping[str, str]:
    """Return the languages of a text and how pressing each is."""
    found = dict(known)
    if name("rdf:langString") in book.objects(rule, name("sh:datatype")):
        found = {**dict.fromkeys(LANGUAGES, ""), **found}
    inner = book.value(rule, name("sh:qualifiedValueShape"))
    for node in (rule, *([inner] if inner else [])):
        tags = [
            t.value
            for head in book.objects(node, name("sh:languageIn"))
            for t in book.members(head)
            if isinstance(t, Literal)
        ]
        needed = _NEED[_severity(book, rule)] if len(tags) == 1 and node == inner else ""
        found.update({tag: _pressing(found.get(tag, ""), needed) for tag in tags})
    return found


def _bounds(book: Axioms, rule: Node) -> dict[str, str]:
    sides = ("minInclusive", "minExclusive", "maxInclusive", "maxExclusive")
    values = {side: book.value(rule, name(f"sh:{side}")) for side in sides}
    return {side: value.value for side, value in values.items() if isinstance(value, Literal)}


def _choices(book: Axioms, kind: NamedNode) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the fields of which one must be filled in: by a path with alternatives, or by sh:xone over fields."""
    for rule in _rules(book, kind):
        ways = [Field(path, {}, inverse).key for path, inverse, _ in _paths(book, book.value(rule, name("sh:path")))]
        if len(ways) > 1 and _number(book, rule, "sh:minCount"):
            yield tuple(ways), _NEED[_severity(book, rule)]
    for shape, target in book.pairs(name("sh:targetClass")):
        heads = book.objects(shape, name("sh:xone")) if target in above(kind) else []
        for head in heads:
            paths = [book.value(each, name("sh:path")) for each in book.members(head)]
            if paths and all(isinstance(path, NamedNode) for path in paths):
                yield tuple(Field(p, {}).key for p in paths if isinstance(p, NamedNode)), _NEED[_severity(book, shape)]


def _pressing(one: str, other: str) -> str:
    """Return the more pressing of two needs."""
    ranks = ("required", "one required", "wanted", "one wanted", "welcome", "one welcome", "")
    return min(one, other, key=ranks.index)


def _derived(book: Axioms, each: Field) -> bool:
    """Return whether a field is never typed: some rule allows no value of it."""
    banned = (rule for rule, most in book.pairs(name("sh:maxCount")) if isinstance(most, Literal) and most.value == "0")
    paths = (book.value(rule, name("sh:path")) for rule in banned if isinstance(rule, NamedNode))
    return any(path == each.path for whole in paths for path, _, _ in _paths(book, whole))


@cache
def _links() -> frozenset[Node]:
    """Return the properties between things."""
    return frozenset(ontology_index().typed(name("owl:ObjectProperty")))


def _named(each: Field) -> Field:
    general = called(each.path)
    if each.inverse:
        return each
    if each.texts or not each.label:
        return replace(each, label=general)
    return each


def _apart(found: list[Field]) -> Iterator[Field]:
    """Give fields of one label the names of their properties."""
    seen: set[str] = set()
    for each in sorted(found, key=lambda one: one.order):
        choices = (each.label, each.other_label, called(each.path), {"en": short(each.path.value)})
        label = next(words for words in choices if words and words.get("en", "") not in seen)
        seen.add(label.get("en", ""))
        yield replace(each, label=label)


def _named_nodes(book: Axioms, node: Node, says: str) -> list[NamedNode]:
    return [value for value in book.objects(node, name(says)) if isinstance(value, NamedNode)]


def _severity(book: Axioms, node: Node) -> str:
    value = book.value(node, name("sh:severity"))
    return value.value.removeprefix(PREFIXES["sh"]) if isinstance(value, NamedNode) else "Violation"


def _number(book: Axioms, node: Node, says: str) -> int | None:
    value = book.value(node, name(says))
    return int(value.value) if isinstance(value, Literal) else None


def _place(book: Axioms, rule: Node) -> tuple[int, int]:
    group = book.value(rule, name("sh:group"))
    return (_number(book, group, "sh:order") or 99 if group else 99), _number(book, rule, "sh:order") or 99
