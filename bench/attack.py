"""Load the endpoint with 40 cheap and 10 hostile clients at once, and say what either met.

Before the load, a roll call sends every hostile shape once from an address of its own, so that each is met even where
the share of the hostile clients is soon used up. Prints and writes `bench/results/attack-{date}.json`.

Example: python -m bench.attack --seconds 600
"""

import argparse
import asyncio
import contextlib
import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from time import monotonic

from bench import figures
from bench.cheap import cheap_load, expected, questions
from bench.hostile import Shape, shapes
from bench.judge import detail, fault
from bench.served import Served, attached, free_port, served
from bench.trap import trap
from bench.wire import Broken, Client, Hung
from server.limits import Limits
from server.settings import limits_from

GRACE = 1.0  # seconds past its limits within which an answer must have ended
HANG = 10.0  # seconds past its limits after which a client gives up
CALLERS = 2
TRIES = 8


@dataclass(slots=True)
class Met:
    """Count how one shape was answered."""

    aim: str
    statuses: Counter[int] = field(default_factory=Counter)
    slowest: float = 0.0
    faults: Counter[str] = field(default_factory=Counter)
    unanswered: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """Say how long and with how many clients to attack, and which limits the server has."""

    seconds: float = 600.0
    cheap: int = 40
    hostile: int = 10
    think: float = 0.2  # with 40 clients some 200 requests a second: half of what two processors bear
    fresh: bool = False
    callers: int = CALLERS
    roll: bool = True
    aims: tuple[str, ...] = ()  # of the shapes to send; none given means all
    once: bool = False  # whether the siege ends when each shape was sent by one of the hostile clients
    limits: Limits = field(default_factory=Limits)

    @property
    def bound(self) -> float:
        """Return the seconds within which every request must be answered: waiting twice, running, and some grace."""
        return 2 * self.limits.patience + self.limits.promote + self.limits.anonymous.deadline + GRACE


def attack(server: Served, plan: Plan) -> dict[str, object]:
    """Attack a server and return the figures; `ok` tells whether nothing went wrong."""
    return asyncio.run(_attack(server, plan))


async def _attack(server: Served, plan: Plan) -> dict[str, object]:
    web, memory = server.web(), server.megabytes()
    right = await expected(server.port, questions())
    loop = asyncio.get_running_loop()
    async with trap() as caught:
        with ProcessPoolExecutor(1, get_context("spawn")) as other:
            begin = monotonic()
            called = await loop.run_in_executor(other, roll_call, server.port, caught.url, plan) if plan.roll else {}
            middle = monotonic()
            async with cheap_load(server.port, right, plan.cheap, plan.think) as tally:
                met = await loop.run_in_executor(other, siege, server.port, caught.url, plan)
            took = {"roll_call": round(middle - begin, 1), "load": round(monotonic() - middle, 1)}
    hostile, same, complaints = _hostile(called, met, plan), server.web() == web, server.complaints()
    trouble = hostile["past_the_bound"] or hostile["neither_answer_nor_clean_problem"] or caught.calls or complaints
    return {
        "ok": same and not tally.failed and not trouble,
        "plan": _shown(plan),
        "seconds": took,
        "cheap": tally.figures(),
        "hostile": hostile,
        "web_process_unchanged": same,
        "web_megabytes": {"before": memory, "after": server.megabytes()},
        "cells": len(server.cells()),
        "log": complaints,
        "connections_to_the_trap": caught.calls,
        "shapes": {name: _row(called.get(name), each) for name, each in met.items()},
    }


def roll_call(port: int, url: str, plan: Plan) -> dict[str, Met]:
    """Send each shape once, a few at a time, each from its own address; a full queue is asked again."""
    return asyncio.run(_roll_call(port, _chosen(url, plan), plan))


def siege(port: int, url: str, plan: Plan) -> dict[str, Met]:
    """Send shape after shape from the hostile clients until the time is over."""
    return asyncio.run(_siege(port, _chosen(url, plan), plan))


def _chosen(url: str, plan: Plan) -> tuple[Shape, ...]:
    return tuple(shape for shape in shapes(url) if not plan.aims or shape.aim in plan.aims)


async def _roll_call(port: int, all_shapes: Sequence[Shape], plan: Plan) -> dict[str, Met]:
    met = {shape.name: Met(shape.aim) for shape in all_shapes}
    left = enumerate(all_shapes)

    async def call() -> None:
        for place, shape in left:
            client = Client(port, f"127.0.3.{place % 250 + 1}")
            for _ in range(TRIES):
                if await _send(client, shape, met[shape.name], plan, "0") != 503:
                    break
                await asyncio.sleep(plan.limits.patience / 2)
            client.close()

    await asyncio.gather(*(call() for _ in range(plan.callers)))
    return met


async def _siege(port: int, all_shapes: Sequence[Shape], plan: Plan) -> dict[str, Met]:
    met = {shape.name: Met(shape.aim) for shape in all_shapes}
    until = monotonic() + plan.seconds

    async def besiege(number: int) -> None:
        addresses = _addresses(number)
        client = Client(port, next(addresses))
        place, end = (turn * len(all_shapes) // plan.hostile for turn in (number, number + 1))
        while monotonic() < until and not (plan.once and place >= end):
            shape = all_shapes[place % len(all_shapes)]
            place += 1
            status = await _send(client, shape, met[shape.name], plan, f"{number}.{place}")
            if status == 429 and plan.fresh:
                client.close()
                client = Client(port, next(addresses))
        client.close()

    await asyncio.gather(*(besiege(number) for number in range(plan.hostile)))
    return met


def _addresses(number: int) -> Iterator[str]:
    """Yield the client's own address, then ever new ones."""
    yield f"127.0.2.{number + 1}"
    for block in range(4, 250):
        for host in range(number + 1, 251, 10):
            yield f"127.{block}.{number}.{host}"


async def _send(client: Client, shape: Shape, met: Met, plan: Plan, mark: str) -> int:
    """Send a shape, note how it was answered, and return the status, 0 for none."""
    begin, status = monotonic(), 0
    try:
        reply = await client.ask(shape.marked(mark), plan.bound + HANG)
    except (Broken, Hung) as error:
        met.faults[f"{type(error).__name__.lower()}: {str(error)[:100]}"] += 1
        met.unanswered += 1
    else:
        status = reply.status
        met.statuses[status] += 1
        if wrong := fault(reply):
            met.faults[wrong] += 1
        elif status >= 500 and status not in (503, 504):
            met.faults[f"{status}: {detail(reply)}"] += 1
        elif shape.must and status not in (shape.must, 429, 503):
            met.faults[f"{status} where only {shape.must} is right"] += 1
    met.slowest = max(met.slowest, monotonic() - begin)
    return status


def _shown(plan: Plan) -> dict[str, object]:
    shown = {key: getattr(plan, key) for key in ("seconds", "cheap", "hostile", "think", "fresh")}
    return {**shown, "deadline_s": plan.limits.anonymous.deadline, "bound_s": plan.bound}


def _hostile(called: Mapping[str, Met], met: Mapping[str, Met], plan: Plan) -> dict[str, object]:
    """Return what the hostile requests met, alone and under load together."""
    every = [*called.items(), *met.items()]
    statuses = sum((each.statuses for _, each in every), Counter[int]())
    return {
        "shapes": len(met),
        "requests": statuses.total() + sum(each.unanswered for _, each in every),
        "statuses": dict(sorted(statuses.items())),
        "slowest_s": round(max(each.slowest for _, each in every), 2),
        "past_the_bound": {name: round(each.slowest, 2) for name, each in every if each.slowest > plan.bound},
        "neither_answer_nor_clean_problem": {name: dict(each.faults) for name, each in every if each.faults},
    }


def _row(called: Met | None, met: Met) -> dict[str, object]:
    def plain(each: Met) -> dict[str, object]:
        return {"statuses": dict(sorted(each.statuses.items())), "slowest_s": round(each.slowest, 2)}

    return {"aim": met.aim, "alone": plain(called) if called else {}, "under_load": plain(met)}


def main() -> None:
    """Read the command line, attack, write the figures down; exit 1 where something went wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=600.0, help="how long the load lasts (15 for the short form)")
    parser.add_argument("--store", type=Path, default=Path(".m4sd"), help="the folder to serve")
    parser.add_argument("--port", type=int, help="attack the server that already listens here")
    parser.add_argument("--pid", type=int, help="its first process, to be looked after")
    parser.add_argument("--cheap", type=int, default=40)
    parser.add_argument("--hostile", type=int, default=10)
    parser.add_argument("--think", type=float, default=0.2, help="mean pause of a cheap client, in seconds")
    parser.add_argument("--results", type=Path, default=figures.RESULTS, help="the folder for the figures")
    parser.add_argument("--fresh", action="store_true", help="hostile clients change their address when they get 429")
    parser.add_argument("--no-roll-call", action="store_true", help="begin with the load")
    given = parser.parse_args()
    limits, roll = limits_from(os.environ), not given.no_roll_call
    plan = Plan(given.seconds, given.cheap, given.hostile, given.think, given.fresh, roll=roll, limits=limits)
    start = attached(given.port, given.pid) if given.port else served(given.store, free_port())
    with start as server:
        found = attack(server, plan)
    path = figures.write("attack-fresh" if plan.fresh else "attack", found, given.results)
    with contextlib.suppress(BrokenPipeError):
        print(json.dumps({key: value for key, value in found.items() if key != "shapes"}, indent=1), path)
    raise SystemExit(0 if found["ok"] else 1)


if __name__ == "__main__":
    main()
