"""Dates: "May 23rd", "the 23rd of May 2026", "14. Juni", "2026-03-25", "3/4", "by the 15th"."""

from __future__ import annotations

import re

from evalharness.grade.measured.spoken_reader import Reader

_MONTHS = {
    "january": 1, "jan": 1, "januar": 1, "february": 2, "feb": 2, "februar": 2, "march": 3, "mar": 3, "märz": 3, "april": 4,
    "apr": 4, "may": 5, "mai": 5, "june": 6, "jun": 6, "juni": 6, "july": 7, "jul": 7, "juli": 7, "august": 8, "aug": 8,
    "september": 9, "sep": 9, "sept": 9, "october": 10, "oct": 10, "oktober": 10, "okt": 10, "november": 11, "nov": 11,
    "december": 12, "dec": 12, "dezember": 12, "dez": 12,
}  # fmt: skip
_NAMES = frozenset(_MONTHS)
_STEMS = ("jan", "feb", "mar", "mär", "apr", "may", "mai", "jun", "jul", "aug", "sep", "oct", "okt", "nov", "dec", "dez")
_DAY_STEMS = ("the ", "am ", "zum ", "vom ", "dem ")
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_YEAR = r"(?:,? (?:in )?((?:19|20)\d{2}|(?:19|20) \d{2}|20 0 \d)\b(?! ?(?:am|pm)))?"
_ISO = re.compile(r"([12](?<![\d-]\d)(?:(?<=1)9|(?<=2)0)\d{2})-(\d{2})-(\d{2})(?!\d)")
_SLASH = re.compile(r"(\d(?<![\d/]\d)\d?)/(\d{1,2})(?:/(\d{4}|\d{2}))?(?![\d/])")
_DOTS = re.compile(r"(\d(?<![\d.]\d)\d?)\.(\d{1,2})\.(\d{4})?(?!\d)")
_MONTH_FIRST = re.compile(
    rf"\b(?=[JFMASONDjfmasond][aceopuväAÄCEOPUV])({_MONTH})\.? (?:the )?"
    rf"(\d{{1,2}})(st|nd|rd|th)?(?![\d:])(?! ?(?:am|pm)\b){_YEAR}",
    re.IGNORECASE,
)
_DAY_FIRST = re.compile(rf"(\d(?<![\d.,:]\d)\d?)(?:st|nd|rd|th|\.)? (?:of )?({_MONTH})\b{_YEAR}", re.IGNORECASE)
_DAY_ALONE = re.compile(
    r"\b(?:the|am|zum|vom|dem) (\d{1,2})(?:st|nd|rd|th|\.)"
    r"(?= of the month|[.,;?!]|$| (?:at|and|or|to|we|instead|through|is|if|um)\b)"
)
_TO_A_DAY = re.compile(
    r"\b(?:on|by|until|till|from|to|for|before|after|of|be|is|it's|it’s|since|between|than|due|and|or|are|have|du|)$"
)


def written(reader: Reader) -> None:
    """Takes the dates written with digits alone, which no other grammar may take apart."""
    if reader.shaped("-00-"):
        reader.take(_ISO, "date", lambda match: _date(int(match[1]), int(match[2]), int(match[3])))
    if reader.shaped("0/0"):
        reader.take(_SLASH, "date", _slash)
    if reader.language == "de" and reader.shaped("0."):
        reader.take(_DOTS, "date", lambda match: _date(int(match[3] or 0), int(match[2]), int(match[1])))


def read(reader: Reader) -> None:
    """Takes the dates with the name of a month, then days alone."""
    if reader.names(_NAMES, _STEMS):
        reader.take(_DAY_FIRST, "date", lambda match: _date(_year(match[3]), _MONTHS[match[2].lower()], int(match[1])))
        if reader.left:
            reader.take(_MONTH_FIRST, "date", lambda match: _month_first(reader, match))
    if reader.shaped("0aa", "0.") and reader.says(_DAY_STEMS) and reader.left:
        reader.take(_DAY_ALONE, "date", lambda match: _alone(reader, match))


def _date(year: int, month: int, day: int) -> str | None:
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    return f"{year:04d}-{month:02d}-{day:02d}" if year else f"{month:02d}-{day:02d}"


def _year(text: str | None) -> int:
    return int(text.replace(" ", "")) if text else 0


def _slash(match: re.Match[str]) -> str | None:
    """Month first or day first: both readings where both can be; 24/7 and 50/50 are none."""
    if match[0] == "24/7":
        return None
    year = int(match[3] or 0) + (2000 if match[3] and len(match[3]) == 2 else 0)
    first, second = int(match[1]), int(match[2])
    found = [_date(year, first, second), _date(year, second, first)]
    return "|".join(dict.fromkeys(one for one in found if one)) or None


def _month_first(reader: Reader, match: re.Match[str]) -> str | None:
    """Takes "may" and "march" are months where they have a capital letter, or stand where a date does."""
    name = match[1].lower()
    if (
        name in ("may", "march", "mar")
        and match[1].islower()
        and not re.search(r"\b(?:on|of|for|until|by|is)\W*$", reader.before(match))
    ):
        return None
    return _date(_year(match[4]), _MONTHS[name], int(match[2]))


def _alone(reader: Reader, match: re.Match[str]) -> str | None:
    before = reader.before(match).rstrip()
    if reader.language == "en" and not _TO_A_DAY.search(before):
        return None
    return f"--{int(match[1]):02d}" if 1 <= int(match[1]) <= 31 else None
