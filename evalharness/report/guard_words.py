"""What guards an LLM judge and what that found, in words; and how often a transcript was wrong. Pure text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evalharness import numbers
from evalharness.models.guard import CanaryResult, Contest, Guard, SelfAgreement
from evalharness.models.measure import Measure
from evalharness.models.summary import WeekSummary
from evalharness.models.trust import FEWEST_GOLD, Drift, JudgeTrust
from evalharness.report import phrases
from evalharness.report.text import short
from evalharness.report.trust_words import found_of, without_prompt

_NAMED = 3
NO_CANARIES = "no canaries"


def first_of(trust: Sequence[JudgeTrust]) -> tuple[JudgeTrust, ...]:
    """The rows of the judge that may take part; it stands first."""
    return tuple(one for one in trust if one.judge == trust[0].judge)


def beside_line(trust: Sequence[JudgeTrust]) -> str:
    """The further judges; "" without any."""
    others = list(dict.fromkeys(without_prompt(one.judge) for one in trust if one.judge != trust[0].judge))
    return f"beside it, deciding nothing: {', '.join(others)} (sheet Details)" if others else ""


def guard_lines(summary: WeekSummary) -> Iterator[str]:
    """What a reader of the week has to know of its judges' guards; nothing where no LLM graded."""
    for guard in summary.guard:
        who = f"{short(guard.judge.name, 40)}: " if len(summary.guard) > 1 else ""
        if guard.untrusted:
            yield f"{who}not trusted this week, people's grades alone decide: {'; '.join(guard.untrusted)}"
        yield who + "; ".join(_found(guard))
        if guard.before is not None:
            yield who + changed(guard)


def _found(guard: Guard) -> Iterator[str]:
    """Canaries, what counts as none, the judge with itself, what is switched off."""
    yield canaries(guard)
    if guard.none:
        yield f"{numbers.counted(guard.none, 'grade')} counted as none ({_why_none(guard)})"
    if guard.repeats:
        yield f"the same answer when asked again: {repeats_line(guard.repeats)}"
    if guard.off:
        yield f"switched off: {', '.join(guard.off)}"


def _why_none(guard: Guard) -> str:
    parts = [
        (len(guard.contested), "answered otherwise without suspicious words"),
        (len(guard.facts), "contradicted by the log"),
        (guard.held, "on calls that somebody is still to grade"),
    ]
    return ", ".join(f"{numbers.count(number)} {why}" for number, why in parts if number)


def canaries(guard: Guard) -> str:
    """How many answers to planted calls were as known; "no canaries" where none were sent."""
    if guard.canaries is None:
        return NO_CANARIES
    inside = sum(one.inside for one in guard.canaries)
    return f"canaries {numbers.count(inside)} of {numbers.count(len(guard.canaries))} as known"


def changed(guard: Guard) -> str:
    """Another judge than the week before, and what that did to gold calls, which did not change."""
    before = guard.before
    if before is None:
        return ""
    old = f"{short(before.name, 40)}{f' ({short(before.version, 40)})' if before.version else ''}"
    enough = {name: one for name, one in guard.shift.items() if one.items >= FEWEST_GOLD}
    again = ", asked otherwise" if before.name == guard.judge.name and before.version == guard.judge.version else ""
    start = f"grader changed: the week before was graded by {old}{again}"
    if not enough:
        most = max((one.items for one in guard.shift.values()), default=0)
        gold = f"{numbers.counted(most, 'gold call')} answered by both, too few"
        return f"{start}; what moved since may be the judge and not the agent ({gold})"
    told = "; ".join(f"{phrases.plain(name)} {shift(one)}" for name, one in _most_moved(enough))
    return f"{start}; on gold calls, which did not change: {told}"


def _most_moved(found: dict[str, Drift]) -> list[tuple[str, Drift]]:
    return sorted(found.items(), key=lambda item: -(item[1].newly_wrong + item[1].newly_right))[:_NAMED]


def shift(one: Drift) -> str:
    """Newly wrong and newly right of how many, and the p of it."""
    p = numbers.figure(one.p, "coefficient")
    return f"{numbers.count(one.newly_wrong)} newly wrong, {numbers.count(one.newly_right)} newly right of {one.items} (p {p})"


def repeats_line(found: Sequence[SelfAgreement]) -> str:
    """The criterion it repeats least, with count and limits, and how many others there are."""
    known = [one for one in found if one.same.value is not None]
    if not known:
        return f"no data (0 of {numbers.counted(max(one.same.of for one in found), 'call')})"
    worst = min(known, key=lambda one: (one.same.value or 0.0, one.criterion))
    rest = f"; {numbers.count(len(known) - 1)} more at least as often" if len(known) > 1 else ""
    return f"{phrases.plain(worst.criterion)} {found_of(worst.same)}{rest}"


def canary_row(one: CanaryResult) -> tuple[str, ...]:
    """Kind, criterion, what was answered, what is known, whether that fits."""
    given = f"no answer ({one.reason})" if one.reason else _word(one.answered)
    return (
        {"bad": "known bad", "good": "known good", "injected": "speaks to its judge"}[one.kind],
        phrases.plain(one.criterion),
        given,
        " or ".join(str(value) for value in one.expected),
        "as known" if one.inside else "outside",
    )


def contest_row(one: Contest) -> tuple[str, ...]:
    """Call, criterion, the answer, and the answer without the suspicious words."""
    turn = "" if one.turn is None else f", turn {one.turn}"
    return short(one.call_id), f"{phrases.plain(one.criterion)}{turn}", _word(one.plain), _word(one.masked)


def _word(value: int | str | None) -> str:
    return "N/A or none" if value is None else short(str(value), 60)


def heard_sentence(measure: Measure | None) -> str:
    """How many of the calls to listen to have a wrong transcript; "" where none are chosen."""
    if measure is None:
        return ""
    if not measure.n:
        return f"none of {numbers.counted(measure.of, 'call')} to listen to has been listened to yet"
    left = f"; {numbers.count(measure.missing)} still to listen to" if measure.missing else ""
    wrong = round((measure.value or 0.0) * measure.n)
    heard = numbers.counted(measure.n, "call")
    return f"wrong in {numbers.count(wrong)} of {heard} listened to ({numbers.interval(measure)}){left}"
