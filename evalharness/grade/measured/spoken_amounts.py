"""Amounts of money: "$340.50", "340 dollars and 50 cents", "19 99" where something costs that."""

from __future__ import annotations

import re

from evalharness.grade.measured.spoken_reader import Reader

_NUMBER = r"\d{1,3}(?:[.,]\d{3})+(?:[.,]\d{1,2})?|\d{1,9}(?:[.,]\d{1,2})?"
_MONEY = r"(?:US )?dollars?|bucks?|euros?|pounds?(?: sterling)?|quid|francs?|franken|usd|eur|gbp|chf"
_CENT = r"cents?|pence|p|pennies"
_MONEY_STEMS = ("$", "€", "£", "doll", "buck", "eur", "usd", "gbp", "chf", "pound", "cent", "penc", "quid", "frank", "franc")
_SIGN = re.compile(rf"(?:[$€£]|\b(?:USD|EUR|GBP|CHF)\b) ?({_NUMBER})(?![\d%])(?: (1000|1000000)\b)?", re.IGNORECASE)
_RANGE = re.compile(rf"(?<![\d.,])({_NUMBER}) (?:and|or|to|bis|oder|und) ({_NUMBER})[ -](?:{_MONEY})\b", re.IGNORECASE)
_NAMED = re.compile(
    rf"(?<![\d.,])({_NUMBER})(?: ?[€$£]|[ -](?:{_MONEY})\b)"
    rf"(?:(?:,? (?:and|und))? (\d{{1,2}})(?: (?:{_CENT})\b|(?= a\b|[.,?!]|$)))?",
    re.IGNORECASE,
)
_CENTS = re.compile(r"(\d(?<![\d.,]\d)\d?) (?:cents?|pence)\b", re.IGNORECASE)
_TWO_PARTS = re.compile(r"(\d(?<![\d.,:$€£/-]\d)\d{0,3}) (0 \d|\d{2})(?![\d:,/]\d|\d| ?(?:am|pm|%)| \d)")
_TWO = re.compile(r"\d \d")
_COSTS = re.compile(
    r"\b(?:costs?|price[ds]?|total|comes? to|pay(?:ments?)?|paid|charged?|refund(?:ed)?|fee|fare|balance|bill|plan is|rate|owe|"
    r"amount|kostet|preis|macht|betrag|gebühr)\b"
)
_EACH = re.compile(r"^ ?(?:a (?:month|week|year|day|night)|per |each\b|plus |im monat|pro )")
_WEIGHT = re.compile(r"\b(?:weighs?|weight|bag|luggage|lift)\b")
_VAGUE = re.compile(r"\b(?:couple(?: of)?|few|several) $")
_OTHER_TWO = re.compile(r"\b(?:since|in|from|until|year|form|street|route|flight|number|code|at|born)\b[^,]*$")


def named(reader: Reader) -> None:
    """Takes the amounts whose currency is said."""
    if not reader.says(_MONEY_STEMS):
        return
    reader.take(_SIGN, "amount", lambda match: _text(number(match[1], reader.language) * int(match[2] or 1)))
    reader.take(_RANGE, "amount", lambda match: " ".join(_text(number(part, reader.language)) for part in match.groups()))
    reader.take(_NAMED, "amount", lambda match: _named(reader, match))
    reader.take(_CENTS, "amount", lambda match: _text(int(match[1]) / 100))


def bare(reader: Reader) -> None:
    """Takes the amounts without a currency, which are known by what stands around them."""
    if not reader.shaped("0 0") or _TWO.search(reader.rest) is None:
        return
    reader.take(_TWO_PARTS, "amount", lambda match: _two_parts(reader, match))


def _text(amount: float) -> str:
    return f"{amount:.2f}"


def _named(reader: Reader, match: re.Match[str]) -> str | None:
    before = reader.before(match)
    if _VAGUE.search(before) or ("pound" in match[0].lower() and _WEIGHT.search(before)):
        return None
    return _text(number(match[1], reader.language) + int(match[2] or 0) / 100)


def _two_parts(reader: Reader, match: re.Match[str]) -> str | None:
    """Takes "19 99" is 19.99 where it costs that, or where nobody would say anything else so; "2 50" is also 250."""
    whole, cents, before = int(match[1]), int(match[2].replace(" ", "")), reader.before(match)
    costs = _COSTS.search(before) or _EACH.match(reader.after(match))
    priced = cents in (95, 99) and whole not in (18, 19, 20) and not _OTHER_TWO.search(before)
    if not costs and not priced:
        return None
    return _text(whole + cents / 100) + (f"|{whole * 100 + cents}.00" if whole < 10 else "")


def number(text: str, language: str) -> float:
    """The number as written: 1,249.00 or 1.249,00; one mark before three digits parts thousands where the language does so."""
    mark = max(text.rfind("."), text.rfind(","))
    if mark < 0:
        return float(text)
    whole, rest = re.sub(r"[.,]", "", text[:mark]), text[mark + 1 :]
    one_mark = text.count(".") + text.count(",") == 1
    same = text.count(text[mark]) > 1
    thousands = len(rest) == 3 and (same or (one_mark and text[mark] == ("." if language == "de" else ",")))
    return float(whole + rest) if thousands else float(f"{whole}.{rest}")
