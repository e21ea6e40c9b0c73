"""Run the web application in granian, a WSGI server with a few threads."""

import os

from flask import Flask
from granian import Granian
from granian.constants import Interfaces

from server.app import create_app
from server.settings import Settings, from_environment

THREADS = 4


def serve_forever(settings: Settings) -> None:
    """Listen until a signal ends the process; the worker process reads its settings from the environment."""
    os.environ.update(M4SD_STORE=str(settings.store.resolve()), M4SD_LANG=settings.lang)
    Granian(
        "server.serving:application",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        factory=True,
        workers=1,
        blocking_threads=THREADS,
        websockets=False,
        log_enabled=False,
    ).serve()


def application() -> Flask:
    """Return the application for the settings in the environment, in the worker process."""
    return create_app(from_environment(os.environ))
