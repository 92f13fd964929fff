"""What a request may cost at most, and what the events of one count against the cap: live, cached, in a batch."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from evalharness.grade.llm.work import OVERHEAD_TOKENS, most_tokens, spent_usd, worst_usd
from evalharness.messages.prices import Prices
from evalharness.messages.usage import Usage
from evalharness.store.llm import LlmCall, LlmEvent, in_batch
from evalharness.workspace.yaml_file import parse_yaml

PRICES = parse_yaml('as_of: "2026-10-20"\nmodels:\n  small: {input: 1, output: 5}\n', "prices.yaml", Prices)
REQUEST: dict[str, Any] = {"model": "small", "max_tokens": 1_000, "messages": [{"role": "user", "content": "Grüße"}]}
SENT_AT = datetime(2026, 11, 23, 8, tzinfo=UTC)
CALL = LlmCall("2026-W47", "demo", "c1", "a", "b", "c", 0, {"model": "small"}, 7)


def event(state: Any, attempt: int, usage: Usage | None = None, **details: Any) -> LlmEvent:
    """A state of the request."""
    return LlmEvent(7, state, attempt, None, usage.as_row() if usage else None, None, details)


def handed(attempt: int = 1, worst: float = 0.5) -> LlmEvent:
    """Kept as sent in a batch."""
    more = {"custom_id": f"h-7-{attempt}", "handing": "h", "sent_at": SENT_AT.isoformat()}
    return event("sent", attempt, worst_usd=worst, **more)


def test_the_worst_case_is_a_token_a_byte_and_a_full_reply() -> None:
    """(bytes + 1,000) x $1 + 1,000 x $5 a million; half of it in a batch. An umlaut is two bytes."""
    size = len(json.dumps(REQUEST, ensure_ascii=False).encode())
    assert most_tokens(REQUEST) == Usage(size + OVERHEAD_TOKENS, 1_000)
    assert worst_usd(REQUEST, PRICES) == pytest.approx((size + OVERHEAD_TOKENS + 5_000) / 1e6)
    assert worst_usd(REQUEST, PRICES, batch=True) == pytest.approx(worst_usd(REQUEST, PRICES) / 2)


@pytest.mark.parametrize(("ttl", "factor"), [({}, 1.25), ({"ttl": "1h"}, 2.0)])
def test_a_request_that_asks_for_a_cache_may_write_all_of_it(ttl: dict[str, str], factor: float) -> None:
    """Input at 1.25 times its price, for an hour at twice."""
    cached = {**REQUEST, "system": [{"type": "text", "text": "x", "cache_control": {"type": "ephemeral", **ttl}}]}
    tokens = len(json.dumps(cached, ensure_ascii=False).encode()) + OVERHEAD_TOKENS
    assert worst_usd(cached, PRICES) == pytest.approx((tokens * factor + 5_000) / 1e6)


def test_a_batched_reply_counts_at_half_price() -> None:
    """1,000 in and 1,000 out: $0.006 live, $0.003 in a batch."""
    used = Usage(1_000, 1_000)
    assert spent_usd([event("sent", 1, worst_usd=0.5), event("received", 1, used)], "small", PRICES) == pytest.approx(0.006)
    batched = [handed(), event("submitted", 1, batch="b1"), event("received", 1, used, batch="b1")]
    assert spent_usd(batched, "small", PRICES) == pytest.approx(0.003)


def test_what_waits_in_a_batch_counts_at_its_worst_case() -> None:
    """From before it was handed over until its result is read; an expired one counts nothing, a lost one goes on counting."""
    assert spent_usd([handed()], "small", PRICES) == 0.5
    waiting = [handed(), event("submitted", 1, batch="b1")]
    assert spent_usd(waiting, "small", PRICES) == 0.5
    assert spent_usd([*waiting, event("retry", 1, lost=False)], "small", PRICES) == 0
    assert spent_usd([*waiting, event("retry", 1, lost=True)], "small", PRICES) == 0.5


def test_where_a_request_waits() -> None:
    """Handed over: in a batch nobody knows; submitted: in that one; after its end, or live: in none."""
    unsure = in_batch(CALL, [handed()])
    assert unsure is not None
    assert (unsure.batch_id, unsure.custom_id, unsure.handing, unsure.sent_at) == ("", "h-7-1", "h", SENT_AT)
    known = in_batch(CALL, [handed(), event("submitted", 1, batch="b1")])
    assert known is not None
    assert known.batch_id == "b1"
    again = in_batch(CALL, [handed(), event("retry", 1, lost=False), handed(2)])
    assert again is not None
    assert (again.attempt, again.batch_id) == (2, "")
    for events in (
        [],
        [event("sent", 1, worst_usd=0.5)],
        [handed(), event("retry", 1, lost=True)],
        [handed(), event("submitted", 1, batch="b1"), event("received", 1, Usage(1, 1), batch="b1")],
        [handed(), event("retry", 1, lost=False), event("sent", 2, worst_usd=0.5)],
    ):
        assert in_batch(CALL, events) is None
