"""The data dictionary holds every item, and the committed page is current."""

from __future__ import annotations

from pathlib import Path

import pytest

from ssstats.catalogue import dictionary_frame, read_catalogue, write_dictionary

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def catalogue():
    return read_catalogue(ROOT / "data" / "catalogue")


def test_the_committed_dictionary_is_the_one_the_catalogue_gives(catalogue):
    committed = (ROOT / "docs" / "data-dictionary.md").read_text(encoding="utf-8")
    assert committed == write_dictionary(catalogue), "run make dictionary"


def test_the_dictionary_has_544_metrics_35_measures_and_the_figures_behind_them(catalogue):
    items = dictionary_frame(catalogue)
    assert items["item"].value_counts().to_dict() == {
        "metric": 544,
        "numerator": 38,
        "denominator": 38,
        "measure": 37,  # 35 and the two parts of measure 20
    }
    assert not items.duplicated(["edition", "reference"]).any()


def test_the_dictionary_keeps_the_printed_slip_beside_the_repaired_label(catalogue):
    items = dictionary_frame(catalogue).set_index("reference")
    assert "Aged 46 to 45 years" in items.loc["WF/009d", "label_printed"]
    assert "III health" in items.loc["WF/023c", "label_printed"]
    assert "ill health" in items.loc["WF/023c", "label"]


def test_no_item_lacks_a_wording_a_label_or_a_unit(catalogue):
    items = dictionary_frame(catalogue)
    for column in ("label_printed", "label", "unit", "domain", "reference_status"):
        assert items[column].ne("").all(), column


def test_every_row_of_every_table_in_the_page_has_the_cells_of_its_header(catalogue):
    width = 0
    for line in write_dictionary(catalogue).splitlines():
        if not line.startswith("|"):
            width = 0
            continue
        cells = line.replace("\\|", "").count("|")
        assert width in (0, cells), line
        width = cells


def test_every_collected_reference_stands_once_in_the_page(catalogue):
    page = write_dictionary(catalogue)
    collected = catalogue.metrics[catalogue.metrics["collected"].eq("yes")]
    assert all(page.count(f"\n| {reference} |") == 1 for reference in collected["reference"])
