"""Check the history of a desk against the journal, by these two alone: what happened must be a legal story, told once.

It reads `desk.db` and the journal, and knows the legal moves in words of its own.
"""

import sqlite3
import unicodedata
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Triple, parse

from graph.journal.entry import Entry
from graph.journal.journal import Journal
from graph.names import CATALOGUE
from graph.store import Store

# (state before, what was done) -> state after; by whom: o = its author, x = anybody else, * = both
LEGAL = {
    ("", "submit"): ("waiting", "o"),
    ("waiting", "edit"): ("waiting", "o"),
    ("returned", "edit"): ("waiting", "o"),
    ("waiting", "withdraw"): ("withdrawn", "o"),
    ("returned", "withdraw"): ("withdrawn", "o"),
    ("waiting", "return"): ("returned", "x"),
    ("waiting", "reject"): ("rejected", "x"),
    ("returned", "reject"): ("rejected", "x"),
    ("waiting", "accept"): ("accepted", "x"),
    ("waiting", "comment"): ("waiting", "*"),
    ("returned", "comment"): ("returned", "*"),
    ("accepted", "restore"): ("waiting", "*"),
}
OURS = ("#type", "isPartOf", "primaryTopic", "modified")
Row = Mapping[str, Any]  # any: each column has its own type


def problems(folder: Path) -> list[str]:
    """Return whatever is not as it should be, in words."""
    rows, events, bodies = _read(folder)
    entries = list(Journal(folder).entries())  # raises where the chain does not hold
    found = [f"entry {e.sequence} is out of order" for n, e in enumerate(entries, 1) if e.sequence != n]
    for row in rows:
        found += _told(row, events[row["id"]])
    return [*found, *_matched(rows, entries), *_contents(rows, entries, bodies)]


def counts(folder: Path) -> dict[str, int]:
    """Count what happened, by deed, and the entries of the journal that submissions made."""
    _, events, _ = _read(folder)
    made = sum(1 for entry in Journal(folder).entries() if entry.change.submission)
    return {**Counter(event["what"] for each in events.values() for event in each), "entries": made}


def _read(folder: Path) -> tuple[list[Row], Mapping[str, list[Row]], Mapping[tuple[str, int], str]]:
    with closing(sqlite3.connect(folder / "desk.db")) as database:
        database.row_factory = sqlite3.Row
        rows = database.execute("SELECT * FROM submission").fetchall()
        events: dict[str, list[Row]] = defaultdict(list)
        for event in database.execute("SELECT * FROM event ORDER BY number"):
            events[event["submission"]].append(event)
        versions = database.execute("SELECT submission, number, body FROM version").fetchall()
    return rows, events, {(v["submission"], v["number"]): zlib.decompress(v["body"]).decode() for v in versions}


def _told(row: Row, events: Sequence[Row]) -> Iterator[str]:
    """Yield what is wrong with the story of one submission."""
    state, revision = "", 0
    for event in events:
        end, whose = LEGAL.get((state, event["what"]), (None, "*"))
        own = _person(event["who"]) == _person(row["author"])
        if end is None or (whose != "*" and own != (whose == "o")):
            yield f"{row['id']}: {event['who']} did {event['what']} when it was {state or 'not there'}"
        state, revision = event["state"], revision + (event["what"] != "comment")
        if (event["state"], event["revision"]) != (end, revision):
            yield f"{row['id']}: after {event['what']} it was {event['state']} at version {event['revision']}"
    if (row["state"], row["revision"], row["claim"]) != (state, revision, ""):
        yield f"{row['id']}: it is {row['state']} at version {row['revision']}, its history says {state}, {revision}"


def _matched(rows: Sequence[Row], entries: Sequence[Entry]) -> Iterator[str]:
    """Yield what was accepted and not published, published and not accepted, or published more than once."""
    accepted = {(row["id"], row["sequence"]) for row in rows if row["state"] == "accepted"}
    published = [(entry.change.submission, entry.sequence) for entry in entries if entry.change.submission]
    yield from (f"{ident}: accepted as entry {n}, which is another's" for ident, n in accepted - set(published))
    yield from (f"entry {n}: {ident} was not accepted" for ident, n in set(published) - accepted)
    yield from (f"{ident}: published {n} times" for ident, n in Counter(i for i, _ in published).items() if n > 1)
    yield from (f"{row['id']}: entry {row['sequence']}" for row in rows if bool(row["sequence"]) != _is(row))


def _is(row: Row) -> bool:
    return bool(row["state"] == "accepted")


def _contents(rows: Sequence[Row], entries: Sequence[Entry], bodies: Mapping[tuple[str, int], str]) -> Iterator[str]:
    """Replay the journal: after each entry, the record graph must state what was accepted, and nothing else."""
    known = {row["id"]: row for row in rows}
    stated: dict[str, set[Triple]] = defaultdict(set)
    for entry in entries:
        for quad in entry.patch.delete:
            stated[_graph(quad)].discard(quad.triple)
        for quad in entry.patch.insert:
            stated[_graph(quad)].add(quad.triple)
        row = known.get(entry.change.submission)
        if row is not None and row["graph"] and _own(stated[row["graph"]]) != _plain(bodies[row["id"], row["version"]]):
            yield f"entry {entry.sequence}: {row['graph']} does not state what {row['id']} said"


def _graph(quad: Quad) -> str:
    about = quad.subject if quad.graph_name == CATALOGUE else quad.graph_name
    return about.value if isinstance(about, NamedNode) else ""


def _own(triples: set[Triple]) -> set[str]:
    return {str(t) for t in triples if "/graph/" not in str(t.subject) or not str(t.predicate.value).endswith(OURS)}


def _plain(body: str) -> set[str]:
    store = Store()
    triples = (quad.triple for quad in parse(body.encode(), format=RdfFormat.N_TRIPLES))
    store.extend(Quad(t.subject, t.predicate, t.object, DefaultGraph()) for t in triples)
    return {str(quad.triple) for quad in store.quads()}


def _person(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
