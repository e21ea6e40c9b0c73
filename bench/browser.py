"""Drive a real headless Chromium by its own DevTools protocol, through a pair of pipes: no driver, no other library.

The protocol is at https://chromedevtools.github.io/devtools-protocol/; `--remote-debugging-pipe` has messages as JSON,
each with a zero byte behind it.
"""

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
MISSING = "no Chromium is installed; on Debian: apt-get install chromium"
_FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic"),
    *("--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-extensions", "--hide-scrollbars", "--force-prefers-reduced-motion", "--remote-debugging-pipe"),
)
_KEYS = {  # name -> code of the key, its number, the text that it writes
    "Tab": ("Tab", 9, ""), "Enter": ("Enter", 13, "\r"), "Escape": ("Escape", 27, ""), "Space": ("Space", 32, " "),
    "ArrowDown": ("ArrowDown", 40, ""), "ArrowUp": ("ArrowUp", 38, ""), "ArrowLeft": ("ArrowLeft", 37, ""),
    "ArrowRight": ("ArrowRight", 39, ""), "Home": ("Home", 36, ""), "End": ("End", 35, ""),
    "Backspace": ("Backspace", 8, ""), "Delete": ("Delete", 46, ""),
}  # fmt: skip
_HELD = {"Alt": 1, "Control": 2, "Meta": 4, "Shift": 8}
_PATIENCE = 30.0  # seconds that a page may take, on a busy machine

Json = dict[str, Any]  # a message: its values are whatever the protocol says


class BrowserError(RuntimeError):
    """Say what the browser, or a script in its page, complains of."""


@dataclass(slots=True)
class Browser:
    """Talk with one Chromium."""

    process: "subprocess.Popen[bytes]"
    reading: int
    writing: int
    _number: int = 0
    _waiting: bytes = b""
    pages: "dict[str, Page]" = field(default_factory=dict)

    def call(self, method: str, session: str = "", **parameters: object) -> Json:
        """Send a command and return its result; events that come meanwhile go to their pages."""
        self._number += 1
        number = self._number
        message = {"id": number, "method": method, "params": parameters, **({"sessionId": session} if session else {})}
        os.write(self.writing, json.dumps(message).encode() + b"\0")
        until = monotonic() + _PATIENCE
        while True:
            answer = self._read(until)
            if answer is None:
                raise BrowserError(f"{method} had no answer")
            if answer.get("id") == number:
                if "error" in answer:
                    raise BrowserError(f"{method}: {answer['error']['message']}")
                result: Json = answer["result"]
                return result

    def listen(self, seconds: float) -> bool:
        """Take one event, if one comes within some seconds."""
        return self._read(monotonic() + seconds) is not None

    def page(self, width: int = 1280, height: int = 900, dark: bool = False, lang: str = "en") -> "Page":
        """Open a page in a profile of its own."""
        context = self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = self.pages[session] = Page(self, session)
        for domain in ("Page", "Runtime", "Network", "Log"):
            page.call(f"{domain}.enable")
        media = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        page.call("Emulation.setEmulatedMedia", features=media)
        size: Json = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        page.call("Emulation.setDeviceMetricsOverride", **size)
        page.call("Network.setExtraHTTPHeaders", headers={"Accept-Language": lang})
        return page

    def _read(self, until: float) -> Json | None:
        while b"\0" not in self._waiting:
            ready, _, _ = select.select([self.reading], [], [], max(until - monotonic(), 0))
            data = os.read(self.reading, 1 << 16) if ready else b""
            if not data:
                return None
            self._waiting += data
        text, _, self._waiting = self._waiting.partition(b"\0")
        message: Json = json.loads(text)
        if "method" in message and message.get("sessionId") in self.pages:
            self.pages[message["sessionId"]].take(message["method"], message["params"])
        return message


@dataclass(slots=True)
class Page:
    """Be one page: what is done in it, which requests it made, and what it complained of."""

    browser: Browser
    session: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    _loads: int = 0

    def call(self, method: str, **parameters: object) -> Json:
        """Send a command to this page."""
        return self.browser.call(method, self.session, **parameters)

    def take(self, method: str, event: Json) -> None:
        """Note an event: a request, a load, an error, a breach of the content security policy."""
        if method == "Network.requestWillBeSent":
            self.requests.append(event["request"]["url"])
        elif method == "Page.loadEventFired":
            self._loads += 1
        elif method == "Log.entryAdded" and event["entry"]["source"] in ("security", "javascript", "violation"):
            self.complaints.append(event["entry"]["text"])
        elif method == "Runtime.exceptionThrown":
            details = event["exceptionDetails"]
            self.complaints.append(details.get("exception", {}).get("description", details["text"]))

    def goto(self, url: str) -> None:
        """Open an address and wait until it is loaded."""
        with self.loading():
            found = self.call("Page.navigate", url=url)
            if "errorText" in found:
                raise BrowserError(f"{url}: {found['errorText']}")

    @contextmanager
    def loading(self) -> Iterator[None]:
        """Wait at the end of the block until a page has loaded that something in it asked for."""
        before, until = self._loads, monotonic() + _PATIENCE
        yield
        while self._loads == before:
            if monotonic() > until:
                raise BrowserError("the page did not load")
            self.browser.listen(0.5)

    def js(self, expression: str) -> Any:  # whatever the script gives
        """Return what a script gives, its promise awaited."""
        found = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in found:
            raise BrowserError(found["exceptionDetails"].get("exception", {}).get("description", "a script failed"))
        return found["result"].get("value")

    def until(self, expression: str) -> None:
        """Wait until a script gives something true."""
        until = monotonic() + _PATIENCE
        while not self.js(f"(async () => Boolean(await ({expression})))()"):
            if monotonic() > until:
                raise BrowserError(f"it never came true: {expression}")
            self.browser.listen(0.05)

    def write(self, text: str) -> None:
        """Write a text where the focus is, as a keyboard does."""
        for letter in text:
            self.call("Input.dispatchKeyEvent", type="keyDown", text="\r" if letter == "\n" else letter)
            self.call("Input.dispatchKeyEvent", type="keyUp")

    def key(self, name: str, *held: str) -> None:
        """Press a key, others held down, as in `key("Enter", "Control")`."""
        code, number, text = _KEYS.get(name, (f"Key{name.upper()}", ord(name.upper()[0]), name))
        names = {"key": " " if name == "Space" else name, "code": code, "windowsVirtualKeyCode": number}
        writes = text and not set(held) & {"Alt", "Control", "Meta"}
        modifiers = sum(_HELD[each] for each in held)
        kind = "keyDown" if writes else "rawKeyDown"
        self.call(
            "Input.dispatchKeyEvent", type=kind, modifiers=modifiers, **names, **({"text": text} if writes else {})
        )
        self.call("Input.dispatchKeyEvent", type="keyUp", modifiers=modifiers, **names)

    def screenshot(self, path: Path, whole: bool = False) -> None:
        """Keep a picture of the page."""
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"]
        path.write_bytes(base64.b64decode(data))

    def without_scripts(self) -> None:
        """Go on as a browser that runs no script of a page."""
        self.call("Emulation.setScriptExecutionDisabled", value=True)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Chromium while the block runs; raise BrowserError where none is installed."""
    if CHROMIUM is None:
        raise BrowserError(MISSING)
    its_reading, writing = os.pipe()
    reading, its_writing = os.pipe()
    with tempfile.TemporaryDirectory(prefix="m4sd-chromium-", ignore_cleanup_errors=True) as profile:
        # It reads from 3 and writes to 4, whatever the pipes' numbers are here.
        script = f'exec "$@" 3<&{its_reading} 4>&{its_writing}'
        command = ["bash", "-c", script, "bash", CHROMIUM, *_FLAGS, f"--user-data-dir={profile}"]
        process = subprocess.Popen(command, pass_fds=(its_reading, its_writing), stderr=subprocess.DEVNULL)
        os.close(its_reading)
        os.close(its_writing)
        try:
            yield Browser(process, reading, writing)
        finally:
            os.close(writing)  # it ends when nobody talks to it any more
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            os.close(reading)
