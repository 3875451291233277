"""The table of changes on the year: one row a measure or main count and area."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.changes.judging import (
    Judgement,
    judge_flows_of_events,
    judge_percentages,
    judge_ratios,
    judge_stocks,
    range_of,
)
from ssstats.changes.matching import matched_pairs
from ssstats.changes.obstacles import (
    FLOWS,
    MID_P,
    NEWCOMBE,
    RATIO,
    flows_of,
    methods_of,
    qualifications_of,
    reasons_of,
)
from ssstats.changes.pairs import ENDS, pairs_of_years
from ssstats.comparison import Range, adjusted_p_values, verdicts_of_change
from ssstats.disclosure.release_tables import ReleaseTables
from ssstats.distinct import of_distinct
from ssstats.expressions import parse_expression
from ssstats.formatting import round_half_up

# The change of Wales over the authorities that answered in both years, where others answered in
# one year than in the other; blank elsewhere. Limits are in `unit`.
MATCHED_COLUMNS = (
    "matched_authorities",
    "matched_old_value",
    "matched_old_marker",
    "matched_new_value",
    "matched_new_marker",
    "matched_lower",
    "matched_upper",
    "matched_verdict",
    "matched_reason",
)

# One row an item (measure or reference) and area. `unit` says what limits and smallest changes
# are in; `adjusted_p` allows for all comparisons of the edition, `adjusted_p_item` for those of
# the item's authorities; `called` is yes where the adjusted p-value is under the error rate, for
# Wales where the verdict is rose or fell.
CHANGE_COLUMNS = (
    "item",
    "edition",
    "period",
    "previous",
    "area",
    "old_value",
    "old_marker",
    "new_value",
    "new_marker",
    "unit",
    "method",
    "lower",
    "upper",
    "p",
    "adjusted_p",
    "adjusted_p_item",
    "eligible",
    "verdict",
    "called",
    "smallest_rise",
    "smallest_fall",
    "gap_lowest",
    "gap_highest",
    "qualified",
    "reason",
    *MATCHED_COLUMNS,
)

METHODS = {
    NEWCOMBE: "Newcombe 10, envelope over rounding",
    MID_P: "conditional mid-P, envelope over rounding",
    RATIO: "Woolf ratio of two ratios of counts, envelope over rounding",
    FLOWS: "entries and exits of the stock, envelope over rounding",
}
_DECIMALS = 2
_DIGITS_OF_P = 4


def change_table(
    tables: ReleaseTables, estimates: pd.DataFrame, catalogue: Catalogue
) -> pd.DataFrame:
    """Return the change of every core measure and main count in the last year of its edition.

    Parameters
    ----------
    tables : ReleaseTables
        Published counts, coverage, breaks and exceptions.
    estimates : DataFrame
        As `estimate_measures` gives them for these tables.
    catalogue : Catalogue
        Measures, metrics, flows of stocks and margins.

    Returns
    -------
    DataFrame
        Columns `CHANGE_COLUMNS`. The verdict is blank where none can be made; `reason` says why.
    """
    wales = str(catalogue.areas.loc[catalogue.areas["level"] == "wales", "area"].iloc[0])
    pairs = _with_methods(pairs_of_years(tables, estimates, catalogue), catalogue)
    pairs["reason"] = reasons_of(pairs, tables, wales)
    pairs["qualified"] = qualifications_of(pairs, tables, wales)
    confidence = float(tables.facts["policy"]["confidence"])  # type: ignore[index]
    matched = matched_pairs(pairs, tables, catalogue, wales)
    matched = _with_verdicts(_judged(matched, tables, catalogue, confidence), catalogue)
    pairs = _judged(pairs, tables, catalogue, confidence)
    pairs = _with_verdicts(pairs, catalogue)
    pairs = _with_many(pairs, wales, 1.0 - confidence)
    pairs = pairs.join(_named_matched(matched))
    return _as_published(pairs, catalogue)


def _named_matched(matched: pd.DataFrame) -> pd.DataFrame:
    """Return the matched pairs under the names of `MATCHED_COLUMNS`, by their place."""
    sources = ("value_2", "marker_2", "value_1", "marker_1", "lower", "upper", "verdict", "reason")
    named = dict(zip(sources, MATCHED_COLUMNS[1:], strict=True))
    return matched[["matched_authorities", *sources]].rename(columns=named)


def _with_methods(pairs: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    chosen = methods_of(pairs, flows_of(catalogue))
    return pairs.assign(
        method=[method for method, _ in chosen],
        no_method=[reason for _, reason in chosen],
    ).assign(unit=_units)


def _units(pairs: pd.DataFrame) -> np.ndarray:
    """Return points for percentages of the same cases, else per cent of last year's figure."""
    ratio = (pairs["kind"] == "ratio") | (pairs["method"] == RATIO)
    percentage = (pairs["kind"] == "percentage") & ~ratio
    return np.select([percentage, ratio], ["points", "relative"], "percent")


def _judged(
    pairs: pd.DataFrame, tables: ReleaseTables, catalogue: Catalogue, confidence: float
) -> pd.DataFrame:
    for column in (*_FOUND, "gap_lowest", "gap_highest"):
        pairs[column] = np.nan
    open_to = pairs["reason"] == ""
    # A figure whose marker is blank has both ends; a sum without ends would be a slip of the gate.
    open_to &= pairs[list(ENDS)].notna().all(axis=1)
    judges = (
        (NEWCOMBE, judge_percentages),
        (MID_P, judge_flows_of_events),
        (RATIO, judge_ratios),
    )
    for method, judge in judges:
        chosen = open_to & (pairs["method"] == method)
        if chosen.any():
            _put(pairs, chosen, judge(pairs[chosen], confidence=confidence))
    _judge_stocks(pairs, open_to & (pairs["method"] == FLOWS), tables, catalogue, confidence)
    undecided = open_to & (pairs["p"].isna() | pairs["lower"].isna())
    pairs.loc[undecided & (pairs["reason"] == ""), "reason"] = "no-events"
    pairs.loc[~open_to & (pairs["reason"] == ""), "reason"] = "not-available"
    pairs.loc[pairs["reason"] != "", [*_FOUND, "gap_lowest", "gap_highest"]] = np.nan
    return pairs


_FOUND = ("lower", "upper", "p", "rise", "fall", "attainable")


def _put(pairs: pd.DataFrame, chosen: pd.Series, found: Judgement) -> None:
    for column in _FOUND:
        pairs.loc[chosen, column] = getattr(found, column)


def _judge_stocks(
    pairs: pd.DataFrame,
    chosen: pd.Series,
    tables: ReleaseTables,
    catalogue: Catalogue,
    confidence: float,
) -> None:
    counts = tables.counts[tables.counts["breakdown"] == ""]
    for (edition, stock), (entered, left) in flows_of(catalogue).items():
        of_stock = chosen & (pairs["edition"] == edition) & (pairs["numerator"] == stock)
        if not of_stock.any():
            continue
        rows = pairs[of_stock]
        came = _flow(rows, counts, entered)
        went = _flow(rows, counts, left) if left else None
        found = judge_stocks(rows, came, went, confidence=confidence)
        _put(pairs, of_stock, found.found)
        pairs.loc[of_stock, "gap_lowest"] = found.gap_lowest
        pairs.loc[of_stock, "gap_highest"] = found.gap_highest
        hidden = np.isnan(came.lowest) | (np.isnan(went.lowest) if went is not None else False)
        reasons = np.select(
            [hidden, found.contradicted], ["flows-not-known", "flows-contradict"], ""
        )
        pairs.loc[of_stock, "reason"] = reasons


def _flow(rows: pd.DataFrame, counts: pd.DataFrame, text: str) -> Range:
    """Return this year's flow of each row; NaN where it is hidden or absent."""
    reference = str(parse_expression(text))
    known = counts[(counts["reference"] == reference) & (counts["marker"] == "")]
    flows = rows[["edition", "period", "area"]].merge(
        known[["edition", "period", "area", "lowest", "highest"]],
        on=["edition", "period", "area"],
        how="left",
    )
    renamed = flows.rename(columns={"lowest": "flow_lowest_1", "highest": "flow_highest_1"})
    return range_of(renamed, "flow", 1)


def _with_verdicts(pairs: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    margin = _margins(pairs, catalogue)
    verdict = np.full(len(pairs), "", dtype=object)
    decided = (pairs["reason"] == "").to_numpy()
    for width in np.unique(margin[decided]):
        rows = decided & (margin == width)
        verdict[rows] = verdicts_of_change(
            pairs.loc[rows, "lower"], pairs.loc[rows, "upper"], margin=width
        )
    return pairs.assign(verdict=[str(v) if v else "" for v in verdict])


def _margins(pairs: pd.DataFrame, catalogue: Catalogue) -> np.ndarray:
    table = catalogue.margins
    known = dict(zip(zip(table["kind"], table["item"], strict=True), table["margin"], strict=True))
    kinds = pairs["kind"].where(pairs["unit"] != "relative", "ratio")

    def margin_of(kind: str, item: str) -> float:
        margin = known.get((kind, item), known.get((kind, "")))
        return np.nan if margin is None else float(margin)

    return np.array(of_distinct(margin_of, kinds, pairs["item"]), dtype=float)


def _with_many(pairs: pd.DataFrame, wales: str, error: float) -> pd.DataFrame:
    """Allow for the number of comparisons: those that no figures could have decided are none."""
    eligible = (pairs["p"].notna() & (pairs["attainable"] < error)).to_numpy()
    of_authority = (pairs["area"] != wales).to_numpy()
    p = pairs["p"].where(eligible & of_authority)
    over_edition = p.groupby(pairs["edition"]).transform(adjusted_p_values)
    over_item = p.groupby([pairs["edition"], pairs["item"]]).transform(adjusted_p_values)
    called = np.where(of_authority, over_edition < error, pairs["verdict"].isin(["rose", "fell"]))
    return pairs.assign(
        eligible=np.where(eligible, "yes", "no"),
        adjusted_p=over_edition,
        adjusted_p_item=over_item,
        called=np.where(called, "yes", "no"),
    )


def _as_published(pairs: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    places = dict(zip(catalogue.areas["area"], catalogue.areas["display_order"], strict=True))
    ordered = pairs.assign(place=pairs["area"].map(places)).sort_values(
        ["edition", "item", "place"], ignore_index=True
    )
    rounded = {
        column: pd.array(round_half_up(_finite(ordered[source]), _DECIMALS), dtype="Float64")
        for column, source in (
            ("lower", "lower"), ("upper", "upper"),
            ("smallest_rise", "rise"), ("smallest_fall", "fall"),
            ("matched_lower", "matched_lower"), ("matched_upper", "matched_upper"),
        )
    }  # fmt: skip
    chances = {
        column: pd.array([_digits(value) for value in ordered[column]], dtype="Float64")
        for column in ("p", "adjusted_p", "adjusted_p_item")
    }
    return ordered.assign(
        old_value=ordered["value_2"],
        old_marker=ordered["marker_2"].replace("no-year", "x"),
        new_value=ordered["value_1"],
        new_marker=ordered["marker_1"],
        method=np.where(ordered["verdict"] != "", ordered["method"].map(METHODS), ""),
        **rounded,
        **chances,
        **{
            column: ordered[column].astype("str").fillna("")
            for column in MATCHED_COLUMNS
            if column.endswith(("_marker", "_verdict", "_reason"))
        },
        matched_authorities=ordered["matched_authorities"].astype("Int64"),
    )[list(CHANGE_COLUMNS)]


def _finite(values: pd.Series) -> np.ndarray:
    numbers = values.to_numpy(dtype=float, na_value=np.nan)
    return np.where(np.isfinite(numbers), numbers, np.nan)


def _digits(value: float) -> float:
    # As many digits as mean anything, and the same on every machine.
    return float(f"{value:.{_DIGITS_OF_P}g}")
