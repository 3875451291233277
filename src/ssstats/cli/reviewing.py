"""Commands of a reviewer: run notebooks again, compare, and try a revised return."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ssstats.cli.shared import OUT, Named, Period, cores, shown_progress

_Language = Annotated[str, typer.Option(help="en or cy.")]


def review(
    release: Annotated[Path, typer.Argument(help="Folder of the release.")],
    authority: Annotated[
        list[str] | None,
        typer.Option(help="Code, name or slug of an authority; may be given several times."),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Review every authority.")] = False,
    language: Annotated[str, typer.Option(help="en, cy, or both joined by a comma.")] = "en",
    html: Annotated[Path | None, typer.Option(help="Write the findings as a page too.")] = None,
    with_returns: Annotated[
        Path | None,
        typer.Option(help="Show what a revised return would change, before it is accepted."),
    ] = None,
    returns: Annotated[
        Path | None,
        typer.Option(help="Returns of the release, for --with-returns [default: demonstration]."),
    ] = None,
) -> None:
    """Run authorities' notebooks again from the release's own tables; say what differs.

    Exit code 1 where anything differs from what was published.
    """
    from ssstats.errors import NotebookError, UsageError
    from ssstats.project import find_project

    if with_returns is not None:
        _propose(release, returns, with_returns, language, html)
        return
    if every == bool(authority):
        raise UsageError("give --authority CODE, or --all for every authority")
    from ssstats.review import lines_of_reviews, page_of_reviews, review_release

    with shown_progress() as show:
        show(Named("Running the notebooks again"))
        reviews = review_release(
            release,
            authority or (),
            find_project(),
            languages=[part.strip() for part in language.split(",") if part.strip()],
            workers=cores(),
        )
    for line in lines_of_reviews(reviews):
        OUT.print(line, markup=False)
    if html is not None:
        html.write_text(page_of_reviews(f"Review of {release.name}", reviews), encoding="utf-8")
        OUT.print(f"Page: {html}", markup=False)
    if differing := [one.name for one in reviews if not one.identical]:
        raise NotebookError(
            f"{len(differing)} of {len(reviews)} notebooks differ from what was published"
        )


def _propose(
    release: Path, returns: Path | None, revised: Path, language: str, html: Path | None
) -> None:
    from ssstats.catalogue import read_catalogue
    from ssstats.project import find_project
    from ssstats.review import lines_of_proposal, page_of_proposal, propose_returns

    project = find_project()
    areas = read_catalogue(project.catalogue).areas
    names = dict(zip(areas["area"], areas["name_en"], strict=True))
    with shown_progress() as show:
        show(Named("The gate, commentary and notebooks with the revised return"))
        found = propose_returns(
            release,
            returns or project.demonstration,
            revised,
            project,
            language=language,
            workers=cores(),
        )
    for line in lines_of_proposal(found, names):
        OUT.print(line, markup=False)
    if html is not None:
        title = f"What {revised.name} would change in {release.name}"
        html.write_text(page_of_proposal(title, found, names), encoding="utf-8")
        OUT.print(f"Page: {html}", markup=False)


def authority(
    code: Annotated[str, typer.Argument(help="The authority's code, name or slug.")],
    release: Annotated[
        Path | None, typer.Option(help="Folder of the release [default: reports/PERIOD].")
    ] = None,
    period: Period = "2024-25",
    language: _Language = "en",
    save: Annotated[
        Path | None, typer.Option(help="Folder to keep the executed notebook in.")
    ] = None,
) -> None:
    """Run one authority's notebook again and say whether it gives what was published."""
    from ssstats.errors import NotebookError
    from ssstats.project import find_project
    from ssstats.review import lines_of_reviews, review_release

    folder = release or Path("reports") / period
    with shown_progress() as show:
        show(Named("Running the authority's notebook"))
        (found,) = review_release(
            folder, [code], find_project(), languages=[language], workers=1, save=save
        )
    for line in lines_of_reviews([found]):
        OUT.print(line, markup=False)
    if not found.identical:
        raise NotebookError(f"{found.name}: differs from {found.published}")
