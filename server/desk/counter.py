"""Register all that stands before the desk and the journal: signing in, submitting, reviewing, changes, releases."""

from flask import Flask, g

from graph.desk.desk import Desk
from graph.store import Reader
from server.desk.anyone import Anyone
from server.desk.forms import Forms
from server.desk.news import Notices
from server.desk.reviewing import Reviewing
from server.desk.standing import Standing
from server.desk.submissions import Submissions
from server.desk.submitting import Submitting
from server.history.changes import Changes
from server.history.releases import Releases
from server.history.versions import Versions
from server.identity.entrance import Entrance
from server.identity.identity import Identity
from server.identity.members import Members
from server.settings import Settings
from server.validation.checkers import Checkers
from server.words import say
from server.workers.looks import Looks
from server.writer.writing import Writer


def routes(
    app: Flask,
    identity: Identity,
    reader: Reader,
    looks: Looks,
    checkers: Checkers,
    settings: Settings,
    writer: Writer,
) -> None:
    """Add the routes to the table of an application."""
    desk = Desk(settings.store)
    submissions = Submissions(reader, looks, desk)
    Entrance(identity).routes(app)
    Members(identity).routes(app)
    anyone = Anyone(settings.store, looks, desk, writer)
    anyone.routes(app)
    Notices(desk).routes(app)
    submissions.routes(app)
    Submitting(reader, looks, checkers, settings, desk, writer).routes(app)
    Forms(reader, looks, checkers, settings, desk, writer, anyone).routes(app)
    Reviewing(desk, writer, submissions).routes(app)
    Changes(settings.store, looks, writer).routes(app)
    Versions(settings.store, looks).routes(app)
    Releases(settings.store).routes(app)
    standing = Standing(writer)
    app.jinja_env.globals.update(standing=lambda: say(words, g.lang) if (words := standing.banner()) else "")
