"""Every number a person sees is formatted here, and only here; pure and free of the machine's locale.

The rules, whose table of snapshots stands in tests/report/test_numbers.py:
a figure that is not zero never reads 0, a share that is not whole never reads 100 %; a figure beside a bar gains digits
until it lies on the side of the bar where the unrounded value lies; nothing measured reads "no data", never a number.
A bar is never rounded.
The decimal point is a point, thousands from 10 000 on are set apart by a space. Halves round away from zero.
A coefficient of agreement has at least two digits, 0.74, and none but 1 reads 1.00.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from evalharness.models.measure import Measure, Unit
from evalharness.models.threshold import Threshold

NO_DATA = "no data"
NOT_KNOWN = "not known"
UNANSWERED = "unanswered"
_WORDS = {"at_least": "at least", "at_most": "at most", "below": "below", "above": "above"}
_SIGNS = {"at_least": ">=", "at_most": "<=", "below": "<", "above": ">"}
_SUFFIX: dict[Unit, str] = {
    "share": " %", "ms": " ms", "points": " points", "calls": " calls", "score": "", "minutes": " min", "coefficient": "",
    "levels": " levels",
}  # fmt: skip
_DIGITS: dict[Unit, int] = {
    "share": 0, "ms": 0, "money": 2, "points": 1, "calls": 0, "score": 1, "minutes": 0, "coefficient": 2, "levels": 2,
}  # fmt: skip
_MOST_DIGITS = 17
_UNITS: dict[str, Unit] = {
    "latency_p50_ms": "ms",
    "latency_p95_ms": "ms",
    "latency_p99_ms": "ms",
    "csat_gap_points": "points",
    "cost_per_call": "money",
    "owner_reviewed_calls": "calls",
}


def unit_of(measure: str) -> Unit:
    """The unit of a measure that a threshold names; every other one is a share."""
    return _UNITS.get(measure, "share")


def figure(value: float | None, unit: Unit, currency: str | None = None) -> str:
    """A value with its unit, such as "62 %", "0.7 %", "612 ms", "0.041 USD", "4.2 points"; None reads "no data"."""
    if value is None:
        return NO_DATA
    return _with_unit(_rounded(value, unit, _fewest(value, unit)), unit, currency)


def shown(value: float | None, threshold: Threshold, currency: str | None = None) -> str:
    """A value with as many digits as it takes to lie on its own side of the bar: 599.6 against 600 reads "599.6 ms"."""
    if value is None:
        return NO_DATA
    unit = unit_of(threshold.measure)
    return _with_unit(_sided(value, threshold), unit, currency)


def measured(measure: Measure, threshold: Threshold | None = None) -> str:
    """The value of a measure; "unanswered" where the percentile touches an unanswered turn, "no data" where there is none."""
    if measure.unanswered:
        return UNANSWERED
    if threshold is not None:
        return shown(measure.value, threshold, measure.currency)
    return figure(measure.value, measure.unit, measure.currency)


def bar(threshold: Threshold, currency: str | None = None, *, signs: bool = False) -> str:
    """The bar in words ("at least 60 %") or in signs (">= 60 %"), with its own digits: 0.625 is "62.5 %", never rounded."""
    unit = unit_of(threshold.measure)
    digits = max(_own_digits(threshold.value, unit), _DIGITS[unit] if unit == "money" else 0)
    names = _SIGNS if signs else _WORDS
    return f"{names[threshold.direction]} {_with_unit(_rounded(threshold.value, unit, digits), unit, currency)}"


def interval(measure: Measure, threshold: Threshold | None = None) -> str:
    """The two-sided limits of a measure, "45 to 74 %"; "exact" where a value has none, "" where there is no value.

    A difference of two figures is never exact: "not known" where it has no limits.
    """
    low, high = measure.low, measure.high
    if low is None and high is None and measure.unit == "points":
        return NOT_KNOWN if measure.value is not None else ""
    if low is None and high is None:
        return "exact" if measure.value is not None and measure.basis != "sample" else ""
    if low is not None and low == high == measure.value:
        return "exact"
    return span(low, high, measure.unit, threshold=threshold, currency=measure.currency)


def span(
    low: float | None, high: float | None, unit: Unit, *, threshold: Threshold | None = None, currency: str | None = None
) -> str:
    """Two limits with one unit; an open side is said: "at least 1480 ms, no upper limit"."""
    if low is None and high is None:
        return ""
    if low is None or high is None:
        word, other = ("at most", "lower") if low is None else ("at least", "upper")
        known = _digits(low if low is not None else high or 0.0, unit, threshold)
        return f"{word} {_with_unit(known, unit, currency)}, no {other} limit"
    first, last = _digits(low, unit, threshold), _digits(high, unit, threshold)
    return f"{first} to {_with_unit(last, unit, currency, plural=True)}"


def count(number: int) -> str:
    """A whole number: "950", "12 345"."""
    return _grouped(str(number))


def counted(number: int, noun: str) -> str:
    """A count with its noun: "1 call", "35 calls"."""
    return f"{count(number)} {noun}" if number == 1 else f"{count(number)} {noun}s"


def count_of(number: int, of: int) -> str:
    """n of N: "35 of 142"."""
    return f"{count(number)} of {count(of)}"


def clock(milliseconds: float | None) -> str:
    """A moment in a call as minutes and seconds, "3:07"; "" where it is not known."""
    if milliseconds is None:
        return ""
    seconds = int(milliseconds // 1000)
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 60}:{seconds % 60:02d}"


def _fewest(value: float, unit: Unit) -> int:
    """Digits behind the point before any bar is looked at: a share below 10 % has one, money two that count."""
    number = abs(_scaled(value, unit))
    own = _own_digits(value, unit)
    digits = _DIGITS[unit]
    if unit == "share":
        digits = min(own, 1) if number < 10 else 0
    elif unit in ("points", "score", "levels"):
        digits = min(own, digits)
    elif unit == "money" and number:
        digits = max(2, min(own, 1 - number.adjusted()))
    while digits < _MOST_DIGITS and _says_too_much(value, _rounded(value, unit, digits), unit):
        digits += 1
    return digits


def _own_digits(value: float, unit: Unit) -> int:
    """Digits behind the point that the number itself has, as it is shown."""
    return len(f"{_scaled(value, unit).normalize():f}".partition(".")[2])


def _says_too_much(value: float, text: str, unit: Unit) -> bool:
    """Whether rounding made nothing of something, or the whole of a part: no alpha but 1 reads 1.00."""
    number = Decimal(text.replace(" ", ""))
    whole = {"share": number == 100, "coefficient": abs(number) == 1}.get(unit, False)
    return (value != 0 and number == 0) or (whole and abs(value) != 1)


def _sided(value: float, threshold: Threshold) -> str:
    """The fewest digits with which the figure lies on the value's side of the bar."""
    unit = unit_of(threshold.measure)
    for digits in range(_fewest(value, unit), _MOST_DIGITS):
        text = _rounded(value, unit, digits)
        number = Decimal(text.replace(" ", ""))
        if threshold.holds(float(number / 100 if unit == "share" else number)) == threshold.holds(value):
            return text
    return str(_scaled(value, unit))


def _digits(value: float, unit: Unit, threshold: Threshold | None) -> str:
    return _sided(value, threshold) if threshold is not None else _rounded(value, unit, _fewest(value, unit))


def _scaled(value: float, unit: Unit) -> Decimal:
    """The number as it is shown: a share in per cent. Through repr, so that 0.285 is 28.5 and not 28.499999."""
    number = Decimal(repr(float(value)))
    return number * 100 if unit == "share" else number


def _rounded(value: float, unit: Unit, digits: int) -> str:
    number = _scaled(value, unit).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    return _grouped(f"{number or abs(number):f}")


def _grouped(text: str) -> str:
    """Spaces between thousands, from 10 000 on."""
    whole, point, rest = text.partition(".")
    sign, whole = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    if len(whole) > 4:
        whole = f"{int(whole):,}".replace(",", " ")
    return f"{sign}{whole}{point}{rest}"


def _with_unit(text: str, unit: Unit, currency: str | None, *, plural: bool = False) -> str:
    if unit == "money":
        return f"{text} {currency or 'USD'}"
    suffix = _SUFFIX[unit]
    if unit in ("points", "calls", "levels") and text in ("1", "-1") and not plural:
        suffix = suffix.removesuffix("s")
    return text + suffix
