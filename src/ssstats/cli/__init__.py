"""The `ssstats` command: reads options, shows progress, prints results. No logic of its own."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from ssstats import __version__
from ssstats.cli import (
    checking,
    exceptions,
    importing,
    machine,
    packs,
    protecting,
    releasing,
    reviewing,
    truth,
    wording,
)
from ssstats.cli.shared import ERR, OUT
from ssstats.errors import ReleaseError

try:
    import resource
except ImportError:  # Windows writes no core files.
    resource = None  # type: ignore[assignment]

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
    _write_no_memory_to_disk()
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
        ERR.print(f"ssstats: {where}: {problem.strerror or type(problem).__name__}", markup=False)
        sys.exit(_UNEXPECTED)
    except Exception as fault:
        _describe(fault)
        sys.exit(_UNEXPECTED)


def _write_no_memory_to_disk() -> None:
    """Forbid crash dumps: what is in memory may hold counts that nobody may read."""
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _describe(fault: Exception) -> None:
    """Say where a fault of ours happened, and nothing of what was being worked on.

    The message of an unforeseen exception may quote a value, so it is not printed.
    """
    ERR.print(f"ssstats: a fault in the program ({type(fault).__name__}), at:", markup=False)
    for frame in traceback.extract_tb(fault.__traceback__):
        ERR.print(f"  {Path(frame.filename).name}, line {frame.lineno}", markup=False)
    ERR.print("Nothing was published. Please report these lines; they hold no figures.")


@app.callback(invoke_without_command=True)
def _common(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    if version:
        OUT.print(f"ssstats {__version__}")
        raise typer.Exit


app.command()(releasing.release)
app.command()(releasing.sign)
app.command()(releasing.withdraw)
app.command()(reviewing.review)
app.command()(reviewing.authority)
app.command()(reviewing.serve)
app.command()(packs.partners)
app.command()(packs.director)
app.command()(checking.template)
app.command("compile")(checking.compile_returns)
app.command("import")(importing.import_file)
app.command()(checking.check)
app.add_typer(exceptions.exceptions, name="exceptions")
app.command()(protecting.protect)
app.command()(protecting.attack)
app.command()(protecting.enter)
app.command("check-release")(truth.check_release_files)
app.command()(truth.verify)
app.command()(truth.scan)
app.command()(truth.difference)
app.command()(wording.lint)
app.command()(machine.doctor)
app.command()(machine.licences)
app.add_typer(wording.words, name="words")
app.command()(releasing.demo)
app.command()(releasing.dictionary)
