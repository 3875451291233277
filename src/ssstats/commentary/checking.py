"""What a text that people write may hold: plain Markdown, the rules of wording, known numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ssstats.chapters.release import Release
from ssstats.commentary.handwritten import Passage, read_handwritten
from ssstats.wording import Figures, Finding, lint_text
from ssstats.wording.placing import misplaced_numbers
from ssstats.wording.rules import in_reading_order, place_of
from ssstats.wording.statements import numbers_of
from ssstats.words import LANGUAGES

# What Markdown could do beyond plain words: the pattern, and what to write instead.
_REFUSED = (
    (r"<[A-Za-z!/?]", "HTML", "Write plain words; **bold** and [words](https://...) are allowed."),
    (r"[{}]", "a brace", "Leave it out: texts carry no attributes and no places to fill."),
    (r"`|^(?: {4}|\t)", "code", "Write plain words without indentation."),
    (r"\$", "a formula", "Write the amount in words."),
    (r"(?<!\w)@\w|\(@", "a reference", "Name the table or chapter in words."),
    (r"^[ \t]*:::", "a division", "Leave it out: the page marks the text by itself."),
    (r"^[ \t]*\|", "a table", "Write a sentence; tables come from the release."),
    (r"!\[", "a picture", "Write a sentence; charts come from the release."),
    (r"\\", "a backslash", "Leave it out."),
    (r"\]\((?!https://)|^[ \t]*\[[^\]]+\]:", "a link", "Links begin with https://."),
    (r"^[ \t]*(?:-{3,}|={2,}|\*{3,}|_{3,})[ \t]*$", "a rule", "Leave it out."),
    (r"\[\^|~", "a footnote or other mark", "Write it into the sentence."),
)
_ADDRESS = re.compile(r"\]\(https://[^)\s]*\)")


def findings_of(
    passage: Passage, *, language: str, figures: Figures | None, threshold: int = 0
) -> list[Finding]:
    """Return what is wrong with a passage, with lines as its file counts them.

    With figures each number must be one of theirs, and stand at its place where they know it and
    nobody has looked at the numbers again. A number from 1 to under `threshold` is found
    in any case: it may be a count that the release hides.
    """
    found = [
        Finding(
            "plain-text", *place_of(passage.text, match.start()), match.group(0).strip(),
            f"This is {what}, which texts written by hand may not hold.", instead,
        )
        for pattern, what, instead in _REFUSED
        for match in re.finditer(pattern, passage.text, re.MULTILINE)
    ]  # fmt: skip
    # The address of a link is no text: its digits are no figures.
    text = _ADDRESS.sub(lambda match: "]" + " " * (len(match.group(0)) - 1), passage.text)
    found += [
        Finding(
            "small-count", *place_of(text, position), digits,
            "A number this small may be a count that the release hides.",
            "Leave it out, or say fewer than the threshold where the tables do.",
        )
        for position, digits in numbers_of(text)
        if digits.isdecimal() and 0 < int(digits) < threshold
    ]  # fmt: skip
    found += lint_text(text, language=language, release=figures)
    if figures is not None and figures.placed is not None and not passage.looked_again:
        found += misplaced_numbers(text, figures.placed, area=passage.area, item=passage.item)
    return [_in_file(finding, passage) for finding in in_reading_order(found)]


def findings_in_words(
    passages: Mapping[str, Sequence[Passage]], *, figures: Figures | None, threshold: int = 0
) -> list[str]:
    """Return every finding of the passages of each language: file, line, what, and the mend."""
    return [
        f"{passage.file}, line {finding.line}: {finding.found!r}: {finding.why} Instead: "
        f"{finding.instead}"
        for language, own in passages.items()
        for passage in own
        for finding in findings_of(passage, language=language, figures=figures, threshold=threshold)
    ]


def lint_handwritten(
    folder: Path, release: Release, *, figures: Figures, languages: Iterable[str] = LANGUAGES
) -> list[str]:
    """Return the findings of every file of a folder against the release that they belong to.

    Parameters
    ----------
    folder : Path
        Holds a folder a language with Markdown files; it need not exist.
    release : Release
        With its commentary, whose places the files may name.
    figures : Figures
        The figures of that release.
    languages : iterable of str
        Those of the release.

    Raises
    ------
    WordingError
        If a file is none of a chapter, or a heading names no place.
    """
    passages = {own: read_handwritten(folder, own, release) for own in languages}
    return findings_in_words(passages, figures=figures, threshold=threshold_of(release))


def threshold_of(release: Release) -> int:
    """Return the smallest count that the release's policy shows."""
    policy: dict[str, int] = release.tables.facts["policy"]  # type: ignore[assignment]
    return int(policy["threshold"])


def _in_file(finding: Finding, passage: Passage) -> Finding:
    return replace(finding, line=passage.first_line + finding.line - 1)
