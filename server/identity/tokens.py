"""Give, know and take back bearer tokens (RFC 6750): random, of one person, for a role, some datasets and a time.

Of a token's secret only the SHA-256 is kept. 160 random bits need no slow hash: nobody tries them all.
"""

import hmac
import json
import secrets
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

from graph.desk.tables import instant
from graph.errors import M4sdError
from server.identity.accounts import file, fit_datasets, fit_name, fit_role
from server.identity.audit import Audit
from server.identity.roles import Actor, Role

PREFIX: Final = "m4sd_"  # by which tools that look for leaked secrets know one
DAYS: Final = 365
_BYTES = 20
_NOBODY: Final = bytes(32)  # no secret has this hash
_USED: Final = timedelta(minutes=1)  # how exactly the last use is kept


@dataclass(frozen=True)
class Token:
    """Describe a token without its secret."""

    id: str
    name: str
    label: str
    role: Role
    datasets: tuple[str, ...]
    created: str
    expires: str
    revoked: str
    used: str

    @property
    def actor(self) -> Actor:
        """Return who acts by it."""
        return Actor(self.name, self.role, self.datasets, f"token {self.id}")

    def state(self, when: datetime) -> str:
        """Return whether it is good, expired or revoked."""
        if self.revoked:
            return "revoked"
        return "expired" if self.expires <= instant(when) else "good"


class NoToken(M4sdError):
    """Say that a token is not one of ours, or not any more: 401 (RFC 6750, 3.1)."""

    template = "This token is unknown, expired or revoked. Ask an administrator for a new one: m4sd token create"


class NoSuchToken(M4sdError):
    """Say that there is no token of a name in the list."""

    template = "There is no token {id}. List them with: m4sd token list"


class Tokens:
    """Keep the tokens of a folder."""

    def __init__(self, folder: Path, audit: Audit | None = None) -> None:
        self._file, self._audit = file(folder), audit or Audit(folder)

    def create(
        self,
        name: str,
        role: str,
        datasets: Sequence[str],
        when: datetime,
        days: float = DAYS,
        label: str = "",
        by: str = "",
    ) -> tuple[Token, str]:
        """Make a token of a person; return it and its secret, which is told this once."""
        ident, hidden = secrets.token_hex(4), secrets.token_urlsafe(_BYTES)
        secret, until = f"{PREFIX}{ident}_{hidden}", instant(when + timedelta(days=days))
        token = Token(
            ident, fit_name(name), label[:80], fit_role(role), fit_datasets(datasets), instant(when), until, "", ""
        )
        row = (ident, token.name, token.label, role, json.dumps(token.datasets), _hash(secret), token.created, until)
        with self._file.writing() as database:
            database.execute("INSERT INTO token VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', '')", row)
            self._audit.write("create token", by, ident, name=token.name, role=role, datasets=list(token.datasets))
        return token, secret

    def list(self) -> tuple[Token, ...]:
        """Return all tokens, the newest first."""
        with self._file.reading() as database:
            rows = database.execute("SELECT * FROM token ORDER BY created DESC, id").fetchall()
        return tuple(_token(row) for row in rows)

    def revoke(self, ident: str, when: datetime, by: str = "") -> Token:
        """Take a token back, from now on and for ever; raise NoSuchToken where there is none."""
        with self._file.writing() as database:
            row = database.execute("SELECT * FROM token WHERE id = ?", (ident,)).fetchone()
            if row is None:
                raise NoSuchToken(id=ident[:40])
            if not row["revoked"]:
                database.execute("UPDATE token SET revoked = ? WHERE id = ?", (instant(when), ident))
                self._audit.write("revoke token", by, ident, name=row["name"])
            return _token(database.execute("SELECT * FROM token WHERE id = ?", (ident,)).fetchone())

    def find(self, secret: str, when: datetime | None = None) -> Token:
        """Return the token of a secret; raise NoToken where it is none that is good.

        The token is looked up by its public part, and the hashes are compared in constant time.
        """
        now = when or datetime.now(UTC)
        ident = secret.removeprefix(PREFIX).partition("_")[0][:40]
        with self._file.opened() as database:
            row = database.execute("SELECT * FROM token WHERE id = ?", (ident,)).fetchone()
            right = hmac.compare_digest(row["hash"] if row else _NOBODY, _hash(secret))
            if row is None or not right or _token(row).state(now) != "good":
                raise NoToken()
            if not row["used"] or row["used"] < instant(now - _USED):
                # On a full disk, who reads goes on reading.
                with suppress(sqlite3.OperationalError):
                    database.execute("UPDATE token SET used = ? WHERE id = ?", (instant(now), ident))
        return _token(row)


def _token(row: sqlite3.Row) -> Token:
    told = {key: row[key] for key in Token.__dataclass_fields__}
    return Token(**{**told, "datasets": tuple(json.loads(row["datasets"]))})


def _hash(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
