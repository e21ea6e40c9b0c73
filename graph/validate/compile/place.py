"""Say where a constraint stands, and what of it a pattern finds broken."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode

from graph.validate.compile.constraint import Constraint
from graph.validate.compile.flow import Flow
from graph.validate.compile.path import Path, Term

# Returns a pattern that binds the nodes of a flow which break a shape; None where none can.
Breaks = Callable[[Term, Flow], str | None]


@dataclass(frozen=True, slots=True)
class Place:
    """Bring the focus nodes and the value nodes of a constraint, and what else its query needs."""

    focus: Flow
    values: Flow
    path: Path | None
    breaks: Breaks
    kinds: Callable[[Term], Collection[NamedNode]]
    names: Iterator[str]


@dataclass(frozen=True, slots=True)
class Broken:
    """Bind what breaks a constraint.

    `value` and `path` name the variables of the result, `extra` what tells one result from another; `alone` where only
    one focus node at a time may be asked for.
    """

    pattern: str
    value: str | None = None
    path: str | None = None
    extra: tuple[str, ...] = ()
    alone: bool = False


Compile = Callable[[Constraint, Place], Broken | None]
