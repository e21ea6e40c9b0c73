"""Stand before every view: one table says what each address is for, and `server.identity.roles` who may do that.

What reads needs no entry. Any other method has one, or it is refused: nothing is changed by an address that somebody
forgot here. What depends on one submission (its state, whose it is) the view asks `server.identity.roles` once more,
and the desk itself.
"""

from collections.abc import Mapping
from typing import Final

from flask import Response, g, redirect, request, url_for

from graph.errors import said
from server.http import problem
from server.http.negotiate import HTML, JSON, choose
from server.http.problem import Problem, Refusal
from server.identity.identity import Identity, signed_in
from server.identity.roles import ROLES, RULES, Forbidden, Role
from server.identity.tokens import NoToken
from server.limits import Limits

READING: Final = ("GET", "HEAD", "OPTIONS")
# What changes nothing that is published, kept for others or waiting: whoever makes a browser send it gains nothing.
HARMLESS: Final = ("read", "query", "validate")
# endpoint -> action
ACTIONS: Final[Mapping[str, str]] = {
    # questions that are sent by POST
    "sparql": "query",
    "cancel": "query",
    "check": "validate",
    "make_link": "query",
    "why": "query",
    # who asks
    "sign_in": "sign in",
    "enter": "sign in",
    "sign_out": "sign in",
    "account": "see one's account",
    "own_password": "see one's account",
    "own_token": "see one's account",
    "drop_own_token": "see one's account",
    "people": "manage people",
    "add_person": "manage people",
    "change_person": "manage people",
    "add_token": "manage tokens",
    "drop_token": "manage tokens",
    # anybody's notes
    "report_error": "report an error",
    "take_report": "report an error",
    "propose": "propose a record",
    "take_proposal": "propose a record",
    "form": "propose a record",
    "fill_form": "propose a record",
    "followed": "report an error",
    "add_words": "report an error",
    "take_note_back": "report an error",
    # the desk
    "submit_form": "submit",
    "submit": "submit",
    "submissions": "list one's own",
    "news": "list one's own",
    "submission": "see",
    "submitted_file": "see",
    "edit_form": "edit",
    "revise": "edit",
    "revise_by_form": "edit",
    "resume_form": "edit",
    "refill_form": "edit",
    "comment": "comment",
    "take_back": "withdraw",
    "decide": "accept",
    # the journal
    "undo": "undo",
}
# Files come to these.
UPLOADS: Final = ("check", "submit", "revise", "revise_by_form", "fill_form", "refill_form")


def action_of(endpoint: str, method: str) -> str | None:
    """Return what a request to an endpoint does, by the names of `server.identity.roles`, if that is said."""
    return ACTIONS.get(endpoint) or ("read" if method in READING else None)


def least(action: str) -> Role:
    """Return the least role that may do something at all, be it with submissions of one's own only."""
    rule = RULES[action]
    found: list[Role] = [role for role in (rule.least, rule.own, rule.others) if role]
    return min(found, key=ROLES.index)


def pass_through(identity: Identity, limits: Limits) -> None:
    """Let the present request through, or raise what forbids it."""
    identity.enter()
    if request.endpoint is None or request.method == "OPTIONS":
        return
    action = action_of(request.endpoint, request.method)
    if action is None:
        raise Refusal(Problem(403, said("This address is not for changing anything.")))
    g.private = action not in HARMLESS
    needed = least(action)
    if ROLES.index(g.actor.role) < ROLES.index(needed):
        raise Forbidden(action, g.actor.role, needed)
    if request.endpoint in UPLOADS:
        request.max_content_length = request.max_form_memory_size = limits.upload
    if request.method not in READING and action not in HARMLESS and (signed_in() or request.endpoint == "enter"):
        identity.require_own_form()


def refused(error: Forbidden | NoToken) -> Response:
    """Answer who may not do this: nobody in particular is asked to sign in, a person is told what is missing."""
    if isinstance(error, Forbidden) and g.actor.role != "anyone":
        return problem.respond(problem.of(error), g.lang)
    media = choose(request.headers.get("Accept"), (JSON, HTML))
    if media is HTML and request.method in READING and isinstance(error, Forbidden):
        return redirect(url_for("sign_in", next=request.full_path.rstrip("?")), 303)  # type: ignore[return-value]  # Flask's is werkzeug's
    words = said("Sign in, or send a token, to do this.") if isinstance(error, Forbidden) else error.said
    response = problem.respond(Problem(401, words), g.lang)
    bad = ', error="invalid_token"' if isinstance(error, NoToken) else ""
    response.headers["WWW-Authenticate"] = f'Bearer realm="m4sd"{bad}'  # RFC 6750, 3
    return response
