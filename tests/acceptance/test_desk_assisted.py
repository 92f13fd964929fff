"""The assisted lane in a real browser, by keyboard alone: one key confirms, another changes, and nothing acknowledged is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from evalharness.models.grade import Grade, Scored
from evalharness.store.ledger import Ledger
from evalharness.store.records import load_grades, shown
from tests.acceptance.browsing import (
    LOOKS,
    Browser,
    Page,
    Starting,
    a_browser,
    desks,
    enter,
    expect,
    fits,
    go,
    press,
    saved,
)
from tests.acceptance.seen import ANNA, SECRET, WEEK, judged_week
from tests.flows.workspaces import copy_of


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The owner's 35 calls, the first two blind; the LLM has answered all questions of all of them."""
    return judged_week(tmp_path_factory.mktemp("assisted") / "ws", blind_first=2)


@pytest.fixture
def folder(judged: Path, tmp_path: Path) -> Path:
    return copy_of(judged, tmp_path / "ws")


@pytest.fixture
def starting() -> Iterator[Starting]:
    with desks() as begin:
        yield begin


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser() as found:
        yield found


def given(folder: Path) -> dict[tuple[str, str], Grade]:
    """(call, question) -> Anna's grade that stands."""
    with closing(Ledger.open(folder / "ledger.db")) as ledger:
        assert ledger.verify() == []
        return {(one.call_id, one.criterion): one for one in load_grades(ledger, WEEK) if one.grader.name == ANNA}


def told(folder: Path) -> set[str]:
    """The calls of which Anna was shown the LLM's answers."""
    with closing(Ledger.open(folder / "ledger.db")) as ledger:
        return {call for _, call in shown(ledger, WEEK).get(ANNA, ())}


def to_third(page: Page) -> str:
    """On to the first assisted call; its id."""
    assert SECRET not in page.content()
    go(page, "n")
    assert SECRET not in page.content()
    go(page, "n")
    expect(page.locator(".lane")).to_contain_text("in no rate")
    return page.locator("#call-title small").inner_text()


def current(page: Page) -> str:
    return str(page.locator(".question.current").get_attribute("data-key"))


def acknowledged(page: Page) -> dict[str, Any]:
    """Question -> value of every answer that the desk says is kept, as it says so."""
    found: dict[str, Any] = {}

    def keep(response: Any) -> None:
        if response.url.endswith("/save") and response.status == 200:
            sent = response.request.post_data_json
            if sent["do"] in ("answer", "confirm"):
                found[sent["question"]] = sent["value"]

    page.on("response", keep)
    return found


def test_confirmed_and_changed_with_page_and_server_killed(folder: Path, starting: Starting, browser: Browser) -> None:
    """c, Enter and a number on one call; the page is killed, then the server: every acknowledged answer stands, assisted."""
    running = starting(folder)
    page = enter(browser, running.link)
    call = to_third(page)
    assert told(folder) == {call}
    first = current(page)
    expect(page.locator("mark.lit").first).to_be_visible()
    press(page, "c")
    assert current(page) != first
    second = current(page)
    press(page, "Enter")
    third = current(page)
    press(page, "2")
    page.close(run_before_unload=False)
    kept = given(folder)
    values = {place[1]: getattr(one, "value", None) for place, one in kept.items()}
    assert (values[first], values[second], values[third]) == (4, 4, kept[call, third].value)  # type: ignore[union-attr]
    assert {(place[0], one.lane) for place, one in kept.items()} == {(call, "assisted")}
    assert kept[call, first].evidence[0].quote

    page = enter(browser, running.link)
    call_again = to_third(page)
    assert call_again == call
    expect(page.locator(f'.question[data-key="{third}"]')).to_have_class(re.compile("answered"))
    here = current(page)
    press(page, "c")
    running.kill()
    page.keyboard.press("0")
    expect(page.locator("#saved")).to_have_text("not saved, retrying")
    assert (call, here) in given(folder)
    page.close(run_before_unload=False)

    page = enter(browser, starting(folder).link)
    to_third(page)
    with page.expect_response(lambda reply: reply.url.endswith("/save")):
        page.keyboard.press("Shift+C")
    expect(page.locator("#state")).to_have_text("graded")
    saved(page)
    done = given(folder)
    assert {one.lane for one in done.values()} == {"assisted"}
    assert getattr(done[call, third], "value", None) == values[third]
    expect(page.locator("#after")).to_be_focused()
    go(page, "Enter")
    assert told(folder) == {call, page.locator("#call-title small").inner_text()}


def test_confirming_all_with_the_server_killed_in_the_middle(folder: Path, starting: Starting, browser: Browser) -> None:
    """Shift+C sends one change a question: what was acknowledged before the kill stands, and nothing else is said to."""
    running = starting(folder)
    page = enter(browser, running.link)
    call, told_kept = to_third(page), acknowledged(page)
    page.keyboard.press("Shift+C")
    while len(told_kept) < 3:
        page.wait_for_timeout(5)
    running.kill()
    page.wait_for_timeout(300)
    kept = {key: getattr(one, "value", None) for (at, key), one in given(folder).items() if at == call}
    assert told_kept.items() <= kept.items()
    page.close(run_before_unload=False)
    page = enter(browser, starting(folder).link)
    to_third(page)
    for key, value in told_kept.items():
        chosen = page.locator(f'.question[data-key="{key}"] input:checked')
        assert chosen.get_attribute("value") == str(value)


def test_a_confirmed_answer_is_undone(folder: Path, starting: Starting, browser: Browser) -> None:
    """u takes answer and quote back; both revisions are kept; confirmed again it stands."""
    page = enter(browser, starting(folder).link)
    call = to_third(page)
    key = current(page)
    press(page, "c")
    question = page.locator(f'.question[data-key="{key}"]')
    expect(question.locator(".quotes li")).to_have_count(1)
    page.keyboard.press("u")
    expect(question.locator("input:checked")).to_have_count(0)
    expect(question.locator(".quotes li")).to_have_count(0)
    saved(page)
    page.wait_for_timeout(200)
    assert not isinstance(given(folder)[call, key], Scored)
    page.keyboard.press("Shift+Tab")
    press(page, "c")
    assert isinstance(given(folder)[call, key], Scored)


def test_words_selected_around_a_mark_are_the_evidence(folder: Path, starting: Starting, browser: Browser) -> None:
    """The turn is cut into pieces by the mark: a selection that begins before it and ends in it is quoted to the letter."""
    page = enter(browser, starting(folder).link)
    call = to_third(page)
    words = page.evaluate(
        """() => { const said = document.querySelector('.said mark').closest('.said');
        const range = document.createRange(); range.setStart(said.firstChild, 1);
        range.setEnd(said.querySelector('mark').firstChild, 6);
        getSelection().removeAllRanges(); getSelection().addRange(range); return said.textContent.slice(1, 5 + 6); }"""
    )
    key = current(page)
    press(page, "3")
    press(page, "e")
    assert given(folder)[call, key].evidence[0].quote == words


@pytest.mark.parametrize("look", list(LOOKS))
def test_the_assisted_page_fits_and_is_named(folder: Path, starting: Starting, browser: Browser, look: str) -> None:
    """Light, dark and on a phone; a tap confirms there."""
    page = enter(browser, starting(folder).link, **LOOKS[look])
    call = to_third(page)
    fits(page)
    described = str(page.locator(".options").first.get_attribute("aria-describedby")).split()
    assert any(page.locator(f"#{one}").get_by_text("The LLM says").count() for one in described)
    if look == "phone":
        with page.expect_response("**/save"):
            page.locator(".confirm").first.tap()
        saved(page)
        assert [place[0] for place in given(folder)] == [call]
