"""Commands about disclosure: protect a table, attack a table or a release."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple, TypedDict

import typer

from ssstats.cli.shared import OUT
from ssstats.errors import UsageError

if TYPE_CHECKING:
    from ssstats.disclosure.suppression_optimise import Effort

Cells = Annotated[
    Path | None,
    typer.Option(help="CSV of cells: cell_id, any dimensions, freq, status (u, z, s or p)."),
]
Constraints = Annotated[
    Path | None,
    typer.Option(help="CSV of relations: con, cell_id, coef; sums of coef * freq are 0."),
]
LowerBound = Annotated[
    int,
    typer.Option(min=0, max=1, help="The least count that readers expect of a hidden cell."),
]
Threshold = Annotated[
    int | None,
    typer.Option(min=2, help="Counts below it are small [default: T of meta.json beside, or 5]."),
]


def protect(
    table: Annotated[
        Path | None, typer.Argument(help="CSV with one row a cell; totals are found or added.")
    ] = None,
    cells: Cells = None,
    constraints: Constraints = None,
    policy: Annotated[str, typer.Option(help="suppress, or round-5 (3, 5 or 10).")] = "suppress",
    pattern: Annotated[
        Path | None, typer.Option(help="Write which cells are hidden (or rounded counts) here.")
    ] = None,
    report: Annotated[Path | None, typer.Option(help="Write cost, bound and reasons here.")] = None,
    dimensions: Annotated[
        str, typer.Option(help="Columns of TABLE that break counts down, joined by commas.")
    ] = "",
    measure: Annotated[str, typer.Option(help="Column of TABLE with the counts.")] = "",
    hierarchy: Annotated[
        list[str] | None,
        typer.Option(help="DIMENSION=FILE with columns parent, child; may be given again."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write the protected TABLE here.")] = None,
    threshold: Threshold = None,
    lb: LowerBound = 1,
    costs: Annotated[
        str, typer.Option(help="What hiding a cell costs: value, count or sqrt.")
    ] = "value",
    effort: Annotated[
        str, typer.Option(help="How long to look for a cheaper pattern: quick, usual or thorough.")
    ] = "usual",
) -> None:
    """Protect a table of counts: hide the cheapest safe set of cells, or round so that it adds up.

    Give a TABLE with --dimensions, --measure and --out, or --cells, --constraints and --pattern.
    Every result was attacked before it is written. Exit code 6 where a cell cannot be protected.
    """
    from ssstats.disclosure.rounding_instance import base_of_policy
    from ssstats.disclosure.suppression_optimise import effort_named

    base, asked = base_of_policy(policy), effort_named(effort)
    if table is None:
        files = _instance(cells, constraints, pattern)
        small = threshold or _threshold_beside(files[0])
        if base is None:
            lines = _suppress_instance(files, report, _Choices(small, lb, costs, asked))
        else:
            lines = _round_instance(files, report, base, lb)
    else:
        wanted = _table(table, dimensions, measure, out, hierarchy, cells or constraints)
        small = threshold or 5
        if base is None:
            lines = _suppress_table(wanted, report, _Choices(small, lb, costs, asked))
        else:
            lines = _round_table(wanted, report, small, base)
    for line in lines:
        OUT.print(line, markup=False)


def attack(
    release: Annotated[Path | None, typer.Argument(help="Folder of the release.")] = None,
    cells: Cells = None,
    constraints: Constraints = None,
    pattern: Annotated[
        Path | None, typer.Option(help="CSV of what is hidden: cell_id, suppressed (0 or 1).")
    ] = None,
    lb: LowerBound = 1,
    threshold: Threshold = None,
    audit: Annotated[Path | None, typer.Option(help="Write what was proved as JSON.")] = None,
    earlier: Annotated[
        list[Path] | None,
        typer.Option(help="Folder of a release before it; may be given again, the oldest first."),
    ] = None,
) -> None:
    """Attack as an intruder would; exit code 6 where a hidden count can be narrowed.

    Give a RELEASE, of which the data files, the tables of its pages and the guidance are read
    alone, or a table as --cells, --constraints and --pattern. Says what was proved, never a count.
    """
    if release is not None and not (cells or constraints or pattern):
        _attack_release(release, audit, earlier or [])
        return
    from ssstats.disclosure.attack_instance import attack_instance, describe_attack, require_safe
    from ssstats.disclosure.suppression_instance import check_writable, write_record

    if release is not None or earlier:
        raise UsageError("give either a release or --cells, --constraints and --pattern, not both")
    files = _instance(cells, constraints, pattern)
    check_writable(*([audit] if audit else []))
    report = attack_instance(
        *files, lower_bound=lb, threshold=threshold or _threshold_beside(files[0])
    )
    for line in describe_attack(report):
        OUT.print(line, markup=False)
    if audit is not None:
        write_record(report.as_record(), audit)
    require_safe(report)


def enter(
    release: Annotated[Path, typer.Argument(help="Folder of the release that was published.")],
    ledger: Annotated[Path, typer.Option(help="Folder of the ledger; made where there is none.")],
) -> None:
    """Enter a release in the ledger on the day it is published: it cannot be taken back.

    Builds with --ledger count on readers having every release in it. Holds published files only.
    """
    from ssstats.disclosure.ledger import enter_release, read_ledger

    is_new = enter_release(ledger, release / "data")
    number = len(read_ledger(ledger))
    OUT.print(f"{release.name} is {'now ' if is_new else ''}entry {number} of the ledger")


def _attack_release(release: Path, audit: Path | None, earlier: list[Path]) -> None:
    from ssstats.catalogue import read_catalogue
    from ssstats.disclosure.release_attack_pages import check_pages, describe_pages
    from ssstats.disclosure.release_attack_report import (
        attack_release,
        describe_report,
        require_protected,
        write_audit,
    )
    from ssstats.project import find_project
    from ssstats.words import LANGUAGES, read_words

    project = find_project()
    catalogue = read_catalogue(project.catalogue)
    report = attack_release(release / "data", catalogue, [each / "data" for each in earlier])
    words = {language: read_words(project.catalogue, language) for language in LANGUAGES}
    for line in [*describe_pages(check_pages(release, catalogue, words)), *describe_report(report)]:
        OUT.print(line, markup=False)
    if audit is not None:
        write_audit(report, audit)
    require_protected(report)


def _instance(
    cells: Path | None, constraints: Path | None, pattern: Path | None
) -> tuple[Path, Path, Path]:
    if cells is None or constraints is None or pattern is None:
        raise UsageError(
            "give a table, or all three of --cells, --constraints and --pattern; --help explains"
        )
    return cells, constraints, pattern


def _threshold_beside(cells: Path) -> int:
    from ssstats.disclosure.suppression_instance import threshold_beside

    return threshold_beside(cells)


class _Choices(NamedTuple):
    threshold: int
    lower_bound: int
    costs: str
    effort: Effort


class _Wanted(TypedDict):
    table: Path
    dimensions: list[str]
    measure: str
    out: Path
    hierarchies: list[tuple[str, Path]]


def _table(
    table: Path,
    dimensions: str,
    measure: str,
    out: Path | None,
    hierarchy: list[str] | None,
    instance: Path | None,
) -> _Wanted:
    if instance is not None:
        raise UsageError("give either a table or --cells and --constraints, not both")
    names = [name.strip() for name in dimensions.split(",") if name.strip()]
    if not names or not measure or out is None:
        raise UsageError("a table needs --dimensions, --measure and --out; --help explains")
    parts = [given.rpartition("=") for given in hierarchy or []]
    return _Wanted(
        table=table,
        dimensions=names,
        measure=measure,
        out=out,
        hierarchies=[(name.strip(), Path(file)) for name, _, file in parts],
    )


def _suppress_instance(
    files: tuple[Path, Path, Path], report: Path | None, chosen: _Choices
) -> list[str]:
    from ssstats.disclosure.suppression_instance import describe_suppression, protect_instance

    cells, constraints, pattern = files
    result = protect_instance(
        cells,
        constraints,
        pattern=pattern,
        report=report,
        threshold=chosen.threshold,
        lower_bound=chosen.lower_bound,
        costs=chosen.costs,
        effort=chosen.effort,
    )
    lines = describe_suppression(result, chosen.threshold, chosen.lower_bound)
    return [*lines, f"The pattern is {pattern}"]


def _round_instance(
    files: tuple[Path, Path, Path], report: Path | None, base: int, lb: int
) -> list[str]:
    from ssstats.disclosure.rounding_instance import describe_rounding, round_instance

    cells, constraints, pattern = files
    proved = round_instance(
        cells, constraints, pattern=pattern, report=report, base=base, lower_bound=lb
    )
    return [*describe_rounding(proved), f"The rounded counts are in {pattern}"]


def _suppress_table(wanted: _Wanted, report: Path | None, chosen: _Choices) -> list[str]:
    from ssstats.disclosure.ad_hoc import protect_table
    from ssstats.disclosure.suppression_instance import describe_suppression

    result = protect_table(
        **wanted,
        report=report,
        threshold=chosen.threshold,
        lower_bound=chosen.lower_bound,
        costs=chosen.costs,
        effort=chosen.effort,
    )
    lines = describe_suppression(result, chosen.threshold, chosen.lower_bound)
    return [*lines, f"The table is {wanted['out']}"]


def _round_table(wanted: _Wanted, report: Path | None, threshold: int, base: int) -> list[str]:
    from ssstats.disclosure.ad_hoc import round_table
    from ssstats.disclosure.rounding_instance import describe_rounding

    proved = round_table(**wanted, report=report, threshold=threshold, base=base)
    return [*describe_rounding(proved), f"The table is {wanted['out']}"]
