"""Keys whose room is not built: refused where they differ from their default, each at its place."""

from __future__ import annotations

import pytest

from evalharness.workspace.not_yet import NOT_YET
from tests.workspace.building import a_config, refused_addition

CASES = [
    ("calls: {engine: spark}", "line 4, column 17, field calls.engine", "duckdb"),
    ("ledger: {url: 'postgresql://x'}", "line 4, column 15, field ledger.url", "null"),
]


@pytest.mark.parametrize(("text", "place", "default"), CASES)
def test_a_key_that_is_set_before_its_room_is_built(text: str, place: str, default: str) -> None:
    """It is said that the key is not yet available, and what its default is."""
    error = refused_addition(text + "\n")
    assert error.where == f"evalharness.yaml {place}"
    assert error.what == f"not yet available; leave it out, or at its default: {default}"


@pytest.mark.parametrize("key", NOT_YET)
def test_every_line_of_the_table_refuses_something(key: str) -> None:
    """A line that no case above reaches could be misspelt and refuse nothing."""
    refused = [place.split("field ")[1].replace("[0]", ".*").replace("[1]", ".*") for _, place, _ in CASES]
    assert any(field == key or field.startswith(f"{key}.") for field in refused)


def test_the_defaults_written_out_are_not_refused() -> None:
    """A key may be present at its default."""
    text = "calls: {engine: duckdb}\nledger: {url: null}\ncosts: {budget_per_call: 0.50}\nalerts: []\nnotify: null\n"
    assert a_config(text + "csat: {baseline: null}\n") == a_config()


def test_what_is_available_beside_them() -> None:
    """The neighbours of refused keys are taken: currency, the call folder, people, limits."""
    config = a_config("calls: {path: log}\ncosts: {currency: EUR}\ngraders: {double_share: 0}\ncollect: {limits: {turns: 10}}\n")
    assert (config.calls.path, config.costs.currency, config.graders.double_share, config.collect.limits.turns) == (
        "log",
        "EUR",
        0,
        10,
    )
