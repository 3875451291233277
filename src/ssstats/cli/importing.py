"""The command that counts records about persons, or answers to a survey, into a return."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ssstats.cli.shared import OUT, Period


def import_file(
    records: Annotated[str, typer.Argument(help="looked-after, staff or survey.")],
    file: Annotated[Path, typer.Argument(help="CSV, Parquet, XLSX or ODS: docs/importers.md.")],
    period: Period = "2024-25",
    out: Annotated[Path, typer.Option(help="Folder for the return.")] = Path("imported"),
    typed: Annotated[
        Path | None, typer.Option(help="Typed return to compare with and to complete.")
    ] = None,
    prefer: Annotated[
        str, typer.Option(help="derived or typed: which is used where both are given.")
    ] = "derived",
    authority: Annotated[
        str, typer.Option(help="The authority, where the file has no such column.")
    ] = "",
    none_of: Annotated[
        list[str] | None,
        typer.Option(help="A kind of record of which there are none; may be given several times."),
    ] = None,
    problems: Annotated[
        Path | None, typer.Option(help="Write all problems of a refused file to this CSV.")
    ] = None,
) -> None:
    """Count a file of records into a return that ssstats check and release read.

    No cell of a record is printed or written: a message names file, row and column.
    """
    from ssstats.catalogue import read_catalogue
    from ssstats.formatting import csv_text
    from ssstats.importers import (
        RecordsError,
        import_records,
        problem_table,
        read_facts,
        reconcile,
        write_import,
    )
    from ssstats.periods import ReportingYear
    from ssstats.project import find_project
    from ssstats.release.areas import authorities_named
    from ssstats.returns import read_returns
    from ssstats.whole_files import write_private

    year, project = ReportingYear.parse(period), find_project()
    catalogue = read_catalogue(project.catalogue)
    facts = read_facts(project.importers, catalogue)
    area = authorities_named([authority], catalogue)[0] if authority else ""
    try:
        imported = import_records(
            records,
            file,
            catalogue,
            facts,
            period=year,
            authority=area,
            none_of=none_of or (),
        )
    except RecordsError as refused:
        if problems is not None:
            write_private(problems, csv_text(problem_table(refused.problems)))
            OUT.print(f"{len(refused.problems)} problems are in {problems}", markup=False)
        raise
    reconciled = None
    if typed is not None:
        reconciled = reconcile(
            imported, read_returns(typed, catalogue), catalogue, facts, prefer=prefer
        )
        for result, rows in reconciled[1].groupby("result"):
            OUT.print(f"{len(rows):5} values {result}")
    for row in imported.notes.itertuples():
        OUT.print(f"{row.file}, row {row.row}: {row.found}: {row.done}", markup=False)
    for path in write_import(imported, out, reconciled=reconciled):
        OUT.print(f"{path} is written", markup=False)
