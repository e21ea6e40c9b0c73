"""List the pages of things for search engines: which there are, and when each last changed."""

from pyoxigraph import QuerySolutions

from graph.names import CATALOGUE, name
from graph.store import Store

_TOPICS = """
SELECT ?thing (MAX(?at) AS ?modified) { ?graph foaf:primaryTopic ?thing ; dcterms:modified ?at . }
GROUP BY ?thing ORDER BY ?thing
"""


def things(store: Store) -> tuple[tuple[str, str], ...]:
    """Return the things of which there are records, with the time of the newest one (ISO 8601)."""
    prefixes = {prefix: name(f"{prefix}:").value for prefix in ("foaf", "dcterms")}
    found = store.query(_TOPICS, default_graph=CATALOGUE, prefixes=prefixes)
    assert isinstance(found, QuerySolutions)
    return tuple((thing.value, modified.value) for thing, modified in found)
