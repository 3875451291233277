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
    from ssstats.outputs import check_release
    from ssstats.outputs.errors import OutputsError

    differences = check_release(release)
    for difference in differences[:most]:
        OUT.print(str(difference), markup=False)
    if differences:
        raise OutputsError(f"{release}: {len(differences)} figures differ between files")
    OUT.print(f"{release}: every file says the same")


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
