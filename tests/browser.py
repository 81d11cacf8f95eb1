"""A real Chromium without a window, driven over its own pipe: no port is opened, and no driver is
needed. Everything that a page says on its console and everything that it asks for is kept.
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
SECONDS = 60
KEYS = {"Tab": 9, "Enter": 13, " ": 32}
SAYS = ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded")


def chromium() -> str | None:
    """Where it is, if it is."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@dataclass
class Pipe:
    """The two ends of the pipe: what is asked, and what comes back, each message ended by a NUL."""

    to: int
    back: int
    held: bytes = b""
    number: int = 0
    events: list[dict[str, Any]] = field(default_factory=list)

    def ask(self, method: str, session: str = "", **given: Any) -> Any:
        """Send a command and wait for its answer; events that come before it are kept."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": given}
        if session:
            message["sessionId"] = session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        while True:
            got = self.next()
            if got.get("id") == self.number:
                assert "error" not in got, (method, got["error"])
                return got["result"]

    def next(self) -> dict[str, Any]:
        """The next message. An event is kept."""
        while b"\0" not in self.held:
            ready, _, _ = select.select([self.back], [], [], SECONDS)
            assert ready, "Chromium does not answer"
            read = os.read(self.back, 1 << 20)
            assert read, "Chromium ended"
            self.held += read
        message, _, self.held = self.held.partition(b"\0")
        got: dict[str, Any] = json.loads(message)
        if "method" in got:
            self.events.append(got)
        return got


@dataclass
class Page:
    """One page in a tab of its own."""

    pipe: Pipe
    session: str
    url: str

    def ask(self, method: str, **given: Any) -> Any:
        """A command to this page."""
        return self.pipe.ask(method, self.session, **given)

    def run(self, script: str) -> Any:
        """The value of an expression in the page, of a promise too."""
        told = self.ask(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def events(self, *methods: str) -> Iterator[Mapping[str, Any]]:
        """What happened on this page."""
        self.run("new Promise(requestAnimationFrame)")
        for each in self.pipe.events:
            if each.get("sessionId") == self.session and each["method"] in methods:
                yield each["params"]

    @property
    def said(self) -> list[Mapping[str, Any]]:
        """All that stands on its console."""
        return list(self.events(*SAYS))

    @property
    def loaded(self) -> list[str]:
        """All that it asked for beside itself, and got or not."""
        asked = self.events("Network.requestWillBeSent")
        return [url for each in asked if (url := each["request"]["url"]) != self.url]

    def press(self, key: str) -> None:
        """Press a key and let it go."""
        text = {"Enter": "\r", " ": " "}.get(key, "")
        key_event = {"key": key, "windowsVirtualKeyCode": KEYS[key]}
        self.ask("Input.dispatchKeyEvent", type="keyDown", text=text, **key_event)
        self.ask("Input.dispatchKeyEvent", type="keyUp", **key_event)

    def type(self, text: str) -> None:
        """Type into what has the focus."""
        self.ask("Input.insertText", text=text)

    def media(self, kind: str = "", **features: str) -> None:
        """As if printed, or in another scheme of colours."""
        wanted = [{"name": n.replace("_", "-"), "value": v} for n, v in features.items()]
        self.ask("Emulation.setEmulatedMedia", media=kind, features=wanted)

    def size(self, width: int, height: int = 900) -> None:
        """As if on a screen of this size."""
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )

    def picture(self) -> bytes:
        """The whole page as PNG."""
        shot = self.ask("Page.captureScreenshot", captureBeyondViewport=True)
        return base64.b64decode(shot["data"])


@dataclass
class Browser:
    """A running Chromium."""

    pipe: Pipe

    def open(self, path: Path, *, scripts: bool = True) -> Page:
        """A page from a file, loaded whole."""
        target = self.pipe.ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self.pipe.ask("Target.attachToTarget", targetId=target, flatten=True)
        page = Page(self.pipe, attached["sessionId"], path.as_uri())
        for domain in ("Page", "Runtime", "Log", "Network"):
            page.ask(f"{domain}.enable")
        page.ask("Emulation.setScriptExecutionDisabled", value=not scripts)
        page.ask("Page.navigate", url=page.url)
        until = time.monotonic() + SECONDS
        while not self._is_loaded(page):
            assert time.monotonic() < until, "the page does not load"
            self.pipe.next()
        return page

    def _is_loaded(self, page: Page) -> bool:
        return any(
            e["method"] == "Page.loadEventFired" and e.get("sessionId") == page.session
            for e in self.pipe.events
        )


@contextmanager
def browser(profile: Path) -> Iterator[Browser]:
    """Chromium with a profile of its own. It is gone when the block ends."""
    there, asked = os.pipe()
    answered, back = os.pipe()
    program = [chromium() or "", *FLAGS, f"--user-data-dir={profile}"]
    if os.geteuid() == 0:
        program.append("--no-sandbox")
    process = subprocess.Popen(
        ["bash", "-c", 'exec "${@:3}" 3<&"$1" 4>&"$2"', "-", str(there), str(back), *program],
        pass_fds=(there, back),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    os.close(there)
    os.close(back)
    try:
        yield Browser(Pipe(asked, answered))
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(SECONDS)
        os.close(asked)
        os.close(answered)
