"""Redaction before anything is stored: card, account, phone, email, dob, ssn become pseudonyms such as [phone-7f3a].

Best effort, and never called safe: what it finds, misses and costs is measured by benchmarks/redaction.py, see docs/privacy.md.
The pseudonym is keyed (HMAC-SHA256) on the value's normal form: the same number looks the same in every text of a
workspace and cannot be computed without its key. The ids of calls and the agent's name are left as they are.
"""

from __future__ import annotations

import hmac
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from evalharness.collect.privacy.birth import asks_for_birth, find_births
from evalharness.collect.privacy.findings import ALL_CATEGORIES, NUMERIC, Finding, digits_of, has_figure, phone_value, plain_signs
from evalharness.collect.privacy.json_text import after_escape, nested_quote, outside_strings
from evalharness.collect.privacy.looks import may_be_personal
from evalharness.collect.privacy.mail import find_mail
from evalharness.collect.privacy.numbers import find_numbers
from evalharness.collect.privacy.papers import find_papers
from evalharness.collect.privacy.people import COMMON, find_people
from evalharness.collect.privacy.places import find_places
from evalharness.collect.privacy.spoken import find_spoken_numbers

_IBAN = re.compile(r"[A-Z](?<!\w[A-Z])[A-Z][ ]?\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,3})?\b")
_PSEUDONYM = re.compile(rf"\[(?:{'|'.join(ALL_CATEGORIES)})-[0-9a-f]{{4}}(?: part)?\]")
_WITHHELD = frozenset({
    "anonymous", "unknown", "private", "restricted", "unavailable", "blocked", "withheld", "none", "null",
})  # fmt: skip
_CAPITAL = re.compile(r"(?<![\w\[])[A-ZÀ-Þ][\w'’]*(?:-[A-ZÀ-Þ]\w+){0,3}(?![\w-])")
_NAME_FROM = 3
_RUN = re.compile(r"\d{7,}")
_FEW = 16
"""So many known numbers are looked for one by one; a hostile call has thousands."""
_DIGITS = re.compile(r"\d(?<![\w.]\d)\d{6,23}(?!\w)")  # what stands before is asked second: quicker where there are no digits


class Redactor:
    """Replaces personal data in texts of one workspace; redact_call.py takes a whole call through it.

    `counts`: replacements by category since `reset`.
    """

    def __init__(self, key: bytes, categories: frozenset[str]) -> None:
        self.key, self.categories = key, categories
        self.counts: Counter[str] = Counter()
        self._people = not categories.isdisjoint({"name", "address"})
        self._known: dict[str, Finding] = {}
        self._named: dict[str, Finding] = {}

    def reset(self) -> Counter[str]:
        """The counts so far; counting and the numbers known start again from nothing."""
        counts, self.counts, self._known, self._named = self.counts, Counter(), {}, {}
        return counts

    def caller_key(self, caller: str) -> str | None:
        """The keyed hash of a caller's number, mail or name (32 hexadecimal digits); None where it is withheld."""
        value = caller.strip().lower()
        value = value.removeprefix("tel:").removeprefix("sip:")
        if value.partition("@")[0].lstrip("+").isdecimal():
            value = value.partition("@")[0]
        digits = digits_of(value)
        if digits and not any(sign.isalpha() for sign in value):
            value = phone_value(digits)
        return None if value in _WITHHELD or not any(sign.isalnum() for sign in value) else self._digest(value)[:32]

    def text(self, text: str, question: str = "") -> str:
        """The text with pseudonyms. `question`: what was said before it, or the key under which it stands."""
        found = self.find(text, question) if self.categories and self.may_find(text, asked=bool(question)) else ()
        return self.replace(text, found) if found else text

    def find(self, text: str, question: str = "") -> list[Finding]:
        """The findings of the chosen categories from left to right; of two that overlap the one that begins first.

        Worth its cost only where `may_find`.
        """
        text, question = plain_signs(text), plain_signs(question) if question else ""
        if "[" in text:
            text = _PSEUDONYM.sub(lambda match: "\0" * len(match[0]), text)
        found = [one for one in _findings(text, question, self.categories) if one.category in self.categories]
        if not found:
            return found
        if "\\" in text:
            found = [replace(one, start=after_escape(text, one.start)) for one in found]
        kept: list[Finding] = []
        for one in sorted(found, key=_start) if len(found) > 1 else found:
            if not kept or one.start >= kept[-1].end:
                kept.append(one)
            elif one.end > kept[-1].end:
                kept[-1] = replace(kept[-1], end=one.end)
        return kept

    def may_find(self, text: str, *, asked: bool = True) -> bool:
        """Whether the text has a figure, a number word or another sign of what is looked for: most texts have none.

        `asked`: there may be a question before it. Names have no such signs, so where they are looked for only an empty text has
        nothing to find.
        """
        return bool(text) if self._people else may_be_personal(text, asked=asked)

    def replace(self, text: str, found: Iterable[Finding]) -> str:
        """The text with these findings replaced; they are counted and known from now on."""
        found = list(found)
        for finding in found:
            self.counts[finding.category] += 1
            self._remember(text, finding)
        return self._joined(text, found)

    def may_stand_again(self, text: str) -> bool:
        """Whether `again` may find something in the text, or in one of the texts of which it is made: a quick look."""
        if self._named:
            return True
        if len(self._known) <= _FEW:
            return any(map(text.__contains__, self._known))
        return not self._known.keys().isdisjoint(_RUN.findall(text))

    def again(self, text: str, _question: str = "") -> str:
        """The text with every number and every name replaced that was found since `reset`, whatever stands around it here."""
        hits = [(match, self._known.get(match[0])) for match in _DIGITS.finditer(text)] if self._known else []
        hits += [(match, self._named.get(match[0].lower())) for match in _CAPITAL.finditer(text)] if self._named else []
        found = [replace(finding, start=match.start(), end=match.end()) for match, finding in hits if finding]
        self.counts.update(finding.category for finding in found)
        return self._joined(text, sorted(found, key=_start)) if found else text

    def _joined(self, text: str, found: list[Finding]) -> str:
        """The text with pseudonyms, in quotes where a number stood bare as a value of JSON."""
        bare = outside_strings(text, [finding.start for finding in found])
        parts, position = [], 0
        for finding in found:
            quote = '"' if finding.start in bare else nested_quote(text, finding.start, finding.end)
            parts += [text[position : finding.start], quote, self._pseudonym(finding), quote]
            position = finding.end
        return "".join([*parts, text[position:]])

    def _remember(self, text: str, finding: Finding) -> None:
        if finding.category in NUMERIC:
            self._known[digits_of(text[finding.start : finding.end]) or finding.value] = finding
            self._known[finding.value] = finding
        elif finding.category == "name":
            for word in finding.value.split():
                if len(word) >= _NAME_FROM and word not in COMMON:
                    self._named.setdefault(word, finding)

    def _digest(self, value: str) -> str:
        return hmac.digest(self.key, value.encode("utf-8", "surrogatepass"), "sha256").hex()

    def _pseudonym(self, finding: Finding) -> str:
        return f"[{finding.category}-{self._digest(finding.value)[:4]}{' part' * finding.partial}]"


def _start(finding: Finding) -> tuple[int, int]:
    return finding.start, -finding.end


def _findings(text: str, question: str, categories: frozenset[str]) -> list[Finding]:
    """All findings, the surest kinds first. `question` matters only where the text itself says nothing."""
    found: list[Finding] = []
    figures = has_figure(text)
    if "email" in categories:
        found += find_mail(text)
    if "account" in categories and figures:
        ibans = [match for match in _IBAN.finditer(text) if _iban(match[0])]
        found += [Finding(match.start(), match.end(), "account", match[0].replace(" ", "").lower()) for match in ibans]
    if "dob" in categories:
        found += find_births(text, asked=bool(question) and asks_for_birth(question))
    if "account" in categories:
        found += find_papers(text, question)
    if not NUMERIC.isdisjoint(categories):
        numbers = [one for one in find_numbers(text, question) if one.category in categories] if figures else []
        found += numbers
        found += find_spoken_numbers(text, question, numbers[0] if len(numbers) == 1 else None)
    if "address" in categories:
        found += find_places(text, question)
    if "name" in categories:
        found += find_people(text, question)
    return found


def _iban(text: str) -> bool:
    """Whether the check digits of an IBAN are right (ISO 13616: remainder 1 modulo 97)."""
    plain = text.replace(" ", "")
    return int("".join(str(int(sign, 36)) for sign in plain[4:] + plain[:4])) % 97 == 1
