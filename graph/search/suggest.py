"""Suggest things while their name is being typed: names that begin so, then names that hold the words."""

from graph.search.find import READ, Hit, beginning, shown
from graph.search.folded import fold, in_names, phrases
from graph.search.opened import Opened

MOST = 10
_LAST = ("fact", "passage", "source", "term", "concept")  # kinds that few people name


def suggest(index: Opened, asked: str, lang: str, most: int = MOST) -> tuple[Hit, ...]:
    """Return the things that a few typed letters may mean, best first."""
    pieces = phrases(asked)
    if not pieces:
        return ()
    found = list(beginning(index, fold(asked)))
    if len(found) < most:
        sql = "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT ?"
        found += [row[0] for row in index.database.execute(sql, (in_names(pieces), READ))]
    distinct = list(dict.fromkeys(found))
    kinds = index.facets.get("kind", {})
    late = {number for kind in _LAST if kind in kinds for number in kinds[kind].ids}
    best = [n for n in distinct if n not in late] + [n for n in distinct if n in late]
    return shown(index, best[:most], lang, pieces)
