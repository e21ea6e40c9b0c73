"""Suggest things while their name is being typed: names that begin so, then names that hold the words."""

from collections.abc import Iterator

from graph.search.find import Hit, shown
from graph.search.folded import fold, match, phrases
from graph.search.opened import Opened

MOST = 10
_READ = 400  # names that begin so, of which the best are taken
_LAST = ("fact", "passage", "source", "term", "concept")  # kinds that few people name


def suggest(index: Opened, asked: str, lang: str, most: int = MOST) -> tuple[Hit, ...]:
    """Return the things that a few typed letters may mean, best first."""
    pieces = phrases(asked)
    if not pieces:
        return ()
    found = list(_beginning(index, fold(asked)))
    if len(found) < most:
        query = f"{{name code other}} : ({match(pieces)})"
        sql = "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT ?"
        found += [row[0] for row in index.database.execute(sql, (query, _READ))]
    distinct = list(dict.fromkeys(found))
    kinds = index.facets.get("kind", {})
    late = {number for kind in _LAST if kind in kinds for number in kinds[kind].ids}
    best = [n for n in distinct if n not in late] + [n for n in distinct if n in late]
    return shown(index, best[:most], lang, pieces)


def _beginning(index: Opened, key: str) -> Iterator[int]:
    """Yield the things of which a name begins so, those with the shortest rest first."""
    sql = (
        "SELECT thing FROM (SELECT thing, length(key) AS size, weight FROM name WHERE key >= ? AND key < ? LIMIT ?)"
        " ORDER BY size, weight, thing"
    )
    for (number,) in index.database.execute(sql, (key, key + "\U0010ffff", _READ)):
        yield number
