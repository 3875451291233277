"""One measure's funnel: authorities, limits by chance, limits that allow for the spread."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ssstats.comparison import (
    BOTH_LEVELS,
    Overdispersion,
    adjusted_funnel,
    funnel_of_percentage,
    funnel_of_ratio,
    measure_overdispersion,
)
from ssstats.intervals.numbers import FloatArray, Limits
from ssstats.signals.judging import ODDS, RATE, SHARE

# Below this many authorities with a figure the spread between them cannot be measured.
FEWEST_AREAS = 10
_POINTS_OF_A_LIMIT = 120


@dataclass(frozen=True)
class Funnel:
    """What a funnel plot draws, in the unit of the measure; arrays of one value an authority.

    `sizes` and `limits` draw the limits by chance, `adjusted` those that allow for the spread
    between authorities; each pair is lower and upper at 95% and at 99.8%.
    """

    areas: tuple[str, ...]
    size: FloatArray
    value: FloatArray
    baseline: float
    sizes: FloatArray
    limits: tuple[tuple[FloatArray, Limits], tuple[FloatArray, Limits]]
    adjusted: tuple[Limits, Limits]
    spread: Overdispersion


def spread_of(
    events: FloatArray, base: FloatArray, baseline: float, scale: str
) -> Overdispersion | None:
    """Return the spread between authorities about the Wales value, or None where too few answer."""
    known = ~np.isnan(events + base) & (base > 0)
    if known.sum() < FEWEST_AREAS or not np.isfinite(baseline) or baseline <= 0:
        return None
    x, n = events[known], base[known]
    if scale == RATE:
        return measure_overdispersion(x, n * baseline, scale="square-root")
    if scale == ODDS:
        return measure_overdispersion(
            x, x + n, scale="arcsine", baseline=baseline / (1.0 + baseline)
        ) if (x + n > 0).all() else None  # fmt: skip
    if baseline > 1.0:
        return None
    return measure_overdispersion(np.minimum(x, n), n, scale="arcsine", baseline=baseline)


def funnel_of_measure(
    estimates: pd.DataFrame, measure: str, period: str, wales: str, *, multiplier: float
) -> Funnel | None:
    """Return the funnel of a percentage or a rate, or None where it has none.

    A ratio of two counts has no funnel over one size, and neither has a measure of which too few
    authorities have a published figure.
    """
    rows = estimates[(estimates["measure"] == measure) & (estimates["period"] == period)]
    rows = rows[(rows["marker"] == "") & (rows["method"] != "")]
    national, own = rows[rows["area"] == wales], rows[rows["area"] != wales]
    if not len(national) or "sum of two counts" in str(national["method"].iloc[0]):
        return None
    scale = RATE if national["kind"].iloc[0] == "rate" else SHARE
    x, n = (own[side].to_numpy(dtype=float) for side in ("numerator", "denominator"))
    baseline = float(national["numerator"].iloc[0]) / float(national["denominator"].iloc[0])
    spread = spread_of(x, n, baseline, scale)
    if spread is None:
        return None
    sizes = np.geomspace(n.min() * 0.85, n.max() * 1.08, _POINTS_OF_A_LIMIT)
    draw = _limits_of_rate if scale == RATE else _limits_of_share
    return Funnel(
        areas=tuple(own["area"]),
        size=n,
        value=own["value"].to_numpy(dtype=float),
        baseline=multiplier * baseline,
        sizes=sizes,
        limits=tuple(draw(sizes, baseline, level, multiplier) for level in BOTH_LEVELS),  # type: ignore[arg-type]
        adjusted=tuple(_adjusted(sizes, baseline, spread, level, scale, multiplier)
                       for level in BOTH_LEVELS),  # type: ignore[arg-type]
        spread=spread,
    )  # fmt: skip


def _limits_of_share(
    sizes: FloatArray, baseline: float, level: float, multiplier: float
) -> tuple[FloatArray, Limits]:
    lower, upper = funnel_of_percentage(sizes, baseline, confidence=level)
    return sizes, (multiplier * lower, multiplier * upper)


def _limits_of_rate(
    sizes: FloatArray, baseline: float, level: float, multiplier: float
) -> tuple[FloatArray, Limits]:
    """Return the rates whose own limits just reach the baseline, over the sizes at which they do.

    The two limits lie at different sizes for the same count, so both are put on one scale.
    """
    counts = np.arange(1.0, np.ceil(sizes.max() * baseline * 4.0) + 50.0)
    lower, upper = funnel_of_ratio(counts, confidence=level)
    ends = []
    for ratio in (lower, upper):
        population = counts / ratio / baseline
        order = np.argsort(population, kind="stable")
        ends.append(np.interp(sizes, population[order], multiplier * baseline * ratio[order]))
    return sizes, (ends[0], ends[1])


def _adjusted(
    sizes: FloatArray,
    baseline: float,
    spread: Overdispersion,
    level: float,
    scale: str,
    multiplier: float,
) -> Limits:
    size = sizes * baseline if scale == RATE else sizes
    unit = multiplier * (baseline if scale == RATE else 1.0)
    lower, upper = adjusted_funnel(size, spread, confidence=level)
    return unit * lower, unit * upper
