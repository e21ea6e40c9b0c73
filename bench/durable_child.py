"""Be the process that writes, for campaigns that kill it or damage what it wrote; each line that it prints is JSON.

`write` makes changes until it is killed, and tells of each when it is acknowledged. `look` opens the folder once. What
change N does follows from N alone, so that whoever knows the last number knows what must be stated then.
"""

import argparse
import json
import sys
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from time import monotonic, sleep

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

from graph.catalogue import SIZE, dataset_of
from graph.journal import journal
from graph.journal.entry import Change
from graph.keeping import recovery
from graph.keeping.durable import Broken, Damaged, NoRoom
from graph.keeping.live import Live
from graph.keeping.stated import hash_of, hash_of_store, rows_of, stated
from graph.keeping.verify import verify
from graph.names import CATALOGUE, name, record_graph
from graph.patch import Patch
from graph.reason.merges import spelt
from graph.store import Store

RECORDS = 40  # change N writes record N modulo this, and takes away what change N - 40 wrote there
ROWS = 6
WHEN = datetime(2026, 11, 22, tzinfo=UTC)
BROKEN, REFUSED = 75, 1


def written(number: int) -> frozenset[Quad]:
    """Return what change `number` states."""
    slug = f"record-{number % RECORDS}"
    thing, graph = name(f"id:{slug}"), record_graph("seed", slug)
    values = (Literal(f'é " \\ \n {number} {row}', language="fr") for row in range(ROWS))
    rows = {Quad(thing, NamedNode(f"https://example.org/{row}"), value, graph) for row, value in enumerate(values)}
    return frozenset({*rows, Quad(graph, name("dcterms:modified"), Literal(number), CATALOGUE)})


def expected(number: int) -> tuple[str, str]:
    """Return the hash of what must be stated after change `number`, and that of the default graph."""
    quads = spelt(quad for each in range(max(number - RECORDS, 0) + 1, number + 1) for quad in written(each))
    content = sum(1 for quad in quads if quad.graph_name != CATALOGUE)
    store = Store()
    store.extend(quads)
    sizes = {f"{dataset_of(record_graph('seed', 'x'))} {SIZE} {Literal(content)}"} if content else set()
    return hash_of(rows_of(store)), _of_lines({str(quad.triple) for quad in quads} | sizes)


def found(store: Store) -> tuple[str, str]:
    """Return the same of a store as it is."""
    return hash_of_store(store), _of_lines({str(quad.triple) for quad in store.quads(g=DefaultGraph())})


def _of_lines(lines: set[str]) -> str:
    return sha256("\n".join(sorted(lines)).encode()).hexdigest()


def write(live: Live, most: int, every: int) -> None:
    """Make changes, `most` of them, with a snapshot after so many."""
    tell({"sequence": live.sequence, "found": found(live.store), "seconds": round(monotonic() - BEGIN, 3)})
    for _ in range(most):
        number = live.sequence + 1
        before = written(number - RECORDS) if number > RECORDS else frozenset()
        try:
            live.commit(Change("record", "w", WHEN, f"change {number}"), Patch(before, written(number)))
        except NoRoom as error:
            tell({"full": str(error)})
            sleep(0.1)
            continue
        tell({"done": number})
        if number % every == 0:
            with suppress(NoRoom):  # readers go on with what they had
                live.snapshot()
            live.forget_old(0)


def look(live: Live) -> None:
    """Say what is there, and what is wrong with it."""
    try:
        tell({"sequence": live.sequence, "found": found(live.store), "count": sum(1 for _ in stated(live.store))})
        live.snapshot()
        tell({"problems": [str(each) for each in verify(live.folder, live.store)]})
    except (OSError, RuntimeError) as error:  # as a change would: the next start makes the store again
        recovery.doubt(live.folder)
        raise Broken(str(error)) from error


def tell(what: dict[str, object]) -> None:
    """Print a line at once."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def main() -> int:
    """Read the command line and do it; exit as the writer of the service does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("task", choices=("write", "look"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--most", type=int, default=1_000_000)
    parser.add_argument("--every", type=int, default=50)
    parser.add_argument("--margin", type=int, default=0)
    parser.add_argument("--segment", type=int, default=journal.SEGMENT)
    given = parser.parse_args()
    journal.SEGMENT = given.segment  # type: ignore[misc]  # small files, so that a short journal has several
    try:
        with Live(given.folder, "campaign", given.margin) as live:
            write(live, given.most, given.every) if given.task == "write" else look(live)
    except Broken as error:
        tell({"broken": str(error)})
        return BROKEN
    except (Damaged, NoRoom) as error:
        tell({"refused": f"{type(error).__name__}: {error}"})
        return REFUSED
    return 0


if __name__ == "__main__":
    BEGIN = monotonic()
    sys.exit(main())
