"""A page for nobody: what a process looks up or compiles once is there for all that it forks."""

from __future__ import annotations

import warnings

from ssstats.chapters.authority import (
    authority_beside_wales,
    authority_gaps,
    authority_introduction,
    authority_years,
)
from ssstats.chapters.changes import authority_changes
from ssstats.chapters.release import Release
from ssstats.chapters.signals import authority_signals

_PARTS = (
    authority_introduction,
    authority_beside_wales,
    authority_signals,
    authority_changes,
    authority_years,
    authority_gaps,
)


def rehearse(release: Release) -> None:
    """Make the page of the release's first authority and forget it."""
    # What there is to warn of is told where a page is made to be read.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for part in _PARTS:
            part(release, release.authorities[0])
