"""Rules on change: values that do not follow from the years before, and the slips behind them."""

from __future__ import annotations

from ssstats.checks.checked import Checked
from ssstats.checks.results import Found


def check_change_on_last_year(checked: Checked) -> list[Found]:
    """The change is larger than chance, growth and usual variation explain."""
    return _found(checked, "", "{now}, last year {before}")


def check_change_digit_slip(checked: Checked) -> list[Found]:
    """A nought too many or too few explains the change."""
    return _found(checked, "nought", "{now}, last year {before}; meant may be {other}")


def check_change_swapped_digits(checked: Checked) -> list[Found]:
    """Two exchanged digits explain the change."""
    return _found(checked, "swap", "{now}, last year {before}; meant may be {other}")


def check_change_neighbours_row(checked: Checked) -> list[Found]:
    """Two neighbouring rows have changed places."""
    return _found(checked, "neighbour", "{now}, last year {before}; the row beside has {other}")


def check_change_typed_as_percentage(checked: Checked) -> list[Found]:
    """The value is about last year's percentage."""
    return _found(
        checked, "percentage", "{now}, last year the count was {before} and its percentage {other}"
    )


def _found(checked: Checked, slip: str, words: str) -> list[Found]:
    found = []
    for grid, diagnoses in zip(checked.grids, checked.diagnoses, strict=True):
        for one in diagnoses:
            if one.slip == slip:
                now = grid.numbers[one.period, one.area, one.metric]
                told = words.format(
                    now=f"{now:.15g}",
                    before=f"{one.before:.15g}",
                    other=f"{one.other:.3g}" if slip == "percentage" else f"{one.other:.15g}",
                )
                found.append(
                    Found(
                        grid.edition,
                        grid.periods[one.period],
                        grid.areas[one.area],
                        grid.references[one.metric],
                        f"{told} ({abs(one.score):.1f} standard deviations)",
                    )
                )
    return found
