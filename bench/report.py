"""Turn measures into medians, ratios, goals and a table."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

Figures = dict[str, float]
Medians = dict[str, dict[str, Figures]]  # workload -> peer -> figure
Ratios = dict[str, dict[str, float]]  # workload -> "a / b" -> how many times better a is

NATIVE, RIVAL = "oxigraph", "rdflib-endpoint"
OURS = ("m4sd", "m4sd-proxied")
SLOW = 10.0  # milliseconds; a question that takes the native server longer is the engine's work

# workload, ours, theirs, how many times as good we want to be at least, in words
GOALS = (
    ("point", "m4sd", RIVAL, 2.5, "point lookups, each new, a second"),
    ("point", "m4sd", NATIVE, 0.1, "point lookups, each new, a second"),
    ("repeated", "m4sd", NATIVE, 0.25, "a repeated lookup, a second"),
    ("repeated", "m4sd-proxied", NATIVE, 0.5, "a repeated lookup through the proxy, a second"),
    ("table, alone", "m4sd", NATIVE, 1 / 1.5, "the last byte of the table, inverse time"),
)
SLOW_GOAL = 0.9


@dataclass(frozen=True, slots=True)
class Measure:
    """Carry what one turn found."""

    turn: int
    workload: str
    peer: str
    figures: Figures


def medians(measures: Iterable[Measure]) -> Medians:
    """Return the median of each figure over the rounds."""
    gathered: dict[str, dict[str, dict[str, list[float]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for each in measures:
        for figure, value in each.figures.items():
            gathered[each.workload][each.peer][figure].append(value)
    return {
        workload: {
            peer: {figure: round(median(values), 3) for figure, values in figures.items()}
            for peer, figures in peers.items()
        }
        for workload, peers in gathered.items()
    }


def ratios(measures: Iterable[Measure]) -> Ratios:
    """Return how many times as good we are as each peer: the median of the ratios within each round."""
    turns: dict[tuple[str, int], dict[str, float]] = defaultdict(dict)
    for each in measures:
        turns[each.workload, each.turn][each.peer] = _worth(each.figures)
    gathered: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for (workload, _), worth in turns.items():
        for ours in (name for name in OURS if name in worth):
            for peer in (name for name in worth if name not in OURS and worth[name]):
                gathered[workload][f"{ours} / {peer}"].append(worth[ours] / worth[peer])
    return {work: {pair: round(median(each), 3) for pair, each in pairs.items()} for work, pairs in gathered.items()}


def _worth(figures: Figures) -> float:
    """Return requests a second, or, for questions asked alone, how many would fit in one."""
    return figures["per_s"] if "per_s" in figures else 1000 / figures["last_ms"]


def goals(compared: Ratios, figures: Medians) -> list[dict[str, object]]:
    """Return each goal that this run could try, what it found, and whether that is enough."""
    wanted = [(*goal[:3], goal[3], goal[4]) for goal in GOALS]
    for workload, peers in figures.items():
        if "alone" in workload and workload != "table, alone" and peers.get(NATIVE, {}).get("last_ms", 0) > SLOW:
            wanted.append((workload, "m4sd", NATIVE, SLOW_GOAL, f"{workload}, inverse time"))
    found = []
    for workload, ours, theirs, least, words in wanted:
        ratio = compared.get(workload, {}).get(f"{ours} / {theirs}")
        if ratio is not None:
            goal = {"goal": f"{words}, against {theirs}", "wanted": round(least, 2), "found": ratio}
            found.append({**goal, "met": ratio >= round(least, 2)})
    return found


def as_markdown(figures: Mapping[str, Any]) -> str:  # Any: plain JSON
    """Return the figures as tables for people to read."""
    plan = figures["plan"]
    head = (
        f"# Our endpoint beside its peers, {figures['date']}\n\n"
        f"{figures['triples']:,} triples, {figures['machine']}, client on the same machine ({figures['client']}, "
        f"8 connections); medians of {plan['rounds']} rounds of {plan['seconds']:g} s, in turns. "
        "By `python -m bench.compare`.\n"
    )
    parts = [head, _goals(figures["goals"]), _peers(figures["peers"])]
    parts += [_workload(name, peers, figures["ratios"].get(name, {})) for name, peers in figures["figures"].items()]
    return "\n".join([*parts, _agreement(figures["agreement"])])


def _goals(found: list[dict[str, Any]]) -> str:
    rows = [(g["goal"], f"{g['wanted']:g}", f"{g['found']:g}", "yes" if g["met"] else "no") for g in found]
    return _table(("goal: times as good", "wanted", "found", "met"), rows)


def _peers(about: Mapping[str, Mapping[str, Any]]) -> str:
    rows = [
        (name, f"missing: {told['missing']}", "", "")
        if "missing" in told
        else (name, told["version"], f"{told['start_s']:g}", str(told.get("memory_mb", "")))
        for name, told in about.items()
    ]
    return _table(("engine", "version", "load and start, s", "memory after, MB"), rows)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _workload(name: str, peers: Mapping[str, Figures], compared: Mapping[str, float]) -> str:
    columns = list(next(iter(peers.values())))
    rows = [
        (peer, *(_number(figures[column]) for column in columns), str(compared.get(f"m4sd / {peer}", "")))
        for peer, figures in peers.items()
    ]
    return f"## {name}\n\n" + _table(("engine", *columns, "m4sd is times as good"), rows)


def _agreement(found: Mapping[str, Mapping[str, Any]]) -> str:
    rows = []
    for name, told in found.items():
        differ = [peer for peer, same in told.items() if peer != "rows" and not same]
        rows.append((name, f"{told['rows']:,}", ", ".join(differ) or "none"))
    return "## Answers\n\n" + _table(("question", "our rows", "engines that answer otherwise"), rows)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
