"""Pages of measures: every published value with what it was made from, readable without scripts."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from math import nan
from pathlib import Path

import pandas as pd
import pytest
from render_pages import ROOT, Page, fixture_tree, normal
from small_release import POWYS, WALES, catalogue, opened_small, words

from ssstats.chapters import Release
from ssstats.charts import Tile, tile_map
from ssstats.formatting import format_count
from ssstats.measure_pages import SharedFigures, destinations_of, write_measure_pages
from ssstats.render import render_book

MADE = ["Local authority", "Year", "Value", "Lower limit", "Upper limit", "Numerator",
        "Denominator"]  # fmt: skip


@pytest.fixture(scope="module")
def release() -> Release:
    return opened_small()


@pytest.fixture(scope="module")
def site(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("measures")
    rendered = render_book(
        fixture_tree(folder / "book"), folder / "out", language="en", engine="embedded",
        words=dict(release.words.texts), destinations=destinations_of(release),
    )  # fmt: skip
    write_measure_pages(release, rendered.frame)
    return rendered.site


@pytest.fixture(scope="module")
def page(site: Path) -> Page:
    return Page(site / "measures" / "ad-02.html")


def rows_of(page: Page, identity: str) -> list[list[str]]:
    """Return the texts of a table's rows, the head first."""
    region = page.source.split(f'id="{identity}"')[1].split("</table>")[0]
    return [
        [normal(re.sub("<[^>]+>", "", cell)) for cell in re.findall(r"<t[hd].*?</t[hd]>", row)]
        for row in re.findall(r"<tr.*?</tr>", region)
    ]


def test_every_measure_and_every_question_with_figures_has_a_page(site: Path, release: Release):
    names = {path.name for path in (site / "measures").glob("*.html")}
    assert {"index.html", "ad-02.html", "metric-ad-002.html", "metric-ch-041.html"} <= names
    assert "metric-ad-044.html" not in names
    index = (site / "measures" / "index.html").read_text(encoding="utf-8")
    assert set(re.findall(r'<li><a href="([^"/]+\.html)"', index)) >= names - {"index.html"}


def test_every_value_of_a_measure_stands_with_its_numerator_and_denominator(
    page: Page, release: Release
):
    head, *rows = rows_of(page, "tbl-made")
    assert head[:7] == MADE
    own = release.estimates[release.estimates["measure"] == "AD-02"]
    assert len(rows) == len(own) == 46
    powys = own[(own["area"] == POWYS) & (own["period"] == "2024-25")].iloc[0]
    (shown,) = [row for row in rows if row[:2] == ["Powys", "2024-25"]]
    assert shown[2] == f"{powys['value']:.1f}%"
    assert shown[5:7] == [f"{powys['numerator']:,.0f}", f"{powys['denominator']:,.0f}"]


def test_texts_made_in_columns_are_those_of_single_cells(release: Release):
    shared = SharedFigures(release)
    assert len(shared.measures["AD-02"]) == 46
    for measure, figures in shared.measures.items():
        for figure in figures:
            row = release.estimate(measure, figure.area, figure.period)
            assert row is not None
            texts = [release.estimate_text(row, part) for part in ("value", "lower", "upper")]
            for side in ("numerator", "denominator"):
                value, marker = row[side], row[f"{side}_marker"]
                absent = pd.isna(value) and not marker
                texts.append("[x]" if absent else format_count(value, marker))
            assert figure.cells == "".join(f"<td>{text}</td>" for text in texts)
            assert figure.value_text == texts[0]
    for reference, texts in shared.counts.items():
        for place, text in texts.items():
            assert text == release.count_text("2020-proposed", reference, *place)


def test_a_value_names_the_chapters_whose_sentences_speak_of_it(page: Page):
    (own,) = [row for row in rows_of(page, "tbl-made") if row[:2] == ["Wales", "2024-25"]]
    assert own[7].endswith("in the text of: Adults")
    (said,) = page.with_class("said")
    assert said.text == "50.0% of contacts had a decision."


def test_a_value_can_be_led_to_by_authority_and_year(page: Page):
    for name in ("powys", "powys-2023-24", "powys-2024-25", "wales-2024-25"):
        assert page.identifiers.count(name) == 1


def test_no_name_stands_twice_on_a_page_and_every_inner_link_has_its_place(site: Path):
    for path in (site / "measures").glob("*.html"):
        page = Page(path)
        assert len(page.identifiers) == len(set(page.identifiers)), path.name
        inner = {e.attributes["href"][1:] for e in page.all("a")
                 if e.attributes["href"].startswith("#")}  # fmt: skip
        assert inner <= set(page.identifiers), path.name


def test_links_between_pages_lead_to_files(site: Path):
    for path in (site / "measures").glob("*.html"):
        for element in Page(path).elements:
            target = element.attributes.get("href", "") or element.attributes.get("src", "")
            outside = target.startswith(("#", "mailto:")) or "hreflang" in element.attributes
            if target and not outside:
                assert (path.parent / target.split("#")[0]).is_file(), (path.name, target)


def test_tables_keep_the_geographic_order_of_authorities(page: Page, release: Release):
    shown = [row[0] for row in rows_of(page, "tbl-authorities")[1:]]
    assert shown == [release.name(area) for area in release.areas["area"]]


def test_the_map_prints_every_value_and_every_marker():
    tiles = [Tile(0, 0, "Powys", "45.0%", 45.0), Tile(1, 0, "Conwy", "[c]", nan)]
    drawn = tile_map(tiles, identity="m", title="T", description="D")
    assert re.findall(r"<text[^>]*>([^<]+)</text>", drawn) == ["Powys", "45.0%", "Conwy", "[c]"]
    assert "stroke-dasharray" in drawn.split("Powys")[1]


def test_every_authority_has_its_own_tile():
    grid = catalogue().tile_grid
    areas = catalogue().areas
    assert set(grid["area"]) == set(areas.loc[areas["level"] == "authority", "area"])
    assert not grid.duplicated(["tile_column", "tile_row"]).any()


def test_the_page_says_formula_base_source_and_who_answered(page: Page):
    facts = {dt.text: dd.text for dt, dd in zip(page.all("dt"), page.all("dd"), strict=False)}
    assert facts["Calculated as"] == "100 × AD/003 ÷ (AD/002a + AD/002b)"
    assert "(AD/002b)" in facts["Denominator"]
    assert facts["Who answered"] == "22 of 22 local authorities, 2024-25"
    assert facts["Source"].startswith("Welsh Government, Technical Guidance")


def test_a_metrics_page_counts_its_letters_and_marks_what_is_hidden(site: Path):
    rows = rows_of(Page(site / "measures" / "metric-ad-002.html"), "tbl-made")
    assert rows[0][2:4] == ["AD/002a", "AD/002b"]
    hidden = rows_of(Page(site / "measures" / "metric-ca-001.html"), "tbl-authorities")
    assert [row[1] for row in hidden if row[0] == "Powys"] == ["[c]"]


def test_the_data_of_a_page_hold_its_figures_and_nothing_where_they_are_hidden(site: Path):
    with (site.parent / "data" / "metric-ca-001.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 46
    assert {row["value"] for row in rows if row["area"] == POWYS} == {""}
    assert {row["marker"] for row in rows if row["area"] == POWYS} == {"c"}


def test_rows_of_chapters_lead_to_the_pages_of_their_measures(release: Release):
    of_row = destinations_of(release).of_row
    label = release.measure_label("AD-02")
    metric = f"{release.label('2020-proposed', 'AD/002a')} (AD/002a)"
    assert of_row("adults", "Measures", label) == "measures/ad-02.html"
    assert of_row("authority-powys", "Measures", label) == "measures/ad-02.html#powys"
    assert of_row("adults", "Numbers", metric) == "measures/metric-ad-002.html"
    assert of_row("adults", f"{label}, by local authority", "Powys") == "measures/ad-02.html#powys"
    assert of_row("adults", "Something else", "Powys") == ""


def test_welsh_pages_mark_what_is_in_english(tmp_path: Path, release: Release):
    welsh = replace(release, words=words("cy"))
    rendered = render_book(
        fixture_tree(tmp_path / "book"), tmp_path / "out", language="en", engine="embedded",
        words=dict(welsh.words.texts), destinations=destinations_of(welsh),
    )  # fmt: skip
    write_measure_pages(welsh, rendered.frame)
    page = Page(rendered.site / "measures" / "ad-02.html")
    assert "Technical Guidance" in " ".join(e.text for e in page.all("span", lang="en"))
    assert "Enwadur" in [e.text for e in page.all("dt")]


def test_no_page_of_a_measure_says_more_than_the_theme_allows(page: Page):
    assert ' style="' not in page.source
    assert "<script>" not in page.source
    assert (ROOT / "theme" / "measure.html").is_file()
    assert WALES not in page.source
