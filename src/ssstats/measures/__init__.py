"""Quantities to be published, before disclosure control: authority values, Wales totals, coverage.

The last room before the gate. What it returns is unprotected and goes nowhere but into
`ssstats.disclosure.gate`.
"""

from ssstats.measures.coverage import coverage_of
from ssstats.measures.quantities import QUANTITY_COLUMNS, measure_quantities

__all__ = ["QUANTITY_COLUMNS", "coverage_of", "measure_quantities"]
