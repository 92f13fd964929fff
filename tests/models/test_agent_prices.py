"""Reckoned costs by hand: each unit, the price of the day, and nothing where a part has no price or the log has money."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from evalharness.models.agent_prices import RECKONED, AgentPrices, cached_as_input, reckoned, reckoned_as_of, usage_of
from evalharness.models.call import Cost
from tests.builders import MONDAY, a_call

PRICES = AgentPrices.model_validate(
    {
        "llm": {
            "mini": (
                {"as_of": "2026-10-01", "input": 0.3, "output": 1.2},
                {"as_of": "2026-11-17", "input": 3.0, "output": 12.0},
                {"as_of": "2026-04-01", "input": 0.4, "output": 1.6},
            )
        },
        "tts": {"any": ({"as_of": "2026-10-05", "per_1k_characters": 0.03},)},
        "stt": {"nova": ({"as_of": "2026-10-06", "per_second": 0.0001},), "any": ({"as_of": "2026-10-07", "per_minute": 0.6},)},
    },
    strict=False,
)
LINE = {"telephony": {"any": ({"as_of": "2026-09-01", "per_minute": 0.12},)}}
USAGE = {"llm": [{"model": "mini", "input_tokens": 2000, "output_tokens": 500}], "tts_characters": 800, "stt_seconds": 60}


def used(usage, **fields):
    """A call of Monday, 16 November, with this usage."""
    return a_call(metadata={"usage": usage}, **fields)


def test_each_unit_by_hand():
    """llm 2 x .3 + .5 x 1.2 = 1.2; tts .8 x .03 = .024; stt 1 minute x .6; the oldest price used is of 1 October."""
    call = reckoned(used(USAGE), PRICES)
    assert call.cost == Cost(components={"llm": 1.2, "tts": 0.024, "stt": 0.6}, currency="USD")
    assert reckoned_as_of(call) == "2026-10-01"
    assert "cost" in call.inferred
    assert call.metadata[RECKONED] == {"as_of": "2026-10-01", "total": call.cost.total}


@pytest.mark.parametrize("name", ["cached_input_tokens", "input_cached_tokens", "cached_tokens"])
def test_tokens_from_a_cache_have_their_own_price(name):
    """2,000 in, 1,500 of them from the cache, 500 out: .5 x .3 + 1.5 x .03 + .5 x 1.2 = .795; without a price for the cache they
    are plain input, 2 x .3 + .6 = 1.2, and that is said; more from the cache than at all cannot be understood."""
    usage = {"llm": {"model": "mini", "input_tokens": 2000, "output_tokens": 500, name: 1500}}
    line = {"as_of": "2026-10-01", "input": 0.3, "output": 1.2}
    own, plain = (
        reckoned(used(usage), AgentPrices.model_validate({"llm": {"mini": (price,)}}, strict=False))
        for price in (line | {"cached": 0.03}, line)
    )
    assert (own.cost.total, cached_as_input(own)) == (0.795, 0)
    assert (plain.cost.total, cached_as_input(plain)) == (1.2, 1500)
    assert usage_of(used({"llm": usage["llm"] | {name: 2001}})) is None


@pytest.mark.parametrize(
    ("day", "llm"),
    [("2026-11-17", 12.0), ("2026-11-16", 1.2), ("2026-05-01", 1.6), ("2025-01-01", 1.6)],
)
def test_the_price_of_the_day(day, llm):
    """The newest not after the day (2 x 3 + .5 x 12 = 12); before all of them the oldest (2 x .4 + .5 x 1.6 = 1.6)."""
    started = datetime.fromisoformat(day).replace(tzinfo=UTC)
    assert reckoned(used(USAGE, started_at=started), PRICES).cost.components["llm"] == llm


def test_a_model_of_its_own_comes_before_any():
    """10 s x .0001 = .001 for nova, 10 / 60 x .6 = .1 for another."""
    lines = [{"type": "stt_usage", "model": model, "audio_duration": 10.0} for model in ("nova", "other")]
    assert reckoned(used(lines[:1]), PRICES).cost.components == {"stt": 0.001}
    assert reckoned(used(lines[1:]), PRICES).cost.components == {"stt": 0.1}


def test_a_list_of_entries_as_in_a_session_report():
    """The parts of one component are summed: 1.2 + .3 = 1.5."""
    entries = [
        {"type": "llm_usage", "provider": "x", "model": "mini", "input_tokens": 2000, "output_tokens": 500},
        {"type": "llm_usage", "provider": "x", "model": "mini", "input_tokens": 1000, "output_tokens": 0},
        {"type": "tts_usage", "model": "sonic", "characters_count": 800, "audio_duration": 4.1},
    ]
    assert reckoned(used(entries), PRICES).cost.components == {"llm": 1.5, "tts": 0.024}


def test_the_line_of_a_phone_call_by_its_length():
    """90 s x .12 / 60 = .18, where the channel is the phone, telephony has a price and the usage gives none of it."""
    prices = AgentPrices.model_validate({**PRICES.model_dump(), **LINE}, strict=False)
    ended = {"ended_at": MONDAY + timedelta(seconds=90)}
    assert reckoned(used(USAGE, channel="phone", **ended), prices).cost.components["telephony"] == 0.18
    assert "telephony" not in reckoned(used(USAGE, channel="web", **ended), prices).cost.components
    assert "telephony" not in reckoned(used(USAGE, channel="phone", **ended), PRICES).cost.components
    given = {**USAGE, "telephony_seconds": 30}
    assert reckoned(used(given, channel="phone", **ended), prices).cost.components["telephony"] == 0.06
    assert reckoned(used({**USAGE, "note": "x", "sts_seconds": 0}), PRICES).cost is not None


def test_a_phone_call_of_unknown_length_has_no_cost():
    """Its line has a price: without it the cost would be too low."""
    prices = AgentPrices.model_validate({**PRICES.model_dump(), **LINE}, strict=False)
    assert reckoned(used(USAGE, channel="phone"), prices).cost is None


@pytest.mark.parametrize(
    "usage",
    [
        None, {}, [], "x", 3, {"llm": [{"model": "unpriced", "input_tokens": 1, "output_tokens": 1}]},
        {**USAGE, "telephony_seconds": 30}, {"llm": [{"model": "mini", "input_tokens": 1}]}, {"llm": "x"}, {"llm": [None]},
        {"llm": {"model": "mini", "input_tokens": -1, "output_tokens": 1}}, {"tts_characters": True}, {"stt_seconds": "60"},
        {**USAGE, "tts_chars": 5000}, {**USAGE, "sts_seconds": 9.5}, {**USAGE, "video": [{"frames": 3}]},
        [{"type": "video_usage", "frames": 3}], [{"model": "mini"}], [3],
    ],
)  # fmt: skip
def test_what_is_not_known_stays_unknown(usage):
    """No usage, a part without a price, a shape nobody knows: no cost at all, never a part of one and never 0."""
    call = used(usage)
    assert reckoned(call, PRICES) is call


def test_money_of_the_log_is_never_replaced():
    """Nor is anything reckoned without prices."""
    call = used(USAGE, cost=Cost(components={"other": 0.0}))
    assert reckoned(call, PRICES) is call
    assert reckoned(used(USAGE), AgentPrices()).cost is None
    assert usage_of(call) is not None


def test_a_better_cost_that_came_later_is_not_reckoned():
    """The mark holds only while the cost is the one reckoned."""
    call = reckoned(used(USAGE), PRICES)
    billed = call.model_copy(update={"cost": Cost(components={"other": 2.0})})
    assert reckoned_as_of(billed) is None
    assert reckoned_as_of(a_call()) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"stt": {"any": ({"as_of": "2026-10-01"},)}},
        {"stt": {"any": ({"as_of": "2026-10-01", "per_minute": 1.0, "per_second": 1.0},)}},
        {"llm": {"mini": ({"input": 1.0, "output": 1.0},)}},
        {"llm": {"mini": ()}},
        {"tts": {"any": ({"as_of": "soon", "per_1k_characters": 1.0},)}},
        {"tts": {"any": ({"as_of": "2026-10-01", "per_1k_characters": -1.0},)}},
    ],
)
def test_a_price_is_one_dated_amount(wrong):
    """Without a date, without an amount, or with two of them it is refused."""
    with pytest.raises(ValidationError):
        AgentPrices.model_validate(wrong, strict=False)
