"""Show that answers are written whole, in every format, with their types kept."""

import io
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet
from pyoxigraph import DefaultGraph, Literal, Quad

from graph.errors import SheetFull, TooLarge
from graph.names import name
from graph.query import Question, answer
from graph.results.values import lexical, value
from graph.store import Store
from server.app import create_app
from server.settings import Settings

FUNDERS = "SELECT ?funder ?type { id:programme-m4sd m4sd:isFundedBy ?funder OPTIONAL { ?funder m4sd:none ?type } }"
SDC = "https://w3id.org/m4sd/id/org-CH-4"


def sheet(store: Store, text: str, lang: str = "en") -> Worksheet:
    written = answer(store, Question(text), f"xlsx-{lang}").body
    found = openpyxl.load_workbook(io.BytesIO(written)).active
    assert isinstance(found, Worksheet)
    return found


def typed(text: str) -> str:
    """Return a query for one row of terms, each under a letter of its own."""
    terms = text.split(" | ")
    return f"SELECT * {{ {' '.join(f'VALUES ?{chr(97 + n)} {{ {term} }}' for n, term in enumerate(terms))} }}"


def parquet(store: Store, text: str, tmp_path: Path) -> list[dict[str, Any]]:
    """Return the rows as DuckDB reads them, which shares no line with what wrote them."""
    file = tmp_path / "answer.parquet"
    file.write_bytes(answer(store, Question(text), "parquet").body)
    found = duckdb.execute("SELECT * FROM read_parquet(?)", [str(file)])
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def test_a_sheet_has_one_column_a_variable_and_one_for_the_labels_of_things(published: Store) -> None:
    found = sheet(published, FUNDERS)
    assert [[cell.value for cell in row] for row in found.iter_rows()] == [
        ["funder", "funder.label", "type"],
        [SDC, "Swiss Agency for Development and Cooperation", None],
    ]


def test_a_sheet_speaks_the_readers_language(published: Store) -> None:
    assert sheet(published, FUNDERS, "fr")["B2"].value == "Direction du développement et de la coopération"


def test_a_sheet_keeps_numbers_times_and_truth_values() -> None:
    row = typed(
        '12 | 1.5 | 2e3 | true | "2020-02-29"^^xsd:date | "2020-02-29T12:30:00Z"^^xsd:dateTime | "2019"^^xsd:gYear'
    )
    cells = sheet(Store(), row)[2]
    assert [cell.value for cell in cells] == [
        12, 1.5, 2000, True, datetime(2020, 2, 29), datetime(2020, 2, 29, 12, 30), 2019,
    ]  # fmt: skip
    assert [cell.data_type for cell in cells] == ["n", "n", "n", "b", "d", "d", "n"]
    assert 'UTC"' in cells[5].number_format


def test_a_sheet_keeps_as_text_what_it_would_change() -> None:
    kept = ["1234567890123456789", "0.1234567890123456789", "1850-01-01", "2020-02-30", "NaN", "1e400"]
    kinds = ["integer", "decimal", "date", "date", "double", "double"]
    row = typed(" | ".join(f'"{text}"^^xsd:{kind}' for text, kind in zip(kept, kinds, strict=True)))
    cells = sheet(Store(), row)[2]
    assert [cell.data_type for cell in cells] == ["s"] * 6
    assert [str(cell.value).upper() for cell in cells] == [*kept[:4], "NAN", "INF"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=HYPERLINK('http://x','y')", "\r=1"])
def test_no_text_becomes_a_formula(text: str) -> None:
    written = text.replace("\t", "\\t").replace("\r", "\\r")
    cell = sheet(Store(), f'SELECT ("{written}" AS ?x) {{}}')["A2"]
    assert (cell.data_type, cell.quotePrefix) == ("s", True)
    assert str(cell.value).replace("_x000D_", "\r") == text


def test_text_that_xml_cannot_hold_is_escaped_and_not_lost() -> None:
    cell = sheet(Store(), r'SELECT ("a\u0001<b>&amp;_x0041_ " AS ?x) {}')["A2"]
    assert cell.value == "a_x0001_<b>&amp;_x005F_x0041_ "


def test_a_sheet_that_would_be_cut_is_refused_and_names_its_limit() -> None:
    half = " ".join(map(str, range(1024)))
    with pytest.raises(SheetFull, match="1048576 rows"):
        answer(Store(), Question(f"SELECT ?x {{ VALUES ?x {{ {half} }} VALUES ?y {{ {half} }} }}"), "xlsx-en")
    with pytest.raises(SheetFull, match="32767 characters"):
        answer(Store(), Question(f'SELECT ("{"x" * 32768}" AS ?x) {{}}'), "xlsx-en")


@pytest.mark.parametrize("form", ["xlsx-en", "parquet", "html-en"])
def test_every_format_is_bounded_while_it_is_written(form: str) -> None:
    many = " ".join(f'"{n * 7919 % 10007} {n}"' for n in range(3000))
    with pytest.raises(TooLarge):
        answer(Store(), Question(f"SELECT * {{ VALUES ?x {{ {many} }} }}"), form, largest=2000)


def test_parquet_keeps_types_and_holds_what_is_unbound(tmp_path: Path) -> None:
    rows = '(1 1.50 2e0 true "2020-02-29"^^xsd:date "2020-02-29T12:30:00.5"^^xsd:dateTime "2019"^^xsd:gYear "é"@fr <http://x>)'
    query = f"SELECT * {{ VALUES (?a ?b ?c ?d ?e ?f ?g ?h ?i) {{ {rows} ({'UNDEF ' * 9}) }} }}"
    first, second = parquet(Store(), query, tmp_path)
    assert first == {
        "a": 1, "b": Decimal("1.50"), "c": 2.0, "d": True, "e": date(2020, 2, 29),
        "f": datetime(2020, 2, 29, 12, 30, 0, 500000), "g": 2019, "h": "é", "i": "http://x",
    }  # fmt: skip
    assert second == dict.fromkeys("abcdefghi")


def test_a_parquet_column_of_several_types_is_text_as_it_was_written(tmp_path: Path) -> None:
    rows = parquet(Store(), 'SELECT * { VALUES ?x { 1 true "2020-01-01"^^xsd:date 1.5 "x"@en <http://x> } }', tmp_path)
    assert [row["x"] for row in rows] == ["1", "true", "2020-01-01", "1.5", "x", "http://x"]


@pytest.mark.parametrize("count", [0, 1, 7, 8, 255, 257, 65600])
def test_parquet_of_any_length_is_read_back(count: int, tmp_path: Path) -> None:
    tens = " ".join(map(str, range(300)))
    query = f"SELECT (?a * 300 + ?b AS ?n) {{ VALUES ?a {{ {tens} }} VALUES ?b {{ {tens} }} }} LIMIT {count}"
    assert len({row["n"] for row in parquet(Store(), query, tmp_path)}) == count


def test_an_empty_column_and_a_yes_are_parquet_too(tmp_path: Path) -> None:
    assert parquet(Store(), "SELECT ?x ?y { VALUES ?x { 1 2 } }", tmp_path) == [
        {"x": 1, "y": None},
        {"x": 2, "y": None},
    ]
    assert parquet(Store(), "ASK {}", tmp_path) == [{"ask": True}]


TERMS = st.one_of(
    st.integers(-(2**70), 2**70).map(lambda n: Literal(str(n), datatype=name("xsd:integer"))),
    st.decimals(allow_nan=False, allow_infinity=False, places=3).map(
        lambda n: Literal(f"{n:f}", datatype=name("xsd:decimal"))
    ),
    st.floats(allow_nan=False).map(Literal),
    st.booleans().map(Literal),
    st.dates().map(lambda d: Literal(d.isoformat(), datatype=name("xsd:date"))),
    st.text(st.characters(exclude_categories=["Cs"])).map(Literal),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(TERMS, min_size=1, max_size=20))
def test_what_parquet_says_is_what_the_graph_says(
    tmp_path_factory: pytest.TempPathFactory, terms: list[Literal]
) -> None:
    query = f"SELECT ?x {{ VALUES ?x {{ {' '.join(map(str, terms))} }} }}"
    said = [row[0] for row in Store().query(query)]  # type: ignore[union-attr]  # the engine writes 1.50 as 1.5
    rows = parquet(Store(), query, tmp_path_factory.mktemp("parquet"))
    as_text = isinstance(rows[0]["x"], str)
    assert [row["x"] for row in rows] == [lexical(term) if as_text else value(term) for term in said]


def test_csv_and_tsv_stay_as_the_standard_has_them() -> None:
    query = Question('SELECT ("=1+1" AS ?x) {}')
    assert answer(Store(), query, "csv").body == b"x\r\n=1+1\r\n"
    assert answer(Store(), query, "tsv").body == b'?x\n"=1+1"\n'


def test_a_page_shows_short_names_with_labels_and_marks_another_language(published: Store) -> None:
    store = Store()
    store.extend([Quad(name("id:x"), name("skos:prefLabel"), Literal("Sólo", language="es"), DefaultGraph())])
    fallback = answer(store, Question("SELECT ?s { ?s ?p ?o }"), "html-fr").body.decode()
    own = answer(published, Question(FUNDERS), "html-fr").body.decode()
    assert 'lang="es">Sólo</a> <span class="lang">es</span> <code class="iri">' in fallback
    assert '>Direction du développement et de la coopération</a> <code class="iri">id:org-CH-4</code>' in own


@pytest.mark.parametrize("text", ["<script>x</script>", '\\" onmouseover=\\"x', "&lt;"])
def test_nothing_in_an_answer_is_markup(text: str) -> None:
    page = answer(
        Store(), Question(f'SELECT ("{text}" AS ?x) (IRI("javascript:x") AS ?y) {{}}'), "html-en"
    ).body.decode()
    assert "<script" not in page
    assert 'href="javascript' not in page
    assert '" onmouseover="' not in page


@pytest.fixture(scope="module")
def client(folder: Path) -> FlaskClient:
    return create_app(Settings(store=folder)).test_client()


@pytest.mark.parametrize(
    ("form", "media", "begins"),
    [
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK"),
        ("parquet", "application/vnd.apache.parquet", b"PAR1"),
    ],
)
def test_files_come_by_parameter_and_by_accept_under_a_safe_name(
    client: FlaskClient, form: str, media: str, begins: bytes
) -> None:
    named = client.get("/sparql", query_string={"query": FUNDERS, "format": form})
    accepted = client.get("/sparql", query_string={"query": FUNDERS}, headers={"Accept": media})
    assert (named.status_code, named.mimetype, named.data) == (200, media, accepted.data)
    assert named.data.startswith(begins)
    kind, _, file = named.headers["Content-Disposition"].partition("; filename=")
    assert (kind, file.strip('"').replace("-", "").replace(".", "").isalnum()) == ("attachment", True)


def test_triples_do_not_come_as_a_sheet(client: FlaskClient) -> None:
    assert client.get("/sparql", query_string={"query": "DESCRIBE id:org-CH-4", "format": "xlsx"}).status_code == 406


def test_a_page_links_to_the_whole_answer_in_every_format_and_to_the_other_inference(client: FlaskClient) -> None:
    asked = {"query": FUNDERS, "format": "html", "inference": "off"}
    page = client.get("/sparql", query_string=asked, headers={"Accept-Language": "fr"}).text
    for form in ("json", "xml", "csv", "tsv", "xlsx", "parquet"):
        assert f"inference=off&amp;format={form}" in page
    assert "Seul compte ici ce qui est énoncé." in page
    assert (
        client.get("/sparql", query_string={"query": "DESCRIBE id:org-CH-4", "format": "html"}).text.count(
            "format=turtle"
        )
        == 2
    )


def test_a_sheet_that_is_full_is_a_problem_that_names_the_limit(client: FlaskClient) -> None:
    query = f'SELECT ("{"x" * 32768}" AS ?x) {{}}'
    found = client.post("/sparql", data={"query": query, "format": "xlsx"}, headers={"Accept-Language": "fr"})
    assert found.status_code == 413
    assert "32767 caractères" in found.json["detail"]  # type: ignore[index]
