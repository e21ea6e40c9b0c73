"""Write on a terminal: tables, progress; quiet in a pipe."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table as RichTable

from graph.build import Progress as Callback
from graph.results.table import Table
from server.words import translations

ERR = Console(stderr=True, soft_wrap=True, highlight=False)


def complain(text: str) -> None:
    """Print a message on standard error; nothing in it is taken as markup."""
    ERR.print("".join(c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text), markup=False)


def show(table: Table) -> None:
    """Print a table for a person; nothing in it is taken as markup."""
    drawn = RichTable(*table.head, show_edge=False, pad_edge=False)
    for row in table.rows:
        drawn.add_row(*(cell.text for cell in row))
    Console(highlight=False, markup=False).print(drawn)


@contextmanager
def progress(lang: str) -> Iterator[Callback]:
    """Give a callback that shows the steps of long work on a terminal, and nothing in a pipe."""
    names = {
        "read": translations(lang).ugettext("reading the records"),
        "admit": translations(lang).ugettext("checking and inferring"),
        "write": translations(lang).ugettext("writing"),
        "check": translations(lang).ugettext("checking, in percent"),
        "reason": translations(lang).ugettext("reasoning"),
        "done": translations(lang).ugettext("done"),
    }
    columns = SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.fields[size]}"), TimeElapsedColumn()
    with Progress(*columns, console=ERR, transient=True, disable=not ERR.is_terminal) as bar:
        task = bar.add_task("", total=None, size="")

        def step(name: str, size: int) -> None:
            bar.update(task, description=names.get(name, name), size=str(size) if size else "")

        yield step
