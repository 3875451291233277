"""How authorities differ: seeded leanings that persist over the years.

Each leaning is made of three independent standard normal parts: one of the family of metrics
(an authority busy in one part of safeguarding is busy in the rest), one of the metric, one of the
metric in that year. Each part has a seed of its own, so that a changed row of the calibration
leaves all other rows alone.
"""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

# Variances of the three parts; together one. The first two persist, so that an authority's
# leaning has a correlation of 0.85 from one year to the next.
_OF_FAMILY, _OF_METRIC, _OF_YEAR = 0.30, 0.55, 0.15
# How far a Wales level that the calibration leaves to interpolation strays, on the log scale;
# stocks move slowly from one 31 March to the next.
_WOBBLE, _WOBBLE_OF_STOCKS = 0.02, 0.006


def generator(seed: int, *names: str) -> np.random.Generator:
    """Return the generator of these names: the same on every machine, independent of others."""
    words = [seed, *(zlib.crc32(name.encode()) for name in names)]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(words)))


def leanings(
    seed: int, *, edition: str, period: str, family: str, reference: str, authorities: int
) -> NDArray[np.float64]:
    """Return one standard normal number for each authority."""
    parts = (
        (_OF_FAMILY, generator(seed, edition, "family", family)),
        (_OF_METRIC, generator(seed, edition, "metric", reference)),
        (_OF_YEAR, generator(seed, edition, "year", period, reference)),
    )
    return sum(
        (variance**0.5 * drawn.standard_normal(authorities) for variance, drawn in parts),
        start=np.zeros(authorities),
    )


def wobble(seed: int, *, edition: str, period: str, reference: str, stock: bool) -> float:
    """Return the factor by which an interpolated Wales level strays in this period."""
    drawn = generator(seed, edition, "level", period, reference).standard_normal()
    spread = _WOBBLE_OF_STOCKS if stock else _WOBBLE
    return round(float(np.exp(spread * drawn)), 6)
