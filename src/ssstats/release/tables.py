"""The step across the airlock: returns in, release tables and open data files out.

The only code beside the gate that holds returns and published tables at the same time; it hands
nothing on but files.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from ssstats import __version__
from ssstats.catalogue import Catalogue
from ssstats.catalogue.dictionary import dictionary_frame
from ssstats.changes import change_table
from ssstats.checks import AcceptedErrors, check_returns, refuse_open_errors, summary_of
from ssstats.disclosure.gate import pass_gate
from ssstats.disclosure.ledger import read_earlier
from ssstats.disclosure.local import protect_local
from ssstats.disclosure.policy import Policy
from ssstats.disclosure.release_tables import ReleaseTables, write_csv, write_release_tables
from ssstats.errors import ReturnsError, UsageError
from ssstats.estimates import estimate_measures
from ssstats.measures import coverage_of
from ssstats.periods import ReportingYear
from ssstats.release.memory import fingerprint, recall, remember
from ssstats.release.standing import StandingReturns
from ssstats.returns import Returns, read_returns
from ssstats.signals import signal_table

MEASURES_FILE = "measures.csv"
CHANGES_FILE = "changes.csv"
SIGNALS_FILE = "signals.csv"
DICTIONARY_FILE = "data-dictionary.csv"


def publish_tables(
    returns_path: Path, *, period: ReportingYear, catalogue: Catalogue, **how: Any
) -> ReleaseTables:
    """Read returns and publish them as `publish_returns` does.

    Raises
    ------
    ReturnsError
        If the returns cannot be read; and as `publish_returns`.
    """
    returns = read_returns(returns_path, catalogue)
    return publish_returns(StandingReturns(returns, period, catalogue), **how)


def publish_returns(
    standing: StandingReturns,
    *,
    policy: Policy,
    folder: Path,
    memory: Path | None = None,
    accepted_errors: AcceptedErrors | None = None,
    earlier: Sequence[Path] = (),
) -> ReleaseTables:
    """Pass returns through checks and the gate, and write release tables into `folder`.

    In `memory`, where it is given, the gate's results of earlier builds are kept and looked for.
    Without `accepted_errors`, returns that break a rule that must hold are refused. `earlier` are
    data folders of the releases that readers have already, the oldest first.

    Returns
    -------
    ReleaseTables
        What was written: published values and markers only.

    Raises
    ------
    ReturnsError, UsageError, ChecksError
        If the returns do not hold the period, are of two kinds, or break a rule that must hold.
    """
    period, catalogue = standing.period, standing.catalogue
    _check_period(standing.given, period)
    returns = standing.decided
    results, applied = check_returns(returns, catalogue)
    passed = refuse_open_errors(results, catalogue, accepted_errors)
    authorities = list(catalogue.areas.loc[catalogue.areas["level"] == "authority", "area"])
    quantities = standing.quantities
    before = read_earlier(earlier)
    key = fingerprint(quantities, policy, catalogue, before)
    proved = recall(memory, key) if memory is not None else None
    tables = pass_gate(
        quantities,
        policy,
        catalogue=catalogue,
        coverage=coverage_of(returns, authorities),
        exceptions=returns.exceptions,
        breaks=_breaks(returns, catalogue),
        checks=summary_of(results, applied),
        local=protect_local(returns.local, policy, catalogue),
        facts={**_facts(returns, period), **_accepted(passed, accepted_errors)},
        proved=proved,
        earlier=before,
    )
    if memory is not None and proved is None:
        remember(memory, key, tables.counts)
    write_release_tables(tables, folder)
    estimates = estimate_measures(tables, catalogue)
    write_csv(estimates, folder / MEASURES_FILE)
    write_csv(change_table(tables, estimates, catalogue), folder / CHANGES_FILE)
    write_csv(signal_table(tables, estimates, catalogue), folder / SIGNALS_FILE)
    write_csv(dictionary_frame(catalogue), folder / DICTIONARY_FILE)
    return tables


def _check_period(returns: Returns, period: ReportingYear) -> None:
    known = returns.periods
    if period not in known:
        raise UsageError(
            f"period {period} is not in the returns; they hold {known[0]} to {known[-1]}"
            if len(known) > 1
            else f"period {period} is not in the returns; they hold {known[0]}"
        )
    origins = returns.values["protection"].ne("").groupby(returns.values["edition"]).nunique()
    if (origins > 1).any():
        raise ReturnsError(
            "some values came protected and others did not; build them as separate releases"
        )


def _breaks(returns: Returns, catalogue: Catalogue) -> pd.DataFrame:
    """Return the known breaks of the editions and years that the returns hold."""
    years = returns.values[["edition", "period"]].drop_duplicates()
    keys = set(zip(years["edition"], years["period"], strict=True))
    breaks = catalogue.breaks
    held = [key in keys for key in zip(breaks["edition"], breaks["period"], strict=True)]
    return breaks[held].reset_index(drop=True)


def _accepted(passed: list[dict[str, str]], accepted: AcceptedErrors | None) -> dict[str, object]:
    """Return the errors that somebody answered for; nothing where there were none."""
    if accepted is None or not passed:
        return {}
    said = {"reason": accepted.reason, "by": accepted.by, "errors": passed}
    return {"accepted_errors": said}


def _facts(returns: Returns, period: ReportingYear) -> dict[str, object]:
    return {
        "period": str(period),
        "periods": [str(year) for year in returns.periods],
        "editions": sorted(returns.values["edition"].unique()),
        "origins": sorted(text for text in returns.values["origin"].unique() if text),
        "synthetic": returns.synthetic,
        "protected_at_source": returns.protected_at_source,
        "version": __version__,
    }
