"""How every number a person sees is written: the table numbers.csv beside this file, and what holds for all numbers.

A row of the table: the function, its value or values, the unit (or the noun), what stands beside it, the text, and the rule
that the row is there for. Lines beginning with # are headings.
"""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evalharness import numbers
from evalharness.models.threshold import Threshold
from tests.builders import a_measure, a_threshold

TABLE = Path(__file__).with_name("numbers.csv")
MEASURE_OF = {
    "share": "resolution_rate", "ms": "latency_p50_ms", "money": "cost_per_call", "points": "csat_gap_points",
    "calls": "owner_reviewed_calls",
}  # fmt: skip
UNITS = ("share", "ms", "money", "points", "calls", "score", "minutes", "coefficient", "levels")
SIDES = ("at_least", "at_most", "below", "above")
ANY = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12)


def rows() -> list[dict[str, str]]:
    """The rows of the table."""
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines, strict=True))


def read(text: str) -> Decimal:
    """The number in a text that was shown; a share as a fraction."""
    digits = "".join(sign for sign in text if sign in "-.0123456789")
    return Decimal(digits) / (100 if text.endswith("%") else 1)


def _floats(text: str) -> list[float | None]:
    return [None if part == "none" else float(part) for part in text.split()]


def _shown(row: dict[str, str]) -> str:
    unit, _, currency = row["unit"].partition(" ")
    values, make = _floats(row["value"]), getattr(numbers, row["call"])
    match row["call"]:
        case "figure" | "signed" | "exactly":
            given = (*values, unit, currency or None)
        case "shown":
            side, bar = row["beside"].split()
            given = (*values, a_threshold(MEASURE_OF[unit], **{side: float(bar)}))
        case "beside":
            given = (*values, float(row["beside"]), unit)
        case "span":
            given = (*values, unit)
        case "measured":
            given = (a_measure(values[0], unit=unit, low=values[1], high=values[2]),)
        case "plain" | "chance" if row["beside"]:
            given = (*values, float(row["beside"]) if row["call"] == "chance" else int(row["beside"]))
        case "count" | "count_of" | "counted" | "calls_and_criteria":
            given = (*(int(value) for value in values), *([unit] if unit else []))
        case _:
            given = tuple(values)
    return make(*given)


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row['call']} {row['value']} {row['unit']} {row['beside']}".strip())
def test_the_table_of_snapshots(row):
    """Every row reads as the table says."""
    assert _shown(row) == row["shown"]


def test_the_table_has_every_unit_and_every_function():
    """A function that the table does not name would have no specification."""
    found = rows()
    assert {row["unit"].split(" ")[0] for row in found if row["call"] == "figure"} == set(UNITS)
    public = {
        name for name, made in vars(numbers).items() if callable(made) and getattr(made, "__module__", "") == numbers.__name__
    }
    told = {"unit_of", "bar", "interval", "cell_format"}  # of a noun, or for a cell: tested below
    assert {row["call"] for row in found} == {name for name in public if not name.startswith("_")} - told


@given(ANY, st.sampled_from(UNITS))
def test_a_figure_read_back_is_within_half_a_unit_of_its_last_digit(value, unit):
    """Never nan, never an exponent, never -0, nothing for something; thousands in threes."""
    text = numbers.figure(value, unit)
    number = text.removesuffix("%").strip().split(" m")[0].split(" U")[0].split(" p")[0].split(" c")[0].split(" l")[0]
    scale = 100 if unit == "share" else 1
    digits = len(number.partition(".")[2])
    assert abs(Decimal(number.replace(" ", "")) - Decimal(repr(value)) * scale) <= Decimal(5).scaleb(-digits - 1)
    assert (read(text) == 0) == (value == 0)
    assert not number.startswith("-0") or read(text) < 0
    assert not set("en") & set(number.lower())
    assert all(len(part.partition(".")[0]) == 3 for part in number.split(" ")[1:])


@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from(SIDES))
def test_the_shown_figure_never_changes_sides(value, bar, side):
    """Read back from what is shown, the figure meets the bar exactly when the value does; 0 and 100 % mean none and all."""
    threshold = a_threshold(**{side: bar})
    text = numbers.shown(value, threshold)
    assert threshold.holds(float(read(text))) == threshold.holds(value)
    assert (text == "100 %") <= (value == 1)
    assert (text == "0 %") <= (value == 0)


@given(st.floats(0, 1e7), st.floats(10, 1e7), st.sampled_from(SIDES))
def test_milliseconds_never_change_sides(value, bar, side):
    """The same for a unit without a scale."""
    threshold = a_threshold("latency_p99_ms", **{side: bar})
    assert threshold.holds(float(read(numbers.shown(value, threshold)))) == threshold.holds(value)


@given(st.floats(-1, 1), st.floats(-1, 1).map(lambda limit: round(limit, 3)), st.sampled_from(("share", "coefficient", "levels")))
def test_a_figure_beside_a_limit_reads_on_its_own_side_of_it(value, limit, unit):
    """Below reads below, at reads at, above reads above; the limit itself is never rounded."""
    shown, named = (float(read(text)) for text in (numbers.beside(value, limit, unit), numbers.exactly(limit, unit)))
    assert named == pytest.approx(limit, abs=1e-15)
    assert (shown > limit, shown < limit) == (value > limit, value < limit)


@given(st.lists(st.floats(0, 1), min_size=3, max_size=3), st.one_of(st.none(), st.floats(0, 1)), st.sampled_from(SIDES))
def test_a_value_is_never_shown_outside_of_its_limits(found, bar, side):
    """With and without a bar; ends that differ read differently; each end on its own side of the bar."""
    low, value, high = sorted(found)
    assume(high - low > 1e-12)
    threshold = None if bar is None else a_threshold(**{side: bar})
    measure = a_measure(value, low=low, high=high)
    text = numbers.interval(measure, threshold)
    first, last = (read(f"{end} %") for end in text.removesuffix(" %").split(" to "))
    assert first < last
    assert first <= read(numbers.measured(measure, threshold)) <= last
    if threshold is not None:
        assert [threshold.holds(float(end)) for end in (first, last)] == [threshold.holds(low), threshold.holds(high)]


@given(ANY, ANY, st.sampled_from(UNITS))
def test_a_larger_number_never_reads_smaller(one, other, unit):
    """Figures in a column sort as their numbers do."""
    low, high = (numbers.figure(value, unit) for value in sorted((one, other)))
    assert read(low) <= read(high)


@given(st.floats(0, 1e6))
def test_money_of_an_llm_is_never_nothing_for_something(usd):
    """A bill, an estimate; a cap is not rounded at all."""
    for text in (numbers.bill(usd), numbers.estimate(usd), numbers.cap(usd)):
        assert (read(text) == 0) == (usd == 0)
    assert float(read(numbers.cap(usd))) == usd


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), float("-inf"), None])
@pytest.mark.parametrize("unit", UNITS)
def test_what_is_no_number_is_said_in_words(odd, unit):
    """Whatever slips through, no "nan" and no "inf" is shown, and nothing falls over."""
    threshold = a_threshold(at_least=0.6)
    texts = (
        numbers.figure(odd, unit), numbers.signed(odd, unit), numbers.shown(odd, threshold), numbers.beside(odd, 0.5, unit),
        numbers.span(odd, 0.5, unit), numbers.span(0.5, odd, unit), numbers.span(odd, odd, unit),
    )  # fmt: skip
    assert not any(word in text.replace("no limit", "") for text in texts for word in ("nan", "inf"))


def test_an_interval_is_exact_only_where_all_calls_were_measured():
    """All calls measured: exact. A sample without known limits is not called exact, and no value has no interval."""
    assert numbers.interval(a_measure(0.7, basis="all_calls")) == "exact"
    assert numbers.interval(a_measure(0.7, low=0.7, high=0.7, basis="all_calls")) == "exact"
    assert numbers.interval(a_measure(0.7)) == ""
    assert numbers.interval(a_measure(None, basis="all_calls")) == ""
    assert numbers.interval(a_measure(4.2, unit="points")) == "not known"
    assert numbers.interval(a_measure(0.7, low=0.5996, high=0.8), a_threshold(at_least=0.6)) == "59.96 to 80 %"


def test_a_measure_reads_unanswered_or_no_data_and_never_a_number_for_nothing():
    """An empty measure is neither 0 nor 100 %."""
    assert numbers.measured(a_measure(None)) == "no data"
    assert numbers.measured(a_measure(None, unit="ms", unanswered=True)) == "unanswered"
    assert numbers.measured(a_measure(0.31, unit="money", currency="EUR")) == "0.31 EUR"
    assert numbers.measured(a_measure(0.5996), a_threshold(at_least=0.6)) == "59.96 %"


@pytest.mark.parametrize(
    ("side", "words", "signs"),
    [
        ({"measure": "clear_failure_rate", "below": 0.005}, "below 0.5 %", "< 0.5 %"),
        ({"measure": "resolution_rate", "at_least": 0.6}, "at least 60 %", ">= 60 %"),
        ({"measure": "resolution_rate", "above": 0.625}, "above 62.5 %", "> 62.5 %"),
        ({"measure": "resolution_rate", "at_least": 0.285}, "at least 28.5 %", ">= 28.5 %"),  # not 28.499999999999996
        ({"measure": "clear_failure_rate", "below": 0.0095}, "below 0.95 %", "< 0.95 %"),
        ({"measure": "latency_p50_ms", "below": 599.5}, "below 599.5 ms", "< 599.5 ms"),
        ({"measure": "latency_p99_ms", "below": 12500.0}, "below 12 500 ms", "< 12 500 ms"),
        ({"measure": "cost_per_call", "below": 0.505}, "below 0.505 USD", "< 0.505 USD"),
        ({"measure": "cost_per_call", "below": 2.0}, "below 2.00 USD", "< 2.00 USD"),
        ({"measure": "csat_gap_points", "at_most": 4.25}, "at most 4.25 points", "<= 4.25 points"),
        ({"measure": "share_4_5.tone", "at_least": 1.0}, "at least 100 %", ">= 100 %"),
        ({"measure": "owner_reviewed_calls", "at_least": 20.0}, "at least 20 calls", ">= 20 calls"),
    ],
)
def test_a_bar_is_never_rounded(side, words, signs):
    """A bar reads as it is compared; every side has its word and its sign."""
    assert (numbers.bar(a_threshold(**side)), numbers.bar(a_threshold(**side), signs=True)) == (words, signs)
    assert numbers.bar(a_threshold("cost_per_call", below=0.5), "EUR") == "below 0.50 EUR"


@pytest.mark.parametrize(
    ("value", "unit", "threshold", "said"),
    [
        (599.6, "ms", Threshold(id="a", measure="latency_p50_ms", below=600), "0.0"),
        (600.0, "ms", Threshold(id="a", measure="latency_p50_ms", below=600), "0"),
        (0.5998, "share", Threshold(id="a", measure="resolution_rate", at_least=0.6), "0.00%"),
        (0.625, "share", Threshold(id="a", measure="resolution_rate", at_least=0.625), "0.0%"),
        (0.0004, "share", None, "0.00%"),
        (0.0004, "money", None, "0.0000"),
        (99.96, "score", None, "0.00"),
        (None, "share", None, "0%"),
    ],
)
def test_a_cell_shows_the_digits_that_the_figure_has_in_words(value, unit, threshold, said):
    """599.6 below a bar of 600 is no 600 in a spreadsheet either; what is not 0 does not read 0, 99.96 not 100."""
    assert numbers.cell_format(value, unit, threshold) == said
