"""Money through the whole flow: usage priced by the workspace's file, priced again when it changes, and grading beside."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from evalharness.cli.words import of_intakes
from evalharness.collect.derive import Deriving, derived, derived_anew
from evalharness.collect.platforms.outcomes import derived_by
from evalharness.errors import ConfigError
from evalharness.flows.collect import collect_configured
from evalharness.flows.money import agent_prices, price_file, week_money
from evalharness.flows.opened import opened
from evalharness.flows.summary import week_summary
from evalharness.messages.prices import SHIPPED
from evalharness.models.call import Supplement
from evalharness.models.later import newest, with_facts
from evalharness.workspace.folder import Workspace
from tests.builders import a_call
from tests.flows.workspaces import make_workspace

WEEK = "2026-W47"
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
PRICES = 'agent:\n  tts:\n    any: [{{as_of: "2026-10-01", per_1k_characters: {amount}}}]\n'


@pytest.fixture
def workspace(tmp_path):
    """Three calls with usage and no money, and one whose log has money."""
    root = make_workspace(tmp_path / "ws", ())
    text = (root / "evalharness.yaml").read_text().replace("2026-W42", WEEK)
    (root / "evalharness.yaml").write_text(text)
    turns = [{"speaker": "caller", "text": "Hello."}, {"speaker": "agent", "text": "Hi."}]
    same = {"started_at": "2026-11-16T09:00:00Z", "ended_at": "2026-11-16T09:01:00Z", "turns": turns}
    calls = [{"id": f"c{i}", "metadata": {"usage": {"tts_characters": 1000 * i}}, **same} for i in (1, 2, 3)]
    calls.append({"id": "paid", "cost": {"other": 2.0}, **same})
    (root / "inbox" / "log.jsonl").write_text("".join(json.dumps(call) + "\n" for call in calls))
    return root


def collected(root):
    """What collecting now reports, and the week's costs."""
    with opened(Workspace.at(root), write=True) as house:
        reports, unread = collect_configured(house, NOW)
        assert not unread
        return reports, house.calls.costs(WEEK, None, "USD"), week_summary(house, WEEK)


def test_prices_that_come_and_change(workspace):
    """Without prices only the paid one; at .5 the three cost .5 + 1 + 1.5 = 3; at 1 they cost 6; nothing is in conflict."""
    _, costs, _ = collected(workspace)
    assert costs.components == {"other": (1, 2.0)}
    for amount, total in ((0.5, 3.0), (1.0, 6.0)):
        (workspace / "prices.yaml").write_text(PRICES.format(amount=amount))
        (report,), costs, week = collected(workspace)
        assert (report.accepted, report.duplicate, report.conflict) == (3, 1, 0)
        assert costs.components == {"tts": (3, total), "other": (1, 2.0)}
        assert costs.reckoned == {"2026-10-01": 3}
        assert (week.costing.week_total, week.measure("cost_per_call").value) == (total + 2, (total + 2) / 4)
    assert collected(workspace)[0] == []


def test_an_outcome_rule_reaches_calls_that_are_stored(tmp_path):
    """Vapi's normal end is unknown; by the workspace's rule it is abandoned, without a conflict."""
    from tests.collect.payloads import a_vapi_call

    root = make_workspace(tmp_path / "ws", ())
    call = a_vapi_call(endedReason="customer-ended-call", startedAt="2026-11-16T09:00:00Z", endedAt="2026-11-16T09:02:00Z")
    (root / "inbox" / "log.jsonl").write_text(json.dumps(call) + "\n")
    settings = root / "evalharness.yaml"
    settings.write_text(settings.read_text().replace("source: jsonl}", "source: vapi}"))
    plain = settings.read_text()
    outcomes = ("unknown", "abandoned", "unresolved", "abandoned", "unknown", "abandoned")
    for minutes, outcome in enumerate(outcomes):  # there, to another one, back, and away
        rule = f"collect:\n  outcomes: {{customer-ended-call: {outcome}}}\n" if outcome != "unknown" else "collect:\n"
        settings.write_text(plain.replace("collect:\n", rule, 1))
        with opened(Workspace.at(root), write=True) as house:
            (report,), _ = collect_configured(house, NOW + timedelta(minutes=minutes))
            (stored,) = house.calls.find("v1")
            assert collect_configured(house, NOW + timedelta(minutes=minutes)) == ([], [])
        assert (stored.outcome, report.accepted, report.conflict) == (outcome, 1, 0)
        assert report.derived_anew == (minutes > 0)
        assert ("1 of the accepted were stored before" in "\n".join(of_intakes([report]))) == (minutes > 0)


def test_an_outcome_of_the_crm_is_not_changed_by_a_rule(tmp_path):
    """It was given, whatever rule had been there before; and it is told as given."""
    call = a_call(id="c", outcome="unknown", inferred=("outcome",), end_reason="bye", metadata={"outcome_rule": "vapi.ended"})
    ours = derived_anew(call, derived(call, Deriving({"bye": "abandoned"})))
    at = datetime(2026, 11, 20, tzinfo=UTC)
    facts = [Supplement(source=call.source, call_id="c", field=name, value=value, known_at=at) for name, value in ours.items()]
    by_rule = with_facts(call, newest(facts)[call.source, "c"])
    assert (by_rule.outcome, derived_by(by_rule)) == ("abandoned", "collect.outcomes: bye")
    crm = Supplement(source=call.source, call_id="c", field="outcome", value="resolved", known_at=at + timedelta(days=1))
    given = with_facts(call, newest([*facts, crm])[call.source, "c"])
    assert (given.outcome, derived_by(given), "outcome_rule" in given.metadata) == ("resolved", "", False)
    assert derived_anew(given, derived(call, Deriving({"bye": "unresolved"}))) == {}


def test_a_price_file_for_the_agent_alone_keeps_the_shipped_prices_of_grading(workspace):
    """And one with neither is refused."""
    place = Workspace.at(workspace)
    shipped = price_file(place)
    assert agent_prices(place).empty
    (workspace / "prices.yaml").write_text(PRICES.format(amount=0.5))
    assert price_file(place).models == shipped.models
    assert not agent_prices(place).empty
    (workspace / "prices.yaml").write_text(SHIPPED.read_text() + PRICES.format(amount=0.5))
    assert (price_file(place).models, agent_prices(place).empty) == (shipped.models, False)
    (workspace / "prices.yaml").write_text("agent: {currency: USD}\n")
    with pytest.raises(ConfigError):
        price_file(place)


def test_budgets_and_no_grading(workspace):
    """The default budget is half a dollar a call; nothing was sent to an LLM, so grading has no line."""
    with opened(Workspace.at(workspace), write=True) as house:
        collect_configured(house, NOW)
        found = week_money(house, WEEK)
    assert (found.per_call, found.per_week, found.grading) == ({"total": 0.5}, None, None)
    assert found.agent.part("total").amount == 2.0
