"""Checks of compiled returns: one rule, one function, results as rows.

Results name values as the authority returned them. They go back to the authority and to the
statistician, never past the gate: a release publishes only how many rules gave how many results.
"""

from ssstats.checks.effects import effects_of_exceptions, feedback_by_reference
from ssstats.checks.refusing import AcceptedErrors, refuse_open_errors
from ssstats.checks.report import write_check_report
from ssstats.checks.results import RESULT_COLUMNS, blocking, summary_of
from ssstats.checks.running import check_returns

__all__ = [
    "RESULT_COLUMNS",
    "AcceptedErrors",
    "blocking",
    "check_returns",
    "effects_of_exceptions",
    "feedback_by_reference",
    "refuse_open_errors",
    "summary_of",
    "write_check_report",
]
