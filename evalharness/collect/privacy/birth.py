"""Dates of birth: dates that stand shortly after words such as "born" or "dob", or answer a question about them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evalharness.collect.privacy.findings import Finding, digits_of

_ASKED = re.compile(
    r"date[ _-]?of[ _-]?birth|birth[ _-]?da(?:te|y)|(?<![a-z])dob(?![a-z])|d\.o\.b|(?<![a-z])born(?![a-z])", re.IGNORECASE
)
_MONTHS = (
    "jan(?:uary)?", "feb(?:ruary)?", "mar(?:ch)?", "apr(?:il)?", "may", "june?", "july?", "aug(?:ust)?", "sept?(?:ember)?",
    "oct(?:ober)?", "nov(?:ember)?", "dec(?:ember)?",
)  # fmt: skip
_MONTH = rf"(?P<month{{n}}>{'|'.join(_MONTHS)})\.?"
_ORDINAL = r"(?:first|second|third|(?:twenty|thirty)[ -]\w+|\w{2,10}th)"
_DAY = rf"(?P<day{{n}}>\d{{1,2}}(?:st|nd|rd|th)?|{_ORDINAL})"
_COUNTED = "hundred|oh|o|[a-z]+teen|ten|eleven|twelve|[a-z]+ty|one|two|three|four|five|six|seven|eight|nine"
_SPOKEN_YEAR = rf"(?:nineteen|twenty|two[ ]thousand)(?:[ -](?:and[ ])?(?:{_COUNTED})){{0,3}}"
_YEAR = rf"(?:,?[ ](?:of[ ])?(?P<year{{n}}>\d{{4}}|{_SPOKEN_YEAR}))?"
_DATE = re.compile(
    rf"""(?<![\w])(?:
      (?P<y>\d{{4}})[-/.](?P<m>\d{{1,2}})[-/.](?P<d>\d{{1,2}})
     |(?P<a>\d{{1,2}})[-/.\ ](?P<b>\d{{1,2}})[-/.\ ](?P<c>\d{{4}}|\d{{2}})
     |(?P<eight>(?:19|20)\d{{6}}|\d{{4}}(?:19|20)\d{{2}})
     |{(_DAY + r"[ ](?:of[ ])?" + _MONTH + _YEAR).replace("{n}", "1")}
     |{(_MONTH + r"[ ](?:the[ ])?" + _DAY + _YEAR).replace("{n}", "2")}
    )(?!\w)""",
    re.VERBOSE | re.IGNORECASE,
)
_WINDOW = 60


def asks_for_birth(text: str) -> bool:
    """Whether the text speaks of a date of birth."""
    return _may_ask(text) and _ASKED.search(text) is not None


def _may_ask(text: str) -> bool:
    """A quick look, so that most texts need no expression."""
    lower = text.lower()
    return "birth" in lower or "dob" in lower or "born" in lower or "d.o.b" in lower


def find_births(text: str, *, asked: bool) -> Iterator[Finding]:
    """The dates of birth in a text. `asked`: the question before it, or its key, spoke of one."""
    if not asked and not _may_ask(text):
        return
    asks = [(match.end(), _WINDOW) for match in _ASKED.finditer(text)]
    if asked:
        asks = [(0, 2 * _WINDOW), *asks]
    following, answered = 0, False
    for date in _DATE.finditer(text):
        while following < len(asks) and asks[following][0] <= date.start():
            following, answered = following + 1, False
        if not following:
            continue
        end, window = asks[following - 1]
        if date.start() - end <= window and (not answered or _is_past(date)):
            answered = True
            yield Finding(date.start(), date.end(), "dob", _value(date))


def _is_past(date: re.Match[str]) -> bool:
    """A further date in the same breath counts only with a year in which most callers were born."""
    year = next((date[name] for name in ("y", "c", "year1", "year2") if date[name]), "")
    return year.isdecimal() and 1900 <= int(year) <= 2012


def _value(date: re.Match[str]) -> str:
    """yyyymmdd where the date can be read, month first where its order is open; else its text in lower case."""
    if date["y"]:
        return f"{date['y']}{int(date['m']):02}{int(date['d']):02}"
    if date["c"]:
        year = date["c"] if len(date["c"]) == 4 else f"19{date['c']}"
        return f"{year}{int(date['a']):02}{int(date['b']):02}"
    n = "1" if date["month1"] else "2"
    day = digits_of(date[f"day{n}"] or "")
    if date["eight"] or not day or not (date[f"year{n}"] or "").isdecimal():
        return date["eight"] or " ".join(date[0].lower().split())
    month = next(i for i, name in enumerate(_MONTHS, 1) if name[:3] == date[f"month{n}"].lower()[:3])
    return f"{date[f'year{n}']}{month:02}{int(day):02}"
