"""Say where a constraint stands, and what of it a pattern finds broken."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode

from graph.validate.compile.constraint import Constraint
from graph.validate.compile.flow import Flow, select
from graph.validate.compile.path import Path, Term

# Returns a pattern that binds the nodes of a flow which break a shape; None where none can.
Breaks = Callable[[Term, Flow], str | None]


@dataclass(frozen=True, slots=True)
class Test:
    """Tell by an expression whether a node fails, `binds` being what follows the pattern that brings the node.

    An expression without a value counts as false. Where a shape has a test, nobody need bring its nodes again.
    """

    binds: str
    fails: str

    def after(self, pattern: str) -> str:
        """Write which of the nodes that a pattern brings fail."""
        return f"{pattern} {self.binds} FILTER({self.fails})"


def either(tests: Collection[Test]) -> Test:
    """Return the test that a node fails by failing one of some."""
    return Test(" ".join(each.binds for each in tests), " || ".join(f"({each.fails})" for each in tests) or "false")


def every(tests: Collection[Test]) -> Test:
    """Return the test that a node fails by failing each of some."""
    return Test(" ".join(each.binds for each in tests), " && ".join(f"({each.fails})" for each in tests) or "true")


def opposite(test: Test) -> Test:
    """Return the test that a node fails by not failing another."""
    return Test(test.binds, f"!COALESCE({test.fails}, false)")


# Returns the test of a shape for the nodes that a variable stands for; None where none can be written.
Tests = Callable[[Term, str], Test | None]


@dataclass(frozen=True, slots=True)
class Place:
    """Bring the focus nodes and the value nodes of a constraint, and what else its query needs."""

    focus: Flow
    values: Flow
    path: Path | None
    breaks: Breaks
    tests: Tests
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


def failing(test: Test, values: Flow) -> str:
    """Write which values fail; each is looked up once, whatever it is the value of."""
    if not test.binds or len(values.keys) == 1:
        return test.after(values.pattern)
    return f"{values.pattern} {select([values.at], test.after(values.narrow().pattern))}"


Compile = Callable[[Constraint, Place], Broken | None]
