"""Rows read and checked per second, and how time grows, beside the same identities in pandera.

Run `python benchmarks/checks.py [rows ...]` (default 10,000, 100,000 and 1,000,000). Years of the
demonstration returns are repeated under new names until there are enough rows. Pandera gets the
values read by pandas and turned to one row an authority and year, and checks the identities only;
ours reads, notes and checks by all rules. All figures come from one run on one machine, so only
their ratios carry over to another.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from ssstats.catalogue import Catalogue, read_catalogue
from ssstats.checks import check_returns
from ssstats.checks.checked import Checked
from ssstats.checks.identities import check_identities
from ssstats.expressions import Expression, parse_condition, parse_expression
from ssstats.project import find_project
from ssstats.returns import read_returns

_EDITION = "2020-proposed"
_SIZES = (10_000, 100_000, 1_000_000)
_FIRST_YEAR = 1900


def main(sizes: tuple[int, ...]) -> None:
    project = find_project()
    catalogue = read_catalogue(project.catalogue)
    base = pd.concat(
        [
            pd.read_csv(path, dtype=str, keep_default_na=False)
            for path in sorted(project.demonstration.glob("synthetic-returns-202*.csv"))
        ]
    )
    base = base[base["breakdown"] == ""]
    schema = schema_of(catalogue)
    check_size(base, 1_000, catalogue, schema)  # imports and first calls are not measured
    print(f"{'rows':>10}{'read s':>9}{'rows/s':>11}{'all rules s':>13}{'rows/s':>11}", end="")
    print(f"{'identities s':>14}{'pandera read s':>16}{'pandera s':>11}{'breaks':>8}{'theirs':>8}")
    first: tuple[int, float] | None = None
    for size in sizes:
        read, rules, identities, their_read, theirs, found, their_found = check_size(
            base, size, catalogue, schema
        )
        print(
            f"{size:>10,}{read:>9.2f}{size / read:>11,.0f}{rules:>13.2f}{size / rules:>11,.0f}"
            f"{identities:>14.2f}{their_read:>16.2f}{theirs:>11.2f}{found:>8}{their_found:>8}"
        )
        if first is None:
            first = (size, read + rules)
        else:
            growth = (read + rules) / first[1]
            print(f"{'':>10} rows x {size / first[0]:g}: time to read and check x {growth:.1f}")


def check_size(
    base: pd.DataFrame, size: int, catalogue: Catalogue, schema: pa.DataFrameSchema
) -> tuple[float, float, float, float, float, int, int]:
    """Return seconds of each step and the breaks that both sides found."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "returns.csv"
        many_years(base, size).to_csv(path, index=False)
        read, returns = timed(lambda: read_returns(path, catalogue))
        rules, _ = timed(lambda: check_returns(returns, catalogue))
        identities, found = timed(
            lambda: sum(
                len(breaks) for _, breaks, _ in check_identities(Checked.of(returns, catalogue))
            )
        )
        their_read, wide = timed(lambda: wide_frame(path))
    theirs, their_found = timed(lambda: breaks_by_pandera(schema, wide))
    return read, rules, identities, their_read, theirs, found, their_found


def timed(function: Callable):  # type: ignore[no-untyped-def]
    start = time.perf_counter()
    result = function()
    return time.perf_counter() - start, result


def many_years(base: pd.DataFrame, size: int) -> pd.DataFrame:
    """Return `size` rows: whole years, repeated under other names, the last one cut."""
    years = [rows for _, rows in base.groupby("period", sort=True)]
    parts, rows, number = [], 0, 0
    while rows < size:
        start = _FIRST_YEAR + number
        part = years[number % len(years)].assign(period=f"{start}-{(start + 1) % 100:02d}")
        parts.append(part)
        rows, number = rows + len(part), number + 1
    return pd.concat(parts, ignore_index=True).iloc[:size]


def wide_frame(path: Path) -> pd.DataFrame:
    """Return values with a row a period and area, and those of the year before as REF@prev."""
    long = pd.read_csv(path, dtype={"value": float, "marker": str}, low_memory=False)
    wide = long.pivot(index=["period", "area"], columns="reference", values="value").reset_index()
    starts = wide["period"].str[:4].astype(int)
    moved = wide.assign(period=[f"{s + 1}-{(s + 2) % 100:02d}" for s in starts])
    joined = wide.merge(moved, on=["period", "area"], how="left", suffixes=("", "@prev"))
    return joined


def schema_of(catalogue: Catalogue) -> pa.DataFrameSchema:
    """Return the identities within an authority as one pandera schema."""
    metrics = catalogue.metrics
    fractional = set(metrics.loc[metrics["quantity"] == "wte", "reference"])
    identities = catalogue.identities
    within = identities[identities["scope"] != "cross-authority"]
    checks = [
        pa.Check(one_check(str(i.left), str(i.operator), str(i.right), fractional), name=i.id)
        for i in within.itertuples()
    ]
    return pa.DataFrameSchema(checks=checks)


def one_check(left: str, operator: str, right: str, fractional: set[str]) -> Callable:
    first = parse_expression(left)
    if operator.endswith(" when"):
        condition = parse_condition(right)
        kind, wanted = operator.removesuffix(" when").split(" ")

        def holds_when(frame: pd.DataFrame) -> pd.Series:
            given, value = total(frame, condition.expression), total(frame, first)
            applies = (
                given == condition.value
                if condition.operator == "="
                else (given >= condition.value)
            )
            kept = value == float(wanted) if kind == "=" else value >= float(wanted)
            return kept | ~applies | value.isna()

        return holds_when
    second = parse_expression(right)
    tolerance = 0.6 if {*first.references, *second.references} & fractional else 1e-6

    def holds(frame: pd.DataFrame) -> pd.Series:
        gap = total(frame, first) - total(frame, second)
        kept = {"<=": gap <= tolerance, ">=": gap >= -tolerance, "=": gap.abs() <= tolerance}
        return kept[operator] | gap.isna()

    return holds


def total(frame: pd.DataFrame, expression: Expression) -> pd.Series:
    result = pd.Series(float(expression.constant), index=frame.index)
    for term in expression.terms:
        name = f"{term.reference}@prev" if term.previous else term.reference
        column = frame.get(name, np.nan)
        result = result + term.coefficient * column
    return result


def breaks_by_pandera(schema: pa.DataFrameSchema, wide: pd.DataFrame) -> int:
    try:
        schema.validate(wide, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
        return int(cases.drop_duplicates(["check", "index"])["index"].notna().sum())
    return 0


if __name__ == "__main__":
    main(tuple(int(text) for text in sys.argv[1:]) or _SIZES)
