"""Try queries that are like one without an answer, as long as there is time."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from time import process_time
from typing import Final

from pyoxigraph import NamedNode, QueryBoolean, QuerySolutions

from graph.errors import QueryError
from graph.names import PREFIXES, short
from graph.pages.terms import can_be_written
from graph.query import Question, evaluate
from graph.results.values import Term
from graph.sparql.reader import outline
from graph.sparql.tokens import Token, resolve, tokens
from graph.store import Store

BUDGET: Final = 2.5  # seconds of a processor for one explanation; a deadline stands behind it
MOST: Final = 1000  # rows that are counted


class OutOfTime(Exception):
    """Say that there is no time left to look for better."""


class Trial:
    """Ask queries in the place of one, in its dataset and with its prefixes."""

    def __init__(self, store: Store, question: Question, until: float = 0.0) -> None:
        self.store, self.question, self.text = store, question, question.text
        self.query = outline(self.text).query
        self.until = until or process_time() + BUDGET
        self.declared = dict(_declared(self.text, question.base))

    def again(self, text: str) -> "Trial":
        """Return a trial of an edited query, within the same time."""
        return Trial(self.store, replace(self.question, text=text), self.until)

    @property
    def prefixes(self) -> Mapping[str, str]:
        """Return what each prefix stands for in this query."""
        return PREFIXES | self.declared

    def some(self, text: str) -> bool:
        """Return whether a whole query has an answer; one that cannot be read has none."""
        return any(True for _ in self._answers(text))

    def count(self, text: str) -> tuple[int, bool]:
        """Return the number of rows of a whole query, up to a bound, and whether it has more."""
        answers = self._answers(text)
        return sum(1 for _ in islice(answers, MOST)), next(answers, None) is not None

    def holds(self, pattern: str) -> bool:
        """Return whether a pattern matches anything in the dataset of the query."""
        return self.some(f"{self._prologue()} ASK {self._dataset()} {{ {pattern} }}")

    def values(self, variables: str, pattern: str, rest: str = "") -> list[tuple[Term, ...]]:
        """Return the values of variables in a pattern, such as `?a ?b`; `rest` limits or groups them."""
        text = f"{self._prologue()} SELECT DISTINCT {variables} {self._dataset()} WHERE {{ {pattern} }} {rest}"
        return [tuple(row) for row in self._answers(text) if not isinstance(row, bool)]

    def iri(self, token: Token) -> str:
        """Return the IRI that a token stands for; nothing where it is none."""
        if token.kind == "iri":
            return resolve(self.question.base, token.text[1:-1])
        if token.kind == "name":
            prefix, _, local = token.text.partition(":")
            return self.prefixes[prefix] + local.replace("\\", "") if prefix in self.prefixes else ""
        return PREFIXES["rdf"] + "type" if token.text == "a" else ""

    def written(self, iri: str) -> str:
        """Return an IRI as this query can hold it, by a prefix where one fits."""
        name = short(iri)
        prefix = name.partition(":")[0]
        fits = can_be_written(name) and self.prefixes.get(prefix) == PREFIXES.get(prefix)
        return name if fits else f"<{iri}>"

    def _answers(self, text: str) -> Iterator[tuple[Term, ...] | bool]:
        if process_time() > self.until:
            raise OutOfTime
        try:
            result, _ = evaluate(self.store, replace(self.question, text=text))
        except QueryError:  # what was tried makes no sense, and so no answer
            return
        if isinstance(result, QueryBoolean):
            yield from (True,) if result else ()
        elif isinstance(result, QuerySolutions):
            yield from (tuple(row) for row in result)
        else:
            yield from (True for _ in result)

    def _prologue(self) -> str:
        return self.text[: self.query.start]

    def _dataset(self) -> str:
        clauses = self.query.dataset
        return self.text[clauses[0].start : self.query.where.start] if clauses else ""


def _declared(text: str, base: str) -> Iterator[tuple[str, str]]:
    stream = tokens(text)
    for token in stream:
        if token.kind == "word" and token.text.upper() == "PREFIX":
            name = next(stream, token)
            yield name.text.rstrip(":"), resolve(base, next(stream, token).text.strip("<>"))


def known(store: Store, iri: str, place: str) -> bool:
    """Return whether an IRI occurs in a place of some triple: `s`, `p`, `o`, or `c`, as a class of something."""
    node = NamedNode(iri)
    if place == "c":
        return next(store.quads(p=NamedNode(PREFIXES["rdf"] + "type"), o=node), None) is not None
    return next(store.quads(**{place: node}), None) is not None
