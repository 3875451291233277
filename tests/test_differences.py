"""Two releases side by side: which figures move, and what was changed between them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ssstats.cli import app
from ssstats.errors import UsageError
from ssstats.manifest import MANIFEST, write_manifest
from ssstats.project import find_project
from ssstats.release.differences import (
    compare_releases,
    describe_differences,
    differences_csv,
    differences_page,
)
from ssstats.release.provenance import checksums_of_returns, made_from, write_record

PROJECT = find_project(Path(__file__).parent)
COUNTS = "edition,period,area,reference,breakdown,value,marker\n"
MEASURES = "edition,period,area,measure,kind,value,marker\n"
KEY = "2020-proposed,2024-25,W06000023"


def release(folder: Path, counts: dict[str, str], *, policy: str = "round-5") -> Path:
    """Write the files that a comparison reads; `counts` gives value and marker by reference."""
    (folder / "data").mkdir(parents=True)
    rows = [f"{KEY},{reference},,{shown}\n" for reference, shown in counts.items()]
    (folder / "data" / "counts.csv").write_text(COUNTS + "".join(rows), encoding="utf-8")
    (folder / "data" / "measures.csv").write_text(
        f"{MEASURES}{KEY},AD-01,rate,778.4,\n", encoding="utf-8"
    )
    facts = {
        "period": "2024-25",
        "made_from": made_from(PROJECT, policy),
        "parameters": {"policy": policy},
    }
    write_manifest(folder, facts=facts)
    return folder


@pytest.fixture
def pair(tmp_path) -> tuple[Path, Path]:
    before = {"AD/001": "100,", "AD/002": "50,", "AD/003": ",c", "AD/004": ",c", "AD/005": "5,"}
    now = {"AD/001": "105,", "AD/002": ",c", "AD/003": "10,", "AD/004": ",x", "AD/006": "5,"}
    return release(tmp_path / "a" / "2024-25", before), release(tmp_path / "b" / "2024-25", now)


def test_each_way_in_which_a_figure_can_move_is_told_apart(pair):
    found = compare_releases(*pair).figures.set_index("figure")
    assert found["what"].to_dict() == {
        "AD/001": "revised", "AD/002": "hidden", "AD/003": "shown", "AD/004": "marker",
        "AD/005": "removed", "AD/006": "added",
    }  # fmt: skip
    assert found.loc["AD/002", ["before", "now"]].tolist() == ["50", "[c]"]


def test_a_figure_that_did_not_move_is_not_named(pair):
    assert "AD-01" not in set(compare_releases(*pair).figures["figure"])


def test_a_release_does_not_differ_from_itself(pair):
    found = compare_releases(pair[0], pair[0])
    assert len(found.figures) == 0
    assert "Every published figure is the same." in describe_differences(found)


def test_another_policy_is_named_as_what_was_changed(tmp_path):
    before = release(tmp_path / "a" / "2024-25", {"AD/001": "100,"})
    now = release(tmp_path / "b" / "2024-25", {"AD/001": "103,"}, policy="none")
    causes = compare_releases(before, now).causes
    assert "the disclosure policy" in causes
    assert "option policy: 'round-5' before, 'none' now" in causes


def test_the_file_of_returns_that_was_revised_is_named_where_both_records_are_here(pair, tmp_path):
    returns = tmp_path / "returns"
    returns.mkdir()
    for number, folder in enumerate(pair):
        (returns / "2023-24.csv").write_text("same", encoding="utf-8")
        (returns / "2024-25.csv").write_text(str(number), encoding="utf-8")
        write_record(folder, checksums_of_returns(returns), folder.parent)
    assert compare_releases(*pair).causes == ("the returns: 2024-25.csv",)


def test_without_records_the_returns_are_said_to_be_unknown(pair):
    (cause,) = compare_releases(*pair).causes
    assert cause.startswith("perhaps the returns")


def test_page_and_csv_say_the_same_and_carry_no_markup_of_others(pair):
    manifest = pair[1] / MANIFEST
    text = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.write_text(json.dumps({**text, "period": "<script>"}), encoding="utf-8")
    found = compare_releases(*pair)
    written = differences_page(found, {"W06000023": "Powys"})
    assert "<script>" not in written
    rows = list(csv.DictReader(io.StringIO(differences_csv(found))))
    assert len(rows) == written.count(">2024-25</td>") == 6


def test_a_folder_that_is_no_release_is_refused(tmp_path, pair):
    with pytest.raises(UsageError, match=r"manifest\.json"):
        compare_releases(tmp_path, pair[0])
    (pair[0] / "data" / "counts.csv").unlink()
    with pytest.raises(UsageError, match=r"counts\.csv: not there"):
        compare_releases(*pair)


def test_the_command_writes_both_files(pair, tmp_path):
    table, written = tmp_path / "d.csv", tmp_path / "d.html"
    arguments = ["difference", *map(str, pair), "--csv", str(table), "--html", str(written)]
    output = CliRunner().invoke(app, arguments).output
    assert "counts.csv, 2024-25: 1 figure: another number" in output
    assert "Powys" in written.read_text(encoding="utf-8")
    assert table.read_text(encoding="utf-8").startswith("file,edition,period")
