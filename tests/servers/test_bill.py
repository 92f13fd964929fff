"""The bill's arithmetic, by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.servers.asking import body
from tests.servers.bill import PRICES, Bill, input_tokens, price, read_bill, text_of, tokens_of


@pytest.mark.parametrize(("characters", "tokens"), [(0, 1), (1, 1), (4, 1), (5, 2), (8, 2), (9, 3)])
def test_a_begun_token_counts(characters, tokens):
    """Four characters each, at least one."""
    assert tokens_of(characters) == tokens


def test_a_price_is_per_million_tokens():
    """1,000 in at 2 USD and 100 out at 10 USD: 0.002 + 0.001."""
    assert price("2", "10").usd(1000, 100) == Decimal("0.003")


def test_a_long_prompt_is_dearer_as_a_whole():
    """Haiku 5.5: 100,000 tokens at 0.10 are one cent; one token more and all of them cost 0.50."""
    haiku = PRICES["claude-haiku-5-5"]
    assert haiku.usd(100_000, 0) == Decimal("0.01")
    assert haiku.usd(100_001, 10) == (Decimal("0.5") * 100_001 + Decimal("2.5") * 10) / 1_000_000


def test_input_is_all_text_and_the_schema():
    """System 3 + 2, message 5 + 1 newline + 4 characters, without a schema: 15 characters, 4 tokens."""
    blocks = [{"type": "text", "text": text} for text in ("Hello", "call")]
    system = [{"type": "text", "text": "ab"}, {"type": "text", "text": "cd"}]
    assert text_of(system) == "ab\ncd"
    assert input_tokens(body(output_config=None, system=system, messages=[{"role": "user", "content": blocks}])) == 4


def test_the_file_is_the_bill(tmp_path):
    """A line a note, the half of one left out; a request noted twice stands once, as it was last."""
    bill = Bill(tmp_path / "bill.json", requests=2)
    bill.note()
    assert read_bill(bill.path)["entries"] == []
    bill.charge(Decimal("0.1"))
    bill.note(1, {"number": 1, "delivered": False})
    bill.note(2, {"number": 2})
    bill.note(1, {"number": 1, "delivered": True})
    assert read_bill(bill.path) == {
        "requests": 2,
        "billed": 1,
        "max_in_flight": 0,
        "bill_usd": "0.1",
        "span_s": 0.0,
        "entries": [{"number": 1, "delivered": True}, {"number": 2}],
    }
    bill.path.write_bytes(bill.path.read_bytes() + b"[{")
    assert len(read_bill(bill.path)["entries"]) == 2


def test_what_is_open_and_for_how_long_is_counted():
    """Two open at 10 s and 11 s, one closed at 12 s, another open at 13 s and all closed by 14.5 s: two at most, 4.5 s."""
    bill = Bill()
    assert [bill.opens(10.0), bill.opens(11.0)] == [1, 2]
    bill.closes(12.0)
    assert (bill.opens(13.0), bill.in_flight) == (3, 2)
    bill.closes(14.0)
    bill.closes(14.5)
    assert (bill.in_flight, bill.max_in_flight, bill.summary()["span_s"]) == (0, 2, 4.5)
