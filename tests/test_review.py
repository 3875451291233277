"""A reviewer is told that a notebook is identical, or exactly what differs."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from small_build import PROJECT, build_small, write_small_returns

from ssstats.errors import UsageError
from ssstats.review import compare_notebooks, page_of_reviews, propose_returns, review_release

TABLE = """::: {#tbl-powys-counts}

| Metric | 2023-24 | 2024-25 |
|:---|---:|---:|
| Contacts | 10 | [c] |
| Plans | 20 | 30 |

Counts of Powys

:::"""


def chart(text: str, alternative: str = "A line") -> str:
    svg = base64.b64encode(f"<svg><text>{text}</text></svg>".encode()).decode()
    picture = f'![](data:image/svg+xml;base64,{svg}){{fig-alt="{alternative}"}}'
    return f"::: {{#fig-powys-1}}\n\n{picture}\n\nContacts\n\n:::"


def notebook(path: Path, *shown: str, source: str = "show(text)") -> Path:
    cells = []
    for text in shown:
        cell = nbformat.v4.new_code_cell(source)
        cell["id"] = f"cell-{len(cells):03d}"
        cell.outputs = [nbformat.v4.new_output("display_data", {"text/markdown": text})]
        cells.append(cell)
    path.write_text(nbformat.writes(nbformat.v4.new_notebook(cells=cells)), encoding="utf-8")
    return path


def differences(tmp_path, published: str, now: str):
    both = notebook(tmp_path / "a.ipynb", published), notebook(tmp_path / "b.ipynb", now)
    return [(one.kind, one.where, one.published, one.now) for one in compare_notebooks(*both)]


def test_a_changed_figure_is_named_with_its_row_and_column(tmp_path):
    assert differences(tmp_path, TABLE, TABLE.replace("[c]", "5")) == [
        ("table", "powys-counts, row Contacts, column 2024-25", "[c]", "5")
    ]


def test_a_row_more_a_caption_and_a_table_less_are_named(tmp_path):
    more = TABLE.replace("| Plans | 20 | 30 |", "| Plans | 20 | 30 |\n| Plans | 1 | 2 |")
    assert [one[1:] for one in differences(tmp_path, TABLE, more)][1:] == [
        ("powys-counts, row Plans (2), column 2023-24", "(not there)", "1"),
        ("powys-counts, row Plans (2), column 2024-25", "(not there)", "2"),
    ]
    renamed = TABLE.replace("Counts of Powys", "Counts of Gwynedd")
    assert differences(tmp_path, TABLE, renamed) == [
        ("sentence", "of powys-counts", "Counts of Powys", "Counts of Gwynedd")
    ]
    assert differences(tmp_path, TABLE, "") == [("table", "powys-counts", "there", "(not there)")]


def test_of_a_changed_chart_its_texts_and_its_alternative_text_are_shown(tmp_path):
    assert differences(tmp_path, chart("10"), chart("20", "A bar")) == [
        ("chart", "powys-1, alternative text", "A line", "A bar"),
        ("chart", "powys-1, drawing", "10", "20"),
    ]


def test_only_the_sentence_that_changed_is_shown(tmp_path):
    published = "The rate rose. It is 12.5 per 100. Nothing else is known."
    assert differences(tmp_path, published, published.replace("12.5", "12.6")) == [
        ("sentence", "", "It is 12.5 per 100.", "It is 12.6 per 100.")
    ]


def test_other_code_and_other_metadata_differ_too(tmp_path):
    published = notebook(tmp_path / "a.ipynb", TABLE)
    now = notebook(tmp_path / "b.ipynb", TABLE, source="show(other)")
    (found,) = compare_notebooks(published, now)
    assert (found.kind, found.published, found.now) == ("code", "show(text)", "show(other)")
    content = json.loads(published.read_text())
    now.write_text(json.dumps({**content, "metadata": {"a": 1}}), encoding="utf-8")
    assert [one.kind for one in compare_notebooks(published, now)] == ["notebook"]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("review")
    returns = write_small_returns(folder / "returns")
    return build_small(returns, folder / "reports", authorities=("powys", "gwynedd")).folder


@pytest.mark.slow
def test_every_authority_of_a_release_is_identical_and_the_page_says_so(built):
    reviews = review_release(built, (), PROJECT)
    assert [review.name for review in reviews] == ["Gwynedd", "Powys"]
    assert all(review.identical for review in reviews)
    assert "2 of 2 notebooks are identical" in page_of_reviews("Review", reviews)


@pytest.mark.slow
def test_a_changed_table_of_a_copied_release_is_named_and_so_is_what_it_changes(built, tmp_path):
    copy = shutil.copytree(built, tmp_path / "2024-25")
    path = copy / "data" / "counts.csv"
    counts = pd.read_csv(path, dtype=str, keep_default_na=False)
    own = (counts["area"] == "W06000023") & (counts["reference"] == "AD/001")
    own &= counts["period"] == "2024-25"
    published = f"{int(counts.loc[own, 'value'].iloc[0]):,}"
    counts.loc[own, "value"] = "9995"
    counts.to_csv(path, index=False)
    (review,) = review_release(copy, ["powys"], PROJECT)
    assert review.changed_inputs == ("data/counts.csv",)
    assert (published, "9,995") in {(one.published, one.now) for one in review.differences}


@pytest.mark.slow
def test_another_clone_at_another_path_reviews_the_release(built, tmp_path):
    clone = tmp_path / "other" / "clone"
    for name in ("data", "notebooks", "theme", "src", "commentary"):
        if (PROJECT.root / name).is_dir():
            shutil.copytree(PROJECT.root / name, clone / name)
    for path in [*PROJECT.root.glob("*.yml"), *PROJECT.root.glob("requirements*.lock")]:
        shutil.copy(path, clone)
    release = shutil.copytree(built, tmp_path / "elsewhere")
    done = subprocess.run(
        [sys.executable, "-m", "ssstats.cli", "review", str(release), "--authority", "powys"],
        env={**os.environ, "PYTHONPATH": str(clone / "src"), "TZ": "Asia/Tokyo"},
        cwd=clone,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "Powys (en): identical to what was published\n"


@pytest.mark.slow
def test_a_revised_return_is_shown_in_all_that_it_would_change_and_nowhere_as_returned(
    built, tmp_path
):
    returns = write_small_returns(tmp_path / "returns")
    values = pd.read_csv(
        returns / "synthetic-returns-2024-25.csv", dtype=str, keep_default_na=False
    )
    own = values[(values["area"] == "W06000023") & values["reference"].isin(["AD/001", "CH/041"])]
    own = own.assign(value=["77777" if r == "AD/001" else "3" for r in own["reference"]])
    own.to_csv(tmp_path / "revised.csv", index=False)
    found = propose_returns(built, returns, tmp_path / "revised.csv", PROJECT)
    moved = found.figures[found.figures["area"] == "W06000023"].set_index("figure")
    assert moved.loc["AD/001", "now"] == "77775"
    assert moved.loc["CH/041", ["what", "now"]].tolist() == ["hidden", "[c]"]
    assert "W92000004" in set(found.figures["area"])
    assert {review.name for review in found.notebooks if review.differences} >= {"Powys", "Adults"}
    said = found.figures.to_csv() + found.sayings.to_csv() + page_of_reviews("", found.notebooks)
    assert "77777" not in said and "77,777" not in said
    unchanged = propose_returns(built, returns, returns, PROJECT)
    assert unchanged.nothing


def test_a_folder_that_is_no_release_is_refused(tmp_path):
    with pytest.raises(UsageError, match="give the folder of a release"):
        review_release(tmp_path, ["powys"], PROJECT)
