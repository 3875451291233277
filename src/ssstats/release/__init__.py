"""A whole release: from returns to a folder of site, PDF, notebooks and data, or nothing at all."""

from ssstats.release.building import Built, ReleaseOptions, build_release
from ssstats.release.reviewing import Review, rerun_authority

__all__ = ["Built", "ReleaseOptions", "Review", "build_release", "rerun_authority"]
