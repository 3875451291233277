"""The long layout: one row a value, columns named in the header.

edition,period,area,area_name,reference,breakdown,value,marker,flags,origin,note
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.errors import ReturnsError, listed
from ssstats.returns.model import KEY, RETURN_COLUMNS, RETURN_MARKERS
from ssstats.returns.normalising import AreaNames, blank_strings, number_of, reference_of

REQUIRED = ("edition", "period", "area", "reference", "value")
OPTIONAL = {"breakdown", "marker", "flags", "origin", "area_name", "note", "protection"}
_MOST_SHOWN = 8


def read_long_csv(path: Path, catalogue: Catalogue) -> pd.DataFrame:
    """Return the values of one long CSV with the columns of `RETURN_COLUMNS`.

    Raises
    ------
    ReturnsError
        Naming the file and every row whose area, reference, edition, value, marker, breakdown or
        key is not known, not plausible in form, or given twice.
    """
    typed = _read_strings(path)
    # The header is line 1.
    frame = typed.assign(file=path.name, row=range(2, len(typed) + 2))
    for column in OPTIONAL - set(frame.columns):
        frame[column] = ""
    problems: list[str] = []
    _set_areas(frame, catalogue, problems)
    _set_references(frame, catalogue, problems)
    _check_periods(frame, problems)
    _check_breakdowns(frame, catalogue, problems)
    _set_values(frame, problems)
    _check_keys(frame, problems)
    if problems:
        _refuse(path.name, problems)
    return frame[list(RETURN_COLUMNS)]


def _read_strings(path: Path) -> pd.DataFrame:
    try:
        typed = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (ValueError, UnicodeDecodeError) as problem:
        # The parser's own message may quote cells: say only what kind of damage it is.
        kind = "not UTF-8" if isinstance(problem, UnicodeDecodeError) else "not a table of commas"
        raise ReturnsError(f"{path.name}: {kind}; save it as CSV (UTF-8) with a header") from None
    typed.columns = [str(column).strip() for column in typed.columns]
    missing = [column for column in REQUIRED if column not in typed.columns]
    unknown = [c for c in typed.columns if c not in REQUIRED and c not in OPTIONAL]
    if missing or unknown:
        raise ReturnsError(
            f"{path.name}: "
            + (f"column {listed(missing)} is missing; " if missing else "")
            + (f"column {listed(unknown)} is not known; " if unknown else "")
            + f"use {', '.join(REQUIRED)} and, where needed, {listed(OPTIONAL)}"
        )
    return blank_strings(typed)


def _rows(frame: pd.DataFrame, wrong: pd.Series) -> str:
    rows = frame.loc[wrong, "row"].tolist()
    shown = ", ".join(str(row) for row in rows[:_MOST_SHOWN])
    rest = len(rows) - _MOST_SHOWN
    return f"row{'s' if len(rows) > 1 else ''} {shown}" + (f" and {rest} more" if rest > 0 else "")


def _note_unknown(
    frame: pd.DataFrame, column: str, wrong: pd.Series, allowed: str, problems: list[str]
) -> None:
    for text in sorted(set(frame.loc[wrong, column]))[:_MOST_SHOWN]:
        problems.append(
            f"{_rows(frame, wrong & (frame[column] == text))}: {column} {text!r} is not known; "
            f"{allowed}"
        )


def _set_areas(frame: pd.DataFrame, catalogue: Catalogue, problems: list[str]) -> None:
    names = AreaNames.of(catalogue)
    codes = frame["area"].map({text: names.code(text) for text in frame["area"].unique()})
    _note_unknown(
        frame,
        "area",
        codes.isna(),
        "use a code or name of data/catalogue/areas.csv or area_names.csv",
        problems,
    )
    frame["area"] = codes.fillna("")
    named = frame["area_name"] != ""
    meant = frame["area_name"].map({t: names.code(t) for t in frame["area_name"].unique()})
    differs = named & (meant != frame["area"]) & (frame["area"] != "")
    if differs.any():
        problems.append(
            f"{_rows(frame, differs)}: area and area_name disagree; correct one of them"
        )


def _set_references(frame: pd.DataFrame, catalogue: Catalogue, problems: list[str]) -> None:
    editions = set(catalogue.editions["edition"])
    wrong = ~frame["edition"].isin(editions)
    _note_unknown(frame, "edition", wrong, f"use one of {listed(editions)}", problems)
    collected = catalogue.metrics[catalogue.metrics["collected"] == "yes"]
    for edition, rows in frame[~wrong].groupby("edition"):
        known = frozenset(collected.loc[collected["edition"] == edition, "reference"])
        codes = rows["reference"].map({t: reference_of(t, known) for t in rows["reference"]})
        unknown = pd.Series(False, index=frame.index)
        unknown[codes.index[codes.isna()]] = True
        _note_unknown(
            frame,
            "reference",
            unknown,
            f"use a collected reference of edition {edition} in data/catalogue/metrics.csv",
            problems,
        )
        frame.loc[codes.index, "reference"] = codes.fillna("")


def _check_periods(frame: pd.DataFrame, problems: list[str]) -> None:
    form = frame["period"].str.extract(r"^(\d{4})-(\d{2})$")
    starts = pd.to_numeric(form[0], errors="coerce")
    ends = pd.to_numeric(form[1], errors="coerce")
    wrong = starts.isna() | ((starts + 1) % 100 != ends)
    _note_unknown(frame, "period", wrong, "write a reporting year as 2024-25", problems)


def _check_breakdowns(frame: pd.DataFrame, catalogue: Catalogue, problems: list[str]) -> None:
    known = {
        f"{dimension}={code}"
        for dimension, code in zip(
            catalogue.breakdowns["dimension"], catalogue.breakdowns["code"], strict=True
        )
    }
    unknown = {
        text: bool(text) and not set(text.split(";")) <= known
        for text in frame["breakdown"].unique()
    }
    _note_unknown(
        frame,
        "breakdown",
        frame["breakdown"].map(unknown).astype(bool),
        "use dimension=code of data/catalogue/breakdowns.csv, several joined by ;",
        problems,
    )


def _set_values(frame: pd.DataFrame, problems: list[str]) -> None:
    unknown = ~frame["marker"].isin(RETURN_MARKERS)
    _note_unknown(frame, "marker", unknown, "use x, z or c, or leave it blank", problems)
    numbers = frame["value"].map({text: number_of(text) for text in frame["value"].unique()})
    empty = frame["value"] == ""
    # A cell's text is not printed: a return is unprotected until it has passed the gate.
    wordy = ~empty & numbers.isna()
    if wordy.any():
        problems.append(f"{_rows(frame, wordy)}: value is not a number")
    negative = numbers < 0
    if negative.any():
        problems.append(f"{_rows(frame, negative)}: value is below zero")
    unexplained = empty & (frame["marker"] == "")
    if unexplained.any():
        problems.append(
            f"{_rows(frame, unexplained)}: value and marker are both blank; give a value, "
            "or x (not returned) or z (does not apply)"
        )
    double = ~empty & (frame["marker"] != "")
    if double.any():
        problems.append(f"{_rows(frame, double)}: value and marker are both given; leave one blank")
    frame["value"] = numbers.astype("Float64")


def _check_keys(frame: pd.DataFrame, problems: list[str]) -> None:
    twice = frame.duplicated(KEY, keep=False) & (frame["reference"] != "") & (frame["area"] != "")
    if twice.any():
        problems.append(
            f"{_rows(frame, twice)}: the same edition, period, area, reference and breakdown "
            "stands more than once; keep one row"
        )


def _refuse(file: str, problems: list[str]) -> None:
    shown = problems[: 2 * _MOST_SHOWN]
    more = len(problems) - len(shown)
    lines = [f"{file}, {problem}" for problem in shown]
    if more > 0:
        lines.append(f"{file}: and {more} more kinds of problem")
    raise ReturnsError("\n".join(lines))
