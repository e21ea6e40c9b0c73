"""Write what happened as JSON, one line an event, on standard error.

Whatever a client sends is escaped: no line break, no terminal's control sequence, no sign that turns the reading around
gets into a line. The text of a query is not kept, only the beginning of its SHA-256.
"""

import json
import logging
import re
import sys
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from random import getrandbits
from time import perf_counter
from typing import TextIO

from flask import Response, g, has_request_context, request

LONGEST_PATH = 300
_NUMBER = re.compile("[0-9a-f]{32}")  # what a proxy may call a request


class Log:
    """Write events to a stream; without one, to standard error as it is when the event comes."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream

    def write(self, event: Mapping[str, object]) -> None:
        """Write one line, in ASCII and in one piece."""
        told = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), **event}
        line = json.dumps(told, ensure_ascii=True).replace("\x7f", "\\u007f")
        stream = self._stream or sys.stderr
        stream.write(line + "\n")
        stream.flush()


class AsEvent(logging.Handler):
    """Write what the parts of the service have to say, a traceback included, as one line too."""

    def __init__(self, log: Log, level: int = logging.WARNING) -> None:
        super().__init__(level)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record of the standard library's logging."""
        told = {"event": record.getMessage(), "level": record.levelname.lower(), "from": record.name}
        if has_request_context():
            told["id"] = g.get("request_id", "")
        if record.exc_info:
            told["trace"] = "".join(traceback.format_exception(*record.exc_info))
        self._log.write(told)


def entry(response: Response) -> dict[str, object]:
    """Return what a line says of the present request and its answer; what does not apply is left out."""
    told = {
        "id": g.get("request_id"),
        "client": request.remote_addr,
        "method": request.method,
        "path": _path()[:LONGEST_PATH],
        "status": response.status_code,
        "ms": round((perf_counter() - g.begun) * 1000, 1) if "begun" in g else None,
        "bytes": response.content_length,
        "query": fingerprint(g.question.text) if "question" in g else None,
        "cached": g.get("cached"),
        "lane": g.get("lane"),
    }
    return {name: value for name, value in told.items() if value is not None}


def _path() -> str:
    """Return the path of the present request; what is secret in it stays out of the log."""
    secret = request.url_rule is not None and "secret" in (request.view_args or {})
    return request.url_rule.rule if secret and request.url_rule else request.path


def request_id(given: str, behind_proxy: bool) -> str:
    """Return by what a request is told from others in the log: a proxy's number, where there is one, or a new one."""
    return given if behind_proxy and _NUMBER.fullmatch(given) else f"{getrandbits(48):012x}"


def fingerprint(text: str) -> str:
    """Return by what a query is told from others in the log."""
    return sha256(text.encode()).hexdigest()[:16]
