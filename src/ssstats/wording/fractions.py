"""Words that stand for a size, more than half, almost half, slightly, against their figures.

A fraction in words needs a percentage beside it that bears it out, with its lower limit where the
release gives one; slightly needs a change under one percentage point or two per cent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ssstats.wording.published import Figures
from ssstats.wording.rules import Finding, place_of
from ssstats.wording.statements import Statement, number_of, statements_of

_HALF = 50.0
# Almost: from one point below the fraction.
_ALMOST_FROM = 49.0
_SLIGHT_POINTS, _SLIGHT_PERCENT = 1.0, 2.0
_PERCENTAGE = r"[^.()]{0,60}\((?P<percentage>\d[\d,]*(?:\.\d+)?)%\)"
_MORE = {
    "en": rf"\bmore than half\b{_PERCENTAGE}",
    "cy": rf"\b(?:dros|mwy na) hanner\b{_PERCENTAGE}",
}
_ALMOST = {"en": rf"\balmost half\b{_PERCENTAGE}", "cy": rf"\bbron i hanner\b{_PERCENTAGE}"}
_SLIGHTLY = {"en": r"\bslightly\b", "cy": r"\bychydig\b(?! o newid)"}
_SENTENCE = re.compile(r"[^\n]*?(?:[.!?](?=\s|$)|$)", re.MULTILINE)


def contradicted_words(text: str, figures: Figures | None, *, language: str) -> list[Finding]:
    """Return words for a fraction or a small size that their own figures do not bear out."""
    return [
        Finding(rule, *place_of(text, position), found, why, instead)
        for rule, position, found, why, instead in (
            *_fractions(text, figures, language),
            *_slight(text, language),
        )
    ]


def _fractions(
    text: str, figures: Figures | None, language: str
) -> Iterator[tuple[str, int, str, str, str]]:
    for match in re.finditer(_MORE[language], text, re.IGNORECASE):
        share = number_of(match["percentage"])
        if share <= _HALF or not _clear_of_half(share, figures):
            yield (
                "fraction", match.start(), match.group(0),
                "More than half needs a percentage whose lower limit is above it.",
                "Give the percentage with its limits.",
            )  # fmt: skip
    for match in re.finditer(_ALMOST[language], text, re.IGNORECASE):
        if not _ALMOST_FROM <= number_of(match["percentage"]) < _HALF:
            yield (
                "fraction", match.start(), match.group(0),
                "Almost half is at most one percentage point below it.",
                "Give the percentage.",
            )  # fmt: skip


def _clear_of_half(share: float, figures: Figures | None) -> bool:
    """Return whether a published percentage of this value has its lower limit above one half."""
    if figures is None:
        return True
    table = figures.measures
    own = table[(table["value"] - share).abs() < 1e-6]
    return bool((own["lower"] > _HALF).any())


def _slight(text: str, language: str) -> Iterator[tuple[str, int, str, str, str]]:
    for sentence in _SENTENCE.finditer(text):
        word = re.search(_SLIGHTLY[language], sentence.group(0), re.IGNORECASE)
        if word is None:
            continue
        if any(_large(own) for own in statements_of(sentence.group(0), language=language)):
            yield (
                "slightly", sentence.start() + word.start(), word.group(0),
                "Slightly is under one percentage point or two per cent.",
                "Leave the word out.",
            )  # fmt: skip


def _large(statement: Statement) -> bool:
    if statement.of_measure:
        return statement.size is not None and abs(statement.size) >= _SLIGHT_POINTS
    if statement.percentage is not None:
        return statement.percentage >= _SLIGHT_PERCENT
    if statement.size is None or not statement.new:
        return False
    return 100 * abs(statement.size) / abs(statement.new) >= _SLIGHT_PERCENT
