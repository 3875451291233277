"""Commands that write what goes to named people before disclosure control."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ssstats.cli.shared import OUT, Named, Period, ReturnsPath, shown_progress


def partners(
    recipient: Annotated[
        str, typer.Option("--for", help="Who receives it, for example 'Care Inspectorate Wales'.")
    ],
    period: Period = "2024-25",
    returns: ReturnsPath = None,
    out: Annotated[
        Path, typer.Option(help="Private folder for packs, outside any release.")
    ] = Path("packs"),
    languages: Annotated[str, typer.Option(help="Languages, joined by commas: en, cy.")] = "en,cy",
    policy: Annotated[str, typer.Option(help="Disclosure policy in data/policy.")] = "partners",
) -> None:
    """Write the comparative dataset that authorities and their inspectors may see.

    What it writes holds counts before disclosure control: for the recipient alone, never for
    publication.
    """
    from datetime import UTC, datetime

    from ssstats.packs import write_partners_pack
    from ssstats.periods import ReportingYear
    from ssstats.project import find_project

    year, project = ReportingYear.parse(period), find_project()
    with shown_progress() as show:
        pack = write_partners_pack(
            returns or project.demonstration,
            period=year,
            recipient=recipient,
            out=out,
            project=project,
            policy=policy,
            languages=[part.strip() for part in languages.split(",") if part.strip()],
            now=datetime.now(UTC),
            progress=lambda step: show(Named(step)),
        )
    if pack.synthetic:
        OUT.print("The returns are synthetic: every sheet and page says so.")
    OUT.print(f"{pack.files} files are in {pack.folder}: official-sensitive, not for publication")
    OUT.print(f"The register of packs is {pack.register}")


def director(
    authority: Annotated[str, typer.Argument(help="The authority's code, name or slug.")],
    period: Period = "2024-25",
    release: Annotated[
        Path | None, typer.Option(help="Folder of the release [default: reports/PERIOD].")
    ] = None,
    returns: ReturnsPath = None,
    published_only: Annotated[
        bool, typer.Option("--published-only", help="Leave the figures as returned out.")
    ] = False,
    language: Annotated[str, typer.Option(help="en or cy.")] = "en",
    out: Annotated[Path, typer.Option(help="Private folder for packs, outside any release.")] = (
        Path("packs")
    ),
) -> None:
    """Write one authority's figures by quality standard, to build its annual report on.

    Holds the authority's own figures as returned beside what is published, unless told otherwise.
    """
    from datetime import UTC, datetime

    from ssstats.packs import write_directors_pack
    from ssstats.periods import ReportingYear
    from ssstats.project import find_project

    year, project = ReportingYear.parse(period), find_project()
    with shown_progress() as show:
        pack = write_directors_pack(
            authority,
            period=year,
            release=release or Path("reports") / period,
            returns=None if published_only else returns or project.demonstration,
            out=out,
            project=project,
            language=language,
            now=datetime.now(UTC),
            progress=lambda step: show(Named(step)),
        )
    for document in pack.documents:
        OUT.print(f"Document: {document}")
    if pack.marked:
        OUT.print("It holds figures before disclosure control: for the authority alone.")
    else:
        OUT.print("It holds published figures alone.")
