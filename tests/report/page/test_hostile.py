"""Whatever a caller, a log or a grader says stands in the page as text: nothing of it becomes an element or an attribute."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalharness.models.grade import Evidence
from evalharness.models.summary import WeekSummary
from evalharness.report.page import house
from evalharness.report.page.index import IndexedWeek, of_record, record_of, write_index
from evalharness.report.page.page import write_page
from evalharness.report.text import visible
from tests.builders import a_grade, a_turn
from tests.report.page.read import Read, read
from tests.report.page.test_page import ACTING
from tests.report.weeks import HOSTILE, WEEK, a_week_summary

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
TRICKS = (
    '"><script>alert(1)</script>', "' onmouseover=alert(1) x='", "</style><script>alert(1)</script>",
    "</title><svg onload=alert(1)>", "javascript:alert(1)", "<img src=x onerror=alert(1)>", "&lt;script&gt;&#13;&amp;",
    "</p></li></td>  kept", "a\r\nb\rc\n d ", "\n", "]]><!--", "{{ 7 * 7 }}{% raw %}", "\x00\x0b\x1b[31m", "\u202egnp.exe",
    "\U000e0041", "\ufffe\uffff", "<", "&", "'", '"',
)  # fmt: skip
BASE = a_week_summary(turns=2)


def naughty() -> list[str]:
    """The tricks above, the made week's hostile texts, and the public list where it is at hand."""
    path = DATA / "badinput" / "blns" / "blns.json"
    public = [text for text in json.loads(path.read_text(encoding="utf-8")) if text] if path.is_file() else []
    return [*TRICKS, *HOSTILE, *public]


def saying(text: str) -> WeekSummary:
    """A small week in which everything that comes from outside is this text, as far as its field takes it."""
    name = text.strip("\x00")[:200].strip() or "x"
    first = BASE.results[0]
    turns = (a_turn("caller", text), a_turn("agent", text, index=1))
    call = first.call.model_copy(update={"id": name, "intent": text, "version": text, "turns": turns, "recording_url": text})
    grade = a_grade("no", "confusion", rationale=text, evidence=(Evidence(turn=1, quote=text),))
    result = first.model_copy(update={"call": call, "grades": (grade,), "stratum": name})
    heard = BASE.to_hear[0].model_copy(update={"call_id": name, "reason": text, "position": result.position})
    known = {
        "agent": name,
        "owner": name,
        "success_criteria": text,
        "notices": (text,),
        "next_steps": (text,),
        "intents": {text: 1},
    }
    return BASE.model_copy(update={**known, "results": (result,), "to_hear": (heard,), "versions": {text: 1}})


def is_harmless(found: Read) -> None:
    """No element that acts, no attribute that does, no address but places within the page and plain web addresses."""
    assert found.named(*ACTING) == []
    for one in found.elements:
        for name, value in one.attributes.items():
            assert not name.startswith("on"), (one.name, name)
            assert name not in ("style", "src", "srcset", "action", "formaction", "xlink:href"), (one.name, name)
            if name == "href":
                assert (value or "").startswith(("#", "https://", "http://")), value


def holds(found: Read, text: str) -> bool:
    """Whether the text stands in the page, letter by letter where it cannot act, else with numbers in place of what can."""
    return visible(text, keep=house.KEPT) in "".join(found.texts)


def test_naughty_strings_stand_in_the_page_as_text() -> None:
    """Each as the words of a turn, sixty in a page."""
    texts = naughty()
    for start in range(0, len(texts), 60):
        some = texts[start : start + 60]
        turns = tuple(a_turn("caller", text, index=number) for number, text in enumerate(some))
        result = BASE.results[0].model_copy(update={"call": BASE.results[0].call.model_copy(update={"turns": turns})})
        week = BASE.model_copy(update={"results": (result,)})
        found = read(write_page(week))
        is_harmless(found)
        assert [text for text in some if len(text) < 4000 and not holds(found, text)] == []


@pytest.mark.parametrize("text", TRICKS)
def test_a_trick_does_nothing_wherever_it_stands(text: str) -> None:
    """As name of the agent, id, intent, version, reason, quote, notice, in attributes, too."""
    found = read(write_page(saying(text)))
    is_harmless(found)
    assert holds(found, text)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=80) | st.sampled_from(naughty()[:200]))
def test_any_text_stands_in_the_page_as_text(text: str) -> None:
    """Generated ones, too; the tree of elements is the same whatever is said."""
    found = read(write_page(saying(text)))
    is_harmless(found)
    assert holds(found, text)


@given(st.text())
def test_a_text_written_out_and_parsed_is_the_text_with_what_acts_made_visible(text: str) -> None:
    """In an element and in an attribute alike."""
    safe = visible(text, keep=house.KEPT)
    found = read(f'<p title="{house.exact(text)}">{house.exact(text)}</p>')
    assert "".join(found.texts) == safe
    assert found.elements[0].attributes["title"] == safe


def test_needless_end_tags_go_and_no_text_with_them() -> None:
    """A caller's own "</td>  " is written with references, so it is none."""
    page = f"<td>{house.exact('</td>  kept')}</td>\n<td><mark>a</mark>\n<mark>b</mark></td>"
    assert house.compact(page) == "<td>&lt;/td&gt;  kept<td><mark>a</mark>\n<mark>b</mark>"


def test_the_page_of_all_weeks_takes_no_trick_either() -> None:
    """Names of agent and owner, and addresses of files."""
    for text in TRICKS:
        name = text.strip("\x00").strip() or "x"
        known = of_record(WEEK, {"page": "2026-W47/report.html"}, record_of(BASE), text)
        found = read(write_index(name, name, [IndexedWeek("2026-W46", {}, signed=text), known]))
        assert found.named("script", "img", "iframe") == []
        assert not [name for one in found.elements for name in one.attributes if name.startswith("on")]
        assert holds(found, name)


def test_a_summary_of_hostile_calls_keeps_its_calls() -> None:
    """35 calls, however their ids look: every one has its place."""
    summary = a_week_summary(hostile=True)
    ids = {one.attributes.get("id") for one in read(write_page(summary)).named("div")}
    assert {f"call-{result.position}" for result in summary.results} <= ids
