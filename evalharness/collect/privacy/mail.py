"""Mail addresses, written and as they are spoken: "anna dot keller at mail dot com", "k e double l e r ät web punkt de"."""

from __future__ import annotations

import re

from evalharness.collect.privacy.findings import Finding
from evalharness.collect.privacy.stems import any_of
from evalharness.collect.privacy.words import WORDS, listed

_MAIL = re.compile(r"(?<![\w.%+\-])[\w.%+\-]{1,64}+@[\w\-]{1,63}+(?:\.[\w\-]{1,63}+){1,8}")
_DOT = r"(?:dot|punkt|period|point|\[dot\])"
_JOIN = r"(?:\s(?:minus|dash|hyphen|bindestrich)\s|\s)"
_PLACE = rf"\w[\w'\-]{{0,30}}(?:{_JOIN}(?!{_DOT}\b)\w[\w\-]{{0,30}}){{0,3}}?"
_TOP = rf"(?:d\se|(?!{_DOT}\b)[a-z]{{2,20}})"
_AT = re.compile(
    rf"\s(?:at\ssign|at|ät|klammeraffe|affenschwanz|\[at\]|@)\s(?P<domain>{_PLACE}(?:\s{_DOT}\s{_TOP}\b){{1,4}}"
    r"|(?:gmail|hotmail|yahoo|outlook|icloud|gmx)\b)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\s\"\\{}<>():;=\[\]]+|\[dot\]|[\"\\{}<>():;=\[\]]")
_BREAKS = frozenset('"\\{}<>():;=[]')
_JOINS = {
    "dot": ".", "punkt": ".", "period": ".", "point": ".", "[dot]": ".", "underscore": "_", "unterstrich": "_",
    "dash": "-", "hyphen": "-", "minus": "-", "bindestrich": "-", "plus": "+", "at": "@", "ät": "@", "klammeraffe": "@",
    "affenschwanz": "@", "[at]": "@", "sign": "",
}  # fmt: skip
_STOP = listed(
    "is it's its it that's thats use email e-mail mail address to me my mine under us send das ist die an adresse lautet "
    "so yes yeah um uh ja also sure okay ok well and then und no nein sorry would be e-mail's mail's from with or by via "
    "file inbox on your check receive sent confirmation receipt him her"
)
"""Words that stand before an address and are no part of it."""
_NO_NAMES = listed(
    "look website site online page available found them information here bought buy it saw order ordered booked visit on "
    "shop see steht seite"
)
MAIL_WORDS = listed("dot [dot] punkt period point gmail hotmail yahoo outlook icloud gmx")
"""Of these one stands in every spoken address."""
_MAY_SPEAK = any_of(word.strip("[]") for word in MAIL_WORDS)
_REACH = 120
_LONGEST = 24


def find_mail(text: str) -> list[Finding]:
    """The mail addresses in a text; the part before a spoken at may be spelled letter by letter."""
    found = []
    if "@" in text:
        found = [Finding(match.start(), match.end(), "email", match[0].lower()) for match in _MAIL.finditer(text)]
    lower = text.lower()
    if _MAY_SPEAK.search(lower) and not MAIL_WORDS.isdisjoint(lower.replace(".", " ").replace(",", " ").split()):
        for match in _AT.finditer(text):
            start = _start(text, match.start())
            if start < match.start():
                found.append(Finding(start, match.end(), "email", mail_value(text[start : match.end()])))
    return found


def _start(text: str, end: int) -> int:
    """Where the part before the at begins: words joined by a spoken sign, single letters and figures, or one word."""
    words = list(_WORD.finditer(text, max(0, end - _REACH), end))
    if not words or words[-1][0].lower().strip(",.") in _NO_NAMES:
        return end
    start, seen, joined = end, 0, True
    for match in reversed(words):
        word = match[0].lower()
        bare = word.strip(",.?!:")
        ended = start < end and len(bare) > 1 and word[-1] in ".?!:,—"
        if word in _BREAKS or bare in _STOP or _JOINS.get(bare) == "@" or ended or seen >= _LONGEST:
            break
        if not (joined or bare in _JOINS or len(bare) == 1 or bare in ("double", "doppel", *WORDS) or seen < 4):
            break
        joined = bare in _JOINS
        start, seen = match.start(), seen + 1
    return start


def mail_value(spoken: str) -> str:
    """The address as it is written: spoken signs as signs, single letters joined, number words as digits."""
    words, times, value = spoken.lower().replace(",", " ").split(), 1, ""
    for word in words:
        if word in ("double", "doppel"):
            times = 2
            continue
        plain = word.replace("-", "") if len(word) > 2 and word[1::2] == "-" * (len(word) // 2) else word
        value += _JOINS.get(plain, plain if len(plain) == 1 else WORDS.get(plain, plain)) * times
        times = 1
    return value
