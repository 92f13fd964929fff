"""Names of people, by the words around them: "my name is ...", "Frau ...", a spelled name, the answer to "your name, please?".

No list of names and no model: a name without such words stays. Best effort; docs/privacy.md says what it finds and misses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from evalharness.collect.privacy.context import last_kind
from evalharness.collect.privacy.findings import Finding
from evalharness.collect.privacy.words import FILLERS, SPELLING, WORDS, listed

_CAP = r"(?:(?:Mc|Mac|O'|D'|al-|Al-)?[A-ZÄÖÜÀ-ÞŁŚŠŽ][a-zà-ÿßąćęłńóśźż']+(?:-[A-ZÀ-Þ][a-zà-ÿß]+)*|al-[A-Z][a-z]+)"
_PERSON = rf"(?P<name>{_CAP}(?:\s(?:van|von|de|der|den|la|el|bin|[A-Z]\.|{_CAP})){{0,3}}(?<!\svan)(?<!\svon)(?<!\sde))"
_ANY = r"(?P<name>[^\W\d_][\w'’-]{1,30}(?:\s[^\W\d_][\w'’-]{1,30}){0,2})"
_SURE = re.compile(
    r"(?:\b(?:my (?:full |first |last )?name(?:\sis|'s)|(?:last|first|sur|family)\s?name(?:\sis|'s|,|:)?|under the name(?: of)?"
    rf"|mein name ist|ich hei(?:ß|ss)e|auf den namen|(?:nach|vor)name(?:\sist|:)?))\s{_ANY}",
    re.IGNORECASE,
)
_SAID = (
    "this is|i'm|i am|it's|it is|call me|spe(?:ak|ake)ing (?:with|to)|(?:speak|spoke|talk|talked) (?:with|to)|under|is that|put"
    "|(?:is|it's|it) for|name is|hier (?:ist|spricht)|ich bin(?: die| der)?|spreche ich mit"
)
_ROLES = (
    "(?:patient|holder|passenger|guest|travell?er|owner|ticket|card|booking|appointment|order \\d+)"
    " (?:is|says|is for|under|name is)"
    "|my (?:wife|husband|son|daughter|sister|brother|mother|father|partner|boss|colleague|mum|mom|dad|doctor|friend)"
    "(?:'s| is| is called|'s name is)?"
    "|(?:mein (?:mann|sohn|vater|bruder|freund)|meine (?:frau|tochter|mutter|schwester|freundin))(?: ist| heißt)?"
)
_HELLO = "hi|hello|thanks|thank you|okay|great|perfect|sorry|hallo|danke|guten tag|alles klar"
_CUES = re.compile(rf"\b(?i:{_SAID}|{_ROLES}|{_HELLO})\.?,?\s{_PERSON}")
_TITLED = re.compile(rf"\b(?:(?i:mr|mrs|ms|miss|dr|herrn?|frau|doktor))\.?\s{_PERSON}")
_GREETS = re.compile(rf"(?:{_HELLO})\b", re.IGNORECASE)
_HERE = re.compile(rf"(?:^|[.!?,]\s|(?i:hello|hi|hallo)\s){_PERSON}(?:\s(?i:here|speaking|am apparat|mein name)\b)")
_START = re.compile(rf"^{_PERSON},\s")
_LETTER = r"(?:(?i:double|doppel)[\s-])?[A-Za-zÄÖÜäöü](?:\s(?:as in|wie|for)\s\w+)?"
_SPELLED = re.compile(rf"(?<![\w'’-])(?:{_LETTER}(?:[\s,-]{{1,2}})){{2,24}}{_LETTER}(?![\w'’])")
_ASKS = re.compile(
    r"\b(?:your|his|her|their|the|full|first|last|sur|family) ?name\b|\bname (?:and|please|on|is)\b"
    r"|who am i (?:speaking|talking)|what name"
    r"|spell (?:that|it|your|the)|\b(?:ihr|der|welchen|vor-? ?und nach|nach|vor)\s?name|wie heißen|mit wem|buchstabieren"
    r"|speaking with"
)
_NOT_ASKED = re.compile(r"e-?mail|address|adresse|company|street|name of (?:the|your) |city|airport|hotel")
_NO_NAME = listed(
    "i i'm i've i'd the a an and or but so then not on in at of for from to with by is are was be been my your our their "
    "his her its this that these those it he she we you they there here what when where why how who which yes yeah yep no "
    "nope sure okay ok well oh um uh please thanks thank sir madam ma'am hello hi hey good great perfect fine right "
    "correct alright all one two calling speaking spelled spelt under booking order number monday tuesday wednesday "
    "thursday friday saturday sunday january february march april may june july august september october november "
    "december english german french spanish american british christmas easter visa mastercard amex terminal flight room "
    "gate street road let just can could would will do did does have has had also still already very really actually "
    "about looking going happy glad sorry afraid new old best only someone nobody everyone mister missus miss dr wasn't "
    "isn't don't won't can't montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar märz mai juni "
    "juli oktober dezember der die das ein eine und oder aber nicht auf von zu mit bei ist sind war ja nein gut genau "
    "bitte danke hallo guten herr frau mann sehr gerade auch noch schon ich sie er wir ihr es am im vom hier da jetzt "
    "name nummer moment virtual confirmation code reservation passenger assistant agent customer support service team "
    "manager doctor what's let's that's it's there's internet email certainly absolutely definitely exactly last first "
    "full given family middle surname nachname vorname date birth details whether because if as like than too both each "
    "any some more most other same again back later today tomorrow now ihre mein meine wegen zum zur wie wer wann warum "
    "wo rechnung bestellung termin main cabin basic economy premium business class gold silver platinum match matches "
    "tell give spell doesn't canadian australian indian irish scottish italian polish russian turkish chinese japanese dutch "
    "swiss mexican krank deutsche deutscher"
)
_KEYED = re.compile(
    r"(?:first|last|full|given|family|middle|sur|customer|caller|patient|guest|passenger|contact)_?[nN]ame\\?\"\s?:\s?\\?\"(?P<name>[^\"\\\d]{2,60})"
)
"""A name in JSON text."""
COMMON = _NO_NAME | listed(
    "will mark rose grant hope grace chase bill art page day young long brown white black green king price joy faith summer dawn "
    "sunny rich frank ernst wolf stein berg koch weiß groß klein lang kurz neu"
)
"""Words that are names and something else too: they are names only where the words around them say so."""
_AGENTS = re.compile(r"\b(?:assistant|automated|agent|assistentin|assistent|calling (?:from|for) [A-Z]|bot)\b", re.IGNORECASE)
_PARTICLES = listed("van von de der den la el bin")
_LONGEST = 5
_PREFIX = listed("it's its it is the name that's that das ist der mein sure ja yes yeah i'm ich bin heiße my ok okay under")
_VERB = re.compile(r"(?:\bis|'s|\bist|heiße|heisse|:|under the name|namen)\s*$", re.IGNORECASE)
_SPELLED_OUT = re.compile(
    rf"(?:{'|'.join(SPELLING)})[\s,]+(?:\d|\w\b|(?:{'|'.join((*SPELLING, *(word for word in WORDS if len(word) > 2)))})\b)",
    re.IGNORECASE,
)
"""A code spelled with words that stand for letters: "Kilo seven", "Romeo Papa"."""
_NEAR = 60
_LAST_WORD = re.compile(r"([^\W\d_][\w'-]+)[.,]?[\s—]$")
_PLAIN = re.compile(r"[^\W_]+")
_CODES = re.compile(r"\b(?:code|voucher|airport|reference|record|from|to|flying)\b", re.IGNORECASE)
_LETTERS = 4
_VOWELS = frozenset("aeiouyäöü")
_WORD = re.compile(r"[^\s]+")


def asks_for_person(question: str) -> bool:
    """Whether the question asks for somebody's name, or to spell it."""
    lower = question.lower().replace("_", " ")
    return _ASKS.search(lower) is not None and not _NOT_ASKED.search(lower)


def find_people(text: str, question: str) -> Iterator[Finding]:
    """The names in a text. `question`: what was asked before it."""
    asked = bool(question) and asks_for_person(question)
    if asked:
        yield from _answer(text)
    yield from _spelled(text, question, asked=asked)
    if not any(sign.isupper() for sign in text) and "name" not in text.lower() and "heiß" not in text.lower():
        return
    for match in _KEYED.finditer(text) if "ame" in text else ():
        yield _named(text, *match.span("name"))
    if _AGENTS.search(text):
        return
    for match in _TITLED.finditer(text):
        for one in _trimmed(text, *match.span("name")):
            yield replace(one, start=match.start())
    for expression in (_SURE, _CUES, _HERE, _START):
        for match in expression.finditer(text):
            if _tells(text, match, expression):
                yield from _trimmed(text, *match.span("name"))


def _tells(text: str, match: re.Match[str], expression: re.Pattern[str]) -> bool:
    """A greeting ("okay Anna") tells only where the clause ends behind it, the start of a text only with two words."""
    if expression is _START:
        return " " in match["name"]
    if expression is _SURE:
        return match["name"][0].isupper() or text.islower() or _VERB.search(text[: match.start("name")]) is not None
    return expression is not _CUES or not _GREETS.match(match[0]) or _ends(text, match.end("name"))


def _ends(text: str, end: int) -> bool:
    """Whether a clause ends here: a name after "okay" is one only then ("Okay Anna, ...")."""
    return end == len(text) or text[end] in ",.!?;"


def _trimmed(text: str, start: int, end: int) -> Iterator[Finding]:
    """The words up to the first that is surely no part of a name; nothing where none is left."""
    kept = start
    if _SPELLED_OUT.match(text, start):
        return
    for match in _WORD.finditer(text, start, end):
        word = match[0].lower().strip(",.'’")
        if kept > start and word in _PARTICLES:
            continue
        if word.removesuffix("'s") in _NO_NAME or word in WORDS:
            break
        kept = match.end()
    if kept > start:
        yield _named(text, start, kept)


def _named(text: str, start: int, end: int) -> Finding:
    return Finding(start, end, "name", " ".join(text[start:end].lower().split()))


def _answer(text: str) -> Iterator[Finding]:
    """The whole of a short answer to "your name, please?", its small words apart."""
    if "—" in text or "–" in text:
        return
    words = list(_WORD.finditer(text))
    while words and words[0][0].lower().strip(",.") in (_PREFIX | FILLERS):
        words.pop(0)
    plain = [word[0].lower().strip(",.!?") for word in words]
    first = next(
        (i for i, word in enumerate(plain) if word in _NO_NAME or word in WORDS or any(s.isdecimal() for s in word)), len(plain)
    )
    ended = first < len(plain) and words[first - 1][0][-1] not in ",."
    if 0 < first <= _LONGEST and not ended and not (first == 1 and len(plain[0]) < 2):
        end = words[first - 1].end() - (words[first - 1][0][-1] in ",.!?")
        yield _named(text, words[0].start(), end)


def _spelled(text: str, question: str, *, asked: bool) -> Iterator[Finding]:
    """A word letter by letter, and the word itself where it stands before."""
    for match in _SPELLED.finditer(text):
        letters = spelled_word(match[0])
        near = max(0, match.start() - _NEAR)
        before = _LAST_WORD.search(text[near : match.start()])
        if before and _spells(letters, before[1]):
            yield _named(text, near + before.start(1), near + before.end(1))
        elif len(letters) < _LETTERS or _VOWELS.isdisjoint(letters) or _is_code(text, match, question, asked=asked):
            continue
        yield Finding(match.start(), match.end(), "name", letters)


def _spells(letters: str, word: str) -> bool:
    """Whether the letters spell the word, give or take one that was lost; an airport's code does not spell its city."""
    plain = word.lower().replace("'", "")
    return len(letters) >= _LETTERS and letters[:3] == plain[:3] and abs(len(letters) - len(plain)) <= 1


def _is_code(text: str, match: re.Match[str], question: str, *, asked: bool) -> bool:
    """Whether the letters belong to a code: called so before them, or with figures or number words beside them."""
    before, after = text[max(0, match.start() - _NEAR) : match.start()], text[match.end() : match.end() + 12].lower()
    beside = [*_PLAIN.findall(before.lower())[-1:], *_PLAIN.findall(after)[:1]]
    if any(word in WORDS or word == "dash" or word.isdecimal() for word in beside) or _CODES.search(before):
        return True
    return last_kind(before or ("" if asked else question)) == "other"


def spelled_word(spelled: str) -> str:
    """The word that is spelled: "K-E-double L-E-R" is keller."""
    plain = re.sub(r"\s(?:as in|wie|for)\s\w+", "", spelled, flags=re.IGNORECASE)
    word, times = "", 1
    for token in re.findall(r"[^\W\d_]+", plain.lower()):
        if token in ("double", "doppel"):
            times = 2
        else:
            word, times = word + token * times, 1
    return word
