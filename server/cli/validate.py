"""Be the command `m4sd validate`."""

import os
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import click

from graph import build as building
from graph.deep import on_deep_stack
from graph.errors import SourceError, StoreMissing
from graph.store import Store, read_only
from graph.validate.files import texts, validate_files
from graph.validate.report import PROFILES
from graph.validate.whole import validate_whole
from graph.validate.written.formats import FORMATS
from graph.validate.written.slip import around, as_text
from graph.validate.written.write import write_report
from server.cli import terminal
from server.cli.faces import Face
from server.settings import Settings, moment
from server.words import say, translations

WHOLE = "-"  # what --store means without a folder


@click.command(cls=Face)
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--format", "form", type=click.Choice([*FORMATS]), default="text", show_default=True)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="A file; else standard output.")
@click.option("--profile", type=click.Choice([*PROFILES]), default="curated", show_default=True)
@click.option("--alone", is_flag=True, help="Beside the ontology and its vocabularies only, not what is published.")
@click.option(
    "--shapes", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Shapes of yours, for any data."
)
@click.option(
    "--store",
    is_flag=False,
    flag_value=WHOLE,
    help="The folder of the store; without FILES, all that is in it is checked.",
)
@click.pass_obj
def validate(
    settings: Settings,
    files: tuple[Path, ...],
    form: str,
    output: Path | None,
    profile: str,
    alone: bool,
    shapes: Path | None,
    store: str | None,
) -> None:
    """Hold FILES against the shapes, beside what is published; or, with --store alone, the whole graph.

    Example: m4sd validate new-initiative.ttl --format html -o report.html
    """
    folder = settings.store if store in (None, WHOLE) else Path(store)
    if not files and store is None:
        raise click.UsageError(translations(settings.lang).ugettext("name the files to check, or say --store"))
    given = [(str(path), path.read_bytes()) for path in files]
    when = moment(os.environ)
    if files:
        beside = None if alone else _published(folder)
        try:
            report = on_deep_stack(
                lambda: validate_files(given, beside, when, PROFILES[profile], shapes, settings.threshold)
            )
        except SourceError as error:
            _show(error, texts(given + ([(str(shapes), shapes.read_bytes())] if shapes else [])), settings.lang)
            raise SystemExit(1) from error
    else:
        with terminal.progress(settings.lang) as progress:
            share = lambda done, of: progress("check", round(100 * done / max(of, 1)))  # noqa: E731
            report = on_deep_stack(
                lambda: validate_whole(folder, when, PROFILES[profile], shapes, share, settings.threshold)
            )
    written = write_report(report, form, partial(say, lang=settings.lang), settings.lang, texts(given))
    if output:
        output.write_bytes(written)
    else:
        sys.stdout.buffer.write(written)
    raise SystemExit(0 if report.conforms else 1)


def _show(error: SourceError, files: Mapping[str, str], lang: str) -> None:
    """Say what cannot be read, with the lines around the place."""
    terminal.complain(say(error.said, lang))
    for line in as_text(around(files.get(error.path, ""), error.line, error.column)):
        terminal.complain(line)


def _published(folder: Path) -> Store:
    """Return what is published: the store, or, where none was built, what a build would state."""
    try:
        return read_only(folder)
    except StoreMissing:
        return building.unbuilt(moment(os.environ))
