"""Compare validation reports as the W3C's SHACL suite does: as graphs, blank nodes up to renaming.

What counts is whether the data conforms, and of each result its focus, path, value, severity, component and shape; its
message only where the expected report has one. Paths are compared by how they are built, not by how often a report
spells them.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from bench.shacl_w3c_manifest import FIRST, REST, SH, Triples, report
from bench.w3c_compare import same_graphs
from graph.names import name, short

PATH: Final = SH + "resultPath"
MESSAGE: Final = SH + "resultMessage"
COMPARED: Final = frozenset(
    SH + kind
    for kind in (
        "conforms", "result", "focusNode", "value", "resultSeverity", "sourceConstraintComponent", "sourceShape",
        "resultPath",
    )
)  # fmt: skip


def difference(expected: Triples, found: Triples, *, by_value: bool = False, messages: bool = True) -> str:
    """Say for a person in what two reports differ; nothing where they are the same.

    `by_value` is for what a store found: it keeps the value of a number, not its spelling.
    """
    message = messages and any(triple.predicate.value == MESSAGE for triple in expected)
    wanted, given = compared(expected, message=message), compared(found, message=message)
    if same_graphs(_quads(wanted), _quads(given), by_value=by_value):
        return ""
    asked, had = Counter(_results(wanted)), Counter(_results(given))
    missing, surplus = sorted((asked - had).elements()), sorted((had - asked).elements())
    return f"missing {missing}, too many {surplus}" if missing or surplus else "the same but for blank nodes"


def compared(triples: Triples, *, message: bool = False) -> Triples:
    """Return of a report's triples those that count, each path as one term."""
    heads = [t.subject for t in triples if t.predicate.value == SH + "conforms"]
    whole = report(triples, heads[0]) if heads else ()
    kept = COMPARED | {MESSAGE} if message else COMPARED
    return tuple(_spelt(t, whole) for t in whole if t.predicate.value in kept and t.subject not in _paths(whole))


def _paths(whole: Triples) -> set[object]:
    said = {triple.object for triple in whole if triple.predicate.value == SH + "result"}
    heads = {triple.subject for triple in whole if triple.predicate.value == SH + "conforms"}
    return {triple.subject for triple in whole if triple.subject not in said | heads}


def _spelt(triple: Triple, whole: Triples) -> Triple:
    if triple.predicate.value != PATH:
        return triple
    return Triple(triple.subject, triple.predicate, Literal(_path(triple.object, whole)))


def _path(node: object, whole: Triples) -> str:
    """Return a path (SHACL, 2.3.1) in one spelling; a list is a sequence, whatever else is said of it."""
    about = [t for t in whole if t.subject == node and isinstance(node, BlankNode)]
    is_list = any(triple.predicate == FIRST for triple in about)
    kept = [t for t in about if not is_list or t.predicate in (FIRST, REST)]
    parts = sorted(f"{t.predicate.value.rpartition('#')[2]} {_path(t.object, whole)}" for t in kept)
    return f"[{'; '.join(parts)}]" if parts else str(node)


def _quads(triples: Iterable[Triple]) -> list[Quad]:
    return [Quad(t.subject, t.predicate, t.object) for t in triples]


def _results(triples: Triples) -> list[str]:
    heads = {t.object for t in triples if t.predicate == name("sh:result")}
    said = {head: sorted(_words(t) for t in triples if t.subject == head) for head in heads}
    conforms = [_words(t) for t in triples if t.predicate.value == SH + "conforms"]
    return [" ".join(words) for words in said.values()] + conforms


def _words(triple: Triple) -> str:
    term = triple.object
    spelt = "_:" if isinstance(term, BlankNode) else short(term.value) if isinstance(term, NamedNode) else str(term)
    return f"{triple.predicate.value.rpartition('#')[2]}={spelt}"
