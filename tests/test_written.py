"""Show that a report comes out whole in each of its formats, and that nothing in it can act on its reader's program."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest
from pyoxigraph import NamedNode, RdfFormat, parse

from graph.errors import said
from graph.names import name
from graph.validate.report import HELD, Finding, Report, Unchecked
from graph.validate.written.formats import FORMATS
from graph.validate.written.write import write_report
from server.words import say

SOURCE = 'x\n  m4sd:sector "=1+1", sector:helth ; # and\n'
FINDING = Finding(
    rule=name("shape:Classification-sector"),
    title={"en": "sector", "fr": "secteur"},
    message={"en": "Choose the sector.", "fr": "Choisissez le secteur."},
    severity="Violation",
    focus=name("id:initiative-x"),
    path=name("m4sd:sector"),
    value=name("sector:helth"),
    component=name("sh:ClassConstraintComponent"),
    file="new.ttl",
    line=2,
    column=23,
    label={"en": "sector", "fr": "secteur"},
    expected=said("a thing of the class {kind}", kind="skos:Concept"),
    mend=said("Write {right} in place of {wrong}.", right="sector:health", wrong="sector:helth"),
)
LEFT = Unchecked(name("id:y"), (), said("It is of no class, so no rule can tell what it should show."), "new.ttl", 1, 1)
REPORT = Report((FINDING,), 3, (LEFT,))


def written(form: str, lang: str = "en", report: Report = REPORT) -> bytes:
    return write_report(report, form, lambda words: say(words, lang), lang, {"new.ttl": SOURCE})


def changed(**fields: object) -> Report:
    return Report((replace(FINDING, **fields),), 1)  # type: ignore[arg-type]


def test_the_text_gives_counts_then_the_place_the_line_and_the_mend() -> None:
    assert (
        written("text").decode()
        == """\
Checked: 2. Errors: 1, warnings: 0, advice: 0. Not checked: 1.

  1  error  shape:Classification-sector  sector

new.ttl:2:23: error: Choose the sector.
  2 |   m4sd:sector "=1+1", sector:helth ; # and
    |                       ^^^^^^^^^^^^
    to mend   Write sector:health in place of sector:helth.
    thing     id:initiative-x
    field     sector (m4sd:sector)
    value     sector:helth
    expected  a thing of the class skos:Concept
    rule      shape:Classification-sector  https://w3id.org/m4sd/shapes#Classification-sector

Not checked:
  new.ttl:1:1  id:y  It is of no class, so no rule can tell what it should show.
"""
    )


def test_what_a_reviewer_must_judge_is_no_error_but_named_apart() -> None:
    held = changed(component=HELD)
    text = written("text", report=held).decode()
    assert text.startswith("Checked: 1. Errors: 0, warnings: 0, advice: 0. Not checked: 0. For a reviewer: 1.")
    assert "new.ttl:2:23: for a reviewer: Choose the sector." in text
    told = json.loads(written("json", report=held))
    assert (told["outcome"], told["findings"][0]["held"]) == ("held", True)


def test_a_rule_of_others_that_has_no_name_is_told_by_its_field() -> None:
    text = written("text", report=changed(rule=NamedNode("urn:blank:x1"), title={})).decode()
    assert "  1  error  a rule without a name  sector (m4sd:sector)" in text
    assert "urn:blank" not in text


def test_the_text_speaks_french() -> None:
    text = written("text", "fr").decode()
    assert "Erreurs : 1" in text
    assert "erreur : Choisissez le secteur." in text
    assert "Écrivez sector:health au lieu de sector:helth." in text


def test_findings_of_one_slip_are_told_once() -> None:
    twice = Report((FINDING, replace(FINDING, component=name("sh:NodeKindConstraintComponent"))), 1)
    assert written("text", report=twice).decode().count("Choose the sector.") == 1
    assert len(json.loads(written("json", report=twice))["findings"]) == 2


def test_json_has_the_keys_that_its_module_documents() -> None:
    told = json.loads(written("json"))
    assert (told["conforms"], told["checked"], told["counts"]["Violation"]) == (False, 2, 1)
    (finding,) = told["findings"]
    assert (finding["file"], finding["line"], finding["column"]) == ("new.ttl", 2, 23)
    assert finding["value"] == {"type": "uri", "value": "https://w3id.org/m4sd/concept/sector/helth"}
    assert finding["mend"] == "Write sector:health in place of sector:helth."
    assert told["unchecked"][0]["node"]["value"] == "https://w3id.org/m4sd/id/y"


@pytest.mark.parametrize(("form", "syntax"), [("turtle", RdfFormat.TURTLE), ("jsonld", RdfFormat.JSON_LD)])
def test_rdf_is_the_standard_report_with_our_additions(form: str, syntax: RdfFormat) -> None:
    told = {quad.predicate.value.rpartition("#")[2]: quad.object for quad in parse(written(form), format=syntax)}
    assert told["resultPath"] == name("m4sd:sector")
    assert told["sourceShape"] == FINDING.rule
    assert told["conforms"].value == "false"
    assert told["mend"].value == "Write sector:health in place of sector:helth."


def test_csv_has_one_row_a_finding_and_no_formula() -> None:
    (row,) = csv.DictReader(io.StringIO(written("csv", report=changed(file="=cmd()", message={"en": "@x"})).decode()))
    assert (row["file"], row["message"], row["line"], row["column"]) == ("'=cmd()", "'@x", "2", "23")


def test_a_workbook_reads_back_with_counts_first_and_text_as_text() -> None:
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx", "fr", changed(file="=cmd()\x07"))))
    counts, findings, left = book.worksheets
    assert [cell.value for cell in counts[2]][:3] == [1, "erreur", "shape:Classification-sector"]
    head = [cell.value for cell in findings[1]]
    file = findings[2][head.index("fichier")]
    assert (file.value, file.data_type) == ("=cmd()\N{REPLACEMENT CHARACTER}", "s")
    assert findings[2][head.index("colonne")].value == 23
    assert left.max_row == 1


def test_junit_reads_back_with_errors_as_failures() -> None:
    root = ElementTree.fromstring(written("junit"))
    (suite,) = root
    assert (suite.get("name"), suite.get("tests"), suite.get("failures"), suite.get("skipped")) == (
        "new.ttl", "2", "1", "1",
    )  # fmt: skip
    failure = suite.find("testcase/failure")
    assert failure is not None
    assert failure.get("message") == "Choose the sector."
    assert "Write sector:health" in (failure.text or "")


def test_junit_lets_warnings_pass_and_holds_what_xml_cannot() -> None:
    root = ElementTree.fromstring(written("junit", report=changed(severity="Warning", message={"en": "a\x00b"})))
    assert root.get("failures") == "0"
    assert "a\N{REPLACEMENT CHARACTER}b" in (root.findtext("testsuite/testcase/system-out") or "")


def test_a_report_without_findings_is_one_case_that_passes() -> None:
    root = ElementTree.fromstring(written("junit", report=Report((), 3)))
    assert (root.get("tests"), root.get("failures")) == ("1", "0")


@pytest.mark.parametrize(("lang", "title"), [("en", "What to mend"), ("fr", "Ce qu’il faut corriger")])
def test_html_stands_alone_and_marks_the_word_in_its_line(lang: str, title: str) -> None:
    page = written("html", lang).decode()
    assert f'<html lang="{lang}">' in page
    assert f"<h1>{title}</h1>" in page
    assert "<mark>sector:helth</mark>" in page
    assert '<a href="https://w3id.org/m4sd/shapes#Classification-sector">' in page
    assert "<script" not in page


def test_html_escapes_whatever_the_file_says() -> None:
    page = written("html", report=changed(message={"en": "<script>alert(1)</script>"})).decode()
    assert "<script" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_writes_an_empty_report(form: str) -> None:
    assert written(form, report=Report((), 0))


def test_a_terminal_is_shown_nothing_that_acts_on_it() -> None:
    text = written("text", report=changed(message={"en": "a\x1b[31m\u202eb"})).decode()
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_a_source_that_is_not_at_hand_is_left_out(tmp_path: Path) -> None:
    text = write_report(REPORT, "text", lambda words: say(words, "en"), "en", {}).decode()
    assert " | " not in text
