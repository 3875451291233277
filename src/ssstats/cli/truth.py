"""Commands about a finished release: does every file say the same, can anything be worked out."""

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
    from ssstats.outputs import check_release
    from ssstats.outputs.errors import OutputsError

    differences = check_release(release)
    for difference in differences[:most]:
        OUT.print(str(difference), markup=False)
    if differences:
        raise OutputsError(f"{release}: {len(differences)} figures differ between files")
    OUT.print(f"{release}: every file says the same")


def attack(
    release: Annotated[Path, typer.Argument(help="Folder of the release.")],
    audit: Annotated[Path | None, typer.Option(help="Write what was proved as JSON.")] = None,
) -> None:
    """Attack a release as an intruder would; exit code 6 where a hidden count can be narrowed.

    Reads the release's data files and the guidance alone. Says what was proved, never a count.
    """
    from ssstats.catalogue import read_catalogue
    from ssstats.disclosure.release_attack_report import (
        attack_release,
        describe_report,
        require_protected,
        write_audit,
    )
    from ssstats.project import find_project

    report = attack_release(release / "data", read_catalogue(find_project().catalogue))
    for line in describe_report(report):
        OUT.print(line, markup=False)
    if audit is not None:
        write_audit(report, audit)
    require_protected(report)
