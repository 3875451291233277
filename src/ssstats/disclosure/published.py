"""Everything that a release publishes as one model: cells with what is known of them, and relations.

Built from release tables alone. A cell is a quantity (edition, period, area, reference,
breakdown), so a number that stands in many tables, charts and sentences is one cell here; linking
tables is identity of a quantity, never a list of pairs. Relations are what an intruder knows
besides: totals over authorities and categories, sums that serve measures, and the identities of
the guidance, within a year and across years.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from ssstats.catalogue import Catalogue
from ssstats.disclosure.attack import PublishedView
from ssstats.errors import CatalogueError
from ssstats.expressions import Expression, parse_expression

Ints = NDArray[np.int64]

_UNKNOWN = ("x", "z")
_CROSS_AUTHORITY = "cross-authority"
_MATCHED = "answered="
# Whole-time equivalents have one decimal: in tenths they are whole numbers like the others.
_TENTHS = 10


@dataclass(frozen=True)
class Rows:
    """Relations of one kind: cells and coefficients of each row, and the bounds of its sum."""

    cells: list[Ints]
    weights: list[Ints]
    lowest: list[float]
    highest: list[float]

    def add(self, cells: Ints, weights: Ints, lowest: float, highest: float) -> None:
        """Append one relation: lowest <= sum(weights * cells) <= highest."""
        self.cells.append(cells)
        self.weights.append(weights)
        self.lowest.append(lowest)
        self.highest.append(highest)


def published_view(
    counts: pd.DataFrame, catalogue: Catalogue, *, broken: pd.DataFrame | None = None
) -> PublishedView:
    """Return what readers of the release know of every published quantity.

    Parameters
    ----------
    counts : DataFrame
        Published counts with the columns of `COUNT_COLUMNS`; cells of the view stand in the same
        order.
    broken : DataFrame, optional
        Identities that the release says do not hold: columns period, area, rule. An intruder does
        not count on those.
    """
    counts = counts.reset_index(drop=True)
    rows = Rows([], [], [], [])
    wales = str(catalogue.areas.loc[catalogue.areas["level"] == "wales", "area"].iloc[0])
    known = ~counts["marker"].isin(_UNKNOWN).to_numpy()
    _add_wales_totals(rows, counts, known, wales)
    _add_categories(rows, counts, known)
    for edition, own in counts[counts["breakdown"] == ""].groupby("edition", sort=True):
        places = _places(own, known)
        _add_sums(rows, places)
        _add_identities(rows, places, str(edition), catalogue, wales, broken)
    return _view(counts, known, rows)


def _view(counts: pd.DataFrame, known: NDArray[np.bool_], rows: Rows) -> PublishedView:
    tenths = (counts["kind"] == "wte").to_numpy()
    scale = np.where(tenths, _TENTHS, 1)
    lowest = counts["lowest"].to_numpy(dtype=float, na_value=0.0) * scale
    highest = counts["highest"].to_numpy(dtype=float, na_value=np.inf) * scale
    lowest[~known], highest[~known] = 0.0, 0.0
    lengths = [len(cells) for cells in rows.cells]
    at = np.repeat(np.arange(len(lengths)), lengths)
    cells = np.concatenate([*rows.cells, np.empty(0, np.int64)])
    weights = np.concatenate([*rows.weights, np.empty(0, np.int64)])
    # Where tenths meet whole numbers, the whole numbers count ten times.
    with_tenths = np.zeros(len(lengths), dtype=bool)
    with_tenths[at[tenths[cells]]] = True
    weights = np.where(with_tenths[at] & ~tenths[cells], weights * _TENTHS, weights)
    factor = np.where(with_tenths, float(_TENTHS), 1.0)
    names = counts["edition"].str.cat(
        [counts[column] for column in ("period", "area", "reference", "breakdown")], sep=" "
    )
    return PublishedView(
        cell_ids=tuple(names),
        lowest=lowest,
        highest=highest,
        relations=sp.csr_matrix((weights, (at, cells)), shape=(len(lengths), len(counts))),
        row_lowest=np.array(rows.lowest) * factor,
        row_highest=np.array(rows.highest) * factor,
    )


def _add_equal(rows: Rows, total: int, parts: Ints) -> None:
    """Append: the parts add up to the total."""
    cells = np.concatenate([np.array([total], dtype=np.int64), parts])
    rows.add(cells, np.concatenate([[1], -np.ones(len(parts), dtype=np.int64)]), 0.0, 0.0)


def _add_wales_totals(
    rows: Rows, counts: pd.DataFrame, known: NDArray[np.bool_], wales: str
) -> None:
    """Append: Wales is the sum of the authorities that answered, also over matched authorities."""
    group = ["edition", "period", "reference", "breakdown"]
    is_wales = (counts["area"] == wales).to_numpy()
    keys = pd.MultiIndex.from_frame(counts[group])
    parts = pd.Series(np.flatnonzero(~is_wales & known), index=keys[~is_wales & known])
    of_key = {key: part.to_numpy() for key, part in parts.groupby(level=list(range(4)))}
    areas = counts["area"].to_numpy()
    for place in np.flatnonzero(is_wales & known):
        edition, period, reference, breakdown = keys[place]
        if breakdown.startswith(_MATCHED):
            own = of_key.get((edition, period, reference, ""))
            other = of_key.get((edition, period, breakdown.removeprefix(_MATCHED), ""))
            if own is not None and other is not None:
                _add_equal(rows, place, own[np.isin(areas[own], areas[other])])
        elif keys[place] in of_key:
            _add_equal(rows, place, of_key[keys[place]])


def _add_categories(rows: Rows, counts: pd.DataFrame, known: NDArray[np.bool_]) -> None:
    """Append: categories inside a category add up to it, and outer categories to the whole."""
    detailed = counts[
        counts["breakdown"].str.contains("=") & ~counts["breakdown"].str.startswith(_MATCHED)
    ]
    keys = ["edition", "period", "area", "reference"]
    totals = counts[(counts["breakdown"] == "") & known]
    place_of = {
        key: place
        for key, place in zip(
            totals[keys].itertuples(index=False, name=None), totals.index, strict=True
        )
    }
    for key, own in detailed.groupby(keys):
        at = {code: place for place, code in own["breakdown"].items() if known[place]}
        if len(at) < len(own) or key not in place_of:
            continue
        for total, parts in _nested(list(at)):
            whole = place_of[key] if total == "" else at[total]
            _add_equal(rows, whole, np.array([at[code] for code in parts], dtype=np.int64))


def _nested(codes: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield total and parts: a category and what is inside it, the whole and its categories."""
    both = [code for code in codes if ";" in code]
    for axis in (0, 1):
        groups: dict[str, list[str]] = {}
        for code in both:
            groups.setdefault(code.split(";")[axis], []).append(code)
        for outer, parts in groups.items():
            if outer in codes:
                yield outer, parts
    single: dict[str, list[str]] = {}
    for code in codes:
        if ";" not in code:
            single.setdefault(code.split("=")[0], []).append(code)
    for parts in single.values():
        yield "", parts
    if both and not single:
        yield "", both


def _places(own: pd.DataFrame, known: NDArray[np.bool_]) -> pd.DataFrame:
    """Return positions of totals by (period, area) and reference; -1 where there is no figure."""
    position = own.assign(place=np.where(known[own.index], own.index, -1))
    wide = position.pivot(index=["period", "area"], columns="reference", values="place")
    return wide.fillna(-1).astype(np.int64)


def _year_before(places: pd.DataFrame) -> pd.DataFrame:
    moved = places.reset_index()
    starts = moved["period"].str[:4].astype(int) + 1
    moved["period"] = [f"{start}-{(start + 1) % 100:02d}" for start in starts]
    return moved.set_index(["period", "area"]).reindex(places.index).fillna(-1).astype(np.int64)


def _add_sums(rows: Rows, places: pd.DataFrame) -> None:
    """Append: a published sum such as AD/002a + AD/002b is the sum of its parts."""
    before = _year_before(places)
    for reference in places.columns:
        expression = parse_expression(reference)
        if len(expression.terms) < 2:
            continue
        table = _terms(expression, places, before)
        if table is None:
            continue
        cells, weights = table
        cells = np.column_stack([places[reference].to_numpy(), cells])
        weights = np.concatenate([[-1], weights])
        for row in cells[(cells >= 0).all(axis=1)]:
            rows.add(row, weights, -expression.constant, -expression.constant)


def _terms(
    expression: Expression, places: pd.DataFrame, before: pd.DataFrame
) -> tuple[NDArray[np.int64], Ints] | None:
    """Return cells, shape (rows, terms), and weights of an expression; None where one is absent."""
    columns = []
    for term in expression.terms:
        frame = before if term.previous else places
        if term.reference not in frame.columns:
            return None
        columns.append(frame[term.reference].to_numpy())
    cells = np.array(columns, dtype=np.int64).reshape(len(columns), len(places)).T
    return cells, np.array([term.coefficient for term in expression.terms], dtype=np.int64)


def _add_identities(
    rows: Rows,
    places: pd.DataFrame,
    edition: str,
    catalogue: Catalogue,
    wales: str,
    broken: pd.DataFrame | None,
) -> None:
    """Append the identities of the guidance that hold, for each authority and year.

    Those of Wales follow from those of the authorities. Conditional ones say nothing of a count
    that is not zero anyway.
    """
    before = _year_before(places)
    identities = catalogue.identities
    own = identities[
        (identities["edition"] == edition)
        & identities["operator"].isin(["=", "<=", ">="])
        & (identities["scope"] != _CROSS_AUTHORITY)
        # Of severity info are readings that nobody relies on, the authorities least of all.
        & (identities["severity"] != "info")
    ]
    fails = set()
    if broken is not None and len(broken):
        fails = set(zip(broken["rule"], broken["period"], broken["area"], strict=True))
    index = list(places.index)
    for identity in own.itertuples():
        sides = (parse_expression(identity.left), parse_expression(identity.right))
        left, right = (_terms(side, places, before) for side in sides)
        if left is None or right is None:
            continue
        cells = np.column_stack([left[0], right[0]])
        weights = np.concatenate([left[1], -right[1]])
        constant = sides[1].constant - sides[0].constant
        lowest, highest = (constant + bound for bound in _sides(str(identity.operator)))
        usable = (cells >= 0).all(axis=1)
        for place in np.flatnonzero(usable):
            period, area = index[place]
            if area != wales and (identity.id, period, area) not in fails:
                rows.add(cells[place], weights, lowest, highest)


def _sides(operator: str) -> tuple[float, float]:
    bounds = {"=": (0.0, 0.0), "<=": (-np.inf, 0.0), ">=": (0.0, np.inf)}
    if operator not in bounds:
        raise CatalogueError(f"identities.csv: operator {operator!r} is not known")
    return bounds[operator]


def protected_cells(counts: pd.DataFrame, rules: Sequence[str]) -> Ints:
    """Return the positions of cells that one of these rules of disclosure control hid."""
    return np.flatnonzero(counts["rule"].isin(list(rules)).to_numpy())
