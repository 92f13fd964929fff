"""Adjudication and confirmation in a real browser, by keyboard alone: nothing that was shown as kept is lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from evalharness.flows.opened import opened
from evalharness.flows.sheets import drawn_sample
from evalharness.models.act import Adjudication, Confirmation
from evalharness.models.grade import Evidence
from evalharness.store.ledger import Ledger
from evalharness.store.records import adjudications, confirmations
from evalharness.workspace.folder import Workspace
from tests.acceptance.browsing import (
    LOOKS,
    Browser,
    Page,
    Starting,
    a_browser,
    desks,
    enter_to_decide,
    expect,
    fits,
    ready,
)
from tests.acceptance.seen import ANNA, BEN, CORA, JUDGE, WEEK, judged_week, say
from tests.flows.workspaces import copy_of


@pytest.fixture(scope="module")
def differing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ben and Cora differ on correctness and on tone of one call; the LLM flags wrong information on another one of Ben's."""
    root = judged_week(tmp_path_factory.mktemp("deciding") / "ws", (ANNA, BEN, CORA), blind_first=20)
    with opened(Workspace.at(root)) as house:
        sample = drawn_sample(house, WEEK)
    asked = {name: set(given) for name, given in sample.design.asked.items()}
    shared, other = min((asked[BEN] & asked[CORA]) - asked[ANNA]), min(asked[BEN] - asked[CORA] - asked[ANNA])
    turn = next(one for one in sample.items[shared - 1].call.turns if one.speaker == "agent")
    quote = (Evidence(turn=turn.index, quote=turn.text[:20]),)
    for criterion in ("correctness", "tone"):
        say(root, BEN, criterion, 5, position=shared, rationale="All as it should be.", evidence=quote)
        say(root, CORA, criterion, 2, position=shared, rationale="It was not.")
    say(root, JUDGE, "wrong_information", "yes", position=other, kind="llm", rationale="A price was promised.", evidence=())
    return root


@pytest.fixture
def folder(differing: Path, tmp_path: Path) -> Path:
    return copy_of(differing, tmp_path / "ws")


@pytest.fixture
def starting() -> Iterator[Starting]:
    with desks() as begin:
        yield begin


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser() as found:
        yield found


def decided(folder: Path) -> list[Adjudication]:
    with closing(Ledger.open(folder / "ledger.db")) as ledger:
        assert ledger.verify() == []
        return list(adjudications(ledger, WEEK).values())


def confirmed(folder: Path) -> list[Confirmation]:
    with closing(Ledger.open(folder / "ledger.db")) as ledger:
        return confirmations(ledger, WEEK)


def open_first(page: Page) -> None:
    """By Tab to the first case and Enter."""
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('a.case')"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/decide/D-*")
    ready(page)


def kept(page: Page) -> None:
    expect(page.locator("#saved")).to_have_attribute("data-state", "saved")
    expect(page.locator("#saved")).to_contain_text("kept ")


def decide(page: Page, key: str, why: str) -> None:
    """An answer by its key, the reason typed, and the word that both are kept."""
    page.keyboard.press(key)
    page.keyboard.press("m")
    page.keyboard.type(why)
    page.keyboard.press("Control+Enter")
    kept(page)


def name_it(page: Page) -> None:
    """A yes by keys: its tag and its cause by the first letters of their names."""
    page.keyboard.press("y")
    page.keyboard.press("t")
    page.keyboard.type("halluc")
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    page.keyboard.type("know")


def test_differences_decided_by_keyboard_with_the_page_killed(folder: Path, starting: Starting, browser: Browser) -> None:
    """Two differences; the page is killed within the second: the first stands, of the second nothing is kept."""
    running = starting(folder)
    page = enter_to_decide(browser, running.link)
    open_first(page)
    page.keyboard.press("v")
    expect(page.locator(".voice.current h3")).to_have_text("2")
    page.keyboard.press("Shift+V")
    expect(page.locator("mark.lit")).to_have_count(1)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#problem")).to_have_text("Choose an answer first.")
    decide(page, "4", "n was stiff, 5 is too much")
    (first,) = decided(folder)
    assert (first.value, first.reason, first.by, first.lane) == (4, "n was stiff, 5 is too much", ANNA, "blind")
    expect(page.locator("#after")).to_be_focused()
    page.keyboard.press("Control+Enter")  # once is enough: what was kept stays shown as kept
    kept(page)
    here = page.url
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != here)
    ready(page)
    page.keyboard.press("2")
    page.keyboard.press("m")
    page.keyboard.type("half of a reason")
    page.close(run_before_unload=False)
    assert decided(folder) == [first]
    page = enter_to_decide(browser, running.link)
    expect(page.locator("a.case")).to_have_count(2)
    open_first(page)
    decide(page, "0", "cannot be told")
    assert [(one.criterion, one.value) for one in decided(folder)] == [("correctness", 4), ("tone", None)]


def test_a_flag_confirmed_by_keyboard_with_the_server_killed(folder: Path, starting: Starting, browser: Browser) -> None:
    """Killed before the answer is sent: the page says that nothing was kept; the next desk asks again and keeps it."""
    running = starting(folder)
    page = enter_to_decide(browser, running.link)
    open_first(page)
    for _ in range(2):
        here = page.url
        page.keyboard.press("Shift+N")
        page.wait_for_url(lambda url, here=here: url != here)
        ready(page)
    expect(page.locator(".asked h2")).to_have_text("Wrong information")
    name_it(page)
    running.kill()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#saved")).to_have_text("not kept")
    expect(page.locator("#problem")).to_contain_text("The desk does not answer")
    assert confirmed(folder) == []
    flagged = page.url.rpartition("/")[2]
    page.close(run_before_unload=False)

    page = enter_to_decide(browser, starting(folder).link)
    page.goto(page.url + "/" + flagged)
    ready(page)
    page.keyboard.press("y")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#problem")).to_have_text("Name the kind of error.")
    expect(page.locator("#tag")).to_be_focused()
    page.keyboard.press("Escape")
    name_it(page)
    page.keyboard.press("Control+Enter")
    kept(page)
    (found,) = confirmed(folder)
    assert (found.answer, found.tag, found.cause, found.by) == ("yes", "hallucination", "knowledge", ANNA)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("2 wait for your decision")


def test_a_server_that_is_killed_after_the_commit_has_kept_it(folder: Path, starting: Starting, browser: Browser) -> None:
    """Killed the moment the page says "kept": the next desk knows."""
    running = starting(folder)
    page = enter_to_decide(browser, running.link)
    open_first(page)
    decide(page, "3", "in between")
    running.kill()
    assert [one.reason for one in decided(folder)] == ["in between"]
    page.close(run_before_unload=False)
    page = enter_to_decide(browser, starting(folder).link)
    expect(page.locator("a.case")).to_have_count(2)


def test_who_graded_there_is_told_nothing(folder: Path, starting: Starting, browser: Browser) -> None:
    """Ben is part of the difference and is still to grade the flagged call: no case, no answer of another's."""
    page = enter_to_decide(browser, starting(folder, "--as", BEN).link)
    expect(page.locator("a.case")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("still to grade yourself")
    assert "It was not." not in page.content()


@pytest.mark.parametrize("look", list(LOOKS))
def test_both_screens_fit_and_are_named(folder: Path, starting: Starting, browser: Browser, look: str) -> None:
    """Light, dark and on a phone: a difference and a flag."""
    page = enter_to_decide(browser, starting(folder).link, **LOOKS[look])
    cases = page.locator("a.case").evaluate_all("all => all.map(one => one.href)")
    for case in (cases[0], cases[-1]):
        page.goto(case)
        ready(page)
        fits(page)
