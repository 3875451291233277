"""Signals instead of league tables: which authorities lie further from Wales than chance explains.

After the airlock: a function of what the gate let through. A signal holds for every set of counts
that rounds to what is shown, against Wales and against the other authorities, and allows for the
spread between authorities; nothing here orders them.
"""

from ssstats.signals.funnels import Funnel, funnel_of_measure
from ssstats.signals.table import SIGNAL_COLUMNS, SIGNAL_WORDS, signal_table

__all__ = ["SIGNAL_COLUMNS", "SIGNAL_WORDS", "Funnel", "funnel_of_measure", "signal_table"]
