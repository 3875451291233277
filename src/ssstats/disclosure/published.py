"""Everything that a release publishes as one model: cells, what is known of them, relations.

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
from ssstats.errors import CatalogueError, DisclosureError, listed
from ssstats.expressions import Expression, parse_expression, year_before
from ssstats.matched import PREFIX, parse_matched

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_UNKNOWN = ("x", "z")
_CROSS_AUTHORITY = "cross-authority"
# Whole-time equivalents have one decimal: in tenths they are whole numbers like the others.
TENTHS = 10
# Sums of them differ from their total by their own rounding: nobody relies on more than this.
_WTE_TOLERANCE = 6

# An identity that does not hold in the returns: which, where, and whether its left side is more
# or less than its right side. Readers are told, so the attack knows it too.
_SIDES = ("more", "less")
BROKEN_COLUMNS = ("edition", "rule", "period", "area", "left_is")


@dataclass(frozen=True)
class Rows:
    """Relations: cells and coefficients of each row, and the bounds of its sum.

    `identity` names edition, identity, period and area of what the guidance states, blank for
    sums; `side` says where it fails: more, less, or blank where it holds.
    """

    cells: list[Ints]
    weights: list[Ints]
    lowest: list[float]
    highest: list[float]
    identity: list[tuple[str, ...]]
    side: list[str]

    def add(
        self,
        cells: Ints,
        weights: Ints,
        lowest: float,
        highest: float,
        identity: tuple[str, ...] = (),
        side: str = "",
    ) -> None:
        """Append one relation: lowest <= sum(weights * cells) <= highest."""
        self.cells.append(cells)
        self.weights.append(weights)
        self.lowest.append(lowest)
        self.highest.append(highest)
        self.identity.append(identity)
        self.side.append(side)


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
        Identities that the release says do not hold, with the columns of `BROKEN_COLUMNS`. An
        intruder counts on their failing.
    """
    counts = counts.reset_index(drop=True)
    known = ~counts["marker"].isin(_UNKNOWN).to_numpy()
    return _view(counts, known, _relations(counts, known, catalogue, broken))


def broken_identities(quantities: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Return the identities that quantities break, with the columns of `BROKEN_COLUMNS`.

    Only that an identity fails and to which side is told, never by how much.

    Raises
    ------
    DisclosureError
        If a sum that this product computed itself does not hold.
    """
    quantities = quantities.reset_index(drop=True)
    # What came protected was rounded at its source: sums of it need not hold.
    given = quantities["value"].notna() & (quantities["protection"] == "")
    known = ~quantities["marker"].isin(_UNKNOWN).to_numpy() & given.to_numpy()
    rows = _relations(quantities, known, catalogue, None)
    exact = quantities.assign(lowest=quantities["value"], highest=quantities["value"])
    view = _view(exact, known, rows)
    sums = view.relations @ np.rint(view.lowest).astype(np.int64)
    more = np.flatnonzero(sums > view.row_highest)
    less = np.flatnonzero(sums < view.row_lowest)
    wrong = [view.cell_ids[rows.cells[row][0]] for row in [*more, *less] if not rows.identity[row]]
    if wrong:
        raise DisclosureError(
            f"{listed(wrong)}: the sum does not hold before anything is protected; "
            "sums and their parts must come from the same returns"
        )
    found = [
        (*rows.identity[row], side)
        for side, places in (("more", more), ("less", less))
        for row in places
    ]
    return pd.DataFrame(sorted(found), columns=list(BROKEN_COLUMNS), dtype="str")


def _relations(
    counts: pd.DataFrame,
    known: NDArray[np.bool_],
    catalogue: Catalogue,
    broken: pd.DataFrame | None,
) -> Rows:
    rows = Rows([], [], [], [], [], [])
    wales = str(catalogue.areas.loc[catalogue.areas["level"] == "wales", "area"].iloc[0])
    _add_wales_totals(rows, counts, known, wales)
    _add_categories(rows, counts, known)
    for edition, own in counts[counts["breakdown"] == ""].groupby("edition", sort=True):
        places = places_of(own, known)
        answered = counts["answered"].to_numpy(dtype=float, na_value=-1.0)
        _add_sums(rows, places, answered)
        _add_identities(rows, places, str(edition), catalogue, wales, broken)
    return rows


def _view(counts: pd.DataFrame, known: NDArray[np.bool_], rows: Rows) -> PublishedView:
    tenths = (counts["kind"] == "wte").to_numpy()
    scale = np.where(tenths, TENTHS, 1)
    # Ten times 12.3 is not quite 123 in floating point.
    lowest = np.rint(counts["lowest"].to_numpy(dtype=float, na_value=0.0) * scale)
    highest = np.rint(counts["highest"].to_numpy(dtype=float, na_value=np.inf) * scale)
    lowest[~known], highest[~known] = 0.0, 0.0
    lengths = [len(cells) for cells in rows.cells]
    at = np.repeat(np.arange(len(lengths)), lengths)
    cells = np.concatenate([*rows.cells, np.empty(0, np.int64)])
    weights = np.concatenate([*rows.weights, np.empty(0, np.int64)])
    # Where tenths meet whole numbers, the whole numbers count ten times.
    with_tenths = np.zeros(len(lengths), dtype=bool)
    with_tenths[at[tenths[cells]]] = True
    weights = np.where(with_tenths[at] & ~tenths[cells], weights * TENTHS, weights)
    row_lowest, row_highest = _ends(rows, with_tenths)
    names = counts["edition"].str.cat(
        [counts[column] for column in ("period", "area", "reference", "breakdown")], sep=" "
    )
    return PublishedView(
        cell_ids=tuple(names),
        lowest=lowest,
        highest=highest,
        relations=sp.csr_matrix((weights, (at, cells)), shape=(len(lengths), len(counts))),
        row_lowest=row_lowest,
        row_highest=row_highest,
    )


def _ends(rows: Rows, with_tenths: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return the bounds of each row's sum; beyond them where the release says that it fails."""
    factor = np.where(with_tenths, float(TENTHS), 1.0)
    stated = np.array([bool(identity) for identity in rows.identity], dtype=bool)
    tolerance = np.where(with_tenths & stated, float(_WTE_TOLERANCE), 0.0)
    lowest = np.array(rows.lowest, dtype=float) * factor - tolerance
    highest = np.array(rows.highest, dtype=float) * factor + tolerance
    more, less = (np.array([side == name for side in rows.side], dtype=bool) for name in _SIDES)
    return (
        np.select([more, less], [highest + 1, -np.inf], lowest),
        np.select([more, less], [np.inf, lowest - 1], highest),
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
    for place in np.flatnonzero(is_wales & known).tolist():
        edition, period, reference, breakdown = keys[place]
        if breakdown.startswith(PREFIX):
            other, year = parse_matched(breakdown)
            wanted = [(period, reference), (period, other)]
            wanted += [(year, reference), (year, other)] if year else []
            found = [of_key[key] for at in wanted if (key := (edition, *at, "")) in of_key]
            if len(found) == len(wanted):
                own = found[0]
                for parts in found[1:]:
                    own = own[np.isin(areas[own], areas[parts])]
                _add_equal(rows, place, own)
        elif keys[place] in of_key:
            _add_equal(rows, place, of_key[keys[place]])


def _add_categories(rows: Rows, counts: pd.DataFrame, known: NDArray[np.bool_]) -> None:
    """Append: categories inside a category add up to it, and outer categories to the whole."""
    detailed = counts[
        counts["breakdown"].str.contains("=") & ~counts["breakdown"].str.startswith(PREFIX)
    ]
    keys = ["edition", "period", "area", "reference"]
    totals = counts[(counts["breakdown"] == "") & known]
    place_of = dict(zip(totals[keys].itertuples(index=False, name=None), totals.index, strict=True))
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


def places_of(own: pd.DataFrame, known: NDArray[np.bool_]) -> pd.DataFrame:
    """Return positions of totals by (period, area) and reference; -1 where there is no figure."""
    position = own.assign(place=np.where(known[own.index], own.index, -1))
    wide = position.pivot(index=["period", "area"], columns="reference", values="place")
    return wide.fillna(-1).astype(np.int64)


def _year_before(places: pd.DataFrame) -> pd.DataFrame:
    return year_before(places).fillna(-1).astype(np.int64)


def _add_sums(rows: Rows, places: pd.DataFrame, answered: Floats) -> None:
    """Append: a published sum such as AD/002a + AD/002b is the sum of its parts.

    A sum of Wales stands on the authorities that answered all parts; where a part has more, the
    sum says nothing of it. Wales totals of the sum itself are relations of their own.
    """
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
        same = (answered[cells] == answered[cells[:, :1]]).all(axis=1)
        for row in cells[(cells >= 0).all(axis=1) & same]:
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
    fails = _failing(broken, edition)
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
            if area == wales:
                continue
            key = (edition, str(identity.id), period, area)
            rows.add(cells[place], weights, lowest, highest, key, fails.get(key, ""))


def _failing(broken: pd.DataFrame | None, edition: str) -> dict[tuple[str, ...], str]:
    """Return the side of each broken identity of an edition by its key."""
    if broken is None or not len(broken):
        return {}
    own = broken[broken["edition"] == edition]
    unknown = set(own["left_is"]) - set(_SIDES)
    if unknown:
        raise DisclosureError(
            f"broken.csv: left_is {listed(unknown)} is not known; use {listed(_SIDES)}"
        )
    return {tuple(row[:-1]): row[-1] for row in own[list(BROKEN_COLUMNS)].to_numpy().tolist()}


def _sides(operator: str) -> tuple[float, float]:
    bounds = {"=": (0.0, 0.0), "<=": (-np.inf, 0.0), ">=": (0.0, np.inf)}
    if operator not in bounds:
        raise CatalogueError(f"identities.csv: operator {operator!r} is not known")
    return bounds[operator]


def protected_cells(counts: pd.DataFrame, rules: Sequence[str]) -> Ints:
    """Return the positions of cells that one of these rules of disclosure control hid."""
    return np.flatnonzero(counts["rule"].isin(list(rules)).to_numpy())
