"""A release is verified against its manifest; what cannot be trusted is refused."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ssstats.cli import app
from ssstats.errors import UsageError
from ssstats.manifest import MANIFEST, write_manifest
from ssstats.outputs.errors import OutputsError
from ssstats.project import find_project
from ssstats.release.provenance import checksums_of_returns, code_files, made_from, write_record
from ssstats.release.verifying import verify_release

PROJECT = find_project(Path(__file__).parent)


@pytest.fixture
def release(tmp_path) -> Path:
    """Three files with a manifest: verifying knows nothing of what is in them."""
    folder = tmp_path / "reports" / "2024-25"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "counts.csv").write_text("value\n5\n", encoding="utf-8")
    (folder / "index.html").write_text("<h1>Release</h1>", encoding="utf-8")
    facts = {"made_from": made_from(PROJECT, "round-5"), "parameters": {"policy": "round-5"}}
    write_manifest(folder, facts=facts)
    return folder


def change_manifest(release: Path, change) -> None:
    manifest = json.loads((release / MANIFEST).read_text(encoding="utf-8"))
    change(manifest)
    (release / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")


def test_an_untouched_release_is_as_published_and_made_by_this_clone(release):
    found = verify_release(release, PROJECT)
    assert found.as_published
    assert found.files == 2
    assert found.made_elsewhere == ()


def test_scripts_and_rules_of_the_package_are_code_and_compiled_files_are_not():
    names = {path.name for path in code_files(PROJECT.root / "src" / "ssstats")}
    assert {"many.lua", "rules.csv", "provenance.py"} <= names
    assert not any(name.endswith(".pyc") for name in names)


def test_changed_missing_and_added_files_are_each_named(release):
    (release / "data" / "counts.csv").write_text("value\n6\n", encoding="utf-8")
    (release / "index.html").unlink()
    (release / "note.txt").touch()
    found = verify_release(release, PROJECT)
    assert (found.changed, found.missing, found.extra) == (
        ("data/counts.csv",),
        ("index.html",),
        ("note.txt",),
    )


def test_a_link_in_place_of_a_file_is_not_what_was_published(release):
    page = release / "index.html"
    page.rename(release.parent / "elsewhere.html")
    page.symlink_to(release.parent / "elsewhere.html")
    found = verify_release(release, PROJECT)
    assert found.missing == ("index.html",)
    assert found.extra == ("index.html",)


def test_a_pipe_in_the_folder_is_named_and_not_waited_for(release):
    os.mkfifo(release / "pipe")
    assert verify_release(release, PROJECT).extra == ("pipe",)


def test_other_code_than_built_it_is_said(release):
    change_manifest(release, lambda manifest: manifest["made_from"].update(code="0" * 64))
    assert verify_release(release, PROJECT).made_elsewhere == ("code",)


@pytest.mark.parametrize(
    "name", ["../../secret", "/etc/passwd", "a/../../b", "./index.html", "a\\b", "a//b", "a\0b"]
)
def test_a_manifest_that_names_a_file_outside_the_release_is_refused(release, name):
    change_manifest(release, lambda manifest: manifest["files"].update({name: "0" * 64}))
    with pytest.raises(UsageError, match="outside the release"):
        verify_release(release, PROJECT)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "[" * 100_000, '{"files": {"a": 1}, "made_from": {}, "parameters": {}}'],
)
def test_a_damaged_manifest_is_refused_without_a_traceback(release, text):
    (release / MANIFEST).write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"manifest\.json"):
        verify_release(release, PROJECT)


def test_a_policy_that_is_a_path_is_refused(release):
    change_manifest(release, lambda manifest: manifest["parameters"].update(policy="../../x"))
    with pytest.raises(UsageError, match="not the name of a policy"):
        verify_release(release, PROJECT)


def test_a_folder_without_a_manifest_is_no_release(tmp_path):
    with pytest.raises(UsageError, match=r"no manifest\.json"):
        verify_release(tmp_path, PROJECT)


def test_the_returns_are_held_against_a_private_record_and_no_public_file(release, tmp_path):
    returns = tmp_path / "returns"
    returns.mkdir()
    (returns / "2024-25.csv").write_text("value\n3\n", encoding="utf-8")
    assert verify_release(release, PROJECT, returns=returns).returns == "no record"
    record = write_record(release, checksums_of_returns(returns), release.parent)
    assert record.stat().st_mode & 0o777 == 0o600
    assert release not in record.parents
    assert verify_release(release, PROJECT, returns=returns).returns == "same"
    (returns / "2024-25.csv").write_text("value\n4\n", encoding="utf-8")
    assert verify_release(release, PROJECT, returns=returns).returns == "other"


def test_the_command_says_as_published_or_fails(release):
    assert "2 files: as published" in CliRunner().invoke(app, ["verify", str(release)]).output
    (release / "index.html").write_text("<h1>Other</h1>", encoding="utf-8")
    result = CliRunner().invoke(app, ["verify", str(release)])
    assert "changed: index.html" in result.output
    assert isinstance(result.exception, OutputsError)
