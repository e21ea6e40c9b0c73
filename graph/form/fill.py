"""Fill a form in with what a record states; what no control can show stays beside it, in Turtle."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize

from graph import owl
from graph.form.asked import LANGUAGE, Ask, column, groups, parts
from graph.form.cells import one
from graph.form.typed import Spot, Typed
from graph.names import prefixes_of, short
from graph.template.layout import ADDRESS, KIND, Column
from graph.template.outline import above, entered, kinds

Called = Callable[[NamedNode], str]
"""Name a thing for a reader, or return nothing."""


def kind_of(types: Iterable[NamedNode]) -> NamedNode | None:
    """Return the class by whose form a thing of these classes is described, the narrowest of them."""
    stated = set(types)
    found = [kind for kind in entered() if stated.intersection(kinds(kind))]
    return max(found, key=lambda kind: (len(above(kind)), kind.value), default=None)


def filled(kind: NamedNode, thing: NamedNode, triples: Sequence[Triple], called: Called, graph: str = "") -> Typed:
    """Return the form of a record; each of its statements is in a control or in the rest."""
    desk = _Filling(triples, called)
    desk.node(kind, thing, Spot(""))
    for other, path in parts(kind).items():
        nodes = [t.object for t in triples if t.subject == thing and t.predicate == path]
        owned = [node for node in nodes if isinstance(node, NamedNode) and desk.is_one(node, other)]
        for number, node in enumerate(owned):
            desk.take(Triple(thing, path, node))
            desk.node(other, node, Spot("", 0, other.value.rpartition("#")[2], number))
    return Typed(kind.value.rpartition("#")[2], desk.values, as_turtle(desk.left), graph)


def as_turtle(triples: Sequence[Triple]) -> str:
    """Return triples as Turtle, nothing where there are none."""
    if not triples:
        return ""
    return (serialize(triples, format=RdfFormat.TURTLE, prefixes=prefixes_of(triples)) or b"").decode()


class _Filling:
    """Move statements into controls, one by one."""

    def __init__(self, triples: Sequence[Triple], called: Called) -> None:
        self.values: dict[str, str] = {}
        self.left = list(dict.fromkeys(triples))
        self._called = called

    def is_one(self, node: NamedNode, kind: NamedNode) -> bool:
        """Return whether the record says that a node is a thing of a class."""
        return any(Triple(node, owl.TYPE, each) in self.left for each in kinds(kind))

    def take(self, triple: Triple) -> None:
        """Take a statement out of what is left."""
        self.left.remove(triple)

    def node(self, kind: NamedNode, node: NamedNode, at: Spot) -> None:
        """Put what is said of a node into the controls of its class."""
        part = bool(at.part)
        self.values[f"{at.inside}{ADDRESS}.0"] = short(node.value).strip("<>")
        self._type(kind, node, at)
        for group in groups(kind, part):
            for ask in group.asks:
                for triple in [t for t in self.left if _about(ask, node, t)]:
                    self._value(kind, ask, triple, at)

    def _type(self, kind: NamedNode, node: NamedNode, at: Spot) -> None:
        stated = next((each for each in kinds(kind) if Triple(node, owl.TYPE, each) in self.left), None)
        if stated is None:
            return
        self.take(Triple(node, owl.TYPE, stated))
        if len(kinds(kind)) > 1:
            self.values[f"{at.inside}{KIND}.0"] = short(stated.value)

    def _value(self, kind: NamedNode, ask: Ask, triple: Triple, at: Spot) -> None:
        value = triple.subject if ask.field and ask.field.inverse else triple.object
        key = next((key for key in _keys(ask, value)), "")
        found = column(kind, key, bool(at.part)) if key else None
        if found is None or isinstance(value, BlankNode | Triple):
            return
        text = self._written(value, found)
        if one(text, found, kind) != value:
            return
        rows = sum(name.startswith(f"{at.inside}{key}.") for name in self.values)
        self.values[f"{at.inside}{key}.{rows}"] = text
        self.take(triple)

    def _written(self, value: NamedNode | Literal, at: Column) -> str:
        if isinstance(value, Literal):
            return value.value
        address = short(value.value).strip("<>")
        if at.codes:
            return address
        label = self._called(value)
        return f"{label} ({address})" if label else address


def _about(ask: Ask, node: NamedNode, triple: Triple) -> bool:
    end = triple.object if ask.field and ask.field.inverse else triple.subject
    return ask.field is not None and triple.predicate == ask.field.path and end == node


def _keys(ask: Ask, value: object) -> Iterator[str]:
    """Yield the column of a value: for texts, that of its language."""
    assert ask.field is not None
    if not ask.field.texts:
        yield ask.key
    elif isinstance(value, Literal) and value.language and LANGUAGE.fullmatch(value.language):
        yield f"{ask.key}-{value.language}"
