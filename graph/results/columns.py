"""Read an answer into columns: each keeps a term once, so that long answers stay small."""

from array import array
from dataclasses import dataclass

from pyoxigraph import Literal, QueryBoolean, QuerySolutions

from graph.errors import SheetFull, said
from graph.results.values import Term

Filling = list[tuple[dict[Term, int], "array[int]"]]


@dataclass(frozen=True, slots=True)
class Column:
    """Hold a column: its terms, each once and the first of them None, and for each row the place of its term."""

    name: str
    terms: tuple[Term, ...]
    places: "array[int]"


def columns(result: QuerySolutions | QueryBoolean, most: int | None = None) -> tuple[Column, ...]:
    """Return the columns of an answer, one a variable; raise SheetFull where it has more than `most` rows."""
    if isinstance(result, QueryBoolean):
        return (Column("ask", (None, Literal(bool(result))), array("I", [1])),)
    names = [variable.value for variable in result.variables]
    filling: Filling = [({None: 0}, array("I")) for _ in names]
    _fill(filling, result, most)
    return tuple(Column(name, tuple(known), places) for name, (known, places) in zip(names, filling, strict=True))


def length(table: tuple[Column, ...]) -> int:
    """Return the number of rows."""
    return len(table[0].places) if table else 0


def _fill(filling: Filling, result: QuerySolutions, most: int | None) -> None:
    for number, row in enumerate(result, 1):
        if most is not None and number > most:
            raise SheetFull(said("a sheet has {most} rows, and one of them holds the names", most=most + 1))
        for (known, places), term in zip(filling, row, strict=True):
            places.append(known.setdefault(term, len(known)))
