"""A page for each measure and each metric: what it means, its figures, how each one was made.

Written straight from release tables, because there are hundreds: a notebook for each would cost
more than the whole release. The pages stand beside the chapters and work without scripts.
"""

from ssstats.measure_pages.addresses import destinations_of
from ssstats.measure_pages.shared import SharedFigures
from ssstats.measure_pages.writing import write_measure_pages

__all__ = ["SharedFigures", "destinations_of", "write_measure_pages"]
