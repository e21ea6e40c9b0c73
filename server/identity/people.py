"""Know the people who sign in on pages: their passwords by argon2id (RFC 9106), with the library's own parameters.

A name that nobody has costs as much time as one that somebody has; tries are counted before the password is looked at.
"""

import json
import secrets
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from graph.desk.moves import identity
from graph.desk.tables import instant
from graph.errors import M4sdError, said
from server.identity.accounts import Unfit, file, fit_datasets, fit_name, fit_role
from server.identity.audit import Audit
from server.identity.roles import Actor, Role
from server.identity.throttle import Rate, Throttle, TooManyTries, neighbourhood

SHORTEST: Final = 12  # characters of a password; NIST SP 800-63B-4 asks for 15 where it stands alone, or 8 beside more
LONGEST: Final = 1000
QUARTER: Final = 900.0  # seconds
PAIR, NAME, ADDRESS = Rate(5, QUARTER), Rate(50, QUARTER), Rate(30, QUARTER)
_HASHER: Final = PasswordHasher()
_AT_ONCE: Final = threading.BoundedSemaphore(2)  # each takes 64 MiB


@dataclass(frozen=True)
class Person:
    """Describe somebody who can sign in; `stamp` changes whenever sessions that began before must end."""

    name: str
    role: Role
    datasets: tuple[str, ...]
    stamp: str
    created: str
    disabled: str
    used: str

    @property
    def actor(self) -> Actor:
        """Return who acts when she is signed in."""
        return Actor(self.name, self.role, self.datasets, "signed in")


class NotSignedIn(M4sdError):
    """Say that name and password do not fit, and not which of them."""

    template = "This name and this password do not belong together. Try again, or ask an administrator."


class NoPerson(M4sdError):
    """Say that nobody has a name."""

    template = "Nobody here is called {name}. List people with: m4sd person list"


class People:
    """Keep the people of a folder."""

    def __init__(self, folder: Path, audit: Audit | None = None) -> None:
        self._file, self._audit, self._throttle = file(folder), audit or Audit(folder), Throttle(folder)

    def create(
        self, name: str, role: str, datasets: Sequence[str], password: str, when: datetime, by: str = ""
    ) -> Person:
        """Make an account; raise Unfit where the name is taken or something cannot be accepted."""
        called, hashed = fit_name(name), _hashed(password, name)
        told = (identity(called), called, fit_role(role), json.dumps(fit_datasets(datasets)), hashed, _stamp())
        with self._file.writing() as database:
            if database.execute("SELECT 1 FROM person WHERE identity = ?", told[:1]).fetchone():
                raise Unfit(detail=said("there is an account of the name {name} already", name=called))
            database.execute("INSERT INTO person VALUES (?, ?, ?, ?, ?, ?, ?, '', '')", (*told, instant(when)))
            self._audit.write("create person", by, called, role=role, datasets=list(datasets))
            return _found(database, called)

    def list(self) -> tuple[Person, ...]:
        """Return everybody, by name."""
        with self._file.reading() as database:
            return tuple(_person(row) for row in database.execute("SELECT * FROM person ORDER BY identity").fetchall())

    def sign_in(self, name: str, password: str, address: str, when: datetime | None = None) -> Person:
        """Return the person of a name and a password; raise NotSignedIn, or first TooManyTries."""
        now, keys = when or datetime.now(UTC), _keys(name, address)
        try:
            self._throttle.count(keys, now)
        except TooManyTries:
            self._audit.write("sign-in held off", "", address)
            raise
        with self._file.reading() as database:
            row = database.execute("SELECT * FROM person WHERE identity = ?", (identity(name),)).fetchone()
        right = _verified(row["password"] if row else _nobodys(), password)
        if row is None or not right or row["disabled"]:
            self._audit.write("sign-in failed", row["name"] if row else "", address)
            raise NotSignedIn()
        self._throttle.forgive(now, *keys)
        return self._signed_in(row, password, address, now)

    def find(self, name: str, stamp: str) -> Person | None:
        """Return the person of a session that began under a stamp, or None where it must end."""
        with self._file.reading() as database:
            row = database.execute("SELECT * FROM person WHERE identity = ?", (identity(name),)).fetchone()
        good = row is not None and not row["disabled"] and secrets.compare_digest(row["stamp"], stamp)
        return _person(row) if good else None

    def change(
        self,
        name: str,
        when: datetime,
        by: str = "",
        password: str | None = None,
        role: str | None = None,
        datasets: Sequence[str] | None = None,
        disabled: bool | None = None,
    ) -> Person:
        """Change what is given of an account; sessions that began before end. Raise NoPerson where there is none."""
        new: dict[str, str] = {"stamp": _stamp()}
        if password is not None:
            new["password"] = _hashed(password, name)
        if role is not None:
            new["role"] = fit_role(role)
        if datasets is not None:
            new["datasets"] = json.dumps(fit_datasets(datasets))
        if disabled is not None:
            new["disabled"] = instant(when) if disabled else ""
        with self._file.writing() as database:
            _set(database, _found(database, name).name, new)
            told = {key: value for key, value in new.items() if key not in ("stamp", "password")}
            self._audit.write("change person", by, name, **told, password="new" if password else "")
            return _found(database, name)

    def _signed_in(self, row: sqlite3.Row, password: str, address: str, now: datetime) -> Person:
        new = {"used": instant(now)}
        if _HASHER.check_needs_rehash(row["password"]):
            new["password"] = _HASHER.hash(password)
        with self._file.writing() as database:
            _set(database, row["name"], new)
            self._audit.write("sign in", row["name"], address)
            return _found(database, row["name"])


def _keys(name: str, address: str) -> dict[str, Rate]:
    who, where = identity(name), neighbourhood(address)
    return {f"pair {who} {where}": PAIR, f"name {who}": NAME, f"address {where}": ADDRESS}


def _hashed(password: str, name: str) -> str:
    if not SHORTEST <= len(password) <= LONGEST:
        raise Unfit(detail=said("a password has {least} to {most} characters", least=SHORTEST, most=LONGEST))
    if identity(name) in identity(password):
        raise Unfit(detail=said("the password should not hold the name"))
    return _HASHER.hash(password)


def _verified(hashed: str, password: str) -> bool:
    try:
        with _AT_ONCE:
            return _HASHER.verify(hashed, password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    """Return the hash of a password that nobody knows."""
    return _HASHER.hash(secrets.token_urlsafe())


def _stamp() -> str:
    return secrets.token_urlsafe(12)


def _set(database: sqlite3.Connection, name: str, values: dict[str, str]) -> None:
    names = ", ".join(f"{column} = ?" for column in values)
    text = f"UPDATE person SET {names} WHERE identity = ?"  # noqa: S608 - the names of columns are ours
    database.execute(text, (*values.values(), identity(name)))


def _found(database: sqlite3.Connection, name: str) -> Person:
    row = database.execute("SELECT * FROM person WHERE identity = ?", (identity(name),)).fetchone()
    if row is None:
        raise NoPerson(name=name[:80])
    return _person(row)


def _person(row: sqlite3.Row) -> Person:
    told = {key: row[key] for key in Person.__dataclass_fields__}
    return Person(**{**told, "datasets": tuple(json.loads(row["datasets"]))})
