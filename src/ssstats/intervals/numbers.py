"""What every limit needs first: checked numbers, a checked level, a known method, a root.

Nothing here knows of percentages or counts of people. Messages name the place of a wrong number in
its array and never the number, because a number may be a count that is not yet protected.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

FloatArray: TypeAlias = npt.NDArray[np.floating]
Limits: TypeAlias = tuple[FloatArray, FloatArray]

# Enough for bisection alone to reach the last bit of a double; the search needs about ten.
_MOST_STEPS = 120
# Below this many cells, looking for equal ones costs more than it saves.
_FEW_CELLS = 200
# Whole numbers are exact in a double up to here.
_LARGEST_KEY = 2.0**53


def error_rate(confidence: float) -> float:
    """Return the share of error that `confidence` leaves, for instance 0.05 for 0.95.

    Raises
    ------
    ValueError
        If `confidence` is not a fraction of at least a half and below one: 95 and 0.05 are the
        slips that this catches.
    """
    if not 0.5 <= confidence < 1:
        raise ValueError(
            f"confidence {confidence} is not known; give a fraction of at least 0.5 and below 1, "
            "such as 0.95"
        )
    return 1.0 - confidence


def normal_deviate(confidence: float) -> float:
    """Return the two-sided normal deviate, 1.96 for 0.95."""
    return float(ndtri(1.0 - error_rate(confidence) / 2.0))


def known_method(method: str, known: Collection[str], also: dict[str, str] | None = None) -> str:
    """Return `method` as it is listed: hyphens and underscores, capitals and aliases are one.

    Raises
    ------
    ValueError
        If `method` is in neither list.
    """
    spelled = method.strip().lower().replace("_", "-").replace(" ", "-")
    spelled = (also or {}).get(spelled, spelled)
    if spelled not in known:
        raise ValueError(f"method {method!r} is not known; use one of {', '.join(sorted(known))}")
    return spelled


def as_numbers(**named: npt.ArrayLike) -> list[FloatArray]:
    """Return the named arrays as floats of one shape; what is missing becomes NaN.

    Raises
    ------
    ValueError
        If an array holds something that is not a number, a negative or an infinite value, or if
        the shapes do not go together.
    """
    arrays = [as_floats(name, values) for name, values in named.items()]
    for name, values in zip(named, arrays, strict=True):
        refuse(values < 0, f"the {name} is negative")
        refuse(np.isinf(values), f"the {name} is infinite")
    return [np.array(values) for values in np.broadcast_arrays(*arrays)]


def as_floats(name: str, values: npt.ArrayLike) -> FloatArray:
    """Return `values` as floats of any sign, NaN where missing.

    Raises
    ------
    ValueError
        If a value is not a number.
    """
    try:
        # pandas' nullable integers turn into floats only when told what a missing one becomes.
        if hasattr(values, "to_numpy"):
            return np.asarray(values.to_numpy(dtype=float, na_value=np.nan))
        return np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(f"the {name} holds a value that is not a number") from None


def refuse(wrong: npt.NDArray[np.bool_], reason: str) -> None:
    """Raise a ValueError that gives `reason` and the first places where `wrong` holds."""
    if not np.any(wrong):
        return
    places = np.flatnonzero(wrong)
    shown = ", ".join(str(place) for place in places[:5])
    more = f" and {places.size - 5} more" if places.size > 5 else ""
    raise ValueError(f"{reason} at position {shown}{more}")


def two_groups(
    numerator_1: npt.ArrayLike,
    denominator_1: npt.ArrayLike,
    numerator_2: npt.ArrayLike,
    denominator_2: npt.ArrayLike,
) -> list[FloatArray]:
    """Return both groups' numerators and denominators as `as_numbers` does, in that order.

    Raises
    ------
    ValueError
        As `as_numbers`; also if a numerator is above its denominator.
    """
    x1, n1, x2, n2 = as_numbers(
        numerator_1=numerator_1,
        denominator_1=denominator_1,
        numerator_2=numerator_2,
        denominator_2=denominator_2,
    )
    refuse((x1 > n1) | (x2 > n2), "the numerator is above its denominator")
    return [x1, n1, x2, n2]


def over(number: npt.ArrayLike, divisor: FloatArray) -> FloatArray:
    """Return `number` / `divisor`, and NaN where the divisor is missing or not above zero."""
    shape = np.broadcast_shapes(np.shape(number), np.shape(divisor))
    return np.divide(number, divisor, out=np.full(shape, np.nan), where=divisor > 0)


def shown_where(known: npt.NDArray[np.bool_], lower: FloatArray, upper: FloatArray) -> Limits:
    """Return the limits, NaN where they are not `known`; a single cell becomes a number."""
    return np.where(known, lower, np.nan)[()], np.where(known, upper, np.nan)[()]


def solved_once(solve: Callable[..., Limits], confidence: float, *whole: FloatArray) -> Limits:
    """Return `solve(*whole, confidence)`, solving cells with the same whole numbers only once.

    Limits that need an inverse or a root depend on one or two counts alone, and a large table
    holds the same small counts over and over. Where numbers are not whole, or so large that a pair
    would not fit one key, every cell is solved.
    """
    key, size = whole[0], float(np.max(whole[0], initial=0.0)) + 1.0
    for values in whole[1:]:
        key = values * size + key
        size *= float(np.max(values, initial=0.0)) + 1.0
    apart = key.size < _FEW_CELLS or size > _LARGEST_KEY
    if apart or any(np.any(values % 1 != 0) for values in whole):
        return solve(*whole, confidence)
    _, first, place = np.unique(key, return_index=True, return_inverse=True)
    lower, upper = solve(*(values.ravel()[first] for values in whole), confidence)
    return lower[place].reshape(key.shape), upper[place].reshape(key.shape)


def root_between(
    function: Callable[..., FloatArray], low: FloatArray, high: FloatArray, *arguments: FloatArray
) -> FloatArray:
    """Return for each cell the root of `function(value, *arguments)` between `low` and `high`.

    All cells are searched at once by Chandrupatla's method, which bisects wherever interpolation
    would not gain; cells that have settled drop out. The signs at `low` and `high` must differ
    or one of them be zero; where they do not, the cell is NaN.

    References
    ----------
    Chandrupatla TR (1997), A new hybrid quadratic/bisection algorithm for finding the zero of a
    nonlinear function without using derivatives, Advances in Engineering Software 28, 145-149.
    """
    low, high, *arguments = (  # type: ignore[assignment]
        np.array(values, dtype=float).ravel()
        for values in np.broadcast_arrays(low, high, *arguments)
    )
    root = np.full(low.shape, np.nan)
    at_low, at_high = function(low, *arguments), function(high, *arguments)
    root[at_low == 0] = low[at_low == 0]
    root[at_high == 0] = high[at_high == 0]
    open_cells = np.flatnonzero(np.sign(at_low) * np.sign(at_high) < 0)

    # b is the newest point, a the other end of the bracket, c the point before.
    a, b, fa, fb = (v[open_cells] for v in (high, low, at_high, at_low))
    c, fc = a.copy(), fa.copy()
    cells = [values[open_cells] for values in arguments]
    share = np.full(a.shape, 0.5)
    for _ in range(_MOST_STEPS):
        if open_cells.size == 0:
            break
        newest = a + share * (b - a)
        at_newest = function(newest, *cells)
        same_side = np.sign(at_newest) == np.sign(fa)
        c, fc = np.where(same_side, a, b), np.where(same_side, fa, fb)
        b, fb = np.where(same_side, b, a), np.where(same_side, fb, fa)
        a, fa = newest, at_newest

        best = np.where(np.abs(fa) < np.abs(fb), a, b)
        width = np.abs(b - a)
        tolerance = 4.0 * np.finfo(float).eps * np.abs(best) + np.finfo(float).tiny
        settled = (fa == 0) | (width <= 2.0 * tolerance)
        root[open_cells[settled]] = best[settled]

        going = ~settled
        open_cells = open_cells[going]
        a, b, c, fa, fb, fc = (v[going] for v in (a, b, c, fa, fb, fc))
        cells = [values[going] for values in cells]
        share = _next_share(a, b, c, fa, fb, fc, (tolerance / np.maximum(width, tolerance))[going])
    root[open_cells] = np.where(np.abs(fa) < np.abs(fb), a, b)
    return root


def _next_share(
    a: FloatArray,
    b: FloatArray,
    c: FloatArray,
    fa: FloatArray,
    fb: FloatArray,
    fc: FloatArray,
    least: FloatArray,
) -> FloatArray:
    """Return how far from a towards b to look next: inverse quadratic where safe, else half."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        xi = (a - b) / (c - b)
        phi = (fa - fb) / (fc - fb)
        safe = (phi**2 < xi) & ((1.0 - phi) ** 2 < 1.0 - xi)
        quadratic = fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (
            fc - fb
        )
        share = np.where(safe & np.isfinite(quadratic), quadratic, 0.5)
    return np.clip(share, least, 1.0 - least)


def first_integer(
    holds: Callable[[FloatArray], npt.NDArray[np.bool_]], low: FloatArray, high: FloatArray
) -> FloatArray:
    """Return for each cell the smallest whole number from `low` to `high` where `holds` is true.

    `holds` must be false up to some number and true from there; where it is false up to `high`,
    the answer is `high` + 1.
    """
    low, high = np.floor(low), np.floor(high) + 1.0
    while np.any(low < high):
        middle = np.floor((low + high) / 2.0)
        found = holds(middle)
        # A cell that has settled stays: its middle is its answer, whatever `holds` says there.
        low, high = (
            np.where((low < high) & ~found, middle + 1.0, low),
            np.where((low < high) & found, middle, high),
        )
    return low
