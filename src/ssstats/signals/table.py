"""The table of signals: one row a measure and authority, never in the order of its values."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.changes.obstacles import OF_MARKER
from ssstats.comparison import BOTH_LEVELS, Range, adjusted_p_values, quantile_of_each
from ssstats.disclosure.release_tables import ReleaseTables
from ssstats.distinct import last_periods
from ssstats.estimates import sides_of_measures
from ssstats.formatting import round_half_up
from ssstats.signals.funnels import spread_of
from ssstats.signals.judging import ODDS, RATE, SHARE, baseline_of, distance_from, without

# One row a core measure and authority in the last year of its edition. `signal` is one of
# SIGNAL_WORDS or blank where none can be made; `quartile` 1 is the quarter of the lowest values.
SIGNAL_COLUMNS = (
    "measure",
    "edition",
    "period",
    "area",
    "value",
    "marker",
    "lower",
    "upper",
    "wales",
    "p",
    "adjusted_p",
    "adjusted_p_item",
    "signal",
    "phi",
    "tau2",
    "quartile",
    "lower_quartile",
    "median",
    "upper_quartile",
    "peer_group",
    "peer_lowest",
    "peer_median",
    "peer_highest",
    "reason",
)

SIGNAL_WORDS = ("far-below", "below", "within", "above", "far-above")
_ENDS = [f"{side}_{end}" for side in ("numerator", "denominator") for end in ("lowest", "highest")]
_FIGURES = ["numerator", "denominator", *_ENDS]
_QUARTERS = 4
_FEWEST_PEERS = 3
_DIGITS = 4


def signal_table(
    tables: ReleaseTables, estimates: pd.DataFrame, catalogue: Catalogue
) -> pd.DataFrame:
    """Return the signal and the benchmarks of every core measure and authority.

    Parameters
    ----------
    tables : ReleaseTables
        Published counts.
    estimates : DataFrame
        As `estimate_measures` gives them for these tables.
    catalogue : Catalogue
        Measures and peer groups.

    Returns
    -------
    DataFrame
        Columns `SIGNAL_COLUMNS`, authorities in geographic order.
    """
    wales = str(catalogue.areas.loc[catalogue.areas["level"] == "wales", "area"].iloc[0])
    rows = _beside_wales(_last_year(tables, estimates, catalogue), wales)
    rows = _with_groups(rows.assign(reason=_reasons(rows), scale=_scales(rows)))
    rows = _with_peers(_with_signals(rows), catalogue)
    rows["adjusted_p"] = rows["p"].groupby(rows["edition"]).transform(adjusted_p_values)
    by_measure = [rows["edition"], rows["measure"]]
    rows["adjusted_p_item"] = rows["p"].groupby(by_measure).transform(adjusted_p_values)
    return _as_published(rows, catalogue)


def _last_year(
    tables: ReleaseTables, estimates: pd.DataFrame, catalogue: Catalogue
) -> pd.DataFrame:
    core = catalogue.measures.loc[catalogue.measures["tier"] == "core", "measure"]
    shown = estimates[estimates["measure"].isin(core)]
    shown = shown[shown["period"] == last_periods(shown)]
    sides = sides_of_measures(tables, catalogue, tier="core")
    keys = ["measure", "edition", "period", "area"]
    return shown.merge(sides[[*keys, *_ENDS, "nested"]], on=keys, how="left")


def _beside_wales(rows: pd.DataFrame, wales: str) -> pd.DataFrame:
    """Return the authorities' rows, the Wales figures of the measure with suffix _wales."""
    national = rows.loc[rows["area"] == wales, ["measure", "edition", "value", "marker", *_FIGURES]]
    own = rows[rows["area"] != wales]
    beside = own.merge(national, on=["measure", "edition"], how="left", suffixes=("", "_wales"))
    return beside.assign(marker_wales=beside["marker_wales"].fillna("x"))


def _scales(rows: pd.DataFrame) -> np.ndarray:
    nested = (rows["kind"] == "percentage") & (rows["nested"] == "yes")
    return np.select([rows["kind"] == "rate", nested], [RATE, SHARE], ODDS).astype(object)


def _reasons(rows: pd.DataFrame) -> list[str]:
    """Return why no signal is made: hidden or absent first, then the method's own reason."""
    unknown = rows[[*_FIGURES, *(f"{figure}_wales" for figure in _FIGURES)]].isna().any(axis=1)
    columns = (rows["marker"], rows["no_limits"], rows["marker_wales"], unknown)
    return [
        OF_MARKER.get(marker, "") or no_limits or ("no-wales-figure" if of_wales or gap else "")
        for marker, no_limits, of_wales, gap in zip(*columns, strict=True)
    ]


def _with_groups(rows: pd.DataFrame) -> pd.DataFrame:
    """Attach what belongs to a whole measure: spread between authorities and quartiles."""
    value, x, n, all_x, all_n = (
        rows[column].to_numpy(dtype=float, na_value=np.nan)
        for column in ("value", "numerator", "denominator", "numerator_wales", "denominator_wales")
    )
    reason, scale = rows["reason"].to_numpy(dtype=object), rows["scale"].to_numpy()
    decimals = rows["decimals"].to_numpy(dtype=int)
    phi, tau2, quartile = (np.full(len(rows), np.nan) for _ in range(3))
    ends = np.full((len(rows), 3), np.nan)
    for places in rows.groupby(["edition", "measure"], sort=False).indices.values():
        quartile[places] = quantile_of_each(value[places], groups=_QUARTERS, highest_first=False)
        ends[places] = _quartiles(value[places], decimals[places].max())
        chosen = places[reason[places] == ""]
        if not chosen.size:
            continue
        one = chosen[0]
        spread = spread_of(x[chosen], n[chosen], all_x[one] / all_n[one], scale[one])
        if spread is None:
            reason[chosen] = "too-few-areas"
        else:
            phi[places], tau2[places] = spread.phi, spread.tau2
    return rows.assign(
        reason=reason, phi=phi, tau2=tau2, quartile=quartile,
        lower_quartile=ends[:, 0], median=ends[:, 1], upper_quartile=ends[:, 2],
    )  # fmt: skip


def _quartiles(values: np.ndarray, decimals: int) -> np.ndarray:
    known = values[~np.isnan(values)]
    if known.size < _QUARTERS:
        return np.full(3, np.nan)
    return round_half_up(np.quantile(known, [0.25, 0.5, 0.75]), decimals)


def _with_signals(rows: pd.DataFrame) -> pd.DataFrame:
    p, step = np.full(len(rows), np.nan), np.full(len(rows), np.nan)
    for scale in (SHARE, ODDS, RATE):
        chosen = ((rows["reason"] == "") & (rows["scale"] == scale)).to_numpy()
        if chosen.any():
            p[chosen], sign = _against_both(rows[chosen], scale)
            beyond = np.sum([p[chosen] < 1.0 - level for level in BOTH_LEVELS], axis=0)
            step[chosen] = beyond * sign
    words = ["" if np.isnan(s) else SIGNAL_WORDS[int(s) + 2] for s in step]
    return rows.assign(p=p, signal=words)


def _against_both(rows: pd.DataFrame, scale: str) -> tuple[np.ndarray, np.ndarray]:
    """Return p-values and signs that hold against Wales and against the other authorities."""
    x, n = _range(rows, "numerator", ""), _range(rows, "denominator", "")
    all_x, all_n = _range(rows, "numerator", "_wales"), _range(rows, "denominator", "_wales")
    tau2 = rows["tau2"].to_numpy(dtype=float)
    of_wales = distance_from(x, n, baseline_of(all_x, all_n), scale=scale, tau2=tau2)
    others = baseline_of(without(all_x, x), without(all_n, n))
    of_others = distance_from(x, n, others, scale=scale, tau2=tau2)
    agree = of_wales.sign == of_others.sign
    p = np.where(agree, np.maximum(of_wales.p, of_others.p), 1.0)
    return p, np.where(agree, of_wales.sign, 0.0)


def _range(rows: pd.DataFrame, side: str, suffix: str) -> Range:
    low, high = (
        rows[f"{side}_{end}{suffix}"].to_numpy(dtype=float, na_value=np.nan)
        for end in ("lowest", "highest")
    )
    return Range.of(low, high)


def _with_peers(rows: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Attach lowest, median and highest of each peer group of which three have a value."""
    peers = catalogue.peer_groups
    rows = rows.assign(
        peer_group=rows["area"].map(dict(zip(peers["area"], peers["peer_group"], strict=True)))
    )
    values = rows["value"].astype("float64").groupby(
        [rows["edition"], rows["measure"], rows["peer_group"]]
    )  # fmt: skip
    enough = values.transform("count") >= _FEWEST_PEERS
    decimals = rows["decimals"].to_numpy(dtype=int)
    return rows.assign(
        peer_group=rows["peer_group"].fillna(""),
        **{
            f"peer_{name}": round_half_up(values.transform(how).where(enough), decimals)
            for name, how in (("lowest", "min"), ("median", "median"), ("highest", "max"))
        },
    )


def _as_published(rows: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    places = dict(zip(catalogue.areas["area"], catalogue.areas["display_order"], strict=True))
    ordered = rows.assign(place=rows["area"].map(places)).sort_values(
        ["edition", "measure", "place"], ignore_index=True
    )
    chances = {
        column: pd.array([float(f"{v:.{_DIGITS}g}") for v in ordered[column]], dtype="Float64")
        for column in ("p", "adjusted_p", "adjusted_p_item", "phi", "tau2")
    }
    return ordered.assign(
        wales=ordered["value_wales"], quartile=ordered["quartile"].astype("Int64"), **chances
    )[list(SIGNAL_COLUMNS)]
