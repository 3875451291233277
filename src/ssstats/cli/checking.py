"""Commands about returns before a release: forms out, returns in, what is wrong with them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ssstats.cli.shared import OUT, Period, ReturnsPath


def check(
    returns: ReturnsPath = None,
    period: Annotated[str, typer.Option(help="Show this reporting year only.")] = "",
    most: Annotated[int, typer.Option(min=1, help="Results to print at most.")] = 50,
    report: Annotated[
        Path | None,
        typer.Option(help="Folder for checks.json and an HTML page an authority."),
    ] = None,
) -> None:
    """Check compiled returns against the rules of the guidance; print what is wrong with them.

    What it prints and writes holds returned values: it is for the statistician and the authority,
    not for publication. Exit code 5 where a rule that must hold is broken without an accepted
    exception.
    """
    from ssstats.catalogue import read_catalogue
    from ssstats.checks import blocking, check_returns, summary_of, write_check_report
    from ssstats.checks.results import SEVERITIES
    from ssstats.errors import ChecksError
    from ssstats.project import find_project
    from ssstats.returns import apply_decisions, read_returns

    project = find_project()
    catalogue = read_catalogue(project.catalogue)
    read = read_returns(returns or project.demonstration, catalogue)
    results, applied = check_returns(apply_decisions(read), catalogue)
    if report is not None:
        written = write_check_report(results, applied, read, catalogue, report)
        OUT.print(f"{len(written)} files of the report are in {report}")
    if period:
        results = results[results["period"] == period]
        applied = applied[applied["period"] == period]
    names = dict(zip(catalogue.areas["area"], catalogue.areas["name_en"], strict=True))
    gravest_first = results.assign(rank=results["severity"].map(SEVERITIES.index))
    for row in gravest_first.sort_values("rank", kind="stable").head(most).itertuples():
        place = f"{names.get(row.area, row.area)} {row.reference}".strip()
        OUT.print(f"{row.severity:7} {row.period} {place}: {row.found}", markup=False)
        OUT.print(f"        {row.rule}: {row.why} {row.action}", markup=False)
    if len(results) > most:
        OUT.print(f"and {len(results) - most} more; raise --most to see them")
    for row in summary_of(results, applied).itertuples():
        OUT.print(f"{row.period} {row.severity:7} {row.rules:4} rules, {row.found:4} results")
    if open_errors := len(blocking(results)):
        raise ChecksError(
            f"{open_errors} results break a rule that must hold; correct the returns, or record "
            "an exception and have it accepted"
        )


def template(
    authority: Annotated[str, typer.Argument(help="The authority's code, name or slug.")],
    period: Period = "2024-25",
    edition: Annotated[
        str | None, typer.Option(help="Edition of the guidance [default: the metrics of 2020].")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder to write the workbook to.")] = Path("templates"),
    kind: Annotated[str, typer.Option(help="xlsx or ods.")] = "xlsx",
    language: Annotated[str, typer.Option(help="en or cy.")] = "en",
) -> None:
    """Write the workbook that an authority fills in and sends back."""
    from ssstats.catalogue import read_catalogue
    from ssstats.catalogue.names import METRIC_EDITION
    from ssstats.errors import UsageError
    from ssstats.periods import ReportingYear
    from ssstats.project import find_project
    from ssstats.release.areas import authorities_named
    from ssstats.returns import template_name, write_template
    from ssstats.words import read_words

    if kind not in ("xlsx", "ods"):
        raise UsageError(f"kind {kind!r} is not known; use xlsx or ods")
    year = str(ReportingYear.parse(period))
    project = find_project()
    catalogue, words = read_catalogue(project.catalogue), read_words(project.catalogue, language)
    area = authorities_named([authority], catalogue)[0]
    out.mkdir(parents=True, exist_ok=True)
    name = Path(template_name(catalogue, area=area, period=year)).with_suffix(f".{kind}")
    path = write_template(
        out / name,
        catalogue,
        words,
        area=area,
        edition=edition or METRIC_EDITION,
        period=year,
    )
    OUT.print(f"The workbook is {path}")


def compile_returns(
    folder: Annotated[Path, typer.Argument(help="Folder of filled workbooks and CSV files.")],
    out: Annotated[Path, typer.Option(help="Folder for the compiled return.")] = Path("compiled"),
) -> None:
    """Read the returns of all authorities into one compiled return, with notes on every repair."""
    from ssstats.catalogue import read_catalogue
    from ssstats.project import find_project
    from ssstats.returns import read_returns, write_compiled

    returns = read_returns(folder, read_catalogue(find_project().catalogue))
    for path in write_compiled(returns, out):
        OUT.print(f"{path} is written")
    OUT.print(
        f"{len(returns.files)} files, {len(returns.values)} values, "
        f"{len(returns.reading)} notes on how something was read"
    )
