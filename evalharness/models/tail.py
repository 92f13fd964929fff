"""Tails by name: groups of calls in which failures are likelier, ready to be drawn apart as strata."""

from __future__ import annotations

from collections.abc import Mapping

TAILS: Mapping[str, str] = {
    "long": "duration_s >= 600 or turns >= 40",
    "transferred": "outcome in [transferred, follow_up] or handed_off == true",
    "error": "status == error or error_count > 0",
    "slow": "p99_ms >= 1500",
    "low_csat": "csat <= 2",
    "night": "hour < 7 or hour >= 21",
}
"""Name -> rule over the fields of a call; a call that lacks a field is not in the tail by it. Hours are the workspace's clock."""
TAILS_SHARE = 0.2
"""The part of the sample that all tails without a `share` of their own have together."""
