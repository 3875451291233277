"""Checks of compiled returns: one rule, one function, results as rows.

Results name values as the authority returned them. They go back to the authority and to the
statistician, never past the gate: a release publishes only how many rules gave how many results.
"""

from ssstats.checks.results import RESULT_COLUMNS, blocking, summary_of
from ssstats.checks.running import check_returns

__all__ = ["RESULT_COLUMNS", "blocking", "check_returns", "summary_of"]
