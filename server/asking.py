"""Register what helps to ask: the words of an editor, short links, why an answer is empty, questions, the builder."""

from flask import Flask

from server.builder import Builder
from server.built import built, kept
from server.links import Links
from server.looks import Looks
from server.questions import Questions
from server.settings import Settings
from server.sparql import Sparql
from server.terms import Terms
from server.themes import words
from server.why import Why


def routes(app: Flask, sparql: Sparql, looks: Looks, settings: Settings) -> None:
    """Add the routes to the table of an application, and to its templates what they need."""
    links = Links(settings.store, settings.limits, sparql, settings.tokens)
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
