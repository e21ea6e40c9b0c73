"""What the formatter promises: the same graph, one way to write it, nothing lost in silence."""

from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    parse,
    serialize,
)

from ontology import FOLDER
from ontology.tidy import main, tidy

ROOT = FOLDER.parent
PATTERNS = ("ontology/**/*.ttl", "graph/records/**/*.ttl", "shapes/**/*.ttl")
FILES = sorted(chain.from_iterable(ROOT.glob(pattern) for pattern in PATTERNS))

HEAD = """\
@prefix : <http://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sdg: <http://metadata.un.org/sdg/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def body(turtle: str) -> str:
    return tidy(HEAD + turtle).partition("\n\n")[2]


def graph(turtle: str) -> Dataset:
    dataset = Dataset(parse(turtle, format=RdfFormat.TURTLE))
    dataset.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return dataset


@pytest.mark.parametrize("file", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_turtle_file_is_in_the_house_style(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert tidy(text) == text, f"python -m ontology.tidy {file.relative_to(ROOT)}"


def test_the_heading_and_the_used_prefixes_stay() -> None:
    assert tidy(f"# One.\n# Two.\n{HEAD}:b :c 1 .") == (
        "# One.\n# Two.\n@prefix : <http://example.org/> .\n\n:b\n    :c 1 ;\n    .\n"
    )


def test_predicates_come_in_one_order_whatever_their_order_was() -> None:
    assert body(
        ':b sh:message "m" ; rdfs:isDefinedBy : ; :z 1 ; :a 1 ; skos:prefLabel "b" ;'
        " rdfs:range :c ; rdfs:domain :d ; a :e ."
    ) == (
        ":b\n    a :e ;\n    rdfs:domain :d ;\n    rdfs:range :c ;\n"
        '    skos:prefLabel "b" ;\n    rdfs:isDefinedBy : ;\n    :a 1 ;\n    :z 1 ;\n    sh:message "m" ;\n    .\n'
    )


def test_english_comes_before_french_before_the_rest() -> None:
    assert '"z"@en, "a"@fr, "a"@es ;' in body(':b skos:prefLabel "a"@es, "a"@fr, "z"@en .')


def test_subjects_are_sorted_with_the_ontology_first() -> None:
    assert (
        body(":b :p 1 . :Z :p 1 . <http://example.org/z> a owl:Ontology . :a :p 1 .")
        .split("\n\n")[0]
        .startswith(":z\n")
    )


def test_a_record_begins_with_its_graph_and_with_what_it_is_about() -> None:
    text = tidy(
        "<https://w3id.org/m4sd/id/a> <http://example.org/p> 1 ."
        "<https://w3id.org/m4sd/id/z> <http://example.org/p> 1 ."
        "<https://w3id.org/m4sd/graph/seed/z> <http://example.org/p> 1 ."
    )
    assert [line for line in text.splitlines() if line.startswith("<")] == [
        "<https://w3id.org/m4sd/graph/seed/z>",
        "<https://w3id.org/m4sd/id/z>",
        "<https://w3id.org/m4sd/id/a>",
    ]


def test_a_name_with_a_dot_stays_clear_of_the_full_stop() -> None:
    assert body(":b :p sdg:10.7, sdg:10.c .") == ":b\n    :p sdg:10.7, sdg:10.c ;\n    .\n"


def test_a_name_that_turtle_would_not_read_back_is_written_in_full() -> None:
    assert ":p <http://example.org/x.> ;" in body(":b :p <http://example.org/x.> .")
    assert ":p <http://example.org/a/b> ;" in body(":b :p <http://example.org/a/b> .")


@pytest.mark.parametrize(
    "value", ["1", "-07", "1.50", "true", '"x"^^:kind', '"1.0E0"^^xsd:double', '"2019"^^xsd:gYear']
)
def test_a_literal_keeps_its_spelling(value: str) -> None:
    assert f":p {value} ;" in body(f":b :p {value} .")


def test_short_blank_nodes_and_lists_are_written_in_place() -> None:
    flat = ":b\n    :p [ a :c ; :q 1 ], ( :x [ owl:inverseOf :y ] () ), [], () ;\n    .\n"
    assert graph(HEAD + body(flat)) == graph(HEAD + flat)
    assert ":p (), ( :x [ owl:inverseOf :y ] () ), [ a :c ; :q 1 ], [] ;" in body(flat)


def test_long_ones_are_opened_up() -> None:
    names = " ".join(f":a-rather-long-name-{n}" for n in range(5))
    assert body(f":b :p ( {names} ) .").splitlines()[1:4] == [
        "    :p (",
        "        :a-rather-long-name-0",
        "        :a-rather-long-name-1",
    ]


def test_a_query_keeps_its_lines() -> None:
    text = body(':b sh:sparql [ sh:select """\nSELECT $this\nWHERE { $this ?p "x" }\n""" ] .')
    assert 'sh:select """\nSELECT $this\nWHERE { $this ?p "x" }\n""" ;\n    ] ;' in text


@pytest.mark.parametrize(
    ("turtle", "trouble"),
    [
        (":b :p 1 .\n# a remark\n:c :p 1 .", "line 9: a comment below the heading"),
        (":b :p _:x . :c :p _:x . _:x :p 1 .", "named twice"),
        ("_:x :p _:y . _:y :p _:x .", "points back at itself"),
    ],
)
def test_what_would_be_lost_is_refused(turtle: str, trouble: str) -> None:
    with pytest.raises(ValueError, match=trouble):
        tidy(HEAD + turtle)


def test_a_hash_inside_an_iri_or_a_text_is_no_comment() -> None:
    assert '"# no"' in body(""":b :p <http://example.org/#x>, "# no", 'it""" + "\\'" + """s # no', '''a\n# no''' .""")


def test_a_check_names_the_files_and_leaves_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "one.ttl"
    file.write_text(HEAD + ":b :c 1 .", encoding="utf-8")
    assert main(["--check", str(file)]) == 1
    assert "one.ttl" in capsys.readouterr().err
    assert file.read_text(encoding="utf-8") == HEAD + ":b :c 1 ."


def test_a_run_rewrites_the_files_once(tmp_path: Path) -> None:
    file = tmp_path / "one.ttl"
    file.write_text(HEAD + ":b :c 1 .", encoding="utf-8")
    assert main([str(file)]) == 0
    assert main(["--check", str(file)]) == 0


def test_broken_turtle_is_named_and_not_touched(tmp_path: Path) -> None:
    file = tmp_path / "one.ttl"
    file.write_text(":b :c", encoding="utf-8")
    with pytest.raises(SystemExit, match=r"one\.ttl"):
        main([str(file)])


names = some.sampled_from(
    [NamedNode("http://example.org/" + name) for name in ("a", "b.c", "d-", "é", "x/y", "", "1")]
    + [NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#" + name) for name in ("type", "first", "rest", "nil")]
    + [NamedNode("https://w3id.org/m4sd/graph/seed/a"), NamedNode("http://www.w3.org/2002/07/owl#Ontology")]
)
texts = some.text(some.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=6)
texts |= some.text("\"\\\n\r\t#'", max_size=8)
literals = some.one_of(
    some.builds(Literal, texts),
    some.builds(lambda text, tag: Literal(text, language=tag), texts, some.sampled_from(["en", "fr", "en-gb"])),
    some.builds(lambda text, kind: Literal(text, datatype=kind), texts, names),
    some.builds(Literal, some.integers() | some.booleans() | some.floats(allow_nan=False)),
)


@some.composite
def triples(draw: some.DrawFn) -> list[Quad]:
    """Draw triples in which each blank node is named by at most one triple above it, so the style can write them."""
    nodes: list[NamedNode | BlankNode] = [draw(names)]
    drawn = []
    for number in range(draw(some.integers(1, 9))):
        value = draw(names | literals | some.just(BlankNode(f"n{number}")))
        drawn.append(Quad(draw(some.sampled_from(nodes)), draw(names), value))
        nodes.append(value if isinstance(value, BlankNode) else draw(names | some.just(BlankNode(f"root{number}"))))
    return drawn


@settings(deadline=None)
@given(triples())
def test_tidying_keeps_the_graph_and_is_done_once(quads: list[Quad]) -> None:
    prefixes = {"": "http://example.org/", "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#"}
    turtle = (serialize(quads, format=RdfFormat.TURTLE, prefixes=prefixes) or b"").decode()
    once = tidy(turtle)
    assert graph(once) == graph(turtle)
    assert tidy(once) == once
