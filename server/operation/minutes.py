"""Keep whether the service answered in each minute of the last 90 days (SQLite, some 4 MB at most)."""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from time import time

from server.operation.logs import Log
from server.workers.probe import Outcome

DAYS = 90
A_DAY = 24 * 60  # minutes
FILE = "status.db"

_TABLE = "CREATE TABLE IF NOT EXISTS probe (minute INTEGER PRIMARY KEY, answered INTEGER, milliseconds REAL)"


@dataclass(frozen=True, slots=True)
class Day:
    """Sum up one day: of the minutes that passed, how many were answered, and how quickly (median, 95th percentile)."""

    day: date
    minutes: int
    answered: int
    median: float | None
    slow: float | None

    @property
    def availability(self) -> float | None:
        """Return the share of minutes in which the service answered; None for a day before it first ran."""
        return self.answered / self.minutes if self.minutes else None


class Minutes:
    """Keep one row a minute; a minute without one, when the service did not run, counts as not answered."""

    def __init__(self, folder: Path, now: Callable[[], float] = time) -> None:
        self._path, self._now = folder / FILE, now
        self._summed: tuple[int, list[Day]] = (0, [])
        self._past: dict[int, Day] = {}

    def note(self, outcome: Outcome) -> None:
        """Keep the outcome of the present minute, unless another process did, and forget what is too old."""
        minute = self._minute()
        with closing(sqlite3.connect(self._path, timeout=2)) as database, database:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute(_TABLE)
            if not _first(database):
                database.execute(f"PRAGMA user_version={minute}")
            kept = minute, outcome.answered, outcome.milliseconds
            database.execute("INSERT OR IGNORE INTO probe VALUES (?, ?, ?)", kept)
            database.execute("DELETE FROM probe WHERE minute < ?", (self._earliest(),))

    def days(self) -> list[Day]:
        """Return the last 90 days, the newest last, summed up once a minute; none where nothing was ever kept."""
        minute, days = self._summed
        if minute != self._minute() or not days:
            self._summed = minute, days = self._minute(), self._sum_up() if self._path.exists() else []
        return days

    def _sum_up(self) -> list[Day]:
        today = self._minute() // A_DAY
        with closing(sqlite3.connect(self._path, timeout=2)) as database:
            days = {day: self._past.get(day) or self._day(day, database) for day in range(today - DAYS + 1, today + 1)}
        self._past = {day: summed for day, summed in days.items() if day < today}
        return list(days.values())

    def _day(self, day: int, database: sqlite3.Connection) -> Day:
        """Sum up a day; the present minute counts once it is answered."""
        begin, end = day * A_DAY, (day + 1) * A_DAY
        query = "SELECT milliseconds FROM probe WHERE answered AND minute >= ? AND minute < ? ORDER BY milliseconds"
        taken = [row[0] for row in database.execute(query, (begin, end))]
        passed = min(end, self._minute()) - max(begin, _first(database))
        date_ = datetime.fromtimestamp(begin * 60, UTC).date()
        return Day(date_, max(passed, len(taken)), len(taken), _at(taken, 0.5), _at(taken, 0.95))

    def _minute(self) -> int:
        return int(self._now() // 60)

    def _earliest(self) -> int:
        return (self._minute() // A_DAY - DAYS + 1) * A_DAY


def keep(minutes: Minutes, ask: Callable[[], Outcome], log: Log, ended: threading.Event) -> None:
    """Ask at the start and then at the beginning of each minute, until `ended` is set."""
    while True:
        try:
            minutes.note(ask())
        except (OSError, sqlite3.Error) as error:  # a full disk, a folder that is not ours: the service goes on
            log.write({"event": "status not kept", "why": str(error)})
        if ended.wait(60 - time() % 60):
            return


def summed(days: list[Day]) -> float | None:
    """Return the availability over several days."""
    minutes = sum(day.minutes for day in days)
    return sum(day.answered for day in days) / minutes if minutes else None


def _first(database: sqlite3.Connection) -> int:
    """Return the first minute ever kept; SQLite keeps one number for its user's own use."""
    return int(database.execute("PRAGMA user_version").fetchone()[0])


def _at(ordered: list[float], share: float) -> float | None:
    return ordered[int(share * (len(ordered) - 1))] if ordered else None
