"""What the product is made of: every package pinned, licensed, and named in the bill."""

from __future__ import annotations

import csv
import json
from importlib.metadata import distributions
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from typer.testing import CliRunner

from ssstats.cli import app
from ssstats.doctor import HERE, NEEDED, WITHOUT, examine
from ssstats.errors import UsageError
from ssstats.project import find_project
from ssstats.supply import licence_table, read_lock, unlike_lock, write_bill_of_materials
from ssstats.supply.installed import plain_name, versions_by_name

PROJECT = find_project(Path(__file__).parent)
# Licences under which a program under MIT may be installed beside these packages.
COMPATIBLE = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT", "MIT-CMU",
    "MPL-2.0", "OFL-1.1", "PSF-2.0", "Zlib",
}  # fmt: skip


def rows_of_licences():
    with (PROJECT.root / "docs" / "licences.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def lock_with(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "requirements.lock"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_entry_of_both_locks_is_pinned_with_checksums():
    for name in ("requirements.lock", "requirements-dev.lock"):
        packages = read_lock(PROJECT.root / name)
        assert len(packages) > 80
        assert all(package.digests for package in packages)


def test_neither_lock_names_an_index():
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (PROJECT.root / name).read_text(encoding="utf-8")
        assert "://" not in text
        assert "--index" not in text


@pytest.mark.parametrize("line", ["numpy>=2", "numpy==2.4.6", "-e .", "git+ssh://somewhere/numpy"])
def test_an_entry_without_version_or_checksum_is_refused(tmp_path, line):
    with pytest.raises(UsageError, match=r"requirements\.lock, entry 1: every entry is"):
        read_lock(lock_with(tmp_path, line + "\n"))


def test_a_package_in_another_version_than_locked_is_named(tmp_path):
    lock = lock_with(tmp_path, f"numpy==0.0.1 \\\n    --hash=sha256:{'0' * 64}\n")
    (said,) = unlike_lock(read_lock(lock))
    assert said.startswith("numpy: locked 0.0.1, found ")


def test_the_licence_list_is_of_the_packages_that_are_locked_now():
    locked = [(each.name, each.version) for each in read_lock(PROJECT.lock)]
    assert [(row["package"], row["version"]) for row in rows_of_licences()] == locked


def test_every_licence_may_stand_beside_mit_and_each_other_one_has_a_note():
    for row in rows_of_licences():
        choices = [part.split(" AND ") for part in row["licence"].split(" OR ")]
        allowed = any(set(parts) <= COMPATIBLE for parts in choices)
        assert allowed or row["note"], row["package"]


def test_a_package_without_a_licence_has_to_be_looked_up(tmp_path):
    nothing = tmp_path / "looked_up.csv"
    nothing.write_text("package,licence,note\n", encoding="utf-8")
    package = [each for each in read_lock(PROJECT.lock) if each.name == "ptyprocess"]
    with pytest.raises(UsageError, match=r"ptyprocess: no licence declared.*looked_up\.csv"):
        licence_table(package, nothing)


def test_the_bill_of_materials_is_valid_cyclonedx_and_the_same_every_time(tmp_path):
    packages = read_lock(PROJECT.lock)
    licences = licence_table(packages, PROJECT.licences)
    for name in ("one.json", "two.json"):
        write_bill_of_materials(packages, licences, tmp_path / name)
    text = (tmp_path / "one.json").read_text(encoding="utf-8")
    assert text == (tmp_path / "two.json").read_text(encoding="utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    assert len(json.loads(text)["components"]) == len(packages)


def test_doctor_says_what_works_without_each_thing_that_is_lacking(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    found = {finding.name: finding for finding in examine(PROJECT, tmp_path / "not" / "yet")}
    for name in ("Quarto", "Chromium", "LibreOffice", "Make", "Git"):
        assert found[name].state == WITHOUT
        assert found[name].says != "on the PATH"
    assert found["Place for releases"].state == HERE


def test_doctor_refuses_a_machine_without_the_embedded_engine(monkeypatch, tmp_path):
    monkeypatch.setattr("ssstats.doctor.find_spec", lambda name: None)
    first = examine(PROJECT, tmp_path)[0]
    assert (first.name, first.state) == ("Embedded engine", NEEDED)
    assert "Typst" in first.says
    result = CliRunner().invoke(app, ["doctor", "--out", str(tmp_path)])
    assert isinstance(result.exception, UsageError)


def test_packages_are_read_as_python_reads_them():
    slowly = {plain_name(own.name): own.version for own in reversed(list(distributions()))}
    assert versions_by_name() == slowly


@pytest.mark.parametrize("name", ["typing_extensions", "ruamel.yaml", "Jinja2", "jaraco--x"])
def test_a_name_is_plain_whatever_its_spelling(name):
    assert plain_name(name) == plain_name(name.upper().replace("_", ".").replace("--", "-"))
