"""The box in words: what an owner is told of a week, worded once for terminal, workbook and Markdown.

Pure text from a WeekSummary. Names and ids stand here as they are: each reporter makes them safe for its own place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from evalharness import numbers
from evalharness.models.act import Adjudication, ChangedFigure, Dispute, SignedFigure, SignOff, SinceSigned
from evalharness.models.grade import Grade, Scored
from evalharness.models.measure import WeekVerdict
from evalharness.models.summary import CallToHear, Disagreement, GraderCount, ScopeNow, WeekSummary
from evalharness.models.trust import JudgeTrust
from evalharness.models.week import monday
from evalharness.report import guard_words, moved_words, phrases, response_words, trust_words, verdicts

KIND_WORDS = {
    "clear_failure": "clear failure",
    "automatic_fail": "fail of the call",
    "disagreement": "graders disagree",
    "missed_escalation": "needed, not handed off",
    "slow": "slow replies",
    "low_score": "low score",
}
_SAYS_THE_KIND = {
    "clear_failure": ("clear failure",),
    "automatic_fail": ("graded as a fail of the call",),
    "slow": ("slow replies",),
    "low_score": ("low score",),
}
"""Beginnings of a reason that say no more than its kind."""
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One line of the box: a label of one or two words, and a sentence."""

    label: str
    text: str


def week_dates(week: str) -> str:
    """The days of a week: "Monday 16 to Sunday 22 November 2026"."""
    first = monday(week)
    last = first + timedelta(days=6)
    start = f"Monday {first.day}"
    if first.month != last.month:
        start += f" {_MONTHS[first.month - 1]}"
    if first.year != last.year:
        start += f" {first.year}"
    return f"{start} to Sunday {day(last)}"


def day(moment: date) -> str:
    """A day: "22 November 2026"."""
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def local(instant: datetime, timezone: str) -> str:
    """An instant by the workspace's clock, sortable: "2026-11-16 09:12"."""
    return f"{instant.astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M}"


def heading(summary: WeekSummary) -> str:
    """Agent, week and verdict in one line."""
    return f"{summary.agent}, week {summary.week}: {summary.verdict}"


def verdict_sentence(summary: WeekSummary) -> str:
    """The verdict of the week with its leaning and what it rests on."""
    return f"{verdict_in_full(summary)}. {verdict_reason(summary)}"


def verdict_in_full(summary: WeekSummary) -> str:
    """The verdict and which way it leans: "NOT PROVEN YET, nothing against it"."""
    return f"{summary.verdict.upper()}, {summary.leaning}" if summary.leaning else summary.verdict.upper()


def verdict_reason(summary: WeekSummary) -> str:
    """What the verdict rests on, which checks the weeks before decided, and what the owner switched off."""
    return f"{_why(summary)}{_by_since(summary)}{_switched_off(summary)}"


_WHY: dict[WeekVerdict, str] = {
    "good enough": "Every check of the bar is met.",
    "not good enough": "At least one check of the bar is missed.",
    "not proven yet": "No check is missed, but this week's data cannot show that every check is met.",
}
_WEEKS_CANNOT = "No check is missed, but neither this week nor the weeks since the start can show that every check is met."


def _why(summary: WeekSummary) -> str:
    accumulated = any(check.since for check in summary.checks)
    return _WEEKS_CANNOT if accumulated and summary.verdict == "not proven yet" else _WHY[summary.verdict]


def _by_since(summary: WeekSummary) -> str:
    """The checks that the accumulated rate decided, not this week alone."""
    names = [f"{phrases.title(check.threshold.measure)}{verdicts.since(check)}" for check in summary.checks if check.by_since]
    return f" Not by this week alone: {', '.join(names)}." if names else ""


def _switched_off(summary: WeekSummary) -> str:
    if not summary.switched_off:
        return ""
    return f" Switched off by the owner: {', '.join(map(phrases.plain, summary.switched_off))}."


def calls_sentence(summary: WeekSummary) -> str:
    """How many calls there were, and which of them each N counts."""
    people = summary.population
    judged, drawn_from = numbers.count(people.judged), numbers.count(people.gradable)
    return (
        f"{numbers.counted(people.calls, 'call')} in the week, {numbers.count(people.in_scope)} in scope: figures of the log "
        f"count these, or as many as have the data; judged ones the {judged} with a transcript that did not fail technically "
        f"({numbers.count(people.technical)} did). The sample is drawn from all {drawn_from} with a transcript."
    )


def sample_sentence(summary: WeekSummary) -> str:
    """How many calls were drawn and graded, redraws and latecomers said."""
    design = summary.design
    if design is None:
        return "No sample is drawn yet."
    noun = "call" if design.population == 1 else "calls"
    text = f"{numbers.count_of(design.drawn, design.population)} {noun} drawn, {numbers.count(summary.graded_calls)} graded."
    text += f" {response_words.sentence(summary.nonresponse)}".rstrip()
    if summary.picked:
        text += f" {numbers.counted(len(summary.picked), 'call')} picked by hand, in no figure."
    if summary.redraw_reason:
        text += f" Drawn again: {summary.redraw_reason.rstrip('.')}."
    if summary.late_calls:
        text += f" {numbers.counted(summary.late_calls, 'call')} arrived after the draw: counted in the week, not in the sample."
    return text + (f" {_rescoped(summary.scope_now)}" if summary.scope_now else "")


def _rescoped(now: ScopeNow) -> str:
    """That the configured scope is another since the draw, and what it leaves of the drawn calls."""
    outside = f"{numbers.count_of(now.outside, now.drawn)} drawn calls {'is' if now.outside == 1 else 'are'} outside it now"
    return f"The scope was changed since the draw: {outside}; every figure here counts by the scope of the draw."


def readers_sentence(summary: WeekSummary) -> str:
    """Who read how many calls; people first, each by full name."""
    people = [_read(grader) for grader in summary.graders if grader.kind == "human"]
    machines = [_read(grader) for grader in summary.graders if grader.kind != "human" and grader.calls + grader.beyond]
    if not any(grader.calls for grader in summary.graders if grader.kind == "human"):
        people = ["Nobody has read a call yet", *people]
    return "; ".join([*people, *machines]) + "."


def _read(grader: GraderCount) -> str:
    asked = f" of {numbers.count(grader.asked)}" if grader.asked else ""
    calls = f"{numbers.count(grader.calls)}{asked}"
    noun = "call" if (grader.asked or grader.calls) == 1 else "calls"
    name = f"{grader.name} (LLM)" if grader.kind == "llm" else grader.name
    if grader.beyond:
        drawn = numbers.counted(grader.calls, "drawn call")
        return f"{name} graded {drawn} and {numbers.count(grader.beyond)} more of the week"
    if grader.kind == "measured":
        return f"measured in the log: {calls} {noun}"
    return f"{name} {'read' if grader.kind == 'human' else 'graded'} {calls} {noun}"


def box(summary: WeekSummary) -> tuple[Line, ...]:
    """What every report of a week begins with, in this order."""
    return (
        *so_far(summary),
        Line("Agent", f"{summary.agent} (owner: {summary.owner})"),
        Line("Week", f"{summary.week}, {week_dates(summary.week)} ({summary.timezone})"),
        Line("Calls", calls_sentence(summary)),
        Line("Sample", sample_sentence(summary)),
        Line("Read by", readers_sentence(summary)),
        Line("Verdict", verdict_sentence(summary)),
        *signed_lines(summary),
        *check_lines(summary),
        *(Line("LLM judge", text) for text in judge_lines(summary)),
        *(Line("Transcripts", text) for text in filter(None, [guard_words.heard_sentence(summary.heard)])),
        *(Line("Changed", text) for text in changes(summary)),
        *(Line("Moved", text) for text in moved_words.box_lines(summary)),
        *(Line("To do", step) for step in next_steps(summary)),
    )


def so_far(summary: WeekSummary) -> tuple[Line, ...]:
    """That the week is not over, and as of when its figures are; nothing for one that is."""
    if summary.as_of is None:
        return ()
    when = local(summary.as_of, summary.timezone)
    return (Line("Not over", f"this week is not over: figures so far, as of {when}; any of them may still change"),)


def judge_lines(summary: WeekSummary) -> Iterator[str]:
    """What the LLM judge is trusted with, and where its grades took part in a verdict; nothing without a judge."""
    checked = {check.measure.name for check in summary.checks}
    combined = [one for one in summary.combined if one.people.name in checked]
    told = (trust_words.judge_line(guard_words.first_of(summary.trust)), trust_words.combined_line(combined))
    yield from filter(None, (*told, guard_words.beside_line(summary.trust), *guard_words.guard_lines(summary)))
    yield from filter(None, [trust_words.rules_line(summary.trust_rules)])


def signed_lines(summary: WeekSummary) -> Iterator[Line]:
    """Who signed the week off as what, and what came since; nothing for a week that is not signed."""
    if summary.signed is None:
        return
    yield Line("Signed", signed_sentence(summary.signed, summary.timezone))
    if summary.since is not None and not summary.since.nothing:
        yield Line("Since", since_sentence(summary.since))
        for one in summary.since.changed:
            yield Line("Since", changed_sentence(one))


def signed_sentence(signed: SignOff, timezone: str) -> str:
    """When, by whom, as what, what was decided, and how late."""
    verdict = f"{signed.verdict}, {signed.leaning}" if signed.leaning else signed.verdict
    notes = f" {signed.notes.rstrip('.')}." if signed.notes else ""
    again = f" Signed again: {signed.again.rstrip('.')}." if signed.again else ""
    tail = f"{notes}{again}" + (f" Signed late, {late(signed)}." if signed.late_weeks else "")
    return f"{local(signed.at, timezone)} by {signed.by} ({signed.role}) as {verdict}; decision: {signed.decision}.{tail}"


def late(signed: SignOff) -> str:
    """How late a week was signed: "2 weeks after its end"."""
    return f"{numbers.counted(signed.late_weeks, 'week')} after its end"


def since_sentence(since: SinceSigned) -> str:
    """What arrived after the sign-off, and whether it changes a figure."""
    counts = ((since.grades, "grade"), (since.calls, "call"), (since.supplements, "later fact"), (since.decisions, "decision"))
    parts = [numbers.counted(count, noun) for count, noun in counts if count]
    changed = f"{numbers.counted(len(since.changed), 'figure')} as computed now" if since.changed else "every figure is as signed"
    arrived = f"{', '.join(parts)} arrived" if parts else "nothing arrived"
    beside = f"; what is known since an earlier week differs now for {', '.join(since.beside)}" if since.beside else ""
    if since.changed:
        return f"{arrived}{beside}; {changed} {'differs' if len(since.changed) == 1 else 'differ'} from what was signed:"
    return f"{arrived}; {changed}{beside}."


def changed_sentence(one: ChangedFigure) -> str:
    """A figure as it was signed and as it is now."""
    figure = one.signed or one.now
    name = phrases.title(figure.measure) if figure else one.check
    return f"{name}: signed {_figure(one.signed)}; now {_figure(one.now)}"


def _figure(figure: SignedFigure | None) -> str:
    if figure is None:
        return "not checked"
    value = numbers.UNANSWERED if figure.unanswered else numbers.figure(figure.value, figure.unit, figure.currency)
    return f"{value} ({numbers.count_of(figure.n, figure.of)}), {verdicts.VERDICT_WORDS[figure.verdict]}"


def check_lines(summary: WeekSummary) -> Iterator[Line]:
    """One line a check, missed ones first and met ones last, each with what it would take."""
    for verdict in verdicts.BY_NEED:
        for check in summary.checks:
            if check.verdict == verdict:
                yield Line(verdicts.VERDICT_WORDS[verdict].capitalize(), phrases.check_sentence(check))


def changes(summary: WeekSummary) -> tuple[str, ...]:
    """The dated notes of the week: new prompt, new model, outage."""
    return tuple(f"{local(change.at, summary.timezone)} {change.named}" for change in summary.changes)


def next_steps(summary: WeekSummary) -> tuple[str, ...]:
    """What to do next; of a signed week what is still open; says so when there is nothing."""
    steps = tuple(step[:1].upper() + step[1:] for step in summary.next_steps)
    if summary.signed is not None and summary.actions:
        count = numbers.counted(len(summary.actions), "action")
        steps += (f"Signed with {count} open; where they stand now: evalharness action list",)
    return steps or ("Nothing is due for this week.",)


def with_llm(found: Sequence[Disagreement], trust: Sequence[JudgeTrust]) -> str:
    """How many are with the LLM, and with which of them it is trusted with the criterion."""
    states = [
        trust_words.state_of(grade, trust)
        for one in found
        if one.between == "people_and_llm"
        for grade in [next(grade for grade in one.grades if grade.grader.kind == "llm")]
    ]
    trusted = states.count("trusted")
    if not trusted:
        return f"{numbers.count(len(states))} with the LLM, which decides nothing"
    if trusted == len(states):
        return f"{numbers.count(trusted)} with the LLM, which is trusted with the criterion"
    whole, others = numbers.count(len(states)), numbers.count(len(states) - trusted)
    return f"{whole} with the LLM, which is trusted with the criterion in {trusted} and decides nothing in {others}"


def disagreement(one: Disagreement, trust: Sequence[JudgeTrust] = ()) -> str:
    """Who says what under which criterion, and what it waits for: "tone: Anna Keller 5, Ben Ode 2; waits ..."."""
    turn = f", turn {one.turn}" if one.turn is not None else ""
    return f"{phrases.plain(one.criterion)}{turn}: {', '.join(_said(grade, trust) for grade in one.grades)}; {waits_for(one)}"


def _said(grade: Grade, trust: Sequence[JudgeTrust]) -> str:
    answer = phrases.plain(str(grade.value)) if isinstance(grade, Scored) else "N/A"
    llm = f" (LLM, {trust_words.state_of(grade, trust)})" if grade.grader.kind == "llm" else ""
    name = "the call log" if grade.grader.kind == "measured" else f"{grade.grader.name}{llm}"
    return f"{name} {answer}"


def waits_for(one: Disagreement) -> str:
    """What a disagreement waits for; against an LLM's grade nothing does, since people's value goes before it."""
    if one.waits:
        stands = "the decision stands" if one.decision else "the grade stands" if not one.final.conflict else ""
        return "waits for an adjudicator" + (f"; {stands} until then" if stands and one.disputes else "")
    if one.decision:
        return f"decided by {one.decision.by}"
    if one.between == "log":
        return "the log's value stands" if one.final.by == "measured" else "the people's value stands"
    return "the people's value stands" if one.between == "people_and_llm" else "adjudicated"


def decision(one: Adjudication) -> str:
    """What an adjudicator decided, who, and why: "4, by Anna Keller (who had graded it too): it was curt"."""
    value = "N/A" if one.value is None else phrases.plain(str(one.value))
    notes = ["who had graded it too"] if one.own_grade else []
    notes += ["an LLM's value seen: in no rate"] if one.lane == "assisted" else []
    note = f" ({', '.join(notes)})" if notes else ""
    return f"{value}, by {one.by}{note}: {one.reason}"


def dispute(one: Dispute) -> str:
    """Who disputes a grade and why, and whether it is decided."""
    return f"{one.by}: {one.reason}{' (decided)' if one.decided else ''}"


def why_heard(call: CallToHear) -> tuple[str, str]:
    """The kind and the reason of a call to hear, nothing said twice: ("clear failure", "confusion"), ("slow replies", "")."""
    kind, told, rest = KIND_WORDS[call.kind], *(part.strip() for part in call.reason.partition(":")[::2])
    return (kind, rest) if told.casefold() in _SAYS_THE_KIND.get(call.kind, ()) else (kind, call.reason)


def call_name(call: CallToHear) -> str:
    """How a call is named beside a reason: its number in the queue if drawn, and its id."""
    return f"#{call.position} {call.call_id}" if call.position else call.call_id
