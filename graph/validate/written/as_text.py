"""Write a report as plain text: the counts by rule, then each place with its line, a mark under it, and the mend."""

from collections.abc import Iterator, Mapping
from typing import Final

from graph.errors import Said, said
from graph.validate.report import Finding, Report, Severity
from graph.validate.written.voice import LONGEST, Problem, Voice, by_rule, counted, page, plain, problems, shown, width

WIDE: Final = 100  # characters of a long line that are shown around the mark


def as_text(report: Report, voice: Voice) -> bytes:
    """Return a report for a person at a terminal."""
    return "".join(f"{line}\n" for line in _lines(report, voice)).encode()


def summary(report: Report) -> Said:
    """Return one sentence that counts what was checked and found."""
    counts, held = counted(report), len(problems(report.held))
    if held:
        words = said("{summary} For a reviewer: {held}.", summary=_summary(report, counts), held=held)
        return _with_left(report, words)
    return _with_left(report, _summary(report, counts))


def _with_left(report: Report, words: Said) -> Said:
    if not report.left:
        return words
    return said(
        "{summary} Published neighbours that were not checked again: {count}; the check of the whole graph does that.",
        summary=words, count=report.left,
    )  # fmt: skip


def _summary(report: Report, counts: Mapping[Severity, int]) -> Said:
    return said(
        "Checked: {checked}. Errors: {errors}, warnings: {warnings}, advice: {advice}. Not checked: {unchecked}.",
        checked=report.checked - len(report.unchecked),
        errors=counts["Violation"],
        warnings=counts["Warning"],
        advice=counts["Info"],
        unchecked=len(report.unchecked),
    )


def _lines(report: Report, voice: Voice) -> Iterator[str]:
    found = problems(report.findings)
    yield voice.said(summary(report))
    if found:
        yield ""
        yield from _counts(found, voice)
    for problem in found:
        yield ""
        yield from problem_lines(problem, voice)
    if report.unchecked:
        yield ""
        yield voice.said(said("Not checked:"))
        for each in report.unchecked:
            place = ":".join(str(part) for part in (each.file, each.line, each.column) if part)
            yield f"  {plain(place)}  {shown(each.node)}  {plain(voice.said(each.why))}"


def _counts(found: list[Problem], voice: Voice) -> Iterator[str]:
    rows = [
        (str(count), voice.severity(each[0]), voice.rule(each[0]), voice.title(each[0]))
        for each, count in by_rule(found)
    ]
    room = [max(len(row[at]) for row in rows) for at in range(3)]
    for count, severity, rule, title in rows:
        yield f"  {count:>{room[0]}}  {severity:<{room[1]}}  {rule:<{room[2]}}  {title}".rstrip()


def problem_lines(problem: Problem, voice: Voice) -> Iterator[str]:
    """Yield one problem: the place and the words of the rule, the line, then what helps to mend it."""
    first = problem[0]
    place = first.place or shown(first.focus)
    severity, message = voice.severity(first), voice.message(first)
    yield plain(voice.said(said("{place}: {severity}: {message}", place=place, severity=severity, message=message)))
    yield from _excerpt(first, voice)
    told = [
        (said("to mend"), voice.mend(problem)),
        (said("thing"), voice.thing(first)),
        (said("field"), voice.field(first)),
        (said("value"), voice.value(first)),
        (said("expected"), voice.expected(problem)),
        *((said("because"), cause) for cause in voice.causes(problem)),
        (said("rule"), "  ".join(filter(None, (voice.rule(first), voice.codes(first), page(first))))),
    ]
    names = [voice.said(name) for name, _ in told]
    room = max(map(len, names))
    for name, (_, text) in zip(names, told, strict=True):
        if text:
            yield f"    {name:<{room}}  {plain(text)}"


def _excerpt(finding: Finding, voice: Voice) -> Iterator[str]:
    line = voice.line(finding.file, finding.line)
    if not line.strip():
        return
    start = max(0, finding.column - WIDE) if len(line) > LONGEST else 0
    part = plain(line[start : start + LONGEST])
    number = str(finding.line)
    yield f"  {number} | {'…' if start else ''}{part}"
    if finding.column:
        before = " " * (finding.column - 1 - start + bool(start))
        marks = "^" * min(width(line, finding.column), LONGEST - len(before))
        yield f"  {' ' * len(number)} | {before}{marks}"
