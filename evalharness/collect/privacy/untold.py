"""Words that no turn holds, because it is not known who said them: read as a dialogue, so that an answer has its question."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from evalharness.collect.privacy.dialogue import find_in_turns
from evalharness.collect.privacy.findings import Finding
from evalharness.collect.privacy.redact import Redactor

_ROLE = re.compile(r"[ \t]*(\w[\w .'-]{0,39}):[ \t]*")
_ASKING = frozenset({
    "agent", "ai", "ai agent", "ai_agent", "assistant", "bot", "human_agent", "operator", "supervisor", "transfer target",
    "transfer_target", "voicebot",
})  # fmt: skip


def redact_untold(text: str, question: str, redactor: Redactor, told: Mapping[str, str]) -> str:
    """The text with pseudonyms, its lines ("role: words", or words alone) as they were; `told`: lines that are known redacted.

    It is read three times, and what any reading finds is replaced: as one text that answers `question`; line by line, where an
    agent (or a bot, an assistant) asks and everybody else may answer; and so that whoever ends with a question mark asks too.
    """
    found: list[Finding] = []
    if redactor.may_find(text):
        asking, asking_too = _readings(text, redactor)
        whole = [piece for hit in redactor.find(text, question) for piece in _by_line(text, hit)]
        found = _together([*asking, *asking_too, *whole])
    redacted = redactor.replace(text, found) if found else text
    if not told:
        return redacted
    lines = zip(text.split("\n"), redacted.split("\n"), strict=True)
    return "\n".join(told.get(before, after) for before, after in lines)


def _by_line(text: str, hit: Finding) -> list[Finding]:
    """What was found over the end of a line, as a finding in each of them."""
    pieces, start = [], hit.start
    for words in text[hit.start : hit.end].split("\n"):
        if words:
            pieces.append(replace(hit, start=start, end=start + len(words)))
        start += len(words) + 1
    return pieces


def _readings(text: str, redactor: Redactor) -> tuple[list[Finding], list[Finding]]:
    """The findings, at their places in the whole text, where agents ask; and where questions of others do too."""
    places, agents, marks, said = [], [], [], []
    start = 0
    for line in text.split("\n"):
        role = _ROLE.match(line)
        begin = role.end() if role else 0
        places.append(start + begin)
        said.append(line[begin:])
        agents.append(role is not None and role[1].strip().lower() in _ASKING)
        marks.append(line.rstrip().endswith("?"))
        start += len(line) + 1
    first = _found(said, agents, places, redactor)
    either = [one or other for one, other in zip(agents, marks, strict=True)]
    return first, _found(said, either, places, redactor) if either != agents else []


def _found(said: list[str], asks: list[bool], places: list[int], redactor: Redactor) -> list[Finding]:
    turns = [(not one, words) for one, words in zip(asks, said, strict=True)]
    found = find_in_turns(turns, redactor.find, redactor.may_find)
    return [replace(hit, start=hit.start + at, end=hit.end + at) for at, hits in zip(places, found, strict=True) for hit in hits]


def _together(found: list[Finding]) -> list[Finding]:
    """From left to right; those that overlap are one, which covers all of them and is what the first given of them is."""
    kept: list[tuple[int, Finding]] = []
    for rank, one in sorted(enumerate(found), key=lambda ranked: ranked[1].start):
        if not kept or one.start >= kept[-1][1].end:
            kept.append((rank, one))
            continue
        before, other = kept[-1]
        surer = one if rank < before else other
        kept[-1] = (min(rank, before), replace(surer, start=other.start, end=max(one.end, other.end)))
    return [one for _, one in kept]
