"""Commands about a finished release: does every file say the same."""

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
