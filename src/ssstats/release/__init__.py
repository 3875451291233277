"""A whole release: from returns to a folder of site, PDF, notebooks and data, or nothing at all."""

from ssstats.release.building import build_release
from ssstats.release.options import Built, ReleaseOptions
from ssstats.release.steps import StepResult, lines_of_steps

__all__ = [
    "Built",
    "ReleaseOptions",
    "StepResult",
    "build_release",
    "lines_of_steps",
]
