"""Speak HTTP/1.1 over one kept connection from an address of one's choice, and take no answer for whole that is not.

A client library would mend or hide what the campaigns look for: cut bodies, closed connections, malformed requests.
"""

import asyncio
import contextlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter
from urllib.parse import quote, urlencode

HOST = "127.0.0.1"
LONGEST_HEAD = 1024 * 1024
FORM = "application/x-www-form-urlencoded"
BODILESS = (204, 304)


class Broken(Exception):
    """Tell that what came is no whole answer: cut short, closed or malformed."""


class Hung(Exception):
    """Tell that nothing whole came within the client's patience."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Carry a whole answer and the seconds from the first byte sent to the last byte read."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    @property
    def media(self) -> str:
        """Return the media type without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Request:
    """Carry one request; `target` and `headers` are sent as they stand."""

    target: str = "/sparql"
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def to_bytes(self) -> bytes:
        """Return the request as it goes over the wire."""
        fields = [("Host", HOST), *self.headers]
        if self.body or self.method in ("POST", "PUT", "PATCH"):
            fields.append(("Content-Length", str(len(self.body))))
        lines = [f"{self.method} {self.target} HTTP/1.1", *(f"{name}: {value}" for name, value in fields)]
        return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + self.body


def get(query: str, accept: str = "*/*", **parameters: str) -> Request:
    """Return a query by GET (SPARQL 1.1 Protocol, 2.1.1)."""
    return Request(
        f"/sparql?{urlencode({'query': query, **parameters}, quote_via=quote)}", "GET", (("Accept", accept),)
    )


def post(query: str, accept: str = "*/*", **parameters: str) -> Request:
    """Return a query by URL-encoded POST (2.1.2)."""
    body = urlencode({"query": query, **parameters}, errors="surrogateescape").encode()
    return Request("/sparql", "POST", (("Accept", accept), ("Content-Type", FORM)), body)


class Client:
    """Keep one connection to a server, opened from `source`, and ask one request after the other."""

    def __init__(self, port: int, source: str = HOST) -> None:
        self.port, self.source = port, source
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def ask(self, request: Request, patience: float) -> Reply:
        """Return the whole answer; raise Broken or Hung where none comes."""
        data, begin = request.to_bytes(), perf_counter()
        try:
            async with asyncio.timeout(patience):
                status, headers, body = await self._exchange(data, request.method == "HEAD")
        except TimeoutError as error:
            self.close()
            raise Hung(f"nothing whole within {patience:.0f} s") from error
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError) as error:
            self.close()
            raise Broken(f"{type(error).__name__}: {error}") from error
        if headers.get("connection", "").lower() == "close":
            self.close()
        return Reply(status, headers, _plain(headers, body), perf_counter() - begin)

    def close(self) -> None:
        """Let the connection go."""
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None

    async def _exchange(self, data: bytes, headless: bool) -> tuple[int, dict[str, str], bytes]:
        kept = self._reader is not None
        try:
            head = await self._send(data)
        except (OSError, asyncio.IncompleteReadError) as error:
            # A kept connection may be closed by the server at any time: once more, on a new one (RFC 9112, 9.3.1).
            self.close()
            if not kept or (isinstance(error, asyncio.IncompleteReadError) and error.partial):
                raise
            head = await self._send(data)
        status, headers = _head(head)
        while status < 200:
            status, headers = _head(await self._open_reader().readuntil(b"\r\n\r\n"))
        if headless or status in BODILESS:
            return status, headers, b""
        return status, headers, await self._body(headers)

    async def _send(self, data: bytes) -> bytes:
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(
                HOST, self.port, local_addr=(self.source, 0), limit=LONGEST_HEAD
            )
        self._writer.write(data)
        with contextlib.suppress(ConnectionError):  # a refusal may come before the whole request is read
            await self._writer.drain()
        return await self._open_reader().readuntil(b"\r\n\r\n")

    async def _body(self, headers: Mapping[str, str]) -> bytes:
        reader = self._open_reader()
        if "content-length" in headers:
            return await reader.readexactly(int(headers["content-length"]))
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return await _chunks(reader)
        body = await reader.read(-1)
        self.close()
        return body

    def _open_reader(self) -> asyncio.StreamReader:
        if self._reader is None:
            raise ConnectionResetError("the connection is closed")
        return self._reader


def _head(data: bytes) -> tuple[int, dict[str, str]]:
    first, *lines = data.decode("latin-1").split("\r\n")
    version, _, rest = first.partition(" ")
    if not version.startswith("HTTP/1."):
        raise ValueError(f"no status line: {first[:60]!r}")
    named = (line.partition(":") for line in lines if line)
    return int(rest[:3]), {name.lower(): value.strip() for name, _, value in named}


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    parts = []
    while size := int((await reader.readuntil(b"\r\n")).partition(b";")[0], 16):
        parts.append(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readuntil(b"\r\n")
    return b"".join(parts)


def _plain(headers: Mapping[str, str], body: bytes) -> bytes:
    """Return the body without its gzip coding; a stream that does not end raises Broken."""
    if headers.get("content-encoding") != "gzip" or not body:
        return body
    unpack = zlib.decompressobj(wbits=31)
    try:
        plain = unpack.decompress(body)
    except zlib.error as error:
        raise Broken(f"the gzip stream is damaged: {error}") from error
    if not unpack.eof:
        raise Broken("the gzip stream ends too early")
    return plain
