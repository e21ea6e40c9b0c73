"""Hold the part of a query that brings nodes: focus nodes first, then the values to which paths lead."""

from collections.abc import Iterable
from dataclasses import dataclass

from graph.validate.compile.path import Path, as_sparql, is_nullable

# Stands in a query for the pattern that binds ?this: the targets of a shape, or the nodes that are asked for.
FOCUS = "«focus»"
THIS = "this"


@dataclass(frozen=True, slots=True)
class Flow:
    """Bind `keys` by a pattern; the last key is the node where the flow stands."""

    pattern: str
    keys: tuple[str, ...]

    @property
    def at(self) -> str:
        """Return the name of the variable where the flow stands."""
        return self.keys[-1]

    def step(self, path: Path, name: str) -> "Flow":
        """Return the flow of the values of a path.

        A path of no length is written apart: SPARQL finds it for nodes of the graph only, and a focus node need not be
        one (SPARQL 1.1 Query, 9.3).
        """
        on = f"{self.pattern} ?{self.at} {as_sparql(path)} ?{name} ."
        if is_nullable(path):
            on = f"{{ {self.pattern} BIND(?{self.at} AS ?{name}) }} UNION {{ {on} }}"
            return Flow(f"{{ {on} }}", (*self.keys, name))
        return Flow(on, (*self.keys, name))

    def narrow(self) -> "Flow":
        """Return the flow of the distinct nodes where this one stands, without whence each came."""
        return self if len(self.keys) == 1 else Flow(select([self.at], self.pattern), (self.at,))


START = Flow(FOCUS, (THIS,))


def query(names: Iterable[str], pattern: str, tail: str = "") -> str:
    """Write a query for the distinct bindings of some variables."""
    return " ".join(["SELECT DISTINCT", variables(names), "WHERE {", pattern, "}", tail])


def select(names: Iterable[str], pattern: str, tail: str = "") -> str:
    """Write the same as a part of another query."""
    return f"{{ {query(names, pattern, tail)} }}"


def variables(names: Iterable[str]) -> str:
    """Write names as variables."""
    return " ".join(f"?{name}" for name in names)


def union(patterns: Iterable[str]) -> str:
    """Write that any of some patterns may hold."""
    return " UNION ".join(f"{{ {pattern} }}" for pattern in patterns)


def absent(flow: Flow, pattern: str, name: str) -> str:
    """Write that nothing matches a pattern, which binds `name`.

    FILTER NOT EXISTS is planned as an anti-join over all that matches, whatever the flow brings: 19 s at 1M triples.
    """
    return f"{flow.pattern} OPTIONAL {{ {pattern} }} FILTER(!BOUND(?{name}))"
