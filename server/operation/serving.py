"""Run the web application in granian: one process keeps the socket, another one answers and can be replaced.

`m4sd serve` becomes `python -m server`. Multiprocessing runs the main module again in each new process, and for a
worker the command line would be a second and 40 MB of libraries that it never uses; a module named `__main__` it leaves
alone.
"""

import logging
import multiprocessing
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from flask import Flask, Response
from granian.constants import Interfaces
from granian.net import SocketHolder  # type: ignore[attr-defined]  # it says where it comes from, not that it is meant
from granian.server.mp import MPServer

from server.operation.address import listening
from server.operation.logs import AsEvent, Log
from server.operation.warming import warm
from server.settings import Settings, from_environment
from server.workers import lifeline
from server.writer.keeper import Keeper

# Most of them wait for a worker; what may wait is bounded by Limits.waiting.
THREADS = 64
# Seconds that a new web process has to start before the old one is told to end.
OVERLAP = 5.0
# Seconds after which the old one accepts no more; what it accepted until then is answered before it is told to end.
DEAF = 3.0
# Seconds that the old one has for what it began, beyond the longest deadline: the queue before it, the writing after.
FAREWELL = 15
# By it the web process learns that another one takes over; one that does not listen to it yet is not harmed.
LEAVE = signal.SIGURG


def serve_forever(settings: Settings) -> None:
    """Become the process that listens; what it must know travels in the environment."""
    os.environ.update(
        M4SD_STORE=str(settings.store.resolve()),
        M4SD_HOST=settings.host,
        M4SD_PORT=str(settings.port),
        M4SD_LANG=settings.lang,
        M4SD_UNSANDBOXED="1" if settings.unsandboxed else "",
        MALLOC_ARENA_MAX="2",  # glibc keeps an arena a thread, and what answers filled there is not given back
    )
    os.execv(sys.executable, [sys.executable, "-P", "-m", "server"])  # noqa: S606 - ourselves, no shell


def listen() -> None:
    """Listen until a signal ends the process: HUP replaces the web process, TERM and INT finish what was begun."""
    multiprocessing.set_start_method("spawn")  # a replaced web process has new code and no thread of ours
    settings = from_environment(os.environ)
    limits = settings.limits
    keeper = Keeper()
    keeper.start()
    server = _Server(
        "server.operation.serving:application",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        factory=True,
        workers=1,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        respawn_interval=OVERLAP,
        workers_kill_timeout=FAREWELL + round(max(limits.anonymous.deadline, limits.trusted.deadline)),
        websockets=False,
        log_enabled=False,
    )
    server.on_reload(keeper.renew)
    try:
        server.serve()
    finally:
        keeper.end()


def application() -> Flask:
    """Return the application for the settings in the environment, in the web process."""
    os.setsid()  # Ctrl-C is for the first process: INT and TERM at once can make granian's web process hang
    lifeline.hold(signal.SIGTERM)
    logging.getLogger().addHandler(AsEvent(Log()))
    app = rehearse()
    app.extensions["pool"].start()
    threading.Thread(target=app.extensions["checkers"].start, name="checkers", daemon=True).start()
    app.extensions["operation"].watch()
    leaving = threading.Event()

    def leave(*_: object) -> None:
        leaving.set()
        app.extensions["front"].close()
        soon = threading.Timer(DEAF, _accept_no_more)
        soon.daemon = True  # who is told to end before does not wait for it
        soon.start()

    signal.signal(LEAVE, leave)
    app.after_request(lambda response: _last(response) if leaving.is_set() else response)
    # Last of all: Flask takes nothing more into an application that has had a request.
    threading.Thread(target=warm, args=(app,), name="warming", daemon=True).start()
    return app


def rehearse() -> Flask:
    """Return the application without its workers: what cannot start fails here, before the old process is sent away."""
    from server.app import create_app  # here, since this process may outlive the code that it began with

    return create_app(from_environment(os.environ))


def _last(response: Response) -> Response:
    """Make a client come back over a new connection, since this process leaves soon, and its connections with it."""
    response.headers["Connection"] = "close"
    return response


def _accept_no_more() -> None:
    """Leave every client that comes from now on to the next web process, which has the same listening socket.

    A server that ends drops the connections that it accepted and did not read yet. It has no other way to stop before,
    so a socket on which nobody comes takes the place of the listening one, in this process alone.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as nobody:
        nobody.bind("")  # a name that the kernel makes up
        nobody.listen(1)
        nobody.setblocking(False)
        for number in [int(each.name) for each in Path("/proc/self/fd").iterdir()]:
            if _listens(number):
                os.dup2(nobody.fileno(), number)


def _listens(number: int) -> bool:
    try:
        if not stat.S_ISSOCK(os.fstat(number).st_mode):
            return False
    except OSError:  # it was the listing of the files itself
        return False
    with socket.socket(fileno=os.dup(number)) as found:
        takes = found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN) == 1
        return takes and found.family in (socket.AF_INET, socket.AF_INET6)


class _Server(MPServer):
    """Keep one listening socket for all web processes.

    On Linux granian lets each open its own: whoever waits at the old one is refused when it closes
    (https://github.com/emmett-framework/granian/issues/567). At ours they wait for the next process. Another service
    could also share the port then, and the two would answer by turns.
    """

    def _reload(self, *how: Any) -> None:  # Any: granian's own arguments
        rehearsal = [sys.executable, "-P", "-c", f"from {__name__} import rehearse; rehearse()"]
        if subprocess.run(rehearsal, check=False).returncode != 0:  # noqa: S603 - ourselves, no shell
            self.reload_signal = False
            self.main_loop_interrupt.clear()
            return
        for process in self.wrks:
            os.kill(process.inner.pid, LEAVE)
        super()._reload(*how)  # type: ignore[no-untyped-call]
        # It ends everything where a process that it started within 5.5 seconds dies; one that took over is no crash.
        self.respawned_wrks.clear()

    def _init_shared_socket(self) -> None:
        self._sso = listening(self.bind_addr, self.bind_port, self.backlog)
        self._sso.set_inheritable(True)
        number = self._sso.fileno()
        holder = SocketHolder(number, False, self.backlog)  # type: ignore[call-arg]  # as its own state says
        self._ssp, self._shd, self._sfd = None, holder, number  # type: ignore[assignment]
