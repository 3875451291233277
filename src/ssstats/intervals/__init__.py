"""Confidence limits as pure functions of numbers.

Nothing here knows of authorities, files, markers or languages. Every function takes arrays (or
single numbers) of any shape that broadcasts, gives NaN for what is missing, and raises ValueError
for what cannot be.
"""

from ssstats.intervals.counts import (
    dispersion_of_recurring_events,
    limits_of_count,
    limits_of_rate,
    limits_of_recurring_rate,
)
from ssstats.intervals.proportions import limits_of_percentage
from ssstats.intervals.rounded import (
    envelope_of_count,
    envelope_of_percentage,
    envelope_of_rate,
    integers_rounding_to,
)

__all__ = [
    "dispersion_of_recurring_events",
    "envelope_of_count",
    "envelope_of_percentage",
    "envelope_of_rate",
    "integers_rounding_to",
    "limits_of_count",
    "limits_of_percentage",
    "limits_of_rate",
    "limits_of_recurring_rate",
]
