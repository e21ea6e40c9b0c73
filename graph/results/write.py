"""Write the engine's results in a named format, within a bound."""

import io
import re
from dataclasses import dataclass
from typing import Final

from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    parse_query_results,
    serialize,
)

from graph.errors import NotInXml, TooLarge
from graph.names import prefixes_of
from graph.results.html import write_html
from graph.results.parquet import write_parquet
from graph.results.table import Table, table_of, to_json
from graph.results.xlsx import write_xlsx
from graph.store import QueryResult, Store

ROWS: Final = {
    "json": QueryResultsFormat.JSON,
    "xml": QueryResultsFormat.XML,
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
}
TRIPLES: Final = {
    "turtle": RdfFormat.TURTLE,
    "jsonld": RdfFormat.JSON_LD,
    "nt": RdfFormat.N_TRIPLES,
    "rdfxml": RdfFormat.RDF_XML,
}
PARQUET: Final = "parquet"
# Those with labels, by the language of these.
SHEETS: Final = {"xlsx-en": "en", "xlsx-fr": "fr"}
PAGES: Final = {"html-en": "en", "html-fr": "fr"}
# For a terminal: cells with labels, as JSON.
TABLE: Final = "table"
# What XML 1.0 (2.2) has no way to write, as UTF-8; the engine writes it nevertheless.
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_NO_CHARACTERS: Final = ("\ufffe".encode(), "\uffff".encode())
# An answer without rows is its head only; what is longer has rows.
_HEAD: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Written:
    """Carry what was written, whether it holds no row or triple, and how many where they were counted."""

    body: bytes
    empty: bool
    count: int = 0


class Bounded(io.BytesIO):
    """Take bytes up to a bound; raise TooLarge at the write that passes it."""

    def __init__(self, largest: int) -> None:
        super().__init__()
        self._largest = largest

    def write(self, data: object) -> int:
        """Write as BytesIO does."""
        written = super().write(data)  # type: ignore[arg-type]  # any buffer, as BytesIO takes it
        if self.tell() > self._largest:
            raise TooLarge(self._largest)
        return written


def write(result: QueryResult, name: str, store: Store, largest: int) -> Written:
    """Write a result in the format of this name; raise TooLarge where it passes `largest` bytes."""
    target = Bounded(largest)
    if name == TABLE:
        table = table_of(result, store)
        target.write(to_json(table))
        return Written(target.getvalue(), _says_nothing(table))
    if name in PAGES:
        return _counted(result, write_html(result, PAGES[name], store, target), target)
    if isinstance(result, QueryTriples):
        return _write_triples(result, TRIPLES[name], target)
    if name in SHEETS:
        return _counted(result, write_xlsx(result, SHEETS[name], store, target), target)
    if name == PARQUET:
        return _counted(result, write_parquet(result, target), target)
    return _write_rows(result, ROWS[name], target)


def _counted(result: QueryResult, count: int, target: Bounded) -> Written:
    return Written(target.getvalue(), not (bool(result) if isinstance(result, QueryBoolean) else count), count)


def _write_triples(result: QueryTriples, form: RdfFormat, target: Bounded) -> Written:
    found = sorted(set(result), key=str)  # a graph holds a triple once, and equal answers are equal bytes
    serialize(found, target, format=form, prefixes=prefixes_of(found))
    body = target.getvalue()
    if form == RdfFormat.RDF_XML:
        _require_xml(body, ("Turtle", "JSON-LD", "N-Triples"))
    return Written(body, not found)


def _write_rows(result: QuerySolutions | QueryBoolean, form: QueryResultsFormat, target: Bounded) -> Written:
    result.serialize(target, format=form)
    body = target.getvalue()
    if form == QueryResultsFormat.XML:
        _require_xml(body, ("JSON", "CSV", "TSV"))
    return Written(body, not bool(result) if isinstance(result, QueryBoolean) else _has_no_row(body, form))


def _require_xml(body: bytes, others: tuple[str, ...]) -> None:
    """Raise NotInXml for a body with a character that makes it no XML."""
    control = _CONTROL.search(body)
    found = control[0] if control else next((each for each in _NO_CHARACTERS if each in body), b"")
    if found:
        raise NotInXml(f"U+{ord(found.decode()):04X}", others)


def _says_nothing(table: Table) -> bool:
    return not table.rows or (table.head == ("ask",) and table.rows[0][0].text == "false")


def _has_no_row(body: bytes, form: QueryResultsFormat) -> bool:
    if len(body) > _HEAD:
        return False
    if form == QueryResultsFormat.CSV:
        return body.count(b"\n") <= 1  # the header
    rows = parse_query_results(body, format=form)
    return not isinstance(rows, QueryBoolean) and next(rows, None) is None
