"""Change, signals and many comparisons as pure functions of numbers.

Nothing here knows of authorities, files, markers or languages. Arrays of any shape that broadcasts
go in; what is missing gives NaN; what cannot be raises ValueError.
"""

from ssstats.comparison.counts import (
    largest_detectable_fall,
    p_value_of_two_counts,
    smallest_attainable_p_value,
    smallest_detectable_rise,
)
from ssstats.comparison.differences import (
    limits_of_difference,
    limits_of_rate_difference,
    p_value_of_difference,
)
from ssstats.comparison.funnels import (
    BOTH_LEVELS,
    Signal,
    funnel_at_expected,
    funnel_at_size,
    funnel_of_percentage,
    funnel_of_ratio,
    pooled_rate,
    rate_of_the_others,
    signals_of_counts,
    signals_of_percentages,
)
from ssstats.comparison.many import adjusted_p_values, chance_of_any_signal, signals_by_chance
from ssstats.comparison.overdispersion import (
    Overdispersion,
    adjusted_funnel,
    adjusted_limits,
    dersimonian_laird,
    measure_overdispersion,
    tau2_from_scores,
)
from ssstats.comparison.overlaps import limits_with_full_overlap, verdicts_of_overlapping_stock
from ssstats.comparison.quantiles import quantile_of_each
from ssstats.comparison.rounded import (
    Range,
    StockEnvelope,
    envelope_of_count_ratio,
    envelope_of_difference,
    envelope_of_ratio_change,
    envelope_of_stock_change,
    largest_p_value_of_difference,
    largest_p_value_of_two_counts,
)
from ssstats.comparison.series import ProcessLimits, limits_of_series
from ssstats.comparison.shrinkage import ShrunkRates, shrink_rates
from ssstats.comparison.stocks import StockChange, compare_stocks
from ssstats.comparison.verdicts import Verdict, verdicts_of_change

__all__ = [
    "BOTH_LEVELS",
    "Overdispersion",
    "ProcessLimits",
    "Range",
    "ShrunkRates",
    "Signal",
    "StockChange",
    "StockEnvelope",
    "Verdict",
    "adjusted_funnel",
    "adjusted_limits",
    "adjusted_p_values",
    "chance_of_any_signal",
    "compare_stocks",
    "dersimonian_laird",
    "envelope_of_count_ratio",
    "envelope_of_difference",
    "envelope_of_ratio_change",
    "envelope_of_stock_change",
    "funnel_at_expected",
    "funnel_at_size",
    "funnel_of_percentage",
    "funnel_of_ratio",
    "largest_detectable_fall",
    "largest_p_value_of_difference",
    "largest_p_value_of_two_counts",
    "limits_of_difference",
    "limits_of_rate_difference",
    "limits_of_series",
    "limits_with_full_overlap",
    "measure_overdispersion",
    "p_value_of_difference",
    "p_value_of_two_counts",
    "pooled_rate",
    "quantile_of_each",
    "rate_of_the_others",
    "shrink_rates",
    "signals_by_chance",
    "signals_of_counts",
    "signals_of_percentages",
    "smallest_attainable_p_value",
    "smallest_detectable_rise",
    "tau2_from_scores",
    "verdicts_of_change",
    "verdicts_of_overlapping_stock",
]
