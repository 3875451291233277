"""Chapters of the release: what the notebooks call, written from release tables alone.

Each function returns Markdown in the release's language; `show` hands it to the notebook.
"""

from ssstats.chapters.authority import authority_page
from ssstats.chapters.front import front_page
from ssstats.chapters.measures_2016 import framework_section, survey_section
from ssstats.chapters.quality import quality_page
from ssstats.chapters.release import Release, open_release
from ssstats.chapters.sections import chapter_introduction, section
from ssstats.chapters.show import show

__all__ = [
    "Release",
    "authority_page",
    "chapter_introduction",
    "framework_section",
    "front_page",
    "open_release",
    "quality_page",
    "section",
    "show",
    "survey_section",
]
