"""Suggest how a query that ran long could run faster: the ways of writing that the engine plans badly.

The author decides: a query is never rewritten for speed. See docs/decisions/0014-caps-and-advice.md for the figures.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from graph.errors import QueryError, Said, said
from graph.sparql.advice_on_groups import advice_on_group
from graph.sparql.caps import refuse_too_many
from graph.sparql.outline import Block, Part, Select, certain, excerpt, groups, optional, projected, selects
from graph.sparql.reader import outline
from graph.sparql.tokens import Token, plain

FAR: Final = 1000  # rows that OFFSET may skip before there is a word about it
MOST: Final = 6  # of them help; more are no help
READ: Final = 4096  # characters of a query that advice is given on
LONGEST: Final = 600  # characters of a fragment that is shown whole


def advice(text: str) -> tuple[Said, ...]:
    """Return what makes a query slow, as far as its text tells, and the better way where there is one.

    Long texts get none: this is asked of a process that others wait for, and its time grows faster than the text.
    """
    if len(text) > READ:
        return ()
    try:
        refuse_too_many(text)
    except QueryError:  # too deep or too much of something: what the worker had no time to say
        return ()
    text = plain(text)
    query = outline(text).query
    found = [words for select in selects(query) for words in _on_query(text, select)]
    found += [words for group in groups(query.where) for words in advice_on_group(text, query, group)]
    return tuple({str(words): _shortened(words) for words in found}.values())[:MOST]


def _shortened(words: Said) -> Said:
    """Leave the middle of long fragments out, and show that."""
    half = LONGEST // 2
    data = {
        k: f"{v[:half]} … {v[-half:]}" if isinstance(v, str) and len(v) > LONGEST else v for k, v in words.data.items()
    }
    return Said(words.template, data)


def _on_query(text: str, query: Select) -> Iterator[Said]:
    order, rest = _modifiers(query)
    words = [token.text.upper() for token in query.tail]
    if order and "GROUP" not in words:
        if _is_distinct(query):
            yield from _sorted_doubles(text, query, order)
        elif _number(rest, "LIMIT") is not None and not (_number(rest, "OFFSET") or 0) >= FAR:
            yield _sorted_rows(text, query, order, rest)
    if (_number(rest, "OFFSET") or 0) >= FAR:
        yield _far_page(order, rest)
    if _counts_all(query, words):
        better = "SELECT ?dataset ?size { ?dataset void:triples ?size }"
        yield said("COUNT reads every triple of the graph; the sizes are stated: {better}", better=better)


def _sorted_doubles(text: str, query: Select, order: Sequence[Token]) -> Iterator[Said]:
    shown = projected(query)
    if shown and not {t.text[1:] for t in order if t.kind == "variable"} <= set(shown):
        return
    head = excerpt(text, query.start, (query.dataset or (query.where,))[0].start)
    dataset = f"{excerpt(text, query.dataset[0].start, query.where.start)} " if query.dataset else ""
    inner = f"{head} {excerpt(text, query.where.start, query.where.end)}"
    names = " ".join(f"?{name}" for name in shown) or "*"
    better = f"SELECT {names} {dataset}{{ {{ {inner} }} }} {excerpt(text, order[0].start, query.end)}"
    yield said("ORDER BY with DISTINCT sorts before doubles are taken out; sort what is left: {better}", better=better)


def _sorted_rows(text: str, query: Select, order: Sequence[Token], rest: Sequence[Token]) -> Said:
    limit = _number(rest, "LIMIT")
    core, describing = _split(query.where.parts)
    needed = {t.text[1:] for t in order if t.kind == "variable"}
    bound = frozenset[str]().union(*(certain(part) for part in core))
    if not describing or not needed <= bound or query.form != "SELECT" or "(" in {t.text for t in query.head}:
        return said(
            "ORDER BY sorts every row before LIMIT keeps {limit}; choose fewer rows first, by FILTER or by a class",
            limit=limit,
        )
    first = excerpt(text, core[0].start, core[-1].end)
    last = excerpt(text, describing[0].start, describing[-1].end)
    tail, sorting = excerpt(text, order[0].start, query.end), excerpt(text, order[0].start, _end(order))
    names = " ".join(f"?{name}" for name in projected(query)) or "*"
    return said(
        "ORDER BY sorts every row before LIMIT keeps {limit}; where each OPTIONAL matches once at most, let it come "
        "afterwards: {better}",
        limit=limit,
        better=f"SELECT {names} {{ {{ SELECT * {{ {first} }} {tail} }} {last} }} {sorting}",
    )


def _split(parts: Sequence[Part]) -> tuple[Sequence[Part], Sequence[Part]]:
    """Return the parts before the OPTIONALs at the end, and these."""
    at = len(parts)
    while at and optional(parts[at - 1]):
        at -= 1
    return (parts[:at], parts[at:]) if at else (parts, ())


def _far_page(order: Sequence[Token], rest: Sequence[Token]) -> Said:
    key = next((token.text for token in order if token.kind == "variable"), "?x")
    down = any(token.text.upper() == "DESC" for token in order)
    sorting = f"ORDER BY DESC({key})" if down else f"ORDER BY {key}"
    better = f"FILTER({key} {'<' if down else '>'} …) }} {sorting} LIMIT {_number(rest, 'LIMIT') or FAR}"
    return said(
        "OFFSET {offset} works out {offset} rows only to drop them; begin behind the last row that you have: {better}",
        offset=_number(rest, "OFFSET"),
        better=better,
    )


def _counts_all(query: Select, words: Sequence[str]) -> bool:
    """Return whether a query counts over one triple pattern of three variables."""
    parts = query.where.parts
    if "GROUP" in words or "COUNT" not in (token.text.upper() for token in query.head) or len(parts) != 1:
        return False
    only = parts[0].triples if isinstance(parts[0], Block) else ()
    terms = [token for triple in only for token in (triple.subject, *triple.path, triple.object)]
    return len({token.text for token in terms}) == 3 == len(terms) and all(t.kind == "variable" for t in terms)


def _modifiers(query: Select) -> tuple[Sequence[Token], Sequence[Token]]:
    """Return the ORDER BY of a query, if it has one, and what stands behind it, else all that stands at its end."""
    words = [token.text.upper() for token in query.tail]
    if "ORDER" not in words:
        return (), query.tail
    start = words.index("ORDER")
    ends = (at for at in range(start, len(words)) if words[at] in ("LIMIT", "OFFSET", "VALUES"))
    end = next(ends, len(words))
    return query.tail[start:end], query.tail[end:]


def _is_distinct(query: Select) -> bool:
    return bool(query.head) and query.head[0].text.upper() == "DISTINCT"


def _number(tokens: Sequence[Token], keyword: str) -> int | None:
    return next((int(b.text) for a, b in pairwise(tokens) if a.text.upper() == keyword and b.text.isdecimal()), None)


def _end(tokens: Sequence[Token]) -> int:
    return tokens[-1].start + len(tokens[-1].text)
