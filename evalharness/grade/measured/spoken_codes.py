"""Phone and confirmation numbers: digits and letters said one by one, written references, "ending in 7447"."""

from __future__ import annotations

import re

from evalharness.grade.measured.spoken_reader import Reader

_RUN = re.compile(
    r"[+(\dA-Z](?<![\w.:$€£/+-][+(\dA-Z])"
    r"(?:(?<=\+)(?:\(?\d{1,4}\)?|[A-Z])|(?<=\()\d{1,4}\)?|(?<=\d)\d{0,3}\)?|(?<=[A-Z]))"
    r"(?:[ ,-]{1,2}(?:\(?\d{1,4}\)?|[A-Z])(?![\w'’/]|[:.,]\d))+"
)
_MIXED = re.compile(r"[A-Z]-?\d|\d[A-Z]")
_PAIR = re.compile(r"[\d)][ ,-]{1,2}[\d(A-Z]|[A-Z][ ,-]{1,2}\d")
_FOUR = re.compile(r"\d{4}")
_TOKEN = re.compile(r"[A-Z]|\d+")
_WRITTEN = re.compile(
    r"(?<![\w.$€£-])[A-Z]{1,4}-?\d{3,}[A-Z0-9]*(?![\w])|(?<![\w.$€£-])(?=[A-Z]*\d)[A-Z0-9]*[A-Z][A-Z0-9]*(?![\w-])"
)
_LONG = re.compile(r"\d(?<![\w.,:$€£/-]\d)\d{3,14}(?![\w:/%]|[.,]\d)")
_CUE = re.compile(
    r"\b(?:number|code|id|pin|reference|flight|ending|ends|end|extension|zip|account|room|gate|seat|case|claim|order|ticket|booking|"
    r"policy|tracking|form|confirmation|nummer|\w+nummer|\w*code|kennzeichen|endet)\b"
    r"(?: (?:is|are|number|in|with|auf|lautet|ist|we sent is|code|id|of|on file|ends|ending))*[ :#]*$"
)
_PHONE = re.compile(r"\b(?:call|reach|phone|mobile|cell|hotline|text|telefon\w*|rufen|handy)\b")
_HALF_DAY = re.compile(r" ?[ap]m\b")
_PLACE = re.compile(r"\b(?:seat|gate|room|flight)\b(?: is| number)? *$")


def read(reader: Reader) -> None:
    """Takes every phone and confirmation number."""
    if not reader.left:
        return
    if reader.mixes and _MIXED.search(reader.rest):
        reader.take(_WRITTEN, "code", _written)
    if reader.pairs and _PAIR.search(reader.rest):
        reader.take_as(_RUN, lambda match: _run(reader, match))
    if reader.shaped("0000") and _FOUR.search(reader.rest):
        reader.take_as(_LONG, lambda match: _long(reader, match))


def _written(match: re.Match[str]) -> str | None:
    """Takes "HAT136", "P-641", "M05KNL"; a short one like "4K" is a word."""
    text = match[0].replace("-", "")
    digits = sum(char.isdigit() for char in text)
    return text if digits >= 3 or (digits and len(text) >= 5) else None


def _run(reader: Reader, match: re.Match[str]) -> tuple[str, str] | None:
    """Three digits or more said one by one, seven in groups, or three signs after a word that leads to a number."""
    tokens = _TOKEN.findall(match[0])
    joined, before = "".join(tokens), reader.before(match)
    digits = sum(char.isdigit() for char in joined)
    singles = sum(len(token) == 1 for token in tokens)
    cue = _CUE.search(before) is not None
    spelled = singles == len(tokens) >= 4 and digits >= 2
    enough = spelled or (digits >= 3 and (singles >= 3 or digits >= 7))
    if _HALF_DAY.match(reader.after(match)):  # "1 0 5 pm" is five past one
        return None
    if not digits or not (enough or (cue and len(joined) >= 3)):
        return None
    is_phone = joined.isdigit() and (digits >= 10 or (digits >= 7 and (not cue or _PHONE.search(before) is not None)))
    return ("phone" if is_phone else "code", joined)


def _long(reader: Reader, match: re.Match[str]) -> tuple[str, str] | None:
    cue = _CUE.search(reader.before(match)) is not None
    if not cue and len(match[0]) < 7:
        return None
    return ("code" if cue else "phone", match[0])
