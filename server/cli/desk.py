"""Be the commands `m4sd submit` and `m4sd review`: at a running service (--url), or in the folder of a store."""

import getpass
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import click

from graph.deep import on_deep_stack
from graph.desk.moves import STATES
from server.cli import terminal
from server.cli.faces import Face, Faces, store_option
from server.cli.offices import Local, Office, Told
from server.cli.online import Online
from server.settings import Settings
from server.words import pick, translations

TOKEN: Final = "M4SD_TOKEN"  # noqa: S105 - the name of a variable


def office_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add --url, --as and --store to a command."""
    command = click.option("--url", default="", help="The address of a running service; the token is in M4SD_TOKEN.")(
        command
    )
    who = click.option("--as", "who", default="", help="In whose name, without --url.  [default: your login]")
    return store_option(who(command))


@click.command(cls=Face)
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dataset", default="", help="The dataset that a new record goes to.")
@click.option("--source", default="", help="The address of the page that states it.")
@click.option("--why", default="", help="The reason, for the reviewer and for the history.")
@click.option("--withdraw", default="", metavar="IRI", help="Withdraw a published thing instead of sending files.")
@click.option("--replaced-by", default="", metavar="IRI", help="What takes the place of the withdrawn thing.")
@office_options
@click.pass_obj
def submit(
    settings: Settings,
    files: tuple[Path, ...],
    dataset: str,
    source: str,
    why: str,
    withdraw: str,
    replaced_by: str,
    url: str,
    who: str,
) -> None:
    """Check FILES and, where no rule refuses them, lay them before the reviewers.

    Example: m4sd submit new-initiative.ttl --dataset partner-iom --source https://example.org/page
    """
    if bool(files) == bool(withdraw):
        raise click.UsageError(translations(settings.lang).ugettext("name the files to submit, or what to --withdraw"))
    given = [(str(path), path.read_bytes()) for path in files]
    office = _office(settings, url, who)
    told = Told(dataset, source, why, withdraw, replaced_by)
    taken = on_deep_stack(lambda: office.submit(given, told))
    if not taken.waiting:
        click.echo(taken.report, nl=False)
        raise SystemExit(1)
    if taken.report:
        terminal.complain(taken.report.rstrip())
    for each in taken.waiting:
        click.echo(f"{each['id']}\t{each['state']}\t{each['kind']}\t{each['thing']}")
        for like in each.get("duplicates", ()):
            words = translations(settings.lang).ugettext("  looks like {thing}: {why}")
            terminal.complain(words.format(thing=like["thing"], why="; ".join(like["why"])))


@click.group(cls=Faces)
def review() -> None:
    """Look at what was submitted, and decide.

    Example: m4sd review list
    """


@review.command("list")
@click.option("--state", type=click.Choice(STATES), default=None, help="Only those in this state.  [default: open]")
@office_options
@click.pass_obj
def list_submissions(settings: Settings, state: str | None, url: str, who: str) -> None:
    """List what waits, oldest first.

    Example: m4sd review list --state returned
    """
    for each in _office(settings, url, who).queue(state or ""):
        fields = (each["id"], each["state"], each["kind"], each["author"], each["changed"])
        click.echo("\t".join([*fields, pick(each["title"], settings.lang) or each["thing"]]))


@review.command("show")
@click.argument("identity")
@click.option("--json", "whole", is_flag=True, help="All that is known, for programs.")
@office_options
@click.pass_obj
def show_submission(settings: Settings, identity: str, whole: bool, url: str, who: str) -> None:
    """Show the submission IDENTITY: what it says, and its history.

    Example: m4sd review show 3eyvq7t7
    """
    found = _office(settings, url, who).show(identity)
    if whole:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    click.echo(f"{found['id']}  {found['state']}  {found['kind']}  {found['graph'] or found['thing']}")
    click.echo(f"{pick(found['title'], settings.lang)}\n{found['why']}".rstrip())
    for held in found["held"]:
        click.echo(f"! {pick(held, settings.lang)}")
    click.echo(f"\n{found['body']}")
    for each in found["history"]:
        click.echo(f"{each['at']}  {each['who']}  {each['what']}  {each['comment']}".rstrip())


def _decision(name: str, words: str, needs_reason: bool) -> None:
    @review.command(name, help=f'{words}\n\nExample: m4sd review {name} 3eyvq7t7 --comment "…"')
    @click.argument("identity")
    @click.option("--comment", default="", required=needs_reason, help="What the author should know.")
    @office_options
    @click.pass_obj
    def decide(settings: Settings, identity: str, comment: str, url: str, who: str) -> None:
        office = _office(settings, url, who)
        done = on_deep_stack(lambda: office.decide(identity, name, comment))
        _tell(done, settings.lang)


for _name, _words, _reason in (
    ("accept", "Publish the submission IDENTITY; it is checked once more.", False),
    ("return", "Give the submission IDENTITY back to its author, with what to mend.", True),
    ("reject", "Reject the submission IDENTITY, with the reason.", True),
):
    _decision(_name, _words, _reason)


def _tell(done: Mapping[str, Any], lang: str) -> None:
    """Say what came of a decision; exit with 1 where rules speak against it now."""
    for each in done.get("findings", ()):
        terminal.complain(f"{each['severity']}: {pick(each['message'], lang)}")
    sequence = f"\t{done['sequence']}" if done.get("sequence") else ""
    click.echo(f"{done['id']}\t{done['state']}{sequence}")
    if done["state"] == "waiting":
        raise SystemExit(1)


def _office(settings: Settings, url: str, who: str) -> Office:
    if url:
        return Online(url, os.environ.get(TOKEN, ""), settings.lang)
    return Local(settings, who or getpass.getuser(), os.environ)
