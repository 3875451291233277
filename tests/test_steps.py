"""Steps of a build are used again where nothing that they were made from has changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ssstats.errors import UsageError
from ssstats.manifest import checksum
from ssstats.release.steps import KeptSteps, StepResult, lines_of_steps
from ssstats.release.work import work_folder

MADE_FROM = {"the returns": "1", "the code": "2"}


def build(work, stage, made_from=MADE_FROM, text="first"):
    """Run one step that writes two files; return what became of it and how often it ran."""
    stage.mkdir(parents=True)
    kept, runs = KeptSteps(work), []

    def make():
        runs.append(1)
        (stage / "data").mkdir()
        (stage / "data" / "counts.csv").write_text(text)
        (stage / "page.html").write_text(text)

    kept.step("pages/en", made_from, stage, make)
    return kept.results[0], len(runs)


def test_a_second_build_from_the_same_takes_every_file_and_makes_nothing(tmp_path):
    assert build(tmp_path / "work", tmp_path / "1") == (
        StepResult("pages/en", False, "not made before"),
        1,
    )
    result, runs = build(tmp_path / "work", tmp_path / "2", text="second")
    assert (result.reused, runs) == (True, 0)
    assert (tmp_path / "2" / "data" / "counts.csv").read_text() == "first"
    assert (tmp_path / "2" / "page.html").read_text() == "first"


def test_a_step_keeps_what_it_wrote_anew_and_not_what_stood_there(tmp_path):
    for text, own in (("a", "first"), ("b", "second")):
        stage = tmp_path / own
        stage.mkdir()
        (stage / "old.txt").write_text(text)
        (stage / "both.txt").write_text(text)
        kept = KeptSteps(tmp_path / "work")
        kept.step(
            "step", MADE_FROM, stage, lambda stage=stage: (stage / "both.txt").write_text("by step")
        )
        assert (stage / "both.txt").read_text() == "by step"
        assert (stage / "old.txt").read_text() == text


def test_a_step_is_made_anew_and_says_what_has_changed(tmp_path):
    build(tmp_path / "work", tmp_path / "1")
    changed = {"the returns": "9", "the code": "2", "the policy": "3"}
    result, runs = build(tmp_path / "work", tmp_path / "2", changed, "second")
    assert runs == 1
    assert result.reason == "changed: the policy, the returns"
    assert build(tmp_path / "work", tmp_path / "3", changed)[0].reused
    assert (tmp_path / "3" / "page.html").read_text() == "second"


@pytest.mark.parametrize("damage", ["record", "nothing recorded", "file", "missing file"])
def test_what_is_damaged_is_made_anew(tmp_path, damage):
    build(tmp_path / "work", tmp_path / "1")
    record = next((tmp_path / "work").rglob("record.json"))
    kept = next((tmp_path / "work").rglob("page.html"))
    if damage == "record":
        record.write_text(record.read_text()[:40])
    elif damage == "nothing recorded":
        record.write_text(json.dumps({"made_from": {}, "files": {}}))
    elif damage == "file":
        kept.write_text("other")
    else:
        kept.unlink()
    result, runs = build(tmp_path / "work", tmp_path / "2", text="second")
    assert (result.reason, runs) == ("what was kept of it is damaged", 1)
    assert (tmp_path / "2" / "page.html").read_text() == "second"
    assert build(tmp_path / "work", tmp_path / "3")[0].reused


def test_a_file_that_was_changed_in_the_release_is_not_taken_again(tmp_path):
    build(tmp_path / "work", tmp_path / "1")
    (tmp_path / "1" / "page.html").write_text("by hand")
    _, runs = build(tmp_path / "work", tmp_path / "2", text="second")
    assert runs == 1
    assert (tmp_path / "2" / "page.html").read_text() == "second"


def test_checksums_of_kept_files_are_known_while_the_files_stay_as_they_were(tmp_path):
    kept, stage = KeptSteps(tmp_path / "work"), tmp_path / "1"
    stage.mkdir()

    def make():
        for name in ("same.html", "other.html", "gone.html"):
            (stage / name).write_text(name)

    kept.step("pages/en", MADE_FROM, stage, make)
    (stage / "other.html").write_text("written anew")
    (stage / "gone.html").unlink()
    (stage / "new.html").write_text("new")
    assert kept.checksums(stage) == {"same.html": checksum(stage / "same.html")}


def test_a_file_system_with_one_name_a_file_keeps_copies(tmp_path, monkeypatch):
    def refuse(self, target):
        raise OSError("not supported")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    build(tmp_path / "work", tmp_path / "1")
    assert build(tmp_path / "work", tmp_path / "2", text="second")[0].reused
    assert (tmp_path / "2" / "page.html").read_text() == "first"


def test_a_step_that_fails_leaves_what_was_kept_of_it(tmp_path):
    build(tmp_path / "work", tmp_path / "1")
    kept = KeptSteps(tmp_path / "work")

    def fail():
        raise UsageError("no")

    with pytest.raises(UsageError):
        kept.step("pages/en", {"the code": "3"}, tmp_path, fail)
    assert build(tmp_path / "work", tmp_path / "2")[0].reused


def test_a_half_kept_step_is_no_step(tmp_path):
    build(tmp_path / "work", tmp_path / "1")
    place = next((tmp_path / "work").iterdir())
    place.rename(place.with_name(place.name + ".unfinished"))
    assert build(tmp_path / "work", tmp_path / "2")[0].reason == "not made before"


def test_alike_steps_share_one_line():
    results = [
        StepResult("tables", True, "same"),
        StepResult("notebook/en/a", False, "changed: x"),
        StepResult("notebook/en/b", False, "changed: x"),
    ]
    assert lines_of_steps(results) == [
        "reused: tables; same",
        "made anew: notebook (2); changed: x",
    ]


def test_two_builds_of_one_period_cannot_run_side_by_side(tmp_path):
    with (
        work_folder(tmp_path, "2024-25"),
        work_folder(tmp_path, "2023-24"),
        pytest.raises(UsageError, match=r"another build of 2024-25"),
        work_folder(tmp_path, "2024-25"),
    ):
        pass
    with work_folder(tmp_path, "2024-25") as folder:
        assert folder.stat().st_mode & 0o077 == 0


def test_what_a_killed_build_left_is_removed_and_a_moved_release_goes_back(tmp_path):
    for name in (".2024-25-ab12_xyz", ".2024-25-former-7", ".2023-24-ab12_xyz", ".2024-25-mine"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").write_text(name)
    with work_folder(tmp_path, "2024-25"):
        pass
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"2024-25", ".2023-24-ab12_xyz", ".2024-25-mine"}
    assert (tmp_path / "2024-25" / "manifest.json").read_text() == ".2024-25-former-7"
