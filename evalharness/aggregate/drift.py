"""Whether a judge changed: its grades of gold calls now, beside those of its baseline. STATISTICS h; DOMAIN: Gold."""

from __future__ import annotations

from collections.abc import Mapping

from evalharness.aggregate.inputs import Identity
from evalharness.models.trust import Drift
from evalharness.stats.paired import mcnemar_exact

Value = float | str


def drift(gold: Mapping[Identity, Value], baseline: Mapping[Identity, Value], now: Mapping[Identity, Value]) -> Drift:
    """Newly wrong against newly right gold calls, by the exact one-sided McNemar test.

    gold: the undisputed value people gave to each call; baseline, now: what the same judge gave to it, then and now. Only calls
    that all three have are items; a grade is right where it equals people's. Whether there are enough items to say anything
    (60), and which p is a drift (.05/26), are rules of `trust`. A judge with another model or prompt starts a new baseline.
    """
    items = [call for call in gold if call in baseline and call in now]
    was = {call: baseline[call] == gold[call] for call in items}
    stays = {call: now[call] == gold[call] for call in items}
    newly_wrong = sum(was[call] and not stays[call] for call in items)
    newly_right = sum(stays[call] and not was[call] for call in items)
    return Drift(items=len(items), newly_wrong=newly_wrong, newly_right=newly_right, p=mcnemar_exact(newly_wrong, newly_right))
