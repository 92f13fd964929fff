"""Breaches of a summary: each kind by its figures, each once, and none where nothing is known."""

from evalharness.aggregate.breaches import breaches, stopped
from evalharness.models.cost import AgentCost, BudgetLine, Costing
from evalharness.models.measure import Measure
from evalharness.models.measured import Logged
from evalharness.models.trust import Drift, JudgeTrust
from tests.builders import a_check
from tests.report.weeks import a_week_summary


def summary(**fields):
    """A small week with nothing a breach could be, but for these."""
    return a_week_summary(calls=9, turns=2, **{"checks": (), "logged": (), "trust": (), "costing": None, **fields})


def of_kind(week, kind):
    return [one for one in breaches(week) if one.kind == kind]


def a_costing(*lines):
    empty = Measure(name="cost_per_resolved_call", unit="money")
    return Costing(currency="EUR", agent=AgentCost(), calls=10, outside_calls=0, per_resolved=empty, budgets=lines)


def test_checks_by_verdict():
    """Missed, not proven and not measured are kinds; met is none."""
    verdicts = ("met", "missed", "not_proven", "not_measured")
    checks = tuple(a_check(verdict=verdict) for verdict in verdicts)
    named = tuple(
        one.model_copy(update={"threshold": one.threshold.model_copy(update={"id": f"check_{verdict}"})})
        for one, verdict in zip(checks, verdicts, strict=True)
    )
    found = breaches(summary(checks=named))
    assert [(one.kind, one.subject) for one in found] == [(kind, f"check_{kind}") for kind in verdicts[1:]]
    assert found[0].value == checks[1].measure.value
    assert found[0].bar == checks[1].threshold.value


def test_only_a_crossed_budget():
    """0.6 of 0.5 is; 0.5 of 0.5 is not; an unknown one is not."""
    values = {"total": 0.6, "llm": 0.5, "tts": None}
    lines = [BudgetLine(per="call", component=name, limit=0.5, value=value, n=9, of=10) for name, value in values.items()]
    (found,) = of_kind(summary(costing=a_costing(*lines)), "budget")
    assert (found.subject, found.value, found.bar, found.n, found.of, found.currency) == (
        "total_per_call",
        0.6,
        0.5,
        9,
        10,
        "EUR",
    )
    assert of_kind(summary(costing=None), "budget") == []


def test_a_drift_by_the_rule_of_trust():
    """p at most .05/26 on at least 60 gold calls."""
    drift = Drift(items=80, newly_wrong=12, newly_right=0, p=0.0002)
    judge = JudgeTrust(criterion="tone", judge="m", state="advisory", drift=drift)
    (found,) = of_kind(summary(trust=(judge,)), "drift")
    assert (found.subject, found.value, found.n, found.of) == ("tone", 0.0002, 12, 80)
    few = judge.model_copy(update={"drift": drift.model_copy(update={"items": 59})})
    slight = judge.model_copy(update={"drift": drift.model_copy(update={"p": 0.01})})
    assert of_kind(summary(trust=(few, slight)), "drift") == []


def test_a_log_that_got_thinner():
    """Only a part that dropped."""
    dropped = Logged(part="latency", has=50, of=100, share=0.5, usual=0.9, dropped=True)
    kept = Logged(part="cost", has=90, of=100, share=0.9, usual=0.9)
    (found,) = of_kind(summary(logged=(dropped, kept)), "logging")
    assert (found.subject, found.value, found.bar) == ("latency", 0.5, 0.9)


def test_the_same_breach_has_the_same_key_whatever_its_figures():
    """Week, kind and subject alone."""
    one = stopped("2026-W47")
    assert one.key == "2026-W47|stopped|draw"
    assert one.model_copy(update={"value": 3.0}).key == one.key


def test_an_unanswered_percentile_is_said_in_words():
    """It has no number and lies above every bar: not to be taken for no data."""
    silent = a_check(verdict="missed")
    silent = silent.model_copy(update={"measure": silent.measure.model_copy(update={"value": None, "unanswered": True})})
    blank = a_check(verdict="not_measured", reason="no call has a cost")
    blank = blank.model_copy(update={"measure": blank.measure.model_copy(update={"value": None})})
    (missed,) = of_kind(summary(checks=(silent,)), "missed")
    (unknown,) = of_kind(summary(checks=(blank,)), "not_measured")
    assert (missed.value, missed.said) == (None, "unanswered")
    assert (unknown.value, unknown.said, unknown.reason) == (None, "no data", "no call has a cost")
