"""summary.md for a repository, a chat message or a CI step: the short form first, then the week in full, within fixed lengths.

What does not fit is counted, never cut silently. Text from calls and people makes no markup, no link and no mention.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evalharness.models.measure import Check
from evalharness.models.summary import CallResult, CallToHear, WeekSummary
from evalharness.report import (
    action_words,
    decided_words,
    found_words,
    measured_words,
    moved_words,
    phrases,
    since_words,
    verdicts,
    words,
)
from evalharness.report.text import ELLIPSIS, markdown, short

CHAT_LIMIT = 4_000
"""Characters of the short form at most: Mattermost, Slack and Google Chat take that in one message."""
LINE_LIMIT = 600
"""Characters of one line of the short form at most, before its markup is made harmless."""
MOST = 30
"""Entries of a list in the full form; how many more there are is said."""
FILES = "week.xlsx, report.html, scores.csv, summary.json"
_IN = "week.xlsx"


def summary_markdown(summary: WeekSummary) -> str:
    """The short form, then the box in words, the checks, the calls to hear, what was decided, the open actions, the notices."""
    blocks = [
        *_short_blocks(summary),
        ["## In full"],
        [f"- **{line.label}**: {markdown(line.text)}" for line in words.box(summary)],
        ["## Checks"],
        list(_checks(summary)),
        *_list("Calls to hear", [_heard(call) for call in summary.to_hear]),
        *_list(found_words.HEADING, [markdown(found_words.sentence(one)) for one in summary.found_cases]),
        *_list(measured_words.HEADING, [markdown(text) for text in measured_words.standing_out(summary)]),
        *_list(decided_words.HEADING, [markdown(text) for text in decided_words.lines(summary)]),
        *_list("Open actions", [markdown(action_words.sentence(one, summary.week)) for one in summary.actions]),
        *_list("Picked by hand, in no figure", [_picked(result) for result in summary.picked]),
        *_list("Notices", [markdown(notice) for notice in summary.notices]),
    ]
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def short_markdown(summary: WeekSummary) -> str:
    """The short form alone, at most CHAT_LIMIT characters: heading, verdict, what is open, what changed, what to do, where."""
    return "\n\n".join("\n".join(block) for block in _short_blocks(summary)) + "\n"


def _short_blocks(summary: WeekSummary) -> list[list[str]]:
    """Heading and list; from the end of the list backwards, what does not fit is counted instead."""
    head = f"# {markdown(short(words.heading(summary), LINE_LIMIT))}"
    last = f"- Files: reports/{summary.week}: {FILES}{_head(summary)}"
    room = CHAT_LIMIT - len(head) - len(last) - len(_left_out(999)) - 8
    lines, kept = list(_short_lines(summary)), []
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    missing = [_left_out(len(lines) - len(kept))] if len(kept) < len(lines) else []
    return [[head], [*kept, *missing, last]]


def _head(summary: WeekSummary) -> str:
    return f". {phrases.LEDGER_HEAD}: {summary.ledger_head}" if summary.ledger_head else ""


def _left_out(count: int) -> str:
    return f"- {count} more {'line' if count == 1 else 'lines'}: {_IN}"


def _short_lines(summary: WeekSummary) -> Iterator[str]:
    """What an owner must know first."""
    yield from (_line(line.label, line.text) for line in words.so_far(summary))
    yield _line("Verdict", words.verdict_sentence(summary))
    yield _line("Read", f"{words.sample_sentence(summary)} {words.readers_sentence(summary)}")
    yield from (_line(*_against(check)) for check in _open_checks(summary))
    yield from (_line("Changed", text) for text in words.changes(summary))
    yield from (_line("Moved", text) for text in moved_words.box_lines(summary))
    yield from (_line("To do", text) for text in words.next_steps(summary))
    if summary.actions:
        yield _line("Actions", action_words.heading(summary.actions, summary.week).removeprefix("Actions: "))
    yield from (_line("Hear", f"{_place(call)}{call.call_id}: {call.reason}") for call in summary.to_hear[:3])


def _line(label: str, text: str) -> str:
    """A line of the short form; one that is longer than fits ends in an ellipsis."""
    return f"- **{label}**: {markdown(text if len(text) <= LINE_LIMIT else text[: LINE_LIMIT - 1] + ELLIPSIS)}"


def _open_checks(summary: WeekSummary) -> Iterator[Check]:
    """The checks that are not met, missed ones first."""
    for verdict in ("missed", "not_proven", "not_measured"):
        yield from (check for check in summary.checks if check.verdict == verdict)


def _against(check: Check) -> tuple[str, str]:
    return verdicts.VERDICT_WORDS[check.verdict].capitalize(), phrases.check_sentence(check)


def _checks(summary: WeekSummary) -> Iterator[str]:
    yield "| check | value | bar | 95 % interval | n of N | basis | verdict | since the start | remarks |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for check in summary.checks:
        measure = check.measure
        cells = (
            phrases.title(check.threshold.measure), phrases.value(check), phrases.bar(check),
            phrases.limits(check), phrases.n_of(measure), phrases.BASIS_WORDS[measure.basis],
            verdicts.shown(check), since_words.beside(check), phrases.remarks(check),
        )  # fmt: skip
        yield f"| {' | '.join(markdown(cell) for cell in cells)} |"


def _picked(result: CallResult) -> str:
    return f"call {result.position}, {markdown(short(result.call.id))}: clear failure: {result.clear_failure or 'open'}"


def _heard(call: CallToHear) -> str:
    return f"{_place(call)}{markdown(short(call.call_id))}: {markdown(call.reason)}"


def _place(call: CallToHear) -> str:
    """The call's number in the queue, without the number sign of which a forge makes a link to an issue."""
    return f"call {call.position}, " if call.position else ""


def _list(name: str, lines: Sequence[str]) -> list[list[str]]:
    if not lines:
        return []
    more = [f"- and {len(lines) - MOST} more: {_IN}"] if len(lines) > MOST else []
    return [[f"## {name}"], [*(f"- {line}" for line in lines[:MOST]), *more]]
