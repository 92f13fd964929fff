"""The four failures an agent should have an answer for: a slow reply, a tool that fails, bad audio, an account that is not found.

Each occurrence is a finding with its turns: `handled` (every step was taken), `partly` (some), `improvised` (none).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import accumulate, dropwhile, islice, pairwise, takewhile

from evalharness.grade.measured.audit import Audit, Used, audit_of
from evalharness.grade.measured.cues import cues, holds, plain_cues, spoken_in
from evalharness.grade.measured.found import Figure, Found
from evalharness.grade.measured.required_words import is_said
from evalharness.grade.measured.voice_spoken import BY_TIME, Said, timed
from evalharness.grade.measured.voice_words import words_of
from evalharness.models.call import Call
from evalharness.models.finding import Finding
from evalharness.models.handling import Handlers, NotFound
from evalharness.models.measuring import Measuring
from evalharness.models.voice_rules import Phrases

FIGURES: Mapping[str, Figure] = {
    "slow_replies": Figure("count", "no answer for longer than the cap, 4 s as shipped"),
    "slow_replies_handled": Figure(
        "share",
        "slow replies that were said, and a person offered",
        bad=False,
        among="calls with a slow reply",
        shown_by=("slow_replies", ""),
    ),
    "tool_failures": Figure("count", "tools that failed and were not made good, each once", within="tool_calls"),
    "tool_failures_handled": Figure(
        "share",
        "of these, those of which the caller was told, logged, a person offered",
        bad=False,
        among="calls with a failed tool",
        shown_by=("tool_failures", ""),
    ),
    "bad_audio": Figure("count", "caller or agent complains of the line"),
    "bad_audio_handled": Figure(
        "share",
        "bad lines noticed, and asked to repeat or another way offered",
        bad=False,
        among="calls with a bad line",
        shown_by=("bad_audio", ""),
    ),
    "account_not_found": Figure("count", "a look-up found nobody", among="calls with a look-up"),
    "account_not_found_handled": Figure(
        "share",
        "look-ups without result that were answered as agreed",
        bad=False,
        among="calls with a look-up that found nobody",
        shown_by=("account_not_found", ""),
    ),
}


@dataclass(frozen=True)
class Case:
    """A failure at a turn: the turns that show it and its handling, and which steps were taken."""

    turns: tuple[int, ...]
    steps: tuple[bool, ...]

    @property
    def state(self) -> str:
        """handled, partly or improvised."""
        return "handled" if all(self.steps) else "partly" if any(self.steps) else "improvised"


def detect(call: Call, settings: Measuring) -> Found:
    """Every occurrence of the four failures, and the share handled where there is one and words of the language are listed."""
    rules, found = settings.handlers, Found()
    told = spoken_in(call.language, rules.offers)
    audit = audit_of(call, settings.escalation.transfer_tools)
    for measure, cases_of in _KINDS.items():
        cases = cases_of(audit, rules)
        if cases is None:
            continue
        found.values[measure] = float(len(cases))
        if not told:
            found.findings += [Finding(measure=measure, turns=case.turns) for case in cases]
            continue
        if cases:
            found.values[f"{measure}_handled"] = sum(case.state == "handled" for case in cases) / len(cases)
        found.findings += [Finding(measure=measure, turns=case.turns, state=case.state) for case in cases]
    return found


def slow_replies(audit: Audit, rules: Handlers) -> list[Case] | None:
    """Caller turns after which nobody spoke for the cap; None where not every turn is timed. A caller who asked for a moment, and
    one who goes on with more than a "hello?", had the floor. A log of one
    side says nothing. The last turn of a call has no next one and is not looked at."""
    if not (audit.caller and audit.agent) or not timed(audit.said):
        return None
    ordered = sorted(audit.said, key=BY_TIME)
    found: list[Case] = []
    cap_ms = rules.slow_reply.cap_ms
    ends = accumulate([one.end for one in ordered], max)
    for (one, after), end in zip(pairwise(ordered), ends, strict=False):
        silent = after.start - end
        if one.speaker == "caller" and silent > cap_ms and _expects_answer(one, after, rules):
            replies = _next_run(audit, one.index)
            words = _says(replies, rules.slow_reply.said)
            found.append(Case((one.index, *_first(replies)), (words, _person(audit, one.index, replies, rules))))
    return found


def _expects_answer(one: Said, after: Said, rules: Handlers) -> bool:
    asks_back = after.speaker == "agent" or bool(_CALLS_OUT & set(after.words))
    return asks_back and not cues(rules.slow_reply.waiting).within(one.words)


_EMPTY = ("[]", "null", "None")
_BEGINNING = 500
"""Signs of a result in which its first five words are looked for."""
_CALLS_OUT = frozenset({"hello", "hallo", "there", "da"})


def tool_failures(audit: Audit, rules: Handlers) -> list[Case] | None:
    """Tools that failed and of which no later call worked, each once; None where the log does not say of every tool how it
    went."""
    if not audit.all_told:
        return None
    notes = rules.tool_failure.log_tools
    last_logged = max((one.turn for one in audit.tools if holds(one.tool.name, notes) and not one.failed), default=-1)
    cases: dict[tuple[str, int], Case] = {}
    seen: set[str] = set()
    for used in audit.failed:
        if used.tool.name not in seen and not _is_lookup_of_nobody(used, rules.not_found):
            cases[used.tool.name, used.turn] = _tool_case(audit, used, rules, last_logged)
        seen.add(used.tool.name)
    return list(cases.values())


def _tool_case(audit: Audit, used: Used, rules: Handlers, last_logged: int) -> Case:
    replies = _replies(audit, used.turn - 1, rules.within)
    steps = {
        "told": _says(replies, rules.tool_failure.told),
        "logged": last_logged >= used.turn,
        "escalated": _person(audit, used.turn - 1, replies, rules),
    }
    turns = (used.turn, *(turn for turn in _first(replies[1:]) if turn != used.turn))
    return Case(turns, tuple(steps[step] for step in rules.tool_failure.steps))


def bad_audio(audit: Audit, rules: Handlers) -> list[Case] | None:
    """Complaints of the line by the caller, or by the agent where the caller had not complained just before; None if off."""
    audio = rules.bad_audio
    if not audio.enabled or not audit.said or not spoken_in(audit.call.language, audio.caller):
        return None
    by_caller, by_agent, other = cues(audio.caller), cues(audio.agent), cues(audio.not_audio)
    if not (by_caller.may_be(audit.caller_words) or by_agent.may_be(audit.agent_words)):
        return []
    found: list[Case] = []
    answered: set[int] = set()
    for place, one in enumerate(audit.said):
        complaint = (by_caller if one.speaker == "caller" else by_agent).within(one.words)
        if not complaint or one.index in answered or other.within(one.words):
            continue
        replies = _replies(audit, one.index, 1) if one.speaker == "caller" else [one]
        answered |= {reply.index for reply in replies}
        noticed = _says(replies, audio.agent) or _sorry(replies)
        turns = tuple(dict.fromkeys((one.index, *_first(replies))))
        found.append(Case(turns, (noticed, _repeats(audit, place, replies, rules))))
    return found


def _sorry(replies: list[Said]) -> bool:
    """The word for the trouble taken up in an apology."""
    return any(
        {"sorry", "apologies", "entschuldigung"} & set(one.words) and {"line", "connection", "echo"} & set(one.words)
        for one in replies
    )


def _repeats(audit: Audit, place: int, replies: list[Said], rules: Handlers) -> bool:
    """Whether the agent asks to repeat, offers another way, or says again what it said before."""
    if _says(replies, rules.bad_audio.fixed):
        return True
    before = next((audit.said[k] for k in range(place - 1, -1, -1) if audit.said[k].speaker == "agent"), None)
    return before is not None and any(_says_again(one.meant, before.meant) for one in replies)


def _says_again(now: frozenset[str], before: frozenset[str]) -> bool:
    """Whether two words of substance and three of five of the shorter utterance are said again."""
    common = len(now & before)
    return common > 1 and common >= 0.6 * min(len(now), len(before))


def account_not_found(audit: Audit, rules: Handlers) -> list[Case] | None:
    """Look-ups of a person or an account whose result says that there is none; None where the log lacks a result."""
    wanted = rules.not_found
    asked = [used for used in audit.tools if _is_lookup(used, wanted)]
    if not asked or any(used.tool.result is None and not used.tool.error for used in asked):
        return None
    return [_nobody_case(audit, used, rules) for used in asked if _is_lookup_of_nobody(used, wanted)]


def _is_lookup(used: Used, rules: NotFound) -> bool:
    return holds(used.tool.name, rules.tools)


def _is_lookup_of_nobody(used: Used, rules: NotFound) -> bool:
    """The result is an empty list, or begins with words for "nobody" within its first five."""
    if not _is_lookup(used, rules):
        return False
    result = used.tool.result or ""
    return result.strip() in _EMPTY or plain_cues(rules.results).within(words_of(result[:_BEGINNING])[:5])


def _nobody_case(audit: Audit, used: Used, rules: Handlers) -> Case:
    wanted = rules.not_found
    replies = _replies(audit, used.turn - 1, rules.within)
    told = _says(replies, wanted.told)
    turns = (used.turn, *(turn for turn in _first(replies[1:]) if turn != used.turn))
    if wanted.responses:
        agreed = any(is_said(wanted.responses, one.words, wanted.same) for one in replies)
        return Case(turns, (told or agreed, agreed))
    further = _says(replies, wanted.next_step) or _person(audit, used.turn - 1, replies, rules)
    return Case(turns, (told, told and further))


def _replies(audit: Audit, after: int, most: int) -> list[Said]:
    """The agent's next turns after the turn."""
    first = bisect_right(audit.agent, after, key=lambda one: one.index)
    return audit.agent[first : first + most]


def _next_run(audit: Audit, after: int) -> list[Said]:
    """The agent's next turns after the turn, up to the caller's next."""
    first = bisect_right(audit.said, after, key=lambda one: one.index)
    rest = dropwhile(lambda one: one.speaker == "caller", islice(audit.said, first, None))
    return list(takewhile(lambda one: one.speaker == "agent", rest))


def _first(replies: list[Said]) -> tuple[int, ...]:
    return tuple(one.index for one in replies[:1])


def _says(replies: list[Said], phrases: Phrases) -> bool:
    return any(cues(phrases).within(one.words) for one in replies)


def _person(audit: Audit, after: int, replies: list[Said], rules: Handlers) -> bool:
    """Whether a person was offered in these replies, or the call was handed over, or tried to be, from there on."""
    return audit.last_transfer > after or _says(replies, rules.offers)


_KINDS: Mapping[str, Callable[[Audit, Handlers], list[Case] | None]] = {
    "slow_replies": slow_replies,
    "tool_failures": tool_failures,
    "bad_audio": bad_audio,
    "account_not_found": account_not_found,
}
