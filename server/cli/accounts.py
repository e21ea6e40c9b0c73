"""Be the commands `m4sd token` and `m4sd person`."""

import os
import secrets
import sys

import click

from server.cli import terminal
from server.cli.faces import Faces, store_option
from server.identity.people import People
from server.identity.roles import GIVEN
from server.identity.tokens import DAYS, Tokens
from server.settings import Settings, moment
from server.words import translations


@click.group(cls=Faces)
def token() -> None:
    """Make, list and revoke the tokens by which programs and people without a page act.

    Example: m4sd token list
    """


@token.command("create")
@click.option("--role", type=click.Choice(GIVEN), required=True, help="What may be done with it.")
@click.option("--name", required=True, help="Whose it is; all tokens of one person have one name.")
@click.option("--dataset", "datasets", multiple=True, help="A dataset it may write to, or *; may be repeated.")
@click.option("--days", type=click.FloatRange(0, 3660), default=DAYS, show_default=True, help="How long it is good.")
@click.option("--label", default="", help="What it is for, so that it is known again.")
@store_option
@click.pass_obj
def create_token(settings: Settings, role: str, name: str, datasets: tuple[str, ...], days: float, label: str) -> None:
    """Make a token and print its secret, which is told this once.

    Example: m4sd token create --role submitter --name "Ana Diallo" --dataset background
    """
    settings.store.mkdir(parents=True, exist_ok=True)
    made, secret = Tokens(settings.store).create(name, role, datasets, moment(os.environ), days, label, by=_operator())
    words = translations(settings.lang).ugettext("Token {id} of {name}, good until {expires}. Keep it now:")
    terminal.complain(words.format(id=made.id, name=made.name, expires=made.expires))
    click.echo(secret)


@token.command("list")
@store_option
@click.pass_obj
def list_tokens(settings: Settings) -> None:
    """List the tokens: whose, for what, until when, last used.

    Example: m4sd token list
    """
    now = moment(os.environ)
    for each in Tokens(settings.store).list():
        fields = (each.id, each.state(now), each.role, each.name, ",".join(each.datasets) or "-", each.expires)
        click.echo("\t".join([*fields, each.used or "-", each.label]))


@token.command("revoke")
@click.argument("identity")
@store_option
@click.pass_obj
def revoke_token(settings: Settings, identity: str) -> None:
    """Take the token IDENTITY back, from now on.

    Example: m4sd token revoke 1a2b3c4d
    """
    Tokens(settings.store).revoke(identity, moment(os.environ), by=_operator())


@click.group(cls=Faces)
def person() -> None:
    """Make and change the accounts of people who sign in on pages.

    Example: m4sd person list
    """


@person.command("create")
@click.argument("name")
@click.option("--role", type=click.Choice(GIVEN), required=True, help="What she may do.")
@click.option("--dataset", "datasets", multiple=True, help="A dataset she may write to, or *; may be repeated.")
@store_option
@click.pass_obj
def create_person(settings: Settings, name: str, role: str, datasets: tuple[str, ...]) -> None:
    """Make the account of NAME. Its password is read from standard input, or made and printed.

    Example: m4sd person create "Ana Diallo" --role reviewer --dataset background
    """
    settings.store.mkdir(parents=True, exist_ok=True)
    password, made = _password()
    People(settings.store).create(name, role, datasets, password, moment(os.environ), by=_operator())
    if made:
        click.echo(password)


@person.command("list")
@store_option
@click.pass_obj
def list_people(settings: Settings) -> None:
    """List the people: in which role, for which datasets, last signed in.

    Example: m4sd person list
    """
    for each in People(settings.store).list():
        state = "disabled" if each.disabled else "good"
        click.echo("\t".join([each.name, state, each.role, ",".join(each.datasets) or "-", each.used or "-"]))


@person.command("password")
@click.argument("name")
@store_option
@click.pass_obj
def change_password(settings: Settings, name: str) -> None:
    """Give NAME another password, read from standard input or made and printed; her sessions end.

    Example: m4sd person password "Ana Diallo"
    """
    password, made = _password()
    People(settings.store).change(name, moment(os.environ), by=_operator(), password=password)
    if made:
        click.echo(password)


@person.command("role")
@click.argument("name")
@click.argument("role", type=click.Choice(GIVEN))
@click.option("--dataset", "datasets", multiple=True, help="A dataset she may write to, or *; may be repeated.")
@store_option
@click.pass_obj
def change_role(settings: Settings, name: str, role: str, datasets: tuple[str, ...]) -> None:
    """Give NAME another ROLE, and other datasets where some are named; her sessions end.

    Example: m4sd person role "Ana Diallo" admin
    """
    given = datasets or None
    People(settings.store).change(name, moment(os.environ), by=_operator(), role=role, datasets=given)


@person.command("disable")
@click.argument("name")
@click.option("--undo", is_flag=True, help="Let her in again.")
@store_option
@click.pass_obj
def disable_person(settings: Settings, name: str, undo: bool) -> None:
    """Keep NAME out, from now on; what she did stays.

    Example: m4sd person disable "Ana Diallo"
    """
    People(settings.store).change(name, moment(os.environ), by=_operator(), disabled=not undo)


def _password() -> tuple[str, bool]:
    """Return the password that was piped in, else a new one and that it was made."""
    given = "" if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    return (given, False) if given else (secrets.token_urlsafe(15), True)


def _operator() -> str:
    """Return who works at the terminal, for the audit log."""
    return f"{os.environ.get('USER') or os.getuid()} at the command line"
