"""Show that shapes of others may do what ours do not: severities of their own, paths of many steps, broken queries."""

from pathlib import Path

import pytest
import rdflib
from pyoxigraph import RdfFormat, parse

from graph.errors import SourceError
from graph.names import name
from graph.record import Record, read_bytes
from graph.validate.explain import validate
from graph.validate.rdf import to_rdflib
from graph.validate.refused import ShapesUnusable
from graph.validate.report import Report
from graph.validate.well_formed import read_foreign
from graph.validate.written.write import write_report
from server.words import say

HEADS = "PREFIX : <http://example.org/> PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>"
PATHS = (
    ("[ sh:inversePath :p ]", "^<http://example.org/p>"),
    ("( :p :q )", "<http://example.org/p>/<http://example.org/q>"),
    ("[ sh:alternativePath ( :p [ sh:inversePath :q ] ) ]", "(<http://example.org/p>|^<http://example.org/q>)"),
    ("( [ sh:zeroOrMorePath :p ] [ sh:oneOrMorePath ( :q :p ) ] [ sh:zeroOrOnePath :q ] )",
     "<http://example.org/p>*/(<http://example.org/q>/<http://example.org/p>)+/<http://example.org/q>?"),
)  # fmt: skip


def report(shapes: str, data: str = ":a a :K .") -> Report:
    triples, lines = read_bytes(f"{HEADS} {data}".encode(), "a.ttl")
    record = Record(name("id:a"), name("id:a"), triples, "a.ttl", lines)
    rules = to_rdflib(quad.triple for quad in parse(f"{HEADS} {shapes}", format=RdfFormat.TURTLE))
    return validate([record], [], shapes=rules)


def written(found: Report, form: str) -> bytes:
    return write_report(found, form, lambda words: say(words, "en"), "en", {})


def test_a_severity_of_their_own_counts_as_an_error_and_is_kept() -> None:
    found = report(
        ":S sh:targetClass :K ; sh:severity :Dire ; sh:property [ sh:path :p ; sh:minCount 1 ; sh:severity :Dire ] ."
    )
    assert not found.conforms
    assert "error: " in written(found, "text").decode()
    assert "sh:resultSeverity <http://example.org/Dire>" in written(found, "turtle").decode()


@pytest.mark.parametrize(("path", "words"), PATHS)
def test_a_path_of_many_steps_is_written_as_nodes_and_said_as_sparql_does(path: str, words: str) -> None:
    found = report(f":S sh:targetClass :K ; sh:property [ sh:path {path} ; sh:minCount 3 ] .")
    assert f"({words})" in written(found, "text").decode() or f"field     {words}" in written(found, "text").decode()
    told, shape = rdflib.Graph(), rdflib.Graph()
    told.parse(data=written(found, "turtle"), format="turtle")
    shape.parse(data=f"{HEADS} [] sh:resultPath {path} .", format="turtle")
    asked = rdflib.Graph()
    reached = set(told.objects(None, rdflib.SH.resultPath))
    while reached:
        node = reached.pop()
        for triple in told.triples((node, None, None)):
            asked.add(triple)
            reached |= {triple[2]} if isinstance(triple[2], rdflib.BNode) else set()
    top = next(told.objects(None, rdflib.SH.resultPath))
    asked.add((rdflib.BNode(), rdflib.SH.resultPath, top))
    assert asked.isomorphic(shape)


@pytest.mark.parametrize(
    "query", ["SELECT $this WHERE { $this", "SELECT $this WHERE { $this nobody:declares ?x }", "no"]
)
def test_a_query_that_is_none_is_named_before_anything_is_checked(query: str) -> None:
    with pytest.raises(ShapesUnusable, match="cannot be"):
        report(f':S sh:targetClass :K ; sh:sparql [ sh:select "{query}" ] .')


@pytest.mark.parametrize(
    ("shapes", "words"),
    [
        ("", "line 1: no shape in this file has a target"),
        (":a :b :c .", "line 1: no shape in this file has a target"),
        (":S a sh:NodeShape .", "line 1: no shape in this file has a target"),
        (
            ":S sh:targetClass :K ;\nsh:property [ sh:minCount 1 ] .",
            r"line 3, column 13: the property shape \[ \] needs",
        ),
        (":S sh:targetClass :K ; sh:property :P .", "the property shape <http://example.org/P> needs one sh:path"),
        (":S sh:targetClass :K ; sh:property [ sh:path 7 ] .", "line 2, column 46: the property shape"),
        (":S sh:targetClass :K ; sh:minCount 1 .", "line 2, column 1: <http://example.org/S> is no shape of SHACL"),
        (':S sh:targetClass :K ; sh:minLength "x" .', "sh:minLength of .* is not what SHACL asks for: a whole number"),
        (":S sh:targetClass :K ; sh:in :L .", "sh:in of .* is not what SHACL asks for: a list"),
    ],
)
def test_a_file_whose_shapes_would_pass_everything_is_refused_with_the_place(
    shapes: str, words: str, tmp_path: Path
) -> None:
    path = tmp_path / "shapes.ttl"
    path.write_text(f"{HEADS}\n{shapes}")
    with pytest.raises(SourceError, match=words):
        read_foreign(path)


def test_well_formed_shapes_of_any_path_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "shapes.ttl"
    each = "".join(f":S sh:property [ sh:path {way} ; sh:minCount 1 ; sh:in ( 1 ) ] . " for way, _ in PATHS)
    path.write_text(f"{HEADS} :S sh:targetClass :K . {each}")
    assert len(read_foreign(path).targeting) == 1


def test_a_value_that_is_none_of_its_datatype_leaves_no_traceback(capfd: pytest.CaptureFixture[str]) -> None:
    report(
        ":S sh:targetClass :K ; sh:property [ sh:path :p ; sh:datatype xsd:date ] .",
        ':a a :K ; :p "2023-02-30"^^xsd:date .',
    )
    assert "Traceback" not in capfd.readouterr().err


def test_our_rules_name_their_numbers_at_iati(tmp_path: Path) -> None:
    sum_ = "<https://w3id.org/m4sd/ontology#"
    text = (
        f"<http://x/a> {sum_}hasAllocation> <http://x/b> . <http://x/b> a {sum_}Allocation> ; {sum_}percentage> 50 ; "
        f"{sum_}vocabulary> <https://w3id.org/m4sd/concept/sector> ."
    )
    triples, lines = read_bytes(text.encode(), "a.ttl")
    found = validate([Record(name("id:a"), name("id:a"), triples, "a.ttl", lines)], [])
    assert "shape:Allocation-sum  IATI 2.1.2, 2.1.4," in written(found, "text").decode()
