"""The `ssstats` command: reads options, shows progress, prints results. No logic of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ssstats import __version__
from ssstats.errors import ReleaseError

app = typer.Typer(
    name="ssstats",
    help="From compiled social services returns to a disclosure-controlled release.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
_out = Console(highlight=False, soft_wrap=True)
_err = Console(stderr=True, highlight=False, soft_wrap=True)

_UNEXPECTED = 70

Period = Annotated[str, typer.Option(help="Reporting year, for example 2024-25.")]
ReturnsPath = Annotated[
    Path | None,
    typer.Option(help="File or folder of compiled returns [default: the synthetic demonstration]."),
]


def main() -> None:
    """Run the command; print a user's mistake as one message and end with its exit code."""
    try:
        app(standalone_mode=True)
    except ReleaseError as mistake:
        _err.print(f"ssstats: {mistake}", markup=False, style="bold red")
        sys.exit(mistake.exit_code)
    except MemoryError:
        _err.print("ssstats: not enough memory; build with --workers 1", markup=False)
        sys.exit(_UNEXPECTED)
    except OSError as problem:
        where = Path(problem.filename).name if problem.filename else ""
        _err.print(f"ssstats: {where}: {problem.strerror or problem}", markup=False)
        sys.exit(_UNEXPECTED)


@app.callback(invoke_without_command=True)
def _common(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    if version:
        _out.print(f"ssstats {__version__}")
        raise typer.Exit


@app.command()
def release(
    period: Period = "2024-25",
    returns: ReturnsPath = None,
    out: Annotated[Path, typer.Option(help="Folder that holds one folder a period.")] = Path(
        "reports"
    ),
    languages: Annotated[str, typer.Option(help="Languages, joined by commas: en, cy.")] = "en",
    authority: Annotated[
        list[str] | None,
        typer.Option(help="Make the page of this authority only; may be given several times."),
    ] = None,
    engine: Annotated[
        str, typer.Option(help="auto, quarto or embedded; auto takes Quarto where it is installed.")
    ] = "auto",
    workers: Annotated[
        int, typer.Option(min=0, help="Notebooks at a time; 0 takes the cores of this machine.")
    ] = 0,
    policy: Annotated[str, typer.Option(help="Disclosure policy in data/policy.")] = "round-5",
    published: Annotated[str, typer.Option(help="Date of publication as pages print it.")] = "",
) -> None:
    """Build a whole release: tables, notebooks, site and PDF."""
    from ssstats.periods import ReportingYear
    from ssstats.project import find_project

    # Before the rest is imported: a slip in the period is answered at once.
    year, project = ReportingYear.parse(period), find_project()
    from ssstats.release import ReleaseOptions, build_release

    options = ReleaseOptions(
        period=year,
        returns=returns or project.demonstration,
        out=out,
        languages=tuple(part.strip() for part in languages.split(",") if part.strip()),
        authorities=tuple(authority or ()),
        engine=engine,
        workers=workers or _cores(),
        policy=policy,
        published=published,
    )
    with _progress() as show:
        built = build_release(options, project, progress=show)
    if built.synthetic:
        _out.print("The returns are synthetic: every page says so.")
    _out.print(f"{built.notebooks} notebooks, rendered with the {built.engine} engine.")
    for document in built.documents:
        _out.print(f"PDF:  {document}")
    for site in built.sites:
        _out.print(f"Site: {site / 'index.html'}")
    _out.print(f"The release is in {built.folder}")


@app.command()
def check(
    returns: ReturnsPath = None,
    period: Annotated[str, typer.Option(help="Show this reporting year only.")] = "",
    most: Annotated[int, typer.Option(min=1, help="Results to print at most.")] = 50,
) -> None:
    """Check compiled returns against the rules of the guidance; print what is wrong with them.

    What it prints holds returned values: it is for the statistician and the authority, not for
    publication. Exit code 5 where a rule that must hold is broken.
    """
    from ssstats.catalogue import read_catalogue
    from ssstats.checks import check_returns, summary_of
    from ssstats.errors import ChecksError
    from ssstats.project import find_project
    from ssstats.returns import read_returns

    project = find_project()
    catalogue = read_catalogue(project.catalogue)
    results, applied = check_returns(
        read_returns(returns or project.demonstration, catalogue), catalogue
    )
    if period:
        results = results[results["period"] == period]
        applied = applied[applied["period"] == period]
    names = dict(zip(catalogue.areas["area"], catalogue.areas["name_en"], strict=True))
    for row in results.head(most).itertuples():
        place = f"{names.get(row.area, row.area)} {row.reference}".strip()
        _out.print(f"{row.severity:7} {row.period} {place}: {row.found}", markup=False)
        _out.print(f"        {row.rule}: {row.why} {row.action}", markup=False)
    if len(results) > most:
        _out.print(f"and {len(results) - most} more; raise --most to see them")
    for row in summary_of(results, applied).itertuples():
        _out.print(f"{row.period} {row.severity:7} {row.rules:4} rules, {row.found:4} results")
    if (results["severity"] == "error").any():
        raise ChecksError("a rule that must hold is broken; correct the returns, or record why")


@app.command()
def demo(
    out: Annotated[
        Path | None, typer.Option(help="Folder to write to [default: data/synthetic].")
    ] = None,
    seed: Annotated[int, typer.Option(help="Another seed gives other returns.")] = 2025,
) -> None:
    """Write the synthetic demonstration returns anew."""
    from ssstats.catalogue import read_catalogue
    from ssstats.demonstration import write_demonstration
    from ssstats.project import find_project

    project = find_project()
    folder = out or project.demonstration
    written = write_demonstration(
        read_catalogue(project.catalogue),
        folder,
        inputs=project.root / "data" / "demonstration",
        seed=seed,
    )
    _out.print(f"{len(written)} files of synthetic returns are in {folder}")


@app.command()
def authority(
    code: Annotated[str, typer.Argument(help="The authority's code, name or slug.")],
    release: Annotated[
        Path | None, typer.Option(help="Folder of the release [default: reports/PERIOD].")
    ] = None,
    period: Period = "2024-25",
    language: Annotated[str, typer.Option(help="en or cy.")] = "en",
    save: Annotated[Path | None, typer.Option(help="Keep the executed notebook here.")] = None,
) -> None:
    """Run one authority's notebook again and say whether it gives what was published."""
    from ssstats.errors import NotebookError
    from ssstats.project import find_project
    from ssstats.release import rerun_authority

    folder = release or Path("reports") / period
    with _progress() as show:
        show(_Named("Running the authority's notebook"))
        review = rerun_authority(folder, code, find_project(), language=language, save=save)
    if review.executed is not None:
        _out.print(f"Executed notebook: {review.executed}")
    if not review.identical:
        cells = ", ".join(str(number) for number in review.differing_cells) or "metadata only"
        raise NotebookError(
            f"{review.name}: differs from {review.published}; cells that differ: {cells}"
        )
    _out.print(f"{review.name}: identical to what was published ({review.published})")


@app.command()
def dictionary() -> None:
    """Write docs/data-dictionary.md anew from the catalogue."""
    from ssstats.catalogue import read_catalogue
    from ssstats.catalogue.dictionary import write_dictionary
    from ssstats.project import find_project

    project = find_project()
    path = project.root / "docs" / "data-dictionary.md"
    path.write_text(write_dictionary(read_catalogue(project.catalogue)), encoding="utf-8")
    _out.print(f"{path.relative_to(project.root)} is written")


class _Named:
    """A step without parts, for the progress display."""

    def __init__(self, name: str) -> None:
        self.name, self.done, self.total = name, 0, 0


@contextmanager
def _progress() -> Iterator[Callable[..., None]]:
    """Show steps as they come: a bar on a terminal, one line a step elsewhere."""
    if not _err.is_terminal:
        said: set[str] = set()

        def line(step) -> None:  # type: ignore[no-untyped-def]
            if step.name not in said:
                said.add(step.name)
                _err.print(f"{step.name} ...", markup=False)

        yield line
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=_err, transient=True) as bars:
        tasks: dict[str, object] = {}

        def bar(step) -> None:  # type: ignore[no-untyped-def]
            if step.name not in tasks:
                tasks[step.name] = bars.add_task(step.name, total=step.total or None)
            bars.update(tasks[step.name], completed=step.done, total=step.total or None)  # type: ignore[arg-type]

        yield bar


def _cores() -> int:
    import os

    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


if __name__ == "__main__":
    main()
