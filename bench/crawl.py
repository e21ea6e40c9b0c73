"""Follow every link of every page, as a crawler does, and tell which lead nowhere.

    python -m bench.crawl            # every page, in both languages; the figures in bench/results/

Links are those of `a`, `link`, `script`, `img`, `use`, `iframe` and their like, forms that are sent by GET with what
stands in their fields, the Link header, what stylesheets load, and what sitemaps and feeds list. A link with a fragment
wants an element of that name on the page. What can be combined without end (the facets of the search, queries, pages of
lists) is followed up to a number of addresses of each kind; a kind is a route and the names of its parameters.
"""

import argparse
import json
import re
import tempfile
from collections import Counter as Count
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from time import monotonic
from typing import Final
from urllib.parse import parse_qsl, unquote, urldefrag, urlencode, urljoin, urlsplit

from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from bench import figures
from bench.lived import Lived, lived
from graph.build import build

HOST: Final = "http://localhost"
BROWSER: Final = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
_LEADING: Final = {
    "a": "href", "area": "href", "link": "href", "script": "src", "img": "src", "source": "src", "iframe": "src",
    "image": "href", "use": "href", "object": "data", "form": "action",
}  # fmt: skip
_URL: Final = re.compile(r"""url\(\s*['"]?([^'")]+)""")
_LINK: Final = re.compile(r"<([^>]+)>\s*;")
_LISTED: Final = re.compile(r"<loc>([^<]+)</loc>|<link [^>]*href=\"([^\"]+)\"")


@dataclass(frozen=True)
class Page:
    """Hold what an address answers: its status, its type, the names on it, and where it leads."""

    status: int
    kind: str
    names: frozenset[str]
    links: tuple[str, ...]


@dataclass
class Found:
    """Collect what a crawl saw."""

    pages: dict[str, Page] = field(default_factory=dict)
    links: int = 0
    broken: list[str] = field(default_factory=list)
    left: Count[str] = field(default_factory=Count)


class Reader(HTMLParser):
    """Read where a page leads, and the names on it."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.names: set[str] = set()
        self._form: tuple[str, list[tuple[str, str]]] | None = None
        self._select: tuple[str, list[tuple[bool, str | None]]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take an element."""
        given = {key: value or "" for key, value in attrs}
        self.names |= {given[key] for key in ("id", "name") if key in given}
        if tag == "form":
            self._form = (given.get("action", ""), []) if given.get("method", "get").lower() == "get" else None
        elif self._form and tag == "input" and given.get("name") and _sends(given):
            self._form[1].append((given["name"], given.get("value", "")))
        elif self._form and tag == "select":
            self._select = given.get("name", ""), []
        elif self._select and tag == "option":
            self._select[1].append(("selected" in given, given.get("value")))
        elif _LEADING.get(tag) in given and given.get("rel") not in ("canonical", "preconnect"):
            self.links.append(given[_LEADING[tag]].strip())

    def handle_data(self, data: str) -> None:
        """Take the words of a choice for its value, where it has none of its own."""
        if self._select and self._select[1] and self._select[1][-1][1] is None:
            self._select[1][-1] = self._select[1][-1][0], data.strip()

    def handle_endtag(self, tag: str) -> None:
        """Send a form as it stands, the first of a choice where nothing is chosen."""
        if tag == "select" and self._form and self._select:
            name, options = self._select
            self._form[1].extend((name, value or "") for _, value in sorted(options, key=lambda each: not each[0])[:1])
            self._select = None
        if tag == "form" and self._form:
            action, fields = self._form
            self.links.append(f"{action.partition('?')[0]}?{urlencode(fields)}" if fields else action)
            self._form = None


def _sends(given: Mapping[str, str]) -> bool:
    kind = given.get("type", "text")
    return kind not in ("submit", "reset", "button", "image", "file") and (
        kind not in ("checkbox", "radio") or "checked" in given
    )


def crawl(client: FlaskClient, starts: list[str], most: Callable[[str], int], gone: str = "") -> Found:
    """Follow every link from some addresses, `most` addresses of a kind; 410 is right where `gone` stands in one."""
    found, waiting, seen = Found(), deque(starts), Count[str]()
    asked: dict[str, str] = {}  # an address -> the page that leads there
    wanted: dict[tuple[str, str], str] = {}  # an address and a name on it -> the page that leads there
    adapter = client.application.url_map.bind("localhost")
    while waiting:
        address = waiting.popleft()
        page = found.pages[address] = look(client, address)
        if page.status >= 400 and not (page.status == 410 and gone and gone in address):
            found.broken.append(f"{address} ({page.status}) from {asked.get(address, 'the start')}")
        for link in page.links:
            target, name = urldefrag(urljoin(HOST + address, link))
            if not target.startswith(f"{HOST}/"):
                continue
            found.links += 1
            target = target.removeprefix(HOST)
            if name and not name.startswith(":~:"):
                wanted.setdefault((target, name), address)
            kind = kind_of(adapter, target)
            if target in asked or target in found.pages:
                continue
            if seen[kind] >= most(kind):
                found.left[kind] += 1
                continue
            seen[kind] += 1
            asked[target] = address
            waiting.append(target)
    found.broken += [
        f"{target}#{name} (no such name) from {page}"
        for (target, name), page in wanted.items()
        if target in found.pages and found.pages[target].kind == "text/html"
        and not {name, unquote(name)} & found.pages[target].names
    ]  # fmt: skip
    return found


def look(client: FlaskClient, address: str) -> Page:
    """Ask for an address, follow where it leads, and read what comes."""
    answer = client.get(address, headers={"Accept": BROWSER}, follow_redirects=True, buffered=True)
    reader, links, kind = Reader(), [], answer.mimetype or ""
    if kind == "text/html":
        reader.feed(answer.text)
        links = reader.links
    elif kind == "text/css":
        links = _URL.findall(answer.text)
    elif kind.endswith("xml") and answer.status_code == 200:
        links = [unescape(first or second) for first, second in _LISTED.findall(answer.text)]
    links += [target for value in answer.headers.getlist("Link") for target in _LINK.findall(value)]
    base = answer.request.path  # links are read from where one was led to
    resolved = tuple(urljoin(HOST + base, each) if not each.startswith("#") else each for each in links)
    return Page(answer.status_code, kind, frozenset(reader.names), resolved)


def kind_of(adapter: MapAdapter, address: str) -> str:
    """Return the route of an address with the names of its parameters."""
    parts = urlsplit(address)
    try:
        endpoint, given = adapter.match(unquote(parts.path))
    except HTTPException:
        return "nowhere"
    names = sorted({name for name, _ in parse_qsl(parts.query, keep_blank_values=True)} - {"lang"})
    if endpoint == "search" and len(names) > 1:  # facets are combined without end
        names = ["several", *({"format", "embed", "group", "page"} & {*names})]
    suffix = parts.path.rpartition("/")[2].partition(".")[2] if endpoint in ("data", "thing") else ""
    return " ".join([endpoint, *([suffix] if suffix else []), *names]) if given or names else endpoint


def starts(lang: str) -> list[str]:
    """Return where a crawl begins: the first page in a language, and what programs begin with."""
    return [f"/?lang={lang}", "/robots.txt", "/sitemap.xml", "/.well-known/void", "/opensearch.xml"]


def _endless(kind: str) -> bool:
    """Return whether the addresses of a kind can be combined without end."""
    endpoint, *names = kind.split()
    combined = {"q", "at", "from", "format"} & {*names}
    return bool(combined) or endpoint in ("search", "sparql", "builder", "compare_releases")


def bounded(most: int) -> Callable[[str], int]:
    """Bound what can be combined without end, and everything else by `most`."""
    return lambda kind: min(200, most) if _endless(kind) else most


def report(work: Lived, who: str, lang: str, most: int) -> dict[str, object]:
    """Crawl as somebody in a language, and return the figures."""
    client = work.counter.app.test_client() if who == "anyone" else work.counter.signed_in(who)
    begun = monotonic()
    found = crawl(client, starts(lang), bounded(most), gone="lived-closed")
    kinds = Count(page.kind for page in found.pages.values())
    return {
        "who": who, "lang": lang, "addresses": len(found.pages), "pages": kinds["text/html"], "links": found.links,
        "broken": found.broken, "types": dict(kinds.most_common()), "left": dict(found.left.most_common()),
        "seconds": round(monotonic() - begun),
    }  # fmt: skip


def main() -> None:
    """Crawl, and write what was seen."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--people", action="append", help="anyone, or somebody of bench.counter (default: both)")
    parser.add_argument("--most", type=int, default=1_000_000, help="addresses of each kind (default: all)")
    given = parser.parse_args()
    chosen = given.people or ["anyone", "Root"]
    with tempfile.TemporaryDirectory() as scratch:
        build(made := Path(scratch) / "made", datetime.now(UTC))
        with lived(made, Path(scratch) / "store") as work:
            rows = [report(work, who, lang, given.most) for who in chosen for lang in ("en", "fr")]
    print(json.dumps(rows, indent=1))
    figures.write("crawl", {"crawls": rows})


if __name__ == "__main__":
    main()
