"""The desk in a real browser, by keyboard alone: nothing that was shown as saved is lost, whatever is killed.

Needs Debian's chromium and Playwright; skipped with a reason where one is missing, except in CI (`CI` is set there).
"""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from evalharness.models.grade import NotApplicable, Scored
from evalharness.store.ledger import Ledger
from evalharness.store.records import load_grades
from tests.acceptance.browsing import (
    LOOKS,
    Browser,
    Page,
    Running,
    Starting,
    a_browser,
    desks,
    enter,
    expect,
    fits,
    go,
    press,
    ready,
    saved,
)
from tests.flows.workspaces import copy_of, make_workspace, run

WEEK, ANNA = "2026-W47", "Anna Keller"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A drawn week, the owner alone."""
    root = make_workspace(tmp_path_factory.mktemp("browser") / "ws", (WEEK,))
    assert run("week", "--workspace", root, "--week", WEEK).returncode == 0
    return root


@pytest.fixture
def folder(drawn: Path, tmp_path: Path) -> Path:
    return copy_of(drawn, tmp_path / "ws")


@pytest.fixture
def starting() -> Iterator[Starting]:
    with desks() as begin:
        yield begin


@pytest.fixture
def desk(folder: Path, starting: Starting) -> Running:
    return starting(folder)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser() as found:
        yield found


KEYS = {"ordinal": "4", "yes_no": "n", "category": "1"}


def grade_call(page: Page) -> dict[str, Any]:
    """Answers every question of the call by key and Tab; question -> what the key stands for."""
    given = {}
    kinds = page.locator(".question").evaluate_all("all => all.map(one => [one.dataset.key, one.dataset.type])")
    for key, kind in kinds:
        expect(page.locator(f'.question[data-key="{key}"]')).to_have_class(re.compile("current"))
        press(page, KEYS[kind])
        given[key] = 4 if kind == "ordinal" else "no" if kind == "yes_no" else None
        page.keyboard.press("Tab")
    expect(page.locator("#state")).to_have_text("graded")
    return given


def kept(folder: Path) -> dict[tuple[str, str], Any]:
    """(call, question) -> the answer that stands in the ledger."""
    with closing(Ledger.open(folder / "ledger.db")) as ledger:
        assert ledger.verify() == []
        grades = [grade for grade in load_grades(ledger, WEEK) if grade.grader.kind == "human"]
    return {(grade.call_id, grade.criterion): getattr(grade, "value", None) for grade in grades}


def call_id(page: Page) -> str:
    return page.locator("#call-title small").inner_text()


def test_ten_calls_by_keyboard_with_page_and_server_killed(folder: Path, starting: Starting, browser: Browser) -> None:
    """Ten calls; the page is killed within the fourth, the server within the seventh: all that was acknowledged stands."""
    running, said = starting(folder), {}
    page = enter(browser, running.link)
    for number in range(1, 11):
        if number == 4:
            press(page, "5")
            said[call_id(page), "correctness"] = 5
            page.close()
            page = enter(browser, running.link)
        if number == 7:
            press(page, "5")
            said[call_id(page), "correctness"] = 5
            running.kill()
            page.keyboard.press("3")
            expect(page.locator("#saved")).to_have_text("not saved, retrying")
            assert kept(folder)[call_id(page), "correctness"] == 5
            page.close(run_before_unload=False)
            running = starting(folder)
            page = enter(browser, running.link)
        if number in (4, 7):  # one goes on at the first open question of the call that was left
            expect(page.locator('.question[data-key="tone"]')).to_have_class(re.compile("current"))
            page.keyboard.press("Shift+Tab")
        here = call_id(page)
        said |= {(here, key): value for key, value in grade_call(page).items()}
        assert said.items() <= {**kept(folder), **{place: None for place, value in said.items() if value is None}}.items()
        go(page, "n")
    running.kill()
    assert len({call for call, _ in kept(folder)}) == 10
    with closing(Ledger.open(folder / "ledger.db")) as ledger:
        grades = [grade for grade in load_grades(ledger, WEEK) if grade.grader.name == ANNA]
    assert all(isinstance(grade, Scored | NotApplicable) and grade.lane == "blind" for grade in grades)
    assert sum(grade.seconds or 0 for grade in grades) > 0


def test_a_server_that_comes_back_is_told_what_waited(desk: Running, folder: Path, browser: Browser) -> None:
    """Stopped, not killed: the page says so, tries again by itself, and the answer is kept once."""
    page = enter(browser, desk.link)
    desk.process.send_signal(signal.SIGSTOP)
    page.keyboard.press("2")
    expect(page.locator("#saved")).to_have_text("saving …")
    desk.process.send_signal(signal.SIGCONT)
    saved(page)
    assert kept(folder) == {(call_id(page), "correctness"): 2}


def test_every_key_does_what_the_help_says(desk: Running, folder: Path, browser: Browser) -> None:
    """N/A, undo, turns, evidence, note, heard, wrong, skip, search, help, calls."""
    page = enter(browser, desk.link)
    first = call_id(page)
    press(page, "0")
    press(page, "3")
    press(page, "u")
    assert kept(folder)[first, "correctness"] is None  # N/A again
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator(".turn.current")).to_have_attribute("data-turn", "0")
    press(page, "e")
    expect(page.locator(".quotes").first).to_contain_text("turn 0:")
    page.keyboard.press("m")
    with page.expect_response("**/save"):
        page.keyboard.type("jj n 5")
        page.keyboard.press("Escape")
    press(page, "h")
    expect(page.locator("#heard")).to_be_checked()
    press(page, "w")
    expect(page.locator("#state")).to_have_text("graded")
    press(page, "u")
    expect(page.locator("#wrong")).not_to_be_checked()
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#help")).not_to_be_visible()
    go(page, "n")
    page.keyboard.press("x")
    page.keyboard.type("cut off at the start")
    press(page, "Enter")
    expect(page.locator("#state")).to_have_text("skipped")
    page.keyboard.press("Escape")
    go(page, "p")
    expect(page.locator("#call-title small")).to_have_text(first)
    expect(page.locator("#note")).to_have_value("jj n 5")
    page.keyboard.press("/")
    page.keyboard.type("appointment")
    page.keyboard.press("Enter")
    page.wait_for_url("**/queue?q=appointment")


def test_the_list_is_used_by_keyboard(desk: Running, browser: Browser) -> None:
    """One answer and `n`: the next page says what is left. In the list: help, j, k, Enter, and d to what is to be decided."""
    page = enter(browser, desk.link)
    asked = page.locator(".question").count()
    press(page, "4")
    go(page, "n")
    expect(page.locator("#left")).to_have_text(f"Call 1 is left with {asked - 1} questions open.")
    page.goto(page.url.split("/call/")[0] + "/queue")
    expect(page.locator("main")).to_have_attribute("data-ready", "yes")
    expect(page.locator("#left")).to_be_hidden()
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("Escape")
    for key, place in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        expect(page.locator(".card").nth(place)).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.keyboard.press("Enter")
    page.wait_for_url("**/call/*")
    ready(page)
    expect(page.locator("#call-title")).to_contain_text("Call 2")
    page.goto(page.url.split("/call/")[0] + "/queue")
    expect(page.locator("main")).to_have_attribute("data-ready", "yes")
    page.keyboard.press("d")
    page.wait_for_url("**/decide")


def test_a_key_pressed_too_early_answers_nothing(desk: Running, folder: Path, browser: Browser) -> None:
    """ "n" and "5" in one breath: the 5 was meant for the next call and never answers the one that is left."""
    page = enter(browser, desk.link)
    first, url = call_id(page), page.url
    page.evaluate(
        """() => { for (const key of ['n', '5', 'y'])
        document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })); }"""
    )
    page.wait_for_url(lambda found: found != url)
    ready(page)
    press(page, "4")
    assert kept(folder) == {(call_id(page), "correctness"): 4}
    assert call_id(page) != first


def test_words_selected_in_a_turn_are_the_evidence(desk: Running, browser: Browser) -> None:
    """Exactly the selected letters, with the turn they stand in."""
    page = enter(browser, desk.link)
    page.evaluate(
        """() => { const text = document.querySelector('#turn-1 .said').firstChild;
        const range = document.createRange(); range.setStart(text, 2); range.setEnd(text, 9);
        getSelection().removeAllRanges(); getSelection().addRange(range); }"""
    )
    words = page.locator("#turn-1 .said").inner_text()[2:9]
    press(page, "e")
    expect(page.locator(".quotes q").first).to_have_text(words)


@pytest.mark.parametrize("look", list(LOOKS))
def test_the_page_fits_and_is_named(desk: Running, browser: Browser, look: str) -> None:
    """No sideways scrolling, every control has a name, nothing is asked of anywhere else, nothing moves."""
    page = enter(browser, desk.link, **LOOKS[look])
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    fits(page)
    assert {url.split("/")[2] for url in asked} == {desk.link.split("/")[2]}


def test_on_a_phone_a_touch_answers(desk: Running, folder: Path, browser: Browser) -> None:
    """A tap on an answer is kept like a key."""
    page = enter(browser, desk.link, viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    with page.expect_response("**/save"):
        page.locator(".question").first.locator(".option").nth(1).tap()
    saved(page)
    assert kept(folder) == {(call_id(page), "correctness"): 4}


def test_a_script_in_a_transcript_is_words(tmp_path: Path, starting: Starting, browser: Browser) -> None:
    """A caller who says markup, with a path as the id of the call: it is read, and nothing runs."""
    root = make_workspace(tmp_path / "ws", (WEEK,))
    calls = root / "inbox" / f"{WEEK}.jsonl"
    text = calls.read_text()
    marked = re.sub(r'("text": ?")', r"\1<script>document.title='run'</script><img src=x onerror=document.title='run'>", text)
    calls.write_text(re.sub(r'("id": ?")(fd-)', r"\1../../\2", marked))
    assert run("week", "--workspace", root, "--week", WEEK).returncode == 0
    page = enter(browser, starting(root).link)
    expect(page.locator(".said").first).to_contain_text("<script>document.title='run'</script>")
    assert call_id(page).startswith("../../fd-")
    assert page.title() != "run"
    assert page.locator(".turns img, .turns script").count() == 0
