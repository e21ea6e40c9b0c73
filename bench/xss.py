"""Publish records whose every text is an attack, open every page that shows one in Chromium, and count what ran.

    python -m bench.xss              # 200 payloads in every field and parameter; the figures in bench/results/

What is published goes past the rules, which would refuse much of it: the pages must bear whatever stands in the store.
A page is judged by what it ran (`ran`, alert and the like), what its policy had to stop, whom it asked, where it went,
and by what stands in its document that could still run: handlers, scripts, javascript: addresses, foreign sources.
"""

import argparse
import json
import tempfile
from collections import Counter as Count
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

from bench import figures
from bench.browser import Browser, Page, chromium
from bench.counter import PASSWORD, counter
from bench.desks import organisation
from bench.lived import PATIENT
from bench.payloads import PAYLOADS
from bench.poison import poison, work
from bench.served import free_port, served
from graph.build import build
from graph.names import BASE
from server.openapi.contract import document

WATCH: Final = """
window.__ran = []; window.__stopped = []; window.ran = n => window.__ran.push(String(n));
for (const each of ["alert", "confirm", "prompt", "print"]) window[each] = () => window.__ran.push(each);
document.addEventListener("securitypolicyviolation",
  e => window.__stopped.push(e.violatedDirective + " " + e.blockedURI));
"""
# What stands in a document that could run, lead away or ask somebody else.
SCAN: Final = r"""
window.__status = () => performance.getEntriesByType("navigation")[0].responseStatus;
window.__scan = document => {
  const bad = [], told = e => e.outerHTML.slice(0, 200);
  for (const e of document.querySelectorAll("*")) {
    const own = e.tagName === "SCRIPT" && (e.getAttribute("src") || "").startsWith("/static/")
      || e.tagName === "SCRIPT" && /json/.test(e.type);
    if (["IFRAME", "OBJECT", "EMBED", "BASE", "MARQUEE", "PLAINTEXT", "XMP", "STYLE"].includes(e.tagName.toUpperCase())
        && !e.textContent.includes(".cm-") || e.tagName.toUpperCase() === "SCRIPT" && !own
        || e.tagName === "META" && e.httpEquiv) bad.push(told(e));
    for (const {name, value} of e.attributes) {
      const plain = value.replace(/[\u0000-\u0020]/g, "").toLowerCase();
      if (/^on/i.test(name) || name === "srcdoc" || name === "style" && /ran\(|stranger/.test(value)
          || /^(href|src|action|formaction|data|xlink:href|poster|srcset)$/i.test(name)
             && /^(javascript|vbscript|data|blob|filesystem|view-source):/.test(plain)
          || /^(src|srcset|poster|data)$/.test(name) && /stranger/.test(value)
          || e.tagName === "LINK" && name === "href" && /stylesheet|icon|preload/.test(e.rel) && /stranger/.test(value)
          || e.tagName === "FORM" && name === "action" && /stranger/.test(value)) bad.push(name + " of " + told(e));
    }
  }
  const text = (document.body || document.documentElement).textContent;
  if (/\b9409\b/.test(text)) bad.push("a template was worked out");
  return bad;
};
"""
FETCH: Final = """
(async asked => {
  const wrong = [];
  for (const [path, body] of asked) {
    try {
      const sent = body ? {method: "POST", body: new URLSearchParams(body)} : {};
      const answer = await fetch(path, {...sent, headers: {Accept: "text/html"}});
      const kind = answer.headers.get("Content-Type") || "", text = await answer.text();
      if (answer.status >= 500 && answer.status !== 503) wrong.push([path, String(answer.status)]);
      if (answer.headers.get("X-Content-Type-Options") !== "nosniff") wrong.push([path, "without nosniff"]);
      if (kind.startsWith("text/html")) {
        const found = window.__scan(new DOMParser().parseFromString(text, "text/html"));
        for (const each of found) wrong.push([path, each]);
      }
    } catch (error) { wrong.push([path, String(error)]); }
  }
  return wrong;
})
"""


@dataclass
class Found:
    """Collect what was tried and what was wrong."""

    opened: int = 0
    asked: int = 0
    wrong: list[str] = field(default_factory=list)
    statuses: Count[str] = field(default_factory=Count)


def pages(numbers: Sequence[int], shown: Sequence[str]) -> Iterator[str]:
    """Yield every page that shows what was published or written; those of things for some numbers."""
    for number in numbers:
        thing, slug = f"{BASE}id/poison-{number}", f"poison-{number}"
        yield from (
            f"/page/{slug}",
            f"/history/{slug}",
            f"/page/graph/partner/{slug}",
            f"/report-error?about={quote(thing)}",
        )
        yield f"/history/{slug}?version=2"
        yield f"/search?q={quote(PAYLOADS[number], safe='')}"
        everything = f"SELECT ?s ?p ?o {{ VALUES ?s {{ <{thing}> }} ?s ?p ?o }}"
        yield f"/sparql?{urlencode({'query': everything})}"
        yield f"/sparql?{urlencode({'query': f'DESCRIBE <{thing}>'})}"
        yield f"/sparql?{urlencode({'query': PAYLOADS[number]})}"
    yield from shown
    yield from PLACES


_OURS: Final = "FILTER(CONTAINS(STR(?s), 'poison'))"
_NAMED: Final = f"SELECT ?s ?label ?n {{ ?s skos:prefLabel ?label {_OURS} BIND(STRLEN(?label) AS ?n) }} LIMIT 200"
_MAPPED: Final = f"SELECT ?c ?s ?label {{ ?s m4sd:operatesIn ?c ; skos:prefLabel ?label {_OURS} }} LIMIT 200"
_DRAWN: Final = f"CONSTRUCT {{ ?s m4sd:isFundedBy ?o }} {{ ?s m4sd:isFundedBy ?o {_OURS} }} LIMIT 100"
_VIEWS: Final = ((_NAMED, "chart"), (_NAMED, ""), (_MAPPED, "map"), (_DRAWN, "graph"), (_DRAWN, ""))
PLACES: Final = (
    "/", "/search?q=ran", "/search?q=poison", "/search?q=ran&kind=initiative", "/search?q=ran&embed=1",
    "/search?q=ran&group=actor", "/search?group=country", "/countries", "/countries/MAR", "/goals", "/goals/10",
    "/sectors", "/policies", "/funding", "/timeline", "/changes", "/changes/2", "/changes?dataset=partner",
    "/changes?country=MAR", "/releases", "/releases/2026.1", "/submissions", "/submissions/feed", "/people",
    "/account", "/quality", "/dataset", "/ontology", "/examples", "/questions", "/questions/programme-funders",
    "/questions/results-in-morocco", "/build", "/build?class=m4sd:Initiative", "/page/programme-m4sd",
    "/page/concept/sector/health", "/page/dataset/partner", "/submit", "/submit/new",
    "/page?iri=http://metadata.un.org/sdg/10.7", "/page?iri=http://metadata.un.org/sdg/codes/geoArea/504",
    *(f"/search?q=ran&page={page}" for page in range(1, 9)),
    *(f"/sparql?{urlencode({'query': text, 'view': view})}" for text, view in _VIEWS),
)  # fmt: skip


def judge(page: Page, address: str, found: Found) -> None:
    """Open a page and note what is wrong with it."""
    found.opened += 1
    page.requests.clear()
    page.complaints.clear()
    page.goto(address)
    page.js(SCAN)
    told = page.js("({ran: __ran, stopped: __stopped, here: location.href, bad: __scan(document), status: __status()})")
    found.statuses[str(told["status"])] += 1
    host = urlsplit(address).netloc
    strangers = [each for each in page.requests if urlsplit(each).netloc != host and not each.startswith("data:")]
    policy = [each for each in page.complaints if "Content Security Policy" in each]
    moved = [] if urlsplit(told["here"]).netloc == host else [told["here"]]
    for what in (*told["ran"], *told["stopped"], *told["bad"], *strangers, *policy, *moved):
        found.wrong.append(f"{urlsplit(address).path}?{urlsplit(address).query[:120]}: {what[:300]}")


def reflected(every: int) -> Iterator[tuple[str, Mapping[str, str] | None]]:
    """Yield every address that reads, each parameter an attack in turn, and every form that anybody may send.

    Each place gets every n-th payload, the next place the ones beside them.
    """
    turn = 0
    for path, operations in document("/")["paths"].items():
        if "get" not in operations:
            continue
        given = [each["name"] for each in operations["get"].get("parameters", ()) if each["in"] == "query"]
        for name in ("",) if "{" in path else dict.fromkeys((*given, *OTHERS)):
            turn += 1
            for payload in PAYLOADS[turn % every :: every if name in ("", *given) else every * 10]:
                text = quote(payload, safe="")
                yield f"{path}?{name}={text}" if name else path.partition("{")[0] + text, None
    yield from (("/sitemap.xml", None), ("/changes?format=atom", None), ("/changes?format=json", None))
    for payload in PAYLOADS[::every]:
        yield from ((path, form) for path, form in _forms(payload))


def _forms(payload: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield what anybody may send, an attack in each field."""
    yield "/sparql", {"query": payload}
    yield "/sparql", {"query": f"SELECT ?x {{ ?x skos:prefLabel {json.dumps(payload)} }}"}
    yield "/validate", {"text": payload, "syntax": "turtle"}
    yield "/validate", {"text": organisation("x", payload.replace('"', "'")), "syntax": "turtle"}
    yield "/sign-in", {"name": payload, "password": payload, "next": payload}
    note = {"text": payload, "about": payload, "statement": payload}
    yield from ((path, note) for path in ("/propose", "/report-error"))


OTHERS: Final = (
    "lang", "page", "at", "version", "from", "to", "next", "about", "iri", "all", "q", "view", "class", "property",
    "value", "field", "example", "edit", "replaces", "withdraw", "proposal", "mine", "kind", "year", "country",
    "goal", "sector", "actor", "dataset", "group", "form", "format", "sequence", "after", "name", "graph",
    "default-graph-uri", "inference", "in", "n",
)  # fmt: skip


def fetched(page: Page, asked: Sequence[tuple[str, Mapping[str, str] | None]], found: Found) -> None:
    """Ask for addresses from within a page, read what comes as the browser reads it, and note what is wrong."""
    page.js(SCAN)
    for begin in range(0, len(asked), 40):
        part = asked[begin : begin + 40]
        wrong = page.js(f"({FETCH})({json.dumps(part)})")
        found.asked += len(part)
        found.wrong += [f"{path[:160]}: {what}" for path, what in wrong]
    found.wrong += [f"fetched: {each}" for each in page.js("[...__ran, ...__stopped]")]


def opened(browser: Browser, lang: str = "en") -> Page:
    """Open a page that is watched from its first moment on."""
    page = browser.page(lang=lang)
    page.call("Page.addScriptToEvaluateOnNewDocument", source=WATCH)
    return page


def sign_in(page: Page, site: str, who: str) -> None:
    """Sign somebody in, by the form."""
    page.goto(f"{site}/sign-in")
    with page.loading():
        told = json.dumps([who, PASSWORD])
        page.js(f"(([who, secret]) => {{ {_FILLED} }})({told})")


_FILLED: Final = """
const form = document.querySelector("main form");
form.elements.name.value = who; form.elements.password.value = secret; form.requestSubmit();
"""


def campaign(made: Path, scratch: Path, every: int) -> Found:
    """Do all of it, with every n-th payload in each place, and return what was found."""
    chosen, found = PAYLOADS[::every], Found()
    with counter(made, scratch / "poisoned", PATIENT) as desk:
        shown = work(desk, chosen)
    environment = {"M4SD_ANONYMOUS_BUDGET": "1000000", "M4SD_LIMIT_PATIENCE": "60", "M4SD_LIMIT_QUICK_PER_CLIENT": "4"}
    with served(scratch / "poisoned", free_port(), environment) as service, chromium() as browser:
        site = f"http://127.0.0.1:{service.port}"
        root, ana = opened(browser), opened(browser)
        sign_in(root, site, "Root")
        sign_in(ana, site, "Ana")
        for number, path in enumerate(pages(range(0, len(PAYLOADS), every), shown)):
            page = ana if path.endswith(("/edit", "/form")) else root  # whose they are
            judge(page, f"{site}{path}{'&' if '?' in path else '?'}lang={('en', 'fr')[number % 2]}", found)
        page = opened(browser)  # as nobody
        page.goto(f"{site}/limits")
        fetched(page, list(reflected(every)), found)
    return found


def main() -> None:
    """Do all of it, and write what was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--every", type=int, default=1, help="only every n-th payload in each place; each of them in some"
    )
    every, begun = parser.parse_args().every, monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        build(made := Path(scratch) / "made", datetime.now(UTC))
        poison(made)
        found = campaign(made, Path(scratch), every)
    told = {
        "payloads": len(PAYLOADS), "in_each_place": len(PAYLOADS[::every]),
        "pages_opened": found.opened, "statuses": dict(found.statuses),
        "addresses_asked": found.asked, "wrong_count": len(found.wrong), "wrong": found.wrong[:100],
        "seconds": round(monotonic() - begun),
    }  # fmt: skip
    print(json.dumps(told, indent=1, ensure_ascii=False))
    figures.write("xss", told)


if __name__ == "__main__":
    main()
