"""Commands about returns before a release: what is wrong with them."""

from __future__ import annotations

from typing import Annotated

import typer

from ssstats.cli.shared import OUT, ReturnsPath


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
        OUT.print(f"{row.severity:7} {row.period} {place}: {row.found}", markup=False)
        OUT.print(f"        {row.rule}: {row.why} {row.action}", markup=False)
    if len(results) > most:
        OUT.print(f"and {len(results) - most} more; raise --most to see them")
    for row in summary_of(results, applied).itertuples():
        OUT.print(f"{row.period} {row.severity:7} {row.rules:4} rules, {row.found:4} results")
    if (results["severity"] == "error").any():
        raise ChecksError("a rule that must hold is broken; correct the returns, or record why")
