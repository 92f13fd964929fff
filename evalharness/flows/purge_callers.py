"""The calls of one caller, before anything is changed: by the keyed hash of the number, mail or name, by its pseudonyms in texts,
and by what stands in texts word for word. Another spelling of a number gives candidates, for a person to look at."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from evalharness import numbers
from evalharness.collect.privacy.findings import ALL_CATEGORIES, digits_of, phone_value
from evalharness.collect.privacy.redact import Redactor
from evalharness.flows.callers_key import check_key
from evalharness.flows.opened import Opened
from evalharness.flows.retention import Due, Identity, nobody, some
from evalharness.models.removed import leaves
from evalharness.store.intakes import Part, parts

_PSEUDONYM = re.compile(r"\[[a-z]+-[0-9a-f]{4,}\]")
_CATEGORIES = frozenset(ALL_CATEGORIES) - {"address"}
_LONE = frozenset({1, 7})
_PAIRS = frozenset(
    {20, 27, *range(30, 35), 36, 39, 40, 41, *range(43, 50), *range(51, 59), *range(60, 67), 81, 82, 84, 86, *range(90, 96), 98}
)
_TAIL, _SHORTEST, _LONGEST = 9, 7, 15
_BETWEEN = str.maketrans("", "", " \t\u00a0\u202f()/.-")
_WORDS = re.compile(r"\w+")


def due_for_caller(house: Opened, typed: str) -> Due:
    """The calls by this caller (number, mail or name), those that name them by a pseudonym or word for word, and as candidates
    those of another spelling of the number.

    Raises UsageError where there is none of either, WorkspaceError where the key is not the one callers were hashed with.
    """
    check_key(house.workspace, house.ledger)
    sought = _Sought.of(Redactor(house.workspace.key, _CATEGORIES), typed)
    found = _found(house, sought)
    sure, likely = (dict.fromkeys(one for way in ways for one in found[way]) for ways in (_SURE, _LIKELY))
    candidates = [one for one in likely if one not in sure]
    if not sure and not candidates:
        looked = f"looked for: {', '.join(sought.looked_for())}, in turns, tools, summaries, errors and metadata"
        raise nobody(
            f"no call is known by this caller, and none names them ({looked})", f"Type it as the platform gave it; {_PARTS}."
        )
    others = {key for key in sought.likely_keys if any(found["another spelling"])}
    return Due(
        "caller",
        tuple(sure),
        matched=tuple(_told(sought, found)),
        callers=(sought.key,) if sought.key else (),
        typed=sought.ways(),
        candidates=tuple(candidates),
        candidate_callers=tuple(sorted(others)),
    )


_PARTS = "a name that stands otherwise (Ms Schmidt, a first name alone) is found by typing just that"
_SURE = ("keyed hash", "pseudonym", "word for word")
_LIKELY = ("another spelling", "its pseudonym", "last digits")


@dataclass(frozen=True)
class _Sought:
    """What is looked for. `names`: pseudonyms; `digits`: of a number, else ""; `likely_...`: of its other spellings."""

    typed: str
    key: str | None
    names: tuple[str, ...]
    digits: str
    likely_keys: frozenset[str] = frozenset()
    likely_names: tuple[str, ...] = ()
    words: re.Pattern[str] | None = field(default=None)

    @classmethod
    def of(cls, redactor: Redactor, typed: str) -> _Sought:
        """`typed` in every way it may be kept under this workspace's key."""
        digits = "" if any(sign.isalpha() for sign in typed) else digits_of(typed)
        others = sorted(spellings(typed)) if digits else []
        key, names = redactor.caller_key(typed), _pseudonyms(redactor, [typed])
        keys = {redactor.caller_key(one) for one in others} - {key, None}
        likely = [name for name in _pseudonyms(redactor, others) if name not in names]
        words = None if digits else _in_any_case(typed)
        return cls(typed.strip(), key, names, digits, frozenset(filter(None, keys)), tuple(likely), words)

    def ways(self) -> tuple[str, ...]:
        """What was typed, and its digits alone: looked for in every file afterwards."""
        return tuple(dict.fromkeys(one for one in (self.typed, self.digits) if len(one) >= 8))

    def looked_for(self) -> list[str]:
        """In words, for people."""
        what = [*(["the keyed hash"] if self.key else []), *self.names]
        return [
            *what,
            numbers.counted(len(self.likely_keys), "other spelling")
            if self.digits
            else "these words in this order, in small or capital letters",
        ]

    def way(self, texts: Iterable[str]) -> str | None:
        """How a call with these texts is known by them; None where it is not. The surest way counts."""
        texts = list(texts)
        if _any_name(self.names, texts):
            return "pseudonym"
        if self.words is not None:
            return "word for word" if any(self.words.search(text) for text in texts) else None
        plain = [text.translate(_BETWEEN) for text in texts] if len(self.digits) >= _SHORTEST else []
        if any(self.digits in text for text in plain):
            return "word for word"
        if _any_name(self.likely_names, texts):
            return "its pseudonym"
        tail = self.digits[-_TAIL:]
        return "last digits" if len(tail) == _TAIL and any(tail in text for text in plain) else None


def spellings(typed: str) -> set[str]:
    """The same number with and without a country calling code (ITU-T E.164) and the 0 before an area code; not as it was typed.

    Which country is meant is not known, so of a number without its code every code is tried: candidates, never a match.
    """
    digits, plus = digits_of(typed), typed.strip().startswith(("+", "00"))
    digits = digits.removeprefix("00") if plus else digits
    found: set[str] = set()
    if not plus:
        bare = digits.lstrip("0")
        found |= {
            f"{code}{number}"
            for code in range(1, 1000)
            if _is_code(code)
            for number in {bare, f"0{bare}" if code == 39 else bare}
        }
        found.add(bare)
    if plus or not digits.startswith("0"):
        rest = digits[_code_length(digits) :]
        found |= {rest, f"0{rest}"} if plus else {f"0{rest}", f"0{digits}"}
    own = phone_value(digits)
    return {one for one in found if _SHORTEST <= len(one) <= _LONGEST and phone_value(one) != own}


def _is_code(code: int) -> bool:
    return len(str(code)) == _code_length(str(code) + "00")


def _code_length(digits: str) -> int:
    return 1 if int(digits[:1] or 0) in _LONE else 2 if int(digits[:2] or 0) in _PAIRS else 3


def _in_any_case(typed: str) -> re.Pattern[str] | None:
    """The words in this order, whatever stands between that is no word; of a name of two or more also the last one first. A mail
    as it is."""
    words = [re.escape(word) for word in _WORDS.findall(typed)]
    if "@" in typed or not words:
        return re.compile(re.escape(typed.strip()), re.IGNORECASE)
    orders = dict.fromkeys((r"\W+".join(words), r"\W+".join([words[-1], *words[:-1]])))
    return re.compile(rf"(?<!\w)(?:{'|'.join(orders)})(?!\w)", re.IGNORECASE)


def _pseudonyms(redactor: Redactor, ways: Iterable[str]) -> tuple[str, ...]:
    """What redaction puts in the place of this number, mail or name, in whatever way it reads it."""
    asked = ("", "What is your phone number?", "phone", "What is your name?")
    read = (redactor.text(one.strip(), question) for one in ways for question in asked)
    return tuple(sorted({name for text in read for name in _PSEUDONYM.findall(text)}))


def _any_name(names: Iterable[str], texts: list[str]) -> bool:
    return any(begin in text for name in names for begin in (name, f"{name[:-1]} part]") for text in texts)


def _found(house: Opened, sought: _Sought) -> dict[str, list[Identity]]:
    """Way -> the calls known by it; each call under its surest way."""
    by: dict[str, dict[Identity, None]] = {way: {} for way in (*_SURE, *_LIKELY)}
    for way, keys in (("keyed hash", [sought.key] if sought.key else []), ("another spelling", sorted(sought.likely_keys))):
        by[way] = {(row["source"], row["id"]): None for row in house.calls.of_callers(keys)}
    for who, texts in _said(house):
        if known := sought.way(texts):
            by[known][who] = None
    seen: set[Identity] = set()
    found: dict[str, list[Identity]] = {}
    for way, calls in by.items():
        found[way] = [one for one in calls if one not in seen]
        seen |= set(calls)
    return found


def _told(sought: _Sought, found: dict[str, list[Identity]]) -> Iterator[str]:
    """How many were found in which way, and which."""
    others = numbers.counted(len(sought.likely_names), "other spelling")
    alike = "of 65,536 other values one looks the same"
    words = {
        "keyed hash": "by this caller (keyed hash)",
        "pseudonym": f"in whose text its pseudonym stands ({', '.join(sought.names)}; {alike})",
        "word for word": "in whose text it stands word for word; another person may be called so",
        "another spelling": "as a candidate: the caller's number is this one with or without a country code",
        "its pseudonym": f"as a candidate: it has a pseudonym of {others}; {alike} as each",
        "last digits": f"as a candidate: a number with the same last {_TAIL} digits stands there",
    }
    for way, calls in found.items():
        if calls or way == "keyed hash":
            noun = "more call" if way in _SURE[1:] else "call"
            yield f"{numbers.counted(len(calls), noun)} {words[way]}{': ' * bool(calls)}{some(one for _, one in calls)}"


def _said(house: Opened) -> Iterator[tuple[Identity, list[str]]]:
    """Every row of the call log that holds texts, and what came later for a call."""
    import pyarrow.parquet as pq

    for part in parts(house.ledger):
        columns, call_id = _texts(part)
        if columns:
            table = pq.read_table(house.workspace.root / part.path, columns=["source", call_id, *columns])
            rows = zip(*(table[name].to_pylist() for name in ("source", call_id, *columns)), strict=True)
            yield from (((source, one), [*_plain(texts)]) for source, one, *texts in rows)
    for row in house.ledger.rows("supplements", field="metadata"):
        yield (row["source"], row["call_id"]), list(leaves(row["value"]))


def _plain(texts: Iterable[str | None]) -> Iterator[str]:
    """The texts; of JSON the texts in it."""
    for text in filter(None, texts):
        yield text
        if text[:1] in "{[":
            with suppress(ValueError):
                yield from leaves(json.loads(text))


def _texts(part: Part) -> tuple[list[str], str]:
    columns = {"turns": (["text", "tool_calls"], "call_id"), "calls": (["metadata", "handoff", "errors"], "id")}
    return columns.get(part.kind, ([], ""))
