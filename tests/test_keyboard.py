"""Do each task of the three users by keyboard alone, in a real browser: the focus is always seen and never held."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from urllib.parse import quote, urlsplit

import pytest

from bench.browser import CHROMIUM, MISSING, Browser, Page
from bench.counter import PASSWORD, counter
from bench.desks import organisation
from bench.served import free_port, served

pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason=MISSING)]

MOST = 250  # presses of Tab after which something is held to be out of reach
# Whether whoever looks sees where the focus is: a ring or a shadow around something that has a size and is in sight.
SEEN = """(() => {
  const e = document.activeElement, ringed = e.shadowRoot?.querySelector(".cm-focused") ?? e;
  const style = getComputedStyle(ringed), box = ringed.getBoundingClientRect();
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== "none";
  const inside = box.width > 0 && box.height > 0 && box.bottom > 0 && box.right > 0
    && box.top < innerHeight && box.left < innerWidth;
  return e === document.body || ring && inside ? "" : e.outerHTML.slice(0, 200);
})()"""


@dataclass
class Hands:
    """Be somebody with a keyboard before a page."""

    page: Page
    site: str

    def opens(self, path: str) -> None:
        self.page.goto(self.site + path)

    def sees(self) -> None:
        """Hold that the focus is seen; an editor draws its ring a moment later."""
        for _ in range(20):
            unseen = self.page.js(SEEN)
            if unseen == "":
                return
            self.page.browser.listen(0.1)
        raise AssertionError(f"the focus is not seen on {unseen}")

    def reaches(self, wanted: str, *held: str) -> None:
        """Press Tab until the focus is where a script says, seeing at each step where it is."""
        for _ in range(MOST):
            self.page.key("Tab", *held)
            self.sees()
            if self.page.js(f"Boolean((e => {wanted})(document.activeElement))"):
                return
        raise AssertionError(f"{MOST} presses do not lead to {wanted}")

    def presses(self, name: str = "Enter") -> None:
        """Press a key that leads to another page."""
        with self.page.loading():
            self.page.key(name)

    def follows(self, words: str) -> None:
        """Go to a link or a button with some words, and press it."""
        self.reaches(f"e.matches('a, button, summary') && e.textContent.trim().startsWith({words!r})")
        self.presses()

    def fills(self, field: str, text: str) -> None:
        """Go to a field by its name, and write into it in place of what it holds."""
        self.reaches(f"e.name === {field!r}")
        self.page.key("a", "Control")
        self.page.call("Input.insertText", text=text)

    def reads(self, script: str) -> str:
        return str(self.page.js(script))

    @property
    def heading(self) -> str:
        return self.reads("document.querySelector('h1').textContent")

    @property
    def path(self) -> str:
        return urlsplit(self.reads("location.href")).path


@pytest.fixture
def hands(browser: Browser, site: str) -> Iterator[Hands]:
    page = browser.page()
    yield Hands(page, site)
    page.call("Page.close")


def test_somebody_searches_and_opens_a_thing(hands: Hands) -> None:
    hands.opens("/")
    hands.fills("q", "psychosocial")
    hands.page.key("Escape")  # what is suggested may be left
    hands.presses()
    assert hands.path == "/search"
    hands.reaches("e.closest('main') && e.matches('a') && e.pathname.startsWith('/page')")
    wanted = hands.reads("document.activeElement.textContent").strip()
    hands.presses()
    assert hands.heading.strip().startswith(wanted[:40])


def test_somebody_skips_to_the_content(hands: Hands) -> None:
    hands.opens("/countries")
    hands.page.key("Tab")
    hands.sees()
    hands.page.key("Enter")
    hands.page.key("Tab")
    assert hands.page.js("document.activeElement.closest('main') !== null")


def test_somebody_asks_a_question_with_a_choice_of_her_own(hands: Hands) -> None:
    hands.opens("/questions")
    hands.reaches("e.matches('main a') && e.pathname === '/questions/board-meeting-countries'")
    hands.presses()
    hands.reaches("e.matches('main select')")
    before = hands.reads("document.activeElement.value")
    for key in ("Home", "End"):
        if hands.reads("document.activeElement.value") == before:
            hands.page.key(key)
    chosen = hands.reads("document.activeElement.value")
    assert chosen != before
    hands.reaches("e.matches('main form button')")
    hands.presses()
    assert f"={quote(chosen, safe='')}" in hands.reads("location.search")
    assert hands.reads("document.querySelector('#answer').textContent").split()[1].startswith("row")


def test_somebody_writes_runs_and_downloads_a_query(hands: Hands, tmp_path: Path) -> None:
    hands.opens("/sparql")
    hands.page.until("document.querySelector('.editor')")
    hands.reaches("e.closest('.editor')")
    inside = "document.querySelector('.editor').shadowRoot ?? document.querySelector('.editor')"
    hands.page.until(f"({inside}).querySelector('.cm-content')")
    hands.page.key("a", "Control")
    hands.page.call("Input.insertText", text="SELECT ?x { ?x a m4sd:Programme }")
    hands.page.key("Escape")  # no list of words is open any more, and Tab leads out
    hands.reaches("!e.closest('.editor') && e.closest('form')")
    hands.reaches("e.closest('.editor')", "Shift")
    with hands.page.loading():
        hands.page.key("Enter", "Control")
    assert hands.reads("document.querySelector('#answer').textContent").endswith("rows") or hands.page.js(
        "document.querySelectorAll('main table tbody tr').length"
    )
    context = hands.page.call("Target.getTargetInfo")["targetInfo"]["browserContextId"]
    given = {"behavior": "allow", "browserContextId": context, "downloadPath": str(tmp_path)}
    hands.page.browser.call("Browser.setDownloadBehavior", **given)
    hands.reaches("e.matches('a') && new URL(e.href).searchParams.get('format') === 'csv'")
    hands.page.key("Enter")
    until = monotonic() + 30
    while not list(tmp_path.glob("*.csv")) and monotonic() < until:
        hands.page.browser.listen(0.1)
    (file,) = tmp_path.glob("*.csv")
    assert file.read_text().splitlines()[0] == "x"


def test_somebody_builds_a_query_and_asks_it(hands: Hands) -> None:
    hands.opens("/build")
    hands.reaches("e.name === 'class'")
    hands.page.key("ArrowDown")
    hands.reaches("e.matches('main form button')")
    hands.presses()
    hands.reaches("e.name === 'property1'")
    hands.page.key("ArrowDown")
    hands.reaches("e.matches('main form button')")
    hands.presses()
    assert "SELECT" in hands.reads("document.querySelector('main pre').textContent")
    hands.follows("Ask")
    assert hands.path == "/sparql"
    assert hands.page.js("document.querySelectorAll('main table tbody tr').length") > 0


def test_somebody_checks_a_pasted_file_and_goes_to_the_line_that_is_marked(hands: Hands) -> None:
    hands.opens("/validate")
    hands.fills("text", organisation("wrong").replace("skos:prefLabel", "skos:prefLabl"))
    hands.reaches("e.matches('main form button')")
    hands.presses()
    hands.reaches("e.matches('.report a[href^=\"#\"]') && /\\d/.test(e.textContent)")
    hands.page.key("Enter")
    hands.page.until("location.hash")
    assert hands.page.js("document.querySelector(':target') !== null")
    box = "document.querySelector(':target').getBoundingClientRect()"
    assert hands.page.js(f"{box}.top >= 0 && {box}.top < innerHeight")


def test_somebody_changes_the_language_and_keeps_it(hands: Hands) -> None:
    hands.opens("/countries/MAR")
    hands.reaches("e.matches('a[hreflang=fr]')")
    hands.presses()
    assert (hands.path, hands.reads("document.documentElement.lang")) == ("/countries/MAR", "fr")
    hands.reaches("e.matches('nav a') && e.pathname === '/goals'")
    hands.presses()
    assert hands.reads("document.documentElement.lang") == "fr"


@pytest.mark.parametrize(
    "path", ["/", "/search?q=maroc", "/sparql", "/goals", "/page/programme-m4sd", "/shapes/Initiative"]
)
def test_the_focus_walks_through_a_whole_page_seen_and_comes_out_again(hands: Hands, path: str) -> None:
    hands.opens(path)
    stops = hands.page.js("document.querySelectorAll('a[href], button, input, select, textarea, summary').length")
    hands.page.js("document.addEventListener('focusin', (e) => { (window.__seen ??= new Set()).add(e.target) })")
    for _ in range(stops + 50):
        hands.page.key("Tab")
        hands.sees()
        if hands.page.js("document.activeElement === document.body"):
            break
    else:
        raise AssertionError("the focus does not come out")
    assert hands.page.js("window.__seen.size") > 20


@pytest.fixture(scope="module")
def desk_site(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a small folder in which people have accounts."""
    place = tmp_path_factory.mktemp("keyboard") / "store"
    with counter(made, place):
        pass
    port = free_port()
    patient = {"M4SD_LIMIT_PATIENCE": "60", "M4SD_ANONYMOUS_DEADLINE": "60", "M4SD_TRUSTED_DEADLINE": "60"}
    with served(place, port, patient):
        yield f"http://127.0.0.1:{port}"


def signed_in(browser: Browser, site: str, who: str) -> Hands:
    hands = Hands(browser.page(), site)
    hands.opens("/changes")
    hands.follows("Sign in")
    if hands.reads("document.activeElement.name") != "name":
        hands.reaches("e.name === 'name'")
    hands.page.call("Input.insertText", text=who)
    hands.fills("password", PASSWORD)
    hands.presses()
    return hands


def test_a_record_goes_from_its_author_through_review_to_the_changes(browser: Browser, desk_site: str) -> None:
    ana, bo = signed_in(browser, desk_site, "Ana"), signed_in(browser, desk_site, "Bo")
    ana.opens("/submit")
    ana.fills("text", organisation("by-hand", "First words"))
    ana.fills("why", "It opened.")
    ana.follows("Submit")
    submission = ana.path
    assert submission.startswith("/submissions/"), ana.reads("document.querySelector('main').innerText")

    bo.follows("Submissions")
    bo.follows("First words" if "First words" in bo.reads("document.body.textContent") else "by hand")
    assert bo.path == submission
    bo.fills("comment", "Say more.")
    bo.follows("Return")
    assert "Say more." in bo.reads("document.body.textContent")

    ana.opens(f"{submission}/edit")
    ana.fills("text", organisation("by-hand", "Better words"))
    ana.follows("Send again")

    bo.opens(submission)
    bo.fills("comment", "Good.")
    bo.follows("Accept")
    bo.opens("/")
    bo.follows("Changes")
    bo.reaches("e.closest('main') && e.textContent.includes('Better words')")
    bo.presses()
    assert "Better words" in bo.reads("document.body.textContent")
    for each in (ana, bo):
        each.page.call("Page.close")
