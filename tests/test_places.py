"""Show that statements know their lines and columns in every syntax, and that a slip says how it is mended."""

import random
from pathlib import Path

import pytest
from pyoxigraph import Triple

from graph.build import RECORDS
from graph.errors import SourceError
from graph.places.spot import Spot, place_of
from graph.record import read_bytes, read_triples
from server.words import say

RDF_XML = """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="http://x/">
<x:C rdf:about="http://x/é" x:a="1"><x:p xml:lang="fr">déjà</x:p> <x:q rdf:resource="http://x/b"/>
  <x:n><x:D rdf:about="http://x/d"><x:k>5</x:k></x:D></x:n></x:C>
</rdf:RDF>
"""
JSON_LD = """{"@context": {"x": "http://x/", "name": {"@id": "x:name", "@container": "@language"},
  "see": {"@id": "x:see", "@type": "@id"}},
 "@graph": [{"@id": "x:é", "@type": ["x:C", "x:D"], "name": {"en": "a", "fr": "b"}, "see": ["x:b", "x:c"],
   "x:n": {"@id": "x:d", "x:k": 5, "x:m": {"@value": "v", "@language": "en"}}, "x:l": {"@list": ["one", "two"]}}]}
"""


def read(text: str, suffix: str, folder: Path) -> list[tuple[Triple, Spot]]:
    path = folder / f"new.{suffix}"
    path.write_text(text, encoding="utf-8")
    triples, lines = read_triples(path)
    assert all(isinstance(line, Spot) for line in lines)
    return [(triple, line) for triple, line in zip(triples, lines, strict=True) if isinstance(line, Spot)]


def places(text: str, suffix: str, folder: Path) -> list[tuple[str, int, int]]:
    """Return the local name of each property, with the line and column of its value."""
    found = [(triple.predicate.value, spot.at(None, triple.object)) for triple, spot in read(text, suffix, folder)]
    named = [(name.replace("#", "/").rpartition("/")[2], place.line, place.column) for name, place in found]
    return [each for each in named if each[0] != "rest"]  # what the parser makes of a list stands nowhere


@pytest.mark.parametrize(
    ("suffix", "text", "expected"),
    [
        ("ttl", '@prefix : <http://x/> .\n:é :p "é;,."@fr, 2 ; :q <http://y> . :b a :c\n  .',
         [("p", 2, 7), ("p", 2, 18), ("q", 2, 25), ("type", 2, 43)]),
        ("ttl", '@prefix : <http://x/> .\n:a :p [ :q "x" ; :r 1 ], "y" . # "\n[ :s """l\no""" ] :t true .',
         [("q", 2, 12), ("p", 2, 7), ("r", 2, 21), ("p", 2, 26), ("s", 3, 6), ("t", 4, 11)]),
        ("ttl", '@prefix : <http://x/> .\n:a :p ( "x" 2 ( 3 ) [ :q 4 ] ) .',
         [("p", 2, 7), ("first", 2, 13), ("first", 2, 9), ("first", 2, 15), ("first", 2, 17), ("q", 2, 26),
          ("first", 2, 21)]),
        ("trig", "@prefix : <http://x/> .\n:g { :a :p 1, :b } GRAPH :h { :c :q 2 } :d :r 3 .",
         [("p", 2, 12), ("p", 2, 15), ("q", 2, 37), ("r", 2, 47)]),
        ("nt", '<http://a> <http://x/p> "x"@en .\n_:b <http://x/q> <http://c> .', [("p", 1, 25), ("q", 2, 18)]),
        ("nq", '<http://a> <http://x/p> "x" <http://g> .\n<http://a> <http://x/q> "y"^^<http://t> <http://g> .',
         [("p", 1, 25), ("q", 2, 25)]),
    ],
)  # fmt: skip
def test_each_value_knows_its_line_and_column(
    suffix: str, text: str, expected: list[tuple[str, int, int]], tmp_path: Path
) -> None:
    assert sorted(places(text, suffix, tmp_path)) == sorted(expected)


def test_the_values_of_rdf_xml_stand_where_the_text_has_them(tmp_path: Path) -> None:
    lines = RDF_XML.split("\n")
    found = {(name, lines[line - 1][column - 1 :][:9]) for name, line, column in places(RDF_XML, "rdf", tmp_path)}
    assert found == {
        ("type", "<x:C rdf:"), ("a", '1"><x:p x'), ("p", "déjà</x:p"), ("q", 'http://x/'), ("type", "<x:D rdf:"),
        ("k", "5</x:k></"), ("n", "http://x/"),
    }  # fmt: skip


def test_the_values_of_json_ld_stand_where_the_text_has_them(tmp_path: Path) -> None:
    lines = JSON_LD.split("\n")
    for triple, spot in read(JSON_LD, "jsonld", tmp_path):
        place = spot.at(triple.predicate, triple.object)
        word = str(getattr(triple.object, "value", "")).rpartition("/")[2]
        if triple.predicate.value.endswith("rest"):
            continue
        there = lines[place.line - 1][place.column - 1 :]
        expected = ("{",) if triple.predicate.value == "http://x/l" else (f'"{word}"', f'"x:{word}"', word)
        assert there.startswith(expected), triple


OURS = '"@context":"https://w3id.org/m4sd/shapes/context.jsonld"'


def test_our_context_that_is_named_on_the_same_line_moves_no_place(tmp_path: Path) -> None:
    one = f'{{{OURS},"@id":"id:é","acronym":["A"]}}'
    both = f'[{one},{{"x":[],{OURS},"@id":"id:b","acronym":["B"]}},\n{one}]'
    first, last = both.split("\n")
    assert places(both, "jsonld", tmp_path) == [
        ("acronym", 1, first.index('"A"') + 1),
        ("acronym", 1, first.index('"B"') + 1),
        ("acronym", 2, last.index('"A"') + 1),
    ]


@pytest.mark.parametrize(("slip", "at"), [(' "@id":1', ' "@id"'), (',"@id":1', "1}"), (',"a":tru', "tru")])
def test_a_slip_behind_our_context_stands_where_the_text_has_it(slip: str, at: str) -> None:
    text = f"{{{OURS}{slip}}}"
    with pytest.raises(SourceError) as caught:
        read_bytes(text.encode(), "a.jsonld")
    assert (caught.value.line, caught.value.column) == (1, text.rindex(at) + 1)


def test_the_property_and_the_subject_have_places_too(tmp_path: Path) -> None:
    text = "@prefix : <http://x/> .\n:a :p 1 ;\n   :q 2 ."
    triple, spot = read(text, "ttl", tmp_path)[1]
    assert (spot.at(triple.predicate, None).line, spot.at(triple.predicate, None).column) == (3, 4)
    assert (spot.at(None, None).line, spot.at(None, None).column) == (2, 1)


def test_what_the_scanner_does_not_know_has_a_line_without_a_column(tmp_path: Path) -> None:
    text = "@prefix : <http://x/> .\n:a :p <<( :b :c :d )>> ."
    ((triple, spot),) = read(text, "ttl", tmp_path)
    assert (spot.at(triple.predicate, triple.object).line, spot.at(triple.predicate, None).column) == (2, 0)


def test_many_values_on_one_line_have_columns_of_their_own(tmp_path: Path) -> None:
    text = "<http://a> <http://x/p> " + ", ".join(f'"{number}"' for number in range(500)) + " ."
    found = places(text, "ttl", tmp_path)
    assert len({column for _, _, column in found}) == 500


@pytest.mark.slow
def test_every_record_of_ours_has_columns() -> None:
    for path in sorted(RECORDS.rglob("*.ttl"))[::10]:
        triples, lines = read_triples(path)
        for triple, line in zip(triples, lines, strict=True):
            assert isinstance(line, Spot)
            assert line.at(triple.predicate, triple.object).column > 0


@pytest.mark.parametrize(
    ("suffix", "text", "place", "english", "french"),
    [
        ("ttl", "@prefix : <http://x/> .\n:a skos:note 1 .", (2, 4),
         "the prefix skos: is not declared; add at the top: @prefix skos: <http://www.w3.org/2004/02/skos/core#> .",
         "le préfixe skos: n’est pas déclaré ; ajoutez en tête : "
         "@prefix skos: <http://www.w3.org/2004/02/skos/core#> ."),
        ("ttl", "@prefix : <http://x/> .\n@prefix xsd: <http://x/> .\n:a xds:b 1 .", (3, 4),
         "the prefix xds: is not declared; perhaps xsd: is meant",
         "le préfixe xds: n’est pas déclaré ; s’agit-il de xsd: ?"),
        ("ttl", "@prefix : <http://x/> .\n:a :b 1\n:c :d 2 .", (2, 8),
         "the statement before this has no end; put a dot behind it",
         "l’énoncé avant ceci n’a pas de fin ; mettez un point derrière"),
        ("ttl", '@prefix : <http://x/> .\n:a :b "x .\n:c :d "y" .', (2, 7),
         'the text that begins here is not closed; put " behind it',
         'le texte qui commence ici n’est pas fermé ; mettez " derrière'),
        ("ttl", "@prefix : <http://x/> .\n:a :b [ :c 1 .\n:d :e 2 .", (2, 7),
         "the bracket [ is not closed; add ]", "le crochet [ n’est pas fermé ; ajoutez ]"),
        ("ttl", "@prefix : <http://x/> .\n:a :b <http://a b> .", (2, 16),
         "an address cannot hold “ ”; write %20, or delete it",
         "une adresse ne peut contenir «   » ; écrivez %20, ou supprimez-le"),
        ("ttl", '@prefix : <http://x/> .\n:a :b "a" ; "c" .', (2, 11),
         "a semicolon begins another field; put a comma before another value of the same field",
         "un point-virgule ouvre un autre champ ; mettez une virgule avant une autre valeur du même champ"),
        ("ttl", "@prefix : <http://x/> .\n:a :b “c” .", (2, 7),
         'put straight quotes (") around a text, not “', 'entourez un texte de guillemets droits ("), non de “'),
        ("nt", "<http://a> <http://b> <http://c>\n<http://a> <http://b> <http://d> .", (1, 33),
         "the statement before this has no end; put a dot behind it",
         "l’énoncé avant ceci n’a pas de fin ; mettez un point derrière"),
        ("jsonld", '{"@id": "http://a"\n "http://b": 1}', (1, 19),
         "a comma is missing here", "il manque ici une virgule"),
        ("jsonld", '{"@id": "http://a",\n "http://b": 1,}', (2, 15),
         "delete this comma: nothing follows it", "supprimez cette virgule : rien ne la suit"),
        ("ttl", '@prefix : <http://x/> .\n:a :b "1"@en\n  :d "2"^^:e ;\n  :f 3 .', (2, 13),
         "a semicolon is missing here: another field of the same thing follows",
         "il manque ici un point-virgule : un autre champ de la même chose suit"),
        ("jsonld", "{'@id': 1}", (1, 2),
         "put straight double quotes (\") around a text, not '",
         "entourez un texte de guillemets doubles droits (\"), non de '"),
        ("rdf", RDF_XML.replace("déjà</x:p>", "déjà</x:q>"), (3, 60),
         "</x:q> stands here where </x:p> is due: close what was opened last",
         "</x:q> se trouve ici là où </x:p> est attendu : fermez ce qui a été ouvert en dernier"),
        ("rdf", RDF_XML.replace("déjà", "a & b"), (3, 58),
         "write &amp; for a plain &", "écrivez &amp; pour un simple &"),
        ("rdf", RDF_XML.replace("<x:k>5</x:k>", "<skos:k>5</skos:k>"), (4, 37),
         'the prefix skos: is not declared; add to the first element: '
         'xmlns:skos="http://www.w3.org/2004/02/skos/core#"',
         'le préfixe skos: n’est pas déclaré ; ajoutez au premier élément : '
         'xmlns:skos="http://www.w3.org/2004/02/skos/core#"'),
        ("rdf", RDF_XML.removesuffix("</rdf:RDF>\n"), (2, 1),
         "<rdf:RDF> is never closed; put </rdf:RDF> behind it",
         "<rdf:RDF> n’est jamais fermé ; mettez </rdf:RDF> derrière"),
    ],
)  # fmt: skip
def test_a_slip_says_its_place_and_its_mend_in_both_languages(
    suffix: str, text: str, place: tuple[int, int], english: str, french: str, tmp_path: Path
) -> None:
    path = tmp_path / f"new.{suffix}"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        read_triples(path)
    error = caught.value
    assert (error.line, error.column) == place
    assert (say(error.detail, "en"), say(error.detail, "fr")) == (english, french)
    assert str(error) == f"{path}, line {place[0]}, column {place[1]}: {english}"


SOURCES = {
    "ttl": '@prefix : <http://x/> .\n:a :p "é"@fr, [ :q 1, ( 2 "x" ) ] ; :r <http://y> .\n',
    "trig": "@prefix : <http://x/> .\n:g { :a :p 1, :b } :d :r 3 .\n",
    "nq": '<http://a> <http://x/p> "x" <http://g> .\n_:b <http://x/q> <http://c> .\n',
    "jsonld": JSON_LD,
    "rdf": RDF_XML,
}
BITS = [
    *(bytes([code]) for code in b"<>\"'[](){}.;,@^\\\x00\xff\n&#%~:0"),
    b'"""', b"<<", b"<!--", b"@prefix", b"\xef\xbb\xbf", b"null", "“".encode(), b'"@id":', b"&#0;", b"http://[",
]  # fmt: skip


@pytest.mark.parametrize("suffix", SOURCES)
def test_a_mutated_file_is_read_with_its_places_or_refused_with_one(suffix: str) -> None:
    chance = random.Random(suffix)
    for _ in range(300):
        data = bytearray(SOURCES[suffix].encode())
        for _ in range(chance.choice([1, 1, 2, 4])):
            at = chance.randrange(len(data))
            data[at : at + chance.choice([0, 0, 1, 9])] = chance.choice(BITS)
        found = _read_or_refused(bytes(data), f"new.{suffix}")
        assert all(line > 0 for line in found)


def _read_or_refused(data: bytes, name: str) -> list[int]:
    """Return the lines of the values of a file, or the one where it is refused, whose words can be said."""
    try:
        triples, lines = read_bytes(data, name)
    except SourceError as error:
        return [error.line] if say(error.said, "fr") else []
    return [place_of(line, None, each.object).line for each, line in zip(triples, lines, strict=True)]
