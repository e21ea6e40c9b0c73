"""Hold one way to mend a query: what is wrong, in words, and the edits that put it right."""

from dataclasses import dataclass

from graph.errors import Said
from graph.sparql.edit import Edit


@dataclass(frozen=True, slots=True)
class Mend:
    """Carry what is wrong with a part and the edits that may put it right; with `inference`, of everything."""

    words: Said
    edits: tuple[Edit, ...] = ()
    inference: bool = False
