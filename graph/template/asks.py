"""Say in plain words what a rule looks at and what it asks for, from its SHACL (https://www.w3.org/TR/shacl/)."""

from collections.abc import Iterator

from pyoxigraph import BlankNode, Literal, NamedNode

from graph.errors import Said, said
from graph.names import name, short
from graph.reason.axioms import Axioms, Node
from graph.template.labels import called
from graph.validate.say.pattern import in_words

KINDS = {
    "string": said("text"),
    "langString": said("text that says its language"),
    "integer": said("a whole number"),
    "nonNegativeInteger": said("a whole number"),
    "decimal": said("a number"),
    "double": said("a number"),
    "boolean": said("true or false"),
    "date": said("a day (2022-06-13)"),
    "gYear": said("a year (2022)"),
    "gYearMonth": said("a month (2022-06)"),
    "dateTime": said("a day and time"),
    "duration": said("a length of time (P1Y is a year)"),
    "anyURI": said("a web address"),
    "wktLiteral": said("a point or an outline (WKT)"),
}
_LIMITS = {
    "sh:minInclusive": said("{value} or more"),
    "sh:minExclusive": said("more than {value}"),
    "sh:maxInclusive": said("{value} or less"),
    "sh:maxExclusive": said("less than {value}"),
}
_MOST_NAMED = 12


def asked(book: Axioms, node: Node) -> list[Said]:
    """Return what a shape asks for, a sentence each; what only a query or code can tell is left to its message."""
    parts = (_count, _kind, _listed, _languages, _limits, _beside, _logic, _by_query)
    return [words for part in parts for words in part(book, node)]


def aimed(book: Axioms, rule: Node) -> list[Said]:
    """Return what a rule is asked of: things of a class, or what has a field."""
    gatherers = [shape for shape, gathered in book.pairs(name("sh:property")) if gathered == rule]
    found: dict[str, Said] = {}
    for shape in (*gatherers, rule):
        for kind in book.objects(shape, name("sh:targetClass")):
            found[str(kind)] = said("{text}", text=path_words(book, kind))
        for path in book.objects(shape, name("sh:targetSubjectsOf")):
            found[str(path)] = said("what has “{field}”", field=path_words(book, path))
        for path in book.objects(shape, name("sh:targetObjectsOf")):
            found[str(path)] = said("what something names as “{field}”", field=path_words(book, path))
    return list(found.values())


def path_words(book: Axioms, path: Node | None) -> Said:
    """Return a property path in words."""
    if isinstance(path, NamedNode):
        return said("{text}", text=called(path))
    if path is None:
        return said("the whole record")
    steps = [path_words(book, step) for step in book.members(path)]
    if steps:
        return _chained(steps)
    choices = [path_words(book, each) for each in book.members(book.value(path, name("sh:alternativePath")))]
    if choices:
        return any_of(choices)
    if inverse := book.value(path, name("sh:inversePath")):
        return said("what names it as “{text}”", text=path_words(book, inverse))
    many = book.value(path, name("sh:zeroOrMorePath")) or book.value(path, name("sh:oneOrMorePath"))
    return said("{text}, step by step", text=path_words(book, many)) if many else said("the whole record")


def any_of(choices: list[Said]) -> Said:
    """Return choices joined by "or"."""
    joined = choices[0]
    for choice in choices[1:]:
        joined = said("{one} or {other}", one=joined, other=choice)
    return joined


def _chained(steps: list[Said]) -> Said:
    joined = steps[0]
    for step in steps[1:]:
        joined = said("{one}, then {other}", one=joined, other=step)
    return joined


def _count(book: Axioms, node: Node) -> Iterator[Said]:
    least, most = (_number(book, node, each) for each in ("sh:minCount", "sh:maxCount"))
    if most == 0:
        yield said("no value: it is not stated here")
    elif least and least == most:
        yield said("exactly one value") if most == 1 else said("exactly {number} values", number=most)
    else:
        if least:
            yield said("at least one value") if least == 1 else said("at least {number} values", number=least)
        if most:
            yield said("at most one value") if most == 1 else said("at most {number} values", number=most)


def _kind(book: Axioms, node: Node) -> Iterator[Said]:
    listed = book.value(node, name("shape:scheme"))
    for kind in book.objects(node, name("sh:class")):
        if isinstance(kind, NamedNode) and not listed:
            yield said("of the class “{kind}”", kind=called(kind))
    kinds = [*book.objects(node, name("sh:datatype")), *_choices(book, node, "sh:datatype")]
    if kinds:
        yield any_of(datatypes(kinds))
    if book.value(node, name("sh:nodeKind")) == name("sh:IRI") and not listed:
        yield said("by its address, not by its name")
    pattern = book.value(node, name("sh:pattern"))
    if isinstance(pattern, Literal) and not listed and name("xsd:gYear") not in kinds:
        yield in_words(pattern.value)


def datatypes(kinds: list[Node]) -> list[Said]:
    """Return datatypes in words, those that come to the same once."""
    locals_ = [kind.value.rpartition("#")[2] for kind in kinds if isinstance(kind, NamedNode)]
    if "decimal" in locals_:
        locals_ = [each for each in locals_ if "nteger" not in each]
    found = (KINDS.get(local, said("{text}", text=local)) for local in locals_)
    return list({str(each): each for each in found}.values())


def _choices(book: Axioms, node: Node, says: str) -> list[Node]:
    """Return what the members of sh:or ask for by one constraint."""
    members = [each for head in book.objects(node, name("sh:or")) for each in book.members(head)]
    return [value for member in members for value in book.objects(member, name(says))]


def _listed(book: Axioms, node: Node) -> Iterator[Said]:
    members = [_value(each) for head in book.objects(node, name("sh:in")) for each in book.members(head)]
    if members:
        more = [said("{count} more", count=len(members) - _MOST_NAMED)] if len(members) > _MOST_NAMED else []
        yield said("one of: {values}", values=_all_of([*members[:_MOST_NAMED], *more]))
    for scheme in book.objects(node, name("shape:scheme")):
        if isinstance(scheme, NamedNode):
            yield said("a code of the list “{scheme}”", scheme=called(scheme))
    for fixed in book.objects(node, name("sh:hasValue")):
        yield said("one of: {values}", values=_value(fixed))


def _value(term: Node) -> Said:
    if not isinstance(term, NamedNode):
        return said("{text}", text=term.value if isinstance(term, Literal) else str(term))
    return said("{label} ({code})", label=called(term), code=short(term.value))


def _languages(book: Axioms, node: Node) -> Iterator[Said]:
    for head in book.objects(node, name("sh:languageIn")):
        tags = [tag.value for tag in book.members(head) if isinstance(tag, Literal)]
        yield said("in the language {languages}", languages=", ".join(tags))
    if book.value(node, name("sh:uniqueLang")):
        yield said("one text for each language")


def _limits(book: Axioms, node: Node) -> Iterator[Said]:
    for says, template in _LIMITS.items():
        for value in book.objects(node, name(says)):
            if isinstance(value, Literal):
                yield said(template.template, value=value.value)


def _beside(book: Axioms, node: Node) -> Iterator[Said]:
    for other in book.objects(node, name("sh:disjoint")):
        yield said("not the same as “{field}”", field=path_words(book, other))
    for says in ("sh:lessThan", "sh:lessThanOrEquals"):
        for other in book.objects(node, name(says)):
            yield said("before “{field}”", field=path_words(book, other))


def _logic(book: Axioms, node: Node) -> Iterator[Said]:
    for head in book.objects(node, name("sh:xone")):
        yield said("exactly one of these: {choices}", choices=any_of(_members(book, head)))
    for head in book.objects(node, name("sh:or")):
        members = list(book.members(head))
        if not all(book.value(member, name("sh:datatype")) for member in members):
            yield said("at least one of these: {choices}", choices=any_of(_members(book, head)))
    for inner in book.objects(node, name("sh:not")):
        yield said("never this: {ask}", ask=_inner(book, inner))
    for inner in book.objects(node, name("sh:qualifiedValueShape")):
        least = _number(book, node, "sh:qualifiedMinCount")
        most = _number(book, node, "sh:qualifiedMaxCount")
        ask = _inner(book, inner)
        if least:
            yield said("at least {number} that is: {ask}", number=least, ask=ask)
        if most is not None:
            yield said("at most {number} that is: {ask}", number=most, ask=ask)


def _members(book: Axioms, head: Node) -> list[Said]:
    return [_inner(book, member) for member in book.members(head)]


def _inner(book: Axioms, node: Node) -> Said:
    """Return a nested shape in words: its field, and what it asks for where that is more than to be there."""
    path = book.value(node, name("sh:path"))
    asks = asked(book, node) if isinstance(node, BlankNode | NamedNode) else []
    if path is None:
        return _all_of(asks)
    field = path_words(book, path)
    if len(asks) == 1 and _number(book, node, "sh:minCount") == 1:
        return said("“{field}”", field=field)
    return said("“{field}” ({asks})", field=field, asks=_all_of(asks)) if asks else said("“{field}”", field=field)


def _all_of(asks: list[Said]) -> Said:
    if not asks:
        return said("the whole record")
    joined = asks[0]
    for ask in asks[1:]:
        joined = said("{one}, {other}", one=joined, other=ask)
    return joined


def _by_query(book: Axioms, node: Node) -> Iterator[Said]:
    if book.value(node, name("sh:sparql")):
        yield said("a query looks for what breaks it; see its Turtle")
    if book.value(node, name("shape:checkedBy")):
        yield said("a program looks for what breaks it")


def _number(book: Axioms, node: Node, says: str) -> int | None:
    value = book.value(node, name(says))
    return int(value.value) if isinstance(value, Literal) else None
