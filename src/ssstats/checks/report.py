"""The report on a check: checks.json, and HTML with one page an authority to send back to it.

Pages hold returned values. They go to the authority they are about and to the statistician; a page
names no other authority's value.
"""

from __future__ import annotations

import json
from html import escape
from pathlib import Path

import numpy as np
import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.checks.effects import effects_of_exceptions, feedback_by_reference
from ssstats.checks.results import SEVERITIES, blocking, summary_of
from ssstats.formatting import csv_text
from ssstats.plain_pages import page, table
from ssstats.returns import Returns
from ssstats.whole_files import write_private

_MARKING = (
    "Official-sensitive: returned values before disclosure control. For the authority named and "
    "the statisticians only. Not for publication."
)
# Heading of each severity, and what is asked.
_SEVERITY_WORDS = {
    "error": ("Errors", "To be mended, or recorded as an exception"),
    "warning": ("Warnings", "To be mended or explained"),
    "info": ("For information", "Worth a look; no answer is asked for"),
}


def write_check_report(
    results: pd.DataFrame,
    applied: pd.DataFrame,
    returns: Returns,
    catalogue: Catalogue,
    folder: Path,
) -> list[Path]:
    """Write checks.json, index.html, a page an authority, and the feedback by reference.

    Parameters
    ----------
    results, applied : DataFrame
        As `check_returns` gives them.
    folder : Path
        Made where it is not there; files of an earlier report are overwritten.
    """
    folder.mkdir(parents=True, exist_ok=True)
    effects = effects_of_exceptions(returns, catalogue)
    written = [_write_json(results, applied, returns, folder / "checks.json")]
    feedback = folder / "exceptions-by-reference.csv"
    told = feedback_by_reference(returns.exceptions, catalogue)
    written.append(write_private(feedback, csv_text(told)))
    authorities = catalogue.areas[catalogue.areas["level"] == "authority"]
    there = authorities[authorities["area"].isin(set(returns.values["area"]))]
    for area in there.itertuples():
        path = folder / f"{area.slug}.html"
        own = results[results["area"] == area.area]
        body = (
            _lead(own)
            + _results(own)
            + _exceptions(returns, effects, str(area.area), str(area.name_en))
        )
        written.append(write_private(path, _page(f"Checks: {area.name_en}", body)))
    front = _page("Checks", _front(results, applied, there))
    return [*written, write_private(folder / "index.html", front)]


def _write_json(results: pd.DataFrame, applied: pd.DataFrame, returns: Returns, path: Path) -> Path:
    told = {
        "marking": _MARKING,
        "files": list(returns.files),
        "blocking": len(blocking(results)),
        "summary": summary_of(results, applied).to_dict("records"),
        "results": results.to_dict("records"),
        "reading": returns.reading.to_dict("records"),
    }
    text = json.dumps(told, ensure_ascii=False, indent=1, default=int)
    return write_private(path, text + "\n")


def _page(title: str, body: str) -> str:
    return page(title, body, marking=_MARKING)


def _front(results: pd.DataFrame, applied: pd.DataFrame, areas: pd.DataFrame) -> str:
    counts = results.groupby(["area", "severity"])["rule"].count()
    rows = [
        [
            f'<a href="{escape(area.slug)}.html">{escape(area.name_en)}</a>',
            *(str(int(counts.get((area.area, severity), 0))) for severity in SEVERITIES),
        ]
        for area in areas.itertuples()
    ]
    years = [
        [escape(row.period), escape(row.severity), str(row.rules), str(row.found)]
        for row in summary_of(results, applied).itertuples()
    ]
    nobody = results[~results["area"].isin(areas["area"])]
    return (
        table("Results by authority", ["Authority", *map(str.capitalize, SEVERITIES)], rows)
        + table("Rules and results by year", ["Year", "Severity", "Rules", "Results"], years)
        + (f"<h2>Results about no single authority</h2>{_results(nobody)}" if len(nobody) else "")
    )


def _lead(results: pd.DataFrame) -> str:
    """Return how much was found, and what is asked of the authority."""
    numbers = results["severity"].value_counts()
    errors, warnings, told = (int(numbers.get(severity, 0)) for severity in SEVERITIES)
    return (
        f"<p>Errors: {errors}. Warnings: {warnings}. For information: {told}.</p>\n<p>Please mend "
        "or explain errors and warnings and send the return again. An error that is no mistake is "
        "recorded on the sheet Exceptions of the return. A result that says accepted has been "
        "decided on.</p>\n"
    )


def _year(period: object) -> str:
    return f'<span class="whole">{escape(str(period))}</span>'


def _results(results: pd.DataFrame) -> str:
    parts = []
    for severity in SEVERITIES:
        own = results[results["severity"] == severity]
        if len(own):
            rows = [
                [
                    _year(row.period),
                    *(
                        escape(text)
                        for text in (
                            row.reference,
                            row.found,
                            f"{row.why} ({row.rule})",
                            row.action,
                            row.exception,
                        )
                    ),
                ]
                for row in own.sort_values("period", ascending=False, kind="stable").itertuples()
            ]
            header = ["Year", "Reference", "Found", "Why it matters", "What to do", "Exception"]
            heading, ask = _SEVERITY_WORDS[severity]
            parts.append(f"<h2>{heading}</h2>\n" + table(ask, header, rows))
    return "".join(parts) or "<p>Nothing was found.</p>"


def _exceptions(returns: Returns, effects: pd.DataFrame, area: str, name: str) -> str:
    own = returns.exceptions[returns.exceptions["area"] == area]
    if not len(own):
        return ""
    rows = [
        [
            _year(row.period),
            *(
                escape(str(text))
                for text in (
                    row.reference,
                    "" if pd.isna(row.amount) else f"{row.amount:.15g}",
                    row.reason,
                    row.evidence,
                    row.author,
                    " ".join(filter(None, (row.decision, row.decided_by, row.decided_on))),
                )
            ),
        ]
        for row in own.itertuples()
    ]
    header = ["Year", "Reference", "Amount", "Reason", "Evidence", "Author", "Decision"]
    parts = ["<h2>Recorded exceptions</h2>\n", table("What was recorded", header, rows)]
    mine = effects[effects["area"] == area]
    if len(mine):
        lines = [
            [
                _year(row.period),
                escape(str(row.reference)),
                escape(row.label if row.label == row.item else f"{row.item}: {row.label}")
                + (" (left side minus right side)" if row.kind == "identity" else ""),
                _year(row.of_period),
                escape(name) if row.of_area == area else "Wales",
                number_text(row.returned),
                number_text(row.without),
            ]
            for row in mine.itertuples()
        ]
        header = ["Year", "Exception about", "Value", "In", "Area", "As returned", "Without it"]
        parts.append(table("What the exceptions change", header, lines, numeric=frozenset({5, 6})))
    return "".join(parts)


def number_text(number: float) -> str:
    """Return a number with thousands commas, two decimals where it is no whole one."""
    if np.isnan(number):
        return "[x]"
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:,.2f}"
