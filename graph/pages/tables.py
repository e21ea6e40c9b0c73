"""Write a table of plain values as a file that people open: CSV (RFC 4180) or a sheet."""

import csv
import io
from collections.abc import Sequence
from typing import Final

from graph.errors import TooLarge
from graph.results.values import Value
from graph.results.xlsx import write_rows
from graph.store import Store

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def as_csv(head: Sequence[str], rows: Sequence[Sequence[Value]]) -> bytes:
    """Return a table as CSV; no cell can be taken for a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows([_safe(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8", "replace")


def as_xlsx(head: Sequence[str], rows: Sequence[Sequence[Value]]) -> bytes:
    """Return a table as a workbook of one sheet; raise SheetFull for what it would cut."""
    target = io.BytesIO()
    write_rows(head, rows, target)
    return target.getvalue()


def written(form: str, head: Sequence[str], rows: Sequence[Sequence[Value]], largest: int) -> bytes:
    """Return a table as `csv` or `xlsx`; raise TooLarge where it passes a bound on its bytes."""
    body = as_xlsx(head, rows) if form == "xlsx" else as_csv(head, rows)
    if len(body) > largest:
        raise TooLarge(largest)
    return body


def filed(_: Store, form: str, head: Sequence[str], rows: Sequence[Sequence[Value]], largest: int) -> bytes:
    """Write a table that a page has already, in a worker: a sheet takes memory."""
    return written(form, head, rows, largest)


def _safe(value: Value) -> Value:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
