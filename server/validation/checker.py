"""Be a worker that checks records: what a stranger sends is parsed and judged here, and nowhere else."""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from time import perf_counter
from typing import Final

from graph.desk import intake
from graph.desk.submission import Draft
from graph.errors import M4sdError, Said, TooLarge, said
from graph.names import BASE
from graph.store import Store
from graph.validate.files import texts, validate_files
from graph.validate.report import Report
from graph.validate.written.formats import FRAGMENT
from graph.validate.written.write import write_report
from server.validation.checks import Check, Verdict, Written
from server.words import LANGUAGES, say

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
        told = {name: getattr(error, name) for name in ("line", "column", "field") if getattr(error, name, 0)}
        return Verdict(perf_counter() - begin, error=type(error).__name__, said=error.said, place=told)
    except (OSError, RuntimeError, ValueError) as error:  # the engine's own
        detail = said("the engine cannot do this: {why}", why=str(error))
        return Verdict(perf_counter() - begin, error="SourceError", said=detail)
    except MemoryError:
        os.abort()  # as the engine does, so that the web process says what happened


def _judged(store: Store, asked: Check, begin: float) -> Verdict:
    report, drafts = _looked_at(store, asked)
    sources = texts(() if asked.keep and report.held else asked.files)
    reports, size = dict[Written, bytes](), 0
    for form, lang in asked.wanted:
        reports[form, lang] = _written(report, form, lang, sources)
        size += len(reports[form, lang])
        if size > asked.largest:
            raise TooLarge(largest=asked.largest)
    counts = {severity: sum(f.severity == severity for f in report.findings) for severity in ("Violation", "Warning")}
    told = tuple(_reported(draft, report, sources) for draft in drafts)
    return Verdict(perf_counter() - begin, reports, report.outcome, counts, drafts=told)


def _looked_at(store: Store, asked: Check) -> tuple[Report, tuple[Draft, ...]]:
    """Return what the shapes say of some files, and the drafts that are made of them where that is wanted."""
    now, sent = datetime.now(UTC), asked.sending
    if sent is None:
        beside = None if asked.alone else store
        return validate_files(asked.files, beside, now, asked.profile, threshold=asked.threshold), ()
    who = intake.Asked(sent.datasets, sent.dataset, sent.source, sent.why, asked.threshold)
    if sent.withdraw:
        found = intake.withdrawal(store, sent.withdraw, now, who, sent.replaced_by)
    else:
        found = intake.take(asked.files, store, now, who)
    return found.report, found.drafts


def _reported(draft: Draft, report: Report, sources: Mapping[str, str]) -> Draft:
    """Return a draft with what the report says of its own nodes, for those who decide on it."""
    nodes = {line.partition(" ")[0] for line in draft.body.splitlines()}
    own = replace(report, findings=tuple(each for each in report.findings if str(each.focus) in nodes), unchecked=())
    forms = [(form, lang) for form in (FRAGMENT, "json") for lang in LANGUAGES]
    return replace(
        draft, written={f"{form}.{lang}": _written(own, form, lang, sources).decode() for form, lang in forms}
    )


def _written(report: Report, form: str, lang: str, sources: Mapping[str, str]) -> bytes:
    voice: Callable[[Said], str] = partial(say, lang=lang)
    return write_report(report, form, voice, lang, sources)
