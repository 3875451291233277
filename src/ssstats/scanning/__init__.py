"""Looks into every file of a folder for numbers that must not be there.

Knows files and numbers alone: not what a number means, and nothing of returns or policies. A
finding names the file and the place in it, never the number.
"""

from ssstats.scanning.canaries import read_canaries
from ssstats.scanning.scan import Sighting, scan_folder
from ssstats.scanning.series import NO_SERIES, Runs, Series, series_to_find

__all__ = [
    "NO_SERIES",
    "Runs",
    "Series",
    "Sighting",
    "read_canaries",
    "scan_folder",
    "series_to_find",
]
