"""What an LLM's grades may decide, in words: its trust by criterion, and people and LLM combined. Pure text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from evalharness import numbers
from evalharness.models.grade import Grade
from evalharness.models.measure import Measure
from evalharness.models.summary import WeekSummary
from evalharness.models.trust import FEWEST_GOLD, Agreement, Combined, Drift, JudgeTrust, TrustRules, TrustState, judge_name
from evalharness.report import phrases
from evalharness.report.text import columns

STATES: dict[TrustState, str] = {
    "trusted": "trusted",
    "advisory": "advisory: decides nothing",
    "untested": "untested: decides nothing",
}
FEWEST_PAIRS = 20
"""Agreement is shown from so many pairs on; fewer show little but chance."""
NOT_USED = "not used for the verdict"
_RULES: dict[str, tuple[str, int]] = {
    "min_pairs": ("calls graded blind by people and by it", -1),
    "alpha_low": ("least lower limit of alpha", -1),
    "max_bias": ("most levels apart on average", 1),
    "min_sensitivity": ("least share of failing answers it finds", -1),
    "min_failures": ("failing answers from which that is tested", -1),
    "below_people": ("most that alpha may lie below people's", 1),
    "drift_alpha": ("p up to which a drift is seen", -1),
}
"""What each rule of `judge_trust` says, and whether a higher (1) or a lower (-1) value trusts more."""
_LINE = 132
"""Two lines of a screen."""
_NAMED = 3
_BRACKETS = re.compile(r" \([^()]*\)")


def rules(found: TrustRules) -> list[str]:
    """Each rule of `judge_trust` that is not the default: "alpha_low 0.1 (default 0.4, looser): least lower limit of alpha"."""
    usual, told = TrustRules(), []
    for name, (means, looser) in _RULES.items():
        mine, theirs = getattr(found, name), getattr(usual, name)
        if mine != theirs:
            way = "looser" if (mine - theirs) * looser > 0 else "stricter"
            told.append(f"{name} {numbers.plain(mine)} (default {numbers.plain(theirs)}, {way}): {means}")
    return told


def rules_line(found: TrustRules) -> str:
    """The same in a line of the screen: "rules of trust changed by the owner: alpha_low 0.1 (default 0.4, looser)"."""
    told = [one.partition(": ")[0] for one in rules(found)]
    return f"rules of trust changed by the owner: {'; '.join(told)}" if told else ""


def without_prompt(judge: str) -> str:
    """A judge without the digest of its prompt, which stands on the sheet Method alone."""
    return judge.partition(", prompt ")[0]


def state_of(grade: Grade, trust: Sequence[JudgeTrust]) -> TrustState:
    """Whether the LLM that gave the grade is trusted with its criterion; advisory where nothing is known of it."""
    judge = judge_name(grade.grader)
    return next((one.state for one in trust if (one.criterion, one.judge) == (grade.criterion, judge)), "advisory")


def judge_line(trust: Sequence[JudgeTrust]) -> str:
    """The judge's states in a line: "trusted with tone; advisory: correctness (alpha 0.31, needs 0.40); untested: 8 more".

    Where it is too long for two lines of a screen, the reason is cut short, then left out, then the names are counted.
    """
    if not trust:
        return ""
    if all(one.state == "untested" for one in trust):
        return f"untested, so its grades decide nothing ({_criteria(len(trust))})"
    advisory = next((one for one in trust if one.state == "advisory" and one.reasons), None)
    reason = _BRACKETS.sub("", advisory.reasons[0]).strip().rstrip(".") if advisory else ""
    tries = [_states(trust, reason), _states(trust, reason.partition(";")[0]), _states(trust), _states(trust, names=False)]
    return next((text for text in tries if columns(text) <= _LINE), tries[-1])


def _states(trust: Sequence[JudgeTrust], reason: str = "", *, names: bool = True) -> str:
    trusted, advisory, untested = ([one for one in trust if one.state == state] for state in ("trusted", "advisory", "untested"))
    parts = [f"trusted with {_named(trusted, names=names)}"] if trusted else []
    if advisory:
        parts.append(f"advisory: {_named(advisory, names=names, reason=reason)}")
    if untested:
        parts.append(f"untested: {numbers.count(len(untested))}{' more' if parts else ''}")
    return "; ".join(parts)


def _named(trust: Sequence[JudgeTrust], reason: str = "", *, names: bool = True) -> str:
    """The criteria by name, those with a reason first, the reason behind the first; more than three are counted."""
    if not names:
        return _criteria(len(trust))
    ordered = sorted(trust, key=lambda one: not one.reasons) if reason else list(trust)
    found = [phrases.plain(one.criterion) for one in ordered[:_NAMED]]
    found[0] += f" ({reason})" if reason else ""
    rest = len(trust) - _NAMED
    return f"{', '.join(found)} and {rest} more" if rest > 0 else ", ".join(found)


def _criteria(number: int) -> str:
    return "1 criterion" if number == 1 else f"{numbers.count(number)} criteria"


def combined_line(combined: Sequence[Combined]) -> str:
    """Which figure rests on people and LLM together; "" where none does."""
    used = [one for one in combined if one.used]
    if not used:
        return ""
    name = phrases.title(used[0].people.name)
    if len(used) > 1:
        return f"{name} and {len(used) - 1} more rest on people and LLM together (sheet Details)"
    much = narrowed(used[0])
    return f"{name} rests on people and LLM together{f', 95 % interval {much}' if much else ''}"


def narrowed(one: Combined) -> str:
    """How much the LLM's grades narrowed the interval of people only: "24 % narrower"; nothing is claimed where they did not."""
    if one.combined is None or one.narrowed is None:
        return ""
    return f"{numbers.figure(one.narrowed, 'share')} narrower" if one.narrowed > 0 else "not narrower"


def with_limits(measure: Measure) -> str:
    """A figure with its 95 % interval: "0.62 (0.41 to 0.78)"."""
    limits = numbers.interval(measure)
    known = limits and limits != "exact" and measure.value is not None
    return f"{numbers.measured(measure)} ({limits})" if known else numbers.measured(measure)


def found_of(measure: Measure | None) -> str:
    """A share with its count, since few answers fail: "88 % of 8 (47 to 99.7 %)"."""
    if measure is None or not measure.n:
        return "no such answer"
    shown, opened, limits = with_limits(measure).partition(" (")
    return f"{shown} of {numbers.count(measure.n)}{opened}{limits}"


def levels(measure: Measure | None) -> str:
    """A bias under a head that names the unit: "-0.31 (-0.6 to 0.05)"; "" for answers without levels."""
    return with_limits(measure).replace(" levels", "").replace(" level", "") if measure else ""


def enough(agreement: Agreement) -> bool:
    """Whether so many pairs stand behind it that it is shown."""
    return agreement.pairs >= FEWEST_PAIRS


def alpha(agreement: Agreement) -> str:
    """Krippendorff's alpha with its interval; below 20 pairs only that it is not shown."""
    return with_limits(agreement.alpha) if enough(agreement) else f"shown from {FEWEST_PAIRS} pairs on"


def drift(found: Drift | None) -> str:
    """Newly wrong against newly right gold calls, and the p of it."""
    if found is None:
        return "not tested"
    if found.items < FEWEST_GOLD:
        return f"too few: {numbers.counted(found.items, 'gold call')}, tested from {FEWEST_GOLD} on"
    wrong, right = numbers.count(found.newly_wrong), numbers.count(found.newly_right)
    p = numbers.figure(found.p, "coefficient")
    return f"{wrong} newly wrong, {right} newly right of {numbers.count(found.items)}; p {p}"


def with_whom(summary: WeekSummary) -> str:
    """What agreement with people means where one person graded: agreement with that person, never with people at large."""
    names = [grader.name for grader in summary.graders if grader.kind == "human" and grader.grades]
    if len(names) != 1:
        return "agreement with people"
    return "agreement with this owner" if names[0] == summary.owner else f"agreement with {names[0]} alone"
