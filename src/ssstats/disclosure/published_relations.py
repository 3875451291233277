"""The relations between published figures: totals, sums, categories and stated identities.

Positions of figures only, no counts: a relation says which cells add up to what, and is the same
whatever is hidden of them. Rows stand in flat arrays, one kind after the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ssstats.catalogue import Catalogue
from ssstats.disclosure.total_rows import TotalRows
from ssstats.errors import CatalogueError, DisclosureError, listed
from ssstats.expressions import Expression, parse_expression
from ssstats.matched import PREFIX, parse_matched

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Identity = tuple[str, ...]

_CROSS_AUTHORITY = "cross-authority"
_NAME = ["edition", "period", "reference", "breakdown"]

# An identity that does not hold in the returns: which, where, and whether its left side is more
# or less than its right side. Readers are told, so the attack knows it too.
SIDES = ("more", "less")
BROKEN_COLUMNS = ("edition", "rule", "period", "area", "left_is")


@dataclass(frozen=True)
class Rows:
    """Relations: lowest <= sum(weights * cells) <= highest, shape (m,), `sizes` cells in each.

    `identities` names edition, identity, period and area of what the guidance states, blank for
    sums; `sides` says where it fails: more, less, or blank where it holds.
    """

    cells: Ints
    weights: Ints
    sizes: Ints
    lowest: Floats
    highest: Floats
    identities: list[Identity]
    sides: list[str]

    @classmethod
    def alike(
        cls, cells: Ints, weights: Ints, lowest: float, highest: float, identities: list[Identity]
    ) -> Rows:
        """Return rows of the same weights and bounds; `cells` has shape (rows, weights)."""
        m = len(cells)
        return cls(
            cells.ravel(),
            np.tile(weights, m),
            np.full(m, len(weights), dtype=np.int64),
            np.full(m, lowest),
            np.full(m, highest),
            identities,
            [""] * m,
        )

    @classmethod
    def totals(cls, of_parts: Iterable[tuple[int, list[int]]]) -> Rows:
        """Return rows that say: the parts add up to the total."""
        flat: list[int] = []
        sizes: list[int] = []
        for total, parts in of_parts:
            flat.append(total)
            flat += parts
            sizes.append(1 + len(parts))
        weights = -np.ones(len(flat), dtype=np.int64)
        own = np.array(sizes, dtype=np.int64)
        weights[np.cumsum(own) - own] = 1
        m = len(sizes)
        cells = np.array(flat, dtype=np.int64)
        return cls(cells, weights, own, np.zeros(m), np.zeros(m), [()] * m, [""] * m)

    @classmethod
    def joined(cls, rows: list[Rows]) -> Rows:
        """Return all of them, one after the other."""
        return cls(
            np.concatenate([own.cells for own in rows]),
            np.concatenate([own.weights for own in rows]),
            np.concatenate([own.sizes for own in rows]),
            np.concatenate([own.lowest for own in rows]),
            np.concatenate([own.highest for own in rows]),
            [identity for own in rows for identity in own.identities],
            [side for own in rows for side in own.sides],
        )


def relations_of(
    counts: pd.DataFrame, known: Flags, catalogue: Catalogue, broken: pd.DataFrame | None
) -> Rows:
    """Return the relations between known figures; positions are those of the rows of `counts`.

    Raises
    ------
    DisclosureError
        If `broken` says of an identity neither that it is more nor that it is less.
    """
    wales = str(catalogue.areas.loc[catalogue.areas["level"] == "wales", "area"].iloc[0])
    rows = [_wales_totals(counts, known, wales), _categories(counts, known)]
    answered = counts["answered"].to_numpy(dtype=float, na_value=-1.0)
    for edition, own in counts[counts["breakdown"] == ""].groupby("edition", sort=True):
        totals = TotalRows.of(own, known)
        rows += _sums(totals, answered)
        rows += _identities(totals, str(edition), catalogue, wales, broken)
    return Rows.joined(rows)


class _Answers:
    """Known figures of authorities by what they are figures of, the columns of `_NAME`."""

    def __init__(self, counts: pd.DataFrame, known: Flags, wales: str) -> None:
        groups = counts.groupby(_NAME, sort=False)
        name = groups.ngroup().to_numpy()
        rows = np.flatnonzero(known & (counts["area"] != wales).to_numpy())
        order = np.argsort(name[rows], kind="stable")
        self._rows = rows[order].tolist()
        self._starts = np.searchsorted(name[rows][order], np.arange(groups.ngroups + 1)).tolist()
        self._names = dict(
            zip(_keys(counts[_NAME].drop_duplicates(), _NAME), range(groups.ngroups), strict=True)
        )

    def get(self, key: Identity) -> list[int] | None:
        """Return the rows of the authorities that answered; None where none did."""
        name = self._names.get(key)
        if name is None:
            return None
        return self._rows[self._starts[name] : self._starts[name + 1]] or None


def _wales_totals(counts: pd.DataFrame, known: Flags, wales: str) -> Rows:
    """Return: Wales is the sum of the authorities that answered, also over matched ones."""
    answers, areas = _Answers(counts, known, wales), counts["area"].tolist()
    totals = np.flatnonzero(known & (counts["area"] == wales).to_numpy())
    keys = _keys(counts.take(totals), _NAME)
    return Rows.totals(
        (total, parts)
        for total, key in zip(totals.tolist(), keys, strict=True)
        if (parts := _parts_of_wales(key, answers, areas)) is not None
    )


def _parts_of_wales(key: Identity, answers: _Answers, areas: list[str]) -> list[int] | None:
    """Return the figures that add up to a total of Wales; None where some are not known."""
    edition, period, reference, breakdown = key
    if not breakdown.startswith(PREFIX):
        return answers.get(key)
    other, year = parse_matched(breakdown)
    wanted = [(period, reference), (period, other)]
    wanted += [(year, reference), (year, other)] if year else []
    found = [answers.get((edition, *at, "")) for at in wanted]
    if None in found:
        return None
    own, *others = [parts for parts in found if parts is not None]
    for parts in others:
        answered = {areas[part] for part in parts}
        own = [part for part in own if areas[part] in answered]
    return own


def _categories(counts: pd.DataFrame, known: Flags) -> Rows:
    """Return: categories inside a category add up to it, and outer categories to the whole."""
    names = ["edition", "period", "area", "reference"]
    breakdown = counts["breakdown"]
    is_part = breakdown.str.contains("=", regex=False) & ~breakdown.str.startswith(PREFIX)
    rows = np.flatnonzero(is_part.to_numpy())
    inside: dict[Identity, dict[str, int]] = {}
    for key, code, row in zip(
        _keys(counts.take(rows), names), breakdown.take(rows).tolist(), rows.tolist(), strict=True
    ):
        inside.setdefault(key, {})[code] = row
    is_whole = (breakdown == "") & known & counts["reference"].isin(counts["reference"].take(rows))
    wholes = np.flatnonzero(is_whole.to_numpy())
    whole = dict(zip(_keys(counts.take(wholes), names), wholes.tolist(), strict=True))
    return Rows.totals(
        (whole[key] if total == "" else at[total], [at[code] for code in parts])
        for key, at in sorted(inside.items())
        if key in whole and known[list(at.values())].all()
        for total, parts in _nested(list(at))
    )


def _keys(counts: pd.DataFrame, columns: list[str]) -> Iterator[Identity]:
    return zip(*(counts[column].tolist() for column in columns), strict=True)


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


def _sums(totals: TotalRows, answered: Floats) -> Iterator[Rows]:
    """Yield: a published sum such as AD/002a + AD/002b is the sum of its parts.

    A sum of Wales stands on the authorities that answered all parts; where a part has more, the
    sum says nothing of it. Wales totals of the sum itself are relations of their own.
    """
    for reference, number in totals.references.items():
        expression = parse_expression(reference)
        if len(expression.terms) < 2:
            continue
        parts = totals.of_terms(expression)
        if parts is None:
            continue
        cells = np.column_stack([totals.now[number], parts])
        same = (answered[cells] == answered[cells[:, :1]]).all(axis=1)
        cells = cells[(cells >= 0).all(axis=1) & same]
        constant = float(-expression.constant)
        weights = np.concatenate([[-1], _weights(expression)])
        yield Rows.alike(cells, weights, constant, constant, [()] * len(cells))


def _weights(expression: Expression) -> Ints:
    return np.array([term.coefficient for term in expression.terms], dtype=np.int64)


def _identities(
    totals: TotalRows,
    edition: str,
    catalogue: Catalogue,
    wales: str,
    broken: pd.DataFrame | None,
) -> Iterator[Rows]:
    """Yield the identities of the guidance that hold, for each authority and year.

    Those of Wales follow from those of the authorities. Conditional ones say nothing of a count
    that is not zero anyway.
    """
    identities = catalogue.identities
    own = identities[
        (identities["edition"] == edition)
        & identities["operator"].isin(["=", "<=", ">="])
        & (identities["scope"] != _CROSS_AUTHORITY)
        # Of severity info are readings that nobody relies on, the authorities least of all.
        & (identities["severity"] != "info")
    ]
    fails = _failing(broken, edition)
    of_authority = np.array([area != wales for _, area in totals.places], dtype=bool)
    for identity in own.itertuples():
        sides = (parse_expression(str(identity.left)), parse_expression(str(identity.right)))
        left, right = (totals.of_terms(side) for side in sides)
        if left is None or right is None:
            continue
        cells = np.column_stack([left, right])
        usable = np.flatnonzero((cells >= 0).all(axis=1) & of_authority)
        constant = sides[1].constant - sides[0].constant
        lowest, highest = (constant + bound for bound in _bounds(str(identity.operator)))
        keys: list[Identity] = [
            (edition, str(identity.id), *totals.places[place]) for place in usable.tolist()
        ]
        weights = np.concatenate([_weights(sides[0]), -_weights(sides[1])])
        found = Rows.alike(cells[usable], weights, lowest, highest, keys)
        if fails:
            found.sides[:] = [fails.get(key, "") for key in keys]
        yield found


def _failing(broken: pd.DataFrame | None, edition: str) -> dict[tuple[str, ...], str]:
    """Return the side of each broken identity of an edition by its key."""
    if broken is None or not len(broken):
        return {}
    own = broken[broken["edition"] == edition]
    unknown = set(own["left_is"]) - set(SIDES)
    if unknown:
        raise DisclosureError(
            f"broken.csv: left_is {listed(unknown)} is not known; use {listed(SIDES)}"
        )
    return {tuple(row[:-1]): row[-1] for row in own[list(BROKEN_COLUMNS)].to_numpy().tolist()}


def _bounds(operator: str) -> tuple[float, float]:
    bounds = {"=": (0.0, 0.0), "<=": (-np.inf, 0.0), ">=": (0.0, np.inf)}
    if operator not in bounds:
        raise CatalogueError(f"identities.csv: operator {operator!r} is not known")
    return bounds[operator]
