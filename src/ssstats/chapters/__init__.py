"""Chapters of the release: what the notebooks call, written from release tables alone.

Each function returns Markdown in the release's language; `show` hands it to the notebook.
"""

from ssstats.chapters.about import about_release, self_assessment
from ssstats.chapters.authority import (
    authority_beside_wales,
    authority_gaps,
    authority_introduction,
    authority_years,
)
from ssstats.chapters.changes import authority_changes, chapter_changes
from ssstats.chapters.comparisons import quality_comparisons
from ssstats.chapters.dictionary import dictionary_introduction, dictionary_section
from ssstats.chapters.editions import framework_series
from ssstats.chapters.front import front_page
from ssstats.chapters.measures_2016 import framework_reading, framework_section
from ssstats.chapters.process import process_view
from ssstats.chapters.protection import quality_protection
from ssstats.chapters.quality import (
    quality_breaks,
    quality_checks,
    quality_coverage,
    quality_exceptions,
    quality_introduction,
    quality_methods,
)
from ssstats.chapters.reading import open_release
from ssstats.chapters.release import Release
from ssstats.chapters.sections import chapter_introduction, section
from ssstats.chapters.show import show
from ssstats.chapters.signals import authority_signals, chapter_signals

__all__ = [
    "Release",
    "about_release",
    "authority_beside_wales",
    "authority_changes",
    "authority_gaps",
    "authority_introduction",
    "authority_signals",
    "authority_years",
    "chapter_changes",
    "chapter_introduction",
    "chapter_signals",
    "dictionary_introduction",
    "dictionary_section",
    "framework_reading",
    "framework_section",
    "framework_series",
    "front_page",
    "open_release",
    "process_view",
    "quality_breaks",
    "quality_checks",
    "quality_comparisons",
    "quality_coverage",
    "quality_exceptions",
    "quality_introduction",
    "quality_methods",
    "quality_protection",
    "section",
    "self_assessment",
    "show",
]
