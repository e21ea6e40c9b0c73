"""Kill query processes at random while cheap clients ask, at last the one that starts them, and say who noticed.

Only descendants of the server that this script itself started are ever killed. Prints and writes
`bench/results/kills-{date}.json`.

Example: python -m bench.kills --kills 500
"""

import argparse
import asyncio
import json
import os
import signal
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from time import monotonic

from bench import figures
from bench.cheap import Small, Tally, cheap_load, expected, questions
from bench.served import Served, alive, at_work, free_port, served

TOLERATED = 0.001  # share of requests that may fail while workers are killed
RECOVERED_WITHIN = 20.0
LOOK = 0.05  # seconds in which to find a process at work; else an idle one is killed


@dataclass(frozen=True, slots=True)
class Plan:
    """Say how many processes to kill, with which mean pause, under how many clients."""

    kills: int = 500
    pause: float = 0.3
    cheap: int = 40
    think: float = 0.05
    seed: int = 1
    quiet: float = 3.0  # seconds of load after the last kill, in which nothing may fail


@dataclass(slots=True)
class Killed:
    """Count the kills, those of a process at work, and those for which no process was left."""

    count: int = 0
    at_work: int = 0
    none_left: int = 0


def kill(server: Served, plan: Plan) -> dict[str, object]:
    """Kill a server's query processes and return the figures; `ok` tells whether nobody noticed much."""
    return asyncio.run(_campaign(server, plan))


async def _campaign(server: Served, plan: Plan) -> dict[str, object]:
    web, cells = server.web(), len(server.cells())
    right = await expected(server.port, questions())
    begin = monotonic()
    async with cheap_load(server.port, right, plan.cheap, plan.think) as during:
        killed = await _kill_on(server, plan)
    seconds = round(monotonic() - begin, 1)
    recovered = await _recovery(server, cells)
    nursery, recovered_again = await _kill_nursery(server, plan, right, cells)
    async with cheap_load(server.port, right, plan.cheap, plan.think) as after:
        await asyncio.sleep(plan.quiet)
    share, same = during.failed.total() / max(during.count, 1), server.web() == web
    whole = not (during.truncated or nursery.truncated or after.failed)
    return {
        "ok": share <= TOLERATED and whole and None not in (recovered, recovered_again) and same,
        "seconds": seconds,
        "kills": asdict(killed),
        "share_failed": round(share, 6),
        "during": during.figures(),
        "seconds_until_all_workers_were_back": recovered,
        "killed_what_starts_them": {
            "load": nursery.figures(),
            "seconds_until_all_workers_were_back": recovered_again,
        },
        "after": after.figures(),
        "web_process_unchanged": same,
        "log": server.complaints(),
        "cells": {"before": cells, "after": len(server.cells())},
    }


async def _kill_nursery(
    server: Served, plan: Plan, right: Mapping[Small, object], cells: int
) -> tuple[Tally, float | None]:
    """Kill the process that starts the query processes, under load; return the load and the seconds to recover."""
    async with cheap_load(server.port, right, plan.cheap, plan.think) as tally:
        for process in await asyncio.to_thread(server.nurseries):
            os.kill(process.pid, signal.SIGKILL)
        await asyncio.sleep(plan.quiet)
    return tally, await _recovery(server, cells)


async def _kill_on(server: Served, plan: Plan) -> Killed:
    """Kill one process after the other, with pauses of random length; bounded by the number of kills."""
    chance, killed = Random(plan.seed), Killed()
    for _ in range(plan.kills):
        await asyncio.sleep(chance.expovariate(1 / plan.pause))
        found = await asyncio.to_thread(server.cells)
        if not found:
            killed.none_left += 1
            continue
        working = await asyncio.to_thread(at_work, found, LOOK)
        victim = working or chance.choice(found)
        if alive(victim):
            os.kill(victim.pid, signal.SIGKILL)
            killed.count += 1
            killed.at_work += working is not None
    return killed


async def _recovery(server: Served, cells: int) -> float | None:
    """Return the seconds until as many query processes live as before, or None."""
    begin = monotonic()
    while monotonic() - begin < RECOVERED_WITHIN:
        if len(await asyncio.to_thread(server.cells)) >= cells:
            return round(monotonic() - begin, 2)
        await asyncio.sleep(0.05)
    return None


def main() -> None:
    """Read the command line, kill, write the figures down; exit 1 where somebody noticed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--pause", type=float, default=0.3, help="mean seconds between two kills")
    parser.add_argument("--cheap", type=int, default=40)
    parser.add_argument("--think", type=float, default=0.05, help="mean pause of a client, in seconds")
    parser.add_argument("--store", type=Path, default=Path(".m4sd"), help="the folder to serve")
    parser.add_argument("--results", type=Path, default=figures.RESULTS, help="the folder for the figures")
    given = parser.parse_args()
    with served(given.store, free_port()) as server:
        found = kill(server, Plan(given.kills, given.pause, given.cheap, given.think))
    print(json.dumps(found, indent=1), figures.write("kills", found, given.results))
    raise SystemExit(0 if found["ok"] else 1)


if __name__ == "__main__":
    main()
