"""Hold what is said of a query without an answer."""

from dataclasses import dataclass

from graph.errors import Said


@dataclass(frozen=True, slots=True)
class Explanation:
    """Carry why a query is empty: in words, which part of it, where that begins, and a query that has rows.

    `better` was asked before it is offered and gave `rows`, or `more` than are counted; with `inference`, of everything
    published.
    """

    words: Said
    part: str = ""
    line: int = 0
    column: int = 0
    better: str = ""
    rows: int = 0
    inference: bool = False
    more: bool = False
