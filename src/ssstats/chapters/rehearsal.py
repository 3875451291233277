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
from ssstats.chapters.release import CHAPTERS, Release
from ssstats.chapters.signals import authority_signals, chapter_signals

_PARTS = (
    authority_introduction,
    authority_beside_wales,
    authority_signals,
    authority_changes,
    authority_years,
    authority_gaps,
)


def rehearse(release: Release, source: str = "") -> None:
    """Make the page of the release's first authority and forget it.

    Parameters
    ----------
    source : str
        Of the notebooks to come. What draws the funnel of a chapter's signals takes a second to
        import, so it is drawn here only if one of them calls for it.
    """
    # What there is to warn of is told where a page is made to be read.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for part in _PARTS:
            part(release, release.authorities[0])
        if chapter_signals.__name__ in source:
            # The first chapter that has any.
            any(chapter_signals(release, chapter) for chapter in CHAPTERS)
