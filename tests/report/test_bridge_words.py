"""A bridge in words: what moved, by how much, how sure, and what may be compared."""

from __future__ import annotations

from typing import Any

from evalharness.models.bridge import Bridge, BridgedCriterion, Moved
from evalharness.models.improvement import RubricVersion
from evalharness.models.measure import Measure
from evalharness.report.bridge_words import bridge_lines, sentence, sheet_lines, shift_words


def _measure(value: float, low: float, high: float, unit: Any = "levels", n: int = 20) -> Measure:
    return Measure(name="shift", unit=unit, value=value, n=n, of=n, low=low, high=high, basis="ledger")


def _one(**fields: Any) -> BridgedCriterion:
    ordinary = {"criterion": "tone", "type": "ordinal", "kind": "meaning", "calls": 20, "rows": ("3", "4"), "columns": ("3", "4")}
    figures = {"changed": _measure(0.5, 0.27, 0.73, "share"), "shift": _measure(-0.5, -0.74, -0.26)}
    moved = (Moved(week="2026-W47", source="demo", call_id="c1", before="4", after="3"),)
    return BridgedCriterion(**{**ordinary, **figures, "table": ((0, 0), (10, 10)), "moved": moved, **fields})


def _bridge(*criteria: BridgedCriterion, **fields: Any) -> Bridge:
    before, after = (
        RubricVersion(id="r", version=at, sha256="0" * 64, where=where) for at, where in ((1, "2026-W47"), (2, "new.yaml"))
    )
    ordinary = {
        "plan": "b",
        "before": before,
        "after": after,
        "by": "llm",
        "who": ("judge-1",),
        "weeks": ("2026-W46", "2026-W47"),
    }
    return Bridge(**{**ordinary, "calls": 20, "answered": 20, "criteria": criteria or (_one(),), "lines": ("tone",), **fields})


def _text(found: Bridge) -> str:
    """All of it, lines that go on joined."""
    return " ".join(" ".join(bridge_lines(found)).split())


def test_the_whole_bridge() -> None:
    """Head, the changed criterion with share, shift, table and calls, then what may be compared."""
    lines = list(bridge_lines(_bridge()))
    assert lines[:13] == [
        "Bridge from 2026-W47 to new.yaml by the LLM judge-1, asked under both",
        "  20 of 20 calls answered under both; they are from 2 drawn weeks, 2026-W46 to 2026-W47",
        "",
        "tone, another meaning: 20 calls answered under both",
        "  answers that are others: 50 % (27 to 73 %) of 20",
        "  shift, new minus old: -0.5 levels (-0.74 to -0.26), n 20; the new text gives less",
        "  rows: old, columns: new",
        "        3   4",
        "    4  10  10",
        "  moved: c1 (2026-W47) 4 -> 3",
        "",
        lines[11],
        lines[12],
    ]
    assert "".join(lines[11:]).startswith("These lines start anew with the first week drawn under the new rubric: tone.")


def test_an_interval_across_zero_shows_nothing_and_says_so() -> None:
    """None is shown, which is not none."""
    text = _text(_bridge(_one(shift=_measure(0.1, -0.2, 0.4))))
    assert "none is shown, which does not show that there is none" in text


def test_too_few_calls_show_no_shift() -> None:
    """Of the bridge, and of one criterion in it."""
    assert list(bridge_lines(_bridge(answered=19)))[-1].startswith("  Too few: a shift is shown from 20 calls on.")
    text = "\n".join(bridge_lines(_bridge(_one(calls=12, unanswered=8))))
    assert "12 calls answered under both, 8 without an answer under one" in text
    assert "too few for a shift (20 calls)" in text
    assert "%" not in text


def test_what_is_as_it_was_shows_the_noise() -> None:
    """One line for all of them, with n."""
    same = _one(criterion="correctness", kind="same", changed=_measure(0.05, 0.0, 0.25, "share"))
    text = _text(_bridge(_one(), same))
    assert "Asked twice under the same text, answers that are others: correctness 5 % (0 to 25 %) of 20" in text


def test_new_and_gone() -> None:
    """Nothing is compared."""
    new = _one(criterion="empathy", kind="added", columns=("1", "5", "N/A"), rows=("answers",), table=((2, 18, 0),), moved=())
    text = "\n".join(bridge_lines(_bridge(new, _one(criterion="greeted", kind="removed", table=((0, 0),), moved=()))))
    assert "empathy, new: nothing before it to compare; 20 calls answered: 1 2, 5 18" in text
    assert "greeted, gone: its line ends; 20 calls answered" in text


def test_yes_and_no_name_the_answer_that_shifts() -> None:
    """In percentage points of it."""
    one = _one(criterion="greeted", type="yes_no", event="no", shift=_measure(15.0, -8.0, 38.0, "points"))
    assert "shift of 'no', new minus old: 15 points" in "\n".join(bridge_lines(_bridge(one)))


def test_categories_have_no_distance() -> None:
    """The share of other answers stands alone."""
    one = _one(type="category", shift=None)
    assert "no shift in figures: categories have no distance" in "\n".join(bridge_lines(_bridge(one)))


def test_no_figure_is_corrected() -> None:
    """The sentence for a report says so, with the calls behind it."""
    text = sentence(_bridge())
    assert "as known from 20 calls; no figure is corrected by it" in text
    assert "a person does" in text


def test_sheets_and_what_was_unclear() -> None:
    """Who, where, how far; a hostile cell stands visible."""
    lines = list(sheet_lines([("Anna Keller", "sheets/b/Anna Keller.xlsx", "read", 9, 4, ("C4: \x1b[2J is no level",))]))
    assert lines[1:] == [
        "  Anna Keller: read, 4 of 9 calls answered  sheets/b/Anna Keller.xlsx",
        "    C4: \\u{1b}[2J is no level",
    ]


def test_the_shift_for_the_place_where_a_line_breaks() -> None:
    """With calls, who and interval; the share of other answers where nothing can be subtracted; nothing below 20 calls."""
    found = _bridge()
    assert shift_words(found, _one()) == "bridged on 20 calls by the LLM: new minus old -0.5 levels (-0.74 to -0.26)"
    category = _one(type="category", shift=None)
    assert shift_words(_bridge(by="people"), category) == "bridged on 20 calls by people: other answers 50 % (27 to 73 %)"
    assert shift_words(found, _one(calls=19)) == ""
