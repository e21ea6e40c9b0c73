"""Listen where hostile queries call, and note every connection: none may come."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bench.wire import HOST

HEARD_FOR = 2.0
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/turtle\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@dataclass(slots=True)
class Trap:
    """Carry the address that queries are to call, and the first line of every call that came."""

    url: str = ""
    calls: list[str] = field(default_factory=list)

    async def hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Note a connection, whatever it says, and answer so that the caller goes on."""
        line = b""
        try:
            async with asyncio.timeout(HEARD_FOR):
                line = await reader.readline()
                writer.write(ANSWER)
                await writer.drain()
        except (TimeoutError, OSError, ValueError):
            pass
        finally:
            self.calls.append(line.decode("latin-1").strip() or "a connection without a word")
            writer.close()


@asynccontextmanager
async def trap(port: int = 0) -> AsyncIterator[Trap]:
    """Listen on a port of the local address while the block runs."""
    found = Trap()
    server = await asyncio.start_server(found.hear, HOST, port)
    found.url = f"http://{HOST}:{server.sockets[0].getsockname()[1]}/"
    try:
        yield found
    finally:
        server.close()
