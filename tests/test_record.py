"""Show that records remember their lines and that what cannot be read is refused, saying where."""

from pathlib import Path

import pytest

from graph.errors import SourceError
from graph.record import read_record, read_triples

TURTLE = """@prefix x: <http://x/> .

x:a
    a x:C ;
    x:p "one"@en,
        "two"@fr ;
    .
"""


def test_each_triple_knows_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_text(TURTLE)
    triples, lines = read_triples(path)
    assert [(t.predicate.value, line) for t, line in zip(triples, lines, strict=True)] == [
        ("http://www.w3.org/1999/02/22-rdf-syntax-ns#type", 4), ("http://x/p", 5), ("http://x/p", 6),
    ]  # fmt: skip


def test_a_file_is_the_record_that_its_name_says(tmp_path: Path) -> None:
    path = tmp_path / "programme-x.ttl"
    path.write_text(TURTLE)
    record = read_record(path, "seed")
    assert record.iri.value == "https://w3id.org/m4sd/id/programme-x"
    assert record.graph.value == "https://w3id.org/m4sd/graph/seed/programme-x"


@pytest.mark.parametrize("length", [4_000, 5_000, 100_000])
def test_a_line_may_be_long(length: int, tmp_path: Path) -> None:
    path = tmp_path / "long.ttl"
    path.write_text(f'<http://a> <http://b> "{"x" * length}" ; <http://c>\n "y" .')
    assert [(len(str(t.object)) - 2, line) for t, line in zip(*read_triples(path), strict=True)] == [
        (length, 1),
        (1, 2),
    ]


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "notepad.ttl"
    path.write_bytes(b"\xef\xbb\xbf<http://a> <http://b> <http://c> .")
    assert len(read_triples(path)[0]) == 1


@pytest.mark.parametrize(
    ("suffix", "text", "line", "words"),
    [
        ("ttl", '@prefix x: <http://x/> .\nx:a x:p "a" ;\n x:q foo:b .\n', 3, "the prefix foo: is not declared"),
        ("ttl", '<http://a> <http://b> "bell \\u0007" .', 1, "control character"),
        ("nt", "<http://a> <http://b> <http://c> .\nnonsense\n", 2, ""),
        ("rdf", '<?xml version="1.0"?>\n<!DOCTYPE x [<!ENTITY a "b">]>\n<x/>', 2, "DOCTYPE"),
        ("jsonld", '{"@context": "http://127.0.0.1/c", "@id": "http://x/a"}', 1, "remote context"),
        ("docx", "", 1, "should end in one of .ttl"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(
    suffix: str, text: str, line: int, words: str, tmp_path: Path
) -> None:
    path = tmp_path / f"bad.{suffix}"
    path.write_text(text)
    with pytest.raises(SourceError) as caught:
        read_triples(path)
    assert f"bad.{suffix}, line {line}" in str(caught.value)
    assert words in str(caught.value)
