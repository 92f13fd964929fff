"""A signed week against the same week as computed now."""

from __future__ import annotations

from evalharness.aggregate.signed import beside, changed, figures
from evalharness.aggregate.summary import summarise
from evalharness.models.act import SignedSince, SignOff
from evalharness.models.summary import WeekSummary
from tests.aggregate.building import BAR, a_week
from tests.builders import MONDAY, WEEK, some_thresholds


def a_summary(graded: int, *, bar: int = 8) -> WeekSummary:
    """20 of 200 calls drawn, of which Anna graded so many, all resolved; the first checks of the default bar."""
    return summarise(a_week(graded=graded, thresholds=some_thresholds(*BAR[:bar])))


def signed(summary: WeekSummary) -> SignOff:
    """The week signed as it is."""
    return SignOff(
        week=WEEK,
        by="Anna Keller",
        decision="keep",
        at=MONDAY,
        verdict=summary.verdict,
        sample_digest="s",
        summary_digest="d",
        figures=figures(summary),
    )


def test_figures_are_the_checks_with_value_n_and_verdict() -> None:
    """10 of 200 calls read, all resolved: 100 % of 10, which proves at least 60 %."""
    resolution = figures(a_summary(10))[0]
    assert (resolution.check, resolution.value, resolution.n, resolution.of) == ("resolution_rate", 1.0, 10, 200)
    assert len(figures(a_summary(10))) == 8


def test_nothing_changed() -> None:
    """The same week computed again."""
    assert changed(signed(a_summary(10)), a_summary(10)) == ()


def test_a_later_grade_changes_only_what_it_stands_in() -> None:
    """An eleventh call graded: n of the judged rates and of the review is 11; latency and cost are what they were."""
    found = changed(signed(a_summary(10)), a_summary(11))
    assert [one.check for one in found] == [
        "resolution_rate", "clear_failure_rate", "owner_reviewed_calls", "share_4_5.correctness",
    ]  # fmt: skip
    assert [(one.signed.n, one.now.n) for one in found if one.signed and one.now] == [(10, 11)] * 4


def test_where_only_the_rate_since_an_earlier_week_differs_that_is_said() -> None:
    """A break noted later within the week: of 10 calls since W47 six count now, the week itself is as signed."""
    now = a_summary(10)
    then = signed(now)
    known = SignedSince(week=WEEK, hits=10, n=10, verdict="not_proven")
    figure = then.figures[0]
    as_now, before = figure.since, figure.model_copy(update={"since": known})
    other = then.model_copy(update={"figures": (before, *then.figures[1:])})
    assert as_now != known
    assert (changed(other, now), beside(other, now)) == ((), ("resolution_rate",))
    assert beside(then, now) == ()
    old = then.model_copy(update={"figures": (figure.model_copy(update={"since": None}),)})
    assert beside(old, now) == ()
    assert beside(other, a_summary(11)) == ()  # the figure itself differs: it is among the changed ones


def test_a_check_that_came_or_went_is_named() -> None:
    """Signed with seven checks, now eight; and the other way round."""
    (came,) = changed(signed(a_summary(10, bar=7)), a_summary(10))
    (gone,) = changed(signed(a_summary(10)), a_summary(10, bar=7))
    assert (came.check, came.signed, gone.now) == ("share_4_5.correctness", None, None)
    assert gone.signed == came.now


def test_an_unfinished_review_is_missed_once_signed() -> None:
    """10 of 20 calls reviewed: not measured while it can still be done, missed after the sign-off; nothing is due then."""
    bar = some_thresholds(BAR[6])
    open_week = summarise(a_week(graded=10, thresholds=bar))
    closed = summarise(a_week(graded=10, thresholds=bar, signed=True))
    assert [check.verdict for check in (*open_week.checks, *closed.checks)] == ["not_measured", "missed"]
    assert closed.next_steps == ()
    assert summarise(a_week()).next_steps == (f"the owner signs the week off: evalharness sign-off --week {WEEK}",)
