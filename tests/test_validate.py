"""Show that a file is held against the words of the ontology, and in the same way with and without a built graph."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

import ontology
from graph.build import RECORDS, unbuilt
from graph.errors import SourceError
from graph.names import PREFIXES, name, short
from graph.store import Store
from graph.validate.files import validate_files
from graph.validate.report import Finding, Profile

WHEN = datetime(2026, 1, 1, tzinfo=UTC)
HEADS = "".join(f"PREFIX {prefix}: <{space}> " for prefix, space in PREFIXES.items())
THING = 'id:org-new a m4sd:Organisation ;\n  skos:prefLabel "a"@en, "b"@fr'


def sent(path: Path) -> tuple[str, bytes]:
    return str(path), path.read_bytes()


def terms(turtle: str, folder: Path, profile: Profile = "curated") -> list[Finding]:
    """Return what the rules about terms find in a file."""
    path = folder / "new.ttl"
    path.write_text(f"{HEADS}\n{turtle}", encoding="utf-8")
    found = validate_files([sent(path)], None, WHEN, profile).findings
    return [finding for finding in found if finding.rule.value.startswith(PREFIXES["shape"] + "Terms-")]


@pytest.mark.parametrize(
    ("turtle", "line", "nearest"),
    [
        ("id:x a m4sd:Initative .", 2, "m4sd:Initiative"),
        (f"{THING} ;\n  m4sd:acronim 'N' .", 4, "m4sd:acronym"),
        (f"{THING} .\nid:org-new m4sd:sectr sector:health .", 4, "m4sd:sector"),
        (f"{THING} .\nid:org-new m4sd:isFoundedBy id:org-CH-4 .", 4, "m4sd:isFundedBy"),
        ("id:f a m4sd:Fact ; m4sd:property m4sd:isFoundedBy .", 2, "m4sd:isFundedBy"),
        ("id:x a m4sd:isFundedBy .", 2, "m4sd:Funder"),
    ],
)
def test_a_term_that_the_ontology_lacks_is_refused_with_the_nearest_that_it_has(
    turtle: str, line: int, nearest: str, tmp_path: Path
) -> None:
    (finding,) = terms(turtle, tmp_path)
    assert (finding.rule.value, finding.severity) == (PREFIXES["shape"] + "Terms-declared", "Violation")
    assert (finding.file, finding.line) == (str(tmp_path / "new.ttl"), line)
    assert all(f" {nearest}." in words for words in finding.message.values())
    assert set(finding.message) == {"en", "fr"}


@pytest.mark.parametrize(
    ("turtle", "rule"),
    [
        ("id:x skos:prefLabel 'a'@en .", "Terms-typed"),
        ("id:x a schema:Project .", "Terms-typed"),
        (f"{THING} ; rdfs:seeAlso [] .", "Terms-no-blank-nodes"),
        (f"{THING} ; <javascript:alert(1)> 1 .", "Terms-scheme"),
        (f"{THING} ; rdfs:seeAlso <data:text/html,x> .", "Terms-scheme"),
        (f'{THING} ; rdfs:seeAlso "java\\tscript:alert(1)"^^xsd:anyURI .', "Terms-scheme"),
    ],
)
def test_a_thing_of_no_class_a_nameless_node_or_an_odd_address_is_refused(
    turtle: str, rule: str, tmp_path: Path
) -> None:
    (finding,) = terms(turtle, tmp_path)
    assert (short(finding.rule.value), finding.severity) == (f"shape:{rule}", "Violation")


@pytest.mark.parametrize("kind", ["m4sd:Organisation", "sdgo:Target", "skos:Concept", "dcat:Dataset", "qb:Observation"])
def test_a_class_of_ours_or_one_that_we_reuse_will_do(kind: str, tmp_path: Path) -> None:
    assert terms(f"id:x a {kind} ; rdfs:seeAlso <mailto:a@example.org>, <urn:x:1> .", tmp_path) == []


def test_a_thing_of_no_class_is_a_warning_in_what_others_publish(tmp_path: Path) -> None:
    (finding,) = terms("id:x skos:prefLabel 'a'@en .", tmp_path, "imported")
    assert finding.severity == "Warning"


def test_a_nameless_node_is_not_called_by_the_name_that_the_parser_gave_it(tmp_path: Path) -> None:
    found = terms(f"{THING} ; skos:note [ m4sd:acronym 'N' ] .", tmp_path)
    (untyped,) = (each for each in found if each.rule == name("shape:Terms-typed"))
    assert untyped.message["en"].startswith("Say what this nameless node is by a class")
    assert untyped.message["fr"].startswith("Dites ce qu’est ce nœud sans nom par une classe")


def test_the_ontology_itself_may_have_blank_nodes_and_terms_without_a_class_of_ours(tmp_path: Path) -> None:
    assert terms((ontology.FOLDER / "m4sd.ttl").read_text(encoding="utf-8"), tmp_path) == []


def test_a_file_without_a_statement_is_nothing_to_check(tmp_path: Path) -> None:
    path = tmp_path / "empty.ttl"
    path.write_text("# nothing\n")
    with pytest.raises(SourceError, match="nothing to check"):
        validate_files([sent(path)], None, WHEN)


def test_a_file_of_an_unknown_ending_is_told_all_that_can_be_checked() -> None:
    with pytest.raises(SourceError, match=r"should end in one of \.ttl, .*\.csv, \.xlsx"):
        validate_files([("a.txt", b"x")], None, WHEN)


def test_a_statement_on_a_statement_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"new\.ttl, line 2: a statement on a statement"):
        terms("id:x skos:note <<( id:a skos:note id:b )>> .", tmp_path)


@pytest.mark.slow
def test_the_verdict_is_the_same_whether_a_graph_is_built_or_not(published: Store, tmp_path: Path) -> None:
    paths = []
    for dataset, change in (("seed", ("@fr", "@en")), ("background", ("m4sd:acronym", "m4sd:acronim"))):
        path = tmp_path / f"{dataset}.ttl"
        path.write_text((RECORDS / dataset / "programme-m4sd.ttl").read_text(encoding="utf-8").replace(*change))
        paths.append(path)
    built = validate_files([sent(path) for path in paths], published, WHEN)
    bare = validate_files([sent(path) for path in paths], unbuilt(WHEN), WHEN)
    assert not built.conforms
    assert (built.findings, built.checked) == (bare.findings, bare.checked)


@pytest.mark.slow
def test_a_record_stands_for_its_own_next_version_beside_what_others_say_of_its_thing(published: Store) -> None:
    paths = [RECORDS / dataset / "programme-m4sd.ttl" for dataset in ("seed", "background")]
    assert all(validate_files([sent(path)], published, WHEN).conforms for path in paths)
