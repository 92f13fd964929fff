"""What the LLM judge may decide, in words: one line on the screen, figures with their intervals and counts."""

from __future__ import annotations

from evalharness.models.trust import Drift, JudgeTrust, TrustRules
from evalharness.report import trust_words
from evalharness.report.terminal import render
from evalharness.report.text import columns
from tests.builders import a_measure
from tests.report.rich import JUDGE, a_rich_summary, an_agreement, some_combined, some_trust
from tests.report.weeks import ANNA, BEN, a_number, a_week_summary, some_graders

REASON = "alpha with people 0.31 (0.08 to 0.50) over 62 calls; its lower limit must reach 0.40"


def judged(state: str, criterion: str = "tone", *reasons: str) -> JudgeTrust:
    """A judge in this state with one criterion."""
    return JudgeTrust(criterion=criterion, judge=JUDGE, state=state, reasons=reasons)


def test_the_states_in_a_line() -> None:
    """Trusted ones by name, the first advisory one with its reason, the untested counted."""
    assert trust_words.judge_line(some_trust()) == (
        "trusted with tone; advisory: correctness (alpha .31, needs .40); untested: 2 more"
    )
    assert trust_words.judge_line(()) == ""
    untested = trust_words.judge_line([judged("untested"), judged("untested", "greeting")])
    assert untested == "untested, so its grades decide nothing (2 criteria)"
    assert trust_words.judge_line([judged("trusted", "clear_language")]) == "trusted with clear language"


def test_a_long_line_gives_way_from_its_least_part() -> None:
    """The interval in brackets goes; then what is behind the semicolon; then the reason; then the names."""
    short = [judged("advisory", "tone", REASON)]
    assert trust_words.judge_line(short) == (
        "advisory: tone (alpha with people 0.31 over 62 calls; its lower limit must reach 0.40)"
    )
    many = [judged("trusted", f"criterion_{number}_of_trust") for number in range(4)]
    assert "must reach" not in trust_words.judge_line([*many[:2], *short])
    names = trust_words.judge_line([*many, *short])
    assert names.endswith("and 1 more; advisory: tone")
    long = [judged("trusted", f"{'long_' * 12}{number}") for number in range(3)]
    assert trust_words.judge_line([*long, *short]) == "trusted with 3 criteria; advisory: 1 criterion"


def test_a_reason_stands_behind_its_own_criterion() -> None:
    """The first advisory criterion has no reason: the one with a reason is named first."""
    line = trust_words.judge_line([judged("advisory", "tone"), judged("advisory", "greeting", "too few pairs.")])
    assert line == "advisory: greeting (too few pairs), tone"


def test_only_a_combined_figure_that_is_used_is_told() -> None:
    """Tone is used and narrower; several are counted; a wider one claims nothing."""
    used, wider, none = some_combined()
    text = "tone at 4 or 5 rests on people and LLM together, 95 % interval 24 % narrower"
    assert trust_words.combined_line((used, wider, none)) == text
    assert trust_words.combined_line((wider, none)) == ""
    both = (used, wider.model_copy(update={"used": True}))
    assert trust_words.combined_line(both) == "tone at 4 or 5 and 1 more rest on people and LLM together (sheet Details)"
    assert trust_words.narrowed(used) == "24 % narrower"
    assert trust_words.narrowed(wider) == "not narrower"
    assert trust_words.narrowed(none) == ""


def test_agreement_below_20_pairs_is_not_shown() -> None:
    """62 pairs are; 19 are not, 20 are."""
    assert trust_words.alpha(an_agreement()) == "0.62 (0.41 to 0.78)"
    assert trust_words.alpha(an_agreement(pairs=19)) == "shown from 20 pairs on"
    assert trust_words.enough(an_agreement(pairs=20))


def test_figures_with_their_intervals_and_counts() -> None:
    """7 of 8 failing answers found; no failing answer is no rate; a bias under a head that names the unit."""
    found = an_agreement()
    assert trust_words.found_of(found.sensitivity) == "88 % of 8 (47 to 99.7 %)"
    assert trust_words.found_of(None) == "no such answer"
    assert trust_words.found_of(a_measure(None, of=0)) == "no such answer"
    assert trust_words.levels(found.bias) == "0.12 (-0.08 to 0.33)"
    assert trust_words.levels(a_number("bias", -1.0, unit="levels", n=20, of=20)) == "-1"
    assert trust_words.levels(None) == ""
    drift = some_trust()[0].drift
    assert trust_words.drift(drift) == "3 newly wrong, 1 newly right of 120; p 0.31"
    assert trust_words.drift(None) == "not tested"


def test_one_person_is_not_people() -> None:
    """The owner alone: "agreement with this owner"; another person alone by name; two: people."""
    anna, ben, log = some_graders(35)
    assert trust_words.with_whom(a_week_summary(graders=(anna, ben, log))) == "agreement with people"
    assert trust_words.with_whom(a_week_summary(graders=(anna, log))) == "agreement with this owner"
    assert trust_words.with_whom(a_week_summary(graders=(ben, log))) == f"agreement with {BEN} alone"
    unread = ben.model_copy(update={"grades": 0})
    assert trust_words.with_whom(a_week_summary(graders=(anna, unread), owner=ANNA)) == "agreement with this owner"


def test_the_screen_has_a_line_each_within_its_width() -> None:
    """The judge's states, and the figure its grades took part in; without a judge no line."""
    screen = render(a_rich_summary())
    flat = " ".join(screen.split())
    assert "LLM judge trusted with tone; advisory: correctness (alpha .31, needs .40); untested: 2 more" in flat
    assert "tone at 4 or 5 rests on people and LLM together, 95 % interval 24 % narrower" in flat
    assert max(map(columns, screen.splitlines())) <= 80
    assert "LLM judge" not in render(a_week_summary())
    unchecked = a_rich_summary(checks=a_week_summary().checks)
    assert "together" not in render(unchecked)  # tone is no check of it: no verdict rests on it


def test_a_row_decided_by_the_weeks_takes_two_lines_and_no_room_from_others() -> None:
    """The names of the checks are not broken for the sake of "met since 2026-W42"."""
    lines = render(a_rich_summary()).splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("Resolution "))
    assert lines[at].endswith("met since")
    assert lines[at + 1].strip() == "2026-W42"
    assert lines[at + 2].startswith("Median latency  599.6 ms")


def test_rules_that_are_not_the_defaults_are_named_with_them() -> None:
    """A lower bar for alpha and more bias trust more, more pairs trust less; the defaults say nothing."""
    rules = TrustRules(alpha_low=0.1, max_bias=1.5, min_pairs=40)
    assert trust_words.rules(rules) == [
        "min_pairs 40 (default 20, stricter): calls graded blind by people and by it",
        "alpha_low 0.1 (default 0.4, looser): least lower limit of alpha",
        "max_bias 1.5 (default 0.5, looser): most levels apart on average",
    ]
    line = (
        "rules of trust changed by the owner: min_pairs 40 (default 20, stricter); alpha_low 0.1 (default 0.4, looser); "
        "max_bias 1.5 (default 0.5, looser)"
    )
    assert trust_words.rules_line(rules) == line
    assert line in " ".join(render(a_week_summary(trust_rules=rules)).split())
    assert (trust_words.rules(TrustRules()), trust_words.rules_line(TrustRules())) == ([], "")
    assert "rules of trust" not in render(a_week_summary())


def test_every_rule_of_trust_has_words() -> None:
    """A rule added later cannot be changed unnoticed."""
    changed = TrustRules(
        min_pairs=5, alpha_low=0.1, max_bias=2.0, min_sensitivity=0.1, min_failures=1, below_people=0.9, drift_alpha=0.0001
    )
    told = trust_words.rules(changed)
    assert {one.partition(" ")[0] for one in told} == set(TrustRules.model_fields)
    assert all("looser" in one for one in told)


def test_the_digest_of_the_prompt_is_left_out() -> None:
    """It stands on the sheet Method alone."""
    assert trust_words.without_prompt("claude-haiku-5-5 (v2), prompt 5f5f5f5f5f5f") == "claude-haiku-5-5 (v2)"
    assert trust_words.without_prompt("people") == "people"


def test_too_few_gold_calls_show_no_drift() -> None:
    """59 of the 60 that are needed."""
    few, enough = (Drift(items=items, newly_wrong=9, newly_right=0, p=0.002) for items in (59, 60))
    assert trust_words.drift(few) == "too few: 59 gold calls, tested from 60 on"
    assert trust_words.drift(enough).startswith("9 newly wrong, 0 newly right of 60")
