"""Commands about words: their way to a translator and back, and the lint."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ssstats.cli.shared import OUT

if TYPE_CHECKING:
    from ssstats.wording import Finding

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
    OUT.print(f"{len(done.changed)} texts changed, {len(done.signed)} signed")
    OUT.print(f"{len(done.unsigned)} signatures fell")


def lint(
    path: Annotated[
        Path,
        typer.Argument(help="A release's folder, a text file, or a folder of texts by hand."),
    ],
    language: Annotated[str, typer.Option(help="Language of a text file: en or cy.")] = "en",
    release: Annotated[
        Path | None,
        typer.Option(help="Release whose figures texts must agree with; texts by hand need one."),
    ] = None,
) -> None:
    """Look for sentences that claim more than the data show; exit code 10 where there are any."""
    from ssstats.errors import WordingError

    if (path / "data").is_dir():
        found = _findings_of_release(path)
    elif path.is_dir():
        found = _findings_by_hand(path, release)
    else:
        found = _findings_of_text(path, language, release)
    for line in found:
        OUT.print(line, markup=False)
    if found:
        raise WordingError(f"places to mend: {len(found)}")
    OUT.print("Nothing to mend.")


def _findings_of_release(path: Path) -> list[str]:
    from ssstats.project import find_project
    from ssstats.wording import lint_release

    found = lint_release(path, find_project().catalogue)
    return [_told(file.name, finding) for file, own in found.items() for finding in own]


def _findings_of_text(path: Path, language: str, release: Path | None) -> list[str]:
    from ssstats.catalogue import read_catalogue
    from ssstats.project import find_project
    from ssstats.wording import labels_of_items, lint_text, misplaced_numbers, read_figures

    folder = find_project().catalogue
    areas, labels = read_catalogue(folder).areas, labels_of_items(folder)
    figures = read_figures(release / "data", areas=areas, labels=labels) if release else None
    text = read_plain_text(path)
    found = lint_text(text, language=language, release=figures)
    if figures is not None and figures.placed is not None:
        found += misplaced_numbers(text, figures.placed)
    return [_told(path.name, own) for own in found]


def _findings_by_hand(path: Path, release: Path | None) -> list[str]:
    from ssstats.chapters import open_release
    from ssstats.commentary import lint_handwritten
    from ssstats.disclosure.release_tables import read_release_tables
    from ssstats.errors import UsageError
    from ssstats.project import find_project
    from ssstats.wording import labels_of_items, read_figures
    from ssstats.words import word_table

    if release is None:
        raise UsageError(
            f"{path}: is no release; where it holds texts written by hand, name the release that "
            "they belong to with --release"
        )
    if not any(path.glob("*/*.md")):
        raise UsageError(f"{path}: holds no texts; give a folder with en/*.md or cy/*.md")
    period = str(read_release_tables(release / "data").facts["period"])
    words = word_table(find_project().catalogue)
    opened = open_release(str(release / "data"), period=period, language="en")
    figures = read_figures(
        release / "data",
        wording=[*words["en"], *words["cy"]],
        areas=opened.areas,
        labels=labels_of_items(find_project().catalogue),
    )
    return lint_handwritten(path, opened, figures=figures)


def _told(name: str, finding: Finding) -> str:
    place = f"{name}, line {finding.line}, column {finding.column}"
    instead = f" Instead: {finding.instead}" if finding.instead else ""
    return f"{place}: {finding.found!r}: {finding.why}{instead}"


def read_plain_text(path: Path) -> str:
    """Return a text file's content, or say why it cannot be read."""
    from ssstats.errors import UsageError

    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"{path}: is no text file in UTF-8; give a text or a release") from None
