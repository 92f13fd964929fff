"""report.html as a whole: what it holds, that every way within it leads somewhere, and that nothing in it can act."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from evalharness.models.measured import MeasuredGroup
from evalharness.models.summary import WeekSummary
from evalharness.report.page import house, page
from evalharness.report.page.page import MOST_BYTES, write_page
from tests.report.measured import a_spread, some_figures
from tests.report.page.read import everything, page_of, read
from tests.report.weeks import HOSTILE, a_week_summary

ACTING = ("script", "link", "img", "iframe", "object", "embed", "form", "base", "audio", "video", "use", "image")
"""Elements that run, load or send anything."""


@pytest.fixture(scope="module", params=["everything", "plain", "hostile", "no sample"])
def week(request: pytest.FixtureRequest) -> WeekSummary:
    """Weeks of several kinds."""
    return {
        "everything": everything,
        "plain": a_week_summary,
        "hostile": lambda: a_week_summary(hostile=True),
        "no sample": lambda: a_week_summary(design=None, results=(), graders=(), to_hear=(), checks=(), escalation=None),
    }[request.param]()


def test_every_link_leads_to_a_place_in_the_page(week: WeekSummary) -> None:
    """Each #name is the id of exactly one element, and no id stands twice."""
    found = page_of(week)
    ids = [one.attributes["id"] for one in found.elements if "id" in one.attributes]
    assert len(ids) == len(set(ids))
    places = [one.attributes["href"] or "" for one in found.named("a")]
    assert {place[1:] for place in places if place.startswith("#")} <= set(ids)
    assert all(place.startswith("#") for place in places)  # no call of these has a recording
    named = [one.attributes["aria-labelledby"] for one in found.elements if "aria-labelledby" in one.attributes]
    assert set(named) <= set(ids)


def test_nothing_in_it_runs_or_loads(week: WeekSummary) -> None:
    """No element that runs or loads anything, no event attribute, no inline style, and a policy that forbids all of it."""
    found = page_of(week)
    assert found.named(*ACTING) == []
    names = {name for one in found.elements for name in one.attributes}
    assert not [name for name in names if name.startswith("on") or name in ("style", "src", "srcset", "xlink:href", "action")]
    policy = next(one for one in found.named("meta") if one.attributes.get("http-equiv") == "Content-Security-Policy")
    assert (policy.attributes["content"] or "").startswith("default-src 'none'; style-src 'sha256-")


def test_the_policy_names_the_style_that_stands_in_the_page() -> None:
    """The digest is that of the bytes between the style tags, or no browser would use them."""
    found = re.search(rb"<style>(.*?)</style>", write_page(a_week_summary()), re.DOTALL)
    assert found is not None
    assert found[1].decode() == house.style()


def test_every_table_has_a_caption_and_heads_with_a_scope(week: WeekSummary) -> None:
    """A caption each; every th says whether it heads a row or a column."""
    found = page_of(week)
    assert len(found.named("table")) == len(found.named("caption"))
    assert {one.attributes.get("scope") for one in found.named("th")} <= {"row", "col"}
    assert [one.attributes.get("lang") for one in found.named("html")] == ["en"]


def test_headings_go_down_one_level_at_a_time(week: WeekSummary) -> None:
    """One h1; no h3 before an h2."""
    levels = [int(one.name[1]) for one in page_of(week).named("h1", "h2", "h3", "h4")]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_hostile_text_stands_in_it_as_text() -> None:
    """What callers say is there letter by letter where it cannot act; what acts or hides is shown by its number."""
    text = "".join(page_of(a_week_summary(hostile=True)).texts)
    for said in HOSTILE:
        assert str(house.exact(said).unescape()) in text
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_the_same_summary_gives_the_same_bytes() -> None:
    """Nothing of the clock, of the order of sets, of the machine."""
    assert write_page(everything()) == write_page(everything())


def test_a_page_too_large_leaves_out_transcripts_and_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 35 calls those to hear stay longest (5, 3, 2 of the made week); the page names the others and stays under the limit."""
    summary = a_week_summary()
    whole = write_page(summary)
    bare = len(write_page(summary.model_copy(update={"results": tuple(_silent(one) for one in summary.results)})))
    limit = bare + page._SENTENCES + 12_000
    monkeypatch.setattr(page, "MOST_BYTES", limit)
    small = write_page(summary)
    assert len(whole) > limit > len(small)
    found = read(small)
    assert "calls are left out, so that the page stays under" in found.text
    shown = {one.attributes["aria-label"] for one in found.named("ol") if "aria-label" in one.attributes}
    assert {"Transcript of call 5", "Transcript of call 3", "Transcript of call 2"} <= shown
    left = re.search(r"left out, so that the page stays under \d+ kB: ([#\d, ]+)\.", found.text)
    assert left is not None
    assert len(left[1].split(", ")) + len(shown) == 35


def _silent(result):
    return result.model_copy(update={"call": result.call.model_copy(update={"turns": ()})})


def test_a_week_of_50_calls_of_20_turns_stays_under_300_kb() -> None:
    """Graded by two people with a reason under every second criterion; with all its transcripts, and room for a week's notes."""
    page = write_page(a_week_summary(calls=50, turns=20))
    assert len(page) < MOST_BYTES - 5_000
    assert page.count(b'aria-label="Transcript of call') == 50


def test_the_folded_rows_of_long_tables_go_before_any_transcript(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page a little too large keeps its 35 transcripts and says how many rows stand in the workbook alone."""
    groups = tuple(a_group(name=f"v{number}") for number in range(60))
    figure = some_figures()[0].model_copy(update={"groups": groups})
    summary = a_week_summary(measured=(figure,))
    limit = len(write_page(summary)) - 1_000
    monkeypatch.setattr(page, "MOST_BYTES", limit)
    found = page_of(summary)
    assert "48 more rows left out here, so that the page stays small: workbook." in found.text  # 60 - 12
    assert "calls are left out" not in found.text


def a_group(**fields):
    """A version's calls."""
    return MeasuredGroup(by="version", spread=a_spread(n=40, of=40, hits=10, share=0.25), **fields)


def test_no_page_is_larger_however_much_its_calls_are_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Links to the turns of a transcript are counted with it: at any limit above the bare page the page stays below it."""
    summary = a_week_summary()
    whole = len(write_page(summary))
    for limit in range(whole - 60_000, whole, 7_000):
        monkeypatch.setattr(page, "MOST_BYTES", limit)
        assert len(write_page(summary)) <= limit
