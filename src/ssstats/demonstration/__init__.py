"""The demonstration: synthetic compiled returns that look like life.

Every number is drawn at random from a seed and a calibration table; none was reported by an
authority. The rooms of a release never import this package: they meet its files as they would
meet real returns.
"""

from ssstats.demonstration.records import write_synthetic_records
from ssstats.demonstration.writing import write_demonstration

__all__ = ["write_demonstration", "write_synthetic_records"]
