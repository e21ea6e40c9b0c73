"""Be the command `m4sd doctor`."""

import click

from graph.errors import said
from graph.names import BASE
from graph.results.table import Cell, Table
from server.cli import terminal
from server.cli.faces import Face
from server.linked.doctor import Tried, examine
from server.settings import Settings
from server.words import say

HEAD = (said("kind"), said("address"), said("format"), said("outcome"), said("ms"))


@click.command(cls=Face)
@click.argument("url")
@click.option("--thing", default="programme-m4sd", show_default=True, help="The name of a thing that is there.")
@click.option("--faults", is_flag=True, help="Show only what is wrong.")
@click.pass_obj
def doctor(settings: Settings, url: str, thing: str, faults: bool) -> None:
    """Try each kind of canonical IRI at URL, in every format; also https://w3id.org/m4sd, once it leads there.

    Example: m4sd doctor http://127.0.0.1:8000
    """
    tried = list(examine(url, thing))
    wrong = [each for each in tried if each.fault]
    head = tuple(say(each, settings.lang) for each in HEAD)
    rows = tuple(_row(each, settings.lang) for each in (wrong if faults else tried))
    if rows:
        terminal.show(Table(head, rows))
    terminal.complain(say(said("{count} tried, {wrong} wrong.", count=len(tried), wrong=len(wrong)), settings.lang))
    raise SystemExit(1 if wrong else 0)


def _row(tried: Tried, lang: str) -> tuple[Cell, ...]:
    outcome = say(tried.fault or said("good"), lang)
    cells = (say(tried.kind, lang), tried.iri.removeprefix(BASE), tried.format, outcome, f"{tried.seconds * 1000:.0f}")
    return tuple(Cell(each) for each in cells)
