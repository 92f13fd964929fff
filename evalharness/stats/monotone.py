"""One more hit never lowers a limit: the outermost limits over all samples with no more (or no fewer) hits."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import betaincinv

from evalharness.stats.design import Array, Rows

LARGEST = 60_000
"""Samples that are looked at; four strata of 14 calls are 50,625."""


def outermost(hits: Array, sizes: Array, rows: Rows, adjust: float, tail: float) -> tuple[float, float] | None:
    """The lowest lower and the highest upper Korn-Graubard limit; None for turns or where there are too many samples.

    hits, sizes (n,) of 0 or 1 as in `weighted_share`; `adjust`: its factor (t(units - 1)/t(calls - strata))^2. Upper: over
    every sample that has at most as many hits in every stratum, as the effective number of calls can fall when hits spread;
    lower: mirrored. Only counts matter, so all k_1 x k_2 x ... samples are one array: with d_h calls in the domain

        v_h = (1 - n_h/N_h) n_h/(n_h-1) (w_h/W)^2 (k_h (1-p)^2 + (d_h - k_h) p^2 - (k_h - p d_h)^2 / n_h), W = sum w_h d_h
        n_eff = adjust min(Kish, p(1-p) / sum v_h)

    The limit rises with p and falls with n_eff, so only samples that no other beats in both need the beta function.
    """
    if not np.isin(sizes, (0.0, 1.0)).all() or not np.isin(hits, (0.0, 1.0)).all():
        return None
    strata = len(rows.drawn)
    k, d = (np.bincount(rows.codes, part, minlength=strata).astype(float) for part in (hits, sizes))
    if max(float((k + 1).prod()), float((d - k + 1).prod())) > LARGEST:
        return None
    return 1.0 - _highest(d - k, d, rows, adjust, tail), _highest(k, d, rows, adjust, tail)


def _highest(k: Array, d: Array, rows: Rows, adjust: float, tail: float) -> float:
    """The highest upper limit over all samples with at most k_h hits."""
    p, n_eff = _samples(k, d, rows)
    order = np.argsort(-p, kind="stable")
    p, n_eff = p[order], n_eff[order] * adjust
    beaten = np.empty(len(p), dtype=bool)
    beaten[0], beaten[1:] = False, n_eff[1:] >= np.minimum.accumulate(n_eff)[:-1]
    x, n = (p * n_eff)[~beaten], n_eff[~beaten]
    if (n - x <= 1e-12).any():
        return 1.0
    return float(betaincinv(x + 1, n - x, 1 - tail).max())


def _samples(k: Array, d: Array, rows: Rows) -> tuple[Array, Array]:
    """(samples,) share and effective number of calls of every sample with 0..k_h hits in stratum h."""
    n, w = rows.drawn, rows.population / np.maximum(rows.drawn, 1) if rows.finite else np.ones(len(rows.drawn))
    whole = float((w * d).sum())
    grid = np.meshgrid(*(np.arange(hits + 1) for hits in k), indexing="ij", sparse=True)
    p = np.minimum(sum((w[h] * counts for h, counts in enumerate(grid)), np.zeros(1)) / whole, 1.0)
    v = np.zeros(1)
    for h, counts in enumerate(grid):
        if n[h] == 1:
            v = v + rows.rest[h] * (w[h] / whole) ** 2 / 4
        elif n[h] > 1:
            spread = counts * (1 - p) ** 2 + (d[h] - counts) * p**2 - (counts - p * d[h]) ** 2 / n[h]
            v = v + rows.rest[h] * n[h] / (n[h] - 1) * (w[h] / whole) ** 2 * spread
    kish = whole**2 / float((w**2 * d).sum())
    with np.errstate(divide="ignore", invalid="ignore"):
        n_eff = np.where((v > 0) & (p > 0) & (p < 1), np.minimum(kish, p * (1 - p) / v), kish)
    shape = math.prod(int(hits) + 1 for hits in k)
    return np.broadcast_to(p, n_eff.shape).reshape(shape), n_eff.reshape(shape)
