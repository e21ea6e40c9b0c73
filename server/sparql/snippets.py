"""Write a question as code: for curl, Python and R, each with the query whole, so that it can be copied and run."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from urllib.parse import urlencode

from graph.query import Question
from server.sparql.protocol import is_stated_only


@dataclass(frozen=True, slots=True)
class Snippet:
    """Carry code in one language."""

    name: str
    title: str
    text: str


_CURL: Final = """curl --get '{endpoint}'{parameters} \\
  --header 'Accept: {accept}' \\
  --data-urlencode query@- <<'{end}'
{query}
{end}"""
_RDFLIB_ROWS: Final = '''from rdflib.plugins.stores.sparqlstore import SPARQLStore

query = """{query}"""
for row in SPARQLStore("{endpoint}{address}").query(query):
    print(*row)'''
_RDFLIB_TRIPLES: Final = '''from urllib.parse import urlencode
from rdflib import Graph

query = """{query}"""
asked = urlencode({{"query": query, "format": "turtle"{graphs}}})
found = Graph().parse("{endpoint}?" + asked, format="turtle")
print(len(found))'''
_PANDAS: Final = '''from urllib.parse import urlencode
import pandas

query = """{query}"""
asked = urlencode({{"query": query, "format": "csv"{graphs}}})
table = pandas.read_csv("{endpoint}?" + asked)
print(table)'''
_R: Final = """query <- r"{dashes}({query}){dashes}"
asked <- paste0("{endpoint}?format=csv{more}&query=", URLencode(query, reserved = TRUE))
table <- read.csv(asked, encoding = "UTF-8")
print(table)"""


def snippets(
    question: Question, endpoint: str, triples: bool, version: Mapping[str, str] = MappingProxyType({})
) -> tuple[Snippet, ...]:
    """Return a question as code in several languages; tables of triples are read as such."""
    stated = {"inference": "off"} if is_stated_only(question) else {}
    also = {**stated, **version}
    text, python = question.text.strip("\n"), _in_python(question.text.strip("\n"))
    more = f"&{urlencode(also)}" if also else ""
    graphs = "".join(f", {json.dumps(key)}: {json.dumps(value)}" for key, value in also.items())
    curl = _CURL.format(
        endpoint=endpoint,
        parameters=f" --data '{more[1:]}'" if also else "",
        accept="text/turtle" if triples else "text/csv",
        end=_mark("SPARQL", text),
        query=text,
    )
    form = _RDFLIB_TRIPLES if triples else _RDFLIB_ROWS
    rdflib = form.format(query=python, endpoint=endpoint, address=f"?{more[1:]}" if also else "", graphs=graphs)
    others = (
        Snippet("pandas", "Python: pandas", _PANDAS.format(query=python, endpoint=endpoint, graphs=graphs)),
        Snippet("r", "R", _R.format(query=text, endpoint=endpoint, dashes=_dashes(text), more=more)),
    )
    return (Snippet("curl", "curl", curl), Snippet("rdflib", "Python: rdflib", rdflib), *(() if triples else others))


def _in_python(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return escaped[:-1] + '\\"' if escaped.endswith('"') else escaped


def _mark(word: str, text: str) -> str:
    """Return a word that no line of a text is."""
    while word in text.splitlines():
        word += "_"
    return word


def _dashes(text: str) -> str:
    """Return as many dashes as make a raw string of R hold a text."""
    dashes = ""
    while f'){dashes}"' in text:
        dashes += "-"
    return dashes
