"""What an authority typed beside what its records give: where they differ, and which is used."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.errors import UsageError, listed
from ssstats.importers.deriving import Imported
from ssstats.importers.layouts import Facts
from ssstats.returns.model import KEY, Returns

RECONCILIATION_COLUMNS = (
    "edition",
    "period",
    "area",
    "name",
    "reference",
    "breakdown",
    "label",
    "typed",
    "derived",
    "difference",
    "result",
    "used",
    "remark",
)
DERIVED, TYPED = "derived", "typed"
PREFERRED = (DERIVED, TYPED)
SAME, DIFFERENT, ONLY_DERIVED, ONLY_TYPED, NEITHER = (
    "same",
    "different",
    "derived only",
    "typed only",
    "neither",
)


def reconcile(
    imported: Imported, typed: Returns, catalogue: Catalogue, facts: Facts, *, prefer: str = DERIVED
) -> tuple[Returns, pd.DataFrame]:
    """Return the typed return with derived values in it, and the table of both.

    A value that only one of them has is used whatever is preferred. Typed values of other metrics,
    years and authorities stay as they are.

    Parameters
    ----------
    prefer : str
        Which is used where both are numbers: derived or typed.

    Returns
    -------
    returns : Returns
        Values of `typed` and `imported`, each key once.
    table : DataFrame
        Columns of `RECONCILIATION_COLUMNS`, one row a value that either has.

    Raises
    ------
    UsageError
        If `prefer` is not known.
    """
    if prefer not in PREFERRED:
        raise UsageError(f"prefer {prefer!r} is not known; use one of {listed(PREFERRED)}")
    derived = imported.values
    own = typed.values[_is_about(typed.values, derived)]
    both = derived.merge(own, on=KEY, how="outer", suffixes=("_derived", "_typed"))
    numbers = {name: _numbers(both[f"value_{name}"]) for name in PREFERRED}
    given = {name: np.isfinite(numbers[name]) for name in PREFERRED}
    results = _results(numbers, given)
    used = np.where(given[prefer], prefer, np.where(given[_other(prefer)], _other(prefer), ""))
    table = _named(
        both[KEY].assign(
            typed=_texts(both, TYPED),
            derived=_texts(both, DERIVED),
            difference=_differences(numbers, given),
            result=results,
            used=np.where(used == "", "none: not available", used),
            remark=_remarks(both, numbers, facts),
        ),
        catalogue,
    )
    taken = both.loc[used == DERIVED, KEY]
    kept = _without(typed.values, taken)
    new = _with_keys(derived, taken)
    absent = _without(_without(derived, taken), typed.values[KEY])
    values = pd.concat([part for part in (kept, new, absent) if len(part)], ignore_index=True)
    ordered = values.sort_values(KEY, kind="stable", ignore_index=True)
    return replace(typed, values=ordered), table


def _other(name: str) -> str:
    return TYPED if name == DERIVED else DERIVED


def _is_about(values: pd.DataFrame, derived: pd.DataFrame) -> pd.Series:
    """Return which typed values are about metrics, years and authorities that were derived."""
    place = ["edition", "period", "area", "reference"]
    keys = pd.MultiIndex.from_frame(derived[place].drop_duplicates())
    totals = set(derived.loc[derived["breakdown"] != "", "reference"])
    here = pd.Series(pd.MultiIndex.from_frame(values[place]).isin(keys), index=values.index)
    # A breakdown is compared where one was derived; others have nothing beside them.
    return here & (values["breakdown"].eq("") | values["reference"].isin(totals))


def _numbers(values: pd.Series) -> np.ndarray:
    return values.to_numpy(dtype=float, na_value=np.nan)


def _results(numbers: dict[str, np.ndarray], given: dict[str, np.ndarray]) -> np.ndarray:
    equal = numbers[TYPED] == numbers[DERIVED]
    return np.select(
        [given[TYPED] & given[DERIVED] & equal, given[TYPED] & given[DERIVED], given[DERIVED]],
        [SAME, DIFFERENT, ONLY_DERIVED],
        np.where(given[TYPED], ONLY_TYPED, NEITHER),
    )


def _texts(both: pd.DataFrame, name: str) -> list[str]:
    """Return values as text; a marker in brackets where there is none, blank where no row is."""
    return [
        f"{number:.15g}" if not pd.isna(number) else "" if pd.isna(marker) else f"[{marker or 'x'}]"
        for number, marker in zip(both[f"value_{name}"], both[f"marker_{name}"], strict=True)
    ]


def _differences(
    numbers: dict[str, np.ndarray], given: dict[str, np.ndarray]
) -> pd.api.extensions.ExtensionArray:
    """Return derived less typed, missing where one of them is."""
    gaps = np.round(numbers[DERIVED] - numbers[TYPED], 6)
    return pd.array(np.where(given[TYPED] & given[DERIVED], gaps, np.nan), dtype="Float64")


def _remarks(both: pd.DataFrame, numbers: dict[str, np.ndarray], facts: Facts) -> list[str]:
    """Say where a typed value is that of the metric that the final guidance numbers so."""
    totals = both["breakdown"] == ""
    place = both[["edition", "period", "area", "reference"]].agg(tuple, axis=1)
    derived = dict(zip(place[totals], numbers[DERIVED][totals.to_numpy()], strict=True))
    meant = {
        (row.edition, row.final_reference): (row.reference, row.meaning)
        for row in facts.renumbered.itertuples()
    }
    remarks = []
    for (edition, period, area, reference), number, own in zip(
        place, numbers[TYPED], numbers[DERIVED], strict=True
    ):
        other, meaning = meant.get((edition, reference), ("", ""))
        same = (
            bool(other) and number != own and number == derived.get((edition, period, area, other))
        )
        remarks.append(
            f"typed is what {other} gives ({meaning}): {reference} in the final guidance of 2020-21"
            if same
            else ""
        )
    return remarks


def _named(table: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    names = catalogue.areas.set_index("area")["name_en"]
    labels = catalogue.metrics.set_index(["edition", "reference"])["label"]
    named = table.assign(
        name=table["area"].map(names),
        label=[labels[key] for key in zip(table["edition"], table["reference"], strict=True)],
    )
    return named[list(RECONCILIATION_COLUMNS)].sort_values(KEY, kind="stable", ignore_index=True)


def _index(frame: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(frame[KEY])


def _without(values: pd.DataFrame, keys: pd.DataFrame) -> pd.DataFrame:
    return values[~_index(values).isin(_index(keys))]


def _with_keys(values: pd.DataFrame, keys: pd.DataFrame) -> pd.DataFrame:
    return values[_index(values).isin(_index(keys))]
