"""Disclosure policies: the statistician's choices, read from data/policy/<name>.toml.

A policy is data. Nothing in the package knows a threshold, a base or a number of decimals by
itself; what a policy leaves out is an error, not a default.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ssstats.errors import CatalogueError, UsageError, listed

_ALLOWED: dict[str, dict[str, type | tuple[type, ...]]] = {
    "": {"name": str, "title_en": str, "title_cy": str, "source": str, "public": bool},
    "counts": {"threshold": int, "base": int, "zero": str, "marker": str},
    "protection": {"fewest_possible": int},
    "groups": {"whole_told_from": int},
    "costs": dict.fromkeys(
        ("words", "sum", "magnitude", "count", "most_for_size", "wales_sum", "wales"), (int, float)
    ),
    "rates": {"from": str, "confidence": float},
    "percentages": {"smallest_denominator": int, "decimal_from": int},
    "reliability": {"widest_percentage_limits": (int, float), "fewest_events": int},
}


@dataclass(frozen=True)
class Costs:
    """What it costs readers that a figure is hidden for the sake of others.

    `words` is the cost of no longer saying that a hidden count is small; the count of an authority
    costs `count` and its own size, up to `most_for_size`. An infinite cost never hides.
    """

    words: float
    sum: float
    magnitude: float
    count: float
    most_for_size: float
    wales_sum: float
    wales: float


@dataclass(frozen=True)
class Policy:
    """One disclosure policy: what is hidden, what is rounded, what is computed from what.

    `threshold` counts from 1 to threshold - 1 are hidden; `base` is the rounding base (1: exact).
    Of a hidden count `fewest_possible` counts at least stay possible, whatever else is read.
    That all of a group are in one of its parts is told of groups of `whole_told_from` and more.
    Percentages need a denominator of `smallest_denominator` and carry a decimal from
    `decimal_from` on. A percentage whose limits are further apart than `widest_limits` points and
    a rate from fewer than `fewest_events` events are marked u.
    """

    name: str
    titles: Mapping[str, str]
    source: str
    public: bool
    threshold: int
    base: int
    zero: str
    marker: str
    fewest_possible: int
    whole_told_from: int
    costs: Costs
    rates_from: str
    confidence: float
    smallest_denominator: int
    decimal_from: int
    widest_limits: float
    fewest_events: int

    def facts(self) -> dict[str, object]:
        """Return the policy as plain values, as the release states it."""
        return {
            "name": self.name,
            "titles": dict(self.titles),
            "public": self.public,
            "threshold": self.threshold,
            "base": self.base,
            "zero": self.zero,
            "marker": self.marker,
            "fewest_possible": self.fewest_possible,
            "whole_told_from": self.whole_told_from,
            "rates_from": self.rates_from,
            "confidence": self.confidence,
            "smallest_denominator": self.smallest_denominator,
            "decimal_from": self.decimal_from,
            "widest_limits": self.widest_limits,
            "fewest_events": self.fewest_events,
        }


def read_policy(name: str, folder: Path) -> Policy:
    """Return the policy of that name from `folder`.

    Raises
    ------
    UsageError
        If there is no policy of that name.
    CatalogueError
        If the file is not TOML, leaves a choice out, or holds one that is not known.
    """
    path = folder / f"{name}.toml"
    known = sorted(file.stem for file in folder.glob("*.toml"))
    if name not in known:
        raise UsageError(f"policy {name!r} is not known; use one of {listed(known)}")
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise CatalogueError(f"{path.name}: not readable as TOML: {problem}") from None
    _check_shape(path.name, content)
    return _policy_of(path.name, content)


def _check_shape(file: str, content: dict[str, Any]) -> None:
    sections = {key for key, value in content.items() if isinstance(value, dict)}
    unknown = sections - set(_ALLOWED)
    if unknown:
        raise CatalogueError(
            f"{file}: section {listed(unknown)} is not known; "
            f"use {listed(key for key in _ALLOWED if key)}"
        )
    for section, allowed in _ALLOWED.items():
        given = content.get(section, {}) if section else _top_level(content)
        where = f"{file}, [{section}]" if section else file
        if missing := set(allowed) - set(given):
            raise CatalogueError(f"{where}: {listed(missing)} is missing; write every choice")
        if extra := set(given) - set(allowed):
            raise CatalogueError(f"{where}: {listed(extra)} is not known; use {listed(allowed)}")
        for key, kind in allowed.items():
            if not isinstance(given[key], kind) or (
                isinstance(given[key], bool) and kind is not bool
            ):
                raise CatalogueError(f"{where}: {key} = {given[key]!r} has the wrong type")


def _top_level(content: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in content.items() if not isinstance(value, dict)}


def _policy_of(file: str, content: dict[str, Any]) -> Policy:
    counts, rates = content["counts"], content["rates"]
    rules = {
        "[counts] threshold must be 1 or more": counts["threshold"] >= 1,
        "[counts] base must be 1 or more": counts["base"] >= 1,
        '[counts] zero must be "shown"': counts["zero"] == "shown",
        '[counts] marker must be "c"': counts["marker"] == "c",
        '[rates] from must be "published"': rates["from"] == "published",
        "[rates] confidence must be at least 0.9 and below 1": 0.9 <= rates["confidence"] < 1,
        "name must be the file's name": content["name"] == file.removesuffix(".toml"),
        "[protection] fewest_possible must be 2 or more, and fewer than threshold": (
            not content["public"]
            or 2 <= content["protection"]["fewest_possible"] < counts["threshold"]
        ),
        "[groups] whole_told_from must be 1 or more": content["groups"]["whole_told_from"] >= 1,
        "[costs] every cost must be more than 0": all(c > 0 for c in content["costs"].values()),
        # A release that anybody can read must hide something.
        "a public policy needs a threshold of 3 or more": (
            not content["public"] or counts["threshold"] >= 3
        ),
    }
    broken = [rule for rule, holds in rules.items() if not holds]
    if broken:
        raise CatalogueError(f"{file}: {'; '.join(broken)}")
    return Policy(
        name=content["name"],
        titles={"en": content["title_en"], "cy": content["title_cy"]},
        source=content["source"],
        public=content["public"],
        threshold=counts["threshold"],
        base=counts["base"],
        zero=counts["zero"],
        marker=counts["marker"],
        fewest_possible=content["protection"]["fewest_possible"],
        whole_told_from=content["groups"]["whole_told_from"],
        costs=Costs(**{key: float(cost) for key, cost in content["costs"].items()}),
        rates_from=rates["from"],
        confidence=rates["confidence"],
        smallest_denominator=content["percentages"]["smallest_denominator"],
        decimal_from=content["percentages"]["decimal_from"],
        widest_limits=float(content["reliability"]["widest_percentage_limits"]),
        fewest_events=content["reliability"]["fewest_events"],
    )
