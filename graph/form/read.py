"""Read what was typed into a form as the record that it describes, and name the control of each thing that is wrong."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from graph import owl
from graph.errors import Said, SourceError, said
from graph.form.asked import column, groups, parts
from graph.form.cells import one
from graph.form.typed import PART, REST, Spot, Typed, parsed
from graph.names import PREFIXES, name
from graph.record import Record, read_bytes
from graph.template.cells import Unread
from graph.template.fields import fields
from graph.template.layout import ADDRESS, KIND, Column, columns, expected, what
from graph.template.outline import find_class
from graph.template.read import UPLOAD, Filled, Row
from graph.template.rulebook import find_rule
from graph.validate.report import Finding, Words

Taken = Callable[[NamedNode], bool]
"""Say whether something is published under an address."""
_LOCAL: Final = re.compile(r"[A-Za-z0-9_-]{1,150}")
_SPELT: Final = "Cell-address"
# What a rule on cells says in the words of a table, said in those of a form.
_MESSAGES: Final[Mapping[str, Words]] = {
    _SPELT: {
        "en": "Give it an address that nothing else has: a short code of unaccented letters, digits and hyphens.",
        "fr": "Donnez-lui une adresse que rien d’autre n’a : un code court de lettres sans accent, de chiffres et de "
        "tirets.",
    },
    "Cell-code": {
        "en": "Choose from the list: this is not in it.",
        "fr": "Choisissez dans la liste : ceci n’y est pas.",
    },
    "Cell-yes-no": {
        "en": "Say yes or no, or leave it open where it is not known.",
        "fr": "Dites oui ou non, ou laissez ouvert si ce n’est pas connu.",
    },
}


@dataclass(frozen=True, slots=True)
class Form(Filled):
    """Carry what a form holds: its record, a row for each node of it, and by column and value the control of each."""

    record: Record = field(default_factory=lambda: Record(UPLOAD, UPLOAD, (), "", ()))
    spots: Mapping[tuple[str, str], str] = field(default_factory=dict)


def read_form(data: bytes, path: str, taken: Taken) -> Form:
    """Return what was typed into a form; raise SourceError where it is none, or where its Turtle cannot be read."""
    typed = parsed(data, path)
    kind = find_class(typed.kind)
    if kind is None:
        raise SourceError(path, 1, said("there is no form for {kind}", kind=typed.kind[:60]))
    return _Reading(typed, kind, path, taken).form()


class _Reading:
    """Read one form."""

    def __init__(self, typed: Typed, kind: NamedNode, path: str, taken: Taken) -> None:
        self._typed, self._kind, self._path, self._taken = typed, kind, path, taken
        self._rows: list[Row] = []
        self._findings: list[Finding] = []
        self._spots: dict[tuple[str, str], str] = {}

    def form(self) -> Form:
        thing = self._thing()
        graph = NamedNode(self._typed.graph) if self._typed.graph else UPLOAD
        self._node(self._kind, thing, Spot(""), [])
        ties = {kind.value.rpartition("#")[2]: (kind, path) for kind, path in parts(self._kind).items()}
        addresses = self._addresses(thing)
        for part, number in self._typed.parts():
            if part in ties and self._is_filled(part, number):
                kind, path = ties[part]
                node = addresses[part, number]
                self._node(kind, node, Spot("", 0, part, number), [Triple(thing, path, node)])
        self._rest(thing)
        triples = tuple(dict.fromkeys(triple for row in self._rows for triple in row.triples))
        record = Record(thing, graph, triples, self._path, (1,) * len(triples))
        return Form(tuple(self._rows), tuple(self._findings), record, self._spots)

    def _thing(self) -> NamedNode:
        """Return the address of the thing; without a good one the rest is checked under a provisional one."""
        text = self._text(Spot(ADDRESS)).removeprefix("id:").removeprefix(PREFIXES["id"])
        if self._typed.graph and (known := _address(self._text(Spot(ADDRESS)))):
            return known
        if not _LOCAL.fullmatch(text):
            slug = re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-").lower()
            mend = said("Write {value}.", value=f"id:{slug}") if slug else None
            thing = NamedNode(f"{PREFIXES['id']}row-1-{self._typed.kind}")
            self._wrong(Spot(ADDRESS), columns(self._kind)[0], Unread(_SPELT, text, mend), thing)
            return thing
        thing = NamedNode(PREFIXES["id"] + text)
        if not self._typed.graph and self._taken(thing):
            address = f"id:{text}"
            mend = said("{address} is published already: choose another, or open that and edit it.", address=address)
            self._wrong(Spot(ADDRESS), columns(self._kind)[0], Unread(_SPELT, text, mend), thing)
        return thing

    def _node(self, kind: NamedNode, node: NamedNode, at: Spot, first: Sequence[Triple]) -> None:
        """Add the row of the thing or of one of its parts."""
        found = [(triple, f"{at.inside}{ADDRESS}") for triple in first]
        given = self._typed.rows(at.part, at.number)
        typed = False
        for key, rows in given.items():
            asked = column(kind, key, bool(at.part))
            if asked is None or key == ADDRESS:
                continue
            for spot, text in rows:
                term = one(text, asked, kind)
                if isinstance(term, Unread):
                    self._wrong(spot, asked, term, node)
                elif term is not None:
                    typed = typed or key == KIND
                    found.append((_triple(node, term, asked), spot.place))
                    self._spots.setdefault((spot.place, str(term)), str(spot))
        if not typed:  # whoever does not say which kind of organisation it is says that it is one
            found.insert(0, (Triple(node, owl.TYPE, kind), f"{at.inside}{ADDRESS}"))
        places = {each.key: f"{at.inside}{each.key}" for each in _all(kind, bool(at.part))}
        if not at.part:
            told = {path: other.value.rpartition("#")[2] for other, path in parts(kind).items()}
            places |= {each.key: f"{PART}{told[each.path]}" for each in fields(kind) if each.path in told}
        self._add(node, kind, found, places)

    def _add(
        self, node: NamedNode, kind: NamedNode, found: Sequence[tuple[Triple, str]], places: Mapping[str, str]
    ) -> None:
        triples, cells = tuple(t for t, _ in found), tuple(c for _, c in found)
        self._rows.append(Row(node, UPLOAD, triples, "", (1,) * len(triples), cells, places, kind))

    def _rest(self, thing: NamedNode) -> None:
        """Add the statements that were written in Turtle, those on nodes of the form to their rows."""
        if not self._typed.rest.strip():
            return
        triples, _ = read_bytes(self._typed.rest.encode(), f"{REST}.ttl")
        ours = {row.iri: number for number, row in enumerate(self._rows)}
        for triple in triples:
            at = ours.get(triple.subject)  # type: ignore[arg-type]  # what is no address is not ours
            if at is None:
                at = ours[triple.subject] = len(self._rows)  # type: ignore[index]
                self._add(triple.subject, UPLOAD, (), {ADDRESS: REST})  # type: ignore[arg-type]
            row = self._rows[at]
            self._rows[at] = replace(
                row, triples=(*row.triples, triple), lines=(*row.lines, 1), cells=(*row.cells, REST)
            )

    def _addresses(self, thing: NamedNode) -> dict[tuple[str, int], NamedNode]:
        """Return the addresses of the parts: those that they have, or new ones made from that of the thing."""
        found = {each: _address(self._text(Spot(ADDRESS, 0, *each))) for each in self._typed.parts()}
        used = set(found.values())
        for (part, number), node in list(found.items()):
            count = 1
            while node is None:
                made = NamedNode(f"{PREFIXES['id']}{_stem(thing)}--{part.lower()}-{count}")
                node = made if made not in used else None
                count += 1
            used.add(node)
            found[part, number] = node
        return {each: node for each, node in found.items() if node is not None}

    def _is_filled(self, part: str, number: int) -> bool:
        """Return whether a part holds anything but the address that it was given."""
        rows = self._typed.rows(part, number).items()
        own = self._text(Spot(ADDRESS, 0, part, number))
        return bool(own) or any(text.strip() for _, each in rows for _, text in each)

    def _text(self, spot: Spot) -> str:
        return self._typed.values.get(str(spot), "").strip()

    def _wrong(self, spot: Spot, at: Column, unread: Unread, node: NamedNode) -> None:
        finding = _finding(spot, at, unread, node, self._kind)
        if finding.value is not None:
            self._spots.setdefault((spot.place, str(finding.value)), str(spot))
        self._findings.append(finding)


def _all(kind: NamedNode, part: bool) -> Iterator[Column]:
    """Yield the columns of a class, that of the address first."""
    yield columns(kind)[0]
    for group in groups(kind, part):
        for ask in group.asks:
            yield from ask.columns


def _triple(subject: NamedNode, term: NamedNode | Literal, at: Column) -> Triple:
    if at.field is None:
        return Triple(subject, owl.TYPE, term)
    if at.field.inverse and isinstance(term, NamedNode):
        return Triple(term, at.field.path, subject)
    return Triple(subject, at.field.path, term)


def _address(text: str) -> NamedNode | None:
    prefix, _, local = text.partition(":")
    if prefix == "id" and _LOCAL.fullmatch(local):
        return NamedNode(PREFIXES["id"] + local)
    try:
        return NamedNode(text) if re.fullmatch(r"https?://[^\s<>\"{}|\\^`]{1,2000}", text) else None
    except ValueError:  # http://[::1 and the like
        return None


def _stem(thing: NamedNode) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "-", thing.value.rpartition("/")[2]) or "thing"


def _finding(spot: Spot, at: Column, unread: Unread, node: NamedNode, kind: NamedNode) -> Finding:
    rule = find_rule(unread.rule)
    assert rule is not None, f"graph/template/cells.ttl lacks {unread.rule}"
    asked: Said = what(at.field, at.lang) if at.field else expected(at, kind)[-1]
    return Finding(
        rule=rule.iri,
        title=rule.title,
        message=_MESSAGES.get(unread.rule, rule.message),
        severity="Violation",
        focus=node,
        path=at.field.path if at.field else None,
        value=Literal(unread.text) if unread.text else None,
        component=name("shape:CheckedByCode"),
        file="",
        line=1,
        cell=spot.place,
        label=at.label,
        expected=asked,
        mend=unread.mend,
    )
