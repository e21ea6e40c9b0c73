"""Say in the words of a table what a rule says in those of a record: columns in place of properties."""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

from pyoxigraph import NamedNode

from graph.names import PREFIXES
from graph.template.labels import in_language
from graph.template.layout import Column, columns
from graph.validate.report import Words

_NAME: Final = r"[a-z][\w-]*:[A-Za-z][\w-]*"
_ASIDE: Final = re.compile(rf" \((?P<within>[^()]*?\b{_NAME}[^()]*)\)")
_TERM: Final = re.compile(rf"\b(?P<term>{_NAME})(?P<yes> true)?")
_QUOTES: Final[Mapping[str, str]] = {"en": "“{}”", "fr": "«\u00a0{}\u00a0»"}
_YES: Final[Mapping[str, str]] = {"en": "yes", "fr": "oui"}


def in_columns(message: Words, kind: NamedNode) -> Words:
    """Return a message in which the columns of a class stand for its properties.

    What stands in brackets is left out where it names a property or a code for which the table has no column.
    """
    return {lang: _in_columns(text, lang, _by_path(kind)) for lang, text in message.items()}


def _in_columns(text: str, lang: str, known: Mapping[str, Column]) -> str:
    bare = _ASIDE.sub(lambda aside: aside[0] if _is_told(aside["within"], known) else "", text)
    return _TERM.sub(_column(lang, known), bare)


def _is_told(text: str, known: Mapping[str, Column]) -> bool:
    """Return whether a table has a column, of one language, for each property that a text names."""
    found = [known.get(_iri(term["term"])) for term in _TERM.finditer(text)]
    return all(column is not None and not column.lang for column in found)


def _column(lang: str, known: Mapping[str, Column]) -> Callable[[re.Match[str]], str]:
    def words(term: re.Match[str]) -> str:
        column = known.get(_iri(term["term"]))
        if column is None:
            return term[0]
        named = _QUOTES.get(lang, _QUOTES["en"]).format(in_language(column.label, lang))
        colon = "\u00a0: " if lang == "fr" else ": "
        return f"{named}{colon}{_YES.get(lang, _YES['en'])}" if term["yes"] else named

    return words


@cache
def _by_path(kind: NamedNode) -> Mapping[str, Column]:
    return {each.field.path.value: each for each in reversed(columns(kind)) if each.field is not None}


def _iri(term: str) -> str:
    prefix, _, local = term.partition(":")
    return PREFIXES.get(prefix, "") + local
