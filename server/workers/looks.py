"""Look into the graph for a page: a function of ours runs over the snapshot in a worker process."""

import pickle
from dataclasses import replace
from hashlib import sha256
from time import perf_counter
from typing import Any

from flask import g

from graph.store import Reader
from server.http.cache import Cache
from server.http.problem import STATUS_OF, Problem, Refusal
from server.limits import Limits
from server.sparql import protocol
from server.workers.cell import Look, Reply
from server.workers.pool import Pool


class Looks:
    """Ask workers for what pages show."""

    def __init__(self, reader: Reader, pool: Pool, limits: Limits) -> None:
        self._reader, self._pool, self._limits = reader, pool, limits
        self._cache: Cache[Reply] = Cache(limits.looks, limits.cached_answer)

    def at(self, what: str, *asked: object, within: float | None = None) -> Any:  # whatever the function returns
        """Return what the function `module:name` says of the newest snapshot; raise Refusal where it is an error.

        It gets the store and `asked`, values that pickle; equal ones are answered from the cache. `within` some
        seconds, where the client's own deadline is too long to wait for it.
        """
        begin = perf_counter()
        g.seen = protocol.snapshot(self._reader)
        key = sha256(repr((g.seen, what, asked)).encode()).hexdigest()
        reply = self._cache.get(key)
        if reply is None:
            reply = self._run(what, asked, within)
            self._cache.put(key, reply)
        g.timing = {"engine": reply.seconds, "total": g.get("timing", {}).get("total", 0) + perf_counter() - begin}
        return pickle.loads(reply.body)  # noqa: S301 - it comes from our own worker

    def _run(self, what: str, asked: tuple[object, ...], within: float | None) -> Reply:
        asker = protocol.client(self._limits)
        role = replace(asker.role, deadline=min(asker.role.deadline, within)) if within else asker.role
        look = Look(str(g.seen.folder), what, asked, asker.role.memory, asker.role.result)
        reply = self._pool.ask(look, role, asker.address, asker.identity)
        if reply.error:
            assert reply.said is not None
            raise Refusal(Problem(STATUS_OF.get(reply.error, 500), reply.said))
        return reply
