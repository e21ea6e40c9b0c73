"""Name every limit of the endpoint, once: they are enforced from here, listed at `/limits` and in the docs."""

from dataclasses import asdict, dataclass, field, fields

from graph.sparql.caps import CAPS

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Role:
    """Bound what the clients of one role may use."""

    deadline: float = 10.0  # seconds that a query may take, waiting included
    memory: int = 512 * MIB  # bytes that a query may add to its process
    result: int = 64 * MIB  # bytes of a written answer
    budget: float = 120.0  # seconds of slow queries within `Limits.window`


@dataclass(frozen=True, slots=True)
class Limits:
    """Bound the endpoint as a whole."""

    anonymous: Role = field(default_factory=Role)
    trusted: Role = field(default_factory=lambda: Role(60.0, 2048 * MIB, 256 * MIB, 600.0))
    window: float = 300.0  # seconds over which a client's slow queries are counted
    quick: int = 4  # queries at once in the quick lane
    quick_per_client: int = 2  # of which by one client
    debtors: int = 1  # of which by clients that were slow within `window`
    turned_away: float = 1.0  # seconds of slow queries that a query counts which was ended for want of a place
    spare: int = 2  # workers beyond the places of both lanes
    slow: int = 2  # queries at once in the slow lane
    slow_per_client: int = 1  # of which by one client
    promote: float = 0.15  # seconds of a processor after which a query counts as slow
    waiting: int = 64  # requests that may wait for a lane
    patience: float = 2.0  # seconds that a request may wait
    advise: float = 1.0  # seconds of a query after which its answer comes with advice
    checks: int = 2  # files checked at once
    upload: int = 10 * MIB  # bytes of files to check, together
    reports: int = 256 * MIB  # bytes of kept reports
    report_days: int = 90  # days for which a report is kept, where its client wants that
    uses: int = 2000  # queries after which a worker is replaced
    cache: int = 128 * MIB  # bytes of answers kept
    looks: int = 32 * MIB  # bytes of what pages show, kept
    finished: int = 32 * MIB  # bytes of answers kept as they were sent, for the same request again
    cached_answer: int = 8 * MIB  # bytes of the largest answer kept
    links: int = 64 * MIB  # bytes of short links to queries
    links_per_client: int = 200  # short links that a client may make in a day
    fresh: int = 5  # seconds for which a shared cache, such as a proxy, may answer without asking again


def listed(limits: Limits) -> dict[str, object]:
    """Return the limits as plain data, by the names used here."""
    roles = {name: _plain(getattr(limits, name)) for name in ("anonymous", "trusted")}
    return {**_plain(limits), **roles, "query": asdict(CAPS)}


def _plain(limits: Limits | Role) -> dict[str, object]:
    return {each.name: getattr(limits, each.name) for each in fields(limits)}
