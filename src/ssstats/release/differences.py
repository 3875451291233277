"""Which published numbers move between two releases, and what was changed that could move them.

Reads published files alone, so what it says can be published too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

import pandas as pd

from ssstats.formatting import csv_text
from ssstats.manifest import MANIFEST, checksum
from ssstats.outputs import figures_that_differ
from ssstats.plain_pages import page, table
from ssstats.release.provenance import recorded_returns
from ssstats.release.verifying import read_manifest

_SHOWN = 500
_WHAT = {
    "revised": "another number",
    "hidden": "hidden or missing now, a number before",
    "shown": "a number now, hidden or missing before",
    "marker": "another marker",
    "added": "not in the release before",
    "removed": "not in the release now",
}
_CAUSES = {
    "catalogue": "the catalogue (metrics, measures, populations, words)",
    "code": "the program",
    "lock": "the locked packages",
    "policy": "the disclosure policy",
    "templates": "the notebooks",
    "theme": "the styles and templates of pages",
    "book": "the book's definition",
    "version": "the version of the program",
}


@dataclass(frozen=True)
class Differences:
    """What differs: `figures` with the columns of `DIFFERENCE_COLUMNS`; `causes` in words."""

    before: str
    now: str
    figures: pd.DataFrame
    causes: tuple[str, ...]


def compare_releases(before: Path, now: Path) -> Differences:
    """Return which published figures differ between two releases.

    Raises
    ------
    UsageError
        If one of the folders is no release, or lacks its data files.
    """
    manifests = read_manifest(before), read_manifest(now)
    return Differences(
        before=_title(before, manifests[0]),
        now=_title(now, manifests[1]),
        figures=figures_that_differ(before / "data", now / "data"),
        causes=tuple(_causes(before, now, *manifests)),
    )


def describe_differences(found: Differences) -> list[str]:
    """Return the differences in lines: how many of each kind by year, and what was changed."""
    lines = [f"before: {found.before}", f"now:    {found.now}"]
    if not len(found.figures):
        lines.append("Every published figure is the same.")
    counted = found.figures.groupby(["file", "period", "what"]).size()
    lines += [
        f"{file}, {period}: {number:,} {'figure' if number == 1 else 'figures'}: {_WHAT[what]}"
        for (file, period, what), number in counted.items()
    ]
    lines += ["What was changed between the two:"] if found.causes else []
    return lines + [f"- {cause}" for cause in found.causes]


def differences_csv(found: Differences) -> str:
    """Return one row a figure that differs, as CSV."""
    return csv_text(found.figures)


def differences_page(found: Differences, names: Mapping[str, str]) -> str:
    """Return a page of the differences; `names` gives each area its name."""
    title = "What differs between two releases"
    said = "".join(f"<li>{escape(line.removeprefix('- '))}</li>" for line in found.causes)
    causes = f"<h2>What was changed</h2><ul>{said}</ul>" if said else ""
    shown = found.figures.head(_SHOWN)
    rows = [
        [
            escape(f"{row.figure} {row.breakdown}".strip()),
            escape(names.get(str(row.area), str(row.area))),
            escape(str(row.period)), escape(_WHAT[str(row.what)]),
            escape(str(row.before)), escape(str(row.now)),
        ]
        for row in shown.itertuples()
    ]  # fmt: skip
    header = ("Figure", "Area", "Year", "What", "Before", "Now")
    more = len(found.figures) - len(shown)
    rest = f"<p>{more:,} more stand in the CSV.</p>" if more > 0 else ""
    figures = (
        table("Figures that differ", header, rows, numeric=frozenset({4, 5})) + rest
        if rows
        else "<p>Every published figure is the same.</p>"
    )
    between = f"<p>Before: {escape(found.before)}. Now: {escape(found.now)}.</p>"
    return page(title, f"{between}{causes}<h2>Figures</h2>{figures}")


def _title(release: Path, manifest: Mapping) -> str:
    digest = checksum(release / MANIFEST)[:12]
    return f"{manifest.get('period', release.name)} (manifest {digest})"


def _causes(before: Path, now: Path, was: Mapping, here: Mapping) -> Iterator[str]:
    """Yield what differs between the makings of two releases."""
    for part, words in _CAUSES.items():
        if was["made_from"].get(part) != here["made_from"].get(part):
            yield words
    for name in sorted(set(was["parameters"]) | set(here["parameters"])):
        former, value = was["parameters"].get(name), here["parameters"].get(name)
        if former != value:
            yield f"option {name}: {former!r} before, {value!r} now"
    returns = recorded_returns(before), recorded_returns(now)
    if returns[0] is None or returns[1] is None:
        yield "perhaps the returns: there is no private record here of what both were built from"
        return
    changed = [
        name
        for name in sorted(set(returns[0]) | set(returns[1]))
        if returns[0].get(name) != returns[1].get(name)
    ]
    if changed:
        yield f"the returns: {', '.join(changed)}"
