"""Register all that stands before the desk and the journal: signing in, submitting, reviewing, changes, releases."""

from flask import Flask, g

from graph.desk.desk import Desk
from graph.store import Reader
from server.anyone import Anyone
from server.changes import Changes
from server.checkers import Checkers
from server.entrance import Entrance
from server.identity import Identity
from server.looks import Looks
from server.members import Members
from server.news import Notices
from server.releases import Releases
from server.reviewing import Reviewing
from server.settings import Settings
from server.standing import Standing
from server.submissions import Submissions
from server.submitting import Submitting
from server.versions import Versions
from server.words import say
from server.writing import Writer


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
    Anyone(settings.store, desk, writer).routes(app)
    Notices(desk).routes(app)
    submissions.routes(app)
    Submitting(reader, looks, checkers, settings, desk, writer).routes(app)
    Reviewing(desk, writer, submissions).routes(app)
    Changes(settings.store, looks, writer).routes(app)
    Versions(settings.store, looks).routes(app)
    Releases(settings.store).routes(app)
    standing = Standing(writer)
    app.jinja_env.globals.update(standing=lambda: say(words, g.lang) if (words := standing.banner()) else "")
