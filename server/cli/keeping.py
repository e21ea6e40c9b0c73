"""Be the commands that keep what is published: release, backup, restore, undo, verify, erase."""

import getpass
import os
from contextlib import suppress
from pathlib import Path

import click

from graph.desk.desk import Desk
from graph.desk.forget import forget
from graph.keeping.backup import backup as backed_up
from graph.keeping.backup import restore as restored
from graph.keeping.durable import JournalDamaged
from graph.keeping.erase import MOST, cleanse_backup
from graph.keeping.verify import verify as verified
from graph.keeping.witness import last_noted
from server.cli import terminal
from server.cli.faces import Face, chosen_store, store_option
from server.identity.audit import Audit
from server.settings import Settings, moment
from server.words import say, translations
from server.writer.deeds import writing

_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command(cls=Face)
@click.argument("version")
@click.option("--notes", default="", help="What changed, for people.")
@store_option
@click.pass_obj
def release(settings: Settings, version: str, notes: str) -> None:
    """Publish the graph as it is now as VERSION: kept, with dumps, checksums and a citation.

    Example: m4sd release 2026.1 --notes "Results of the second board meeting"
    """
    with writing(settings, getpass.getuser()) as writer:
        made = writer.ask("release", version=version, notes=notes, who=getpass.getuser(), by="command line")
    click.echo(made["citation"])


@click.command(cls=Face)
@click.argument("folder", type=_FOLDER)
@store_option
@click.pass_obj
def backup(settings: Settings, folder: Path) -> None:
    """Copy everything to the new FOLDER, also while the service runs.

    Example: m4sd backup backups/2026-11-22
    """
    made = backed_up(settings.store, folder, moment(os.environ))
    click.echo(f"{folder}\t{made.sequence}\t{made.dataset}")


@click.command(cls=Face)
@click.argument("backup", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--at", type=click.IntRange(1), help="Only up to the change of this number.")
@click.option("--store", type=_FOLDER, callback=chosen_store, expose_value=False,
              help="The folder to make; it must be empty.  [default: M4SD_STORE or .m4sd]")  # fmt: skip
@click.pass_obj
def restore(settings: Settings, backup: Path, at: int | None) -> None:
    """Make a folder again from BACKUP, and prove that it states the same.

    Example: m4sd restore backups/2026-11-22 --store restored
    """
    made = restored(backup, settings.store, getpass.getuser(), moment(os.environ), at)
    click.echo(f"{settings.store}\t{made.sequence}\t{made.dataset}")


@click.command(cls=Face)
@click.argument("sequence", type=click.IntRange(1))
@click.option("--why", required=True, help="The reason, for the history.")
@store_option
@click.pass_obj
def undo(settings: Settings, sequence: int, why: str) -> None:
    """Take back the change of number SEQUENCE by a new change; nothing is rewritten.

    Example: m4sd undo 17 --why "The source was withdrawn"
    """
    with writing(settings, getpass.getuser()) as writer:
        done = writer.ask("undo", sequence=sequence, who=getpass.getuser(), by="command line", why=why)
    click.echo(done["sequence"])


@click.command(cls=Face)
@store_option
@click.pass_obj
def verify(settings: Settings) -> None:
    """Hold what is kept against itself: journal, store, releases, audit log.

    Example: m4sd verify
    """
    folder = settings.store
    found = verified(folder)
    for words in found:
        terminal.complain(say(words, settings.lang))
    broken = Audit(folder).verify(_noted(folder))
    for each in broken:
        terminal.complain(f"audit:{each.line}: {say(each.why, settings.lang)}")
    if found or broken:
        raise SystemExit(1)
    terminal.complain(translations(settings.lang).ugettext("Everything is as it was written."))


def _noted(folder: Path) -> tuple[int, str] | None:
    """Return what the journal noted of the audit log, as far as it can be read."""
    with suppress(JournalDamaged):
        return last_noted(folder)
    return None


@click.command(cls=Face)
@click.option("--thing", "things", multiple=True, metavar="IRI", help="All records of this thing; may be repeated.")
@click.option("--text", "texts", multiple=True,
              help="Every statement that says this, be it in an address (mailto:); may be repeated.")  # fmt: skip
@click.option("--why", required=True, help="The reason, without naming what is erased: it stays.")
@click.option("--backup", "backups", multiple=True, type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="A backup to erase it from too; may be repeated.")  # fmt: skip
@click.option("--most", default=MOST, type=click.IntRange(1), show_default=True,
              help="Refuse where it would be more statements than this.")  # fmt: skip
@click.option("--yes", is_flag=True, help="Do not ask.")
@store_option
@click.pass_obj
def erase(
    settings: Settings, things: tuple[str, ...], texts: tuple[str, ...], why: str, backups: tuple[Path, ...], most: int,
    yes: bool,
) -> None:  # fmt: skip
    """Erase what was said of a person for good; marked gaps stay, and the journal still verifies.

    Example: m4sd erase --text "Ana Diallo" --why "Asked by the person" --backup backups/2026-11-22
    """
    if not things and not texts:
        raise click.UsageError(translations(settings.lang).ugettext("name what to erase: --thing or --text"))
    if not yes:
        click.confirm(translations(settings.lang).ugettext("This cannot be undone. Go on?"), abort=True)
    with writing(settings, getpass.getuser()) as writer:
        told = {"things": list(things), "texts": list(texts), "who": getpass.getuser(), "why": why}
        done = writer.ask("erase", by="command line", most=most, **told)
    click.echo(f"{done['sequence']}\t{done['rows']}")
    for each in backups:
        forget(Desk(each), things, texts, getpass.getuser(), moment(os.environ))
        click.echo(f"{each}\t{cleanse_backup(settings.store, each)}")
