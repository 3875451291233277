"""The `ssstats` command: reads options, shows progress, prints results. No logic of its own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ssstats import __version__
from ssstats.cli import (
    checking,
    exceptions,
    importing,
    packs,
    protecting,
    releasing,
    truth,
    wording,
)
from ssstats.cli.shared import ERR, OUT
from ssstats.errors import ReleaseError

app = typer.Typer(
    name="ssstats",
    help="From compiled social services returns to a disclosure-controlled release.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
_UNEXPECTED = 70


def main() -> None:
    """Run the command; print a user's mistake as one message and end with its exit code."""
    try:
        app(standalone_mode=True)
    except ReleaseError as mistake:
        ERR.print(f"ssstats: {mistake}", markup=False, style="bold red")
        sys.exit(mistake.exit_code)
    except MemoryError:
        ERR.print("ssstats: not enough memory; build with --workers 1", markup=False)
        sys.exit(_UNEXPECTED)
    except OSError as problem:
        where = Path(problem.filename).name if problem.filename else ""
        ERR.print(f"ssstats: {where}: {problem.strerror or problem}", markup=False)
        sys.exit(_UNEXPECTED)


@app.callback(invoke_without_command=True)
def _common(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    if version:
        OUT.print(f"ssstats {__version__}")
        raise typer.Exit


app.command()(releasing.release)
app.command()(releasing.authority)
app.command()(packs.partners)
app.command()(checking.template)
app.command("compile")(checking.compile_returns)
app.command("import")(importing.import_file)
app.command()(checking.check)
app.add_typer(exceptions.exceptions, name="exceptions")
app.command()(protecting.protect)
app.command()(protecting.attack)
app.command("check-release")(truth.check_release_files)
app.command()(wording.lint)
app.add_typer(wording.words, name="words")
app.command()(releasing.demo)
app.command()(releasing.dictionary)
