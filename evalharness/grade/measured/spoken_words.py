"""Words to digits: "two thirty" becomes "2 30", "twenty-third of May" becomes "23rd of May", "Zulu Kilo three" becomes "Z K 3".

The numbers themselves are put together by text2num (Rust, MIT). Its time grows with the square of a run of number words, so
that a long text is given to it in pieces of PIECE words, cut between numbers where there is such a place: the whole is linear.
"""

from __future__ import annotations

import re

from evalharness.grade.measured.voice_words import words_of

LANGUAGES = ("en", "de")
PIECE = 60
_WORDS = {
    "en": "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million zero oh first second third fourth "
    "fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth "
    "nineteenth twentieth thirtieth noon midnight double triple one",
    "de": "zwei zwo drei vier fünf sechs sieben acht neun zehn elf zwölf null ein eins mittag mitternacht ersten zweiten dritten "
    "vierten fünften sechsten siebten achten neunten zehnten elften zwölften",
}
_NUMBER_WORDS = {language: frozenset(words.split()) for language, words in _WORDS.items()}
_LIGHT = frozenset(("one", "first", "second", "third", "oh", "ein", "eins", "ersten", "zweiten", "dritten"))
_LEADS = frozenset(("past", "half", "um", "zum", "vom")) | frozenset(
    (
        "am",
        "pm",
        "dollar",
        "dollars",
        "euro",
        "euros",
        "clock",
        "oclock",
        "at",
        "on",
        "by",
        "until",
        "around",
        "before",
        "after",
        "from",
        "uhr",
    )
)
_GERMAN_ENDS = ("zig", "zehn", "ßig", "hundert", "tausend", "zigsten", "ßigsten", "zehnten")
_APOSTROPHES = ("'", "\u2019")
_DIGIT = re.compile(r"\d")
_HYPHEN = re.compile(r"(?<=[A-Za-zäöüß])[-\u2010\u2011](?=[a-zäöüß])")
_NATO = (
    "alpha|alfa|bravo|charlie|delta|echo|foxtrot|golf|hotel|india|juliett?|kilo|lima|mike|november|oscar|papa|quebec|romeo|sierra|"
    "tango|uniform|victor|whiske?y|x[ -]?ray|yankee|zulu"
)
_NATO_WORDS = frozenset(_NATO.replace("juliett?", "juliet|juliett").replace("whiske?y", "whiskey|whisky").split("|")) | {
    "ray",
    "xray",
}
_OHS, _SEVERAL = ("oh", "o"), ("double", "triple")
_DASHES, _LARGE = ("dash", "hyphen", "strich", "minus"), ("half", "thousand", "million", "tausend")
_STEPS = _NATO_WORDS.union(_OHS, _SEVERAL, _DASHES, _LARGE)
_SPELLED = re.compile(rf"\b(?:{_NATO})(?:,? (?:{_NATO}|\d{{1,4}}|oh)\b)+", re.IGNORECASE)
_LETTER = re.compile(rf"\b(?:{_NATO})\b", re.IGNORECASE)
_AS_IN = re.compile(r"\b([A-Za-z]) (?:as in|like in|wie) [A-Za-z]+")
_OH = re.compile(r"\b(?:oh|o)\b(?= (?:\d|oh\b|o\b))|(?<=\d )(?:oh|o)\b(?!['’])|(?<=double )oh\b|(?<=triple )oh\b", re.IGNORECASE)
_TIMES = re.compile(r"\b(double|triple) (\d)", re.IGNORECASE)
_DASH = re.compile(r"(?<=[A-Z0-9]) (?:dash|hyphen|Strich|minus) (?=[A-Z0-9])")
_HALF = re.compile(r"\b(\d{1,3}) and a half (1000|1000000)\b")
_POINT = re.compile(r"\b(\d{1,3}[.,]\d{1,3}) (1000|1000000|1000000000)\b")
_AM = re.compile(r"(?<=\d) ?([ap])\.? ?m\b\.?", re.IGNORECASE)


def number_words(text: str, language: str, said: tuple[str, ...] | None = None) -> frozenset[str] | None:
    """A quick look before any parsing: the words of the text, as `words_of` has them and as apostrophes part them; None where it
    holds neither digit nor number.

    "one", "first" and the like alone are no number: they need another word that leads to one. `said`: its words, where they are
    known.
    """
    words = words_of(text) if said is None else said
    numbers = _NUMBER_WORDS[language]
    if not numbers.isdisjoint(words):
        held = _parted(text, words)
        if _says_number(held & numbers, held):
            return held
    if _has_digit(text) or (language == "de" and any(word.endswith(_GERMAN_ENDS) for word in words)):
        return _parted(text, words)
    return None


def _parted(text: str, words: tuple[str, ...]) -> frozenset[str]:
    marks = [mark for mark in _APOSTROPHES if mark in text]
    for mark in marks:
        text = text.replace(mark, " ")
    return frozenset(words).union(words_of(text)) if marks else frozenset(words)


def _has_digit(text: str) -> bool:
    """Of plain text the digits are taken out as bytes: a pattern would look at every sign, four times as long."""
    if not text.isascii():
        return _DIGIT.search(text) is not None
    plain = text.encode()
    return len(plain.translate(None, b"0123456789")) < len(plain)


def _says_number(found: frozenset[str], words: frozenset[str]) -> bool:
    return bool(found) and (not found <= _LIGHT or not words.isdisjoint(_LEADS))


def in_digits(text: str, language: str, words: frozenset[str]) -> str:
    """The text with numbers as digits, spelled letters as capitals, "oh" as 0, "double four" as 44, "p.m." as pm.

    `words`: those of the text, by which most of the steps are passed over.
    """
    found = text
    if language != "en" or _says_number(words & _NUMBER_WORDS[language], words):
        found = _numbers(_HYPHEN.sub(" ", found), language)
    if " as in " in found or " wie " in found:
        found = _AS_IN.sub(lambda match: match[1].upper(), found)
    if not words.isdisjoint(_STEPS):
        found = _by_words(found, words)
    small = found.lower()
    if "am" in small or "pm" in small or ".m" in small or " m" in small:
        found = _AM.sub(lambda match: f" {match[1].lower()}m", found)
    return found


def _by_words(text: str, words: frozenset[str]) -> str:
    """The steps that need one of their words."""
    found = text
    if not words.isdisjoint(_NATO_WORDS):
        found = _SPELLED.sub(_letters, found)
    if not words.isdisjoint(_OHS):
        found = _OH.sub("0", found)
    if not words.isdisjoint(_SEVERAL):
        found = _TIMES.sub(lambda match: match[2] * (2 if match[1].lower() == "double" else 3), found)
    if not words.isdisjoint(_DASHES):
        found = _DASH.sub(" ", found)
    if not words.isdisjoint(_LARGE):
        found = _POINT.sub(_product, _HALF.sub(lambda match: str(int(match[1]) * int(match[2]) + int(match[2]) // 2), found))
    return found


def _numbers(text: str, language: str) -> str:
    from text_to_num import alpha2digit  # noqa: PLC0415 - a compiled module, loaded where a call first holds a number

    words = text.encode("utf-8", "replace").decode().split(" ")
    known, start, pieces = _NUMBER_WORDS[language], 0, []
    while start < len(words):
        end = start + PIECE
        while end < min(len(words), start + 2 * PIECE) and words[end - 1].lower() in known:
            end += 1
        pieces.append(str(alpha2digit(" ".join(words[start:end]), language, threshold=0.0)))
        start = end
    return " ".join(pieces)


def _letters(match: re.Match[str]) -> str:
    return _LETTER.sub(lambda word: word[0][0].upper(), match[0])


def _product(match: re.Match[str]) -> str:
    return f"{float(match[1].replace(',', '.')) * int(match[2]):.0f}"
