"""Hold that whatever a person reads exists in French too."""

import ast
import inspect
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
from babel.messages.pofile import read_po
from flask import Flask

from graph.errors import said
from graph.questions import NoSuchValue
from server.app import create_app
from server.cli.main import main
from server.settings import Settings
from server.words import FOLDER, moment, plural, preferred, say, sentence, shown, translations

ROOT = Path(__file__).parents[1]
PLACEHOLDER = re.compile(r"\{\w*\}|%\(\w+\)s")


def in_code() -> Iterator[str]:
    for path in [*ROOT.glob("graph/**/*.py"), *ROOT.glob("server/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                function = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if function in ("said", "ugettext") and isinstance(node.args[0].value, str):
                    yield node.args[0].value
            if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Constant):
                continue
            if getattr(node.targets[0], "id", "") == "template":
                yield str(node.value.value)


def in_templates(app: Flask) -> Iterator[str]:
    for path in ROOT.glob("server/templates/*.*"):
        for _, _, message in app.jinja_env.extract_translations(path.read_text(encoding="utf-8")):  # type: ignore[attr-defined]
            yield from [message] if isinstance(message, str) else [m for m in message if m]


def commands(group: click.Group) -> Iterator[click.Command]:
    yield group
    for command in group.commands.values():
        yield from commands(command) if isinstance(command, click.Group) else (command,)


def in_help() -> Iterator[str]:
    for command in commands(main):
        yield inspect.cleandoc(str(command.help))
        yield from (option.help for option in command.params if isinstance(option, click.Option) and option.help)


@cache
def french() -> dict[str, str]:
    with (FOLDER / "fr.po").open("rb") as file:
        catalogue = read_po(file, locale="fr")
    found: dict[str, str] = {}
    for message in catalogue:
        ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
        strings = message.string if isinstance(message.string, tuple | list) else (message.string or "",)
        found.update(zip(ids, strings, strict=True))
    return found


@cache
def needed() -> set[str]:
    texts = [*in_code(), *in_help(), *in_templates(create_app(Settings()))]
    return {text for text in texts if re.sub(PLACEHOLDER, "", text).strip()}


def test_every_text_has_its_french() -> None:
    assert sorted(text for text in needed() if not french().get(text)) == []


def test_the_french_fills_in_what_the_english_fills_in() -> None:
    wrong = [e for e, f in french().items() if e and set(PLACEHOLDER.findall(e)) != set(PLACEHOLDER.findall(f))]
    assert wrong == []


def test_no_translation_is_left_over() -> None:
    assert sorted(text for text in french() if text and text not in needed()) == []


def test_days_and_times_are_written_as_each_reader_writes_them() -> None:
    assert shown("2012-12-01", "date", "en") == "1 December 2012"
    assert shown("2012-12-01", "date", "fr") == "1er décembre 2012"
    assert shown("2012-12-11", "date", "fr") == "11 décembre 2012"
    assert moment("2026-11-22T06:25:57+01:00", "en") == "22 November 2026, 05:25 UTC"
    assert moment(0, "fr") == "1er janvier 1970, 00:00 UTC"
    assert moment("2014-02-01T23:30:00-01:00", "fr") == "2 février 2014, 00:30 UTC"


def test_what_is_not_whole_has_the_number_of_each_language() -> None:
    values = (0, 0.15, 1, 1.0, 1.1, 1.9, 2.0, 12)

    def spoken(lang: str) -> str:
        own = translations(lang)
        found = (own.ungettext("%(num)s row", "%(num)s rows", plural(value, lang)) for value in values)
        return " ".join("s" if text.endswith("s") else "-" for text in found)

    assert (spoken("en"), spoken("fr")) == ("s s - - s s s s", "- - - - - - s s")


def test_a_sentence_begins_with_a_capital_and_a_name_stays_as_it_is() -> None:
    assert sentence("the graph says nothing of it") == "The graph says nothing of it"
    for name in ("sdg:4.1.1 is not in it", "https://example.org/a is none", "?x is bound nowhere", "m4sd.ttl"):
        assert sentence(name) == name


def test_what_a_client_sent_stays_as_it_is_where_a_sentence_begins_with_it() -> None:
    words = NoSuchValue(value="abc", parameter="date", choices="2022-06-13").said
    assert sentence(say(words, "en")) == "“abc” is no value of date here; try: 2022-06-13"
    assert sentence(say(words, "fr")).startswith("« abc » n’est pas une valeur")


def test_no_template_writes_a_colon_that_has_no_space_before_it_in_french() -> None:
    templates = {path.name: path.read_text(encoding="utf-8") for path in ROOT.glob("server/templates/*.*")}
    assert [name for name, text in templates.items() if re.search(r"(?:}|</\w+>|\">): ?[{<]", text)] == []


def test_words_inside_words_are_translated_too() -> None:
    whole = said("Line {line}, column {column}: {detail}", line=1, column=2, detail=said("this is not a valid IRI"))
    assert say(whole, "fr") == "Ligne 1, colonne 2 : ceci n’est pas un IRI valide"


def test_the_first_language_that_we_speak_is_taken() -> None:
    headers = ["fr-CH, en;q=0.8", "de, en;q=0.1, fr;q=0.9", "fr_FR.UTF-8", "fr;q=0, en", "", "es"]
    assert [preferred(header, "en") for header in headers] == ["fr", "fr", "fr", "en", "en", "en"]
