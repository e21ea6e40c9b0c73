"""Say which tests of the suite make up a group, how they are run, and what is to be reached."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode, Quad

from bench import w3c_query, w3c_update
from bench.w3c_description import describe
from bench.w3c_http import converse, refused
from bench.w3c_manifest import Case, cases, quads
from bench.w3c_outcome import Outcome
from bench.w3c_server import Client, Served
from graph.names import BASE

QUERY: Final = (
    "aggregates", "bind", "bindings", "cast", "construct", "csv-tsv-res", "exists", "functions", "grouping", "json-res",
    "negation", "project-expression", "property-path", "subquery", "syntax-query",
)  # fmt: skip
UPDATE: Final = (
    "add", "basic-update", "clear", "copy", "delete", "delete-data", "delete-insert", "delete-where", "drop", "move",
    "syntax-update-1", "syntax-update-2", "update-silent",
)  # fmt: skip
FEDERATED: Final = ("service", "syntax-fed")


@dataclass(frozen=True, slots=True)
class Servers:
    """Hold what tests are run against."""

    suite: Path
    served: Served
    writable: Client


@dataclass(frozen=True, slots=True)
class Group:
    """Describe a group of tests."""

    name: str
    folders: tuple[str, ...]
    wanted: Callable[[Case], bool]
    run: Callable[[Servers, Case], Outcome]
    goal: float | None = None
    note: str = ""
    lists_failures: bool = True

    def cases(self, suite: Path) -> list[Case]:
        """Return the tests of the group."""
        return [case for folder in self.folders for case in cases(suite, folder) if self.wanted(case)]


def _evaluate(servers: Servers, case: Case) -> Outcome:
    return w3c_query.evaluate(servers.served, servers.suite, case)


def _check_syntax(servers: Servers, case: Case) -> Outcome:
    return w3c_query.check_syntax(servers.served, servers.suite, case)


def _refuse_service(servers: Servers, case: Case) -> Outcome:
    return w3c_query.refuse_service(servers.served, servers.suite, case)


def _update(servers: Servers, case: Case) -> Outcome:
    return w3c_update.evaluate(servers.writable, servers.suite, case)


def _check_update_syntax(servers: Servers, case: Case) -> Outcome:
    return w3c_update.check_syntax(servers.writable, servers.suite, case)


def _ask(servers: Servers, case: Case) -> Outcome:
    servers.served.publish(quads(servers.suite, case.data))
    return converse(servers.served, case)


def _describe(servers: Servers, case: Case) -> Outcome:
    servers.served.publish([])
    return describe(servers.served, case)


def _refuse(servers: Servers, case: Case) -> Outcome:
    return refused(servers.served, case)


def _write(servers: Servers, case: Case) -> Outcome:
    w3c_update.fill(servers.writable, quads(servers.suite, case.data))
    return converse(servers.writable, case)


def _read(servers: Servers, case: Case) -> Outcome:
    """Write to the writable endpoint and read from our server, whose snapshot follows each change."""
    w3c_update.fill(servers.writable, [])
    return converse(servers.writable, case, servers.served, lambda: _follow(servers))


def _follow(servers: Servers) -> None:
    held = w3c_update.contents(servers.writable)
    servers.served.publish([*held, *(_in_our_name(servers.writable.root, quad) for quad in held)])


def _in_our_name(root: str, quad: Quad) -> Quad:
    """Name a graph as our server does: the address /graph/x stands for the IRI https://w3id.org/m4sd/graph/x."""
    name = getattr(quad.graph_name, "value", "")
    if not name.startswith(f"{root}/graph/"):
        return quad
    return Quad(quad.subject, quad.predicate, quad.object, NamedNode(BASE + name.removeprefix(f"{root}/")))


def _evaluates(case: Case) -> bool:
    return case.kind in ("QueryEvaluationTest", "CSVResultFormatTest", "UpdateEvaluationTest")


def _is_syntax(case: Case) -> bool:
    return not _evaluates(case)


def _updates(case: Case) -> bool:
    return case.iri.rpartition("#")[2].startswith("update_")


def _only_asks(case: Case) -> bool:
    return not _updates(case)


def _any(_: Case) -> bool:
    return True


_STORE = ("graph-store-protocol",)
WRITABLE: Final = "on the writable endpoint that only tests start"
GROUPS: Final = (
    Group("query evaluation", QUERY, _evaluates, _evaluate, 99.0),
    Group("query syntax", QUERY, _is_syntax, _check_syntax, 100.0),
    Group("protocol without a successful update", ("protocol",), _only_asks, _ask, 100.0),
    Group("service description", ("service-description",), _any, _describe, 100.0),
    Group("graph store, reading", _STORE, _any, _read, 100.0, "written elsewhere, read from our server"),
    Group("updates turned away", ("protocol",), _updates, _refuse, 100.0, "our server only reads"),
    Group(
        "federated query, turned away", FEDERATED, _any, _refuse_service, 100.0, "SERVICE is switched off: see /limits"
    ),
    Group("update evaluation", UPDATE, _evaluates, _update, None, WRITABLE),
    Group("update syntax", UPDATE, _is_syntax, _check_update_syntax, None, WRITABLE),
    Group("protocol with an update", ("protocol",), _updates, _write, None, WRITABLE),
    Group("graph store, writing", _STORE, _any, _write, None, WRITABLE),
    Group("entailment regimes", ("entailment",), _any, _evaluate, None, "none is offered; for information", False),
)
