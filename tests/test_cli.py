"""The command: one clear message for a user's mistake, no traceback, nothing half written."""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ssstats.project import find_project

PROJECT = find_project(Path(__file__).parent).root


@pytest.fixture
def refused(ssstats, tmp_path):
    """Runs a release that must be refused and leave nothing behind."""

    def run(*arguments):
        out = tmp_path / "reports"
        got = ssstats("release", "--out", out, *arguments)
        assert got.returncode != 0
        assert "Traceback" not in got.stdout + got.stderr
        assert not out.exists() or not list(out.iterdir())
        return got

    return run


def test_a_period_that_is_not_in_the_returns_is_named_with_those_that_are(refused):
    got = refused("--period", "2031-32")
    assert "2031-32 is not in the returns; they hold 2016-17 to 2024-25" in got.stderr
    assert got.returncode == 2


def test_a_period_in_another_form_is_refused(refused):
    assert "2024-25" in refused("--period", "2024").stderr


def test_an_unknown_authority_is_refused_before_anything_is_read(refused):
    got = refused("--authority", "atlantis")
    assert "authority atlantis is not known" in got.stderr
    assert "powys" in got.stderr


def test_an_unknown_policy_is_refused_and_the_known_ones_named(refused):
    assert "round-5" in refused("--policy", "nonsense").stderr


def test_the_policy_for_internal_use_makes_no_release(refused):
    assert "restricted" in refused("--policy", "none").stderr


def test_an_unknown_language_is_refused(refused):
    assert "use cy, en" in refused("--languages", "en,fr").stderr


def test_an_unknown_engine_is_refused(refused):
    got = refused("--engine", "word")
    assert "embedded" in got.stderr


def test_a_missing_returns_file_is_named(refused, tmp_path):
    assert "nowhere" in refused("--returns", tmp_path / "nowhere").stderr


def test_an_unreadable_returns_file_is_named_and_its_content_is_not_printed(refused, tmp_path):
    bad = tmp_path / "returns.csv"
    bad.write_bytes(b"edition,period,area,reference,value\n\xff\xfe4711,\x00")
    got = refused("--returns", bad)
    assert "returns.csv" in got.stderr
    assert "4711" not in got.stderr


def test_a_folder_without_returns_is_named(refused, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "empty" in refused("--returns", empty).stderr


@pytest.fixture
def broken(tmp_path):
    """A return in which more reviews were in time than were due."""
    lines = ("edition,period,area,reference,value,marker", *(
        f"2020-proposed,2024-25,W06000023,{cells}," for cells in ("AD/024,10", "AD/025,17")
    ))  # fmt: skip
    file = tmp_path / "broken.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def test_check_ends_with_the_exit_code_of_errors_that_no_exception_speaks_for(ssstats, broken):
    got = ssstats("check", "--returns", broken)
    assert got.returncode == 5
    assert got.stdout.startswith("error")
    assert "1 results break a rule" in got.stderr


def test_a_release_of_returns_that_break_a_rule_is_refused_and_says_what_to_do(refused, broken):
    got = refused("--returns", broken)
    assert got.returncode == 5
    assert "2024-25 Powys AD/025: R039" in got.stderr
    assert "ssstats exceptions decide" in got.stderr
    assert "17" not in got.stderr


def test_an_answer_for_errors_without_a_name_is_refused(refused, broken):
    got = refused("--returns", broken, "--accept-errors", "Late return")
    assert got.returncode == 2
    assert "--by is blank" in got.stderr


def test_exceptions_are_listed_decided_and_told_to_those_who_write_the_guidance(ssstats, tmp_path):
    returns = tmp_path / "returns"
    shutil.copytree(PROJECT / "data" / "synthetic", returns)
    listed = ssstats("exceptions", "list", "--returns", returns, "--authority", "carmarthenshire")
    assert "CH/044" in listed.stdout
    assert "For statisticians only" in listed.stdout
    place = ("carmarthenshire", "2024-25", "CH/044", "accept")
    said = ("--returns", returns, "--by", "A Statistician", "--on", "2025-07-01")
    assert ssstats("exceptions", "decide", *place, *said).returncode == 0
    again = ssstats("exceptions", "decide", *place, *said)
    assert again.returncode == 2
    assert "give --again" in again.stderr
    told = ssstats("exceptions", "feedback", "--returns", returns, "--out", tmp_path / "f.csv")
    assert told.stdout.startswith("10 references")
    assert "CH/044" in (tmp_path / "f.csv").read_text(encoding="utf-8")


def test_check_of_a_year_whose_errors_were_accepted_ends_well(ssstats, tmp_path):
    got = ssstats("check", "--period", "2024-25", "--report", tmp_path / "report")
    assert got.returncode == 0
    assert (tmp_path / "report" / "checks.json").exists()
    assert (tmp_path / "report" / "powys.html").exists()


def test_a_filled_form_compiles_and_an_unknown_kind_of_form_is_refused(ssstats, tmp_path):
    assert ssstats("template", "powys", "--out", tmp_path, "--kind", "doc").returncode == 2
    assert ssstats("template", "powys", "--out", tmp_path / "forms").returncode == 0
    assert (tmp_path / "forms" / "return-powys-2024-25.xlsx").exists()


def test_lint_names_the_place_of_a_claim_and_ends_with_its_exit_code(ssstats, tmp_path):
    text = tmp_path / "text.md"
    text.write_text("The rate was 7 percentage points higher, a significant rise.", "utf-8")
    got = ssstats("lint", text)
    assert got.returncode == 10
    assert "text.md, line 1" in got.stdout


def test_words_go_to_a_translator_and_come_back(ssstats, tmp_path):
    got = ssstats("words", "export", tmp_path / "words.csv")
    assert got.returncode == 0
    assert (tmp_path / "words.csv").stat().st_size > 10_000


@pytest.mark.parametrize(
    "command",
    ["release", "check", "template", "compile", "lint", "demo", "authority", "dictionary"],
)
def test_every_command_has_help(command, ssstats):
    got = ssstats(command, "--help")
    assert got.returncode == 0
    assert "Usage" in got.stdout


def test_the_version_is_printed(ssstats):
    assert ssstats("--version").stdout.startswith("ssstats 0.")


def test_an_authority_page_needs_a_release(ssstats, tmp_path):
    got = ssstats("authority", "powys", "--release", tmp_path)
    assert got.returncode == 2
    assert "give the folder of a release" in got.stderr


def test_the_console_script_prints_no_traceback_for_a_mistake():
    got = subprocess.run(
        [sys.executable, "-m", "ssstats.cli", "release", "--period", "2024"],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert got.returncode == 2
    assert got.stderr.startswith("ssstats: period '2024'")
    assert "Traceback" not in got.stderr


def test_a_fault_of_ours_says_where_and_quotes_nothing(ssstats, monkeypatch):
    def break_down(**kwargs):
        raise KeyError("3 children")

    monkeypatch.setattr("ssstats.cli.app", break_down)
    ended = ssstats("anything")
    said = ended.stderr
    assert ended.returncode == 70
    assert "KeyError" in said
    assert "3 children" not in said
    assert "Traceback" not in said


def test_no_crash_dump_is_ever_written(ssstats):
    ssstats("--version")
    assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)


def test_the_command_starts_without_loading_what_only_some_commands_need():
    asked = "import sys, ssstats.cli; print([m for m in ('pandas', 'scipy') if m in sys.modules])"
    started = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True
    )
    assert started.stdout.strip() == "[]"
