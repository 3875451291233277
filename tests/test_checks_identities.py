"""Identities against a slow reader of its own, that knows nothing of grids or expressions."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

import pandas as pd
import pytest

from ssstats.catalogue import Catalogue, read_catalogue
from ssstats.checks.checked import Checked
from ssstats.checks.identities import check_identities
from ssstats.returns import Returns
from ssstats.returns.exceptions import no_exceptions

ROOT = Path(__file__).resolve().parents[1]
EDITION, AREAS, PERIODS = "2020-proposed", ("W06000001", "W06000002"), ("2023-24", "2024-25")
SUM = re.compile(r"sum\(([A-Z]{2}/\d+)([a-z])\.\.[A-Z]{2}/\d+([a-z])\)")

Numbers = dict[tuple[str, str, str], float]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(ROOT / "data" / "catalogue")


def slow_value(text: str, numbers: Numbers, period: str, area: str) -> float | None:
    """Add an expression up term by term; None where a term is missing."""

    def letters(found: re.Match[str]) -> str:
        run = range(ord(found[2]), ord(found[3]) + 1)
        return "+".join(f"{found[1]}{chr(letter)}" for letter in run)

    total = 0.0
    for term in re.findall(r"[+-]?[^+-]+", SUM.sub(letters, text.replace(" ", ""))):
        sign = -1 if term.startswith("-") else 1
        factor, _, name = term.lstrip("+-").rpartition("*")
        if name.isdigit():
            total += sign * int(name)
            continue
        year = period
        if name.endswith("@prev"):
            name, year = name.removesuffix("@prev"), "2023-24" if period == "2024-25" else "none"
        if (year, area, name) not in numbers:
            return None
        total += sign * int(factor or 1) * numbers[(year, area, name)]
    return total


def slow_breaks(identity, numbers: Numbers, fractional: set[str]) -> set[tuple[str, str]]:
    broken = set()
    for period in PERIODS:
        for area in AREAS:
            left = slow_value(identity.left, numbers, period, area)
            if "when" in identity.operator:
                text, _, wanted = re.split(r"\s*(>=|=)\s*", identity.right)
                given_value = slow_value(text, numbers, period, area)
                if left is None or given_value is None:
                    continue
                at_least = ">=" in identity.right
                applies = given_value >= int(wanted) if at_least else given_value == int(wanted)
                holds = left >= 1 if identity.operator.startswith(">=") else left == 0
                if applies and not holds:
                    broken.add((period, area))
                continue
            right = slow_value(identity.right, numbers, period, area)
            if left is None or right is None:
                continue
            named = set(re.findall(r"[A-Z]{2}/\d+[a-z]?", identity.left + " " + identity.right))
            slack = 0.6 if named & fractional else 0
            gap = left - right
            holds = {
                "<=": gap <= slack,
                ">=": gap >= -slack,
                "=": abs(gap) <= slack,
            }[identity.operator]
            if not holds:
                broken.add((period, area))
    return broken


@pytest.mark.parametrize("seed", range(6))
def test_the_breaks_of_all_identities_are_those_of_a_slow_reader(catalogue, seed):
    random = Random(seed)
    metrics = catalogue.metrics
    own = metrics[(metrics["edition"] == EDITION) & (metrics["collected"] == "yes")]
    fractional = set(own.loc[own["quantity"] == "wte", "reference"])
    # Small numbers, so that equalities hold now and then; one in twenty is missing.
    numbers = {
        (period, area, reference): float(random.choice((0, 0, 0, 1, 2)))
        for period in PERIODS
        for area in AREAS
        for reference in own["reference"]
        if random.random() > 0.05
    }
    keys = pd.DataFrame(list(numbers), columns=["period", "area", "reference"], dtype="str")
    values = keys.assign(
        edition=EDITION,
        breakdown="",
        value=pd.array(list(numbers.values()), dtype="Float64"),
        marker="",
        flags="",
        protection="",
        origin="",
        file="f.csv",
        row=2,
    )
    checked = Checked.of(Returns(values, no_exceptions(), ("f.csv",)), catalogue)
    found = {
        rule.name: {(one.period, one.area) for one in breaks}
        for rule, breaks, _ in check_identities(checked)
    }
    for identity in catalogue.identities.itertuples():
        if identity.scope != "cross-authority":
            assert found[identity.id] == slow_breaks(identity, numbers, fractional), identity.id
