"""Look at the pages as people do: in a real browser, in both languages, light and dark, on a phone; and as axe does."""

import json
import os
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from bench.browser import CHROMIUM, MISSING, Browser, Page
from bench.served import Served, free_port, served

pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason=MISSING)]

QUERY = quote("SELECT ?i ?c { ?i m4sd:operatesIn ?c } LIMIT 20")
DRAWN = quote("CONSTRUCT { ?i m4sd:isFundedBy ?f } { ?i m4sd:isFundedBy ?f } LIMIT 20")
# One address of each kind of page.
PAGES = (
    "/", "/sparql", f"/sparql?query={QUERY}", f"/sparql?query={DRAWN}", "/sparql?query=SELECT", "/examples",
    "/examples/board-meeting-countries", "/questions", "/build", "/validate", "/shapes", "/shapes/Initiative",
    "/shapes/Initiative-target", "/quality", "/limits", "/status", "/search", "/search?q=maroc", "/search?q=xyzzy",
    "/countries", "/countries/MAR", "/goals", "/goals/10", "/sectors", "/policies", "/funding", "/timeline",
    "/dataset", "/ontology", "/api", "/cookbook", "/cookbook/partners", "/cookbook/validators", "/changes",
    "/releases", "/sign-in", "/propose", "/report-error?about=https://w3id.org/m4sd/id/programme-m4sd",
    "/history/programme-m4sd", "/page/programme-m4sd", "/page/phase-m4sd-3", "/page/org-CH-4",
    "/page/initiative-ma-tta-entrepreneurship", "/page/meeting-m4sd-board-3", "/page/area-MA-01",
    "/page/result-ma-tta-business-creation", "/page/concept/sector/health", "/page/concept/sector",
    "/page/ontology/Initiative", "/page/ontology/isFundedBy", "/page/fact-A57", "/page/document-S-EN",
    "/page?iri=http://metadata.un.org/sdg/10", "/page?iri=http://metadata.un.org/sdg/10.7",
    "/page?iri=http://metadata.un.org/sdg/codes/geoArea/504", "/page/graph/seed/programme-m4sd",
    "/page/dataset/seed", "/no-such-page", "/submit/new", "/submit/new/Organisation", "/submit/new/Initiative",
    "/submit/new/Programme?replaces=https://w3id.org/m4sd/id/programme-m4sd",
)  # fmt: skip
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
# What is cut off on paper: what scrolls, and what stands beyond the page.
CUT = """[...document.querySelectorAll('main *')].filter(each => {
    const style = getComputedStyle(each), place = each.getBoundingClientRect()
    const hides = style.overflowX !== 'visible' || style.overflowY !== 'visible'
    const more = each.scrollWidth > each.clientWidth + 1 || each.scrollHeight > each.clientHeight + 1
    return each.clientWidth && style.clipPath === 'none' && (hides && more || place.right > innerWidth + 1)
}).map(each => each.outerHTML.slice(0, 100))"""
A4 = 718  # pixels between its margins
PRINTED = (
    "/", "/goals", "/goals/10", "/countries", "/policies", "/funding", "/timeline", "/dataset", "/ontology",
    "/cookbook", "/sparql", f"/sparql?query={QUERY}", "/examples/board-meeting-countries",
    "/questions/board-meeting-countries", "/questions/sdg-contributions", "/questions/phase-dates-by-source",
)  # fmt: skip
WRONG = """PREFIX m4sd: <https://w3id.org/m4sd/ontology#>
PREFIX id: <https://w3id.org/m4sd/id/>
id:org-new a m4sd:Organisation ; m4sd:acronim "N" ; m4sd:website "a line that is longer than a phone is wide" ."""
SEEN = tuple((lang, dark) for lang in ("en", "fr") for dark in (False, True))
# Each page is seen in one of the four ways, by turns; `make pages` sees each in all of them.
EVERY = bool(os.environ.get("M4SD_EVERY_PAGE"))
SIGHTS = [(path, *seen) for n, path in enumerate(PAGES) for seen in (SEEN if EVERY else (SEEN[n % len(SEEN)],))]


@pytest.fixture(scope="module")
def service(folder: Path) -> Iterator[Served]:
    with served(folder, free_port(), {"M4SD_LIMIT_QUICK_PER_CLIENT": "4", "M4SD_LIMIT_PATIENCE": "30"}) as running:
        yield running


def address(service: Served, path: str, lang: str = "en") -> str:
    return f"http://127.0.0.1:{service.port}{path}{'&' if '?' in path else '?'}lang={lang}"


def complained(page: Page) -> list[str]:
    """Return what axe finds, each with the first place where it stands."""
    page.js(AXE)
    options = {"runOnly": {"type": "tag", "values": list(RULES)}, "resultTypes": ["violations"]}
    found: dict[str, Any] = page.js(f"axe.run({options!r})")
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found["violations"]]


@pytest.mark.parametrize(("path", "lang", "dark"), SIGHTS)
def test_a_page_pleases_axe_keeps_its_policy_asks_nobody_else_and_fits_a_phone(
    service: Served, browser: Browser, path: str, lang: str, dark: bool
) -> None:
    page = browser.page(dark=dark, lang=lang)
    page.goto(address(service, path, lang))
    host = f"127.0.0.1:{service.port}"
    strangers = [each for each in page.requests if urlsplit(each).netloc != host and not each.startswith("data:")]
    policy = [each for each in page.complaints if "Content Security Policy" in each or "Error" in each.split(":")[0]]
    found = complained(page)
    page.call("Emulation.setDeviceMetricsOverride", width=360, height=740, deviceScaleFactor=1, mobile=True)
    wide = page.js("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.call("Page.close")
    assert (found, strangers, policy, wide) == ([], [], [], 0)


def test_nothing_is_cut_off_on_paper(service: Served, browser: Browser) -> None:
    page = browser.page(width=A4, height=1000)
    page.call("Emulation.setEmulatedMedia", media="print")
    found: dict[str, list[str]] = {}
    for path in PRINTED:
        page.goto(address(service, path, "fr"))
        found[path] = page.js(CUT)
    page.call("Page.close")
    assert {path: cut for path, cut in found.items() if cut} == {}


@pytest.mark.parametrize("dark", [False, True])
def test_the_report_of_a_check_pleases_axe_on_a_phone_too(service: Served, browser: Browser, dark: bool) -> None:
    page = browser.page(width=360, height=740, dark=dark)
    page.goto(address(service, "/validate"))
    page.js(f"document.querySelector('#text').value = {json.dumps(WRONG)}")
    page.js("document.querySelector('[name=keep]').checked = true")
    with page.loading():
        page.js("document.querySelector('#text').form.submit()")
    found = complained(page)
    with page.loading():
        page.js("document.querySelector('a[href^=\"/reports/\"]').click()")
    assert page.js("getComputedStyle(document.querySelector('.report .n')).opacity") == "1"  # axe passes over others
    found += complained(page)
    page.call("Page.close")
    assert found == []
