"""Find counts of people so small that somebody could be recognised, and those that a subtraction would give.

The threshold rule: in a table of frequencies "a cell … is defined to be sensitive if the number of respondents is less
than some specified number" (Glossary of Statistical Disclosure Control, UNECE/Eurostat work session on statistical data
confidentiality, Geneva 2005, https://stats.oecd.org/glossary/detail.asp?ID=7010). Leaving the cell out does not protect
it where the total and the other parts stay: other cells must go too, which is complementary (secondary) suppression
(Handbook on Statistical Disclosure Control, https://sdctools.github.io/HandbookSDC/).
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pyoxigraph import Literal, NamedNode, Triple

from graph.names import name
from graph.reason.axioms import Node
from graph.validate.compile.path import Term

EXACT = name("sdmx-measure:obsValue")
# A figure that is at most n, or about n, tells as much as n; "more than n" tells nothing of how few there are.
TELLING = (EXACT, name("m4sd:atMost"), name("m4sd:approximately"))
PLAIN = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,9})?")
DIMENSION = "http://metadata.un.org/sdg/codes/"
TOTAL = "_T"
MOST = 20  # dimensions; the UN has a handful, and each is tried against all others
# A part of a part: it does not count twice beside the whole that it belongs to.
WHOLE: Mapping[Node, Node] = {
    name("migratoryStatus:MS_EUMIGRANT"): name("migratoryStatus:MIGPER"),
    name("migratoryStatus:MS_NONEUMIGRANT"): name("migratoryStatus:MIGPER"),
}
DATES = (name("m4sd:startDate"), name("m4sd:endDate"), name("m4sd:date"))
HELD = name("m4sd:hasObservation")
PEOPLE = (name("sdmx-attribute:unitMeasure"), name("unit:persons"))
PLANNED = (name("m4sd:valueKind"), name("value-kind:planned"))

# Find triples by subject, predicate and object, None standing for anything.
View = Callable[[Term | None, NamedNode | None, Term | None], Iterable[Triple]]
Cell = Mapping[NamedNode, Node]
Key = tuple[tuple[object, ...], frozenset[tuple[NamedNode, Node]]]


@dataclass(frozen=True, slots=True)
class Count:
    """Hold how many people an observation counts, of which table, and in which cell of it: dimension -> value."""

    node: Node
    table: tuple[object, ...]
    cell: Cell
    path: NamedNode
    value: Decimal


def counts(nodes: Iterable[Term], view: View) -> Iterator[Count]:
    """Yield the counts of people beside some observations and by them; what is only planned counts nobody."""
    results = dict.fromkeys(each.subject for node in nodes for each in view(None, HELD, node))
    for result in (each for each in results if not isinstance(each, Triple)):
        for held in view(result, HELD, None):
            yield from _figures(result, held.object, view)


def small(found: Iterable[Count], threshold: int) -> Iterator[Count]:
    """Yield the counts of a part of the people that are below the threshold; nobody (0) is recognised in no one."""
    return (each for each in found if each.cell and 0 < each.value < threshold)


def computable(found: Iterable[Count], threshold: int) -> Iterator[tuple[Count, Sequence[Count]]]:
    """Yield a whole and the parts of it that are given, where what they leave is below the threshold."""
    exact = [each for each in found if each.path == EXACT and len(each.cell) <= MOST]
    divided = _divided(exact)
    for whole in exact:
        for parts, together in divided.get((whole.table, frozenset(whole.cell.items())), ()):
            if 0 < whole.value - together < threshold:
                yield whole, parts


def _figures(result: Node, node: Node, view: View) -> Iterator[Count]:
    about = () if isinstance(node, Literal | Triple) else tuple(view(node, None, None))
    stated = {(triple.predicate, triple.object) for triple in about}
    if PEOPLE in stated and PLANNED not in stated:
        table = (result, frozenset(pair for pair in stated if pair[0] in DATES))
        cell = {p: o for p, o in stated if p.value.startswith(DIMENSION) and not str(o).endswith(f"/{TOTAL}>")}
        for path, value in stated:
            # What is no plain number is another rule's matter.
            if path in TELLING and isinstance(value, Literal) and PLAIN.fullmatch(value.value):
                yield Count(node, table, cell, path, Decimal(value.value))


def _divided(exact: Iterable[Count]) -> Mapping[Key, Sequence[tuple[Sequence[Count], Decimal]]]:
    """Return what divides each cell of a table along one dimension, all else alike, and how many it is together."""
    slices: dict[tuple[Key, NamedNode], dict[Node, Count]] = defaultdict(dict)
    for each in exact:
        for dimension, value in each.cell.items():
            rest = frozenset(pair for pair in each.cell.items() if pair[0] != dimension)
            slices[(each.table, rest), dimension][value] = each
    divided: dict[Key, list[tuple[Sequence[Count], Decimal]]] = defaultdict(list)
    for ((table, rest), dimension), inside in slices.items():
        for of, parts in _wholes(inside).items():
            cell = rest if of is None else rest | {(dimension, of)}
            divided[table, cell].append((parts, sum((part.value for part in parts), Decimal(0))))
    return divided


def _wholes(inside: Mapping[Node, Count]) -> Mapping[Node | None, Sequence[Count]]:
    """Return the parts of each value that has some, and those of the total (None), in which no part counts twice."""
    wholes: dict[Node | None, list[Count]] = defaultdict(list)
    for value, each in inside.items():
        if value in WHOLE:
            wholes[WHOLE[value]].append(each)
        if WHOLE.get(value) not in inside:
            wholes[None].append(each)
    return wholes
