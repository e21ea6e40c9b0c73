"""Write what several views answer: plain data as JSON, or the way to another address; and read what forms send."""

import json
import re
from collections.abc import Collection, Mapping

from flask import Response, redirect, request

from graph.errors import said
from server.http.negotiate import HTML, JSON, choose
from server.http.problem import Problem, Refusal

# A path of ours: no other host (`//x`, `/\x`), no sign that could end a header.
_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f-\uffff]{0,2000}")
_DIGITS = 10
LONGEST = 5000  # characters of one field that a person fills in
# Where nothing is told, no type is named.
TAKEN = ("application/x-www-form-urlencoded", "multipart/form-data", JSON.type, "")


def as_json(data: object, status: int = 200) -> Response:
    """Return plain data as JSON."""
    return Response(json.dumps(data, ensure_ascii=False, indent=1), status, content_type=JSON.content_type)


def see_other(address: str) -> Response:
    """Lead to an address (RFC 9110, 15.4.4)."""
    return redirect(address, 303)  # type: ignore[return-value]  # Flask's is werkzeug's


def local(address: str) -> str:
    """Return an address if it is one of this site, without anything that could lead elsewhere, or nothing."""
    return address if _PATH.fullmatch(address) else ""


def by_program() -> bool:
    """Return whether a program sends the present request, which changes something, and wants no page for it."""
    return choose(request.headers.get("Accept"), (JSON, HTML)) is not HTML


def fields(others: Collection[str] = ()) -> Mapping[str, str]:
    """Return what the present request tells: the fields of a form but `others`, or what a JSON object says."""
    if request.mimetype not in TAKEN:
        words = said("the type {type} is not known here; send one of {known}", type=request.mimetype[:80],
                     known=", ".join(filter(None, TAKEN)))  # fmt: skip
        raise Refusal(Problem(415, words))
    told = request.get_json(silent=True) if request.mimetype == JSON.type else request.form
    if not isinstance(told, Mapping):
        raise Refusal(Problem(400, said("the body is no JSON object")))
    return {
        str(key): _text(str(key), value)
        for key, value in told.items()
        if isinstance(value, str | int) and key not in others
    }


def revision_of(told: Mapping[str, str]) -> int:
    """Return the revision that the present request means: that of If-Match (RFC 9110, 13.1.1), or a field's.

    Without one it is refused (RFC 6585, 3): whoever changes something says what she saw.
    """
    given = request.headers.get("If-Match", "").removeprefix("W/").strip('"') or told.get("revision", "")
    if not given:
        raise Refusal(Problem(428, said("say which revision you saw: send its ETag as If-Match")))
    if not (given.isascii() and given.isdigit() and len(given) < _DIGITS):
        raise Refusal(Problem(412, said("{given} is no revision of this", given=given[:40])))
    return int(given)


def page_number() -> int:
    """Return which page of a list the present request asks for, from 1."""
    given = request.args.get("page", "1")
    if not (given.isascii() and given.isdigit() and 0 < len(given) < _DIGITS and int(given)):
        raise Refusal(Problem(400, said("page is {given}; write a number from 1", given=given[:40])))
    return int(given)


def _text(key: str, value: str | int) -> str:
    text = str(value).replace("\r\n", "\n")
    if len(text) > LONGEST:
        raise Refusal(Problem(400, said("{field} has more than {most} characters", field=key[:40], most=LONGEST)))
    return text
