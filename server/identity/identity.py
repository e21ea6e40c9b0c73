"""Know who asks: by a bearer token (RFC 6750), or by the session of a person who signed in on a page.

A session is a signed cookie with the person's name and her stamp, which changes with her password: whoever has an older
one is nobody from then on. The key that signs lies in the folder of the store.
"""

import logging
import os
import secrets
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from time import time
from typing import Final

from flask import Flask, Request, Response, g, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf  # type: ignore[import-untyped]  # it has no types

from graph.errors import said
from server.http.problem import Problem, Refusal
from server.identity.ended import Ended
from server.identity.people import People, Person
from server.identity.roles import ANYONE
from server.identity.tokens import Tokens

KEY: Final = "session.key"
SIGNED_IN: Final = "signed in"  # `Actor.by` of who came by a session
HOURS: Final = 12  # for which a session holds
_BYTES = 32
_LOG = logging.getLogger("m4sd.identity")


class Identity:
    """Tell who sends a request."""

    def __init__(self, folder: Path) -> None:
        self.tokens, self.people = Tokens(folder), People(folder)
        self._folder, self._csrf, self._ended = folder, CSRFProtect(), Ended(folder)

    def install(self, app: Flask) -> None:
        """Make sessions of an application, and forms that only its own pages can send."""
        app.secret_key = _key(self._folder)
        app.session_interface = _Sessions()
        app.config.update(
            PERMANENT_SESSION_LIFETIME=timedelta(hours=HOURS),
            SESSION_REFRESH_EACH_REQUEST=False,
            SESSION_COOKIE_HTTPONLY=True,
            SESSION_COOKIE_SAMESITE="Lax",
            WTF_CSRF_CHECK_DEFAULT=False,  # what changes nothing needs none: `server.identity.gate` says when
            WTF_CSRF_TIME_LIMIT=None,  # as long as the session, since a comment may take a while to write
        )
        self._csrf.init_app(app)
        app.jinja_env.globals.update(csrf_token=generate_csrf, actor=lambda: g.get("actor", ANYONE))

    def enter(self) -> None:
        """Find out who sends the present request, for all that comes after; raise NoToken for a token that is none."""
        g.actor = ANYONE
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            g.actor = self.tokens.find(secret.strip()).actor
        elif _Sessions.name() in request.cookies and "name" in session:
            person = self.people.find(session["name"], session.get("stamp", ""))
            if person is None or session.get("id", "") in self._ended:
                session.clear()
            else:
                g.actor = person.actor
                # What she saw before she signed in may be another page.
                request.environ.pop("HTTP_IF_NONE_MATCH", None)

    def begin(self, person: Person) -> None:
        """Begin a session; nothing of one before it is left, so that nobody can prepare one for somebody else."""
        session.clear()
        session.permanent = True
        session.update(name=person.name, stamp=person.stamp, id=secrets.token_urlsafe(12))
        g.actor = person.actor

    def end(self) -> None:
        """End the session, also for whoever kept its cookie."""
        if "id" in session:
            now = time()
            self._ended.add(session["id"], now, now + HOURS * 3600)
        session.clear()
        g.actor = ANYONE

    def require_own_form(self) -> None:
        """Raise Refusal where the present request was not sent from a page of ours in the same session."""
        try:
            self._csrf.protect()
        except CSRFError as error:
            detail = said("This form does not belong to your present session. Load the page again and send it anew.")
            raise Refusal(Problem(400, detail)) from error


def signed_in() -> bool:
    """Return whether the present request belongs to a session."""
    return str(g.get("actor", ANYONE).by) == SIGNED_IN


def private(response: Response) -> Response:
    """Keep answers to persons out of every cache, and tell caches that pages depend on who looks at them."""
    if signed_in() or g.get("private"):
        response.headers["Cache-Control"] = "private, no-store"
        response.headers.setdefault("Referrer-Policy", "same-origin")
    if response.mimetype == "text/html":
        response.vary.add("Cookie")
    return response


class _Sessions(SecureCookieSessionInterface):
    """Bind the cookie to this host where the connection is secure (RFC 6265bis, 4.1.3.2)."""

    @staticmethod
    def name() -> str:
        """Return the name of the cookie for the present request."""
        return "__Host-m4sd" if request.is_secure else "m4sd"

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Read the session; without a cookie nothing is made ready to check one, which no query needs."""
        return super().open_session(app, request) if self.name() in request.cookies else SecureCookieSession()

    def get_cookie_name(self, app: Flask) -> str:
        """Name the cookie."""
        return self.name()

    def get_cookie_secure(self, app: Flask) -> bool:
        """Send it back over secure connections only, where it came over one."""
        return request.is_secure


def _key(folder: Path) -> bytes:
    """Return the key that signs sessions, made where there is none; only its owner may read it."""
    path, new = folder / KEY, secrets.token_bytes(_BYTES)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _place(path, new)
        return path.read_bytes()
    except OSError as error:  # who reads goes on reading
        _LOG.warning("%s cannot be kept; sessions end with this process: %s", path, error)
        return new


def _place(path: Path, key: bytes) -> None:
    """Put a whole key there, unless another process was quicker."""
    part = path.with_name(f".{KEY}-{os.getpid()}-{secrets.token_hex(4)}")
    with os.fdopen(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb") as file:
        file.write(key)
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        path.hardlink_to(part)
    part.unlink()
