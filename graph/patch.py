"""Say which quads leave a store and which enter it, and write that as one SPARQL update: done whole or not at all."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple

Value = NamedNode | BlankNode | Literal | Triple
Functions = dict[NamedNode, Callable[..., Value | None]]

# No update can name a blank node, but a function of ours can return one.
_PARTS: Final = ("s", "p", "o", "g")
_FUNCTION: Final = "urn:m4sd:part:"
_BOUND: Final = " ".join(f"BIND(<{_FUNCTION}{part}>(?n) AS ?{part})" for part in _PARTS)


@dataclass(frozen=True, slots=True)
class Patch:
    """Say which quads leave a store and which enter it, in one step."""

    delete: frozenset[Quad]
    insert: frozenset[Quad]


def as_update(patch: Patch) -> tuple[str, Functions]:
    """Return the text of an update (SPARQL 1.1 Update, 3.1) and the functions that it calls."""
    numbered = [quad for quad in (*patch.delete, *patch.insert) if _has_blank_node(quad)]
    steps: list[str] = []
    for word, quads in (("DELETE", patch.delete), ("INSERT", patch.insert)):
        steps.append(f"{word} DATA {{ {_data(quad for quad in quads if not _has_blank_node(quad))} }}")
        steps.extend(_by_number(word, [n for n, quad in enumerate(numbered) if quad in quads], numbered))
    return " ;\n".join(steps), _functions(numbered)


def _by_number(word: str, numbers: Collection[int], quads: list[Quad]) -> Iterator[str]:
    """Yield the steps for quads that are known by their numbers, those of the default graph apart."""
    for default, where in ((False, "GRAPH ?g { ?s ?p ?o }"), (True, "?s ?p ?o")):
        chosen = [str(n) for n in numbers if isinstance(quads[n].graph_name, DefaultGraph) == default]
        if chosen:
            yield f"{word} {{ {where} }} WHERE {{ VALUES ?n {{ {' '.join(chosen)} }} {_BOUND} }}"


def _functions(quads: list[Quad]) -> Functions:
    if not quads:
        return {}

    def part(at: int) -> Callable[[Literal], Value | None]:
        def of(number: Literal) -> Value | None:
            found = quads[int(number.value)][at]
            return None if isinstance(found, DefaultGraph) else found

        return of

    return {NamedNode(_FUNCTION + name): part(at) for at, name in enumerate(_PARTS)}


def _has_blank_node(quad: Quad) -> bool:
    return isinstance(quad.subject, BlankNode) or isinstance(quad.object, BlankNode)


def _data(quads: Iterable[Quad]) -> str:
    named: dict[str, list[str]] = {}
    for quad in quads:
        where = "" if isinstance(quad.graph_name, DefaultGraph) else f"GRAPH {quad.graph_name}"
        named.setdefault(where, []).append(f"{quad.triple} .")
    return " ".join(f"{where} {{ {' '.join(rows)} }}" if where else " ".join(rows) for where, rows in named.items())
