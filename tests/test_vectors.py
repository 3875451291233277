"""Every reference value of a vector file, through the product's own functions.

The file comes from `--vectors PATH`, or from ../shared/vectors/intervals.json beside the checkout.
An adapter below says which function of ours a vector's function is; a vector that has no adapter
fails in `test_every_function_of_the_file_is_offered`, and so can never be passed over.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ssstats import comparison, intervals
from ssstats.intervals.coverage import coverage_of_percentage, worst_coverage_of_percentage

Vector = dict[str, Any]
Inputs = dict[str, Any]

_BESIDE_THE_CHECKOUT = Path(__file__).parents[2] / "shared" / "vectors" / "intervals.json"
_PHE_SIGNALS = {
    2: "High (0.001)",
    1: "High (0.025)",
    0: "Not significant",
    -1: "Low (0.025)",
    -2: "Low (0.001)",
}
_TOO_FEW_FOR_A_SIGNAL = "Not applicable for events less than 10 for dsrs"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if not {"vector", "vectors"} & set(metafunc.fixturenames):
        return
    vectors = _read_vectors(metafunc.config.getoption("--vectors"))
    if "vector" in metafunc.fixturenames:
        cases = [pytest.param(vector, id=vector["id"]) for vector in vectors or ()]
        metafunc.parametrize("vector", cases or [_nothing_to_run()])
    else:
        metafunc.parametrize("vectors", [vectors] if vectors else [_nothing_to_run()], ids=["file"])


def _read_vectors(path: Path | None) -> list[Vector] | None:
    """Return the vectors of the file, or None where no file was named and none is beside us."""
    if path is None and not _BESIDE_THE_CHECKOUT.is_file():
        return None
    document = json.loads((path or _BESIDE_THE_CHECKOUT).read_text(encoding="utf-8"))
    return list(document["vectors"])


def _nothing_to_run() -> Any:
    reason = "no vector file: give one with --vectors PATH"
    return pytest.param(None, marks=pytest.mark.skip(reason=reason), id="no-file")


def test_a_function_agrees_with_the_reference_value(vector: Vector) -> None:
    got = _ADAPTERS[vector["function"]](vector["inputs"], vector["confidence"], vector)
    for name, wanted in vector["expected"].items():
        assert name in got, f"{vector['function']} gives no {name}"
        _compare(name, got[name], wanted, vector["tolerance"])


def test_every_function_of_the_file_is_offered(vectors: list[Vector]) -> None:
    missing = sorted({v["function"] for v in vectors} - set(_ADAPTERS))
    assert not missing, f"not offered: {', '.join(missing)}"


def _compare(name: str, got: Any, wanted: Any, tolerance: dict[str, Any]) -> None:
    if isinstance(wanted, list):
        got = list(np.asarray(got).tolist())
        assert len(got) == len(wanted), f"{name}: {len(got)} values instead of {len(wanted)}"
        for place, (one, other) in enumerate(zip(got, wanted, strict=True)):
            _compare(f"{name}[{place}]", one, other, tolerance)
        return
    if wanted is None:
        assert got is None or math.isnan(got), f"{name}: {got} instead of no value"
    elif isinstance(wanted, str) and wanted not in ("inf", "-inf"):
        assert got == wanted, f"{name}: {got} instead of {wanted}"
    elif tolerance.get("exact") or math.isinf(float(wanted)):
        assert got == float(wanted), f"{name}: {got} instead of {wanted}"
    else:
        allowed = tolerance.get("abs", 0.0) + tolerance.get("rel", 0.0) * abs(wanted)
        assert abs(got - wanted) <= allowed, f"{name}: {got} instead of {wanted} +/- {allowed}"


def _given(values: Any) -> Any:
    """Return the input with null read as missing."""
    return np.array(values, dtype=float)


def _over(x: Any, n: Any, multiplier: float = 1.0) -> Any:
    """Return x / n * multiplier, infinite over zero events, missing where 0 / 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.divide(_given(x), _given(n)) * multiplier


def _ends(limits: tuple[Any, Any], multiplier: float = 1.0) -> dict[str, Any]:
    return {"lower": limits[0] * multiplier, "upper": limits[1] * multiplier}


def _method_of(given: Inputs, vector: Vector, default: str) -> str:
    return str(given.get("method") or vector.get("method") or default)


def _proportion(given: Inputs, confidence: float, vector: Vector) -> dict[str, Any]:
    scale = given.get("multiplier", 1)
    limits = intervals.limits_of_percentage(
        _given(given["x"]),
        _given(given["n"]),
        confidence=confidence,
        method=_method_of(given, vector, "wilson"),
    )
    return {"value": _over(given["x"], given["n"], scale)} | _ends(limits, scale)


def _count(given: Inputs, confidence: float, vector: Vector) -> dict[str, Any]:
    method = _method_of(given, vector, "garwood")
    return _ends(
        intervals.limits_of_count(_given(given["x"]), confidence=confidence, method=method)
    )


def _byar(given: Inputs, confidence: float, vector: Vector) -> dict[str, Any]:
    return _ends(
        intervals.limits_of_count(_given(given["x"]), confidence=confidence, method="byar")
    )


def _rate(given: Inputs, confidence: float, vector: Vector) -> dict[str, Any]:
    scale = given.get("multiplier", 1)
    limits = intervals.limits_of_rate(
        _given(given["x"]), _given(given["n"]), per=scale, confidence=confidence, method="phe"
    )
    return {"value": _over(given["x"], given["n"], scale)} | _ends(limits)


def _mean(given: Inputs, confidence: float, vector: Vector) -> dict[str, Any]:
    values = _given(given["values"])
    mean, spread, size = intervals.mean_and_spread(values)
    method = given.get("method", "t")
    limits = intervals.limits_of_mean(values, confidence=confidence, method=method)
    found = {"value": mean, "mean": mean, "sd": spread, "n": size, "sum": np.nansum(values)}
    return found | _ends(limits)


def _directly_standardised(given: Inputs, confidence: float, vector: Vector) -> dict[str, Any]:
    value, lower, upper = intervals.directly_standardised_rate(
        _given(given["x"]),
        _given(given["n"]),
        _given(given["std"]),
        per=given.get("multiplier", 1),
        confidence=confidence,
    )
    return {"value": value, "lower": lower, "upper": upper}


def _indirectly_standardised(given: Inputs, confidence: float, vector: Vector) -> dict[str, Any]:
    # A rate comes with its reference rate, already on the scale of the multiplier.
    reference = given.get("ref_rate")
    scale = given.get("multiplier", 1) if reference is None else reference
    limits = intervals.limits_of_standardised_ratio(
        _given(given["observed"]),
        _given(given["expected"]),
        per=scale,
        confidence=confidence,
        method="phe",
    )
    return {"value": _over(given["observed"], given["expected"], scale)} | _ends(limits)


def _difference(given: Inputs, confidence: float, vector: Vector) -> dict[str, Any]:
    x1, n1, x2, n2 = (_given(given[name]) for name in ("x1", "n1", "x2", "n2"))
    method = _method_of(given, vector, "newcombe")
    limits = comparison.limits_of_difference(x1, n1, x2, n2, confidence=confidence, method=method)
    return {"estimate": _over(x1, n1) - _over(x2, n2)} | _ends(limits)


def _proportion_ratio(given: Inputs, confidence: float, vector: Vector) -> dict[str, Any]:
    x1, n1, x2, n2 = (_given(given[name]) for name in ("x1", "n1", "x2", "n2"))
    limits = intervals.limits_of_ratio_of_percentages(
        x1, n1, x2, n2, confidence=confidence, method=_method_of(given, vector, "koopman")
    )
    return {"estimate": _over(_over(x1, n1), _over(x2, n2))} | _ends(limits)


def _rate_ratio(given: Inputs, confidence: float, vector: Vector) -> dict[str, Any]:
    x1, t1, x2, t2 = (_given(given[name]) for name in ("x1", "t1", "x2", "t2"))
    limits = intervals.limits_of_ratio_of_counts(
        x1,
        x2,
        exposure_1=t1,
        exposure_2=t2,
        confidence=confidence,
        method=_method_of(given, vector, "mid-p"),
    )
    return {"estimate": _over(_over(x1, t1), _over(x2, t2))} | _ends(limits)


def _rate_difference(given: Inputs, confidence: float, vector: Vector) -> dict[str, Any]:
    x1, t1, x2, t2 = (_given(given[name]) for name in ("x1", "t1", "x2", "t2"))
    scale = given.get("multiplier", 1)
    method = _method_of(given, vector, "garwood").removeprefix("mover_").removeprefix("mover-")
    limits = comparison.limits_of_rate_difference(
        x1, t1, x2, t2, per=scale, confidence=confidence, method=method
    )
    return {"estimate": _over(x1, t1, scale) - _over(x2, t2, scale)} | _ends(limits)


def _rate_test(given: Inputs, confidence: float, vector: Vector) -> dict[str, Any]:
    methods = {
        "p_mid_two_one_sided": "mid-p",
        "p_exact_min_likelihood_R": "minimum-likelihood",
        "p_exact_doubled": "exact",
    }
    return {
        name: comparison.p_value_of_two_counts(
            given["x1"],
            given["x2"],
            exposure_1=given.get("t1", 1),
            exposure_2=given.get("t2", 1),
            method=method,
        )
        for name, method in methods.items()
    }


def _stock_change(given: Inputs, confidence: float, vector: Vector) -> dict[str, Any]:
    found = comparison.compare_stocks(
        given["stock_before"],
        given["stock_after"],
        given["entered"],
        given["left"],
        confidence=confidence,
    )
    return {
        "change": found.change,
        "unreconciled": found.unreconciled,
        "z_naive_independent": found.z_if_independent,
        "z_flow": found.z,
        "lower_flow": found.lower,
        "upper_flow": found.upper,
    }


def _signals(given: Inputs, confidence: list[float], vector: Vector) -> dict[str, Any]:
    levels = (confidence[0], confidence[1])
    numerator = _given(_first(given, "numerator", "observed", "events", "count", "x"))
    denominator = _given(
        _first(given, "denominator", "expected", "n", "population", "pop", absent=np.nan)
    )
    fewest = 0
    if given["statistic"] == "proportion":
        pooled = comparison.pooled_rate(numerator, denominator)
        steps = comparison.signals_of_percentages(numerator, denominator, pooled, confidence=levels)
    else:
        if given["statistic"] == "rate":
            rate = _given(_first(given, "rate", "rates", "value", absent=np.nan))
            implied = _over(numerator, rate, given.get("multiplier", 1))
            with_rate = (numerator > 0) & np.isfinite(implied)
            standardised = "dsr" in str(given.get("rate_type", given)).lower()
            fewest = 10 if standardised else 0
            population = np.where(with_rate, implied, np.nan if standardised else denominator)
            baseline = numerator.sum() / np.nansum(population)
            denominator = population * baseline
        steps = comparison.signals_of_counts(
            numerator, denominator, confidence=levels, method="phe"
        )
    words = [
        _TOO_FEW_FOR_A_SIGNAL if few else _PHE_SIGNALS[int(step)]
        for step, few in zip(np.nan_to_num(steps), numerator < fewest, strict=True)
    ]
    return {"signal": words, "significance": words}


def _first(given: Inputs, *names: str, absent: Any = None) -> Any:
    """Return the input under the first of its possible names."""
    for name in names:
        if name in given:
            return given[name]
    return absent


def _both_levels(limits_at: Callable[[float], tuple[Any, Any]], levels: list[float]) -> Inputs:
    found = {}
    for level in levels:
        lower, upper = limits_at(level)
        suffix = f"{level * 100:g}".replace(".", "")
        found |= {f"lower{suffix}": lower, f"upper{suffix}": upper}
    return found


def _funnel(given: Inputs, confidence: list[float], vector: Vector) -> dict[str, Any]:
    scale = given.get("multiplier", 1)
    baseline = _first(given, "baseline", "average", "target", absent=1.0)
    if given["statistic"] == "proportion":
        sizes = _given(_first(given, "population", "n", "denominator", "denominators"))

        def limits_at(level: float) -> tuple[Any, Any]:
            ends = comparison.funnel_of_percentage(sizes, baseline / scale, confidence=level)
            return ends[0] * scale, ends[1] * scale

        return _both_levels(limits_at, confidence)
    events = _given(_first(given, "events", "observed", "observed_events", "x"))
    # The baseline of a rate is on the scale of the multiplier; a ratio is scaled from 1, and as a
    # "count" it is the excess over 1, never scaled.
    excess = given.get("ratio_type") == "count"
    factor = baseline if given["statistic"] == "rate" else 1.0 if excess else scale
    less = 1.0 if excess else 0.0

    def ratios_at(level: float) -> tuple[Any, Any]:
        ends = comparison.funnel_of_ratio(events, confidence=level)
        return ends[0] * factor - less, ends[1] * factor - less

    return _both_levels(ratios_at, confidence)


def _funnel_definition(given: Inputs, confidence: list[float], vector: Vector) -> dict[str, Any]:
    definition = given["definition"]
    if definition == "spiegelhalter_interpolated_binomial":
        return _both_levels(
            lambda level: comparison.funnel_at_size(given["n"], given["target"], confidence=level),
            confidence,
        )
    return _both_levels(
        lambda level: comparison.funnel_at_expected(
            given["expected"], confidence=level, definition=definition
        ),
        confidence,
    )


def _overdispersion(given: Inputs, confidence: Any, vector: Vector) -> dict[str, Any]:
    statistic = str(given.get("statistic", ""))
    numerator = _given(_first(given, "x", "observed", "numerator", "events"))
    denominator = _given(_first(given, "n", "t", "expected", "e", "denominator", "population"))
    target = given.get("target")
    if target is None and statistic == "rate":
        target = comparison.pooled_rate(numerator, denominator)
    spread = comparison.measure_overdispersion(
        numerator,
        denominator,
        scale="log-of-counts" if "counts" in statistic else given.get("transform", "sqrt"),
        winsorised=given.get("winsor", 0.1),
        baseline=target,
    )
    limits = _both_levels(
        lambda level: comparison.adjusted_limits(spread.error, spread, confidence=level),
        confidence if isinstance(confidence, list) else [0.95, 0.998],
    )
    found = {"z": spread.z, "phi": spread.phi, "tau2": spread.tau2, "s": spread.error}
    found |= {"target_transformed": spread.target, "target": _pooled_or(target, spread)}
    if isinstance(confidence, float):
        limits |= _ends(comparison.adjusted_limits(spread.error, spread, confidence=confidence))
    return found | limits


def _pooled_or(target: float | None, spread: comparison.Overdispersion) -> float:
    """Return the baseline on the original scale: limits without any width."""
    if target is not None:
        return target
    exact = dataclasses.replace(spread, tau2=0.0)
    return float(comparison.adjusted_limits(0.0, exact)[0])


def _tau2(given: Inputs, confidence: Any, vector: Vector) -> dict[str, Any]:
    tau2, q, mean = comparison.dersimonian_laird(given["yi"], given["vi"])
    return {"tau2": tau2, "Q": q, "mu_fixed": mean}


def _adjusted(given: Inputs, confidence: Any, vector: Vector) -> dict[str, Any]:
    p = comparison.adjusted_p_values(given["p"], method=given.get("method", "BH"))
    return {"p_adjusted": p}


def _survey(given: Inputs, confidence: float, vector: Vector) -> dict[str, Any]:
    x, n, people = given["x"], given["n"], given["N"]
    limits = intervals.limits_of_survey_percentage(
        x, n, people, confidence=confidence, method=_method_of(given, vector, "wilson-finite")
    )
    floor, ceiling = intervals.range_with_silent(x, n, people)
    fewest, most = intervals.people_possible(x, n, people, confidence=confidence)
    return _ends(limits) | {
        "estimate": _over(x, n),
        "n_effective": intervals.effective_replies(n, people),
        "nonresponse_floor": floor,
        "nonresponse_ceiling": ceiling,
        "lower_count": fewest,
        "upper_count": most,
    }


def _mean_from_totals(given: Inputs, confidence: float, vector: Vector) -> dict[str, Any]:
    limits = (np.nan, np.nan)
    if given.get("assume") == "exponential":
        limits = intervals.limits_of_mean_if_exponential(
            given["total"], given["n"], confidence=confidence
        )
    return {"mean": _over(given["total"], given["n"])} | _ends(limits)


def _envelope(given: Inputs, confidence: float, vector: Vector) -> dict[str, Any]:
    scale = given.get("multiplier", 1)
    base = given.get("base", 5)
    shown = _first(given, "x_rounded", "events_rounded")
    lowest, highest = intervals.integers_rounding_to(shown, base=base)
    if given.get("kind", "proportion") == "proportion":
        sizes = intervals.integers_rounding_to(given["n_rounded"], base=base)
        limits = intervals.envelope_of_percentage(lowest, highest, *sizes, confidence=confidence)
        return _ends(limits, scale)
    population = _first(given, "population", "t", "n", absent=1)
    return _ends(
        intervals.envelope_of_rate(lowest, highest, population, per=scale, confidence=confidence)
    )


def _shrunk(given: Inputs, confidence: Any, vector: Vector) -> dict[str, Any]:
    found = comparison.shrink_rates(given["x"], given["t"], per=given.get("multiplier", 1))
    return {
        "mean": found.mean,
        "A": found.variance_between,
        "weight": found.weight,
        "shrunk": found.shrunk,
    }


def _series(given: Inputs, confidence: Any, vector: Vector) -> dict[str, Any]:
    found = comparison.limits_of_series(
        given["y"], screen_ranges=given.get("screen_outliers", False)
    )
    return {
        "mean": found.mean,
        "mean_moving_range": found.mean_moving_range,
        "lower": found.lower,
        "upper": found.upper,
    }


def _quantile(given: Inputs, confidence: Any, vector: Vector) -> dict[str, Any]:
    found = comparison.quantile_of_each(
        _given(given["values"]),
        groups=given["nquantiles"],
        highest_first=given.get("invert", True),
    )
    return {"quantile": found}


def _coverage(given: Inputs, confidence: float, vector: Vector) -> dict[str, Any]:
    shares = np.arange(1, 4000) / 4000
    method = given["method"]
    chance = coverage_of_percentage(shares, given["n"], confidence=confidence, method=method)
    worst = worst_coverage_of_percentage(shares, given["n"], confidence=confidence, method=method)
    return {"mean_coverage": chance.mean(), "min_coverage": worst}


_ADAPTERS: dict[str, Callable[[Inputs, Any, Vector], dict[str, Any]]] = {
    "byar_limits": _byar,
    "coverage_reference": _coverage,
    "difference_interval": _difference,
    "dsr": _directly_standardised,
    "empirical_bayes_rate": _shrunk,
    "funnel_limits": _funnel,
    "funnel_limits_definition": _funnel_definition,
    "funnel_significance": _signals,
    "indirect_rate": _indirectly_standardised,
    "indirect_ratio": _indirectly_standardised,
    "mean_from_totals": _mean_from_totals,
    "mean_t": _mean,
    "overdispersion": _overdispersion,
    "p_adjust": _adjusted,
    "poisson_interval": _count,
    "proportion": _proportion,
    "proportion_interval": _proportion,
    "proportion_ratio_interval": _proportion_ratio,
    "quantile": _quantile,
    "rate": _rate,
    "rate_difference_interval": _rate_difference,
    "rate_ratio_interval": _rate_ratio,
    "rate_test": _rate_test,
    "rounded_envelope": _envelope,
    "stock_change": _stock_change,
    "survey_interval": _survey,
    "tau2_dersimonian_laird": _tau2,
    "wilson": _proportion,
    "xmr": _series,
}
