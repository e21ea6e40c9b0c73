"""Register all that stands before the desk: signing in, submitting, reviewing, news."""

from flask import Flask

from graph.desk.desk import Desk
from graph.store import Reader
from server.anyone import Anyone
from server.checkers import Checkers
from server.entrance import Entrance
from server.identity import Identity
from server.looks import Looks
from server.members import Members
from server.news import Notices
from server.reviewing import Reviewing
from server.settings import Settings
from server.submissions import Submissions
from server.submitting import Submitting
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
