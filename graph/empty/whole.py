"""Say what of a query as a whole leaves no row: its dataset, what is inferred and not asked, LIMIT, OFFSET, HAVING."""

from collections.abc import Iterator
from dataclasses import replace

from graph.empty.iris import misnamed
from graph.empty.mend import Mend
from graph.empty.trial import Trial
from graph.errors import Said, said
from graph.names import ASSERTED
from graph.sparql.edit import Edit
from graph.sparql.tokens import Token


def dataset(trial: Trial) -> Iterator[Mend]:
    """Yield a mend where the graphs that are chosen leave out what is asked for."""
    question, clauses = trial.question, trial.query.dataset
    graphs = question.default_graphs + question.named_graphs
    if graphs:
        open_one = Trial(trial.store, replace(question, default_graphs=(), named_graphs=()), trial.until)
        if open_one.some(trial.text):
            yield Mend(_outside(graphs == (ASSERTED.value,), ", ".join(graphs)), (), inference=True)
    elif clauses:
        edit = Edit(clauses[0].start, trial.query.where.start, "")
        named = [token for token in clauses if token.kind in ("iri", "name")]
        iris = tuple(trial.iri(token) for token in named)
        yield Mend(_outside(iris == (ASSERTED.value,), ", ".join(token.text for token in named)), (edit,))


def _outside(stated: bool, present: str) -> Said:
    if stated:
        return said("what is asked for is not stated but inferred, and only what is stated was asked")
    return said("the graphs that were chosen hold nothing of this: {present}", present=present)


def modifiers(trial: Trial) -> Iterator[Mend]:
    """Yield mends for a query whose pattern matches, and which gives no row all the same."""
    if trial.query.form == "DESCRIBE":
        yield from misnamed(trial, ((token, "s") for token in trial.query.head if token.kind in ("iri", "name")))
    tail = list(trial.query.tail)
    for place, token in enumerate(tail):
        word = token.text.upper()
        after = tail[place + 1] if place + 1 < len(tail) else None
        if word in ("LIMIT", "OFFSET") and after is not None:
            words = said("{present} leaves no row of what is found", present=f"{word} {after.text}")
            yield Mend(words, (Edit(token.start, after.start + len(after.text), ""),))
        elif word == "HAVING":
            words = said("HAVING lets no group through")
            yield Mend(words, (Edit(token.start, _end_of_having(tail, place), ""),))


def _end_of_having(tail: list[Token], place: int) -> int:
    depth, last = 0, tail[place]
    for token in tail[place + 1 :]:
        if depth == 0 and token.text.upper() in ("ORDER", "LIMIT", "OFFSET", "VALUES"):
            break
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        last = token
    return last.start + len(last.text)
