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
from ssstats.intervals.means import (
    limits_of_mean,
    limits_of_mean_from_spread,
    limits_of_mean_from_squares,
    limits_of_mean_if_exponential,
    mean_and_spread,
)
from ssstats.intervals.proportions import limits_of_percentage
from ssstats.intervals.ratios import limits_of_ratio_of_counts, limits_of_ratio_of_percentages
from ssstats.intervals.rounded import (
    envelope_of_count,
    envelope_of_percentage,
    envelope_of_rate,
    envelope_of_ratio_of_counts,
    integers_rounding_to,
)
from ssstats.intervals.standardised import (
    directly_standardised_rate,
    expected_events,
    limits_of_standardised_ratio,
)
from ssstats.intervals.surveys import (
    effective_replies,
    limits_of_survey_percentage,
    people_possible,
    range_with_silent,
)

__all__ = [
    "directly_standardised_rate",
    "dispersion_of_recurring_events",
    "effective_replies",
    "envelope_of_count",
    "envelope_of_percentage",
    "envelope_of_rate",
    "envelope_of_ratio_of_counts",
    "expected_events",
    "integers_rounding_to",
    "limits_of_count",
    "limits_of_mean",
    "limits_of_mean_from_spread",
    "limits_of_mean_from_squares",
    "limits_of_mean_if_exponential",
    "limits_of_percentage",
    "limits_of_rate",
    "limits_of_ratio_of_counts",
    "limits_of_ratio_of_percentages",
    "limits_of_recurring_rate",
    "limits_of_standardised_ratio",
    "limits_of_survey_percentage",
    "mean_and_spread",
    "people_possible",
    "range_with_silent",
]
