"""Send broken queries and broken requests, and look for deaths, hangs and errors of the server's own making.

Three legs: mutated queries; whole requests made up by hypothesis; and, where the server has an `/openapi.json` and the
tool is installed, schemathesis. An input that fails is made as small as possible and kept in a temporary folder. Prints
and writes `bench/results/fuzz-{date}.json`.

Example: python -m bench.fuzz --requests 100000
"""

import argparse
import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from time import monotonic
from urllib.parse import quote_from_bytes

from bench import figures
from bench.judge import detail, fault
from bench.mutate import mutant, reduced, seeds
from bench.odd import odd_requests
from bench.served import Served, free_port, served
from bench.wire import FORM, Broken, Client, Hung, Reply, Request

CLIENTS = 12
SAME_ADDRESS = 100  # requests after which a client takes a new address, lest it be refused for its share only
KEPT = 3  # inputs kept of each kind of failure
SLACK = 5.0
TOOL_LIMIT = 900.0
SCHEMATHESIS = (
    *("--max-examples", "100", "--seed", "1", "--no-color", "--generation-database", "none", "--continue-on-failure"),
    # Which strings are queries no schema can say, so a string that is none may be refused.
    *("--exclude-checks", "positive_data_acceptance"),
)
# fmt: off
ACCEPTS = (
    "*/*", "*/*", "*/*", "*/*", "application/sparql-results+json", "application/sparql-results+xml", "text/csv",
    "text/html", "text/tab-separated-values", "text/turtle, */*;q=0.5", "application/ld+json, */*",
    "application/n-triples, text/csv", "application/rdf+xml, */*;q=0.1",
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html;q=0, */*", "image/png", ";q=x,,/;q=1",
    "*;q=.2",
)
# fmt: on


@dataclass(frozen=True, slots=True)
class Plan:
    """Say how many requests to send, which part of them made up by hypothesis, and the server's deadline."""

    requests: int = 100_000
    odd: float = 0.2
    seed: int = 1
    deadline: float = 2.0
    patience: float = 2.0
    folders: tuple[Path, ...] = ()
    contract: bool = True  # whether the server is held to its own description too

    @property
    def bound(self) -> float:
        """Return the seconds after which a request hangs."""
        return self.deadline + 3 * self.patience + SLACK

    @property
    def environment(self) -> dict[str, str]:
        """Return the settings of the server, so that a slow query does not hold the campaign up."""
        return {"M4SD_ANONYMOUS_DEADLINE": str(self.deadline), "M4SD_LIMIT_PATIENCE": str(self.patience)}


@dataclass(slots=True)
class Log:
    """Count what came back, and keep the inputs that failed."""

    folder: Path
    statuses: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    files: dict[str, list[str]] = field(default_factory=dict)
    slowest: float = 0.0

    def keep(self, kind: str, data: bytes) -> None:
        """Keep an input that failed, up to a few of each kind."""
        files = self.files.setdefault(kind, [])
        path = self.folder / f"{len(self.files):02d}-{len(files)}.http"
        path.write_bytes(data)
        files.append(str(path))


def fuzz(server: Served, plan: Plan, folder: Path) -> dict[str, object]:
    """Fuzz a server and return the figures; `ok` tells whether nothing failed."""
    web, begin, log = server.web(), monotonic(), Log(folder)
    odd = round(plan.requests * plan.odd)
    asyncio.run(_queries(server.port, plan, plan.requests - odd, log))
    for number, request in enumerate(odd_requests(odd, plan.seed)):
        asyncio.run(_odd(server.port, plan, request, log, number))
    contract = schemathesis(server.port, folder) if plan.contract else {"ran": False}
    same = server.web() == web
    return {
        "ok": not (log.failures or server.complaints()) and same and contract.get("exit", 0) == 0,
        "requests": log.statuses.total() + log.failures.total(),
        "seconds": round(monotonic() - begin, 1),
        "statuses": dict(sorted(log.statuses.items())),
        "slowest_s": round(log.slowest, 2),
        "bound_s": plan.bound,
        "failures": dict(log.failures.most_common()),
        "kept": log.files,
        "web_process_unchanged": same,
        "web_megabytes": server.megabytes(),
        "log": server.complaints(),
        "schemathesis": contract,
    }


def kind_of(reply: Reply) -> str:
    """Say in a few words how an answer fails; nothing where it is in order."""
    if wrong := fault(reply):
        if reply.status in (400, 408, 414, 431) and not reply.body and "x-request-id" not in reply.headers:
            return ""  # the HTTP server refuses what is no HTTP before our application sees it
        return wrong
    if reply.status >= 500 and reply.status not in (503, 504):
        return f"{reply.status}: {detail(reply)}"
    if reply.status == 503 and "retry-after" not in reply.headers and "memory" not in detail(reply):
        return "a 503 that names no limit and no time"
    return ""


async def _queries(port: int, plan: Plan, count: int, log: Log) -> None:
    """Send mutated queries from a few clients at once."""
    chance, whole = Random(plan.seed), seeds(plan.folders)
    turns = iter(range(count))

    async def work(number: int) -> None:
        client = Client(port, _address(number, 0))
        for turn in turns:
            if turn % SAME_ADDRESS == number:
                client.close()
                client = Client(port, _address(number, turn))
            request = _as_request(chance, mutant(chance, whole))
            await _try(client, request, plan, log)
        client.close()

    await asyncio.gather(*(work(number) for number in range(CLIENTS)))


def _as_request(chance: Random, query: bytes) -> Request:
    accept = ("Accept", chance.choice(ACCEPTS))
    way = chance.random()
    if way < 0.5:
        return Request("/sparql", "POST", (accept, ("Content-Type", "application/sparql-query")), query)
    encoded = quote_from_bytes(query, safe="")
    if way < 0.75 or len(encoded) > 30_000:
        return Request("/sparql", "POST", (accept, ("Content-Type", FORM)), b"query=" + encoded.encode())
    return Request(f"/sparql?query={encoded}", "GET", (accept,))


async def _odd(port: int, plan: Plan, request: Request, log: Log, number: int) -> None:
    client = Client(port, _address(CLIENTS, number))
    await _try(client, request, plan, log)
    client.close()


async def _try(client: Client, request: Request, plan: Plan, log: Log) -> None:
    """Send a request; a new kind of failure is made small and kept."""
    kind, label, seconds = await _ask(client, request, plan)
    log.slowest = max(log.slowest, seconds)
    if not kind:
        log.statuses[label] += 1
        return
    log.failures[kind] += 1
    if len(log.files.get(kind, ())) < KEPT:
        log.keep(kind, (await _smaller(request, kind, client, plan)).to_bytes())


async def _ask(client: Client, request: Request, plan: Plan) -> tuple[str, str, float]:
    """Return the kind of failure, if any, the status or the lack of one, and the seconds."""
    begin = monotonic()
    try:
        reply = await client.ask(request, plan.bound)
    except Hung:
        return "hang", "", monotonic() - begin
    except Broken as error:
        return re.sub(r"\d+", "N", f"broken: {error}")[:120], "", monotonic() - begin
    kind = "" if request.method == "HEAD" else re.sub(r"\d{2,}|0x\w+", "N", kind_of(reply))[:160]
    bare = "" if reply.body or reply.status < 400 or request.method == "HEAD" else " by the HTTP server"
    return kind, f"{reply.status}{bare}", reply.seconds


async def _smaller(request: Request, kind: str, client: Client, plan: Plan) -> Request:
    """Return the request with the shortest body or target that still fails in the same way."""
    if kind == "hang":
        return request
    trial = Client(client.port, "127.0.6.1")
    body = bool(request.body)
    loop = asyncio.get_running_loop()

    def made(data: bytes) -> Request:
        target = request.target if body else data.decode("latin-1")
        return Request(target, request.method, request.headers, data if body else b"")

    def still(data: bytes) -> bool:
        found = asyncio.run_coroutine_threadsafe(_ask(trial, made(data), plan), loop)
        return found.result(plan.bound * 2)[0] == kind

    data = request.body if body else request.target.encode("latin-1", "replace")
    least = await asyncio.to_thread(reduced, data, still)
    trial.close()
    return made(least)


def _address(number: int, turn: int) -> str:
    return f"127.{10 + number}.{turn // SAME_ADDRESS % 250}.{turn % 250 + 1}"


def schemathesis(port: int, folder: Path) -> dict[str, object]:
    """Hold the server to its own description, where it has one and the tool is there."""
    tool = shutil.which("schemathesis", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
    if tool is None or not asyncio.run(_exists(port)):
        return {"ran": False}
    command = [tool, "run", f"http://127.0.0.1:{port}/openapi.json", *SCHEMATHESIS]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=TOOL_LIMIT, check=False)
    return {"ran": True, "exit": done.returncode, "said": done.stdout[-6000:].splitlines() if done.returncode else []}


async def _exists(port: int) -> bool:
    client = Client(port)
    try:
        return (await client.ask(Request("/openapi.json"), 10)).status == 200
    finally:
        client.close()


def main() -> None:
    """Read the command line, fuzz, write the figures down; exit 1 where something failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--deadline", type=float, default=2.0, help="the server's deadline, in seconds")
    parser.add_argument("--more", type=Path, action="append", default=[], help="a folder with more queries (*.rq)")
    parser.add_argument("--store", type=Path, default=Path(".m4sd"), help="the folder to serve")
    parser.add_argument("--results", type=Path, default=figures.RESULTS, help="the folder for the figures")
    given = parser.parse_args()
    plan = Plan(given.requests, seed=given.seed, deadline=given.deadline, folders=tuple(given.more))
    folder = Path(tempfile.mkdtemp(prefix="m4sd-fuzz-"))
    with served(given.store, free_port(), plan.environment) as server:
        found = fuzz(server, plan, folder)
    print(json.dumps(found, indent=1), figures.write("fuzz", found, given.results))
    raise SystemExit(0 if found["ok"] else 1)


if __name__ == "__main__":
    main()
