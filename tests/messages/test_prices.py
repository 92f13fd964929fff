"""Prices: worked by hand from USD per million tokens; unknown is None, never 0."""

from __future__ import annotations

from datetime import date

import pytest

from evalharness.errors import ConfigError
from evalharness.messages.prices import SHIPPED, Prices
from evalharness.messages.usage import Usage
from evalharness.workspace.yaml_file import load_yaml, parse_yaml
from tests.servers.bill import PRICES

TWO = 'as_of: "2026-10-20"\nmodels:\n  small: {input: 1, output: 5}\n  large: {input: 4, output: 20}\n'


def prices(text: str = TWO) -> Prices:
    """A price file of two models."""
    return parse_yaml(text, "prices.yaml", Prices)


def test_a_reply_by_hand() -> None:
    """10,000 in at $1 and 2,000 out at $5 a million: 0.010 + 0.010 = $0.020."""
    assert prices().cost("small", Usage(10_000, 2_000)) == pytest.approx(0.020)


def test_cached_tokens_have_their_own_price() -> None:
    """1,000 fresh + 1,000 written x 1.25 + 1,000 read x 0.1 = 2,350 tokens at $4 a million = $0.0094."""
    assert prices().cost("large", Usage(1_000, 0, 1_000, 1_000)) == pytest.approx(0.0094)


@pytest.mark.parametrize(("tokens", "usd"), [(100_000, 0.0105), (100_001, 0.0525005)])
def test_the_long_price_starts_above_its_border(tokens: int, usd: float) -> None:
    """100,000 x 0.10 + 1,000 x 0.50 = $0.0105; one token more: 100,001 x 0.50 + 1,000 x 2.50 = $0.0525005."""
    found = load_yaml(SHIPPED, Prices).cost("claude-haiku-5-5", Usage(tokens, 1_000))
    assert found == pytest.approx(usd)


def test_unknown_has_no_cost_and_is_charged_at_the_dearest() -> None:
    """No price and no usage are both unknown; against a cap an unknown model counts as large: 1,000 x 20 = $0.02."""
    assert prices().cost("other", Usage(1, 1)) is None
    assert prices().cost("small", None) is None
    assert prices().charge("other", Usage(0, 1_000)) == pytest.approx(0.02)
    assert prices().charge("small", Usage(0, 1_000)) == pytest.approx(0.005)


def test_a_model_of_ones_own_may_cost_nothing() -> None:
    """0 is a price a person wrote."""
    assert prices(TWO + "  mine: {input: 0, output: 0}\n").cost("mine", Usage(9, 9)) == 0


def test_the_shipped_file_is_dated_and_has_the_default_model() -> None:
    """Every price of the scripted server, which bills in tests, is the shipped one; a model that ends says when."""
    found = load_yaml(SHIPPED, Prices)
    assert date.fromisoformat(found.as_of) >= date(2026, 10, 1)
    assert found.models["claude-sonnet-4-5"].ends == date(2026, 11, 30)
    for model, theirs in PRICES.items():
        ours = found.models[model]
        assert (ours.input, ours.output, ours.long_from) == (float(theirs.input), float(theirs.output), theirs.long_from)


@pytest.mark.parametrize(
    "line", ["  x: {input: 1}", "  x: {input: -1, output: 1}", "  x: {input: 1, output: 1, long_from: 5}", "  x: {inptu: 1}"]
)
def test_a_price_is_whole(line: str) -> None:
    """Half a price, a negative one, half a long price and a misspelt key are refused with their place."""
    with pytest.raises(ConfigError, match=r"prices\.yaml line 5"):
        prices(TWO + line + "\n")


def test_a_cache_of_an_hour_is_written_at_twice_the_price() -> None:
    """1,000 written, 400 of them for an hour: 600 x 1.25 + 400 x 2 = 1,550 tokens at $4 a million = $0.0062."""
    assert prices().cost("large", Usage(0, 0, 1_000, 0, 400)) == pytest.approx(0.0062)


def test_a_batch_costs_half_of_everything() -> None:
    """Input, output and cache prices: (10,000 x 4 + 1,000 x 1.25 x 4 + 2,000 x 20) / 1,000,000 / 2 = $0.0425."""
    usage = Usage(10_000, 2_000, 1_000)
    assert prices().cost("large", usage, batch=True) == pytest.approx(0.0425)
    assert prices().charge("other", usage, batch=True) == pytest.approx(0.0425)


def test_the_window_of_a_model() -> None:
    """200,000 tokens where the file says nothing; an unknown model counts as the smallest of the file."""
    found = prices(TWO + "  wide: {input: 1, output: 5, context: 1000000}\n")
    assert [found.context(name) for name in ("wide", "small", "other")] == [1_000_000, 200_000, 200_000]
