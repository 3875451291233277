"""Commands about words: their way to a translator and back, and the lint."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ssstats.cli.shared import OUT

words = typer.Typer(help="Take texts to a translator and back.", no_args_is_help=True)


@words.command("export")
def export_texts(
    target: Annotated[Path, typer.Argument(help="CSV file to write: key, English, Welsh.")],
    awaiting: Annotated[
        bool, typer.Option("--awaiting", help="Only texts that no translator has signed.")
    ] = False,
) -> None:
    """Write the file that a translator fills."""
    from ssstats.project import find_project
    from ssstats.wording import export_words

    number = export_words(find_project().catalogue, target, only_awaiting=awaiting)
    OUT.print(f"{number} texts are in {target}")


@words.command("import")
def import_texts(
    source: Annotated[Path, typer.Argument(help="The file as it came back.")],
    by: Annotated[str, typer.Option(help="Name of the translator who signs.")],
) -> None:
    """Take a translator's file back; changed keys or places in braces are refused."""
    from ssstats.project import find_project
    from ssstats.wording import import_words

    done = import_words(source, find_project().catalogue, signed_by=by)
    OUT.print(f"{done.changed} texts changed, {done.signed} signed, {done.unsigned} unsigned")


def lint(
    path: Annotated[Path, typer.Argument(help="A release's folder, or a text file.")],
    language: Annotated[str, typer.Option(help="Language of a text file: en or cy.")] = "en",
    release: Annotated[
        Path | None, typer.Option(help="Release whose figures a text file must agree with.")
    ] = None,
) -> None:
    """Look for sentences that claim more than the data show; exit code 10 where there are any."""
    from ssstats.errors import WordingError
    from ssstats.project import find_project
    from ssstats.wording import lint_release, lint_text, read_figures

    if path.is_dir():
        found = lint_release(path, find_project().catalogue)
    else:
        figures = read_figures(release / "data") if release else None
        text = read_plain_text(path)
        found = {path: lint_text(text, language=language, release=figures)}
    number = 0
    for file, findings in found.items():
        for finding in findings:
            number += 1
            place = f"{file.name}, line {finding.line}, column {finding.column}"
            OUT.print(f"{place}: {finding.found!r}: {finding.why}", markup=False)
            if finding.instead:
                OUT.print(f"        instead: {finding.instead}", markup=False)
    if number:
        raise WordingError(f"{number} places to mend")
    OUT.print("Nothing to mend.")


def read_plain_text(path: Path) -> str:
    """Return a text file's content, or say why it cannot be read."""
    from ssstats.errors import UsageError

    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"{path}: is no text file in UTF-8; give a text or a release") from None
