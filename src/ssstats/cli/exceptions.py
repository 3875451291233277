"""Commands about recorded exceptions: list them, decide on them, learn from them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ssstats.cli.shared import OUT, ReturnsPath

exceptions = typer.Typer(
    help="List recorded exceptions, decide on them, and learn from them.", no_args_is_help=True
)

_DECISIONS = {"accept": "accepted", "reverse": "reversed"}
_WORDS_OF_ID, _WORDS_OF_PLACE = 2, 4


@exceptions.command("list")
def list_exceptions(
    returns: ReturnsPath = None,
    authority: Annotated[str, typer.Option(help="Code, name or slug of one authority.")] = "",
    period: Annotated[str, typer.Option(help="This reporting year only.")] = "",
    most: Annotated[int, typer.Option(min=1, help="Dependent values to print of each.")] = 20,
    json: Annotated[Path | None, typer.Option(help="Write them to this JSON file.")] = None,
    csv: Annotated[Path | None, typer.Option(help="Write them to this CSV file.")] = None,
) -> None:
    """List recorded exceptions and what each changes, for the authority and for Wales.

    What it prints and writes holds unprotected counts: it is for statisticians only. Files can be
    read by their owner alone.
    """
    from ssstats.catalogue import read_catalogue
    from ssstats.checks import effects_of_exceptions
    from ssstats.checks.listing import csv_of_exceptions, json_of_exceptions, lines_of_exceptions
    from ssstats.project import find_project
    from ssstats.returns import exception_ids, read_returns
    from ssstats.whole_files import write_private

    project = find_project()
    catalogue = read_catalogue(project.catalogue)
    read = read_returns(returns or project.demonstration, catalogue)
    ids = exception_ids(read.exceptions)
    chosen = read.exceptions.assign(exception=ids)[
        _chosen(read.exceptions, catalogue, authority, period)
    ].sort_values(["period", "area", "reference", "exception"], ascending=[False, True, True, True])
    effects = effects_of_exceptions(read, catalogue)
    effects = effects[effects["exception"].isin(chosen["exception"])]
    if not len(chosen):
        OUT.print("No exception is recorded here.")
    elif json is None and csv is None:
        names = dict(zip(catalogue.areas["area"], catalogue.areas["name_en"], strict=True))
        for line in lines_of_exceptions(chosen, effects, names, most=most):
            OUT.print(line, markup=False)
    for path, write in ((json, json_of_exceptions), (csv, csv_of_exceptions)):
        if path is not None:
            OUT.print(
                f"{len(chosen)} exceptions are in {write_private(path, write(chosen, effects))}"
            )


@exceptions.command("decide")
def decide(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="ID|AUTHORITY PERIOD REFERENCE accept|reverse",
            help="Which exception, and what is decided.",
        ),
    ],
    returns: Annotated[Path, typer.Option(help="Folder of returns, or the exceptions file.")],
    by: Annotated[str, typer.Option(help="Who decided.")],
    on: Annotated[str, typer.Option(help="Day of the decision, as 2025-06-12.")],
    why: Annotated[str, typer.Option(help="Why it was decided so.")] = "",
    again: Annotated[bool, typer.Option("--again", help="Replace an earlier decision.")] = False,
) -> None:
    """Accept or reverse a recorded exception, and write the decision beside it.

    Accepted, the value stands as it was returned. Reversed, the amount is taken off before
    anything is checked or added up.
    """
    from ssstats.catalogue import read_catalogue
    from ssstats.errors import UsageError
    from ssstats.project import find_project
    from ssstats.returns import Decision, decide_exception

    if len(words) not in (_WORDS_OF_ID, _WORDS_OF_PLACE):
        raise UsageError(
            "give an exception's name and accept or reverse, or authority, period, reference and "
            "accept or reverse"
        )
    if words[-1] not in _DECISIONS:
        raise UsageError(f"decision {words[-1]!r} is not known; use accept or reverse")
    decision = Decision.checked(_DECISIONS[words[-1]], by=by, on=on, why=why)
    catalogue = read_catalogue(find_project().catalogue)
    name = words[0] if len(words) == _WORDS_OF_ID else _named(returns, words, catalogue)
    path = decide_exception(returns, name, decision, catalogue, again=again)
    OUT.print(f"Exception {name} is {decision.decision}; {path} says so.")


@exceptions.command("feedback")
def feedback(
    returns: ReturnsPath = None,
    out: Annotated[Path, typer.Option(help="CSV file to write.")] = Path(
        "exceptions-by-reference.csv"
    ),
) -> None:
    """Write how often and why each reference was excepted: feedback for next year's guidance.

    The reasons are as the authorities wrote them: read them before you pass the file on.
    """
    from ssstats.catalogue import read_catalogue
    from ssstats.checks import feedback_by_reference
    from ssstats.formatting import csv_text
    from ssstats.project import find_project
    from ssstats.returns import read_returns
    from ssstats.whole_files import write_private

    project = find_project()
    catalogue = read_catalogue(project.catalogue)
    read = read_returns(returns or project.demonstration, catalogue)
    told = feedback_by_reference(read.exceptions, catalogue)
    OUT.print(f"{len(told)} references are in {write_private(out, csv_text(told))}")


def _chosen(recorded, catalogue, authority: str, period: str):  # type: ignore[no-untyped-def]
    """Return which exceptions are those of an authority and a year; blank means all."""
    from ssstats.periods import ReportingYear
    from ssstats.release.areas import authorities_named

    chosen = recorded["area"] != ""
    if authority:
        chosen &= recorded["area"] == authorities_named([authority], catalogue)[0]
    if period:
        chosen &= recorded["period"] == str(ReportingYear.parse(period))
    return chosen


def _named(returns: Path, words: list[str], catalogue) -> str:  # type: ignore[no-untyped-def]
    """Return the name of the one exception of an authority, year and reference."""
    from ssstats.errors import UsageError
    from ssstats.returns import exception_ids, exceptions_to_decide

    authority, period, reference, _ = words
    recorded = exceptions_to_decide(returns, catalogue)
    chosen = _chosen(recorded, catalogue, authority, period)
    ids = exception_ids(recorded)[chosen & (recorded["reference"] == reference)]
    if len(ids) != 1:
        found = f"{len(ids)} are recorded: {', '.join(ids)}" if len(ids) else "none is recorded"
        raise UsageError(
            f"{authority} {period} {reference}: {found}; name one as `ssstats exceptions list` "
            "names it"
        )
    return str(ids.iloc[0])
