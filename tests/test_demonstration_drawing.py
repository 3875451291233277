"""Random counts that keep to a total."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ssstats.demonstration import drawing
from ssstats.demonstration.calibration import terms_of
from ssstats.demonstration.spread import generator, leanings

PEOPLE = st.lists(st.integers(0, 400), min_size=2, max_size=22).map(np.array)
SEEDS = st.integers(0, 10**6)


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


def test_a_total_is_shared_in_proportion_to_the_weights() -> None:
    counts = drawing.draw_total(rng(), 1_000_000, np.array([1.0, 3.0, 6.0]))
    assert counts.sum() == 1_000_000
    assert counts / 1_000_000 == pytest.approx([0.1, 0.3, 0.6], abs=0.003)


@settings(max_examples=40, deadline=None)
@given(people=PEOPLE, part=st.floats(0, 1), seed=SEEDS)
def test_counts_among_people_keep_the_total_and_never_exceed_them(
    people: np.ndarray, part: float, seed: int
) -> None:
    total = int(part * people.sum())
    counts = drawing.draw_among(rng(seed), people, total, np.full(len(people), 1.5))
    assert counts.sum() == total
    assert ((counts >= 0) & (counts <= people)).all()


def test_more_than_there_is_cannot_be_drawn() -> None:
    with pytest.raises(ValueError, match="a total of 5 does not fit into 4"):
        drawing.draw_among(rng(), np.array([1, 3]), 5, np.ones(2))


def test_leaning_shares_still_give_the_share_over_all() -> None:
    people = np.array([100, 400, 2_500])
    share = drawing.share_by_authority(people, 0.2, np.array([3.0, 1.0, 0.5]))
    assert share[0] > share[1] > share[2]
    assert people @ share == pytest.approx(0.2 * people.sum(), rel=1e-6)


@settings(max_examples=30, deadline=None)
@given(people=PEOPLE, seed=SEEDS)
def test_parts_sum_to_the_whole_of_each_authority(people: np.ndarray, seed: int) -> None:
    lean = np.exp(rng(seed).standard_normal((len(people), 3)))
    parts = drawing.draw_division(rng(seed), people, np.array([0.7, 0.3, 0.0]), lean)
    assert (parts.sum(axis=1) == people).all()
    assert (parts[:, 2] == 0).all()


@settings(max_examples=40, deadline=None)
@given(people=PEOPLE, growth=st.floats(0.1, 2), turnover=st.floats(0, 1), seed=SEEDS)
def test_stock_next_year_is_stock_plus_entries_less_exits(
    people: np.ndarray, growth: float, turnover: float, seed: int
) -> None:
    total = int(growth * people.sum())
    weights = people + 1.0
    stock = drawing.carry_stock(rng(seed), people, total, weights, turnover)
    assert stock.sum() == total
    entries = drawing.draw_entries(rng(seed), people, stock, total + 10, weights)
    exits = people + entries - stock
    assert (stock >= 0).all()
    assert (entries >= 0).all()
    assert (exits >= 0).all()
    assert entries.sum() == total + 10


def test_stock_without_turnover_only_gains() -> None:
    before = np.array([10, 20, 30])
    after = drawing.carry_stock(rng(), before, 66, np.ones(3), 0.0)
    assert (after >= before).all()
    assert after.sum() == 66


def test_fewer_entries_than_growth_are_refused() -> None:
    with pytest.raises(ValueError, match="stocks grew by 6, more than 5 entries"):
        drawing.draw_entries(rng(), np.array([4, 4]), np.array([10, 0]), 5, np.ones(2))


def test_days_of_nobody_are_zero_and_of_many_near_their_mean() -> None:
    days = drawing.draw_days(rng(), np.array([0, 1, 10_000]), np.full(3, 250.0), 1.6, 6575)
    assert days[0] == 0
    assert days[1] <= 6575
    assert days[2] / 10_000 == pytest.approx(250, rel=0.03)


def test_scaled_numbers_sum_to_the_total_and_keep_their_order() -> None:
    scaled = drawing.scale_to_total(np.array([10, 20, 33]), 100)
    assert scaled.tolist() == [16, 32, 52]


def test_generators_of_other_names_are_others_and_of_the_same_names_the_same() -> None:
    same = [generator(1, "a", "b").integers(10**9) for _ in range(2)]
    assert same == [261_475_979, 261_475_979]
    assert generator(1, "a", "c").integers(10**9) != same[0]
    assert generator(2, "a", "b").integers(10**9) != same[0]


def test_leanings_persist_over_the_years_with_a_correlation_of_085() -> None:
    place = {"edition": "e", "family": "f", "reference": "r", "authorities": 20_000}
    first = leanings(1, period="2020-21", **place)
    later = leanings(1, period="2024-25", **place)
    assert first.std() == pytest.approx(1, abs=0.02)
    assert np.corrcoef(first, later)[0, 1] == pytest.approx(0.85, abs=0.01)


def test_an_expression_is_read_as_signed_terms() -> None:
    assert terms_of("CH/041@prev+CH/039-CH/041") == [
        (1, "CH/041", True),
        (1, "CH/039", False),
        (-1, "CH/041", False),
    ]
