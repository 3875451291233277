"""Rules on metrics that an authority counts for itself."""

from __future__ import annotations

import numpy as np

from ssstats.checks.checked import Checked
from ssstats.checks.results import Found


def check_local_fractions(checked: Checked) -> list[Found]:
    """A registered own metric, which counts, is no whole number."""
    own = checked.local
    numbers = own["value"].to_numpy(dtype=float, na_value=np.nan)
    broken = own[np.isfinite(numbers) & (np.nan_to_num(numbers) % 1 != 0) & _registered(checked)]
    return [
        Found(row.edition, row.period, row.area, row.reference, f"{row.value:.15g}")
        for row in broken.itertuples()
    ]


def check_local_unregistered(checked: Checked) -> list[Found]:
    """An own metric is not among those that a release may show."""
    unknown = checked.local[~_registered(checked)].drop_duplicates(
        ["edition", "period", "area", "reference"]
    )
    return [
        Found(row.edition, row.period, row.area, row.reference, f"own metric: {row.label}")
        for row in unknown.itertuples()
    ]


def _registered(checked: Checked) -> np.ndarray:
    table = checked.catalogue.local_metrics
    known = set(zip(table["edition"], table["area"], table["reference"], strict=True))
    keys = checked.local[["edition", "area", "reference"]].itertuples(index=False, name=None)
    return np.array([key in known for key in keys], dtype=bool)
