"""Whole builds in seconds: a few metrics of two years of the demonstration returns."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import nbformat
import pandas as pd

from ssstats.periods import ReportingYear
from ssstats.project import Project, find_project
from ssstats.release import Built, ReleaseOptions, build_release

PROJECT = find_project(Path(__file__).parent)
YEARS = ("2023-24", "2024-25")
REFERENCES = ("AD/001", "AD/002a", "AD/003", "CA/001", "CH/001", "CH/041", "WF/001")


def write_small_returns(folder: Path, references: Sequence[str] = REFERENCES) -> Path:
    """Write compiled returns of a few metrics into `folder` and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for year in YEARS:
        name = f"synthetic-returns-{year}.csv"
        values = pd.read_csv(PROJECT.demonstration / name, dtype=str, keep_default_na=False)
        few = values["reference"].isin(references) & (values["breakdown"] == "")
        values[few & (values["edition"] == "2020-proposed")].to_csv(folder / name, index=False)
    return folder


def small_options(returns: Path, out: Path, **more) -> ReleaseOptions:
    return ReleaseOptions(
        returns=returns,
        out=out,
        engine="embedded",
        **{"period": ReportingYear.parse("2024-25"), "authorities": ("powys",), **more},
    )


def build_small(returns: Path, out: Path, **more) -> Built:
    return build_release(small_options(returns, out, **more), PROJECT)


def project_with(
    root: Path, change: Callable[[nbformat.NotebookNode], None], *, chapter: str = "quality"
) -> Project:
    """Copy the project to `root`, change the template of one chapter there, and return the copy."""
    for name in ("data", "notebooks", "theme"):
        shutil.copytree(PROJECT.root / name, root / name)
    for path in [*PROJECT.root.glob("*.yml"), *PROJECT.root.glob("*.qmd"), PROJECT.lock]:
        shutil.copy(path, root)
    template = root / "notebooks" / f"{chapter}.ipynb"
    notebook = nbformat.read(template, as_version=4)
    change(notebook)
    nbformat.write(notebook, template)
    return Project(root)


def raise_in_last_cell(notebook: nbformat.NotebookNode) -> None:
    notebook.cells[-1].source = "raise ValueError('planted')"
