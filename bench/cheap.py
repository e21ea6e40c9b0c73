"""Be the clients that must not suffer: they ask small questions in several formats and know the right answers."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from time import monotonic

from bench.figures import percentile_ms
from bench.judge import canonical, detail, fault
from bench.wire import Broken, Client, Hung, Request, get, post
from graph.examples import examples

PATIENCE = 30.0
TRIES = 5
KEPT_REASONS = 40
FORMATS = ("application/sparql-results+json", "text/csv", "application/sparql-results+xml", "text/tab-separated-values")
TRIPLES = ("text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json")
# These scan much of the graph: 10 ms and more each.
HEAVY = (
    "contradictory-figures",
    "facts-in-one-language",
    "indicators-with-several-targets",
    "iom-under-any-identifier",
    "migration-target-indicators",
    "oriental-beneficiaries",
    "oriental-consultation-centres",
    "results-by-region",
    "results-in-morocco",
    "sdg-contributions",
)
POINT = "SELECT ?type ?name { id:org-CH-4 a ?type ; skos:prefLabel ?name }"
STAR = "CONSTRUCT WHERE { id:programme-m4sd m4sd:isFundedBy ?funder ; m4sd:launchDate ?date ; skos:prefLabel ?name }"


@dataclass(frozen=True, slots=True)
class Small:
    """Carry one small question, and the format in which it is asked."""

    name: str
    text: str
    accept: str

    def request(self, mark: str = "") -> Request:
        """Return the question as a request; a mark makes its text new, so that no cache knows it."""
        text = f"{self.text}\n# {mark}" if mark else self.text
        extra = (("Accept-Encoding", "gzip"),) if len(mark) % 2 else ()
        made = get(text, self.accept) if len(text) % 2 else post(text, self.accept)
        return Request(made.target, made.method, made.headers + extra, made.body)


@dataclass(slots=True)
class Tally:
    """Count what the clients of one kind met."""

    new: list[float] = field(default_factory=list)
    repeated: list[float] = field(default_factory=list)
    failed: Counter[str] = field(default_factory=Counter)
    truncated: int = 0
    last_failure: float = 0.0

    @property
    def count(self) -> int:
        """Return how many requests were made."""
        return len(self.new) + len(self.repeated) + self.failed.total()

    def fail(self, reason: str) -> None:
        """Note a request that failed, and when."""
        self.last_failure = monotonic()
        self.truncated += reason.startswith("200")
        known = reason in self.failed or len(self.failed) < KEPT_REASONS
        self.failed[reason if known else "other"] += 1

    def figures(self) -> dict[str, object]:
        """Return the figures of the count."""
        every = self.new + self.repeated
        return {
            "count": self.count,
            "failed": self.failed.total(),
            "wrong_or_cut_200": self.truncated,
            "reasons": dict(self.failed.most_common()),
            "p50_ms": percentile_ms(every, 0.5),
            "p99_ms": percentile_ms(every, 0.99),
            "slowest_ms": percentile_ms(every, 1.0),
            "new_queries": {"p50_ms": percentile_ms(self.new, 0.5), "p99_ms": percentile_ms(self.new, 0.99)},
            "repeated_queries": {
                "p50_ms": percentile_ms(self.repeated, 0.5),
                "p99_ms": percentile_ms(self.repeated, 0.99),
            },
        }


def questions() -> tuple[Small, ...]:
    """Return the small questions: the light examples, each in two formats, a point and a star."""
    light = [example for example in examples() if example.name not in HEAVY]
    asked = [
        Small(example.name, example.text, FORMATS[(place + turn) % len(FORMATS)])
        for turn in range(2)
        for place, example in enumerate(light)
    ]
    points = [Small("point", POINT, accept) for accept in FORMATS]
    return (*asked, *points, *(Small("star", STAR, accept) for accept in TRIPLES))


async def expected(port: int, asked: Sequence[Small]) -> Mapping[Small, object]:
    """Return the right answers, asked while nothing else goes on."""
    client = Client(port)
    found = {question: await _right(client, question) for question in asked}
    client.close()
    return found


async def _right(client: Client, question: Small) -> object:
    for turn in range(TRIES):
        reply = await client.ask(question.request(f"quiet {turn}"), PATIENCE)
        if reply.status == 200 and not fault(reply):
            return canonical(reply)
        await asyncio.sleep(turn / 2)  # the machine may have other work
    raise RuntimeError(f"{question.name}: {reply.status} {detail(reply) if reply.status != 200 else fault(reply)}")


@asynccontextmanager
async def cheap_load(port: int, right: Mapping[Small, object], clients: int, think: float) -> AsyncIterator[Tally]:
    """Let cheap clients ask while the block runs, each from its own address."""
    stop, tally = asyncio.Event(), Tally()
    tasks = [asyncio.create_task(_ask_on(number, port, right, stop, tally, think)) for number in range(clients)]
    try:
        yield tally
    finally:
        stop.set()
        await asyncio.gather(*tasks)


async def _ask_on(
    number: int, port: int, right: Mapping[Small, object], until: asyncio.Event, tally: Tally, think: float
) -> None:
    """Ask one question after the other, pausing `think` seconds on average, until told to stop."""
    chance = Random(number)
    client, asked = Client(port, f"127.0.1.{number + 1}"), list(right)
    turn = 0
    while not until.is_set():
        turn += 1
        question = chance.choice(asked)
        mark = f"{number}-{turn}" if chance.random() < 0.5 else ""
        await _ask_once(client, question, mark, right[question], tally)
        await asyncio.sleep(chance.expovariate(1 / think) if think else 0)
    client.close()


async def _ask_once(client: Client, question: Small, mark: str, right: object, tally: Tally) -> None:
    try:
        reply = await client.ask(question.request(mark), PATIENCE)
    except (Broken, Hung) as error:
        tally.fail(f"{type(error).__name__.lower()}: {str(error)[:80]}")
        return
    if reply.status != 200:
        tally.fail(f"{reply.status}: {detail(reply)}")
    elif wrong := fault(reply):
        tally.fail(f"200 {question.name}: {wrong}")
    elif canonical(reply) != right:
        tally.fail(f"200 {question.name}: not the expected answer")
    else:
        (tally.new if mark else tally.repeated).append(reply.seconds)
