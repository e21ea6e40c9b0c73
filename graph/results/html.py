"""Write an answer as an HTML table for a page to hold: the worker does it, since a long one is heavy."""

from functools import lru_cache
from html import escape
from typing import BinaryIO, Final
from urllib.parse import quote

from graph.results.table import Cell, Labels, head_of, in_words, rows_of
from graph.results.values import Term
from graph.store import QueryResult, Store

_AT_ONCE: Final = 500  # rows handed on together


def write_html(result: QueryResult, lang: str, store: Store, target: BinaryIO) -> int:
    """Write an answer and return its number of rows: each IRI links to what is said of it, its label beside it."""
    labels = Labels(store)

    @lru_cache(maxsize=100_000)
    def cell(term: Term) -> str:
        return _cell(labels.cell(term), lang)

    names = "".join(f'<th scope="col">{escape(name)}</th>' for name in head_of(result))
    target.write(f"<table>\n<thead><tr>{names}</tr></thead>\n<tbody>\n".encode())
    count, waiting = 0, list[str]()
    for row in rows_of(result):
        count += 1
        waiting.append(f"<tr>{''.join(map(cell, row))}</tr>\n")
        if len(waiting) == _AT_ONCE:
            target.write("".join(waiting).encode())
            waiting.clear()
    target.write(f"{''.join(waiting)}</tbody>\n</table>\n".encode())
    return count


def _cell(cell: Cell, lang: str) -> str:
    if cell.iri:
        return f"<td>{_link(cell, lang)}</td>"
    if cell.lang:
        spoken = escape(cell.lang)
        return f'<td lang="{spoken}">{escape(cell.text)} <span class="lang">{spoken}</span></td>'
    return f"<td>{escape(cell.text)}</td>"


def _link(cell: Cell, lang: str) -> str:
    """Return a link to this same endpoint, whatever its address; the IRI itself may be anything, so it is no link.

    The label comes first, in another language than the reader's where it must, and the IRI in short behind it.
    """
    query = quote(f"DESCRIBE <{cell.iri}>", safe="/:")
    begin = f'<a href="?query={query}&amp;lang={lang}" title="{escape(cell.iri)}"'
    words, spoken = in_words(cell.labels, lang)
    if not words:
        return f"{begin}>{escape(cell.text)}</a>"
    iri, known = f' <code class="iri">{escape(cell.text)}</code>', escape(spoken)
    if spoken == lang:
        return f"{begin}>{escape(words)}</a>{iri}"
    return f'{begin} lang="{known}">{escape(words)}</a> <span class="lang">{known}</span>{iri}'
