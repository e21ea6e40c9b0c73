"""Be the command `m4sd`: each command a face of one library function. Results on stdout, messages on stderr.

Exit codes: 0 done, 1 the data is refused, 2 wrong usage, 3 a tool is missing.
"""

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click
from pyoxigraph import NamedNode

from graph import build as building
from graph.check.check import as_lines as as_words
from graph.check.check import check as consistency
from graph.check.style import style
from graph.deep import on_deep_stack
from graph.errors import NotAcceptable, QueryError, said
from graph.evidence import evidence as texts_of
from graph.evidence import pages_of, passages_of
from graph.examples import examples, find
from graph.load.curated import is_ontology
from graph.names import BASE
from graph.query import Answer, Question, answer
from graph.results.table import from_json
from graph.results.write import PARQUET, ROWS, TABLE, TRIPLES
from graph.search.opened import prepare
from graph.store import Store, read_only
from server.cli import terminal
from server.cli.accounts import person, token
from server.cli.desk import review, submit
from server.cli.doctor import doctor
from server.cli.faces import Faces, in_words, spoken, store_option
from server.cli.keeping import backup, erase, release, restore, undo, verify
from server.cli.validate import validate
from server.operation.address import require_free
from server.settings import Settings, from_environment, moment
from server.words import LANGUAGES, pick, say, translations
from server.workers import sandbox
from server.writer.writing import Remote, runs

FILES = ("xlsx", PARQUET)  # for programs that read no lines


@click.group(cls=Faces, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--lang", type=click.Choice(LANGUAGES), is_eager=True, help="Speak English or French.")
@click.version_option(package_name="m4sd-graph")
@click.pass_context
def main(ctx: click.Context, lang: str | None) -> None:
    """Keep, check and query the knowledge graph of migration for sustainable development.

    Example: m4sd build && m4sd query --example 1
    """
    ctx.obj = replace(from_environment(os.environ), lang=lang or spoken(ctx))


@main.command()
@store_option
@click.option("--records", type=click.Path(exists=True, path_type=Path), default=building.RECORDS, hidden=True)
@click.pass_obj
def build(settings: Settings, records: Path) -> None:
    """Build the graph from the curated records, and swap it in when it is whole.

    Example: m4sd build
    """
    folder = settings.store
    with terminal.progress(settings.lang) as progress:
        if runs(folder):  # whose writer holds the folder
            progress("admit", 0)
            built = building.Built(**Remote(folder).ask("build", records=str(records.resolve())))
        else:
            built = building.build(folder, moment(os.environ), records, progress)
    words = translations(settings.lang).ugettext(
        "Built {triples} triples ({asserted} stated, {inferred} inferred, {annotated} annotated) "
        "from {records} records in {seconds} s."
    )
    terminal.complain(words.format(**{field: getattr(built, field) for field in built.__dataclass_fields__}))


@main.command()
@click.argument("file", required=False, type=click.File(encoding="utf-8"))
@click.option("--example", help="A question of the example library, by name or number.")
@click.option("--list", "listing", is_flag=True, help="List the example library.")
@click.option("--format", "form", default="table", help=f"table, {', '.join((*FILES, *ROWS, *TRIPLES))}.")
@click.option("--graph", "graphs", multiple=True, help="A default graph, such as …/graph/asserted; may be repeated.")
@store_option
@click.pass_obj
def query(
    settings: Settings,
    file: Any,
    example: str | None,
    listing: bool,
    form: str,
    graphs: tuple[str, ...],
) -> None:
    """Ask FILE (or - for standard input) of the graph.

    Example: m4sd query --example 1 --format csv
    """
    if listing:
        for each in examples():
            click.echo(f"{each.number:>3}  {each.name:<32}  {pick(each.title, settings.lang)}")
        return
    if form not in (TABLE, *FILES, *ROWS, *TRIPLES):
        raise click.BadParameter(form, param_hint="--format")
    question = Question(_text(file, example, settings.lang), graphs)
    kept = read_only(settings.store)
    found = on_deep_stack(lambda: _asked(kept, question, f"xlsx-{settings.lang}" if form == "xlsx" else form))
    for note in (*found.mends, *(unknown.said for unknown in found.unknown)):
        terminal.complain(say(note, settings.lang))
    if found.format == TABLE:
        terminal.show(from_json(found.body))
    else:
        ended = found.body.endswith(b"\n") or form in FILES
        sys.stdout.buffer.write(found.body if ended else found.body + b"\n")


@main.command()
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="A file; else standard output.")
@store_option
@click.pass_obj
def export(settings: Settings, output: Path | None) -> None:
    """Write the whole graph as N-Quads, in one fixed order.

    Example: m4sd export -o m4sd.nq
    """
    data = read_only(settings.store).dump()
    if output:
        output.write_bytes(data)
    else:
        sys.stdout.buffer.write(data)


@main.command()
@click.option("--records", type=click.Path(exists=True, path_type=Path), default=building.RECORDS, hidden=True)
@click.pass_obj
def check(settings: Settings, records: Path) -> None:
    """Check the ontology: its style, its OWL 2 DL profile, its consistency with the records.

    Example: m4sd check
    """
    everything = building.read_all(records)
    ontology = [record for record in everything if is_ontology(record)]
    report = style(ontology)
    click.echo(in_words(report, settings.lang), nl=False)
    with terminal.progress(settings.lang) as progress:
        checked = consistency(
            [triple for record in ontology for triple in record.triples],
            [triple for record in everything for triple in record.triples if not is_ontology(record)],
            lambda question, suspected: progress("reason", question),
        )
    for line in as_words(checked, "fr" if settings.lang == "fr" else "en"):
        click.echo(line)
    if checked.ok:
        sound = said("The ontology is OWL 2 DL, every class can have members, and the records agree with it.")
        terminal.complain(say(sound, settings.lang))
    raise SystemExit(0 if checked.ok and report.conforms else 1)


@main.command()
@click.argument("fact")
@click.option(
    "--documents", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Your folder of documents."
)
@store_option
@click.pass_obj
def evidence(settings: Settings, fact: str, documents: Path | None) -> None:
    """Show where FACT is stated, and its sentences to who holds the documents.

    Example: m4sd evidence A57
    """
    thing = NamedNode(fact if fact.startswith(BASE) else f"{BASE}id/fact-{quote(fact.removeprefix('fact-'))}")
    kept = read_only(settings.store)
    passages, pages = passages_of(kept, thing), pages_of(kept, thing)
    if not passages and not pages:
        terminal.complain(say(said("no document or page states {fact}", fact=fact), settings.lang))
        raise SystemExit(1)
    folder = documents or settings.documents
    texts = {found.passage: found.text for found in texts_of(passages, folder)} if folder and passages else {}
    for passage in passages:
        click.echo(f"{passage.identifier}  {passage.language}  {passage.document}  {passage.start}-{passage.end}")
        if passage in texts:
            click.echo(f"    {texts[passage]}")
    for page in pages:
        click.echo(f"{page.identifier}  {page.language}  {page.address}")
        click.echo(f"    {pick(page.title, settings.lang)}")


@main.command()
@click.option("--unsandboxed", is_flag=True, help="Serve even where workers cannot be cut off from the network.")
@click.option("--host", help="The address to listen on.  [default: M4SD_HOST or 127.0.0.1]")
@click.option("--port", type=click.IntRange(1, 65535), help="The port to listen on.  [default: M4SD_PORT or 8000]")
@store_option
@click.pass_obj
def serve(settings: Settings, host: str | None, port: int | None, unsandboxed: bool) -> None:
    """Serve the graph, building it first where none is built.

    Example: m4sd serve --port 8080
    """
    from server.operation.serving import serve_forever

    chosen = replace(
        settings,
        host=host or settings.host,
        port=port or settings.port,
        unsandboxed=unsandboxed or settings.unsandboxed,
    )
    sandbox.required(chosen.unsandboxed)
    require_free(chosen.host, chosen.port)
    with terminal.progress(settings.lang) as progress:
        building.build_if_missing(chosen.store, moment(os.environ), progress)
    prepare(chosen.store)
    terminal.complain(f"M4SD Graph: http://{chosen.host}:{chosen.port}/")
    serve_forever(chosen)


def _asked(store: Store, question: Question, form: str) -> Answer:
    """Answer in a format; raise NotAcceptable where it is one for the other kind of answer."""
    table = form == TABLE
    rows, triples = "json" if form in TRIPLES else form, form if form in TRIPLES or table else "turtle"
    found = answer(store, question, rows, triples)
    if not table and found.format != form:
        raise NotAcceptable((*ROWS, *FILES) if found.form == "rows" else tuple(TRIPLES))
    return found


def _text(file: Any, example: str | None, lang: str) -> str:
    words = translations(lang)
    if example is not None:
        chosen = find(example)
        if chosen is None:
            listed = words.ugettext("m4sd query --list names them all")
            raise click.BadParameter(f"{example}; {listed}", param_hint="--example")
        return chosen.text
    if file is None:
        raise click.UsageError(words.ugettext("Give a FILE with a query, - for standard input, or --example NAME."))
    try:
        return str(file.read())
    except UnicodeDecodeError as error:
        raise QueryError(said("the query is not written in UTF-8")) from error


for each in (validate, submit, review, token, person, release, backup, restore, undo, verify, erase, doctor):
    main.add_command(each)

if __name__ == "__main__":
    main()
