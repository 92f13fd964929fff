"""The first screen: good enough, how sure, what changed, which calls to hear, what to do; then the checks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from evalharness import xlsx
from evalharness.models.measure import Check, Verdict
from evalharness.models.summary import WeekSummary
from evalharness.report import action_words, found_words, moved_words, phrases, since_words, verdicts, words
from evalharness.report.page import anchors
from evalharness.report.page.interval_bars import Bar, in_words, interval_bar
from evalharness.report.workbook import this_week

SIGNS = {"good enough": "✓", "not good enough": "✗", "not proven yet": "?"}
LOOKS = {"good enough": "good", "not good enough": "bad", "not proven yet": "open"}
MOST_TO_HEAR = 3


@dataclass(frozen=True)
class CheckRow:
    """A check as the table shows it. `said`: all of it in a sentence, for whoever points at it."""

    name: str
    verdict: Verdict
    shown: str
    value: str
    bar: str
    limits: str
    n_of: str
    basis: str
    before: str
    since: str
    remarks: str
    picture: Bar | None
    said: str


@dataclass(frozen=True)
class Hear:
    """A call to hear: its name, where it stands in the page ("" = nowhere), its kind, and why."""

    name: str
    to: str
    kind: str
    reason: str


@dataclass(frozen=True)
class First:
    """What the first screen says. `standing`: which checks stand where: label, look, and which. `sure`: between what each figure
    lies, and what would settle it; `rests_on`: on how many calls, read by whom. `more_changed`: how many measures moved beside
    those named, "" for none."""

    sign: str
    look: str
    verdict: str
    reason: str
    so_far: tuple[str, ...]
    standing: tuple[tuple[str, str, str], ...]
    sure: tuple[tuple[str, str], ...]
    rests_on: tuple[tuple[str, str], ...]
    changed: tuple[str, ...]
    more_changed: str
    steps: tuple[str, ...]
    actions: str
    to_hear: tuple[Hear, ...]
    checks: tuple[CheckRow, ...]


def first(summary: WeekSummary) -> First:
    """The first screen of the week."""
    return First(
        sign=SIGNS[summary.verdict],
        look=LOOKS[summary.verdict],
        verdict=words.verdict_in_full(summary),
        reason=words.verdict_reason(summary),
        so_far=tuple(line.text for line in words.so_far(summary)),
        standing=tuple((label, _look_of(label), text) for label, text in this_week.standing(summary)),
        sure=tuple(_sure(summary)),
        rests_on=tuple(_rests_on(summary)),
        changed=(*words.changes(summary), *moved_words.named_lines(summary)),
        more_changed=moved_words.more_moved(summary),
        steps=words.next_steps(summary),
        actions=action_words.heading(summary.actions, summary.week) if summary.actions else "",
        to_hear=to_hear(summary),
        checks=tuple(_check(check, summary) for check in summary.checks),
    )


def _look_of(label: str) -> str:
    """The verdict that a label such as "✓ Met" says."""
    said = label.casefold()
    return next((verdict for verdict in verdicts.VERDICTS if xlsx.VERDICTS[verdict].casefold() == said), "")


def _sure(summary: WeekSummary) -> Iterator[tuple[str, str]]:
    """Between what each checked figure lies and what would settle it; then in one line those that are exact."""
    exact = []
    for check in summary.checks:
        limits = phrases.limits(check)
        if limits == "exact":
            exact.append(phrases.title(check.threshold.measure))
        elif limits:
            known = f"95 % sure: {limits}"
            told = (known, phrases.standing_on(check), phrases.deciding(check).removeprefix("; "), phrases.settles(check))
            yield phrases.title(check.threshold.measure), "; ".join(part for part in told if part)
    if exact:
        yield "Exact", f"{', '.join(exact)}: measured, not sampled"


def _rests_on(summary: WeekSummary) -> list[tuple[str, str]]:
    """What the verdict rests on: calls, sample, who read, what the judge may decide, transcripts, the sign-off."""
    left_out = {"Agent", "Week", "Verdict", "Changed", "Moved", "To do", "Not over", *_check_labels()}
    told = [(line.label, line.text) for line in words.box(summary) if line.label not in left_out]
    return [*told, ("Made for", summary.success_criteria)] if summary.success_criteria else told


def _check_labels() -> set[str]:
    return {word.capitalize() for word in verdicts.VERDICT_WORDS.values()}


def to_hear(summary: WeekSummary) -> tuple[Hear, ...]:
    """Every call worth an ear, ranked; then what the LLM saw outside the sample."""
    shown = {result.position for result in (*summary.results, *summary.picked)}
    ranked = tuple(
        Hear(
            words.call_name(call),
            anchors.of_call(call.position) if call.position in shown and call.position is not None else "",
            *words.why_heard(call),
        )
        for call in summary.to_hear
    )
    found = tuple(Hear(one.call_id, "", "seen by the LLM", found_words.sentence(one)) for one in summary.found_cases)
    return ranked + found


def _check(check: Check, summary: WeekSummary) -> CheckRow:
    measure = check.measure
    return CheckRow(
        name=phrases.title(check.threshold.measure),
        verdict=check.verdict,
        shown=f"{xlsx.VERDICTS[check.verdict]}{verdicts.since(check)}",
        value=phrases.value(check),
        bar=phrases.bar(check),
        limits=phrases.limits(check),
        n_of=phrases.n_of(measure),
        basis=phrases.BASIS_WORDS[measure.basis],
        before=moved_words.week_before(summary, check.threshold.measure),
        since=since_words.beside(check),
        remarks=phrases.remarks(check),
        picture=interval_bar(check),
        said=in_words(check),
    )
