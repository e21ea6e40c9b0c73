"""Write a report as a page that stands alone: counts, then what to mend, then the files with their lines marked."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from html import escape
from typing import Final

from graph.errors import Said, said
from graph.validate.report import Finding, Report
from graph.validate.written.as_text import summary
from graph.validate.written.voice import Problem, Voice, by_rule, lines_of, page, plain, problems, shown, width

STYLE: Final = """
:root{color-scheme:light dark}
body{font:1rem/1.5 system-ui,sans-serif;max-width:72rem;margin:0 auto;padding:1rem}
table{border-collapse:collapse}
caption{text-align:left;font-weight:600}.scroll{overflow-x:auto}
th,td{text-align:left;padding:.25rem .75rem .25rem 0;vertical-align:top}
article{border:1px solid;border-left-width:.5rem;border-radius:.25rem;padding:.5rem 1rem;margin:1rem 0}
article h3{margin:0 0 .5rem;font-size:1rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem;margin:.5rem 0 0}
dt{font-weight:600}dd{margin:0;overflow-wrap:anywhere}pre{overflow:auto;margin:0}code,pre{font-family:ui-monospace,monospace}
.Violation{border-left-color:#b3261e}.Warning{border-left-color:#a15c00}.Info{border-left-color:#1f5fa8}
mark{background:#ffdf6b;color:#000;text-decoration:underline wavy #b3261e}
.n{display:inline-block;min-width:4ch;text-align:right;margin-right:1ch;
opacity:.75;user-select:none}
.bad{background:#ffdf6b40}:focus-visible{outline:3px solid}
@media print{pre{white-space:pre-wrap}.scroll,pre{overflow:visible}}
"""
LONGEST: Final = 20_000  # lines of a file that are shown


def as_html(report: Report, voice: Voice) -> bytes:
    """Return a report as one HTML document without a script and without anything from elsewhere."""
    return "\n".join(_page(report, voice)).encode()


def _page(report: Report, voice: Voice) -> Iterator[str]:
    title = _text(voice.said(said("What to mend")))
    yield f'<!DOCTYPE html>\n<html lang="{escape(voice.lang)}">\n<head>\n<meta charset="utf-8">'
    yield f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>'
    yield f"<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>"
    yield from _body(report, voice)
    yield "</main>\n</body>\n</html>\n"


def as_fragment(report: Report, voice: Voice) -> bytes:
    """Return what stands in that document under its title, for a page of a site; the site's own style must know it."""
    return "\n".join(_body(report, voice)).encode()


def _body(report: Report, voice: Voice) -> Iterator[str]:
    found = problems(report.findings)
    yield f"<p>{_text(voice.said(summary(report)))}</p>"
    if found:
        yield from _counts(found, voice)
        yield f'<h2 id="findings">{_text(voice.said(said("Findings")))}</h2>'
        for number, problem in enumerate(found, 1):
            yield from _article(number, problem, voice)
    yield from _unchecked(report, voice)
    for file in dict.fromkeys(finding.file for finding in report.findings):
        yield from _source(file, found, voice)


def _counts(found: list[Problem], voice: Voice) -> Iterator[str]:
    names = (said("number"), said("severity"), said("title"))
    head = "".join(f'<th scope="col">{_text(voice.said(each))}</th>' for each in names)
    caption = _text(voice.said(said("by rule")))
    yield f'<div class="scroll" tabindex="0" role="region" aria-label="{caption}">'
    yield f'<table class="counts">\n<caption>{caption}</caption>'
    yield f"<thead><tr>{head}</tr></thead>\n<tbody>"
    number = {id(each): at for at, each in enumerate(found, 1)}
    for each, count in by_rule(found):
        first = each[0]
        where = f'<a href="#finding-{number[id(each)]}">{_text(voice.title(first))}</a>'
        row = (str(count), voice.severity(first), where)
        yield f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>"
    yield "</tbody>\n</table>\n</div>"


def _rule(finding: Finding, voice: Voice) -> str:
    code, address = f"<code>{_text(voice.rule(finding))}</code>", page(finding)
    return f'<a href="{escape(address)}">{code}</a>' if address else code


def _article(number: int, problem: Problem, voice: Voice) -> Iterator[str]:
    first = problem[0]
    place = _text(voice.place(first))
    if voice.line(first.file, first.line):
        place = f'<a href="#{_anchor(first.file, first.line, voice)}">{place}</a>'
    yield f'<article class="{first.severity}" id="finding-{number}">'
    severity, message = voice.severity(first), voice.message(first)
    yield f"<h3>{_text(voice.said(said('{field}: {what}', field=severity, what=message)))}</h3>"
    if line := voice.line(first.file, first.line):
        yield f'<pre tabindex="0">{_marked(line, [first.column])}</pre>'
    told: list[tuple[Said, str]] = [
        (said("to mend"), f"<strong>{_text(voice.mend(problem))}</strong>" if voice.mend(problem) else ""),
        (said("place"), place),
        (said("thing"), f"<code>{_text(voice.thing(first))}</code>"),
        (said("field"), _text(voice.field(first))),
        (said("value"), _text(voice.value(first))),
        (said("expected"), _text(voice.expected(problem))),
        *((said("because"), _text(cause)) for cause in voice.causes(problem)),
        (said("rule"), " · ".join(filter(None, (_rule(first, voice), _text(voice.codes(first)))))),
    ]
    rows = (f"<dt>{_text(voice.said(name))}</dt><dd>{text}</dd>" for name, text in told if text)
    yield f"<dl>{''.join(rows)}</dl>\n</article>"


def _unchecked(report: Report, voice: Voice) -> Iterator[str]:
    if not report.unchecked:
        return
    yield f"<h2>{_text(voice.said(said('Not checked:')))}</h2>\n<ul>"
    for each in report.unchecked:
        place = ":".join(str(part) for part in (each.file, each.line, each.column) if part)
        yield f"<li>{_text(place)} <code>{_text(shown(each.node))}</code> {_text(voice.said(each.why))}</li>"
    yield "</ul>"


def _source(file: str, found: list[Problem], voice: Voice) -> Iterator[str]:
    """Yield a file with its lines marked; each mark leads back to what is said of it."""
    lines = lines_of(voice.sources.get(file, ""))
    if lines == [""]:
        return
    marks: Mapping[int, list[tuple[int, int]]] = defaultdict(list)
    for number, problem in enumerate(found, 1):
        if problem[0].file == file:
            marks[problem[0].line].append((number, problem[0].column))
    yield f'<h2>{_text(file)}</h2>\n<pre tabindex="0">'
    for at, line in enumerate(lines[:LONGEST], 1):
        told = marks.get(at, [])
        links = " ".join(f'<a href="#finding-{number}">↑ {number}</a>' for number, _ in told)
        text = _marked(line.rstrip("\r"), [column for _, column in told])
        kind = ' class="bad"' if told else ""
        yield f'<span{kind} id="{_anchor(file, at, voice)}"><span class="n">{at}</span>{text} {links}</span>'
    yield "</pre>"


def _marked(line: str, columns: list[int]) -> str:
    """Return a line with the words at some columns marked."""
    parts, at = list[str](), 0
    for column in sorted({column for column in columns if column}):
        start = column - 1
        if start < at or start >= len(line):
            continue
        end = start + width(line, column)
        parts += [_text(line[at:start]), f"<mark>{_text(line[start:end])}</mark>"]
        at = end
    return "".join(parts) + _text(line[at:])


def _anchor(file: str, line: int, voice: Voice) -> str:
    return f"file-{list(voice.sources).index(file)}-line-{line}"


def _text(text: str) -> str:
    return escape(plain(text))
