"""Measured figures for the tests of reports."""

from __future__ import annotations

from evalharness.models.finding import Finding
from evalharness.models.measured import Logged, Meaning, MeasuredFigure, MeasuredGroup, MeasuredPlace, Spread
from tests.report.weeks import CONTROL, FORMULA

AIR = Finding(measure="dead_air", turns=(2, 3), value=9.0, state="late", note="nobody spoke")
WHOLE = Finding(measure="dead_air")


def a_meaning(figure="dead_air", **fields):
    """A bad thing that is counted, unless fields say otherwise."""
    ordinary = {"figure": figure, "unit": "count", "words": "nobody speaks for 3 s or more"}
    return Meaning(**{**ordinary, **fields})


def a_spread(**fields):
    """Found in 17 of 142 calls, all of which have the figure: 12 %."""
    ordinary = {"n": 142, "of": 142, "hits": 17, "share": 17 / 142, "mean": 0.25, "low": 0.0, "median": 0.0, "high": 6.0}
    return Spread(**{**ordinary, **fields})


def a_figure(meaning=None, week=None, **fields):
    """A figure of the week without anything beside it."""
    return MeasuredFigure(meaning=meaning or a_meaning(), week=week or a_spread(), **fields)


def a_part(**fields):
    """The cost, on 80 % of calls, usually on 95 %."""
    weeks = ("2026-W43", "2026-W44", "2026-W45", "2026-W46")
    ordinary = {"part": "cost", "has": 80, "of": 100, "share": 0.8, "usual": 0.95, "weeks": weeks, "dropped": True}
    return Logged(**{**ordinary, **fields})


def some_figures():
    """Dead air with all there is to say, a talk ratio, and a figure no call had data for."""
    group = MeasuredGroup(by="version", name=FORMULA, spread=a_spread(n=40, of=40, hits=10, share=0.25))
    hour = MeasuredGroup(by="hour", name="23", spread=a_spread(n=12, of=12, hits=3, share=0.25))
    places = (
        MeasuredPlace(source="demo", call_id="call-005-9f3a", position=5, finding=AIR),
        MeasuredPlace(source="demo", call_id=f"far {CONTROL}", finding=WHOLE),
    )
    air = a_figure(
        before=a_spread(share=0.08), groups=(group, hour), small={"version": 7}, states={"": 3, "late": 2}, places=places
    )
    ratio = a_figure(
        a_meaning("talk_ratio", unit="share", words="the agent's share", bad=False), a_spread(share=None, median=0.6)
    )
    empty = a_figure(a_meaning("loops", words="says the same again"), Spread(of=142))
    return (air, ratio, empty)
