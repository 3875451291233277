"""The files that re-users take: spreadsheets, StatsWales uploads, open data; and their one truth.

After the airlock: everything here is made from release tables, and nothing can reach a return.
"""

from ssstats.outputs.corrections import DIFFERENCE_COLUMNS, figures_that_differ
from ssstats.outputs.truth import Difference, check_release, compare_release, require_one_truth
from ssstats.outputs.writing import write_outputs

__all__ = [
    "DIFFERENCE_COLUMNS",
    "Difference",
    "check_release",
    "compare_release",
    "figures_that_differ",
    "require_one_truth",
    "write_outputs",
]
