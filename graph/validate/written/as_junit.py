"""Write a report as JUnit XML, which build servers show: a file is a suite, an error a failed case.

Warnings and advice are cases that pass and say so in their output, so that they break no build.
"""

from collections.abc import Iterable
from itertools import groupby
from xml.etree import ElementTree

from graph.errors import said
from graph.validate.report import Report, Unchecked
from graph.validate.written.as_text import problem_lines, summary
from graph.validate.written.voice import Problem, Voice, fit, page, problems, shown


def as_junit(report: Report, voice: Voice) -> bytes:
    """Return a report as the elements testsuites, testsuite and testcase."""
    root = ElementTree.Element("testsuites", name="m4sd validate")
    found = sorted(problems(report.findings), key=lambda each: each[0].file)
    files = {file: list(each) for file, each in groupby(found, lambda each: each[0].file)}
    left = {file: list(each) for file, each in groupby(sorted(report.unchecked, key=_file), _file)}
    for file in sorted({*files, *left}):
        _suite(root, file, files.get(file, []), left.get(file, []), voice)
    if not files:
        suite = ElementTree.SubElement(root, "testsuite", name="m4sd validate", tests="1", failures="0")
        ElementTree.SubElement(suite, "testcase", classname="m4sd", name=fit(voice.said(summary(report))))
    for total in ("tests", "failures", "skipped"):
        root.set(total, str(sum(int(suite.get(total, "0")) for suite in root)))
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _file(each: Unchecked) -> str:
    return each.file


def _suite(
    root: ElementTree.Element, file: str, found: Iterable[Problem], left: Iterable[Unchecked], voice: Voice
) -> None:
    suite = ElementTree.SubElement(root, "testsuite", name=fit(file) or "m4sd validate")
    for problem in found:
        _case(suite, problem, voice)
    for each in left:
        name = said("{thing} (line {line})", thing=shown(each.node), line=each.line)
        case = ElementTree.SubElement(suite, "testcase", classname="m4sd", name=fit(voice.said(name)))
        ElementTree.SubElement(case, "skipped", message=fit(voice.said(each.why)))
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("skipped", str(len(suite.findall("testcase/skipped"))))


def _case(suite: ElementTree.Element, problem: Problem, voice: Voice) -> None:
    first = problem[0]
    rule, text = voice.rule(first), fit("\n".join(problem_lines(problem, voice)))
    name = f"{voice.title(first)}: {shown(first.focus)} {first.cell or f'{first.line}:{first.column}'}"
    case = ElementTree.SubElement(suite, "testcase", classname=fit(rule), name=fit(name), file=fit(first.file))
    case.set("line", str(first.line))
    if first.severity != "Violation":
        ElementTree.SubElement(case, "system-out").text = text
        return
    failure = ElementTree.SubElement(case, "failure", type=fit(page(first) or rule), message=fit(voice.message(first)))
    failure.text = text
