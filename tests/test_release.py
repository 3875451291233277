"""A whole release: everything in its place, the same numbers everywhere, nothing unprotected."""

from __future__ import annotations

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from small_build import project_with, raise_in_last_cell, small_options, write_small_returns

from ssstats.catalogue import read_catalogue
from ssstats.errors import NotebookError
from ssstats.manifest import checksum
from ssstats.project import find_project
from ssstats.release import build_release
from ssstats.returns import read_returns
from ssstats.review import review_release

pytestmark = pytest.mark.slow

PROJECT = find_project(Path(__file__).parent)
CHAPTERS = {"index", "adults", "children", "carers", "workforce", "framework-2016", "quality"}
WALES = "W92000004"


@pytest.fixture(scope="module")
def built(demonstration_release):
    return demonstration_release


@pytest.fixture(scope="module")
def counts(built):
    return pd.read_csv(built.folder / "data" / "counts.csv", keep_default_na=False)


class CellReader(HTMLParser):
    """Collects the text of table cells and of the whole page."""

    def __init__(self):
        super().__init__()
        self.cells, self.text, self._open = [], [], False

    def handle_starttag(self, tag, attrs):
        if tag in ("td", "th"):
            self.cells.append("")
            self._open = True

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self._open = False

    def handle_data(self, data):
        self.text.append(data)
        if self._open:
            self.cells[-1] += data


def read_page(path: Path) -> CellReader:
    reader = CellReader()
    reader.feed(path.read_text(encoding="utf-8"))
    return reader


def test_the_release_holds_site_pdf_notebooks_data_and_manifest(built):
    site = built.folder / "site" / "en"
    pages = {path.stem for path in site.glob("*.html")}
    assert pages >= CHAPTERS | {"dictionary", "authority-powys", "authority-merthyr-tydfil"}
    assert (built.folder / "social-services-activity-en.pdf").stat().st_size > 10_000
    assert {path.stem for path in (built.folder / "notebooks" / "en").glob("*.ipynb")} >= CHAPTERS
    assert (built.folder / "data" / "counts.csv").exists()


def test_the_manifest_gives_the_checksum_of_every_file(built):
    manifest = json.loads((built.folder / "manifest.json").read_text(encoding="utf-8"))
    files = {
        path.relative_to(built.folder).as_posix()
        for path in built.folder.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    assert manifest["files"] == {name: checksum(built.folder / name) for name in files}


def test_every_page_says_that_the_data_are_synthetic(built):
    for path in (built.folder / "site" / "en").glob("*.html"):
        assert "ynthetic" in path.read_text(encoding="utf-8"), path.name


def test_every_collected_item_is_published(counts):
    metrics = read_catalogue(PROJECT.catalogue).metrics
    collected = metrics[metrics["collected"] == "yes"]
    assert len(collected[collected["edition"] == "2020-proposed"]) == 544
    published = set(zip(counts["edition"], counts["reference"], strict=True))
    assert set(zip(collected["edition"], collected["reference"], strict=True)) <= published


def test_the_published_dictionary_has_all_544_values_and_35_measures(built):
    dictionary = pd.read_csv(
        built.folder / "data" / "data-dictionary.csv", dtype=str, keep_default_na=False
    )
    values = dictionary[
        (dictionary["edition"] == "2020-proposed") & (dictionary["item"] == "metric")
    ]
    assert len(values) == 544
    measures = dictionary[
        (dictionary["edition"] == "2016-code") & (dictionary["item"] == "measure")
    ]
    numbers = {re.match(r"\D*(\d+)", reference)[1] for reference in measures["reference"]}
    assert numbers == {str(number) for number in range(1, 36)}


def test_no_small_count_is_in_the_data_files(counts):
    protected = counts[~counts["rule"].isin(["not protected", "no value"])]
    values = pd.to_numeric(protected["value"], errors="coerce").dropna()
    assert not values.between(0.01, 4.99).any()
    assert (values % 5 == 0).all()


def test_hidden_counts_are_hidden_in_data_page_and_notebook(built, counts):
    own = counts[
        (counts["area"] == "W06000024")
        & (counts["period"] == "2024-25")
        & (counts["marker"] == "c")
    ]
    assert len(own) > 20
    assert (own["value"] == "").all()
    page = read_page(built.folder / "site" / "en" / "authority-merthyr-tydfil.html")
    assert "[c]" in page.cells


def test_no_unprotected_count_reaches_any_file_of_the_release(built, counts):
    """Counts that no rounding gives: exact returned values over 1,000 that are no multiple of 5."""
    values = read_returns(PROJECT.demonstration, read_catalogue(PROJECT.catalogue)).values
    exact = values[(values["period"] == "2024-25") & (values["value"] >= 1000)]["value"]
    # Years look like counts: leave them out.
    canaries = {int(v) for v in exact if v % 5 and v == int(v) and not 1900 < v < 2100}
    # What needs no protection is published as it was returned.
    open_counts = counts.loc[counts["rule"] == "not protected", "value"]
    canaries -= {int(float(v)) for v in open_counts if v}
    assert len(canaries) > 100
    forms = {str(v) for v in canaries} | {f"{v:,}" for v in canaries}
    persons = read_catalogue(PROJECT.catalogue).populations["persons"]
    populations = {*persons.astype(str), *(f"{number:,}" for number in persons)}
    word = re.compile(r"(?<![\d.,#:-])\d[\d,]*\d(?![\d.,]*\d|%)")
    # The quality chapter counts figures and comparisons: numbers of its own, about no return.
    pages = [path for path in built.folder.rglob("*.html") if path.name != "quality.html"]
    for path in [*built.folder.rglob("*.csv"), *pages]:
        text = path.read_text(encoding="utf-8")
        if path.name == "commentary.csv":
            text = re.sub(r"^quality\..*$", "", text, flags=re.MULTILINE)
        found = set(word.findall(re.sub(r"<svg.*?</svg>", "", text, flags=re.S))) & forms
        assert found - populations <= set(), (path.name, sorted(found)[:3])


def test_the_wales_figures_of_a_page_are_those_of_the_data(built, counts):
    page = read_page(built.folder / "site" / "en" / "adults.html")
    wales = counts[
        (counts["area"] == WALES) & (counts["reference"] == "AD/001") & (counts["breakdown"] == "")
    ]
    for value in wales["value"]:
        assert f"{int(float(value)):,}" in page.cells


def test_html_and_pdf_hold_the_same_main_points(built):
    import pypdf

    page = " ".join("".join(read_page(built.folder / "site/en/index.html").text).split())
    pdf = pypdf.PdfReader(built.folder / "social-services-activity-en.pdf")
    text = " ".join(" ".join(p.extract_text() for p in pdf.pages[:6]).split())
    points = re.findall(r"On 31 March 2025, [\d,]+ children were looked after", page)
    assert points
    assert points[0] in text


def test_notebooks_were_executed_and_hold_markdown_alone(built):
    for path in (built.folder / "notebooks" / "en").glob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                assert cell.execution_count
                for output in cell.outputs:
                    assert set(output["data"]) == {"text/markdown"}, path.name


def test_an_executed_notebook_holds_no_time_and_no_path_of_this_machine(built):
    for path in (built.folder / "notebooks" / "en").glob("*.ipynb"):
        text = path.read_text(encoding="utf-8")
        assert str(built.folder.parent) not in text
        assert str(PROJECT.root) not in text
        assert "start_time" not in text and "iopub" not in text


def test_a_reviewer_who_runs_an_authority_again_gets_what_was_published(built):
    (review,) = review_release(built.folder, ["Powys"], PROJECT)
    assert review.identical
    assert review.differences == ()


def test_a_changed_figure_is_found_and_its_cell_named(built, tmp_path):
    copy = tmp_path / "2024-25"
    shutil.copytree(built.folder, copy)
    path = copy / "notebooks" / "en" / "authority-powys.ipynb"
    notebook = nbformat.read(path, as_version=4)
    places = [
        place
        for place, cell in enumerate(notebook.cells)
        if cell.cell_type == "code" and cell.outputs
    ]
    output = notebook.cells[places[-1]].outputs[0]["data"]
    output["text/markdown"] = output["text/markdown"] + "\n\nOne figure more: 12,345"
    nbformat.write(notebook, path)
    (review,) = review_release(copy, ["powys"], PROJECT)
    assert not review.identical
    assert {one.cell for one in review.differences} == {places[-1] + 1}
    assert "12,345" in review.differences[0].published


@pytest.fixture
def asked(tmp_path):
    """What a build of a few metrics is asked for."""
    return small_options(write_small_returns(tmp_path / "returns"), tmp_path / "reports")


def test_a_template_without_a_parameters_cell_stops_the_build(asked, tmp_path):
    def untag(notebook):
        for cell in notebook.cells:
            cell.metadata.pop("tags", None)

    with pytest.raises(NotebookError, match=r"quality\.ipynb: has 0 cells tagged"):
        build_release(asked, project_with(tmp_path / "clone", untag))
    assert [path.name for path in asked.out.iterdir()] == [".2024-25-work"]


def test_a_notebook_that_raises_is_named_with_its_cell_and_leaves_the_last_release(asked, tmp_path):
    former = asked.place
    former.mkdir(parents=True)
    (former / "kept.txt").write_text("the last good release", encoding="utf-8")
    with pytest.raises(NotebookError, match=r"(?s)quality\.ipynb.*cell \d+ failed.*planted"):
        build_release(asked, project_with(tmp_path / "clone", raise_in_last_cell))
    assert {path.name for path in asked.out.iterdir()} == {"2024-25", ".2024-25-work"}
    assert (former / "kept.txt").exists()
