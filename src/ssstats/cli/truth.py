"""Commands about a finished release: is it whole, and does every file say the same."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ssstats.cli.shared import OUT


def check_release_files(
    release: Annotated[Path, typer.Argument(help="Folder of the release.")],
    most: Annotated[int, typer.Option(min=1, help="Differences to print at most.")] = 50,
) -> None:
    """Read every number back out of every file of a release; fail where two files disagree."""
    from ssstats.outputs import compare_release
    from ssstats.outputs.errors import OutputsError

    found = compare_release(release)
    differences = found.differences
    for difference in differences[:most]:
        OUT.print(str(difference), markup=False)
    if differences:
        figures = (
            "1 figure differs" if len(differences) == 1 else f"{len(differences):,} figures differ"
        )
        raise OutputsError(f"{release}: {figures} between files")
    for table, cells in sorted(found.unnamed.items()):
        OUT.print(f"{table}: {cells} cells are compared with notebook and PDF alone", markup=False)
    OUT.print(f"{release}: every file says the same")
    read = f"{sum(found.figures.values()):,}"
    OUT.print(f"{read} figures of pages and documents were read back, and every data file")


def verify(
    release: Annotated[Path, typer.Argument(help="Folder of the release.")],
    returns: Annotated[
        Path | None, typer.Option(help="Also compare these returns with those it was built from.")
    ] = None,
) -> None:
    """Compare every file of a release with its manifest; say whether this clone would make it."""
    from ssstats.outputs.errors import OutputsError
    from ssstats.project import find_project
    from ssstats.release.verifying import describe_verification, verify_release

    found = verify_release(release, find_project(), returns=returns)
    for line in describe_verification(found):
        OUT.print(line, markup=False)
    if not found.as_published or found.returns == "other":
        raise OutputsError(f"{release}: not what was published")


def scan(
    folder: Annotated[Path, typer.Argument(help="Folder of a release, or any folder of files.")],
    canaries: Annotated[
        Path | None, typer.Option(help="Text file of numbers that must not be found, one a line.")
    ] = None,
    returns: Annotated[
        Path | None, typer.Option(help="Returns whose counts must not stand in the release.")
    ] = None,
) -> None:
    """Look into every file for counts that must not be there; says where, never which.

    Reads pages with their attributes and pictures, documents with their properties, spreadsheets,
    data files, notebooks, and the names of files.
    """
    from ssstats.errors import UsageError
    from ssstats.release.leaks import Wanted, counts_to_find, require_no_returned_count
    from ssstats.scanning import NO_SERIES, read_canaries

    if canaries is not None and returns is None:
        wanted = Wanted(read_canaries(canaries), NO_SERIES)
    elif returns is not None and canaries is None:
        wanted = counts_to_find(folder, returns)
    else:
        raise UsageError("give either --canaries FILE or --returns FOLDER")
    require_no_returned_count(folder, wanted)
    OUT.print(f"{folder}: none of {len(wanted)} counts and series was found in any file")


def difference(
    before: Annotated[Path, typer.Argument(help="Folder of the earlier release.")],
    now: Annotated[Path, typer.Argument(help="Folder of the later release.")],
    csv: Annotated[Path | None, typer.Option(help="Write one row a figure that differs.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write the differences as a page.")] = None,
) -> None:
    """Say which published figures move between two releases, and what was changed between them."""
    from ssstats.catalogue import read_catalogue
    from ssstats.project import find_project
    from ssstats.release.differences import (
        compare_releases,
        describe_differences,
        differences_csv,
        differences_page,
    )

    found = compare_releases(before, now)
    for line in describe_differences(found):
        OUT.print(line, markup=False)
    if csv is not None:
        csv.write_text(differences_csv(found), encoding="utf-8")
    if html is not None:
        areas = read_catalogue(find_project().catalogue).areas
        names = dict(zip(areas["area"], areas["name_en"], strict=True))
        html.write_text(differences_page(found, names), encoding="utf-8")
