"""Rules on habits: rounding, zeros where nobody else has them, one number all over."""

from __future__ import annotations

import numpy as np
from scipy.special import bdtrc

from ssstats.checks.checked import Checked
from ssstats.checks.results import Found

# Last digits of counts from here on are near enough to even.
_LARGE = 20
_LEAST_CHANCE = 1e-7
_EVEN_SHARE = 0.2
_OTHERS_MANY = 20
_FEWEST_ZEROS = 3
_FEWEST_SAME, _SAME_SHARE = 6, 0.8


def check_habit_rounded_values(checked: Checked) -> list[Found]:
    """Far more values of a group of metrics end in 0 or 5 than the fifth that chance gives."""
    found = []
    for grid in checked.grids:
        counted = (grid.metrics["quantity"] != "wte").to_numpy()
        for domain in sorted(grid.metrics["domain"].unique()):
            places = np.flatnonzero((grid.metrics["domain"] == domain).to_numpy() & counted)
            numbers = np.nan_to_num(grid.numbers[:, :, places])
            large = numbers >= _LARGE
            n, x = large.sum(axis=2), (large & (numbers % 5 == 0)).sum(axis=2)
            # The chance of x or more of n, if only every fifth number ended so (binomial).
            rounded = bdtrc(x - 1, n, _EVEN_SHARE) < _LEAST_CHANCE
            for t, a in np.argwhere(rounded):
                first = grid.references[places[np.argmax(large[t, a])]]
                words = f"{x[t, a]} of {n[t, a]} values of {domain} end in 0 or 5"
                found.append(Found(grid.edition, grid.periods[t], grid.areas[a], first, words))
    return found


def check_habit_zeros(checked: Checked) -> list[Found]:
    """An authority has zeros in several rows of a section in which all others have many."""
    found = []
    for grid in checked.grids:
        zero = grid.numbers == 0
        # The least of the others: the second smallest number where this one is zero.
        ordered = np.sort(np.where(np.isfinite(grid.numbers), grid.numbers, np.inf), axis=1)
        if ordered.shape[1] < _FEWEST_ZEROS:
            continue
        others = np.where(np.isfinite(ordered[:, 1:2]), ordered[:, 1:2], 0)
        # Days are zero wherever the people they belong to are none.
        counted = (grid.metrics["quantity"] == "count").to_numpy()
        odd = zero & (others >= _OTHERS_MANY) & counted
        for (domain, order, section), places in grid.sections.items():
            many = odd[:, :, places].sum(axis=2)
            for t, a in np.argwhere(many >= _FEWEST_ZEROS):
                first = grid.references[places[np.argmax(odd[t, a, places])]]
                words = f"{many[t, a]} zeros in {section} ({domain} {order})"
                found.append(Found(grid.edition, grid.periods[t], grid.areas[a], first, words))
    return found


def check_habit_one_number(checked: Checked) -> list[Found]:
    """One number fills most rows of a section."""
    found = []
    for grid in checked.grids:
        for (domain, order, section), places in grid.sections.items():
            if len(places) < _FEWEST_SAME:
                continue
            numbers = np.sort(grid.numbers[:, :, places], axis=2)
            given = (np.nan_to_num(numbers) > 1).sum(axis=2)
            reach = np.maximum(_FEWEST_SAME, np.ceil(_SAME_SHARE * given)).astype(int)
            # Sorted, the fewest that count stand side by side.
            side_by_side = numbers[:, :, : 1 - _FEWEST_SAME] == numbers[:, :, _FEWEST_SAME - 1 :]
            for t, a in np.argwhere((given >= _FEWEST_SAME) & side_by_side.any(axis=2)):
                values, times = np.unique(
                    numbers[t, a][np.nan_to_num(numbers[t, a]) > 1], return_counts=True
                )
                # A small number may well come several times by chance.
                if times.max() >= reach[t, a] and values[times.argmax()] >= 10:
                    words = (
                        f"{times.max()} values of {section} ({domain} {order}) are "
                        f"{values[times.argmax()]:.15g}"
                    )
                    first = grid.references[places[0]]
                    found.append(Found(grid.edition, grid.periods[t], grid.areas[a], first, words))
    return found
