"""Find the few statements that cannot all be true, when records and ontology contradict each other.

Two judges take turns. Our own rules see in milliseconds a thing that is of two disjoint classes, which is nearly every
contradiction that a record can cause; HermiT, a second or more a question, sees all of them and has the last word.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from pyoxigraph import Triple

from graph import owl
from graph.check.clash import Clash, Statement, clash, flat, near, statements
from graph.check.hermit import ask
from graph.check.sentences import Labels, Words, both, cannot, say
from graph.reason.axioms import Node

Progress = Callable[[int, int], None]
T = TypeVar("T")

# A question to HermiT takes one to three seconds, so this is about five minutes at the most.
RUNS = 120


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Carry statements that contradict each other; `minimal` says that without any one of them they do not."""

    statements: tuple[Triple, ...]
    minimal: bool
    summary: Words
    sentences: tuple[Words, ...]


def contradiction(
    ontology: list[Triple], records: list[Triple], known: Labels, progress: Progress, runs: int = RUNS
) -> Contradiction:
    """Return a smallest contradiction within triples that HermiT finds inconsistent, after `runs` questions at most.

    `progress` is told before each question its number and how many statements are still suspected.
    """
    axioms, frame = statements(ontology)
    facts: list[Statement] = [(triple,) for triple in sorted(records, key=_plainness)]
    suspects = _by_rules(axioms, facts, frame)
    asked = 0

    def contradictory(some: list[Statement]) -> bool:
        nonlocal asked
        asked += 1
        progress(asked, len(some))
        return not ask([*frame, *flat(some)]).consistent

    if suspects and not contradictory(suspects):
        suspects = []
    found, minimal = shrink(suspects or [*axioms, *facts], contradictory, runs, coarse=not suspects)
    said = [each for each in facts if each in found], [each for each in axioms if each in found]
    return _told(*said, clash(said[1], said[0], frame), known, minimal=minimal)


def shrink(
    items: list[T], broken: Callable[[list[T]], bool], runs: int | None = None, *, coarse: bool = True
) -> tuple[list[T], bool]:
    """Leave out what is not needed to stay broken, by halves and then one by one; say whether that came to its end.

    What is left is broken at every moment, so that it may stop after `runs` questions with a true if wordy answer.
    """
    size, asked = (max(1, len(items) // 2) if coarse else 1), 0
    while True:
        start = 0
        while start < len(items):
            if asked == runs:
                return items, False
            asked += 1
            rest = items[:start] + items[start + size :]
            if broken(rest):
                items = rest
            else:
                start += size
        if size == 1:
            return items, True
        size //= 2


def _plainness(triple: Triple) -> tuple[bool, str]:
    # What comes first is left out first: the types that a record states explain most, and stay to the last.
    return triple.predicate == owl.TYPE, str(triple)


def _by_rules(axioms: list[Statement], facts: list[Statement], frame: list[Triple]) -> list[Statement]:
    """Return a few statements that clash by our own rules, or nothing where these see no clash."""
    seen = clash(axioms, facts, frame)
    if seen is None:
        return []

    def enough(some: list[Statement]) -> bool:
        return clash(axioms, some, frame) is not None

    few, _ = shrink(near(facts, seen.thing, enough), enough)
    reasons, _ = shrink(axioms, lambda some: clash(some, few, frame) is not None)
    return reasons + few


def _told(
    facts: list[Statement], axioms: list[Statement], seen: Clash | None, known: Labels, *, minimal: bool
) -> Contradiction:
    summary = both(seen.thing, *_classes(seen, facts), known) if seen else cannot()
    sentences = tuple(say(each, known) for each in [*facts, *axioms])
    return Contradiction(tuple(each[0] for each in [*facts, *axioms]), minimal, summary, sentences)


def _classes(seen: Clash, facts: list[Statement]) -> tuple[Node, Node]:
    """Return the two classes to name: those that the records state, where they state two, else the disjoint ones."""
    stated = [fact[0].object for fact in facts if fact[0].predicate == owl.TYPE and fact[0].subject == seen.thing]
    return (stated[0], stated[1]) if len(stated) == 2 else (seen.one, seen.other)
