"""Write a report in a named format."""

from collections.abc import Callable, Mapping
from typing import Final

from graph.validate.report import Report
from graph.validate.written.as_html import as_fragment, as_html
from graph.validate.written.as_json import as_json
from graph.validate.written.as_junit import as_junit
from graph.validate.written.as_rdf import as_jsonld, as_turtle
from graph.validate.written.as_table import as_csv, as_xlsx
from graph.validate.written.as_text import as_text
from graph.validate.written.formats import FRAGMENT
from graph.validate.written.voice import Say, Voice

Writer = Callable[[Report, Voice], bytes]

_WRITERS: Final[Mapping[str, Writer]] = {
    "text": as_text,
    "json": as_json,
    "turtle": as_turtle,
    "jsonld": as_jsonld,
    "csv": as_csv,
    "xlsx": as_xlsx,
    "html": as_html,
    FRAGMENT: as_fragment,
    "junit": as_junit,
}


def write_report(report: Report, form: str, say: Say, lang: str, sources: Mapping[str, str]) -> bytes:
    """Write a report; `say` translates, and `sources` are the texts of the files by the names that findings carry."""
    return _WRITERS[form](report, Voice(say, lang, sources))
