"""Open data: described tidy files, Parquet, pairs of data and metadata, change log, README."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace

import pandas as pd
import pyarrow.parquet as pq
import pytest
from small_release import (
    PROJECT,
    catalogue,
    small_estimates,
    small_tables,
    words,
    write_small_data,
    written_once,
)

from ssstats.manifest import checksum
from ssstats.outputs import write_outputs
from ssstats.outputs.errors import OutputsError
from ssstats.outputs.open_data import write_descriptions, write_lookups
from ssstats.outputs.plan import read_plan

FIXTURES = PROJECT.root / "tests" / "fixtures"


def write(stage, own, *, tables=None, **options):
    tables = tables or small_tables(own)
    estimates = small_estimates(tables, own)
    write_small_data(tables, estimates, stage)
    return write_outputs(tables, estimates, own, {"en": words()}, stage, **options)


@pytest.fixture(scope="module")
def own():
    return catalogue()


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    return written_once(tmp_path_factory)


@pytest.fixture(scope="module")
def data(stage):
    return stage / "data"


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_columns_are_described_under_their_own_header_and_in_each_language(own, tmp_path):
    tables = small_tables(own)
    estimates = small_estimates(tables, own)
    write_small_data(tables, estimates, tmp_path)
    both = {language: words(language) for language in ("en", "cy")}
    write_outputs(tables, estimates, own, both, tmp_path)
    said = json.loads((tmp_path / "data" / "measures.csv-metadata.json").read_text("utf-8"))
    titles = {column["name"]: column["titles"] for column in said["tableSchema"]["columns"]}
    assert titles["lower"] == {"en": ["lower", "lower limit"], "cy": "terfyn isaf"}
    assert all(name in title["en"] for name, title in titles.items())


@pytest.mark.parametrize("language", ["en", "cy"])
def test_every_column_that_is_described_has_a_title(language):
    plan = read_plan(PROJECT.root / "data" / "outputs")
    names = {column.name for columns in plan.columns.values() for column in columns}
    said = words(language)
    assert sorted(name for name in names if not said.has(f"output.csv.{name}")) == []


def test_every_csv_file_is_described_beside_it(data):
    files = {path.name for path in data.glob("*.csv")}
    assert files == {path.name.removesuffix("-metadata.json") for path in data.glob("*.json")
                     if path.name != "release.json"}  # fmt: skip
    assert {"counts.csv", "measures.csv", "areas.csv", "measure-definitions.csv"} <= files


def test_an_independent_validator_accepts_the_descriptions(data):
    csvw = pytest.importorskip("csvw", reason="the csvw package is not installed")
    for path in sorted(data.glob("*.csv-metadata.json")):
        found = csvw.CSVW(str(path), validate=True)
        assert found.is_valid, path.name
        assert not found.warnings, path.name


def test_descriptions_of_a_release_in_two_languages_are_in_both_and_valid(own, tmp_path):
    csvw = pytest.importorskip("csvw", reason="the csvw package is not installed")
    tables = small_tables(own)
    write_small_data(tables, small_estimates(tables, own), tmp_path)
    plan = read_plan(PROJECT.root / "data" / "outputs")
    both = {language: words(language) for language in ("en", "cy")}
    write_lookups(own, plan, tmp_path / "data")
    for path in write_descriptions(plan, tables, both, tmp_path / "data"):
        said = json.loads(path.read_text(encoding="utf-8"))
        texts = [said["dc:title"], said["dc:description"], said["dc:bibliographicCitation"]]
        texts += [column["dc:description"] for column in said["tableSchema"]["columns"]]
        assert all([own["@language"] for own in text] == ["en", "cy"] for text in texts), path.name
        found = csvw.CSVW(str(path), validate=True)
        assert found.is_valid, path.name
        assert not found.warnings, path.name


def test_every_column_is_described_in_welsh():
    described = read_plan(PROJECT.root / "data" / "outputs").columns
    lacking = {
        f"{file}: {column.name}"
        for file, columns in described.items()
        for column in columns
        if "cy" not in column.descriptions
    }
    assert lacking == set()


def test_the_validator_refuses_a_text_in_a_column_of_numbers(data, tmp_path):
    csvw = pytest.importorskip("csvw", reason="the csvw package is not installed")
    for name in ("coverage.csv", "coverage.csv-metadata.json"):
        text = (data / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace(",22,22,", ",22,many,", 1), encoding="utf-8")
    with pytest.raises(UserWarning, match="Invalid column value: many"):
        csvw.CSVW(str(tmp_path / "coverage.csv-metadata.json"), validate=True).is_valid  # noqa: B018


def test_descriptions_carry_licence_citation_and_the_word_synthetic(data):
    said = json.loads((data / "counts.csv-metadata.json").read_text(encoding="utf-8"))
    assert "open-government-licence/version/3" in said["dc:license"]["@id"]
    assert said["dc:description"].startswith("Synthetic demonstration data")
    assert "2024-25" in said["dc:bibliographicCitation"]
    assert all(column["dc:description"] for column in said["tableSchema"]["columns"])
    assert said["tableSchema"]["columns"][2]["valueUrl"].endswith("{area}")


def test_a_file_with_a_column_that_nobody_described_is_refused(own, tmp_path):
    tables = small_tables(own)
    renamed = replace(tables, checks=tables.checks.rename(columns={"found": "results"}))
    with pytest.raises(OutputsError, match=r"checks\.csv: columns are .*results.*found"):
        write(tmp_path, own, tables=renamed)


def test_columns_of_earlier_releases_keep_their_names_and_their_order():
    """The fixture grows with what is published; nothing in it may change or go."""
    pinned: dict[str, list[str]] = {}
    for row in read(FIXTURES / "open_data_columns.csv"):
        pinned.setdefault(row["file"], []).append(row["column"])
    described = read_plan(PROJECT.root / "data" / "outputs").columns
    for file, names in pinned.items():
        now = [column.name for column in described[file]]
        assert [name for name in now if name in names] == names, file


def test_tidy_files_hold_no_mixed_columns_and_no_spaces_at_the_ends(data):
    for name in ("counts.csv", "measures.csv"):
        for row in read(data / name):
            assert all(text == text.strip() for text in row.values())
            assert row["value"] == "" or re.fullmatch(r"-?\d+(\.\d+)?", row["value"])
            assert bool(row["value"]) != bool(row["marker"])


def test_parquet_holds_the_columns_and_rows_of_the_csv_file(data):
    for name in ("counts", "measures"):
        table = pq.read_table(data / f"{name}.parquet")
        plain = pd.read_csv(data / f"{name}.csv", dtype=str, keep_default_na=False)
        assert table.column_names == list(plain)
        assert table.num_rows == len(plain)
        shown = pd.to_numeric(plain["value"]).dropna().tolist()
        assert table.column("value").drop_null().to_pylist() == shown
        assert table.schema.metadata[b"synthetic"] == b"yes"


def pairs(data):
    return [p for p in sorted((data / "dfe").glob("*.csv")) if not p.name.endswith(".meta.csv")]


def test_a_pair_follows_the_open_data_standards(data):
    assert {path.stem for path in pairs(data)} >= {"adults-metrics", "adults-groups",
                                                   "adults-measures"}  # fmt: skip
    for path in pairs(data):
        rows, meta = read(path), read(path.with_name(f"{path.stem}.meta.csv"))
        named = [row["col_name"] for row in meta]
        assert not re.search(r"\d{4}|wales|cymru", path.name)
        assert set(named) <= set(rows[0])
        assert all(re.fullmatch(r"[a-z][a-z0-9_]{0,34}", name) for name in rows[0])
        assert {row["col_type"] for row in meta} == {"Filter", "Indicator"}
        labels = [row["label"] for row in meta]
        assert len(set(labels)) == len(labels) and all(labels)
        assert all(re.fullmatch(r"\d{6}", row["time_period"]) for row in rows)
        assert {row["geographic_level"] for row in rows} == {"National", "Local authority"}


def test_a_pair_is_a_complete_matrix_without_blanks_whose_filter_has_a_total(data):
    for path in pairs(data):
        rows = read(path)
        meta = read(path.with_name(f"{path.stem}.meta.csv"))
        indicators = [row["col_name"] for row in meta if row["col_type"] == "Indicator"]
        keys = {(r["time_period"], r["new_la_code"], r["group"]) for r in rows}
        years, areas, groups = ({key[n] for key in keys} for n in range(3))
        assert len(keys) == len(rows) == len(years) * len(areas) * len(groups)
        assert "Total" in groups
        for row in rows:
            for name in indicators:
                assert re.fullmatch(r"\d+(\.\d+)?|c|x|z|u|low|k", row[name]), (path.name, name)


def test_a_first_release_says_so_in_its_change_log(data):
    rows = read(data / "change-log.csv")
    assert {row["change"] for row in rows} == {"first-release"}


def test_the_change_log_counts_rows_added_and_values_changed(own, stage, tmp_path):
    tables = small_tables(own)
    counts = tables.counts.copy()
    changed = counts["reference"].eq("CH/041") & counts["period"].eq("2023-24")
    counts.loc[changed, "value"] += 5
    added = counts[counts["reference"].eq("AD/001")].assign(reference="AD/006")
    counts = pd.concat([counts, added], ignore_index=True)
    write(tmp_path, own, tables=replace(tables, counts=counts), previous=stage)
    rows = [row for row in read(tmp_path / "data" / "change-log.csv")
            if row["file"] == "counts.csv"]  # fmt: skip
    assert [(row["change"], row["detail"], row["number"]) for row in rows] == [
        ("rows-added", "2020-proposed 2023-24", "23"),
        ("rows-added", "2020-proposed 2024-25", "23"),
        ("values-changed", "2020-proposed 2023-24", "23"),
    ]


def test_the_readme_explains_every_file_column_and_marker(data):
    text = (data / "README.md").read_text(encoding="utf-8")
    assert "**Synthetic demonstration data" in text
    for path in data.glob("*.csv"):
        assert f"### {path.name}" in text
        header = path.read_text(encoding="utf-8").splitlines()[0]
        for name in header.split(","):
            assert f"- `{name}` (" in text
    for part in ("- `c`:", "- `x`:", "Open Government Licence", "How to cite"):
        assert part in text


def test_the_same_release_gives_the_same_bytes(own, stage, tmp_path):
    written = write(tmp_path, own)
    for path in written:
        other = stage / path.relative_to(tmp_path)
        assert checksum(path) == checksum(other), path.name


def test_a_pair_in_welsh_has_the_same_figures_under_the_same_names(own, tmp_path):
    tables = small_tables(own)
    estimates = small_estimates(tables, own)
    write_small_data(tables, estimates, tmp_path)
    languages = {language: words(language) for language in ("en", "cy")}
    write_outputs(tables, estimates, own, languages, tmp_path)
    for english in pairs(tmp_path / "data"):
        welsh = tmp_path / "data" / "dfe-cy" / english.name
        first, second = read(english), read(welsh)
        assert list(first[0]) == list(second[0])
        named = {"country_name", "la_name", "group"}
        for row, other in zip(first, second, strict=True):
            assert {n: v for n, v in row.items() if n not in named} == {
                n: v for n, v in other.items() if n not in named
            }
        assert {row["country_name"] for row in second} == {"Cymru"}
        assert "Cyfanswm" in {row["group"] for row in second}
        meta = read(welsh.with_name(f"{welsh.stem}.meta.csv"))
        labels = {row["col_name"]: row["label"] for row in meta}
        assert labels["group"] in ("Grŵp o bobl", "Oedran a rhywedd")
        if "ad_001" in labels:
            assert labels["ad_001"].startswith("Cysylltiadau â'r gwasanaeth")
