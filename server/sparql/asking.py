"""Register what helps to ask: the words of an editor, short links, why an answer is empty, questions, the builder."""

from flask import Flask

from server.http.built import built, kept
from server.pages.builder import Builder
from server.pages.questions import Questions
from server.pages.themes import words
from server.settings import Settings
from server.sparql.endpoint import Sparql
from server.sparql.links import Links
from server.sparql.terms import Terms
from server.sparql.why import Why
from server.workers.looks import Looks


def routes(app: Flask, sparql: Sparql, looks: Looks, settings: Settings) -> None:
    """Add the routes to the table of an application, and to its templates what they need."""
    links = Links(settings.store, settings.limits, sparql)
    app.add_url_rule("/terms", "terms", Terms(looks).answer)
    app.add_url_rule("/links", "make_link", links.make, methods=["POST"])
    app.add_url_rule("/q/<identity>", "link", links.follow)
    app.add_url_rule("/sparql/why", "why", Why(looks).answer, methods=["GET", "POST"])
    questions = Questions(looks, sparql)
    app.add_url_rule("/questions", "questions", questions.index)
    app.add_url_rule("/questions/<name>", "question", questions.one)
    app.add_url_rule("/build", "builder", Builder(looks).page)
    app.after_request(kept)
    app.jinja_env.globals.update(built=built, theme_words=words)
