"""Show that no query sees what waits on the desk: `make drafts` asks 10,000 generated ones while drafts wait.

Prints and writes `bench/results/drafts-{date}.json`; exits 1 where one of them sees a draft.
"""

import argparse
import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Final

from werkzeug.test import TestResponse

from bench import desks
from bench.counter import Counter, counter
from bench.desks import organisation
from bench.figures import write
from graph.desk import queue
from graph.desk.queue import Filter

QUERIES: Final = 10_000
DRAFTS: Final = 3
_TRIES: Final = 10
UNSEEN: Final = "Zyxwvutsia"  # a word that stands in drafts alone
_FORMATS: Final = ("text/csv", "text/turtle")
_GRAPHS: Final = ("WHAT", "{ GRAPH ?g WHAT }", "{ WHAT UNION { GRAPH ?g WHAT } }")
_PATTERNS: Final = (
    "{ ?s ?p ?o }",
    '{ ?s ?p ?o FILTER(CONTAINS(LCASE(STR(?o)), "zyxwv")) }',
    '{ ?s ?p ?o FILTER(STRSTARTS(STR(?s), "https://w3id.org/m4sd/id/unseen")) }',
    "{ ?s skos:prefLabel ?o FILTER(REGEX(?o, '^Zyxw')) }",
    "{ id:unseen-0 ?p ?o }",
    "{ ?s (skos:prefLabel|rdf:type)+ ?o }",
    "{ ?s prov:wasAttributedTo ?o }",
    "{ ?s ?p ?o FILTER EXISTS { ?s ?q ?r } }",
)
_NAMED: Final = (
    "",
    *(f"FROM NAMED <https://w3id.org/m4sd/graph/{each}>" for each in ("partner/unseen-0", "catalogue")),
)
_FORMS: Final = (
    "SELECT * {named} WHERE {where} ORDER BY DESC(?s) LIMIT {limit}",
    "SELECT DISTINCT ?o {named} WHERE {where} LIMIT {limit} OFFSET {limit}",
    "CONSTRUCT {{ ?s ?p ?o }} {named} WHERE {where} LIMIT {limit}",
    "DESCRIBE ?s {named} WHERE {where} LIMIT {limit}",
    "SELECT (GROUP_CONCAT(STR(?o)) AS ?all) {named} WHERE {where} # {limit}",
)
_LIMITS: Final = (7, 13, 29, 101, 997, *range(30, 54))


def main() -> None:
    """Read the command line, ask, and write the figures down."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--queries", type=int, default=QUERIES)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="m4sd-drafts-") as scratch:
        made = Path(scratch) / "made"
        desks.make(made)
        with counter(made, Path(scratch) / "store") as desk:
            found = asked(desk, given.queries)
    print(found, write("drafts", found))
    raise SystemExit(0 if found["ok"] else 1)


def asked(desk: Counter, many: int) -> dict[str, object]:
    """Ask so many generated queries while drafts wait; `seen` are those that saw one."""
    for number in range(DRAFTS):
        desk.laid(f"unseen-{number}", organisation(f"unseen-{number}", f"{UNSEEN} {number}"))
    begun, seen, failed, full = monotonic(), list[str](), list[str](), 0
    texts = list(itertools.islice(queries(), many))
    for text, form in zip(texts, itertools.cycle(_FORMATS), strict=False):
        answer = _answer(desk, text, form)
        failed += [text] if answer.status_code != 200 else []
        seen += [text] if UNSEEN.lower() in answer.text.lower() or "unseen-" in answer.text else []
        full += answer.text.count("\n") > 1
    waiting = len(queue.queue(desk.desk, Filter(state="waiting", text="unseen-")))
    whole = waiting == DRAFTS and len(set(texts)) == many and not failed
    return {
        "ok": whole and not seen,
        "queries": len(set(texts)),
        "answers_with_rows": full,
        "drafts_waiting": waiting,
        "saw_a_draft": seen,
        "failed": failed,
        "minutes": round((monotonic() - begun) / 60, 1),
    }


def _answer(desk: Counter, text: str, form: str) -> TestResponse:
    """Ask one query, and again where the machine had no room or time for it just then."""
    for _ in range(_TRIES):
        headers = {"Accept": f"{form}, */*;q=0.1"}
        answer = desk.ask("", "GET", "/sparql", query_string={"query": text}, headers=headers)
        if answer.status_code not in (429, 503, 504):
            break
    return answer


def queries() -> Iterator[str]:
    """Generate queries of every form over everything that a store could hold, each once."""
    yield from ("DESCRIBE id:unseen-0", "DESCRIBE <https://w3id.org/m4sd/graph/partner/unseen-0>")
    for limit, form, graph, pattern, named in itertools.product(_LIMITS, _FORMS, _GRAPHS, _PATTERNS, _NAMED):
        yield form.format(named=named, where=graph.replace("WHAT", pattern), limit=limit)


if __name__ == "__main__":
    main()
