"""Ask a web process for its costly pages once, so that nobody waits for what is read and compiled only once."""

from collections.abc import Iterator

from flask import Flask

from server.words import LANGUAGES

# What reads the most when it is asked for the first time: shapes and codes, the history, the model, the templates.
PAGES = ("/submit/new", "/", "/changes", "/ontology", "/dataset", "/search", "/sparql", "/shapes", "/timeline")
# Marks in its environment (PEP 3333) what a process asks of itself: it is in no log and in no figure.
OWN = "m4sd.own"


def warm(app: Flask) -> None:
    """Answer each of these pages in each language, within this process, and give the answers to nobody."""
    for _ in warmed(app):
        pass


def warmed(app: Flask) -> Iterator[tuple[str, int, str | None]]:
    """Yield each page with its status and its media type, as they are answered."""
    for lang in LANGUAGES:
        for page in PAGES:
            asked = {"Accept": "text/html", "Accept-Language": lang}
            with app.test_request_context(page, headers=asked, environ_base={OWN: True}):
                answer = app.full_dispatch_request()
                yield page, answer.status_code, answer.mimetype
