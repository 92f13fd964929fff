"""Every number a person sees is formatted here, and only here; pure and free of the machine's locale.

It stands below the rooms so that each of them can use it: a reason or a notice is worded where it is found. The table of
snapshots tests/numbers.csv is its specification, and tests/test_figures_elsewhere.py finds a figure formatted anywhere else.
The rules:
a figure that is not zero never reads 0, a share or score that is not whole never reads 100; a figure beside a bar gains digits
until it lies on the side of the bar where the unrounded value lies; nothing measured reads "no data", never a number.
An end of an interval that lies nearer to none or all than a thousandth of its width reads 0 or 100: so wide a one knows no
finer. The two ends of an interval read alike only where they are alike, and the value beside them is never shown outside of them.
A bar is never rounded.
The decimal point is a point, thousands from 10 000 on are set apart by a space. Halves round away from zero.
A coefficient of agreement has at least two digits, 0.74, and none but 1 reads 1.00.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the command line counts things before it loads any noun
    from evalharness.models.measure import Measure, Unit
    from evalharness.models.threshold import Threshold

NO_DATA = "no data"
NOT_KNOWN = "not known"
NO_LIMIT = "no limit"
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
_WHOLE: dict[Unit, int] = {"share": 100, "score": 100, "coefficient": 1}
_MOST_DIGITS = 17
_FINEST = 1000
"""No end of an interval is told finer than this part of its width beside 0 and 100: of 2 calls no end is 99.9996 %."""
_EXACT = Context(prec=700)  # a float written in full: 309 digits before its point, or some 340 behind it
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
    odd = _odd(value)
    return odd if value is None or odd else _with_unit(_plain(value, unit), unit, currency)


def signed(value: float | None, unit: Unit, currency: str | None = None) -> str:
    """A difference with its sign, "+3 points", "-120 ms"; none stands before a zero."""
    text = figure(value, unit, currency)
    return f"+{text}" if value is not None and value > 0 and not _odd(value) else text


def shown(value: float | None, threshold: Threshold, currency: str | None = None) -> str:
    """A value with as many digits as it takes to lie on its own side of the bar: 599.6 against 600 reads "599.6 ms"."""
    odd, unit = _odd(value), unit_of(threshold.measure)
    return odd if value is None or odd else _with_unit(_sided(value, threshold), unit, currency)


def beside(value: float | None, limit: float, unit: Unit, currency: str | None = None) -> str:
    """A value with as many digits as it takes to read below, at or above the limit that is named with it.

    For a limit that is no threshold of the bar: 0.8996 against 0.9 reads "89.96 %". Name the limit by `exactly`.
    """
    odd = _odd(value)
    return odd if value is None or odd else _with_unit(_until(value, unit, lambda read: _side(read, limit)), unit, currency)


def exactly(limit: float, unit: Unit, currency: str | None = None) -> str:
    """A limit that was set, with its own digits: it is never rounded, 0.625 is "62.5 %"."""
    digits = max(_own_digits(limit, unit), _DIGITS[unit] if unit in ("money", "coefficient") else 0)
    return _with_unit(_rounded(limit, unit, digits), unit, currency)


def measured(measure: Measure, threshold: Threshold | None = None) -> str:
    """The value of a measure; "unanswered" where the percentile touches an unanswered turn, "no data" where there is none.

    It gains digits until it lies within its own limits as `interval` shows them.
    """
    if measure.unanswered:
        return UNANSWERED
    value, unit = measure.value, measure.unit
    odd = _odd(value)
    if value is None or odd:
        return odd
    text = _within(_digits(value, unit, threshold), measure, threshold)
    return _with_unit(text, unit, measure.currency)


def bar(threshold: Threshold, currency: str | None = None, *, signs: bool = False) -> str:
    """The bar in words ("at least 60 %") or in signs (">= 60 %"), with its own digits: 0.625 is "62.5 %", never rounded."""
    names = _SIGNS if signs else _WORDS
    return f"{names[threshold.direction]} {exactly(threshold.value, unit_of(threshold.measure), currency)}"


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
    """Two limits with one unit; an open side is said: "at least 1480 ms, no upper limit". An infinite limit is none.

    Ends that differ read differently: 0.6201 and 0.6204 are "62.01 to 62.04 %".
    """
    low, high = (None if _odd(limit) else limit for limit in (low, high))
    if low is None and high is None:
        return ""
    if low is None or high is None:
        word, other = ("at most", "lower") if low is None else ("at least", "upper")
        known = _digits(low if low is not None else high or 0.0, unit, threshold)
        return f"{word} {_with_unit(known, unit, currency)}, no {other} limit"
    first, last = _ends(low, high, unit, threshold)
    return f"{first} to {_with_unit(last, unit, currency, plural=True)}"


def cell_format(value: float | None, unit: Unit, threshold: Threshold | None = None) -> str:
    """The number format of a spreadsheet cell that shows this figure with the digits it has in words: "0.0" for 599.6 ms below a
    bar of 600."""
    number = None if value is None or _odd(value) else value
    is_bar = threshold is not None and value == threshold.value  # which has its own digits: 0.625 is no 63 %
    if number is None:
        digits = 0
    else:
        digits = _own_digits(number, unit) if is_bar else len(_digits(number, unit, threshold).partition(".")[2])
    return f"0{'.' if digits else ''}{'0' * digits}{'%' if unit == 'share' else ''}"


def count(number: int) -> str:
    """A whole number: "950", "12 345"."""
    return _grouped(str(number))


def counted(number: int, noun: str) -> str:
    """A count with its noun: "1 call", "35 calls"."""
    return f"{count(number)} {noun}" if number == 1 else f"{count(number)} {noun}s"


def count_of(number: int, of: int) -> str:
    """n of N: "35 of 142"."""
    return f"{count(number)} of {count(of)}"


def calls_and_criteria(calls: int, criteria: int) -> str:
    """How many calls, and on how many criteria of theirs in all: "1 call, 2 criteria"."""
    return f"{counted(calls, 'call')}, {count(criteria)} {'criterion' if criteria == 1 else 'criteria'}"


def plain(number: float, digits: int | None = None) -> str:
    """A number without a unit, "5", "0.5", "12 345": with its own digits, or with at most so many; never 0 for something."""
    own = _own_digits(number, "money") if math.isfinite(number) else 0
    return _odd(number) or _least(number, own if digits is None else min(own, digits))


def clock(milliseconds: float | None) -> str:
    """A moment in a call as minutes and seconds, "3:07"; "" where it is not known."""
    if milliseconds is None or not math.isfinite(milliseconds):
        return ""
    seconds = int(abs(milliseconds) // 1000)
    return f"{'-' if milliseconds <= -1000 else ''}{seconds // 60}:{seconds % 60:02d}"


def seconds(milliseconds: float) -> str:
    """A length of time within a call, "3.2 s", "0.04 s"; tenths, unless they would make nothing of something."""
    return f"{_least(milliseconds / 1000, 1)} s"


def minutes(number: float) -> str:
    """An effort or a length, which is never exact: whole minutes, and at least 1 for anything: "42 min"."""
    return figure(max(1.0, number) if number > 0 else number, "minutes")


def size(amount: float) -> str:
    """Bytes on a disk: "3.2 MB" (of 1000 x 1000 bytes), from 1000 MB on "1.5 GB"."""
    return f"{_least(amount / 1e9, 1)} GB" if amount >= 1e9 else f"{_least(amount / 1e6, 1)} MB"


def bill(usd: float) -> str:
    """What an LLM's replies cost, to the millionth of a dollar, the unit of token prices: "$0.041230"."""
    return f"${_least(usd, 6)}"


def estimate(usd: float) -> str:
    """What is reckoned beforehand, "$0.0412"; more digits only where four would read as nothing."""
    return f"${_least(usd, 4)}"


def cap(usd: float) -> str:
    """What may be spent, as it was set: "$5.00", "$0.005"."""
    return f"${_rounded(usd, 'money', max(2, _own_digits(usd, 'money')))}"


def chance(p: float, limit: float | None = None) -> str:
    """A p-value as a number from 0 to 1, "0.0312"; "below 0.0001" for less; digits until it lies on its side of a limit."""
    least = Decimal(1).scaleb(-4)
    if 0 < Decimal(repr(float(p))) < least and (limit is None or limit > least):
        return f"below {least:f}"
    digits, own = 4, _own_digits(p, "score")
    while limit is not None and digits < own and _side(float(_rounded(p, "score", digits)), limit) != _side(p, limit):
        digits += 1
    return _rounded(p, "score", digits)


def _odd(value: float | None) -> str:
    """What stands for a value that is no number; "" where it is one."""
    if value is None or math.isnan(value):
        return NO_DATA
    return NO_LIMIT if math.isinf(value) else ""


def _plain(value: float, unit: Unit) -> str:
    return _rounded(value, unit, _fewest(value, unit))


def _fewest(value: float, unit: Unit) -> int:
    """Digits behind the point before any bar is looked at: a share below 10 % has one, below 0.1 % one that counts."""
    number = abs(_scaled(value, unit))
    own = _own_digits(value, unit)
    digits = _DIGITS[unit]
    if unit == "share":
        digits = 0 if number >= 10 else min(own, max(1, -number.adjusted() if number else 0))
    elif unit in ("points", "score", "levels"):
        digits = min(_own_digits(float(f"{value:.12g}"), unit), digits)  # 14.000000000000002 is the 14 of a subtraction
    elif unit == "money" and number:
        digits = max(2, min(own, 1 - number.adjusted()))
    while digits < own and _says_too_much(value, _rounded(value, unit, digits), unit):
        digits += 1
    return digits


def _own_digits(value: float, unit: Unit) -> int:
    """Digits behind the point that the number itself has, as it is shown."""
    return len(f"{_scaled(value, unit).normalize():f}".partition(".")[2])


def _says_too_much(value: float, text: str, unit: Unit) -> bool:
    """Whether rounding made nothing of something, or the whole of a part: no alpha but 1 reads 1.00."""
    number = abs(_read(text))
    if unit in _WHOLE and number == _WHOLE[unit]:
        return abs(_scaled(value, unit)) != _WHOLE[unit]
    return value != 0 and number == 0


def _sided(value: float, threshold: Threshold) -> str:
    """The fewest digits with which the figure lies on the value's side of the bar."""
    return _until(value, unit_of(threshold.measure), threshold.holds)


def _until(value: float, unit: Unit, says: Callable[[float], object]) -> str:
    """The fewest digits with which the figure, read back, says the same as the value itself."""
    for digits in range(_fewest(value, unit), max(_own_digits(value, unit), _MOST_DIGITS)):
        text = _rounded(value, unit, digits)
        number = _read(text)
        if says(float(number / 100 if unit == "share" else number)) == says(value):
            return text
    return f"{_scaled(value, unit):f}"


def _side(read: float, limit: float) -> int:
    return (read > limit) - (read < limit)


def _ends(low: float, high: float, unit: Unit, threshold: Threshold | None) -> tuple[str, str]:
    """Both ends as they are shown; ends that differ gain digits until they read differently."""
    low, high = _outward(low, high, unit, threshold)
    first, last = _digits(low, unit, threshold), _digits(high, unit, threshold)
    digits = max(len(text.partition(".")[2]) for text in (first, last))
    while low != high and _read(first) == _read(last) and digits < _MOST_DIGITS:
        digits += 1
        first, last = _rounded(low, unit, digits), _rounded(high, unit, digits)
    return first, last


def _outward(low: float, high: float, unit: Unit, threshold: Threshold | None) -> tuple[float, float]:
    """Ends nearer to none or all than a thousandth of what lies between them, as none and all; never over the bar."""
    whole = 1.0 if unit == "share" else 100.0
    if unit not in ("share", "score") or not 0 <= low <= high <= whole:
        return low, high
    fine = (high - low) / _FINEST
    least, most = 0.0 if low < fine else low, whole if whole - high < fine else high
    if threshold is not None and threshold.holds(least) != threshold.holds(low):
        least = low
    if threshold is not None and threshold.holds(most) != threshold.holds(high):
        most = high
    return least, most


def _within(text: str, measure: Measure, threshold: Threshold | None) -> str:
    """The value's figure with digits until it lies within its own limits, as they are shown, where the value does."""
    value, low, high = measure.value, measure.low, measure.high
    if value is None or low is None or high is None or not -math.inf < low <= value <= high < math.inf:
        return text
    first, last = (_read(end) for end in _ends(low, high, measure.unit, threshold))
    digits = len(text.partition(".")[2])
    while not first <= _read(text) <= last and digits < _MOST_DIGITS:
        digits += 1
        text = _rounded(value, measure.unit, digits)
    return text


def _digits(value: float, unit: Unit, threshold: Threshold | None) -> str:
    return _sided(value, threshold) if threshold is not None else _plain(value, unit)


def _least(number: float, digits: int) -> str:
    """So many digits behind the point, more where they would make nothing of something."""
    while number and not _read(_rounded(number, "money", digits)):
        digits += 1
    return _rounded(number, "money", digits)


def _read(text: str) -> Decimal:
    return Decimal(text.replace(" ", ""))


def _scaled(value: float, unit: Unit) -> Decimal:
    """The number as it is shown: a share in per cent. Through repr, so that 0.285 is 28.5 and not 28.499999."""
    number = Decimal(repr(float(value)))
    return number * 100 if unit == "share" else number


def _rounded(value: float, unit: Unit, digits: int) -> str:
    number = _scaled(value, unit).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP, context=_EXACT)
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
