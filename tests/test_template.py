"""Fill in templates as people do, rightly and wrongly, and hold what is read of them, cell by cell."""

import contextlib
import csv
import io
import json
import random
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache

import jsonschema_rs
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

import ontology
from graph.context import FILE, with_context
from graph.errors import SourceError
from graph.load.curated import curated, reference
from graph.names import name, short
from graph.template.columns import in_columns
from graph.template.context import as_file, context, node
from graph.template.fields import fields, owned
from graph.template.layout import columns, example_row
from graph.template.outline import entered, find_class, kinds
from graph.template.place import check, placed
from graph.template.read import Filled, read_template
from graph.template.schema import schema
from graph.template.sheet import READ_ME, title, write_csv, write_xlsx
from graph.template.things import RECORDS
from graph.validate.explain import validate
from graph.validate.files import validate_files
from graph.validate.report import Finding, Report, settled
from server.words import say

LANGUAGES = ("en", "fr")
Value = str | int | float | datetime | None
NAMES = [kind.value.rpartition("#")[2] for kind in entered()]
GOOD: dict[str, Value] = {
    "address": "id:meeting-oujda-2026",
    "name (en) *": "Planning workshop",
    "name (fr) *": "Atelier de planification",
    "date": "2026-06-13",
    "held in": "id:locality-rabat",
    "type of meeting": "workshop",
}


def of(local: str) -> NamedNode:
    kind = find_class(local)
    assert kind is not None
    return kind


@cache
def triples() -> tuple[Triple, ...]:
    records = (*reference(ontology.FOLDER), *curated(RECORDS))
    return tuple(dict.fromkeys(triple for record in records for triple in record.triples))


@cache
def template(local: str, lang: str = "en") -> bytes:
    return write_xlsx(of(local), lang, say)


def filled(*rows: Mapping[str, Value], local: str = "Meeting", lang: str = "en") -> bytes:
    """Return a template with rows filled in by the headers of its columns."""
    book = load_workbook(io.BytesIO(template(local, lang)))
    sheet = book[title(of(local), lang)]
    assert isinstance(sheet, Worksheet)
    put(sheet, rows)
    return saved(book)


def put(sheet: Worksheet, rows: tuple[Mapping[str, Value], ...]) -> None:
    at = {str(cell.value).removesuffix(" *"): str(cell.coordinate).rstrip("1") for cell in sheet[1]}
    for number, row in enumerate(rows, 4):
        for header, value in row.items():
            sheet[f"{at[header.removesuffix(' *')]}{number}"] = value


def saved(book: Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def wrong(found: Filled) -> list[tuple[str, str, str]]:
    """Return the cell of each finding, its rule, and what to write instead."""
    return [
        (each.cell, each.rule.value.partition("#Cell-")[2], say(settled(each.mend, "en"), "en") if each.mend else "")
        for each in found.findings
    ]


# ---- what templates hold


@pytest.mark.parametrize("local", NAMES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_template_as_it_comes_holds_no_record_and_nothing_wrong(local: str, lang: str) -> None:
    for data, file in ((template(local, lang), "a.xlsx"), (write_csv(of(local), lang, say), "a.csv")):
        assert read_template(data, file) == Filled((), ())


def test_a_template_that_nobody_filled_in_is_nothing_to_check() -> None:
    for data, file in ((template("Meeting", "en"), "a.xlsx"), (b"Meeting,address,name (en)\r\n", "a.csv")):
        with pytest.raises(SourceError, match=f"{file}, line 1: no row of this table is filled in"):
            validate_files([(file, data)], None, datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("local", NAMES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_example_of_a_template_reads_as_what_is_published(local: str, lang: str) -> None:
    example = example_row(of(local), lang)
    rows = list(
        csv.reader(io.StringIO(write_csv(of(local), lang, say).decode("utf-8-sig")), delimiter=",;"[lang == "fr"])
    )
    text = io.StringIO()
    csv.writer(text).writerows([rows[0], ["", *example]])
    found = read_template(text.getvalue().encode(), "example.csv")
    assert wrong(found) == []
    (row,) = found.rows
    assert set(row.triples) <= set(triples()) or local == "Allocation"  # of these, nothing is published yet
    assert len(row.triples) >= len([cell for cell in example if cell]) - 1


def test_a_workbook_has_a_sheet_for_each_class_that_goes_with_its_own() -> None:
    book = load_workbook(io.BytesIO(template("Initiative", "fr")))
    visible = [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]
    assert visible == ["À lire", *(title(kind, "fr") for kind in (of("Initiative"), *owned(of("Initiative"))))]
    assert {"Participation", "Contribution"} <= set(visible)


def test_a_workbook_offers_the_codes_of_a_list_in_its_language() -> None:
    book = load_workbook(io.BytesIO(template("Meeting", "fr")))
    sheet, lists = book["Réunion"], book["lists"]
    assert isinstance(sheet, Worksheet)
    letter = next(str(cell.column_letter) for cell in sheet[1] if cell.value == "type de réunion")
    (rule,) = [each for each in sheet.data_validations.dataValidation if f"{letter}4:" in str(each.sqref)]
    offered = [row[0].value for row in lists[str(rule.formula1).partition("!")[2].replace("$", "")]]
    assert "atelier" in offered
    assert len(offered) == len(next(c for c in columns(of("Meeting")) if c.key == "meetingType").codes)


def test_what_must_be_filled_in_has_a_star_in_every_language() -> None:
    for lang in LANGUAGES:
        starred = [c.key for c in columns(of("Participation")) if c.header(lang).endswith(" *")]
        assert starred == ["@id", "participant", "role", "qualifiedParticipationOf"]


def test_no_column_is_derived_by_rules_and_no_two_have_one_header() -> None:
    for kind in entered():
        for lang in LANGUAGES:
            headers = [column.header(lang) for column in columns(kind)]
            assert len(set(headers)) == len(headers), (kind, lang)
        both = {(column.header(lang).removesuffix(" *"), column.key) for lang in LANGUAGES for column in columns(kind)}
        assert len({header for header, _ in both}) == len(both), f"a header of {kind} is two columns"
        assert not {"isFundedBy", "contributesToTarget"} & {each.key for each in fields(kind)}


# ---- round trip


def test_a_template_filled_in_well_conforms() -> None:
    found = read_template(filled(GOOD), "meetings.xlsx")
    assert wrong(found) == []
    report = check(filled(GOOD), "meetings.xlsx", lambda rows: validate(rows, triples()))
    assert [each.cell for each in report.findings if each.severity == "Violation"] == []
    assert dict(zip(found.rows[0].cells, found.rows[0].triples, strict=True))["Meeting!AF4"].object == name(
        "meeting-type:workshop"
    )


def test_each_finding_of_the_rules_names_its_cell_even_an_empty_one() -> None:
    lacking = {key: value for key, value in GOOD.items() if key not in ("name (fr) *", "held in")}
    found = read_template(filled({**GOOD, "held in": "id:org-CH-4", "number of participants": 0}, lacking), "m.xlsx")
    repeated = [each for each in found.findings if each.rule == name("shape:Cell-address")]
    assert [each.cell for each in repeated] == ["Meeting!B5"]
    found = read_template(
        filled({**GOOD, "held in": "id:org-CH-4", "number of participants": 0}, {**lacking, "address": "id:meeting-b"}),
        "m.xlsx",
    )
    report = placed(judged(found), found)
    cells = {each.rule.value.partition("#")[2]: each.cell for each in report.findings}
    assert cells["Meeting-place"] == "Meeting!O4"
    assert cells["Meeting-participants"] == "Meeting!V4"
    assert cells["Thing-label-fr"] == "Meeting!D5"
    assert cells["Meeting-known-place"] == "Meeting!O5"
    assert {each.file for each in report.findings} == {"m.xlsx"}
    assert next(each.message for each in report.findings if each.cell == "Meeting!D5") == {
        "en": "Give it a name in French.",
        "fr": "Donnez-lui un nom en français.",
    }
    (missing,) = [each for each in report.findings if each.cell == "Meeting!D5"]
    assert missing.mend
    assert say(missing.mend, "en") == "Fill in the cell: a text in French."


def test_dates_in_each_others_place_are_told_by_the_heads_of_their_columns() -> None:
    swapped = {
        **{key: value for key, value in GOOD.items() if key != "date"},
        "start": "2022-06-14",
        "end": "2022-06-13",
    }
    found = read_template(filled(swapped), "m.xlsx")
    (late,) = [f for f in placed(judged(found), found).findings if f.rule == name("shape:Period-ordered")]
    assert late.mend
    write = {
        "en": "write start: 2022-06-13 and end: 2022-06-14.",
        "fr": "écrivez début : 2022-06-13 et fin : 2022-06-14.",
    }
    assert {lang: say(settled(late.mend, lang), lang).partition(", ")[2] for lang in write} == write


def test_a_message_names_columns_and_no_properties() -> None:
    told = {
        "en": "Say so (m4sd:implementerUnknown true), or who (with role:implementing), for m4sd:startDate.",
        "fr": "Dites-le (m4sd:implementerUnknown true), ou qui (avec role:implementing), pour m4sd:startDate.",
    }
    assert in_columns(told, of("Initiative")) == {
        "en": "Say so (“implementer unknown”: yes), or who, for “start”.",
        "fr": "Dites-le («\u00a0mise en œuvre inconnue\u00a0»\u00a0: oui), ou qui, pour «\u00a0début\u00a0».",
    }


def test_a_cell_that_cannot_be_read_is_not_also_said_to_be_missing() -> None:
    found = read_template(filled({**GOOD, "held in": "Rabbat"}), "m.xlsx")
    report = placed(judged(found), found)
    assert [
        (each.cell, each.rule.value.partition("#")[2]) for each in report.findings if each.cell == "Meeting!O4"
    ] == [("Meeting!O4", "Cell-thing")]


def test_what_is_missing_since_its_column_is_asks_for_the_column() -> None:
    found = read_template(b"Meeting,address,name (en)\n,id:meeting-x,abc\n", "m.csv")
    report = placed(judged(found), found)
    told = {each.rule.value.partition("#")[2]: (each.cell, in_french(each)) for each in report.findings}
    assert told["Thing-label-fr"] == ("B2", "Ajoutez la colonne nom (fr) et remplissez-la : un texte en français.")
    assert "Ajoutez la colonne tenue à" in told["Meeting-known-place"][1]


def in_french(finding: Finding) -> str:
    return say(settled(finding.mend, "fr"), "fr") if finding.mend else ""


def test_what_belongs_to_a_thing_is_told_on_the_sheet_beside_it() -> None:
    book = load_workbook(io.BytesIO(template("Initiative")))
    first, second = book["Initiative"], book["Participation"]
    assert isinstance(first, Worksheet)
    assert isinstance(second, Worksheet)
    put(first, ({"address": "id:initiative-x", "name (en)": "Courses", "name (fr)": "Cours"},))
    part = {
        "address": "id:participation-x",
        "role": "implementing",
        "actor": "id:org-CH-4",
        "part in what": "id:initiative-x",
    }
    put(second, (part,))
    found = read_template(saved(book), "i.xlsx")
    assert wrong(found) == []
    tie = Triple(name("id:initiative-x"), name("m4sd:qualifiedParticipation"), name("id:participation-x"))
    assert tie in found.rows[1].triples


def judged(found: Filled) -> Report:
    return validate(found.rows, triples())


# ---- cells that cannot be read


@pytest.mark.parametrize(
    ("header", "value", "rule", "mend"),
    [
        ("date", "13/06/2022", "date", "Write 2022-06-13."),
        ("date", "06/13/2022", "date", "Write 2022-06-13."),
        ("date", "3.6.2022", "date", "Write 2022-06-03 or 2022-03-06, whichever is meant."),
        ("date", "June 2022", "date", ""),
        ("date", "2022-02-30", "date", "There is no such day: the last one of that month is 2022-02-28."),
        ("date", "31.02.2024", "date", "There is no such day: the last one of that month is 2024-02-29."),
        ("date", 44725, "date", "Write 2022-06-13."),
        ("held every", "yearly", "duration", "Write P1Y."),
        ("number of participants", "1,200", "number", "Write 1200."),
        ("number of participants", "1 200", "number", "Write 1200."),
        ("number of participants", "sixty", "number", ""),
        ("number of participants", "=B4", "formula", "Copy the cell and paste it as a value."),
        ("type of meeting", "worksop", "code", "Write meeting-type:workshop (workshop)."),
        ("type of meeting", "ateleir", "code", "Write meeting-type:workshop (workshop)."),
        (
            "type of meeting",
            "forum",
            "code",
            "Choose one of: board meeting, consultation, field visit, launch event, panel discussion, round table, "
            "seminar, workshop.",
        ),
        ("held in", "Rabbat", "thing", "Write id:locality-rabat (Rabat)."),
        ("held in", "locality-nowhere", "thing", "Write id:locality-nowhere if it is an address of this graph."),
        ("host", "#N/A", "error", ""),
        ("address", "Meeting in Oujda", "address", "Write id:meeting-in-oujda."),
        ("address", None, "address", ""),
    ],
)
def test_a_wrong_cell_is_named_with_what_to_write(header: str, value: Value, rule: str, mend: str) -> None:
    found = read_template(filled({**GOOD, header: value}), "m.xlsx")
    ((cell, broken, advice),) = wrong(found)
    assert (cell.partition("!")[0], cell[-1], broken, advice) == ("Meeting", "4", rule, mend)


@pytest.mark.parametrize(
    ("header", "value", "term"),
    [
        ("date", 2022, Literal("2022", datatype=name("xsd:gYear"))),
        ("date", "2022-06", Literal("2022-06", datatype=name("xsd:gYearMonth"))),
        ("date", datetime(2022, 6, 13), Literal("2022-06-13", datatype=name("xsd:date"))),
        ("number of participants", 60.0, Literal(60)),
        ("type of meeting", "ATELIER", name("meeting-type:workshop")),
        ("host", "iom", name("id:org-XM-DAC-47066")),
        ("held in", "Nepal", name("area:524")),
        ("held in", "Équateur", name("area:218")),
        ("held in", "equateur", name("area:218")),
        ("type of meeting", "meeting-type:workshop", name("meeting-type:workshop")),
        ("type of meeting", "https://w3id.org/m4sd/concept/meeting-type/workshop", name("meeting-type:workshop")),
        ("held in", " Rabat ", name("id:locality-rabat")),
        ("held in", "Maroc (area:504)", name("area:504")),
        ("name (en) *", "  Planning\u00a0", Literal("Planning", language="en")),
    ],
)
def test_a_cell_is_read_as_it_was_meant(header: str, value: Value, term: object) -> None:
    found = read_template(filled({**GOOD, header: value}), "m.xlsx")
    assert wrong(found) == []
    assert term in [triple.object for triple in found.rows[0].triples]


def test_a_month_that_a_spreadsheet_made_a_day_of_stays_a_month() -> None:
    book = load_workbook(io.BytesIO(filled({**GOOD, "date": datetime(2022, 6, 1)})))
    book["Meeting"]["K4"].number_format = "mmm-yy"
    found = read_template(saved(book), "m.xlsx")
    assert Literal("2022-06", datatype=name("xsd:gYearMonth")) in [t.object for t in found.rows[0].triples]


def test_several_values_stand_in_one_cell() -> None:
    found = read_template(
        filled({**GOOD, "sector": "santé | education\nemployment", "other name (en)": "A; B | C"}), "m.xlsx"
    )
    said = [t.object for t in found.rows[0].triples]
    assert {name(f"sector:{code}") for code in ("health", "education", "employment")} <= set(said)
    assert {Literal("A; B", language="en"), Literal("C", language="en")} <= set(said)


def test_merged_cells_strange_columns_and_strange_sheets_are_named() -> None:
    book = load_workbook(io.BytesIO(filled(GOOD)))
    sheet = book["Meeting"]
    assert isinstance(sheet, Worksheet)
    sheet["AK1"], sheet["AJ1"] = "Remarks", "sorce"
    sheet.merge_cells("AC4:AC6")
    extra = book.create_sheet("Notes")
    extra["A1"] = "To do"
    assert wrong(read_template(saved(book), "m.xlsx")) == [
        ("Meeting!AJ1", "column", "Write source."),
        ("Meeting!AK1", "column", ""),
        ("Meeting!AC4", "merged", ""),
        ("Notes!A1", "sheet", ""),
    ]


# ---- CSV as programs write it


@pytest.mark.parametrize(
    ("separator", "coding"),
    [(",", "utf-8"), (";", "utf-8-sig"), ("\t", "utf-16"), (";", "cp1252")],
)
def test_csv_is_read_in_every_dress(separator: str, coding: str) -> None:
    text = separator.join(["m4sd:Meeting", "adresse", "nom (fr)", "nom (en)"]) + "\r\n"
    text += separator.join(
        ["", "id:meeting-a", '"Réunion\r\nd’équipe"' if coding != "cp1252" else "Réunion", "Meeting"]
    )
    found = read_template(text.encode(coding), "whatever.csv")
    assert wrong(found) == []
    labels = [t.object.value for t in found.rows[0].triples if isinstance(t.object, Literal)]
    assert labels[0].startswith("Réunion")
    assert found.rows[0].cells == ("B2", "C2", "D2")


def test_rows_of_uneven_length_are_read_and_what_lies_beyond_is_named() -> None:
    text = "m4sd:Meeting,address,name (en)\n,id:meeting-a\n,id:meeting-b,B,more\n"
    found = read_template(text.encode(), "m.csv")
    assert [row.iri.value.rpartition("/")[2] for row in found.rows] == ["meeting-a", "meeting-b"]
    assert wrong(found) == [("D1", "column", "")]


def test_a_class_is_known_by_the_name_of_the_file_too() -> None:
    assert read_template(b"address,name (en)\nid:meeting-a,A\n", "Meeting.csv").rows[0].cells == ("A2", "B2")
    with pytest.raises(SourceError, match="no sheet says"):
        read_template(b"address,name (en)\nid:meeting-a,A\n", "mine.csv")


# ---- hostile files


def archive(**parts: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(filled(GOOD))) as good, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as bad:
        for part in good.infolist():
            bad.writestr(part.filename, parts.pop(part.filename, good.read(part)))
        for file, text in parts.items():
            bad.writestr(file, text)
    return target.getvalue()


SHEET = "xl/worksheets/sheet2.xml"
FAR = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'


def hostile() -> Iterator[tuple[str, bytes, str]]:
    yield "bomb", archive(**{"xl/media/image1.png": b"\0" * 60_000_000}), "MiB or too many parts"
    yield "parts", archive(**{f"xl/a{n}.xml": b"" for n in range(600)}), "MiB or too many parts"
    yield "entities", archive(**{SHEET: b'<!DOCTYPE x [<!ENTITY a "b">]>' + FAR % b""}), "DOCTYPE"
    yield "utf16 entities", archive(**{SHEET: "<!DOCTYPE x>".encode("utf-16")}), "DOCTYPE"
    yield "links", archive(**{"xl/externalLinks/externalLink1.xml": b"<a/>"}), "other files"
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    yield "far cell", archive(**{SHEET: FAR % far}), "XFD1048576"
    yield "broken", archive(**{SHEET: b"<worksheet"}), "broken"
    yield "no workbook", archive(**{"xl/workbook.xml": b"<a/>"}), "broken|no sheet"
    yield "cut", filled(GOOD)[:5000], "broken"
    yield "old", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old workbook"
    yield "binary", b"m4sd:Meeting,\x00\x01", "no text"
    yield "long", b"m4sd:Meeting,address\n" + b",id:a\n" * 20_000, "more than 10000 rows"
    yield "wide", b"m4sd:Meeting" + b",a" * 5000, "columns"
    yield "field", b'm4sd:Meeting,address\n,"' + b"a" * 200_000, "no CSV"
    yield "empty", b"", "no sheet"
    yield "huge", b"a" * (11 * 2**20), "in parts"


@pytest.mark.parametrize(("data", "words"), [pytest.param(data, words, id=what) for what, data, words in hostile()])
def test_a_hostile_file_is_refused_with_words(data: bytes, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        read_template(data, "hostile.csv" if not data.startswith(b"PK") else "hostile.xlsx")


def test_a_spoilt_file_is_read_or_refused_but_never_breaks_the_reader() -> None:
    book, table = filled(GOOD), b"m4sd:Meeting;adresse;nom (en);date\r\n;id:meeting-a;A;2022\r\n"
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        names = [part for part in parts.namelist() if part.endswith((".xml", ".rels"))]
        texts = {part: parts.read(part) for part in names}
    chance = random.Random(4)
    for number in range(150):
        part = names[number % len(names)]
        data = spoilt(table, chance) if number % 3 == 0 else archive(**{part: spoilt(texts[part], chance)})
        with contextlib.suppress(SourceError):
            read_template(data, "spoilt.csv" if number % 3 == 0 else "spoilt.xlsx")


def spoilt(text: bytes, chance: random.Random) -> bytes:
    at, more = chance.randrange(len(text)), chance.choice([b"<", b'"', b"\xff", b"1e999", b"XFD9", b"\0", b"", b"</v>"])
    return text[:at] + more + text[at + chance.choice([0, 1, 3, 30, 300]) :]


def test_a_sheet_of_empty_far_cells_is_read_up_to_its_records() -> None:
    far = b'<row r="1"><c r="A1" t="str"><v>m4sd:Meeting</v></c><c r="B1" t="str"><v>address</v></c></row>'
    far += b'<row r="2"><c r="B2" t="str"><v>id:meeting-a</v></c></row><row r="1048576"><c r="XFD1048576" s="1"/></row>'
    assert len(read_template(archive(**{SHEET: FAR % far}), "m.xlsx").rows) == 1


# ---- JSON Schema


@pytest.mark.parametrize("local", NAMES)
def test_a_schema_is_valid_and_all_that_is_published_of_its_class_keeps_it(local: str) -> None:
    kind = of(local)
    found = schema(kind, "en", say)
    jsonschema_rs.meta.validate(found)
    validator = jsonschema_rs.validator_for(found)
    for thing, said in things(kind):
        written = node(kind, thing, said)
        assert [str(error) for error in validator.iter_errors(written)] == []
        read = json.dumps({**written, "@context": context()["@context"]}).encode()
        assert {quad.triple for quad in parse(read, format=RdfFormat.JSON_LD)} <= set(said), short(thing.value)


@cache
def about() -> dict[object, list[Triple]]:
    found: dict[object, list[Triple]] = {}
    for triple in triples():
        for end in {triple.subject, triple.object}:
            found.setdefault(end, []).append(triple)
    return found


def things(kind: NamedNode) -> Iterator[tuple[NamedNode, list[Triple]]]:
    for each in kinds(kind):
        for triple in about().get(each, ()):
            if (triple.predicate, triple.object) == (name("rdf:type"), each) and isinstance(triple.subject, NamedNode):
                yield triple.subject, about()[triple.subject]


def test_the_context_that_is_read_offline_is_the_one_that_is_published() -> None:
    assert FILE.read_bytes() == as_file(), "write graph.template.context.as_file() to graph/context.jsonld"
    named = b'{"@context": "https://w3id.org/m4sd/shapes/context.jsonld",\n "@id": "id:meeting-a", "acronym": ["A"]}'
    (quad,) = parse(with_context(named), format=RdfFormat.JSON_LD)
    assert quad.triple == Triple(name("id:meeting-a"), name("m4sd:acronym"), Literal("A"))
    assert with_context(named).count(b"\n") == 1


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"skos:prefLabel": {"en": "Only English"}}, "prefLabel"),
        ({"heldIn": "id:locality-rabat"}, "heldIn"),
        ({"meetingType": ["meeting-type:worksop"]}, "meetingType"),
        ({"participantsCount": "60"}, "participantsCount"),
        ({"participantsCount": 0}, "participantsCount"),
        ({"date": {"@value": "13/06/2022", "@type": "xsd:date"}}, "date"),
        ({"@id": "https://example.org/1"}, "@id"),
        ({"heldon": "2022"}, "heldon"),
    ],
)
def test_a_schema_refuses_what_the_rules_refuse(change: Mapping[str, object], where: str) -> None:
    good = {
        "@id": "id:meeting-a",
        "@type": "m4sd:Meeting",
        "skos:prefLabel": {"en": "A", "fr": "A"},
        "heldIn": ["id:locality-rabat"],
        "meetingType": ["meeting-type:workshop"],
        "participantsCount": 60,
        "date": {"@value": "2022-06", "@type": "xsd:gYearMonth"},
    }
    validator = jsonschema_rs.validator_for(schema(of("Meeting"), "en", say))
    assert list(validator.iter_errors(good)) == []
    errors = list(validator.iter_errors({**good, **change}))
    assert any(where in f"{error.instance_path} {error.message}" for error in errors)


def test_the_words_of_a_schema_are_in_the_language_asked_for() -> None:
    found = schema(of("Meeting"), "fr", say)
    assert found["title"] == "réunion"
    assert found["properties"]["heldIn"]["title"] == "tenue à"
    assert set(READ_ME) == set(LANGUAGES)
