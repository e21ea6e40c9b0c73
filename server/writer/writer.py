"""Be the one process that writes: `python -m server.writer.writer`. It is started, and started again, by `m4sd serve`.

Deeds come over a socket, one message a line (`server.writer.writing`), each from a thread of its own; they are done
one after the other (`graph.keeping.live`). Soon after a change, at most twice a second, readers get a new snapshot. An
error of the disk ends the process: what was acknowledged is in the journal, and the next one starts from there.
"""

import logging
import os
import signal
import socketserver
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from graph.errors import M4sdError
from graph.keeping.durable import Broken
from graph.keeping.live import Live
from server.operation.logs import AsEvent, Log
from server.settings import Settings, from_environment
from server.workers import lifeline
from server.writer.deeds import Deeds
from server.writer.writing import SOCKET, address, read, refusal, written

BROKEN = 75  # EX_TEMPFAIL of sysexits(3): another start may do
_LOG = logging.getLogger("m4sd.writer")


def main() -> int:
    """Write for the service until it ends; return an exit code."""
    lifeline.hold(signal.SIGTERM)
    logging.getLogger().addHandler(AsEvent(Log()))
    journal = logging.getLogger("m4sd.journal")  # it tells the number and the hash of each entry, for who keeps the log
    journal.setLevel(logging.INFO)
    journal.addHandler(AsEvent(Log(), logging.INFO))
    journal.propagate = False
    settings = from_environment(os.environ)
    try:
        with Live(settings.store, "the service") as live:
            return serve(live, settings)
    except M4sdError as error:  # the folder is damaged, or somebody else writes there
        _LOG.error("%s", error)
        return BROKEN


def serve(live: Live, settings: Settings) -> int:
    """Do the deeds that come until a signal ends this."""
    deeds = Deeds(live, settings)
    ended = threading.Event()
    with suppress(FileNotFoundError):
        (settings.store / SOCKET).unlink()
    os.umask(0o077)  # what this process makes is its user's alone, the socket first
    with address(settings.store) as path:
        server = _Server(path, deeds, ended)
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: ended.set())
    threading.Thread(target=server.serve_forever, name="socket", daemon=True).start()
    threading.Thread(target=deeds.publish, args=(ended,), name="snapshots", daemon=True).start()
    ended.wait()
    server.shutdown()
    server.server_close()
    return BROKEN if server.broken else 0


class _Server(socketserver.ThreadingUnixStreamServer):
    """Take connections, each with one deed after another."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, path: str, deeds: Deeds, ended: threading.Event) -> None:
        self.deeds, self.ended, self.broken = deeds, ended, False
        super().__init__(path, _Connection)

    def handle_error(self, request: object, client_address: object) -> None:
        """Write into the log what went wrong in a deed that nobody foresaw."""
        _LOG.exception("a deed failed")


class _Connection(socketserver.StreamRequestHandler):
    """Answer the messages of one connection."""

    server: _Server

    def handle(self) -> None:
        """Do deeds until the other side has no more."""
        while (message := self._message()) is not None:
            answer = written(self._done(message))
            with suppress(OSError):  # who asked has gone
                self.wfile.write(answer)
            if self.server.broken:
                self.server.ended.set()
                return

    def _message(self) -> dict[str, Any] | None:  # plain JSON
        try:
            return read(self.rfile)
        except (OSError, ValueError):  # it is cut short, or none of ours
            return None

    def _done(self, message: dict[str, Any]) -> dict[str, object]:  # plain JSON
        deed: Callable[..., object] | None = self.server.deeds.named(str(message.get("deed")))
        if deed is None:
            raise ValueError("no such deed")
        try:
            return {"done": deed(**message.get("told", {}))}
        except Broken as error:
            self.server.broken = True
            _LOG.error("%s", error)
            return refusal(error)
        except M4sdError as error:
            return refusal(error)


if __name__ == "__main__":
    sys.exit(main())
