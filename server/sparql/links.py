"""Keep short links to queries: `/q/{identity}` is the question for good, and the same question has the same link.

They lie in the store's folder (SQLite), bounded in bytes; what is kept is never thrown away, so a full store refuses.
"""

import json
import sqlite3
import threading
import zlib
from base64 import b32encode
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from time import time
from typing import Any, Final

from flask import Response, g, jsonify, redirect, request, url_for

from graph.errors import M4sdError, said
from graph.query import LONGEST, Question
from server.http.negotiate import HTML, JSON, choose
from server.http.problem import Problem, Refusal
from server.limits import Limits
from server.sparql import page, protocol
from server.sparql.endpoint import Sparql
from server.sparql.protocol import Asked

FILE: Final = "links.db"
SHORTEST: Final = 8  # characters of 32: a trillion of links
OVERHEAD: Final = 100  # bytes of a row beside its query
A_DAY: Final = 24 * 3600

_TABLE: Final = "CREATE TABLE IF NOT EXISTS link (identity TEXT PRIMARY KEY, body BLOB, made INTEGER) WITHOUT ROWID"


class LinksFull(M4sdError):
    """Say that no further link can be kept."""

    template = "There is no room for further links here. The address of the page itself works as well."


class Store:
    """Keep questions by what stands for them."""

    def __init__(self, folder: Path, most: int, now: Callable[[], float] = time) -> None:
        self._path, self._most, self._now = folder / FILE, most, now

    def keep(self, question: Question) -> str:
        """Return the identity of a question, under which it is kept from now on."""
        told = [question.text, question.default_graphs, question.named_graphs]
        plain = json.dumps(told, ensure_ascii=False).encode()
        body, digest = zlib.compress(plain, 9), b32encode(sha256(plain).digest()).decode().lower().rstrip("=")
        with closing(sqlite3.connect(self._path, timeout=5)) as database, database:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute(_TABLE)
            database.execute("BEGIN IMMEDIATE")
            for length in range(SHORTEST, len(digest) + 1):
                row = database.execute("SELECT body FROM link WHERE identity = ?", (digest[:length],)).fetchone()
                if row is None or row[0] == body:
                    break
            if row is None:
                self._require_room(database, len(body))
                database.execute("INSERT INTO link VALUES (?, ?, ?)", (digest[:length], body, int(self._now())))
        return digest[:length]

    def find(self, identity: str) -> Question | None:
        """Return the question of an identity, if there is one."""
        if not self._path.exists():
            return None
        with closing(sqlite3.connect(self._path, timeout=5)) as database:
            row = database.execute("SELECT body FROM link WHERE identity = ?", (identity,)).fetchone()
        if row is None:
            return None
        text, default, named = json.loads(zlib.decompress(row[0]))
        return Question(text, tuple(default), tuple(named))

    def _require_room(self, database: sqlite3.Connection, size: int) -> None:
        counted = "SELECT COALESCE(SUM(LENGTH(body) + ?), 0) FROM link"
        held = database.execute(counted, (OVERHEAD,)).fetchone()[0]
        if held + size + OVERHEAD > self._most:
            raise LinksFull()


class Links:
    """Be `/links`, where a link is made, and `/q/{identity}`, where it leads."""

    def __init__(self, folder: Path, limits: Limits, sparql: Sparql) -> None:
        self._store, self._limits, self._sparql = Store(folder, limits.links), limits, sparql
        self._made: dict[str, int] = {}
        self._day, self._lock = 0, threading.Lock()

    def make(self) -> Response:
        """Keep the question of the present request and lead to its link; as JSON where that is asked for."""
        asked = protocol.read()
        if asked.question is None or not asked.question.text.strip():
            raise Refusal(Problem(400, said("the request has no query; send one as the parameter `query`")))
        if len(asked.question.text.encode()) > LONGEST:
            detail = said("the query is longer than {longest} bytes; shorten it or split it", longest=LONGEST)
            raise Refusal(Problem(400, detail))
        self._count(protocol.client(self._limits).address)
        try:
            identity = self._store.keep(asked.question)
        except LinksFull as error:
            raise Refusal(Problem(507, error.said)) from error
        named = request.values.get("version", "")
        version: dict[str, Any] = {"version": named} if named else {}
        if choose(request.headers.get("Accept"), (JSON, HTML)) is HTML:
            return redirect(url_for("link", identity=identity, **version), 303)  # type: ignore[return-value]  # Flask's is werkzeug's
        address = url_for("link", identity=identity, **version, _external=True)
        response = jsonify(link=address)
        response.status_code, response.headers["Location"] = 201, address
        return response

    def follow(self, identity: str) -> Response:
        """Answer the question that a link stands for, in any format."""
        question = self._store.find(identity)
        if question is None:
            raise Refusal(Problem(404, said("there is no link {identity}", identity=identity[:60])))
        g.link = url_for("link", identity=identity, **page.version(), _external=True)
        base = url_for("sparql", _external=True)
        asked = Question(question.text, question.default_graphs, question.named_graphs, base)
        return self._sparql.respond(Asked(asked, request.args.get("format")))

    def _count(self, address: str) -> None:
        """Count the links that a client makes; raise Refusal past what it may make in a day."""
        day = int(time()) // A_DAY
        with self._lock:
            if day != self._day:
                self._made, self._day = {}, day
            self._made[address] = self._made.get(address, 0) + 1
            if self._made[address] > self._limits.links_per_client:
                raise Refusal(
                    Problem(429, said("that is enough links for one day; the address of the page works as well"))
                )
