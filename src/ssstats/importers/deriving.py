"""One file of records to one long return: read, checked, counted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.catalogue.names import CODE_EDITION, METRIC_EDITION
from ssstats.errors import UsageError, listed
from ssstats.importers import looked_after, staff, survey
from ssstats.importers.counted import Counted, Year
from ssstats.importers.layouts import LAYOUTS, LOOKED_AFTER, STAFF, SURVEY, SURVEY_TOTALS, Facts
from ssstats.importers.records import Records, note, read_records
from ssstats.periods import ReportingYear
from ssstats.returns.model import NOT_AVAILABLE, RETURN_COLUMNS

EDITIONS = {LOOKED_AFTER: METRIC_EDITION, STAFF: METRIC_EDITION, SURVEY: CODE_EDITION}
_KINDS = {LOOKED_AFTER: looked_after.KINDS, STAFF: staff.KINDS, SURVEY: ()}
_PLAN, _NEWLY_QUALIFIED = "CH/040", "WF/006"


@dataclass(frozen=True)
class Imported:
    """A return counted from records.

    `values` has the columns of `RETURN_COLUMNS`, `notes` those of `NOTE_COLUMNS`; `response` says
    of a survey who was asked and who answered, and is missing for other records.
    """

    layout: str
    period: ReportingYear
    values: pd.DataFrame
    notes: pd.DataFrame
    response: pd.DataFrame | None = None


def import_records(
    layout: str,
    path: Path,
    catalogue: Catalogue,
    facts: Facts,
    *,
    period: ReportingYear,
    authority: str = "",
    none_of: Collection[str] = (),
) -> Imported:
    """Return the return that a file of records gives for a reporting year.

    Parameters
    ----------
    layout : str
        looked-after, staff or survey.
    authority : str
        Code of the authority where the file has no such column.
    none_of : collection of str
        Kinds of record of which there are none, though the file has no row to say so.

    Raises
    ------
    UsageError
        If the layout or a kind is not known.
    ReturnsError
        If the file is no table.
    RecordsError
        With every row that is not understood or contradicts another.
    """
    if layout not in LAYOUTS:
        raise UsageError(f"records {layout!r} are not known; use one of {listed(LAYOUTS)}")
    if unknown := set(none_of) - set(_KINDS[layout]):
        allowed = listed(_KINDS[layout]) or "no kind: a survey has one kind of record"
        raise UsageError(f"kind {listed(unknown)} is not known; allowed: {allowed}")
    choices = (SURVEY, SURVEY_TOTALS) if layout == SURVEY else (layout,)
    records = read_records(path, choices, facts, catalogue, authority)
    if layout in (LOOKED_AFTER, STAFF):
        records = _without_copies(records)
    counted, notes, response = _counted(layout, records, catalogue, facts, period, none_of)
    notes = [records.notes, *notes, *_note_on_edition(layout, records, catalogue, period)]
    return Imported(
        layout,
        period,
        _values(counted, records, EDITIONS[layout], period),
        pd.concat(notes, ignore_index=True),
        response,
    )


def _counted(
    layout: str,
    records: Records,
    catalogue: Catalogue,
    facts: Facts,
    period: ReportingYear,
    none_of: Collection[str],
) -> tuple[list[Counted], list[pd.DataFrame], pd.DataFrame | None]:
    year = Year.of(period)
    if layout == LOOKED_AFTER:
        looked_after.check_looked_after(records)
        within = _limit(catalogue, _PLAN)
        counted = looked_after.count_looked_after(
            records, year, facts, plan_within=within, none_of=none_of
        )
        return counted, looked_after.notes_on_looked_after(records, year), None
    if layout == STAFF:
        staff.check_staff(records, year)
        months = _limit(catalogue, _NEWLY_QUALIFIED)
        counted = staff.count_staff(records, year, facts, new_for=months, none_of=none_of)
        return counted, staff.notes_on_staff(records, year), None
    survey.check_survey(records)
    counted, response = survey.count_survey(records, facts)
    return counted, survey.notes_on_survey(records, facts), response


def _limit(catalogue: Catalogue, reference: str) -> int:
    """Return the first limit of a metric in the catalogue's timescales."""
    own = catalogue.timescales
    return int(own.loc[own["reference"] == reference, "limit_value"].iloc[0])


def _without_copies(records: Records) -> Records:
    """Drop rows about a person that repeat another word for word, with a note."""
    frame = records.frame
    identified = "child_id" if records.layout == LOOKED_AFTER else "person_id"
    again = frame.drop(columns="row").duplicated() & frame[identified].ne("")
    if not again.any():
        return records
    rows = frame.loc[again, "row"]
    copies = note(
        records.file, int(rows.min()), "", "repeated row", "a copy", "counted once", len(rows)
    )
    return Records(
        records.layout,
        records.file,
        frame[~again].reset_index(drop=True),
        records.given,
        pd.concat([records.notes, copies], ignore_index=True),
    )


def _note_on_edition(
    layout: str, records: Records, catalogue: Catalogue, period: ReportingYear
) -> list[pd.DataFrame]:
    """Return a note where the edition was not in force in the year."""
    editions = catalogue.editions.set_index("edition")
    first, last = editions.loc[EDITIONS[layout], ["first_period", "last_period"]]
    if first <= str(period) and (not last or str(period) <= last):
        return []
    found = f"edition {EDITIONS[layout]}, in force from {first}" + (f" to {last}" if last else "")
    return [note(records.file, 1, "", "edition", found, f"used for {period} all the same")]


def _values(
    counted: list[Counted], records: Records, edition: str, period: ReportingYear
) -> pd.DataFrame:
    """Return counts as returned values: known ones, x where the records cannot tell."""
    areas = sorted(set(records.frame["authority"]))
    rows = [
        (count.reference, area, count.breakdown, count.values.get(area, 0.0), area in count.known)
        for count in counted
        for area in areas
        if area in count.known or not count.breakdown
    ]
    table = pd.DataFrame(rows, columns=["reference", "area", "breakdown", "value", "known"])
    known = table["known"].astype(bool)
    filled = table.assign(
        edition=edition,
        period=str(period),
        value=pd.array(np.where(known, table["value"], np.nan), dtype="Float64"),
        marker=np.where(known, "", NOT_AVAILABLE),
        flags="",
        protection="",
        origin=records.origin,
        file=records.file,
        row=1,
    )
    ordered = filled.sort_values(["area", "reference", "breakdown"], kind="stable")
    return ordered[list(RETURN_COLUMNS)].reset_index(drop=True)
