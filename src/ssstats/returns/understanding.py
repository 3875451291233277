"""Turns the texts of a return, whatever its layout, into known names, numbers and markers.

Every layout ends in one frame of texts (`TYPED_COLUMNS`). Work is done on the distinct texts of a
column, so that a million rows cost little more than their distinct texts. What is understood
though it was not written as asked becomes a note; what is not understood refuses the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.errors import listed
from ssstats.returns.findings import Findings
from ssstats.returns.model import KEY, LOCAL_COLUMNS, RETURN_COLUMNS, RETURN_MARKERS, no_local
from ssstats.returns.normalising import (
    AreaNames,
    local_reference_of,
    period_of,
    plain,
    quoted,
    reference_of,
    typed_number,
)

REQUIRED = ("edition", "period", "area", "reference", "value")
OPTIONAL = ("breakdown", "marker", "flags", "origin", "area_name", "note", "protection")
# A layout adds `file`, `sheet` and `row`, which say where each text stood.
TYPED_COLUMNS = (*REQUIRED, *OPTIONAL)

# Excel's code page in Western Europe, in which it saves a plain CSV.
EXCEL_ENCODING = "cp1252"

# Letters that may stand beside a value: revised, provisional, break in the series, estimated.
_FLAGS = frozenset("rpbe")
# Tables show a metric by one dimension, or by two crossed.
_MOST_DIMENSIONS = 2
_BRACKETED = re.compile(r"\[([a-z])\]")

_WHERE_AREAS = "use a code or name of data/catalogue/areas.csv or area_names.csv"


class Understood(NamedTuple):
    """Values of the catalogue's metrics, values of local metrics, and notes on the reading."""

    values: pd.DataFrame
    local: pd.DataFrame
    reading: pd.DataFrame


def understand(typed: pd.DataFrame, catalogue: Catalogue) -> Understood:
    """Return what the texts of one file say.

    Parameters
    ----------
    typed : DataFrame
        Columns of `TYPED_COLUMNS` as text or categories of text, and file, sheet, row.
    catalogue : Catalogue
        Its areas, editions, metrics and breakdowns are known; nothing else is.

    Raises
    ------
    ReturnsError
        Naming the file and every row whose area, reference, edition, value, marker, breakdown or
        key is not known, not plausible in form, or given twice with different values.
    """
    frame = _as_categories(typed)
    findings = Findings(frame)
    if "encoding" in frame and len(frame) and frame["encoding"].iloc[0] == EXCEL_ENCODING:
        findings.note(frame["row"] > 0, "", "encoding", "not UTF-8", EXCEL_ENCODING)
    findings.note_blanks([*TYPED_COLUMNS])
    for column in TYPED_COLUMNS:
        frame[column] = _mapped(frame[column], plain)
    _set_areas(frame, catalogue, findings)
    _set_periods(frame, findings)
    kinds = _set_references(frame, catalogue, findings)
    _set_breakdowns(frame, catalogue, findings)
    _set_markers(frame, findings)
    _set_values(frame, _whole_numbers(frame, catalogue), findings)
    frame = frame[kinds != _LEFT_OUT]
    frame = _without_repeats(frame, findings)
    findings.refuse()
    return _divided(frame, kinds[frame.index], findings)


def _as_categories(typed: pd.DataFrame) -> pd.DataFrame:
    frame = typed.reset_index(drop=True)
    for column in TYPED_COLUMNS:
        if column not in frame:
            frame[column] = pd.Categorical.from_codes(
                np.zeros(len(frame), dtype="int8"), categories=[""]
            )
        elif not isinstance(frame[column].dtype, pd.CategoricalDtype):
            frame[column] = frame[column].astype("category")
    return frame


def _mapped(texts: pd.Series, function: Callable[[str], str | None]) -> pd.Series:
    """Return the categories put through a function; None becomes a blank."""
    old = texts.cat.categories.tolist()
    new = [function(text) or "" for text in old]
    if new == old:
        return texts
    distinct = {text: place for place, text in enumerate(dict.fromkeys(new))}
    places = np.array([distinct[text] for text in new], dtype="int64")
    codes = places[texts.cat.codes.to_numpy()] if len(places) else texts.cat.codes.to_numpy()
    return pd.Series(pd.Categorical.from_codes(codes, categories=list(distinct)), index=texts.index)


def _set_areas(frame: pd.DataFrame, catalogue: Catalogue, findings: Findings) -> None:
    names = AreaNames.of(catalogue)
    retired = set(catalogue.retired_areas["retired_area"])
    typed, named = frame["area"], frame["area_name"]
    codes = _mapped(typed, names.code)
    findings.problem_texts("area", typed, codes == "", _WHERE_AREAS)
    for column, texts in (("area", typed), ("area_name", named)):
        for text in texts.cat.categories.tolist():
            if text and text not in names.official and (code := names.code(text)):
                kind = "retired code" if text in retired else "spelling"
                findings.note(texts == text, column, kind, text, code)
    meant = _mapped(named, names.code)
    both = (named != "") & (codes != "")
    differs = both & (meant.astype("str") != codes.astype("str"))
    findings.problem(differs, "area and area_name disagree; correct one of them")
    frame["area"] = codes


def _set_periods(frame: pd.DataFrame, findings: Findings) -> None:
    typed = frame["period"]
    read = _mapped(typed, period_of)
    findings.problem_texts("period", typed, read == "", "write a reporting year as 2024-25")
    for text in typed.cat.categories.tolist():
        if (year := period_of(text)) and year != text:
            findings.note(typed == text, "period", "year", text, year)
    frame["period"] = read


_METRIC, _LOCAL, _LEFT_OUT = "metric", "local", "left out"


def _set_references(frame: pd.DataFrame, catalogue: Catalogue, findings: Findings) -> pd.Series:
    """Set references and return for each row whether it is a metric, local, or left out."""
    editions = set(catalogue.editions["edition"])
    findings.problem_texts(
        "edition", frame["edition"], ~frame["edition"].isin(editions), f"use {listed(editions)}"
    )
    metrics = catalogue.metrics[catalogue.metrics["collected"] == "yes"]
    known = {e: frozenset(rows["reference"]) for e, rows in metrics.groupby("edition")}
    typed = frame["reference"]
    read = pd.Series("", index=frame.index, dtype="str")
    kinds = pd.Series(_METRIC, index=frame.index, dtype="str")
    for edition in sorted(editions & set(frame["edition"].cat.categories)):
        here = frame["edition"] == edition
        used = typed[here].cat.remove_unused_categories().cat.categories
        meanings = {text: _meaning(text, edition, known) for text in used}
        for text, (meaning, kind) in meanings.items():
            if meaning != text or kind != _METRIC:
                rows = here & (typed == text)
                _report_reference(rows, text, meaning, kind, edition, findings)
                kinds[rows] = kind
        names = {text: meaning for text, (meaning, _) in meanings.items()}
        meant = _mapped(typed, names.get)
        if here.all():
            frame["reference"] = meant
            return kinds
        read = read.mask(here, meant.astype("str"))
    frame["reference"] = read.astype("category")
    return kinds


def _meaning(text: str, edition: str, known: Mapping[str, frozenset[str]]) -> tuple[str, str]:
    """Return the reference that a text names, and whether it is a metric, local or left out."""
    if reference := reference_of(text, known[edition]):
        return reference, _METRIC
    if local := local_reference_of(text):
        return local, _LOCAL
    others = (reference_of(text, known[other]) for other in sorted(known) if other != edition)
    elsewhere = next((reference for reference in others if reference), "")
    return elsewhere, _LEFT_OUT if elsewhere else _METRIC


def _report_reference(
    rows: pd.Series, text: str, meaning: str, kind: str, edition: str, findings: Findings
) -> None:
    if not meaning:
        findings.problem(
            rows,
            f"reference {quoted(text)} is not known; use a collected reference of edition "
            f"{edition} in data/catalogue/metrics.csv, or LO/... for the authority's own metrics",
        )
    elif kind == _LEFT_OUT:
        findings.note(rows, "reference", "reference of another edition", text, "left out")
    elif meaning != text:
        findings.note(rows, "reference", "reference", text, meaning)


def _set_breakdowns(frame: pd.DataFrame, catalogue: Catalogue, findings: Findings) -> None:
    table = catalogue.breakdowns
    known = {f"{d}={c}" for d, c in zip(table["dimension"], table["code"], strict=True)}
    typed = frame["breakdown"]

    def ordered(text: str) -> str | None:
        parts = sorted(plain(part) for part in text.split(";")) if text else []
        dimensions = {part.split("=")[0] for part in parts}
        two = len(dimensions) == len(parts) <= _MOST_DIMENSIONS
        return ";".join(parts) if set(parts) <= known and two else None

    wrong = {text for text in typed.cat.categories.tolist() if ordered(text) is None}
    dimensions = listed(f"{name}=..." for name in set(table["dimension"]))
    findings.problem_texts(
        "breakdown",
        typed,
        typed.isin(wrong),
        f"write {dimensions}, at most two joined by ; (codes in data/catalogue/breakdowns.csv)",
    )
    for text in typed.cat.categories.tolist():
        if (read := ordered(text)) and _parts(read) != _parts(text):
            findings.note(typed == text, "breakdown", "spelling", text, read)
    # The order in which dimensions are written is kept where it was the catalogue's own.
    frame["breakdown"] = _mapped(
        typed, lambda text: text if ordered(text) == text else ordered(text)
    )


def _parts(text: str) -> list[str]:
    return sorted(text.split(";"))


def _set_markers(frame: pd.DataFrame, findings: Findings) -> None:
    typed = frame["marker"]
    read = _mapped(typed, lambda text: _BRACKETED.sub(r"\1", text.casefold()))
    findings.problem_texts(
        "marker", typed, ~read.isin(RETURN_MARKERS), "use x, z or c, or leave it blank"
    )
    frame["marker"] = read
    flags = frame["flags"]
    wrong = [text for text in flags.cat.categories.tolist() if not set(text) <= _FLAGS]
    findings.problem_texts("flags", flags, flags.isin(wrong), f"use letters of {listed(_FLAGS)}")


def _whole_numbers(frame: pd.DataFrame, catalogue: Catalogue) -> pd.Series:
    """Return for each row whether its metric is counted in whole numbers."""
    metrics = catalogue.metrics
    whole = ~frame["reference"].str.startswith("LO/")
    for edition, own in metrics[metrics["quantity"] == "wte"].groupby("edition"):
        whole &= ~((frame["edition"] == edition) & frame["reference"].isin(own["reference"]))
    return whole


def _set_values(frame: pd.DataFrame, whole: pd.Series, findings: Findings) -> None:
    texts = frame["value"]
    typed = [typed_number(text) for text in texts.cat.categories.tolist()]
    codes = texts.cat.codes.to_numpy()
    numbers = np.array([np.nan if t.number is None else t.number for t in typed])[codes]
    kinds = pd.Series(np.array([t.kind for t in typed], dtype=object)[codes], index=texts.index)
    marks = pd.Series(np.array([t.marker for t in typed], dtype=object)[codes], index=texts.index)
    given, empty = frame["marker"].astype("str"), kinds == "blank"
    # A cell's text is not printed: a return is unprotected until it has passed the gate.
    findings.problem(kinds == "text", "value is not a number")
    findings.problem(kinds == "below zero", "value is below zero")
    both = ~empty & (given != "") & (marks != given)
    findings.problem(both, "value and marker are both given; leave one blank")
    unmarked = given == ""
    broken = whole & (numbers % 1 != 0) & np.isfinite(numbers)
    for kind in ("blank", "mark", "percentage", "thousands comma", "decimals", "leading zeros"):
        noted = (kinds == kind) & unmarked & (whole if kind == "decimals" else True)
        findings.note_values(noted, kind, texts, numbers, marks)
    findings.note_values(broken, "fraction", texts, np.full(len(texts), np.nan), marks)
    marker = given.where(~unmarked, marks).mask(broken, "x")
    frame["marker"] = marker.astype("str")
    frame["value"] = pd.array(np.where(broken, np.nan, numbers), dtype="Float64")


def _without_repeats(frame: pd.DataFrame, findings: Findings) -> pd.DataFrame:
    """Drop rows that repeat another word for word; refuse those that contradict each other."""
    keys = _key_numbers(frame)
    first = pd.Series(~pd.Series(keys).duplicated().to_numpy(), index=frame.index)
    if first.all():
        return frame
    twice = pd.Series(keys, index=frame.index).duplicated(keep=False) & (frame["reference"] != "")
    same = frame[[*KEY, "value", "marker"]].duplicated(keep=False)
    findings.problem(
        twice & ~same,
        "the same edition, period, area, reference and breakdown stands more than once with "
        "different values; keep one row",
    )
    repeated = twice & same & ~first
    for text in frame.loc[repeated, "reference"].unique():
        findings.note(
            repeated & (frame["reference"] == text), "reference", "repeated row", text, "one row"
        )
    return frame[first]


def _key_numbers(frame: pd.DataFrame) -> np.ndarray:
    """Return one number a row, equal for rows with the same key."""
    number = np.zeros(len(frame), dtype="int64")
    for column in KEY:
        texts = frame[column].cat
        number = number * max(len(texts.categories), 1) + texts.codes.to_numpy().astype("int64")
    return number


def _divided(frame: pd.DataFrame, kinds: pd.Series, findings: Findings) -> Understood:
    """Divide the frame into metrics of the catalogue and local ones."""
    own = kinds == _LOCAL
    notes = findings.notes(frame)
    if not own.any():
        return Understood(_as_texts(frame[list(RETURN_COLUMNS)]), no_local(), notes)
    local = frame[own].assign(label=frame.loc[own, "note"])[list(LOCAL_COLUMNS)]
    return Understood(_as_texts(frame.loc[~own, list(RETURN_COLUMNS)]), _as_texts(local), notes)


def _as_texts(frame: pd.DataFrame) -> pd.DataFrame:
    texts = {c: "str" for c in frame if isinstance(frame[c].dtype, pd.CategoricalDtype)}
    return frame.astype(texts).reset_index(drop=True)
