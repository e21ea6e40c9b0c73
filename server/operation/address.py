"""Listen on an address, alone."""

import os
import socket

from graph.errors import M4sdError

BACKLOG = 1024  # connections that wait to be accepted


class NotFree(M4sdError):
    """Say why nothing can listen on an address."""

    template = (
        "Nothing can listen on {host}:{port}: {why}. End what listens there already, or choose another port (--port)."
    )


def listening(host: str, port: int, backlog: int = BACKLOG) -> socket.socket:
    """Return a socket that listens; raise NotFree where somebody else does, or the address is none of this machine."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        found = socket.create_server(address[:2], family=family, backlog=backlog)
    except (OSError, OverflowError) as error:
        why = os.strerror(error.errno) if type(error) is OSError and error.errno else error  # without more
        raise NotFree(host=host, port=port, why=why) from error
    found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # those that it accepts inherit it (tcp(7))
    return found


def require_free(host: str, port: int) -> None:
    """Raise NotFree before anything is begun."""
    listening(host, port).close()
