"""The calls of a week that are listened to, whatever their transcripts say. DOMAIN: Grades."""

from __future__ import annotations

from evalharness.models.noun import digest_of
from evalharness.models.sample import WeeklySample


def heard_calls(sample: WeeklySample, count: int) -> frozenset[tuple[str, str]]:
    """(source, id) of the `count` drawn calls to listen to: all of them where fewer are drawn, none where `count` is 0.

    The seed is the digest of the frozen draw, which is known only once the calls are: nobody can choose them. They are spread
    over the whole queue by hash order, so the share of them with a wrong transcript speaks for the drawn calls. Calls picked by
    hand are never among them. Raises ValueError for a negative `count`.
    """
    if count < 0:
        raise ValueError(f"{count} calls to listen to")
    seed = sample.frozen_digest()
    order = sorted((digest_of(f"heard|{seed}|{source}|{call_id}"), source, call_id) for source, call_id in _drawn(sample))
    return frozenset((source, call_id) for _, source, call_id in order[:count])


def _drawn(sample: WeeklySample) -> list[tuple[str, str]]:
    return [item.identity for item in sample.items]
