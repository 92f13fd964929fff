"""From an oversampled week to calls that all had the same chance: what may be accumulated over weeks."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction


def equal_probability(counts: Sequence[tuple[int, int]], rank_draws: Sequence[float]) -> list[int]:
    """How many of the first graded calls of each stratum to keep, so that every call of the week had the same chance.

    counts: (graded g_h, judged calls M_h) a stratum; rank_draws: one number in 0..1 a stratum, uniform, drawn beforehand
    (from the week's seed), unknown to the graders and independent of each other. With f = min g_h / M_h over strata with
    calls, stratum h keeps floor(f M_h), and one more with probability frac(f M_h): where its number is below that. The
    binding stratum keeps all of its g_h. No call of a stratum with calls graded: f = 0, nothing is kept.

    Why `sequence_bounds` holds for the kept calls of all weeks, although they are stratified, drawn without replacement and
    rounded at random. Let the week's share be p = sum M_h p_h / M >= t and q < t. A call's factor (q/t)^x ((1-q)/(1-t))^(1-x)
    is 1 + c (x - t) with c = (q-t)/(t(1-t)) < 0, of mean 1 + c (p_h - t) in stratum h. A product of m such factors is a convex
    function of the number of hits, so drawing without replacement makes its mean no larger than (1 + c (p_h - t))^m
    [Hoeffding 1963, theorem 4]. With a_h calls kept for certain and one more with probability r_h, a_h + r_h = f M_h, and
    log(1 + x) <= x:

        log E(week's product) <= sum_h (a_h + r_h) c (p_h - t) = f c sum_h M_h (p_h - t) = f c M (p - t) <= 0

    so the product, and every mixture of it over q < t, is a supermartingale from week to week. Mirrored for q > t.
    Where people stop may depend on anything but the grades. Not for estimates of one week: those use all calls, weighted.
    Raises ValueError unless 0 <= g_h <= M_h and there is one number in 0..1 a stratum.
    """
    if len(counts) != len(rank_draws) or any(not 0 <= draw <= 1 for draw in rank_draws):
        raise ValueError(f"{len(counts)} strata need as many numbers between 0 and 1: {list(rank_draws)}")
    if any(not 0 <= graded <= judged for graded, judged in counts):
        raise ValueError(f"more graded calls than the stratum holds: {list(counts)}")
    f = min((Fraction(graded, judged) for graded, judged in counts if judged), default=Fraction(0))
    return [_rounded(f * judged, draw) for (_, judged), draw in zip(counts, rank_draws, strict=True)]


def _rounded(expected: Fraction, draw: float) -> int:
    whole = expected.numerator // expected.denominator
    return whole + (Fraction(draw) < expected - whole)
