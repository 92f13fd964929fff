"""The text of a tool, its arguments or its result, by its keys: which numbers may be amounts, which clocks are of another zone.

What is told under a key of log keeping (created_at, updated_at, timestamp ...) is kept apart: few speak of it. Under a key
that counts or names (duration, seat, id, tokens ...) a number is no amount.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from evalharness.grade.measured import spoken_amounts

_LOGGED_STEMS = (
    "creat",
    "updat",
    "modif",
    "timestamp",
    "request",
    "generat",
    "fetch",
    "sync",
    "logged",
    "receiv",
    "booked_at",
    'ts"',
)
_LOGGED = re.compile(
    r"[\"'](?:\w{0,20}(?:created|updated|modified|timestamp|requested|generated|fetched|synced|logged|received|booked_at|bookedat)"
    r"\w{0,20}|ts)\\?[\"']\s?:\s?(?:\\?[\"'][^\"'\\]{0,80}\\?[\"']|[\d.]{1,20})",
    re.IGNORECASE,
)
_ISO = re.compile(r"(?<!\d)(?:19|20)\d\d-\d\d-\d\d(?!\d)")
_KEY = re.compile(r"([A-Za-z_]\w{0,60})\\?[\"']?\s?[:=# ]\s?\\?[\"'$]?-?$")
_PARTS = re.compile(r"[A-Z]?[a-zäöü]+|[A-Z]+")
_AMOUNT = re.compile(
    r"(?<![\w.,/+])(?<![\w.-]-)(?<!\d:)\d{1,9}(?:[.,]\d{1,6})*(?![\w%/-]|[.,:]\d)"
    r"(?! ?(?:%|min|hour|day|week|month|year|night|km|mile|kg|lb|people|guest|person|uhr|am\b|pm\b|o'clock))"
)
_COUNTS = """id ids token tokens usage count qty quantity minute minutes min duration second seconds hour hours day days night
nights week weeks month months seat seats room floor age year years page size index number numbers num no nr code
codes zip zipcode phone fax mobile mile miles point points percent percentage rating latency ms status version
offset stop stops passenger passengers people guest guests bag bags baggage baggages luggage gate row line position
limit attempt attempts retries date time at pin order reference ref ticket case extension four digits lat lng
latitude longitude stock available in street route flight weight height width length distance temperature score
model january jan february feb march mar april apr may june jun july jul august aug september sep sept october oct
laufzeit monate menge anzahl dauer minuten stunden tage last november nov december dec januar februar märz mai juni
juli oktober okt dezember dez"""
_NO_AMOUNT = frozenset(_COUNTS.split())
_ALWAYS = frozenset(("id", "ids", "code", "number", "count", "qty", "quantity"))
_PAID = """price prices fare fares fee fees cost costs amount amounts balance charge charges preis preise betrag eur euro euros
usd cents cent copay deductible premium"""
_MONEY = frozenset(_PAID.split())
"""Words that make an amount of what otherwise counts: the price of a seat, a fee a night."""
_CENTS = frozenset(("cent", "cents", "minor", "pence"))
_UTC = r"\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|\+00:?00)"
_TIMED = re.compile(rf"[\"'](\w{{1,60}})\\?[\"']\s?:\s?\\?[\"']?(?:[\d-]{{0,10}}[T ]?{_UTC}|1[5-9]\d{{8}}(?:\d{{3}})?(?![\w.]))")
_BARE_UTC = re.compile(_UTC)
_NO_CLOCK = frozenset(("phone", "fax", "mobile", "tel", "id", "ids", "number", "code", "account", "card", "reference", "order"))


def without_log(text: str) -> str:
    """The text without what is told under a key of log keeping."""
    return _LOGGED.sub('""', text) if _keeps_log(text) else text


def dates_of_log(text: str) -> tuple[str, ...]:
    """The dates that are told under such a key."""
    if not _keeps_log(text):
        return ()
    return tuple(date[0] for told in _LOGGED.finditer(text) for date in _ISO.finditer(told[0]))


def _keeps_log(text: str) -> bool:
    if '"' not in text and "'" not in text:
        return False
    small = text.lower()
    for stem in _LOGGED_STEMS:  # noqa: SIM110 - a generator costs more than the looks
        if stem in small:
            return True
    return False


def _words(key: str) -> list[str]:
    return [part.lower() for part in _PARTS.findall(key)]


def amounts_in(rest: str) -> Iterator[tuple[float, str]]:
    """Numbers of the text that may be amounts, each with the key or the word before it; whole cents as the amount they are."""
    for match in _AMOUNT.finditer(rest):
        start = match.start()
        key = _KEY.search(rest, max(0, start - 64), start)
        words = _words(key[1]) if key else []
        if not _NO_AMOUNT.isdisjoint(words) and (_MONEY.isdisjoint(words) or not _ALWAYS.isdisjoint(words)):
            continue
        value = spoken_amounts.number(match[0], "en")
        yield (value / 100 if not _CENTS.isdisjoint(words) else value), (key[1] if key else "")


def other_clock(text: str) -> bool:
    """Whether a time of UTC, or as seconds since 1970, stands in it; a phone number or an id of ten digits is none."""
    if any(_NO_CLOCK.isdisjoint(_words(match[1])) for match in _TIMED.finditer(text)):
        return True
    return _BARE_UTC.search(text) is not None
