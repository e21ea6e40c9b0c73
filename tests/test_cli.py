"""Use the command line as a person does: what it prints, where, and how it exits."""

import json
import re
import socket
from pathlib import Path

import click
import pytest
from babel.messages.pofile import read_po
from click.testing import CliRunner, Result

from graph.examples import examples
from server.cli.click_words import FRENCH
from server.cli.main import main
from server.words import compiled

GOOD = """@prefix id: <https://w3id.org/m4sd/id/> .
@prefix m4sd: <https://w3id.org/m4sd/ontology#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .

id:org-new
    a m4sd:Organisation ;
    skos:prefLabel "New organisation"@en, "Nouvelle organisation"@fr ;
    .
"""


def run(*arguments: str, store: Path | None = None, text: str | None = None, lang: str = "en") -> Result:
    environment = {"M4SD_STORE": str(store) if store else "", "M4SD_LANG": lang}
    return CliRunner().invoke(main, arguments, input=text, env=environment)


@pytest.mark.parametrize("name", sorted(main.commands))
def test_each_command_explains_itself_with_an_example(name: str) -> None:
    page = run(name, "--help").output
    assert f"Example: m4sd {name}" in page


def test_an_example_is_asked_by_number_and_by_name(folder: Path) -> None:
    first = examples()[0]
    by_number = run("query", "--example", str(first.number), "--format", "csv", store=folder)
    by_name = run("query", "--example", first.name, "--format", "csv", store=folder)
    assert (by_number.exit_code, by_number.stdout) == (0, by_name.stdout)
    assert "org-CH-4" in by_number.stdout


def test_a_query_comes_from_standard_input(folder: Path) -> None:
    found = run("query", "-", "--format", "json", store=folder, text="ASK { id:programme-m4sd a m4sd:Programme }")
    assert json.loads(found.stdout)["boolean"] is True


def test_the_examples_are_listed_in_both_languages() -> None:
    assert examples()[0].title["fr"] in run("query", "--list", lang="fr").stdout
    assert examples()[0].title["en"] in run("query", "--list", lang="en").stdout


def test_a_broken_query_is_wrong_usage(folder: Path) -> None:
    found = run("query", "-", store=folder, text="SELECT")
    assert (found.exit_code, "Line 1, column 7" in found.stderr) == (2, True)


def test_a_missing_store_says_how_to_build_one(tmp_path: Path) -> None:
    found = run("query", "-", store=tmp_path, text="ASK {}")
    assert (found.exit_code, "m4sd build" in found.stderr) == (2, True)


def test_a_good_file_conforms(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "new.ttl"
    path.write_text(GOOD)
    found = run("validate", str(path), store=folder)
    assert (found.exit_code, "Errors: 0, warnings: 0" in found.stdout) == (0, True)


def test_a_bad_file_is_refused_with_file_line_and_rule_in_french(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "new.ttl"
    path.write_text(GOOD.replace(', "Nouvelle organisation"@fr', ""))
    found = run("validate", str(path), store=folder, lang="fr")
    assert found.exit_code == 1
    assert re.search(f"{path}:[0-9]+:[0-9]+.?: erreur", found.stdout)
    assert "shape:" in found.stdout


def test_a_report_is_shacl_where_asked(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "new.ttl"
    path.write_text(GOOD.replace(', "Nouvelle organisation"@fr', ""))
    assert "sh:conforms false" in run("validate", str(path), "--format", "turtle", store=folder).stdout


def test_a_file_that_is_no_rdf_is_refused_with_its_line(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "new.ttl"
    path.write_text("a b")
    found = run("validate", str(path), store=folder)
    assert (found.exit_code, f"{path}, line 1, column 1:" in found.stderr) == (1, True)


def test_an_empty_file_is_refused_in_words(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "new.ttl"
    path.write_text("")
    found = run("validate", str(path), store=folder, lang="fr")
    assert (found.exit_code, "rien à vérifier" in found.stderr) == (1, True)


def test_the_export_is_the_dump_of_the_build(folder: Path, tmp_path: Path) -> None:
    run("export", "-o", str(tmp_path / "all.nq"), store=folder)
    assert (tmp_path / "all.nq").read_bytes() == (folder / "current" / "dump.nq").read_bytes()


def test_evidence_names_the_passages_in_both_languages(folder: Path) -> None:
    found = run("evidence", "A57", store=folder)
    assert [line.split()[0] for line in found.stdout.splitlines()] == ["E9", "F8"]


def test_evidence_of_a_page_is_its_address_and_title(folder: Path) -> None:
    found = run("evidence", "B0001", store=folder, lang="fr")
    page, title = found.stdout.splitlines()[:2]
    assert (found.exit_code, page.startswith("source-"), "https://" in page) == (0, True, True)
    assert title.startswith("    ")


def test_evidence_for_nothing_says_so(folder: Path) -> None:
    assert run("evidence", "A99", store=folder).exit_code == 1


@pytest.mark.parametrize("shared", [False, True])
def test_a_port_on_which_somebody_listens_is_not_shared(folder: Path, shared: bool) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, shared)
        other.bind(("127.0.0.1", 0))
        other.listen()
        ran = run("serve", "--port", str(other.getsockname()[1]), store=folder)
    assert ran.exit_code == 2
    assert "another port (--port)" in ran.stderr


def test_what_is_erased_must_be_named_so_that_it_can_be_told(tmp_path: Path) -> None:
    for wrong, why in (("--text= ", "too short"), ("--thing=notiri", "is no IRI")):
        ran = run("erase", wrong, "--why", "test", "--yes", store=tmp_path)
        assert ran.exit_code == 1
        assert why in ran.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("validate", "nosuch.ttl"), "Valeur irrecevable pour '[FILES]...'\u00a0: 'nosuch.ttl' n’existe pas."),
        (("erase",), "Il manque l’option '--why'."),
        (("query", "--example", "999"), "Valeur irrecevable"),
        (("validate", "--nosuch"), "Il n’y a pas d’option '--nosuch'."),
        (("nosuch",), "Il n’y a pas de commande 'nosuch'."),
        (("validate", "--help"), "Montre cette aide et finit."),
    ],
)
def test_what_is_wrong_with_the_arguments_is_said_in_french_too(arguments: tuple[str, ...], words: str) -> None:
    for found in (run("--lang", "fr", *arguments), run(*arguments, lang="fr")):
        assert words in found.output
        assert re.search("^Emploi\u00a0: ", found.output, re.MULTILINE)
        assert not re.search("Usage|Error|Invalid|Try |Missing|No such|exit", found.output)
    assert "Usage: " in run(*arguments).output


def test_the_french_words_of_click_are_compiled_and_all_are_asked_for() -> None:
    assert FRENCH.with_suffix(".mo").read_bytes() == compiled(FRENCH, "fr"), "run python -m server.cli.click_words"
    with FRENCH.open("rb") as file:
        asked = [
            text for each in read_po(file, locale="fr") for text in ([each.id] if isinstance(each.id, str) else each.id)
        ]
    code = "".join(path.read_text(encoding="utf-8") for path in Path(click.__file__).parent.glob("*.py"))
    assert [text for text in asked if text and text.replace("\n", "\\n").replace("\t", "\\t") not in code] == []
