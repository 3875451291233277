"""The protect and attack commands: what they print, what they write, how they end."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parent / "fixtures" / "suppression"
TABLE = """area,age,count
North,0-4,3
North,5-9,9
North,10-15,12
South,0-4,9
South,5-9,14
South,10-15,7
West,0-4,8
West,5-9,6
West,10-15,21
"""


def files_of(name):
    folder = FIXTURES / name
    return "--cells", folder / "cells.csv", "--constraints", folder / "constraints.csv"


def test_a_protected_instance_passes_the_attack_command(ssstats, tmp_path):
    pattern, report = tmp_path / "pattern.csv", tmp_path / "report.json"
    code, out, _ = ssstats(
        "protect", *files_of("a1"), "--policy", "suppress", "--pattern", pattern, "--report", report
    )
    assert code == 0
    assert "cost of the cells hidden for others: 76 (the least possible, proved)" in out
    assert json.loads(report.read_text())["cost"] == 76
    for lowest in (0, 1):
        code, out, _ = ssstats("attack", *files_of("a1"), "--pattern", pattern, "--lb", lowest)
        assert code == 0
        assert out.endswith("protected\n")


def test_the_attack_command_names_open_cells_and_ends_with_the_code_of_disclosure(
    ssstats, tmp_path
):
    rows = list(csv.DictReader((FIXTURES / "a1" / "cells.csv").read_text().splitlines()))
    lines = [f"{row['cell_id']},{int(row['status'] == 'u')}" for row in rows]
    pattern, audit = tmp_path / "pattern.csv", tmp_path / "audit.json"
    pattern.write_text("\n".join(["cell_id,suppressed", *lines]))
    code, out, err = ssstats("attack", *files_of("a1"), "--pattern", pattern, "--audit", audit)
    assert code == 6
    assert "NOT PROTECTED" in out
    assert "protected cells are open" in err
    assert len(json.loads(audit.read_text())["failing_cells"]) > 0


def test_a_table_is_protected_rounded_and_reported(ssstats, tmp_path):
    table, out, report = tmp_path / "t.csv", tmp_path / "o.csv", tmp_path / "r.json"
    table.write_text(TABLE)
    named = (table, "--dimensions", "area,age", "--measure", "count", "--out", out)
    code, printed, _ = ssstats("protect", *named, "--report", report)
    assert code == 0
    assert out.read_text().count("[c]") == 4
    reasons = json.loads(report.read_text())["protects"]
    assert len(reasons) == 3
    assert set(map(tuple, reasons.values())) == {("North | 0-4",)}
    assert "hidden for the sake of cell North | 0-4" in printed
    code, printed, _ = ssstats("protect", *named, "--policy", "round-5")
    assert code == 0
    assert "multiple of 5" in printed
    assert "[c]" not in out.read_text()


def test_the_cost_of_a_lone_secondary_is_not_printed(ssstats, tmp_path):
    # In one dimension the cheapest way to hide 3 is to hide 7 beside it.
    table = tmp_path / "t.csv"
    table.write_text("area,count\nNorth,3\nSouth,7\nWest,23\n")
    out = tmp_path / "o.csv"
    code, printed, _ = ssstats(
        "protect", table, "--dimensions", "area", "--measure", "count", "--out", out
    )
    assert code == 0
    assert out.read_text() == "area,count\nNorth,[c]\nSouth,[c]\nWest,23\nTotal,33\n"
    assert "7" not in printed.replace(str(tmp_path), "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--policy", "blur"], "policy 'blur' is not known; use one of suppress, round-3"),
        ([], "give a table, or all three of --cells, --constraints and --pattern"),
        (["t.csv"], "a table needs --dimensions, --measure and --out"),
        (["t.csv", "--cells", "c.csv"], "give either a table or --cells and --constraints"),
        (
            ["t.csv", "--dimensions", "a", "--measure", "n", "--out", "nowhere/o.csv"],
            "nowhere/o.csv: the folder does not exist",
        ),
    ],
)
def test_options_that_do_not_fit_together_are_refused(ssstats, arguments, message):
    code, _, err = ssstats("protect", *arguments)
    assert code == 2
    assert message in err


def test_a_release_and_a_pattern_cannot_be_attacked_at_once(ssstats, tmp_path):
    code, _, err = ssstats("attack", tmp_path, "--pattern", tmp_path / "p.csv")
    assert code == 2
    assert "not both" in err


def test_a_cell_that_nothing_can_protect_is_named_and_nothing_is_written(ssstats, tmp_path):
    (tmp_path / "cells.csv").write_text("cell_id,freq,status\nt,12,p\na,3,u\nb,9,p\n")
    (tmp_path / "constraints.csv").write_text("con,cell_id,coef\n0,t,-1\n0,a,1\n0,b,1\n")
    files = "--cells", tmp_path / "cells.csv", "--constraints", tmp_path / "constraints.csv"
    code, _, err = ssstats("protect", *files, "--pattern", tmp_path / "p.csv")
    assert code == 6
    assert "cell a cannot be protected" in err
    assert not (tmp_path / "p.csv").exists()


def test_a_threshold_stated_beside_the_cells_is_used(ssstats, tmp_path):
    (tmp_path / "cells.csv").write_text("cell_id,freq,status\nt,15,s\na,2,u\nb,4,s\nc,9,s\n")
    (tmp_path / "constraints.csv").write_text("con,cell_id,coef\n0,t,-1\n0,a,1\n0,b,1\n0,c,1\n")
    (tmp_path / "meta.json").write_text('{"T": 3}')
    files = "--cells", tmp_path / "cells.csv", "--constraints", tmp_path / "constraints.csv"
    code, out, _ = ssstats("protect", *files, "--pattern", tmp_path / "p.csv")
    assert code == 0
    assert out.startswith("threshold 3;")
