"""Numbers of a text against the figures of its release.

A number that is not among them was typed by hand, belongs to another release, or was worked out
from something that is not published.
"""

from __future__ import annotations

import re

from ssstats.wording.published import Figures
from ssstats.wording.rules import Finding, place_of
from ssstats.wording.statements import Statement, numbers_of, statements_of

_CONTRADICTED = (
    "contradicts-last-year",
    "Last year's figure that the sentence gives or implies is not the published one.",
    "Correct the figures, or mark last year's as revised [r].",
)
_YEAR = re.compile(r"\b20\d\d-\d\d\b")
# Below this base a percentage change says little: give counts.
SMALLEST_BASE = 50


def unknown_numbers(text: str, figures: Figures) -> list[Finding]:
    """Return the numbers of a text that the release does not publish."""
    return [
        Finding(
            "number-not-in-release",
            *place_of(text, position),
            digits,
            "No table of the release holds this number.",
            "Take the figure from the release tables.",
        )
        for position, digits in numbers_of(text)
        if digits not in figures.shown
    ]


def contradicted_statements(text: str, figures: Figures | None, *, language: str) -> list[Finding]:
    """Return statements of change that do not add up, or contradict last year's figures.

    Without figures only the arithmetic of each sentence and the size of its base are checked.
    """
    findings = []
    for statement in statements_of(text, language=language):
        for rule, why, instead in _wrongs(statement, figures):
            place = place_of(text, statement.position)
            findings.append(Finding(rule, *place, statement.words, why, instead))
    return findings


def _wrongs(statement: Statement, figures: Figures | None) -> list[tuple[str, str, str]]:
    wrongs = []
    old = _implied(statement)
    if not _adds_up(statement):
        wrongs.append(
            (
                "does-not-add-up",
                "Old value, new value and difference do not add up.",
                "Correct it, or leave the old value out where rounding is the reason.",
            )
        )
    if statement.percentage is not None and old is not None and old < SMALLEST_BASE:
        wrongs.append(
            (
                "percentage-of-small-base",
                f"A percentage change on a base under {SMALLEST_BASE} says little.",
                "Give the counts alone.",
            )
        )
    new = _stated(statement)
    if figures is not None and old is not None and new is not None:
        wrongs += _against_last_year(statement, old, new, figures)
    return wrongs


def _stated(statement: Statement) -> float | None:
    """Return the new value that the sentence gives, or that old value and difference make."""
    if statement.new is not None or statement.old is None or statement.size is None:
        return statement.new
    return round(statement.old + statement.size, 6)


def _implied(statement: Statement) -> float | None:
    """Return the old value that the sentence gives or implies."""
    if statement.old is not None:
        return statement.old
    if statement.size is None or statement.new is None:
        return None
    return round(statement.new - statement.size, 6)


def _adds_up(statement: Statement) -> bool:
    if statement.old is None:
        return True
    difference = statement.size if statement.new is None else statement.new - statement.old
    if difference is None:
        return True
    # Each of three rounded numbers may be off by half a unit of its last place.
    unit = 1.5 * 10.0**-statement.decimals if statement.decimals else 1e-6
    if statement.size is not None and abs(difference - statement.size) > unit:
        return False
    if statement.percentage is None or statement.old == 0:
        return True
    return abs(100 * abs(difference) / statement.old - statement.percentage) <= 0.51


def _against_last_year(
    statement: Statement, old: float, new: float, figures: Figures
) -> list[tuple[str, str, str]]:
    years = _YEAR.findall(statement.sentence)
    if years and figures.previous not in ("", *years):
        return []
    table = figures.measures if statement.of_measure else figures.counts
    named = figures.placed.areas_in(statement.sentence) if figures.placed else set()
    if named:
        table = table[table["area"].isin(named)]
    same = table[(table["value"] - new).abs() < 1e-6]
    if not len(same):
        # The figure itself stands in another sentence: last year's is looked for alone.
        same = table[(table["last_year"] - old).abs() < 1e-6]
        if statement.new is not None or not len(same):
            return []
        agrees = (same["value"] - new).abs() < 10.0**-statement.decimals * 0.51
        return [] if agrees.any() else [_CONTRADICTED]
    agrees = (same["last_year"] - old).abs() < 10.0**-statement.decimals * 0.51
    if not agrees.any():
        return [_CONTRADICTED]
    if same.loc[agrees, "at_break"].all():
        return [
            (
                "change-across-a-break",
                "The series breaks between the two years.",
                "Say that they cannot be compared directly, and why.",
            )
        ]
    return []
