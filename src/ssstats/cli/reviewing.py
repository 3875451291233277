"""Commands of a reviewer: run notebooks again, compare, and try a revised return."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ssstats.cli.shared import ERR, OUT, Named, Period, cores, shown_progress

_START_TRIES, _TRY_SECONDS = 300, 0.2
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
    from ssstats.errors import UsageError

    if with_returns is not None:
        _propose(release, returns, with_returns, language, html)
        return
    if every == bool(authority):
        raise UsageError("give --authority CODE, or --all for every authority")
    languages = [part.strip() for part in language.split(",") if part.strip()]
    _review(release, authority or [], languages, html, None)


def _review(
    release: Path,
    authorities: list[str],
    languages: list[str],
    html: Path | None,
    save: Path | None,
) -> None:
    """Ask the warm server if one runs, else do what it would do; print what was found."""
    from ssstats.errors import NotebookError
    from ssstats.warm_server import ask

    request = {
        "release": str(release.resolve()),
        "authorities": authorities,
        "languages": languages,
        "folder": str(Path.cwd()),
        "save": str(save.resolve()) if save else "",
    }
    with shown_progress() as show:
        show(Named("Running the notebooks again"))
        found = ask(request) or _reviewed(request)
    if "mistake" in found:
        ERR.print(f"ssstats: {found['mistake']}", markup=False, style="bold red")
        raise typer.Exit(int(found["exit_code"]))
    for line in found["lines"]:
        OUT.print(line, markup=False)
    if html is not None:
        html.write_text(found["page"], encoding="utf-8")
        OUT.print(f"Page: {html}", markup=False)
    if found["differing"]:
        raise NotebookError(
            f"{len(found['differing'])} of {found['notebooks']} notebooks differ from what was "
            "published"
        )


def _reviewed(request: dict[str, Any]) -> dict[str, Any]:
    from ssstats.project import find_project
    from ssstats.review import lines_of_reviews, page_of_reviews, review_release

    release = Path(request["release"])
    reviews = review_release(
        release,
        request["authorities"],
        find_project(),
        languages=request["languages"],
        workers=cores(),
        save=Path(request["save"]) if request["save"] else None,
    )
    return {
        "lines": lines_of_reviews(reviews),
        "page": page_of_reviews(f"Review of {release.name}", reviews),
        "differing": [one.name for one in reviews if not one.identical],
        "notebooks": len(reviews),
    }


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
    _review(release or Path("reports") / period, [code], [language], None, save)


def serve(
    idle: Annotated[float, typer.Option(min=1, help="Seconds without a request to end.")] = 600,
    stop: Annotated[bool, typer.Option("--stop", help="End the server that runs.")] = False,
    foreground: Annotated[bool, typer.Option(help="Stay in this terminal.")] = False,
) -> None:
    """Keep a server warm, so that review and authority answer in about a second.

    No command needs it. It listens on a socket that only you can reach, and ends by itself.
    """
    import subprocess
    import sys
    import time

    from ssstats.errors import UsageError
    from ssstats.warm_server import SOCKET, ask, server_folder

    if stop:
        OUT.print("The server ends." if ask({"stop": True}) else "No server of this code runs.")
        return
    if foreground:
        from ssstats.review.serving import serve as serve_reviews

        serve_reviews(idle, workers=cores())
        return
    if (server_folder() / SOCKET).exists() and ask({"ping": True}) is not None:
        raise UsageError("a warm server runs already; ssstats serve --stop ends it")
    command = [sys.executable, "-m", "ssstats.cli", "serve", "--foreground", "--idle", str(idle)]
    started = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    for _ in range(_START_TRIES):
        if ask({"ping": True}) is not None:
            OUT.print(f"The warm server runs; it ends after {idle:g} seconds without a request.")
            return
        if started.poll() is not None:
            break
        time.sleep(_TRY_SECONDS)
    raise UsageError("the warm server did not start; ssstats serve --foreground says why")
