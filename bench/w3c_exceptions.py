"""List the tests of the suite that fail, why, and where that is discussed: every failure is here or a fault of ours.

All are faults of the engine (pyoxigraph 0.5.13, the newest release); those that Oxigraph's own run of the suite leaves
out are marked so in `testsuite/tests/sparql.rs` of its repository.
"""

from dataclasses import dataclass
from typing import Final

ENGINE: Final = "https://github.com/oxigraph/oxigraph"


@dataclass(frozen=True, slots=True)
class Reason:
    """Say why a test fails, and where one can read more."""

    words: str
    links: tuple[str, ...]


_GROUP_CONCAT = Reason(
    "GROUP_CONCAT keeps a language tag that all values share; the suite asks for a plain string since February 2026. "
    "Mended upstream, not yet released.",
    (f"{ENGINE}/pull/1717", "https://github.com/w3c/rdf-tests/issues/280"),
)
_SCOPE = Reason(
    "GRAPH ?g binds ?g inside its group, too, where it is not in scope. Admitted upstream, mended there, not yet "
    "released.",
    (f"{ENGINE}/issues/1450", f"{ENGINE}/pull/1758"),
)
_PATH = Reason(
    "A path of length zero from or to a constant is not found where the data does not hold the constant. Admitted "
    "upstream, mended there, not yet released.",
    (f"{ENGINE}/pull/1815", f"{ENGINE}/issues/317"),
)
_BNODE = Reason(
    "BNODE(text) gives one blank node for a text in all solutions, not a new one in each. Oxigraph's own run compares "
    "row by row and does not notice.",
    ("https://www.w3.org/TR/sparql11-query/#func-bnode",),
)

EXCEPTIONS: Final[dict[str, Reason]] = {
    "aggregates#agg-groupconcat-04": _GROUP_CONCAT,
    "aggregates#agg-groupconcat-06": _GROUP_CONCAT,
    "aggregates#agg-empty-group-count-graph": _SCOPE,
    "bindings#graph": _SCOPE,
    "negation#graph-minus": _SCOPE,
    "property-path#zero_or_more_set_start": _PATH,
    "property-path#zero_or_more_set_end": _PATH,
    "property-path#zero_or_one_set_start": _PATH,
    "property-path#zero_or_one_set_end": _PATH,
    "functions#bnode01": _BNODE,
}
