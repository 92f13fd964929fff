"""summary.json: every figure with its n, no transcript, hostile names as they are, and its published schema."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from evalharness.models.trend import WeekTrends
from evalharness.report.exports.summary_json import decided_json, summary_json
from evalharness.report.exports.summary_schema import published, schema_bytes
from tests.builders import MONDAY
from tests.report.exports.golden import a_tiny_summary
from tests.report.exports.weeks import a_full_summary
from tests.report.guards import a_full_guard
from tests.report.rich import JUDGE, a_rich_summary, a_since
from tests.report.weeks import FORMULA, a_week_summary


def test_the_summary_for_machines():
    """Every check with value, n, of, interval, bounds, verdict and the calls that would settle it."""
    document = json.loads(summary_json(a_week_summary()))
    assert document["verdict"] == "not good enough"
    assert document["by_verdict"] == {
        "met": ["median_latency", "cost"],
        "missed": ["p99_latency"],
        "not_proven": ["resolution", "clear_failures"],
        "not_measured": ["csat_gap", "owner_review"],
    }
    assert document["checks"][4] == {
        "id": "clear_failures", "measure": "clear_failure_rate", "below": 0.01, "unit": "share", "currency": None, "value": 0.0,
        "unanswered": False, "n": 35, "of": 143, "missing": 0, "basis": "sample", "interval": [0.0, 0.098], "low": 0.0,
        "high": 0.0743, "verdict": "not_proven", "calls_needed": 140, "reason": "",
        "this_week": "not_proven", "since": None, "since_version": None, "by_since": False, "variants": [],
    }  # fmt: skip
    assert document["checks"][2]["value"] is None
    assert document["checks"][2]["unanswered"] is True
    assert document["population"]["in_scope"] == 148
    assert document["measures"]["containment_rate"]["value"] == 0.81
    assert document["rubric"]["version"] == 1
    assert [row["component"] for row in document["cost"]] == ["llm", "stt", "telephony", "total"]


def test_the_summary_for_machines_holds_no_transcript_and_keeps_hostile_names():
    """What a caller said stays in the call log; a name with control characters parses back to itself."""
    summary = a_week_summary(hostile=True)
    written = summary_json(summary)
    assert b"word00001" not in written
    assert b"\x1b" not in written
    assert json.loads(written)["agent"] == summary.agent
    assert json.loads(written)["intents"][FORMULA] == 3


def test_the_summary_for_machines_holds_the_weeks_the_judge_and_what_was_not_graded():
    """Since, variants, nonresponse, people and LLM, trust, agreement, picked calls: every figure with its n."""
    document = json.loads(summary_json(a_rich_summary()))
    resolution, failures, tone = (document["checks"][at] for at in (0, 4, 5))
    assert (resolution["by_since"], resolution["this_week"], resolution["verdict"]) == (True, "not_proven", "met")
    assert (resolution["since"]["week"], resolution["since"]["hits"], resolution["since"]["n"]) == ("2026-W42", 136, 197)
    assert failures["since_version"]["n"] == 69
    assert tone["variants"][0] == {"left_out": "contested calls (graders differ, disputed)", "calls": 2, "verdict": "missed"}
    assert document["nonresponse"]["reasons"] == {"no sound": 1, "other language": 1}
    assert [one["used"] for one in document["combined"]] == [True, False, False]
    assert document["combined"][2]["combined"] is None
    assert {one["state"] for one in document["trust"]} == {"trusted", "advisory", "untested"}
    assert {one["judge"] for one in document["trust"]} == {JUDGE}
    assert document["among_people"][0]["pairs"] == 41
    picked = document["picked"][0]
    assert (picked["call_id"], picked["position"], picked["clear_failure"], picked["score"]) == ("call-036-9f3a", 36, "yes", 64.0)
    assert document["measures"]["verified_resolution_rate"]["n"] == 33


def test_a_limit_that_is_not_finite_is_null():
    """A noun refuses it; a copy does not check, and no reader of JSON knows Infinity or NaN."""
    checks = a_rich_summary().checks
    since = a_since().model_copy(update={"high": float("inf"), "value": float("nan")})
    written = summary_json(
        a_rich_summary(checks=(checks[0].model_copy(update={"since": since, "high": float("-inf")}), *checks[1:]))
    )
    assert not [name for name in (b"Infinity", b"NaN") if name in written]
    first = json.loads(written)["checks"][0]
    assert (first["since"]["high"], first["since"]["value"], first["high"]) == (None, None, None)


def a_small_summary():
    """Every key, and few entries: a document is validated many times."""
    tiny = a_tiny_summary()
    few = ("checks", "criteria", "latency", "trust", "among_people", "combined", "cost", "measured")
    return tiny.model_copy(update={name: getattr(tiny, name)[:1] for name in few})


def validator() -> Draft202012Validator:
    """By the published schema."""
    return Draft202012Validator(json.loads(published()))


def undescribed(schema):
    """The schema without the words of nouns: a better sentence is no other form."""
    if isinstance(schema, dict):
        return {key: undescribed(one) for key, one in schema.items() if key != "description" or not isinstance(one, str)}
    return [undescribed(one) for one in schema] if isinstance(schema, list) else schema


def test_the_published_schema_is_the_one_that_is_made():
    """Where this fails summary.json has another form. If it was meant, write schema_bytes() into the file, and into CHANGELOG.md
    what changed; a key that is taken away or means something else is another `format`."""
    assert undescribed(json.loads(published())) == undescribed(json.loads(schema_bytes()))
    Draft202012Validator.check_schema(json.loads(published()))


SUMMARIES = {
    "golden": a_week_summary(),
    "hostile": a_week_summary(hostile=True),
    "full": a_full_summary(),
    "nothing drawn": a_week_summary(design=None, results=(), escalation=None, to_hear=(), latency=(), cost=(), notices=()),
    "so far": a_week_summary(as_of=MONDAY),
    "guarded": a_week_summary(guard=(a_full_guard(),), heard=None),
}


@pytest.mark.parametrize("name", SUMMARIES)
def test_every_week_keeps_the_schema(name):
    """No error in any of them."""
    document = json.loads(summary_json(SUMMARIES[name]))
    assert [f"{list(error.path)}: {error.message}" for error in validator().iter_errors(document)] == []


def test_an_unknown_key_is_refused_wherever_it_stands():
    """In the document, a check, a measure, a criterion, the trend: drift is seen."""
    whole = json.loads(summary_json(a_small_summary()))
    places = (
        whole, whole["checks"][0], whole["measures"]["containment_rate"], whole["criteria"][0]["measure"],
        whole["trend"]["weeks"][0],
        whole["moved"]["movements"][0], whole["population"], whole["latency"][0], whole["actions"][0], whole["picked"][0],
    )  # fmt: skip
    for place in places:
        place["surprise"] = 1
        assert not validator().is_valid(whole)
        del place["surprise"]
    assert validator().is_valid(whole)


def test_a_key_that_is_gone_is_refused():
    """Every key but those that are there sometimes."""
    whole = json.loads(summary_json(a_small_summary().model_copy(update={"as_of": MONDAY})))
    sometimes = {"trend", "moved", "as_of", "ledger_head"}
    assert sometimes <= set(whole)
    optional = {name for name in whole if validator().is_valid({key: value for key, value in whole.items() if key != name})}
    assert optional == sometimes


def test_nulls_are_told_from_zeros():
    """A value of null is fine where nothing was measured; a text or a truth value for a number is not."""
    whole = json.loads(summary_json(a_small_summary()))
    for value, fine in ((None, True), (0.0, True), ("0", False), (True, False)):
        whole["checks"][0]["value"] = value
        assert validator().is_valid(whole) is fine


def test_the_trend_holds_neither_groups_of_calls_nor_sign_offs():
    """Groups are in the table `trend`; a sign-off carries notes. What is signed is the same with and without a trend."""
    summary = a_full_summary()
    trend = json.loads(summary_json(summary))["trend"]
    assert set(trend) == set(WeekTrends.model_fields) - {"slices"}
    assert "signed" not in trend["weeks"][-1]
    assert json.loads(summary_json(summary))["moved"]["movements"][0]["measure"] == "resolution_rate"
    assert decided_json(summary) == decided_json(summary.model_copy(update={"trend": None, "moved": None, "ledger_head": None}))
    assert (b'"trend"' in decided_json(summary), b'"ledger_head"' in decided_json(summary)) == (False, False)


def test_nothing_drawn_yet():
    """null where a drawn week has an object, and not an empty one."""
    document = json.loads(summary_json(SUMMARIES["nothing drawn"]))
    assert (document["design"], document["escalation"]) == (None, None)
