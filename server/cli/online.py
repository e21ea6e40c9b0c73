"""Submit and decide at a running service, over HTTP and with a token."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen
from uuid import uuid4

from graph.errors import M4sdError, said
from server.cli.offices import Taken, Told

Json = dict[str, Any]  # plain JSON

_PATIENCE: Final = 120.0  # seconds


class Unreached(M4sdError):
    """Say that a service cannot be reached."""

    template = "{url} cannot be reached: {why}"


class Answered(M4sdError):
    """Quote the problem with which a service answers."""

    template = "{url} answers {status}: {detail}"


class Online:
    """Take submissions and decisions at the address of a service."""

    def __init__(self, url: str, token: str, lang: str) -> None:
        self._root = url.rstrip("/")
        self._headers = {"Accept": "application/json", "Accept-Language": lang}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        if not self._root.startswith(("http://", "https://")):
            raise Unreached(url=url, why=said("write it with http:// or https://"))

    def submit(self, files: Sequence[tuple[str, bytes]], told: Told) -> Taken:
        """Submit files, or a withdrawal."""
        given = {
            "dataset": told.dataset,
            "source": told.source,
            "why": told.why,
            "withdraw": told.withdraw,
            "replaced-by": told.replaced_by,
        }
        body, kind = _multipart([(key, value) for key, value in given.items() if value], files)
        status, found = self._asked("/submissions", body, {"Content-Type": kind}, but=422)
        if status == 422:
            report = found.get("text") or found.get("detail") or json.dumps(found, ensure_ascii=False, indent=1)
            return Taken(f"{report}\n", ())
        return Taken(str(found.get("text", "")), tuple(found["submissions"]))

    def queue(self, state: str) -> Sequence[Json]:
        """Return the submissions in a state; all that are open, where none is named."""
        _, found = self._asked("/submissions?" + urlencode({"state": state or "open"}))
        submissions: list[Json] = found["submissions"]
        return submissions

    def show(self, ident: str) -> Json:
        """Return a submission with its history."""
        return self._asked(f"/submissions/{quote(ident, safe='')}")[1]

    def decide(self, ident: str, decision: str, comment: str) -> Json:
        """Accept, return or reject a submission."""
        shown = self.show(ident)
        body = json.dumps({"decision": decision, "comment": comment}).encode()
        headers = {"Content-Type": "application/json", "If-Match": f'"{shown["revision"]}"'}
        _, found = self._asked(f"/submissions/{quote(ident, safe='')}/decision", body, headers, but=422)
        return {**shown, **found.get("submission", {}), **found}

    def _asked(
        self, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None, but: int = 0
    ) -> tuple[int, Json]:
        """Return the status and the JSON of an answer; raise Answered where it is an error other than one."""
        request = Request(self._root + path, body, {**self._headers, **(headers or {})})  # noqa: S310 - http alone
        try:
            with urlopen(request, timeout=_PATIENCE) as answer:  # noqa: S310 - http alone
                return answer.status, json.load(answer)
        except HTTPError as error:
            told = _read(error)
            if error.code == but:
                return error.code, told
            detail = told.get("detail") or error.reason
            raise Answered(url=self._root, status=error.code, detail=detail) from error
        except (URLError, TimeoutError, ValueError) as error:
            raise Unreached(url=self._root, why=getattr(error, "reason", error)) from error


def _read(error: HTTPError) -> Json:
    try:
        found = json.load(error)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _multipart(fields: Sequence[tuple[str, str]], files: Sequence[tuple[str, bytes]]) -> tuple[bytes, str]:
    """Return a form with files, and its media type (RFC 7578)."""
    mark = uuid4().hex
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode() for key, value in fields
    ]
    for name, data in files:
        plain = quote(name.replace("\\", "/").rpartition("/")[2], safe=" ()+,=@")
        head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{plain}"\r\n'
        parts.append(f"{head}Content-Type: application/octet-stream\r\n\r\n".encode() + data + b"\r\n")
    return b"".join([*parts, f"--{mark}--\r\n".encode()]), f"multipart/form-data; boundary={mark}"
