"""Tables in the instance format: files in, pattern and report out, and the attack's own reader."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from suppression_tables import crossed_table

from ssstats.disclosure.attack_instance import attack_instance
from ssstats.disclosure.model import read_instance
from ssstats.disclosure.suppression_instance import protect_instance
from ssstats.disclosure.suppression_optimise import EFFORTS, Effort, effort_named
from ssstats.disclosure.suppression_problem import reach_of, split_problem
from ssstats.disclosure.suppression_together import meet_together
from ssstats.errors import DisclosureError, UsageError

INNER = np.array([[3, 9, 12, 0], [9, 14, 7, 2], [8, 6, 21, 33]])


@pytest.fixture
def instance(tmp_path):
    counts, entries = crossed_table(INNER)
    with (tmp_path / "cells.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["cell_id", "area", "freq", "status"])
        for cell, count in counts.items():
            status = "z" if count == 0 else "u" if count < 5 else "s"
            rows.writerow([cell, cell.split(".")[0], count, status])
    with (tmp_path / "constraints.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("con", "cell_id", "coef"), *entries])
    return tmp_path


def protect_here(folder):
    return protect_instance(
        folder / "cells.csv",
        folder / "constraints.csv",
        pattern=folder / "pattern.csv",
        report=folder / "report.json",
    )


def attack_here(folder):
    return attack_instance(folder / "cells.csv", folder / "constraints.csv", folder / "pattern.csv")


def read_rows(path):
    return list(csv.DictReader(path.read_text().splitlines()))


def edit(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_the_written_pattern_passes_the_attack(instance):
    protect_here(instance)
    found = attack_here(instance)
    assert found.is_safe
    assert found.as_record()["protected"] == 2
    assert found.as_record()["known_exactly"] == 0


def test_the_pattern_lists_every_cell_with_0_or_1(instance):
    result = protect_here(instance)
    rows = read_rows(instance / "pattern.csv")
    assert [row["cell_id"] for row in rows] == list(result.model.cell_ids)
    assert {row["suppressed"] for row in rows} == {"0", "1"}


def test_ids_with_commas_quotes_and_letters_of_welsh_pass_through_the_pattern(instance):
    for name in ("cells.csv", "constraints.csv"):
        rows = read_rows(instance / name)
        with (instance / name).open("w", encoding="utf-8", newline="") as file:
            written = csv.DictWriter(file, list(rows[0]))
            written.writeheader()
            written.writerows(row | {"cell_id": f'Môn, "{row["cell_id"]}"'} for row in rows)
    n_hidden = protect_here(instance).is_hidden.sum()
    assert attack_here(instance).is_safe
    assert attack_here(instance).n_hidden == n_hidden > 2


def test_the_report_says_cost_bound_and_reasons(instance):
    result = protect_here(instance)
    report = json.loads((instance / "report.json").read_text())
    assert report["cost"] == report["lower_bound"] == result.cost
    assert report["gap"] == 0
    assert len(report["protects"]) == report["secondary"]


def test_hiding_only_the_small_counts_leaves_them_exactly_known(instance):
    protect_here(instance)
    rows = read_rows(instance / "cells.csv")
    lines = [f"{row['cell_id']},{int(row['status'] == 'u')}" for row in rows]
    (instance / "pattern.csv").write_text("\n".join(["cell_id,suppressed", *lines]))
    found = attack_here(instance)
    assert found.failing == ("0.0", "1.3")
    assert found.as_record()["known_exactly"] == 2


def test_a_primary_cell_that_is_shown_is_open(instance):
    protect_here(instance)
    edit(instance / "pattern.csv", "0.0,1", "0.0,0")
    assert "0.0" in attack_here(instance).failing


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("cells.csv", "0.0,0,3,u", "0.0,0,many,u", "row 2: freq is not a whole number but 'many'"),
        (
            "cells.csv",
            "0.0,0,3,u",
            "0.0,0,-3,u",
            "cells.csv, row 2 (cell 0.0): the count is negative",
        ),
        (
            "cells.csv",
            "0.0,0,3,u",
            "0.0,0,3,q",
            "row 2 (cell 0.0): status 'q' is not known; use one of u, z, s, p",
        ),
        ("cells.csv", "0.0,0,3,u", "0.0,0,4,u", "counts do not add up in relation 0:T:0, 1:T:0"),
        ("cells.csv", "0.1,0,9,s", "0.1,0,9,s\n0.1,0,9,s", "(cell 0.1): every cell has one row"),
        ("cells.csv", "freq", "count", "cells.csv: column freq is missing"),
        ("constraints.csv", "0.0,1", "9.9,1", "cell 9.9 is not among the cells"),
        ("constraints.csv", "coef", "weight", "constraints.csv: column coef is missing"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(instance, file, old, new, message):
    edit(instance / file, old, new)
    with pytest.raises(DisclosureError) as caught:
        protect_here(instance)
    assert message in str(caught.value)
    assert not (instance / "pattern.csv").exists()


def test_a_missing_file_is_refused_by_name(instance):
    (instance / "cells.csv").unlink()
    with pytest.raises(DisclosureError, match=r"cells\.csv: the file cannot be read"):
        protect_here(instance)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("0.0,1", "0.0,yes", "suppressed is not 0 or 1 at cell 0.0"),
        ("0.0,1", "x,1", "cell 0.0 is missing"),
        ("0.3,0", "0.3,1", "zeros are hidden, at cell 0.3"),
    ],
)
def test_a_wrong_pattern_is_refused(instance, old, new, message):
    protect_here(instance)
    edit(instance / "pattern.csv", old, new)
    with pytest.raises(DisclosureError) as caught:
        attack_here(instance)
    assert message in str(caught.value)


FIXTURES = Path(__file__).parent / "fixtures" / "suppression"


@pytest.mark.parametrize(
    ("table", "least_cost"), [("a1", 76), ("a3", 72), ("f1", 115), pytest.param("b1y", 1909)]
)
def test_the_cost_is_the_known_optimum_and_is_proved(table, least_cost, tmp_path):
    # The optima were proved before by another programme: 22 authorities by 18 types (a1, a3), two
    # linked tables (f1) and five years of 22 authorities by 11 sources in groups (b1y).
    files = FIXTURES / table / "cells.csv", FIXTURES / table / "constraints.csv"
    result = protect_instance(*files, pattern=tmp_path / "pattern.csv")
    assert result.cost == result.lower_bound == least_cost
    assert attack_instance(*files, tmp_path / "pattern.csv").is_safe


@pytest.mark.slow
def test_a_workforce_table_in_four_dimensions_is_within_two_percent_of_its_bound(tmp_path):
    files = FIXTURES / "c1" / "cells.csv", FIXTURES / "c1" / "constraints.csv"
    result = protect_instance(*files, pattern=tmp_path / "pattern.csv")
    assert result.gap <= 0.02
    assert result.cost <= 12_196
    assert attack_instance(*files, tmp_path / "pattern.csv").is_safe


@pytest.mark.parametrize(
    "effort", [Effort(most_cells=0), EFFORTS["quick"], Effort(most_work=0), Effort(rounds=0)]
)
def test_a_search_that_is_cut_short_is_safe_and_its_bound_holds(effort, tmp_path):
    # 1,909 is the least cost of b1y, known from another programme.
    files = FIXTURES / "b1y" / "cells.csv", FIXTURES / "b1y" / "constraints.csv"
    result = protect_instance(*files, pattern=tmp_path / "pattern.csv", effort=effort)
    assert result.lower_bound <= 1909 <= result.cost
    assert attack_instance(*files, tmp_path / "pattern.csv").is_safe


def test_an_unknown_effort_is_refused():
    with pytest.raises(UsageError, match="use one of quick, usual, thorough"):
        effort_named("boundless")


def test_what_is_met_together_is_met_by_moves_that_keep_every_relation():
    files = FIXTURES / "f1" / "cells.csv", FIXTURES / "f1" / "constraints.csv"
    model = read_instance(*files)
    primary, lowest, highest = reach_of(model, 5)
    costs = model.values.astype(float)
    for problem in split_problem(model, costs, primary, lowest, highest, model.is_primary):
        every = np.ones(len(problem), dtype=bool)
        met = meet_together(problem, every)
        assert met
        for need, move in met.items():
            change = np.zeros(len(problem))
            change[move.cells] = move.changes
            assert np.abs(problem.matrix @ change).max() < 1e-6
            assert np.all(change <= problem.rise + 1e-6)
            assert np.all(-change <= problem.fall + 1e-6)
            moved = change[problem.needs.cell[need]] * problem.needs.sign[need]
            assert moved >= problem.needs.amount[need] - 1e-6
