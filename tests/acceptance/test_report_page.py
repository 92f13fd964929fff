"""report.html and index.html in Chromium: nothing is requested, nothing is cut, and axe-core finds nothing serious in them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.browsing import LOOKS, a_browser
from tests.acceptance.conftest import DemoRun
from tests.builders import a_turn
from tests.report.page.read import everything
from tests.report.page.test_hostile import BASE, naughty
from tests.report.weeks import a_week_summary

if "CI" not in os.environ:
    pytest.importorskip("axe_playwright_python", reason="needs axe-core: pip install axe-playwright-python")

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request, expect

from evalharness.report.page.house import KEPT
from evalharness.report.page.page import write_page
from evalharness.report.page.turns import MOST_TEXT
from evalharness.report.text import visible

NEWEST, MISSED = "2026-W47", "2026-W46"
SERIOUS = ("serious", "critical")
OPEN_ALL = "document.querySelectorAll('details').forEach(one => one.open = true)"
CUT = """() => [...document.querySelectorAll('svg text')].filter(one => {
    const box = one.getBoundingClientRect(), whole = one.closest('svg').getBoundingClientRect();
    return box.width && (box.left < whole.left - 1 || box.right > whole.right + 1 || box.top < whole.top - 2);
}).map(one => one.textContent)"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium."""
    with a_browser() as found:
        yield found


@pytest.fixture(scope="module")
def pages(demo: DemoRun, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Pages of the demo, of a week with everything there is to show, of hostile text, and the page of all weeks."""
    folder = tmp_path_factory.mktemp("pages")
    made = {"everything": write_page(everything()), "hostile": write_page(a_week_summary(hostile=True))}
    for name, page in made.items():
        (folder / f"{name}.html").write_bytes(page)
    reports = demo.root / "reports"
    weeks = {"demo": reports / NEWEST / "report.html", "missed": reports / MISSED / "report.html"}
    return {**{name: folder / f"{name}.html" for name in made}, **weeks, "index": reports / "index.html"}


def shown(browser: Browser, path: Path, **look: Any) -> tuple[Page, list[Request]]:
    """The page as a browser shows it, and every request made for it."""
    page = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **look}).new_page()
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))  # noqa: PLW0108 - Playwright marks its handlers, and no builtin takes a mark
    page.on("pageerror", lambda error: pytest.fail(f"the page raised {error}"))
    page.on("console", lambda message: pytest.fail(f"the page complained: {message.text}"))
    page.goto(path.as_uri())
    return page, asked


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["everything", "index"])
def test_axe_finds_nothing_serious(browser: Browser, pages: dict[str, Path], name: str, scheme: Any) -> None:
    """With every transcript and table open, in both colour schemes."""
    assert _serious(browser, pages[name], color_scheme=scheme) == []


@pytest.mark.parametrize("name", ["demo", "hostile"])
def test_axe_finds_nothing_serious_in_other_weeks(browser: Browser, pages: dict[str, Path], name: str) -> None:
    """The demo's newest week, and one whose texts are hostile."""
    assert _serious(browser, pages[name]) == []


def _serious(browser: Browser, path: Path, **look: Any) -> list[tuple[str, str, list[str]]]:
    page, _ = shown(browser, path, **look)
    page.evaluate(OPEN_ALL)
    found = [one for one in Axe().run(page).response["violations"] if one["impact"] in SERIOUS]
    return [(one["id"], one["help"], [node["html"][:200] for node in one["nodes"][:3]]) for one in found]


@pytest.mark.parametrize("name", ["demo", "hostile", "index"])
def test_nothing_is_requested(browser: Browser, pages: dict[str, Path], name: str) -> None:
    """The file itself, and nothing else."""
    page, asked = shown(browser, pages[name])
    page.evaluate(OPEN_ALL)
    page.wait_for_timeout(200)
    assert [one.url for one in asked] == [pages[name].as_uri()]


@pytest.mark.parametrize("name", ["demo", "everything", "hostile", "index"])
@pytest.mark.parametrize("look", LOOKS)
def test_nothing_is_cut_or_wider_than_the_window(browser: Browser, pages: dict[str, Path], name: str, look: str) -> None:
    """No sideways scrolling of the page; every label of a picture lies within it."""
    page, _ = shown(browser, pages[name], **LOOKS[look])
    page.evaluate(OPEN_ALL)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(CUT) == []


@pytest.mark.parametrize("width", [390, 768, 1280])
@pytest.mark.parametrize("name", ["demo", "everything", "hostile", "index"])
def test_no_call_to_hear_and_no_file_lies_beyond_the_edge(
    browser: Browser, pages: dict[str, Path], name: str, width: int
) -> None:
    """Calls to hear and the weeks of the index: every cell ends within the window; nobody scrolls sideways."""
    page, _ = shown(browser, pages[name], viewport={"width": width, "height": 844})
    beyond = page.locator(".stack td, .stack th[scope=row], .stack a").evaluate_all(
        "all => all.filter(one => one.getBoundingClientRect().right > innerWidth).map(one => one.textContent)"
    )
    assert beyond == []


def test_a_phone_shows_the_week_without_a_mile_of_tables(browser: Browser, pages: dict[str, Path]) -> None:
    """390 pixels wide, as it opens: less than 20 screens of 844; all tables opened it is more than twice as long."""
    page, _ = shown(browser, pages["missed"], viewport={"width": 390, "height": 844})
    height = "document.documentElement.scrollHeight"
    closed = page.evaluate(height)
    page.evaluate(OPEN_ALL)
    assert closed < 20 * 844
    assert page.evaluate(height) > 2 * closed


def test_on_paper_folded_tables_are_printed_and_transcripts_are_not(browser: Browser, pages: dict[str, Path]) -> None:
    """The last table of Details takes room there; the first call does not."""
    page, _ = shown(browser, pages["demo"])
    table, call = "#details .block:last-of-type table", "#calls .call table"
    seen = "all => all[0].checkVisibility({contentVisibilityAuto: true}) && all[0].getBoundingClientRect().height > 0"
    assert [page.locator(one).evaluate_all(seen) for one in (table, call)] == [False, False]
    page.emulate_media(media="print")
    assert [page.locator(one).evaluate_all(seen) for one in (table, call)] == [True, False]


def test_the_first_screen_answers(browser: Browser, pages: dict[str, Path]) -> None:
    """Verdict, how sure, what changed, calls to hear and what to do begin above the fold of a small laptop."""
    page, _ = shown(browser, pages["missed"])
    for heading in ("Good enough?", "How sure?", "What changed?", "Which calls to listen to?", "What to do?"):
        box = page.get_by_role("heading", name=heading).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < 800, heading
    assert page.get_by_text("NOT GOOD ENOUGH").first.is_visible()


def test_a_link_to_a_call_opens_it_without_a_script(browser: Browser, pages: dict[str, Path]) -> None:
    """By keyboard alone: the first call to hear; its transcript is closed before and open after."""
    page, _ = shown(browser, pages["missed"])
    link = page.locator("section.listen a").first
    turns = page.locator(f"{link.get_attribute('href')} ol.turns li")
    assert not turns.first.is_visible()
    link.focus()
    page.keyboard.press("Enter")
    expect(turns.first).to_be_visible()


def test_it_prints_without_transcripts_on_a_few_sheets(browser: Browser, pages: dict[str, Path]) -> None:
    """A4, with closed transcripts: no more than 30 sheets, and the first holds the verdict."""
    page, _ = shown(browser, pages["demo"])
    assert page.pdf(format="A4").count(b"/Type /Page\n") <= 30


def test_naughty_strings_are_text_to_a_browser_too(browser: Browser, tmp_path: Path) -> None:
    """Every one as the words of a turn: no script, no event attribute, and what is parsed is what was said."""
    texts = [text for text in naughty() if len(text) <= MOST_TEXT]
    result = BASE.results[0]
    turns = tuple(a_turn("caller", text, index=number) for number, text in enumerate(texts))
    call = result.call.model_copy(update={"turns": turns})
    path = tmp_path / "naughty.html"
    path.write_bytes(write_page(BASE.model_copy(update={"results": (result.model_copy(update={"call": call}),)})))
    page, asked = shown(browser, path)
    page.evaluate(OPEN_ALL)
    assert page.evaluate("document.scripts.length + document.images.length") == 0
    names = set(page.evaluate("[...document.querySelectorAll('*')].flatMap(one => one.getAttributeNames())"))
    assert not [name for name in names if name.startswith("on")]
    said = page.locator("ol.turns li > p:nth-child(2)").evaluate_all("all => all.map(one => one.textContent)")
    assert said == [visible(text, keep=KEPT) for text in texts]
    assert len(asked) == 1
