"""Follow a change through rules: delete all that rested on what is lost, derive again what still stands, add the rest.

This is the method of A. Gupta, I. S. Mumick, V. S. Subrahmanian: Maintaining Views Incrementally (SIGMOD 1993), with
the semi-naive evaluation of rules: each rule is tried only on the triples that changed.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from pyoxigraph import Triple

from graph.reason.known import Layer, With, Without
from graph.reason.rulebook import Rulebook, Skip


@dataclass(frozen=True, slots=True)
class Followed:
    """Say which triples do not hold any more, which came or came back, and what is known after the change."""

    gone: Collection[Triple]
    come: Collection[Triple]
    now: Layer


def follow(rules: Rulebook, old: Layer, lost: Iterable[Triple], won: Iterable[Triple], stays: Skip) -> Followed:
    """Return what changes in a layer that is closed under the rules when its base loses and wins triples.

    `stays` says of a triple whether it is in the new base, or known to hold whatever else goes.
    """
    doubtful = _doubtful(rules, old, lost, stays)
    left = Without(old, doubtful)
    again = [each for each in doubtful if rules.proves(each, left)]
    now = With(left)
    come = _added(rules, now, left, [*again, *(each for each in won if not left.holds(each))])
    return Followed({each for each in doubtful if not now.holds(each)}, come, now)


def _doubtful(rules: Rulebook, old: Layer, lost: Iterable[Triple], stays: Skip) -> dict[Triple, None]:
    """Return what is lost, and all that was derived from it in some way."""
    found = dict.fromkeys(lost)
    work = list(found)
    while work:
        for each in rules.follow(work.pop(), old, lambda triple: triple in found or stays(triple)):
            if each not in found:
                found[each] = None
                work.append(each)
    return found


def _added(rules: Rulebook, now: With, before: Layer, new: Iterable[Triple]) -> set[Triple]:
    """Make known what is new and all that follows from it; return it."""
    found = set(new)
    for each in found:
        now.add(each)
    work = list(found)
    while work:
        for each in rules.follow(work.pop(), now, lambda triple: triple in found or before.holds(triple)):
            if each not in found:
                found.add(each)
                now.add(each)
                work.append(each)
    return found
