"""The desk in a real browser: started as anybody starts it, driven by keys, killed as a power cut would.

Needs Debian's chromium and Playwright; tests that import this are skipped with a reason where one is missing, except in CI.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.flows.workspaces import command

CHROMIUM = Path("/usr/bin/chromium")
if "CI" not in os.environ and not CHROMIUM.exists():
    pytest.skip("needs Debian's chromium: apt-get install chromium", allow_module_level=True)
if "CI" not in os.environ:
    pytest.importorskip("playwright", reason="needs Playwright: pip install playwright")

from playwright.sync_api import Browser, Page, expect, sync_playwright  # noqa: E402

Starting = Callable[..., "Running"]


@dataclass
class Running:
    """A desk as anybody starts it."""

    process: subprocess.Popen[str]
    link: str

    def kill(self) -> None:
        """At once, as a power cut would: no handler runs."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)
        if self.process.stdout is not None:
            self.process.stdout.close()


def start(folder: Path, *words: str) -> Running:
    """Starts the desk and waits for the link it prints."""
    process = subprocess.Popen(command("desk", "--workspace", folder, "--no-browser", *words), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    link = next(found[0] for line in process.stdout if (found := re.search(r"http://\S+/enter\?token=\S+", line)))
    return Running(process, link)


@contextmanager
def desks() -> Iterator[Starting]:
    """Starts desks; those still running at the end are killed."""
    running: list[Running] = []

    def begin(folder: Path, *words: str) -> Running:
        running.append(start(folder, *words))
        return running[-1]

    yield begin
    for one in running:
        one.kill()


@contextmanager
def a_browser() -> Iterator[Browser]:
    """Headless Chromium."""
    with sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield found
        found.close()


def enter(browser: Browser, link: str, **look: Any) -> Page:
    """A new browser at the desk; anything that the page complains of fails the test."""
    page = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **look}).new_page()
    page.on("pageerror", lambda error: pytest.fail(f"the page raised {error}"))
    page.goto(link)
    page.wait_for_url("**/call/*")
    ready(page)
    return page


def enter_to_decide(browser: Browser, link: str, **look: Any) -> Page:
    """A new browser at the list of what waits; anything that the page complains of fails the test."""
    page = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **look}).new_page()
    page.on("pageerror", lambda error: pytest.fail(f"the page raised {error}"))
    page.goto(link)
    page.wait_for_url("**/call/*")
    ready(page)
    page.keyboard.press("d")
    page.wait_for_url("**/decide")
    return page


def ready(page: Page) -> None:
    """The page listens to keys."""
    expect(page.locator("#desk")).to_have_attribute("data-ready", "yes")


def go(page: Page, key: str) -> None:
    """A key that leads to another call."""
    here = page.url
    page.keyboard.press(key)
    page.wait_for_url(lambda url: url != here)
    if "/call/" in page.url:
        ready(page)


def saved(page: Page) -> None:
    """What was done is shown as saved."""
    expect(page.locator("#saved")).to_have_attribute("data-state", "saved")
    expect(page.locator("#saved")).to_have_text(re.compile(r"^saved \d\d:\d\d:\d\d$"))


def press(page: Page, key: str) -> None:
    """A key, and the word that its answer is kept."""
    with page.expect_response("**/save") as reply:
        page.keyboard.press(key)
    assert reply.value.status == 200
    saved(page)


UNNAMED = (
    "all => all.filter(one => !(one.getAttribute('aria-label') || one.getAttribute('aria-labelledby')"
    " || (one.labels && [...one.labels].some(label => label.textContent.trim())) || one.textContent.trim()))"
    ".map(one => one.outerHTML)"
)
LOOKS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
}


def fits(page: Page) -> None:
    """No sideways scrolling, every control has a name, nothing moves, and what is kept is said to a screen reader."""
    expect(page.locator("#saved")).to_have_attribute("aria-live", "polite")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("button, input, textarea, select, a, progress").evaluate_all(UNNAMED) == []
    assert page.evaluate("document.getAnimations().length") == 0
