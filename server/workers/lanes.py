"""Share workers fairly: lanes with a number of places, few of them for one client, and seconds that each may use."""

import threading
from collections import Counter, deque
from dataclasses import dataclass, field
from time import monotonic

from graph.errors import M4sdError
from server.limits import Role


class UsedUp(M4sdError):
    """Say that one client has used its share of slow queries."""

    template = "You have used your {budget} seconds of slow queries for now; try again in {after} seconds."


class Lane:
    """Let `places` queries run at once, `each` of them by one client, and others wait their turn."""

    def __init__(self, places: int, each: int) -> None:
        self._places, self._each = places, each
        self._lock = threading.Lock()
        self._inside: Counter[str] = Counter()
        self._waiting: deque[_Waiter] = deque()

    def enter(self, client: str, patience: float = 0) -> bool:
        """Take a place; return whether there was one within `patience` seconds."""
        with self._lock:
            if self._has_room(client):
                self._inside[client] += 1
                return True
            if patience <= 0:
                return False
            waiter = _Waiter(client)
            self._waiting.append(waiter)
        if waiter.turn.wait(patience):
            return True
        with self._lock:
            if waiter.turn.is_set():  # its turn came just now
                return True
            self._waiting.remove(waiter)
            return False

    def leave(self, client: str) -> None:
        """Give the place back, to the first of those who wait that may have it."""
        with self._lock:
            self._inside[client] -= 1
            if not self._inside[client]:
                del self._inside[client]
            for waiter in self._waiting:
                if self._has_room(waiter.client):
                    self._waiting.remove(waiter)
                    self._inside[waiter.client] += 1
                    waiter.turn.set()
                    return

    def _has_room(self, client: str) -> bool:
        return self._inside.total() < self._places and self._inside[client] < self._each


@dataclass(frozen=True, slots=True, eq=False)
class _Waiter:
    client: str
    turn: threading.Event = field(default_factory=threading.Event)


class Budget:
    """Count the seconds that each client's slow queries used within a window of time."""

    def __init__(self, window: float) -> None:
        self._window = window
        self._lock = threading.Lock()
        self._spent: dict[str, list[tuple[float, float]]] = {}

    def spend(self, client: str, seconds: float) -> None:
        """Note what a client's query used, and forget what is older than the window."""
        with self._lock:
            since = monotonic() - self._window
            for each in [*self._spent, client]:
                kept = [(when, used) for when, used in self._spent.pop(each, ()) if when > since]
                if kept:
                    self._spent[each] = kept
            self._spent.setdefault(client, []).append((monotonic(), seconds))

    def owes(self, client: str) -> bool:
        """Return whether a client's slow queries used anything within the window."""
        with self._lock:
            return client in self._spent

    def require(self, client: str, role: Role) -> None:
        """Raise UsedUp where a client has no seconds left."""
        with self._lock:
            since = monotonic() - self._window
            kept = [(when, used) for when, used in self._spent.get(client, ()) if when > since]
        if sum(used for _, used in kept) >= role.budget:
            raise UsedUp(budget=round(role.budget), after=round(kept[0][0] - since) + 1)
