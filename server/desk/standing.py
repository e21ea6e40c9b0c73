"""Know whether anything can be changed just now, so that each page can say so; no page waits for it."""

import threading
from collections.abc import Mapping
from time import monotonic
from typing import Any, Final

from graph.errors import M4sdError, Said, said
from server.writer.writing import Failed, Writer, WriterAway

_FRESH: Final = 2.0  # seconds for which what was heard of the writer holds
_AWAY: Final = 5.0  # seconds in which a writer may be replaced by the next one
_ABSENT = said("Nothing can be submitted or published just now; reading goes on. Try again in a minute.")


class Standing:
    """Ask the writer how it is, now and then, while pages are looked at."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._asked = self._away = 0.0
        self._said: Said | None = None
        self._asking = threading.Lock()

    def banner(self) -> Said | None:
        """Return what every page says while nothing can be changed."""
        if monotonic() - self._asked > _FRESH and self._asking.acquire(blocking=False):
            threading.Thread(target=self._ask, name="standing", daemon=True).start()
        return self._said

    def _ask(self) -> None:
        try:
            self._ask_now()
        finally:
            self._asking.release()

    def _ask_now(self) -> None:
        try:
            told = self._writer.ask("status")
            self._away, self._said = 0.0, _words(told)
        except (WriterAway, Failed):
            self._away = self._away or monotonic()
            self._said = _ABSENT if monotonic() - self._away > _AWAY else self._said
        except M4sdError as error:
            self._said = error.said
        self._asked = monotonic()


def _words(told: Mapping[str, Any]) -> Said | None:
    words = told.get("read_only")
    return Said(words["template"], words["data"]) if words else None
