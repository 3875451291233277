"""Compiled returns: what the authorities sent, as one tidy frame.

Read by layout (`reading`), with names, codes and markers understood or refused (`normalising`).
Nothing here judges whether a number is plausible: that is the work of the checks.
"""

from ssstats.returns.compiling import write_compiled
from ssstats.returns.deciding import Decision, decide_exception, exceptions_to_decide
from ssstats.returns.decisions import apply_decisions, exception_ids
from ssstats.returns.model import (
    EXCEPTION_COLUMNS,
    LOCAL_COLUMNS,
    READING_COLUMNS,
    RETURN_COLUMNS,
    Returns,
)
from ssstats.returns.reading import files_of_returns, read_returns
from ssstats.returns.templates import template_name, write_template

__all__ = [
    "EXCEPTION_COLUMNS",
    "LOCAL_COLUMNS",
    "READING_COLUMNS",
    "RETURN_COLUMNS",
    "Decision",
    "Returns",
    "apply_decisions",
    "decide_exception",
    "exception_ids",
    "exceptions_to_decide",
    "files_of_returns",
    "read_returns",
    "template_name",
    "write_compiled",
    "write_template",
]
