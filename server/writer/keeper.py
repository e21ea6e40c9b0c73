"""Keep a writer running beside a service: start it, and start it again whenever it ends."""

import subprocess
import sys
import threading
from time import monotonic
from typing import Final

_PAUSE: Final = 0.1  # seconds before it is started again; twice as many each time that it ends at once
_LONGEST: Final = 10.0


class Keeper:
    """Start `python -m server.writer.writer`, which reads the settings from the environment."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._ended = threading.Event()

    def start(self) -> None:
        """Begin."""
        threading.Thread(target=self._keep, name="keeper", daemon=True).start()

    def renew(self) -> None:
        """Let the present writer finish what it does; the next one runs the present code."""
        if self._process is not None:
            self._process.terminate()

    def end(self) -> None:
        """Let it finish, and start none again."""
        self._ended.set()
        self.renew()
        if self._process is not None:
            self._process.wait()

    def _keep(self) -> None:
        pause = _PAUSE
        while not self._ended.is_set():
            begun = monotonic()
            self._process = subprocess.Popen([sys.executable, "-P", "-m", "server.writer.writer"])
            self._process.wait()
            pause = _PAUSE if monotonic() - begun > _LONGEST else min(pause * 2, _LONGEST)
            self._ended.wait(pause)
