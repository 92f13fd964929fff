"""The tails that are known by name: what each takes, and that a call is in one stratum only."""

from __future__ import annotations

from pathlib import Path

import pytest

from evalharness.models.rule import matches, parse_rule
from evalharness.models.sample import Design, Stratum, StratumSize
from evalharness.models.tail import TAILS
from tests.builders import WEEK, call_facts

IN_NONE = {"duration_s": 90.0, "turns": 6, "outcome": "resolved", "handed_off": False, "status": "completed"}
IN_NONE |= {"error_count": 0, "p99_ms": 700.0, "csat": 5.0, "hour": 12}


def tails_of(**facts: object) -> list[str]:
    """Every tail an ordinary call with these facts would be in."""
    found = call_facts(**{**IN_NONE, **facts}).fields()
    return [name for name, rule in TAILS.items() if matches(parse_rule(rule), found)]


@pytest.mark.parametrize(
    ("facts", "tails"),
    [
        ({}, []),
        ({"duration_s": 600.0}, ["long"]),
        ({"duration_s": 599.0, "turns": 39}, []),
        ({"duration_s": None, "turns": 40}, ["long"]),
        ({"duration_s": None}, []),
        ({"outcome": "transferred"}, ["transferred"]),
        ({"outcome": "follow_up"}, ["transferred"]),
        ({"handed_off": True}, ["transferred"]),
        ({"status": "error"}, ["error"]),
        ({"status": None, "error_count": 1}, ["error"]),
        ({"p99_ms": 1500.0}, ["slow"]),
        ({"p99_ms": 1499.0}, []),
        ({"p99_ms": None}, []),
        ({"csat": 2.0}, ["low_csat"]),
        ({"csat": 3.0}, []),
        ({"csat": None}, []),
        ({"hour": 6}, ["night"]),
        ({"hour": 7}, []),
        ({"hour": 20}, []),
        ({"hour": 21}, ["night"]),
        ({"hour": 23, "csat": 1.0, "turns": 44}, ["long", "low_csat", "night"]),
    ],
)
def test_the_edges_of_each_tail(facts, tails):
    assert tails_of(**facts) == tails


def test_the_first_tail_that_matches_takes_the_call(tmp_path):
    """A long call at night, with both tails in either order, on the engine."""
    from tests.builders import MONDAY, a_call
    from tests.store.logs import a_log

    turns = [("caller", "Hi.")] * 40
    with a_log(
        tmp_path, [a_call(turns, id="long", started_at=MONDAY), a_call(turns, id="both", started_at=MONDAY.replace(hour=22))]
    ) as log:
        for names, sizes in ((("long", "night"), [2, 0, 0]), (("night", "long"), [1, 1, 0])):
            strata = (*(Stratum(name=name, when=TAILS[name], share=0.1) for name in names), Stratum(name="core"))
            counted = log.stratum_counts(WEEK, strata)
            assert list(counted.values()) == sizes
            taken = tuple(StratumSize(stratum=s, population=N, drawn=N, judged=N) for s, N in zip(strata, sizes, strict=True))
            drawn = log.draw(Design(week=WEEK, seed="1", size=2, strata=taken))
            assert sorted(call.call_id for call in drawn) == ["both", "long"]


def test_every_tail_stands_in_the_documentation_with_its_rule():
    page = (Path(__file__).parents[2] / "docs" / "sampling.md").read_text(encoding="utf-8")
    assert all(f"| `{name}` | `{rule}`" in page for name, rule in TAILS.items())
    assert all(f"`{name}`" in (Path(__file__).parents[2] / "docs" / "configuration.md").read_text() for name in TAILS)
