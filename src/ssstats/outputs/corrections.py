"""Which published figures differ between two releases, and a correction's file of them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ssstats.disclosure.release_tables import write_csv
from ssstats.errors import UsageError

CORRECTIONS = "corrections.csv"
DIFFERENCE_COLUMNS = (
    "file", "edition", "period", "area", "figure", "breakdown", "what", "before", "now",
)  # fmt: skip
_KEYS = {
    "counts.csv": ("edition", "period", "area", "reference", "breakdown"),
    "measures.csv": ("edition", "period", "area", "measure", "kind"),
}


def write_corrections(data: Path, replaced: Path) -> Path:
    """Write which figures of a correction differ from those of the release that it replaces.

    Parameters
    ----------
    data, replaced : Path
        Data folders of both.
    """
    write_csv(figures_that_differ(replaced, data), data / CORRECTIONS)
    return data / CORRECTIONS


def figures_that_differ(before: Path, now: Path) -> pd.DataFrame:
    """Return the figures that differ between the data folders of two releases.

    Returns
    -------
    DataFrame
        Columns of `DIFFERENCE_COLUMNS`; `what` is revised, hidden, shown, marker, added or
        removed; `before` and `now` are a number, a marker in brackets, or nothing.

    Raises
    ------
    UsageError
        If a folder lacks one of the files.
    """
    frames = [
        _compared(name, keys, _read(before / name), _read(now / name))
        for name, keys in _KEYS.items()
    ]
    figures = pd.concat(frames, ignore_index=True)[list(DIFFERENCE_COLUMNS)]
    return figures.sort_values(list(DIFFERENCE_COLUMNS[:6]), ignore_index=True)


def _read(path: Path) -> pd.DataFrame:
    if not path.is_file():
        raise UsageError(f"{path}: not there; give the folder of a whole release")
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def _compared(
    name: str, keys: tuple[str, ...], before: pd.DataFrame, now: pd.DataFrame
) -> pd.DataFrame:
    columns = [*keys, "value", "marker"]
    both = before[columns].merge(
        now[columns], on=list(keys), how="outer", suffixes=("_before", "_now"), indicator="side"
    )
    was, shown = _printed(both, "before"), _printed(both, "now")
    both = both.assign(before=was, now=shown, what=_kinds(both))
    both = both[both["what"] != ""]
    return both.assign(
        file=name,
        figure=both[keys[3]],
        breakdown=both["breakdown"] if "breakdown" in keys else both["kind"],
    )


def _printed(both: pd.DataFrame, side: str) -> pd.Series:
    """Return the number, or the marker in brackets, or nothing."""
    value, marker = both[f"value_{side}"].fillna(""), both[f"marker_{side}"].fillna("")
    return value.where(value != "", marker.map(lambda text: f"[{text}]" if text else ""))


def _kinds(both: pd.DataFrame) -> list[str]:
    return [
        _kind(side, *texts)
        for side, *texts in both[
            ["side", "value_before", "value_now", "marker_before", "marker_now"]
        ].itertuples(index=False)
    ]


def _kind(side: str, was: str, value: str, former: str, marker: str) -> str:
    if side != "both":
        return "added" if side == "right_only" else "removed"
    if was and value:
        return "revised" if was != value else ""
    if was or value:
        return "shown" if value else "hidden"
    return "marker" if former != marker else ""
