"""Be a worker that checks records: what a stranger sends is parsed and judged here, and nowhere else."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from time import perf_counter
from typing import Final

from graph.errors import M4sdError, Said, TooLarge, said
from graph.names import BASE
from graph.store import Store
from graph.validate.files import texts, validate_files
from graph.validate.written.write import write_report
from server.checks import Check, Verdict, Written
from server.words import say

SAMPLE: Final = f"<{BASE}id/sample> a <{BASE}ontology#Meeting> .\n".encode()


def warm(store: Store) -> None:
    """Check something small, so that the shapes are read and compiled before anybody waits for it."""
    work(store, Check("", (("sample.ttl", SAMPLE),), "curated", False, (("json", "en"),), 0, 1 << 30))


def work(store: Store, asked: Check) -> Verdict:
    """Return the verdict on some files, or the error as data."""
    begin = perf_counter()
    try:
        return _judged(store, asked, begin)
    except M4sdError as error:
        told = {name: getattr(error, name) for name in ("line", "column") if getattr(error, name, 0)}
        return Verdict(perf_counter() - begin, error=type(error).__name__, said=error.said, place=told)
    except (OSError, RuntimeError, ValueError) as error:  # the engine's own
        detail = said("the engine cannot do this: {why}", why=str(error))
        return Verdict(perf_counter() - begin, error="SourceError", said=detail)
    except MemoryError:
        os.abort()  # as the engine does, so that the web process says what happened


def _judged(store: Store, asked: Check, begin: float) -> Verdict:
    beside = None if asked.alone else store
    report = validate_files(asked.files, beside, datetime.now(UTC), asked.profile, threshold=asked.threshold)
    shown = () if asked.keep and report.held else asked.files
    sources = texts(shown)
    reports, size = dict[Written, bytes](), 0
    for form, lang in asked.wanted:
        voice: Callable[[Said], str] = partial(say, lang=lang)
        reports[form, lang] = write_report(report, form, voice, lang, sources)
        size += len(reports[form, lang])
        if size > asked.largest:
            raise TooLarge(largest=asked.largest)
    counts = {severity: sum(f.severity == severity for f in report.findings) for severity in ("Violation", "Warning")}
    return Verdict(perf_counter() - begin, reports, report.outcome, counts)
