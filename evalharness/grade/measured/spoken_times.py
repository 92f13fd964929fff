"""Times of day: "2:30 pm", "half past 2", "2 30" where a time is meant, "14 Uhr 30", "at 9". Half of the day unknown: both."""

from __future__ import annotations

import re

from evalharness.grade.measured.spoken_reader import Reader

_TWO = re.compile(r"\d \d")
_PAST_STEMS = (" past ", "quarter ", "half ", "5 to ", "0 to ", " till ", " after ")
_PART_STEMS = (" in the ", " at night", "tonight", "tomorrow", "clock", "hours")
_HALVES = ("am", "pm")
_NAMES = ("noon", "midnight", "mitternacht")
_OPEN_STEMS = ("hours", "open", "from", "between")
_HALF_DAY = re.compile(r"\d,? ?[ap]m\b", re.IGNORECASE)
_WORD_AND = re.compile(r"[a-z] \d{1,2}(?!\d)")
_PART = r"(am|pm|in the (?:morning|afternoon|evening)|at night|tonight|tomorrow (?:morning|afternoon|evening))"
_MINUTES = r"(?:[:.](\d{2})(?::\d{2})?| (\d{2})| 0 (\d))?"
_RANGE = re.compile(r"(\d(?<![\d:.,$]\d)\d?)(?: ?-| to| and| or| until) (\d{1,2}) (am|pm)\b")
_CLOCK = re.compile(rf"(\d(?<![\d:.,$]\d)\d?){_MINUTES},? ?(?:o['’ ]?clock )?{_PART}\b", re.IGNORECASE)
_OCLOCK = re.compile(r"(\d(?<![\d:.,$]\d)\d?) ?o['’ ]?clock\b", re.IGNORECASE)
_PAST = re.compile(
    rf"\b(half|a quarter|quarter|5|10|20|25) (past|after|to|till) (\d{{1,2}})(?![\d:.]\d|\d)(?: {_PART})?", re.IGNORECASE
)
_COLON = re.compile(r"(\d(?<![\d:.,/]\d)\d?):(\d{2})(:\d{2})?(?![\d:])")
_HOURS = re.compile(r"([0-2](?<![\d:.,$]\d)(?:(?<!2)\d|[0-3]))([0-5]\d) hours\b")
_NAMED = re.compile(r"\b(noon|midnight|mitternacht)\b", re.IGNORECASE)
_SPOKEN = re.compile(
    r"(\d(?<![\d:.,$/-]\d)\d?) (?:(\d{2})|0 (\d))(?![\d:,./]\d|\d| ?%| \d| [A-Z][a-z]+ (?:street|avenue|road|lane))",
    re.IGNORECASE,
)
_BARE = re.compile(r"\b(?:at|around|until|till|from|between|before|after) (\d{1,2})(?![\d:./]\d|\d|st|nd|rd|th| ?%)")
_OPEN = re.compile(
    r"\b(?:hours are|hours|open|open from|from|between) (\d{1,2}) (?:to|and|until|till) (\d{1,2})(?![\d:./]\d|\d|st|nd|rd|th| ?%)"
)
_GERMAN = re.compile(
    r"(\d(?<![\d:.,]\d)\d?)(?::(\d{2}))? ?uhr(?: (\d{1,2})(?![\d.]))?(?: (morgens|früh|vormittags|nachmittags|abends|nachts))?",
    re.IGNORECASE,
)
_GERMAN_PAST = re.compile(r"\b(halb|viertel nach|viertel vor|dreiviertel) (\d{1,2})(?!\d)(?: uhr)?", re.IGNORECASE)
_TIME_BEFORE = re.compile(
    r"\b(?:at|to|from|for|until|till|by|around|about|say|departs?|arrives?|leaves?|starts?|begins?|opens?|closes?|before|after|between|"
    r"maybe|how about|down for|or|and|friday|monday|tuesday|wednesday|thursday|saturday|sunday|booked)$"
)
_WEAK_BEFORE = re.compile(r"(?:\bthat['’]?s|\bdo|\bhave|\boffer|^|,)$")
_PRICE = re.compile(r"\b(?:costs?|price|total|pay|paid|payment|fee|fare|dollars?|score|street|address|flight|route|since|form)\b")
_GOES_ON = re.compile(
    r"^(?:[.,;?!]|$| (?:and|or|on|in|to|tomorrow|today|sharp|with|works?|is|isn't|instead|then|if|until|please|o'clock)\b)"
)
_A_SPAN = re.compile(r"^ (?:to|and|or) \d+ (?!am\b|pm\b)[a-z]")


def read(reader: Reader) -> None:
    """Takes every time of day."""
    if reader.language == "de" and ("uhr" in reader.small or reader.shaped("a 0")):
        reader.take(_GERMAN, "time", _german)
        reader.take(_GERMAN_PAST, "time", _german_past)
    if reader.shaped("a 0") and reader.says(_PAST_STEMS):
        reader.take(_PAST, "time", lambda match: _past(reader, match))
    _with_a_half(reader)
    if reader.says(_NAMES):
        reader.take(_NAMED, "time", lambda match: "12:00" if match[1].lower() == "noon" else "00:00")
    if reader.shaped("0:00"):
        reader.take(_COLON, "time", _colon)
    if reader.language == "en" and reader.left:
        _less_sure(reader)


def _with_a_half(reader: Reader) -> None:
    """Times that say which half of the day they are of, "o'clock", or "hours"."""
    led = reader.shaped("0 a", "0a", "0, a", "0,a")
    half = led and reader.says(_HALVES) and _HALF_DAY.search(reader.rest) is not None
    if half:
        reader.take(_RANGE, "time", _range)
    if half or (led and reader.says(_PART_STEMS)):
        reader.take(_CLOCK, "time", lambda match: clock(int(match[1]), int(match[2] or match[3] or match[4] or 0), match[5]))
        reader.take(_OCLOCK, "time", lambda match: clock(int(match[1]), 0))
        reader.take(_HOURS, "time", lambda match: clock(int(match[1]), int(match[2]), "24"))


def _colon(match: re.Match[str]) -> str | None:
    return clock(int(match[1]), int(match[2]), "24" if match[1][0] == "0" or match[3] else "")


def _less_sure(reader: Reader) -> None:
    """Times known by the words before them alone."""
    if reader.shaped("0 0") and _TWO.search(reader.rest):
        reader.take(_SPOKEN, "time", lambda match: _spoken(reader, match))
    if reader.shaped("0 a") and reader.says(_OPEN_STEMS):
        reader.take(_OPEN, "time", lambda match: _open(reader, match))
    if reader.shaped("a 0") and _WORD_AND.search(reader.rest):
        reader.take(_BARE, "time", lambda match: _bare(reader, match), sure=False)


def clock(hour: int, minute: int, part: str | None = None) -> str | None:
    """HH:MM; both halves of the day where `part` does not say which. None for what is no time."""
    if hour > 23 or minute > 59:
        return None
    if part == "24" or hour > 12 or hour == 0:
        return f"{hour:02d}:{minute:02d}"
    part = part.lower() if part else ""
    morning, later = hour % 12, hour % 12 + 12
    if part.endswith(("am", "morning")):
        return f"{morning:02d}:{minute:02d}"
    if part == "at night" and hour < 5:
        return f"{morning:02d}:{minute:02d}"
    if part:
        return f"{later:02d}:{minute:02d}"
    return f"{morning:02d}:{minute:02d}|{later:02d}:{minute:02d}"


def _past(reader: Reader, match: re.Match[str]) -> str | None:
    """Takes "half past 2", "20 to 6"; "5 to 7 days" and "from 5 to 7 pm" are no such time."""
    minutes = {"half": 30, "a quarter": 15, "quarter": 15}.get(match[1].lower()) or int(match[1])
    hour, back = int(match[3]), match[2].lower() in ("to", "till")
    if back and match[1].isdigit():
        led = (
            re.search(r"\b(?:at|around|by|until|till)\W*$", reader.before(match))
            if match[1] == "5"
            else not re.search(r"\b(?:from|between|open)\W*$", reader.before(match))
        )
        if not led or not (match[4] or _GOES_ON.match(reader.after(match))):
            return None
    if not 1 <= hour <= 12:
        return None
    return clock(hour - 1 or 12, 60 - minutes, match[4]) if back else clock(hour, minutes, match[4])


def _range(match: re.Match[str]) -> str | None:
    """Takes "1 to 5 pm": both in the afternoon; "9 to 5 pm": the first in the morning."""
    first, second, half = int(match[1]), int(match[2]), match[3]
    other = {"am": "pm", "pm": "am"}[half]
    found = [clock(first, 0, half if first % 12 < second % 12 else other), clock(second, 0, half)]
    return " ".join(one for one in found if one) if all(found) else None


def _spoken(reader: Reader, match: re.Match[str]) -> str | None:
    """Takes "2 30" after a word that leads to a time; quarters of an hour also after weaker ones; never after a price."""
    hour, minute, before = int(match[1]), int(match[2] or match[3]), reader.before(match).rstrip()
    if not 1 <= hour <= 23 or minute > 59 or _PRICE.search(before):
        return None
    led = _TIME_BEFORE.search(before) and (minute % 5 == 0 or match[3])
    weak = _WEAK_BEFORE.search(before) and minute in (15, 30, 45)
    return clock(hour, minute) if led or weak else None


def _open(reader: Reader, match: re.Match[str]) -> str | None:
    """Takes "open 8 to 5" where nothing follows that is counted."""
    if not _GOES_ON.match(reader.after(match)) or not all(1 <= int(hour) <= 12 for hour in match.groups()):
        return None
    return f"{clock(int(match[1]), 0)} {clock(int(match[2]), 0)}"


def _bare(reader: Reader, match: re.Match[str]) -> str | None:
    """Takes "at 9" where nothing follows that is counted."""
    after = reader.after(match)
    if not 1 <= int(match[1]) <= 23 or not _GOES_ON.match(after) or _A_SPAN.match(after):
        return None
    return clock(int(match[1]), 0)


def _german(match: re.Match[str]) -> str | None:
    part = (match[4] or "").lower()
    half = (
        "am" if part in ("morgens", "früh", "vormittags") else "pm" if part in ("nachmittags", "abends") else part and "at night"
    )
    return clock(int(match[1]), int(match[2] or match[3] or 0), half or None)


def _german_past(match: re.Match[str]) -> str | None:
    hour, how = int(match[2]), match[1].lower()
    if not 1 <= hour <= 12:
        return None
    minute = {"halb": 30, "viertel nach": 15, "viertel vor": 45, "dreiviertel": 45}[how]
    return clock(hour if how == "viertel nach" else hour - 1 or 12, minute)
