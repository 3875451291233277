"""Change on the year: verdicts on measures and main counts, from release tables alone.

After the airlock: a function of what the gate let through. A verdict holds for every set of
counts that rounds to what is shown, or there is none.
"""

from ssstats.changes.table import CHANGE_COLUMNS, change_table

__all__ = ["CHANGE_COLUMNS", "change_table"]
