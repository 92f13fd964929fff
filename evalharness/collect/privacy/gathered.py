"""The texts of JSON values side by side, for one quick look at all of them instead of one at each."""

from __future__ import annotations

from typing import Any

LARGE = 1_000_000
"""Whole numbers from here on may be somebody's; they are changed and looked for as the text of their digits."""
_NUMBERS, _LISTS = (int, float), (list, tuple)


def gathered(values: list[Any]) -> tuple[list[str], list[str]]:
    """Every text in JSON values (keys, and the digits of large whole numbers, too), and the keys alone; in no order."""
    texts: list[str] = []
    keys: list[str] = []
    left = list(values)
    for value in left:  # grows while it is read: no depth is too deep
        if isinstance(value, str):
            texts.append(value)
        elif isinstance(value, dict):
            keys += value
            left += value.values()
        elif isinstance(value, _LISTS):
            left += value
        elif value and (digits := large_digits(value)):
            texts.append(digits)
    return texts + keys, keys


def large_digits(value: Any) -> str:
    """The digits of a whole number of seven digits and more, without its sign; "" for any other value."""
    is_large = isinstance(value, _NUMBERS) and abs(value) >= LARGE and value % 1 == 0
    return str(abs(int(value))) if is_large else ""
