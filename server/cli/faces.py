"""Give commands the reader's language, and turn the library's errors into words and exit codes."""

import inspect
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import click

from graph.build import Refused
from graph.errors import JavaMissing, M4sdError, NotAcceptable, QueryError, SourceError, StoreMissing, said
from graph.validate.report import Report
from graph.validate.written.write import write_report
from server.cli import terminal
from server.cli.click_words import speak
from server.operation.address import NotFree
from server.words import LANGUAGES, preferred, say, translations
from server.workers.sandbox import NoSandbox

EXIT: Mapping[type[M4sdError], int] = {
    SourceError: 1,
    Refused: 1,
    QueryError: 2,
    StoreMissing: 2,
    NotAcceptable: 2,
    NotFree: 2,
    NoSandbox: 3,
    JavaMissing: 3,
}


def spoken(ctx: click.Context | None) -> str:
    """Return the language of a run: --lang, else M4SD_LANG, else LANG."""
    chosen = ctx.find_root().params.get("lang") if ctx else None
    return str(chosen) if chosen else preferred(os.environ.get("M4SD_LANG") or os.environ.get("LANG", ""), LANGUAGES[0])


class Face(click.Command):
    """Be a command that explains itself in the reader's language."""

    def get_help(self, ctx: click.Context) -> str:
        """Return the help, translated."""
        with _translated(self, spoken(ctx), ctx):
            return super().get_help(ctx)

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the line that stands in the list of commands, translated."""
        with _translated(self, spoken(click.get_current_context(silent=True))):
            return super().get_short_help_str(limit)


class Faces(Face, click.Group):
    """Hold the commands; an error that we know becomes its message and its exit code."""

    command_class = Face

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:  # Any: click's own signature
        """Read the arguments; what is wrong with them is said in the reader's language."""
        speak(spoken(parent))
        return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:  # Any: click's own signature
        """Run a command."""
        lang = spoken(ctx)
        speak(lang)
        try:
            return super().invoke(ctx)
        except M4sdError as error:
            if isinstance(error, Refused):
                _show_refusal(error, lang)
            terminal.complain(say(error.said, lang))
            raise SystemExit(next((code for kind, code in EXIT.items() if isinstance(error, kind)), 1)) from error
        except (OSError, ValueError) as error:  # a folder that cannot be written, a setting that is no number
            terminal.complain(say(said("this cannot be done: {why}", why=error), lang))
            raise SystemExit(2) from error


def chosen_store(ctx: click.Context, _option: click.Parameter, folder: Path | None) -> None:
    """Put the folder that was given at the command line into the settings of the run."""
    if folder:
        ctx.obj = replace(ctx.obj, store=folder)


store_option = click.option(
    "--store",
    type=click.Path(file_okay=False, path_type=Path),
    callback=chosen_store,
    expose_value=False,
    help="The folder of the store.  [default: M4SD_STORE or .m4sd]",
)


@contextmanager
def _translated(command: click.Command, lang: str, ctx: click.Context | None = None) -> Iterator[None]:
    """Have a command explain itself in a language for a while."""
    words = translations(lang)
    speak(lang)
    if ctx and (asks := command.get_help_option(ctx)):
        asks.help = words.ugettext("Show this message and exit.")
    told = [each for each in (command, *command.params) if isinstance(each, click.Command | click.Option) and each.help]
    english = [inspect.cleandoc(each.help or "") for each in told]
    for each, text in zip(told, english, strict=True):
        each.help = words.ugettext(text)
    try:
        yield
    finally:
        for each, text in zip(told, english, strict=True):
            each.help = text


def _show_refusal(error: Refused, lang: str) -> None:
    found = [each for receipt in error.receipts for each in receipt.findings if each.severity == "Violation"]
    terminal.complain(in_words(Report(tuple(found), len(error.receipts)), lang))


def in_words(report: Report, lang: str) -> str:
    """Return a report as a person reads it on a terminal."""
    return write_report(report, "text", partial(say, lang=lang), lang, {}).decode()
