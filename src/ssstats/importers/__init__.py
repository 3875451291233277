"""Records about persons, and answers to a survey, counted into returns.

A file of records goes in, a long return comes out: nothing else of a record leaves this room. No
message, note or file ever quotes a cell of a record.
"""

from ssstats.importers.deriving import Imported, import_records
from ssstats.importers.layouts import LAYOUTS, Facts, read_facts
from ssstats.importers.problems import RecordsError, problem_table
from ssstats.importers.reconciling import reconcile
from ssstats.importers.writing import write_import

__all__ = [
    "LAYOUTS",
    "Facts",
    "Imported",
    "RecordsError",
    "import_records",
    "problem_table",
    "read_facts",
    "reconcile",
    "write_import",
]
