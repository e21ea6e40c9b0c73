"""Refuse queries of shapes whose variables cannot be bound before they run (SHACL, 5.2.1 and Appendix A)."""

import rdflib
from pyparsing import ParseBaseException
from rdflib import SH
from rdflib.plugins.sparql.parser import parseQuery

from graph.errors import Said, said
from graph.sparql.tokens import tokens
from graph.store import Store
from graph.validate.compile.path import Path, as_sparql
from graph.validate.refused import ShapesUnusable

_FORBIDDEN = {"MINUS", "VALUES", "SERVICE"}


def require_prebindable(graph: rdflib.Graph) -> None:
    """Stop at the first query that holds what the standard forbids."""
    for predicate, bound in ((SH.select, {"this"}), (SH.ask, {"this", "value"})):
        for text in graph.objects(None, predicate):
            why = _refusal(str(text), bound)
            if why is not None:
                raise ShapesUnusable(why)


def require_readable(text: str, path: Path | None) -> None:
    """Stop at the query of a constraint that is no SPARQL.

    The engine also refuses what only makes sense once $this is bound, such as a count without a group; rdflib does not.
    """
    if not text:
        return
    for name in ("$PATH", "?PATH"):
        text = text.replace(name, as_sparql(path) if path else name)
    try:
        Store().query(text)
    except SyntaxError:
        try:
            parseQuery(text)
        except ParseBaseException as error:
            raise ShapesUnusable(said("a query cannot be read: {why}", why=error)) from error


def _refusal(text: str, bound: set[str]) -> Said | None:
    words = [token.text for token in tokens(text) if token.kind != "string"]
    upper = [word.upper() for word in words]
    for at, word in enumerate(upper):
        if word in _FORBIDDEN:
            return said("a query holds {word}, which the standard forbids there", word=word)
        if word == "AS" and words[at + 1][1:] in bound:
            return said("a query gives ${name} a value of its own", name=words[at + 1][1:])
        if word == "SELECT" and "SELECT" in upper[:at] and not _returns_this(words[at:]):
            return said("a query inside a query does not return $this")
    return None


def _returns_this(words: list[str]) -> bool:
    head = words[: words.index("{")] if "{" in words else words
    return "$this" in head or "?this" in head
