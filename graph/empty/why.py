"""Take a query without an answer apart: name the first part that matches nothing, and write the query so that it does.

What is offered was asked before: it has rows. Several mistakes are mended one after the other.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Final

from graph.empty import filters, iris, literals, relations, whole
from graph.empty.mend import Mend
from graph.empty.parts import Culprit, culprit
from graph.empty.told import Explanation
from graph.empty.trial import OutOfTime, Trial
from graph.errors import Said, said
from graph.query import Question, evaluate, refuse
from graph.sparql.edit import edited
from graph.sparql.syntax import place
from graph.store import Store

ROUNDS: Final = 4  # mistakes in one query
MOST: Final = 24  # mends that are tried for one of them


@dataclass(slots=True)
class _Found:
    """Gather what is known so far: the first mistake, and the query as mended up to now."""

    first: Explanation | None = None
    text: str = ""


def why(store: Store, question: Question) -> Explanation | None:
    """Return why a query is empty, and a query like it that is not; nothing where it has an answer."""
    refuse(question.text)
    evaluate(store, question)  # what cannot be read is refused as ever
    trial, found = Trial(store, question), _Found()
    try:
        if trial.some(trial.text):
            return None
        return _explained(trial, found)
    except OutOfTime:
        return found.first


def _explained(trial: Trial, found: _Found) -> Explanation | None:
    for mend in whole.dataset(trial):
        if mend.inference or trial.some(edited(trial.text, mend.edits)):
            return _told(trial, None, mend, trial)
    start = trial
    for _ in range(ROUNDS):
        blamed = culprit(trial, trial.query.where)
        mends = _mends(trial, blamed)
        better = _best(trial, blamed, mends, found, start)
        if better is None:
            return found.first
        trial = better
        if trial.some(trial.text):
            assert found.first is not None
            rows, more = trial.count(trial.text)
            return replace(found.first, better=trial.text, rows=rows, more=more)
    return found.first


def _mends(trial: Trial, blamed: Culprit | None) -> Iterator[Mend]:
    if blamed is None:
        return whole.modifiers(trial)
    rooms = (iris.unknown, literals.otherwise, filters.otherwise, relations.otherwise)
    return islice(chain.from_iterable(room(trial, blamed) for room in rooms), MOST)


def _best(trial: Trial, blamed: Culprit | None, mends: Iterator[Mend], found: _Found, start: Trial) -> Trial | None:
    """Return a trial of the query with the first mend that gives rows, or else with one that gets further."""
    further: tuple[Mend, Trial] | None = None
    for mend in mends:
        if found.first is None:
            found.first = _told(start, blamed, mend, None)
        text = edited(trial.text, mend.edits) if mend.edits else ""
        if not text:
            continue
        other = trial.again(text)
        if other.some(text):
            _keep(found, start, blamed, mend, trial)
            return other
        if further is None and _gets_further(other, blamed):
            further = mend, other
    if found.first is None:
        found.first = _told(start, blamed, None, None)
    if further is None:
        return None
    _keep(found, start, blamed, further[0], trial)
    return further[1]


def _keep(found: _Found, start: Trial, blamed: Culprit | None, mend: Mend, trial: Trial) -> None:
    """Say of the first mistake what its mend says."""
    if trial is start:
        found.first = _told(start, blamed, mend, None)


def _gets_further(other: Trial, blamed: Culprit | None) -> bool:
    """Return whether another part is to blame now: one that comes later in what is asked."""
    now = culprit(other, other.query.where)
    if blamed is None or now is None:
        return now is None
    return len(now.before.split()) > len(blamed.before.split())


def _told(trial: Trial, blamed: Culprit | None, mend: Mend | None, better: Trial | None) -> Explanation:
    words = mend.words if mend else _nothing(blamed)
    whole_text, inference = (better.text if better else ""), bool(mend and mend.inference)
    if better and mend and mend.edits:
        whole_text = edited(trial.text, mend.edits)
    rows, more = 0, False
    if whole_text:
        question = replace(trial.question, default_graphs=(), named_graphs=()) if inference else trial.question
        rows, more = Trial(trial.store, question, trial.until).count(whole_text)
    if blamed is None:
        return Explanation(words, better=whole_text, rows=rows, inference=inference, more=more)
    line, column = place(trial.text, blamed.unit.at)
    return Explanation(words, blamed.unit.text.strip(), line, column, whole_text, rows, inference, more)


def _nothing(blamed: Culprit | None) -> Said:
    if blamed is None:
        return said("each part of the query matches something, and the whole leaves no row")
    if blamed.before:
        return said("up to this part there are rows; with it there are none")
    return said("this part matches nothing")
