"""Commands about the machine and what the product is made of."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ssstats.cli.shared import OUT


def doctor(
    out: Annotated[Path, typer.Option(help="Where releases are to be written.")] = Path("reports"),
) -> None:
    """Say what this machine lacks for a release, and what works without it."""
    from ssstats.doctor import NEEDED, examine
    from ssstats.errors import UsageError
    from ssstats.project import find_project

    findings = examine(find_project(), out)
    for finding in findings:
        OUT.print(f"{finding.state:14} {finding.name}: {finding.says}", markup=False)
    lacking = [finding.name for finding in findings if finding.state == NEEDED]
    if lacking:
        raise UsageError(f"a release cannot be built here before this is mended: {lacking}")


def licences(
    out: Annotated[
        Path | None, typer.Option(help="Write the table here [default: docs/licences.csv].")
    ] = None,
) -> None:
    """List the licence of every package in the lock."""
    from ssstats.project import find_project
    from ssstats.supply import read_lock, write_licences

    project = find_project()
    path = out or project.root / "docs" / "licences.csv"
    write_licences(read_lock(project.lock), project.licences, path)
    OUT.print(f"{path} is written")
