"""What somebody sees before signing a week off."""

from __future__ import annotations

from evalharness import numbers
from evalharness.models.act import SignOff
from evalharness.models.summary import WeekSummary
from evalharness.report import action_words, words
from evalharness.report.terminal import wrap

DECISIONS = {"keep": "keep the agent as it is", "fix": "fix it", "roll_back": "roll it back"}
_LABEL = 14


def proposal(summary: WeekSummary, signed: SignOff, before: tuple[SignOff, ...] = (), width: int = 80) -> list[str]:
    """The verdict, each check, what is open, who has not finished, actions, earlier sign-offs, the decision; as lines."""
    lines = [
        words.Line("Week", f"{summary.week}, {words.week_dates(summary.week)}: {summary.agent}"),
        words.Line("Verdict", words.verdict_sentence(summary)),
        *words.check_lines(summary),
        words.Line("Open", _open(summary)),
        *(words.Line("Not filled", f"{name}: {numbers.counted(calls, 'call')} left") for name, calls in signed.unfilled.items()),
        *(words.Line("Late", f"this is signed late, {words.late(signed)}") for _ in range(bool(signed.late_weeks))),
        *(words.Line("Open action", action_words.sentence(one, summary.week)) for one in signed.actions),
        *(words.Line("Signed before", words.signed_sentence(one, summary.timezone)) for one in before),
        words.Line("Decision", f"{signed.decision}: {DECISIONS[signed.decision]}{_notes(signed)}"),
        words.Line("Signed by", f"{signed.by} ({signed.role})" + (f"; again, because: {signed.again}" if signed.again else "")),
    ]
    found = []
    for line in lines:
        first, *rest = wrap(line.text, width - _LABEL)
        found += [line.label.ljust(_LABEL) + first, *(" " * _LABEL + text for text in rest)]
    return found


def _open(summary: WeekSummary) -> str:
    """On how many calls and criteria graders differ who wait for an adjudicator."""
    waiting = {(one.position, one.criterion) for one in summary.disagreements if one.waits}
    if not waiting:
        return "no disagreement waits for an adjudicator"
    what = numbers.calls_and_criteria(len({position for position, _ in waiting}), len(waiting))
    return f"graders differ on {what}: waits for an adjudicator, ungraded until then"


def _notes(signed: SignOff) -> str:
    return f" ({signed.notes})" if signed.notes else ""
