"""Where an accumulated rate begins."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from evalharness.aggregate.epoch import Epoch, epoch, newest_version
from evalharness.aggregate.inputs import PastWeek
from evalharness.models.call import Change
from evalharness.models.rubric import Rubric
from tests.aggregate.pasts import a_change, a_past, midnight
from tests.builders import a_rubric, rubric_form

UTC = ZoneInfo("UTC")
WEEKS = ("2026-W40", "2026-W41", "2026-W42")
RATES = ("resolution_rate", "clear_failure_rate", "share_4_5.correctness")


def weeks(**last: object) -> list[PastWeek]:
    """Three drawn weeks, of which the last two may differ from the first."""
    return [a_past(week=WEEKS[0]), *(a_past(week=week, **last) for week in WEEKS[1:])]


def other_question(criterion: str) -> Rubric:
    """The small rubric with another wording of one question, or another clear-failure check."""
    form = rubric_form()
    if criterion == "checks":
        form["checks"][0]["question"] = "Was something wrong said, of any weight?"
    else:
        form["sections"][0]["criteria"][0]["question"] = "Was it right in every detail?"
    return Rubric.model_validate(form)


@pytest.mark.parametrize("rate", RATES)
def test_without_a_change_it_begins_with_the_first_week(rate: str) -> None:
    """Three weeks that mean the same: from 2026-W40 on."""
    assert epoch(rate, weeks(), [], UTC) == Epoch("2026-W40", None, "the first week")


def test_a_changed_criterion_starts_its_own_rate_and_no_other() -> None:
    """Another question for correctness in W41: its share begins there, resolution does not."""
    changed = weeks(rubric=other_question("correctness"))

    assert epoch("share_4_5.correctness", changed, [], UTC) == Epoch("2026-W41", None, "the criterion correctness changed")
    assert epoch("resolution_rate", changed, [], UTC).week == "2026-W40"


def test_a_changed_check_starts_the_clear_failures() -> None:
    """The rate rests on every check of the list."""
    begun = epoch("clear_failure_rate", weeks(rubric=other_question("checks")), [], UTC)

    assert begun.week == "2026-W41"
    assert begun.why == f"the criterion {a_rubric().checks[0].id} changed"


@pytest.mark.parametrize("kind", ["break", "version"])
def test_a_note_that_was_taken_back_starts_nothing(kind: str) -> None:
    """v1.1 in W40 stands, what was noted in W41 is withdrawn: the rate goes on from v1.1."""
    stands, slip = a_change(hours=5), a_change("v3", "2026-W41", kind, hours=3).model_copy(update={"withdrawn": "a slip"})

    assert epoch("resolution_rate", weeks(), [stands, slip], UTC).why == "declared version: v1.1"
    version = newest_version(weeks(), [stands, slip], UTC)
    assert version is not None
    assert version.why == "declared version: v1.1"


def test_another_scope_starts_every_rate() -> None:
    """Other calls: nothing is joined."""
    assert {epoch(rate, weeks(scope="intent == booking"), [], UTC).week for rate in RATES} == {"2026-W41"}


def test_a_meaning_that_came_back_does_not_join_what_lies_before_the_other_one() -> None:
    """W40 as now, W41 another question, W42 as W40: only W42 counts."""
    history = [a_past(week=WEEKS[0]), a_past(week=WEEKS[1], rubric=other_question("correctness")), a_past(week=WEEKS[2])]

    assert epoch("share_4_5.correctness", history, [], UTC).week == "2026-W42"


@pytest.mark.parametrize("rate", RATES)
def test_a_declared_break_starts_every_rate_at_its_instant(rate: str) -> None:
    """A break 30 hours into W41: calls before that instant no longer count."""
    change = a_change("another line of business", "2026-W41", "break", hours=30)
    begun = Epoch("2026-W41", midnight("2026-W41") + timedelta(hours=30), "declared break: another line of business")

    assert epoch(rate, weeks(), [change], UTC) == begun


@pytest.mark.parametrize(
    ("labels", "rate", "begins"),
    [
        (("v1.0", "v1.1"), "resolution_rate", "2026-W42"),
        (("v1.0", "v1.1"), "clear_failure_rate", "2026-W40"),  # the same leading number
        (("v1.0", "v2.0: new model"), "clear_failure_rate", "2026-W42"),  # 1 -> 2
        (("v1.0", "the new prompt"), "clear_failure_rate", "2026-W42"),  # no number to tell it is minor
        (("release 10.2", "release 10.3"), "clear_failure_rate", "2026-W40"),
    ],
)
def test_clear_failures_go_on_across_minor_versions(labels: tuple[str, str], rate: str, begins: str) -> None:
    """Versions declared at the start of W39 and in W42; the first one ever has nothing to differ from."""
    changes = [a_change(labels[0], "2026-W39"), a_change(labels[1], "2026-W42", hours=1)]

    assert epoch(rate, weeks(), changes, UTC).week == begins


@pytest.mark.parametrize("rate", RATES)
def test_a_break_within_the_first_week_leaves_its_earlier_calls_behind(rate: str) -> None:
    """30 hours into W40, the first week there is: from that instant on, not from the week's beginning."""
    found = epoch(rate, weeks(), [a_change("opened", "2026-W40", "break", hours=30)], UTC)

    assert (found.week, found.start) == ("2026-W40", midnight("2026-W40") + timedelta(hours=30))


def test_the_first_version_ever_declared_does_not_start_the_clear_failures() -> None:
    """Before it nobody said which one was live: nothing says that it is a major one. Resolution begins with it."""
    changes = [a_change("v3.0", "2026-W41", hours=1)]

    assert [epoch(rate, weeks(), changes, UTC).week for rate in RATES[:2]] == ["2026-W41", "2026-W40"]


def test_a_new_prompt_or_an_outage_is_no_break() -> None:
    """Only what was declared as a version or as a break."""
    changes = [a_change("prompt 7", "2026-W41", "prompt"), a_change("outage", "2026-W42", "outage")]

    assert epoch("resolution_rate", weeks(), changes, UTC).week == "2026-W40"


def test_what_happens_after_the_week_is_not_known_in_it() -> None:
    """A version declared in W43 changes nothing in the card of W42."""
    assert epoch("resolution_rate", weeks(), [a_change("v3", "2026-W43")], UTC).week == "2026-W40"


def test_the_later_of_a_changed_question_and_a_version_counts() -> None:
    """Question changed with W41, version in W40: W41. Version in W42: that instant."""
    changed = weeks(rubric=other_question("correctness"))

    assert epoch("share_4_5.correctness", changed, [a_change("v2", "2026-W40", hours=5)], UTC).start is None
    assert epoch("share_4_5.correctness", changed, [a_change("v2", "2026-W42", hours=5)], UTC).week == "2026-W42"


@pytest.mark.parametrize(
    ("changes", "week"),
    [
        ([], None),
        ([a_change("v1", "2026-W39")], None),
        ([a_change("v1", "2026-W39"), a_change("v1.1", "2026-W41", hours=3), a_change("note", "2026-W42", "other")], "2026-W41"),
    ],
)
def test_the_newest_version_is_the_last_declared_one_within_the_weeks(changes: list[Change], week: str | None) -> None:
    """Beside the clear failures stands the rate since the newest version, where one was declared."""
    found = newest_version(weeks(), changes, UTC)

    assert (found and found.week) == week
