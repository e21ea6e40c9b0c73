"""Read a chart out of an answer: what is named in one column and measured in another."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal, NamedNode, QueryBoolean, QueryTriples

from graph.names import PREFIXES
from graph.query import Question, evaluate
from graph.results.table import Labels, head_of, in_words, rows_of
from graph.results.values import Term
from graph.store import Store

MOST_ROWS: Final = 10_000  # read of an answer
MOST_BARS: Final = 60
_NUMBERS: Final = frozenset(
    PREFIXES["xsd"] + each
    for each in (
        *("integer", "decimal", "double", "float", "int", "long", "short", "byte", "nonNegativeInteger"),
        *("positiveInteger", "negativeInteger", "nonPositiveInteger", "unsignedInt", "unsignedLong"),
    )
)
_MOMENTS: Final = frozenset(PREFIXES["xsd"] + each for each in ("date", "dateTime", "gYear", "gYearMonth"))


@dataclass(frozen=True, slots=True)
class Point:
    """Carry one measure: what it is of, and how much; the label's IRI where it has one."""

    label: str
    value: float
    iri: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """Carry the points of a chart in the order of the answer, whether they follow time, and what was left out."""

    measure: str
    points: tuple[Point, ...]
    in_time: bool
    left_out: int


def chart(store: Store, question: Question, lang: str) -> Chart | None:
    """Return an answer as a chart; nothing where it has no column of numbers, or nothing that names them."""
    result, _ = evaluate(store, question)
    if isinstance(result, QueryBoolean | QueryTriples):
        return None
    head = head_of(result)
    rows = [tuple(row) for row, _ in zip(rows_of(result), range(MOST_ROWS), strict=False)]
    numbers = [column for column in range(len(head)) if _all(rows, column, _NUMBERS)]
    moments = [column for column in range(len(head)) if _all(rows, column, _MOMENTS)]
    named = [column for column in range(len(head)) if column not in numbers]
    if not numbers or not (named or len(numbers) > 1):
        return None
    measured = numbers[-1]
    naming = moments[:1] or _naming(head, named or numbers[:-1], rows, lang)
    found = _points(rows, naming, measured, Labels(store), lang)
    in_time = naming == moments[:1]
    if in_time:
        found = sorted(found, key=lambda point: point.label)
    return Chart(head[measured], tuple(found[:MOST_BARS]), in_time, max(len(found) - MOST_BARS, 0))


def _all(rows: Sequence[Sequence[Term]], column: int, kinds: frozenset[str]) -> bool:
    values = [row[column] for row in rows if row[column] is not None]
    return bool(values) and all(isinstance(each, Literal) and each.datatype.value in kinds for each in values)


def _naming(head: Sequence[str], named: Sequence[int], rows: Sequence[Sequence[Term]], lang: str) -> list[int]:
    """Return the fewest columns, from the left, that tell all rows apart; a thing goes before its label columns."""
    labels = {f"{name}{end}" for name in head for end in ("En", "Fr")}
    columns = [column for column in named if head[column] not in labels] or list(named)
    distinct = len({tuple(row[column] for column in columns) for row in rows})
    for most in range(1, len(columns)):
        if len({tuple(row[column] for column in columns[:most]) for row in rows}) == distinct:
            return columns[:most]
    return columns


def _points(
    rows: Sequence[Sequence[Term]], naming: Sequence[int], measured: int, labels: Labels, lang: str
) -> list[Point]:
    found: dict[tuple[str, float], Point] = {}
    for row in rows:
        value = row[measured]
        if isinstance(value, Literal):
            words = " · ".join(filter(None, (_words(row[column], labels, lang) for column in naming)))
            first = row[naming[0]]
            point = Point(words or "–", float(value.value), first.value if isinstance(first, NamedNode) else "")
            found.setdefault((words, point.value), point)
    return list(found.values())


def _words(term: Term, labels: Labels, lang: str) -> str:
    cell = labels.cell(term)
    return in_words(cell.labels, lang)[0] or cell.text
