"""Name the formats of a report: what loads no writer can know them."""

from collections.abc import Mapping
from typing import Final

FRAGMENT: Final = "fragment"  # of HTML, for a page of our own
FORMATS: Final[Mapping[str, str]] = {
    "text": "text/plain; charset=utf-8",
    "json": "application/json",
    "turtle": "text/turtle; charset=utf-8",
    "jsonld": "application/ld+json",
    "csv": "text/csv; charset=utf-8; header=present",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html; charset=utf-8",
    "junit": "application/xml",
}
"""The formats of a report, and the media type of each."""
