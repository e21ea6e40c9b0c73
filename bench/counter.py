"""Stand before the desk in one process: the web application and the one that writes, on a small folder of one's own.

Ana submits, Cy submits too, Bo reviews, Dee reviews and submits, Root administers, Rea reads.
"""

import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bench import desks
from bench.desks import DATASET, draft
from graph.desk.desk import Desk
from graph.desk.submission import Submission
from server.app import create_app
from server.identity.people import People
from server.identity.tokens import Tokens
from server.limits import Limits
from server.settings import Settings
from server.writer.deeds import writing
from server.writer.writing import Writer

PASSWORD: Final = "correct horse battery staple"
PEOPLE: Final[Mapping[str, str]] = {
    "Ana": "submitter",
    "Cy": "submitter",
    "Bo": "reviewer",
    "Dee": "reviewer",
    "Root": "admin",
    "Rea": "reader",
}
# One worker of each kind does, and starts sooner.
LIMITS: Final = Limits(quick=1, slow=1, spare=0, checks=1)
CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass(frozen=True)
class Counter:
    """Hold an application, the one that writes, and the secrets of everybody's tokens."""

    folder: Path
    app: Flask
    writer: Writer
    secrets: Mapping[str, str]

    @property
    def desk(self) -> Desk:
        """Return the desk."""
        return Desk(self.folder)

    def ask(self, who: str, method: str, path: str, **more: Any) -> TestResponse:  # Any: what a test client takes
        """Ask as a program with the token of a person, or of nobody."""
        headers = {"Accept": "application/json", **more.pop("headers", {})}
        if who:
            headers["Authorization"] = f"Bearer {self.secrets[who]}"
        return self.app.test_client().open(path, method=method, headers=headers, buffered=True, **more)

    def submit(self, who: str, turtle: str, **parameters: str) -> TestResponse:
        """Submit a record."""
        return self.ask(who, "POST", "/submissions", query_string=parameters, data=turtle, content_type="text/turtle")

    def publish(self, turtle: str, **told: str) -> int:
        """Submit as one person and accept as another; return the number of the change."""
        sent = {"data": turtle, "content_type": "text/turtle"} if turtle else {}
        taken = self.ask("Ana", "POST", "/submissions", query_string=told, **sent)
        assert taken.status_code == 202, taken.text
        ident = taken.json["submissions"][0]["id"]  # type: ignore[index]
        done = self.ask("Bo", "POST", f"/submissions/{ident}/decision", json={"decision": "accept", "revision": 1})
        assert done.status_code == 200, done.text
        return int(done.json["sequence"])  # type: ignore[index]

    def laid(self, slug: str, turtle: str, who: str = "Ana") -> Submission:
        """Lay a draft onto the desk, without asking the shapes."""
        made = draft(slug, turtle, self.folder)
        (found,) = self.desk.submit(who, [made], datetime.now(UTC))
        return found

    def signed_in(self, who: str, **environment: Any) -> FlaskClient:  # Any: what a test client takes
        """Return a browser in which somebody is signed in."""
        client = self.app.test_client()
        token = csrf(client, "/sign-in", **environment)
        told = {"name": who, "password": PASSWORD, "csrf_token": token}
        answer = client.post("/sign-in", data=told, **environment)
        assert answer.status_code == 303, answer.text
        return client


def csrf(client: FlaskClient, page: str, **environment: Any) -> str:  # Any: what a test client takes
    """Return the token that forms of a page carry."""
    found = CSRF.search(client.get(page, headers={"Accept": "text/html"}, **environment).text)
    assert found is not None, page
    return found[1]


@contextmanager
def counter(made: Path, place: Path, limits: Limits = LIMITS, **settings: Any) -> Iterator[Counter]:
    """Serve a copy of a folder that `bench.desks` made, or any built one, while the block runs."""
    shutil.copytree(made, place, symlinks=True, ignore=shutil.ignore_patterns("*.sock"))
    chosen = Settings(store=place, log=False, limits=limits, **settings)
    now = datetime.now(UTC)
    people, tokens = People(place), Tokens(place)
    for name, role in PEOPLE.items():
        people.create(name, role, [DATASET], PASSWORD, now)
    secrets = {name: tokens.create(name, role, [DATASET], now)[1] for name, role in PEOPLE.items()}
    with writing(chosen, "test") as writer:
        app = create_app(chosen, writer)
        writer.ask("status")
        try:
            yield Counter(place, app, writer, secrets)
        finally:
            app.extensions["checkers"].close()
            app.extensions["pool"].close()


def make(folder: Path) -> None:
    """Make a small folder."""
    desks.make(folder)
