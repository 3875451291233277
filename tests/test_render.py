"""The embedded engine: one book with every construct, as site and as PDF."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag

import pypdf
import pytest
import typst
from render_pages import FIXTURE, Page, fixture_tree, normal, quarto_tree, render_words

from ssstats.fonts import PAPER_FAMILY, font_folder
from ssstats.render import Rendered, render_book

NOTICE = "Synthetic demonstration data – not statistics about any real person, authority or year"
CAPTIONS = [
    "Table 1: Coverage of the returns",
    "Figure 1.1: Adults with a plan, Wales, 2020-21 to 2024-25",
    "Table 1.1: Adults with a care and support plan and reviews completed in time, by local "
    "authority, 2024-25",
    "Table 2.1: Plans in Ynys Môn",
    "Figure 2.1: Ynys Môn beside its neighbours",
]


def render(folder: Path, tree: Path | None = None) -> Rendered:
    return render_book(
        tree or fixture_tree(folder / "book"),
        folder / "out",
        language="en",
        words=render_words(),
        engine="embedded",
        pdf_name="release-en.pdf",
    )


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Rendered:
    return render(tmp_path_factory.mktemp("render"))


@pytest.fixture(scope="module")
def pages(rendered: Rendered) -> dict[str, Page]:
    return {path.stem: Page(path) for path in rendered.pages}


@pytest.fixture(scope="module")
def pdf(rendered: Rendered) -> pypdf.PdfReader:
    assert rendered.pdf is not None
    return pypdf.PdfReader(rendered.pdf)


@pytest.fixture(scope="module")
def pdf_text(pdf: pypdf.PdfReader) -> str:
    return normal(" ".join(page.extract_text() for page in pdf.pages))


def captions_of(page: Page) -> list[str]:
    return [e.text for e in page.elements if e.tag in ("caption", "figcaption")]


def test_there_is_a_page_for_each_chapter_in_the_order_of_the_book(rendered: Rendered) -> None:
    assert [page.stem for page in rendered.pages] == [
        "index",
        "adults",
        "authority-ynys-mon",
        "about",
    ]
    assert rendered.engine == "embedded"


def test_every_page_has_its_language_one_main_heading_and_a_title_of_its_own(
    pages: dict[str, Page],
) -> None:
    assert {page.all("html")[0].attributes["lang"] for page in pages.values()} == {"en"}
    assert [len(page.all("h1")) for page in pages.values()] == [1, 1, 1, 1]
    titles = [page.all("title")[0].text for page in pages.values()]
    assert len(set(titles)) == 4
    assert titles[1] == "Adults – Social services activity: April 2024 to March 2025"


def test_headings_never_skip_a_level(pages: dict[str, Page]) -> None:
    for page in pages.values():
        levels = [int(e.tag[1]) for e in page.elements if re.fullmatch(r"h[1-6]", e.tag)]
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_first_link_of_a_page_leads_past_the_contents(pages: dict[str, Page]) -> None:
    for page in pages.values():
        assert page.all("a")[0].attributes["href"] == "#main"
        assert page.all("main", id="main")
        assert {nav.attributes["aria-label"] for nav in page.all("nav")} >= {"Contents"}


def test_pages_load_nothing_from_another_host_and_nothing_inline(pages: dict[str, Page]) -> None:
    for page in pages.values():
        policy = page.all("meta", **{"http-equiv": "Content-Security-Policy"})[0]
        assert "default-src 'none'" in policy.attributes["content"]
        assert "unsafe" not in policy.attributes["content"]
        assert not page.all("style")
        assert not [e for e in page.elements if "style" in e.attributes]
        assert all(script.attributes["src"] and not script.text for script in page.all("script"))
        loaded = [e for e in page.elements if e.tag in ("link", "script", "img")]
        addresses = [e.attributes.get("src") or e.attributes["href"] for e in loaded]
        assert not [address for address in addresses if "//" in address]


def test_every_link_inside_the_release_leads_somewhere(
    rendered: Rendered, pages: dict[str, Page]
) -> None:
    for page in pages.values():
        for link in page.all("a"):
            address, fragment = urldefrag(link.attributes["href"])
            if address.startswith(("../cy/", "mailto:")):
                continue
            target = (page.path.parent / address).resolve() if address else page.path
            assert target.exists(), address
            if fragment:
                assert fragment in pages[target.stem].identifiers, fragment


def test_identifiers_are_unique_on_a_page(pages: dict[str, Page]) -> None:
    for page in pages.values():
        assert len(page.identifiers) == len(set(page.identifiers))


def test_tables_and_figures_are_numbered_by_chapter(pages: dict[str, Page]) -> None:
    found = [caption for page in pages.values() for caption in captions_of(page)]
    assert found == CAPTIONS


def test_the_pdf_has_the_same_numbers_and_captions_as_the_site(pdf_text: str) -> None:
    for caption in CAPTIONS:
        assert caption in pdf_text


def test_references_read_the_number_of_what_they_point_at_across_chapters(
    pages: dict[str, Page], pdf_text: str
) -> None:
    links = [
        (link.text, link.attributes["href"]) for link in pages["index"].with_class("reference")
    ]
    assert links == [
        ("Table 1.1", "adults.html#tbl-adults-areas"),
        ("Chapter 3", "about.html#sec-quality"),
        ("Figure 2.1", "authority-ynys-mon.html#fig-authority-compare"),
    ]
    assert "Section 1.1" in [
        link.text for link in pages["authority-ynys-mon"].with_class("reference")
    ]
    assert "see Chapter 3 and Figure 2.1." in pdf_text


def test_a_link_to_a_chapters_source_leads_to_its_page(pages: dict[str, Page]) -> None:
    link = next(e for e in pages["adults"].all("a") if e.text == "the quality chapter")
    assert link.attributes["href"] == "about.html"


def test_heads_of_rows_and_columns_say_their_scope(pages: dict[str, Page]) -> None:
    heads = pages["adults"].all("th")
    assert len([head for head in heads if head.attributes["scope"] == "col"]) == 6
    rows = [head.text for head in heads if head.attributes["scope"] == "row"]
    assert len(rows) == 22
    assert rows[0] == "Ynys Môn"


def test_a_table_scrolls_in_a_region_that_the_keyboard_reaches(pages: dict[str, Page]) -> None:
    for page in pages.values():
        for region in page.with_class("table-region"):
            assert region.attributes["tabindex"] == "0"
            assert region.attributes["role"] == "region"
            assert region.attributes["aria-label"]


def test_numbers_stand_right_by_default_and_markers_in_brackets(pages: dict[str, Page]) -> None:
    cells = [e for e in pages["authority-ynys-mon"].all("td") if "text" not in e.classes]
    assert [cell.text for cell in cells] == ["1,040", "1,045", "[c]", "0", "[x]", "[z]"]


def test_a_chart_is_a_drawing_with_title_and_description(pages: dict[str, Page]) -> None:
    page = pages["adults"]
    (chart,) = page.with_class("chart")
    assert chart.attributes["role"] == "img"
    title, description = chart.attributes["aria-labelledby"].split()
    texts = {e.attributes.get("id"): e.text for e in page.elements}
    assert texts[title] == CAPTIONS[1]
    assert texts[description].startswith("Line chart of adults with a plan in Wales.")
    assert "2022-23" in chart.text


def test_callouts_have_the_kinds_word_or_their_own_title(
    pages: dict[str, Page], pdf_text: str
) -> None:
    titles = [e.text for e in pages["adults"].with_class("callout-title")]
    assert titles == ["Note", "Comparing authorities", "Revised figures"]
    assert all(title in pdf_text for title in titles)


def test_a_callouts_title_is_no_section(pages: dict[str, Page]) -> None:
    assert [e.text for e in pages["adults"].all("h2")][:2] == ["1.1 Assessments", "1.2 Reviews"]


def test_outputs_that_a_notebook_hides_stay_hidden(pages: dict[str, Page], pdf_text: str) -> None:
    assert "never shown" not in pages["adults"].source + pdf_text
    assert "import" not in pages["adults"].all("main")[0].text


def test_the_synthetic_notice_stands_on_every_page(
    pages: dict[str, Page], pdf: pypdf.PdfReader
) -> None:
    for page in pages.values():
        assert [e.text for e in page.with_class("notice-banner")] == [NOTICE]
    for sheet in pdf.pages:
        assert NOTICE in normal(sheet.extract_text())


def test_a_release_of_real_returns_carries_no_synthetic_notice(tmp_path: Path) -> None:
    tree = fixture_tree(tmp_path / "book")
    definition = tree / "_quarto.yml"
    kept = [row for row in definition.read_text().splitlines() if "notice:" not in row]
    definition.write_text("\n".join(kept))
    rendered = render(tmp_path, tree)
    assert rendered.pdf is not None
    assert not Page(rendered.pages[0]).with_class("notice-banner")
    assert NOTICE not in normal(pypdf.PdfReader(rendered.pdf).pages[1].extract_text())


def test_the_first_page_says_what_when_and_by_whom(pages: dict[str, Page]) -> None:
    text = pages["index"].all("main")[0].text
    for piece in (
        "Official statistics in development",
        "Period April 2024 to March 2025",
        "Published 9:30am, 24 September 2026",
        "Next update September 2027",
        "This release as a PDF",
    ):
        assert piece in text
    footer = pages["adults"].all("footer")[0].text
    assert "stats.example@example.wales" in footer
    assert "Open Government Licence v3.0" in footer


def test_words_in_another_language_say_so(pages: dict[str, Page]) -> None:
    assert "Cyngor Sir Ynys Môn" in [
        e.text for e in pages["authority-ynys-mon"].all("span", lang="cy")
    ]


def test_pages_turn_in_the_order_of_the_book(pages: dict[str, Page]) -> None:
    (back,) = pages["adults"].with_class("previous")
    (on,) = pages["adults"].with_class("next")
    assert (back.attributes["href"], on.attributes["href"]) == (
        "index.html",
        "authority-ynys-mon.html",
    )
    assert not pages["index"].with_class("previous")
    assert not pages["about"].with_class("next")


def test_search_finds_sections_by_text_and_row_heads_not_by_figures(rendered: Rendered) -> None:
    script = (rendered.site / "assets" / "search-index.js").read_text(encoding="utf-8")
    entries = json.loads(script.removeprefix("window.releaseIndex=").rstrip(";\n"))
    found = {entry[0]: entry for entry in entries}
    entry = found["adults.html#sec-adults-assessments"]
    assert entry[1:3] == ["Adults", "Assessments"]
    assert "Table 1.1" in entry[3]
    assert "Sir Fynwy" in entry[3]
    assert "1,740" not in entry[3]


def test_the_pdf_is_tagged_titled_and_says_its_language(pdf: pypdf.PdfReader) -> None:
    catalogue = pdf.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in catalogue
    assert catalogue["/Lang"] == "en-GB"
    assert catalogue["/ViewerPreferences"]["/DisplayDocTitle"]
    assert pdf.metadata is not None
    assert pdf.metadata.title == "Social services activity: April 2024 to March 2025"
    metadata = catalogue["/Metadata"].get_data().decode()
    assert re.search(r"pdfuaid:part(>|=\")1", metadata)


def test_the_pdf_has_no_date_in_it(pdf: pypdf.PdfReader) -> None:
    assert pdf.metadata is not None
    assert "/CreationDate" not in pdf.metadata


def test_bookmarks_of_the_pdf_name_parts_and_chapters(pdf: pypdf.PdfReader) -> None:
    titles = [entry["/Title"] for entry in pdf.outline if not isinstance(entry, list)]
    for title in ("Wales", "1 Adults", "Local authorities", "2 Ynys Môn", "3 Quality and methods"):
        assert title in [normal(name) for name in titles]


def test_bookmarks_of_the_pdf_are_the_headings_of_the_pages_with_their_numbers(
    pages: dict[str, Page], pdf: pypdf.PdfReader
) -> None:
    shown = [
        e.text
        for page in pages.values()
        for e in page.elements
        if re.fullmatch(r"h[1-6]", e.tag) and "main" in e.parents
    ]
    parts = ("Wales", "Local authorities", "About these statistics")
    assert [title for title in titles_of(pdf.outline) if title not in parts] == shown


def titles_of(outline: list[Any]) -> Iterator[str]:
    for entry in outline:
        if isinstance(entry, list):
            yield from titles_of(entry)
        else:
            yield entry["/Title"]


def test_figures_of_the_pdf_have_alternative_text(pdf: pypdf.PdfReader) -> None:
    texts = [e["/Alt"] for e in structure(pdf) if e.get("/S") == "/Figure" and "/Alt" in e]
    assert [text.split(".")[0] for text in texts] == [
        "Line chart of adults with a plan in Wales",
        "Bar chart of three authorities",
    ]


def test_table_heads_are_heads_in_the_pdf_and_repeat_on_the_next_page(
    pdf: pypdf.PdfReader,
) -> None:
    heads = [e for e in structure(pdf) if e.get("/S") == "/TH"]
    columns, rows = 2 + 6 + 3 + 2, 2 + 22 + 3 + 2
    scopes = [scope_of(head) for head in heads]
    assert scopes.count("/Column") == columns
    assert scopes.count("/Row") == rows
    sheets = [normal(sheet.extract_text()) for sheet in pdf.pages]
    assert len([text for text in sheets if "Percentage reviewed" in text]) == 2


def scope_of(head: pypdf.generic.DictionaryObject) -> str:
    entries = [entry.get_object() for entry in head["/A"]]
    return next(str(entry["/Scope"]) for entry in entries if entry["/O"] == "/Table")


def structure(pdf: pypdf.PdfReader) -> list[pypdf.generic.DictionaryObject]:
    found = []

    def walk(node: object) -> None:
        if isinstance(node, pypdf.generic.IndirectObject):
            node = node.get_object()
        if isinstance(node, pypdf.generic.ArrayObject):
            for inner in node:
                walk(inner)
        elif isinstance(node, pypdf.generic.DictionaryObject) and "/S" in node:
            found.append(node)
            walk(node.get("/K"))

    walk(pdf.trailer["/Root"]["/StructTreeRoot"]["/K"])
    return found


def test_every_font_of_the_pdf_is_the_releases(pdf: pypdf.PdfReader) -> None:
    fonts = {
        font.get_object()["/BaseFont"]
        for sheet in pdf.pages
        for font in sheet["/Resources"].get("/Font", {}).values()
    }
    families = {re.sub(r"^/[A-Z]{6}\+|-.*$", "", font) for font in fonts}
    assert families == {PAPER_FAMILY.replace(" ", "")}


def test_the_same_book_renders_to_the_same_bytes(rendered: Rendered, tmp_path: Path) -> None:
    again = render(tmp_path)
    assert rendered.pdf is not None
    assert again.pdf is not None
    assert again.pdf.read_bytes() == rendered.pdf.read_bytes()
    for path in sorted(rendered.site.rglob("*")):
        if path.is_file():
            other = again.site / path.relative_to(rendered.site)
            assert other.read_bytes() == path.read_bytes(), path.name


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("quarto") is None, reason="quarto is not on the PATH")
def test_quarto_makes_the_same_headings_captions_and_table_texts(
    pages: dict[str, Page], tmp_path: Path
) -> None:
    tree = quarto_tree(tmp_path / "book")
    theirs = render_book(
        tree,
        tmp_path / "out",
        language="en",
        words=render_words(),
        engine="quarto",
        pdf_name="release.pdf",
    )
    for name, ours in pages.items():
        page = Page(theirs.site / f"{name}.html")
        assert captions_of(page) == captions_of(ours)
        headings = [e.text for e in page.elements if e.tag in ("h1", "h2") and "main" in e.parents]
        wanted = [e.text for e in ours.elements if e.tag in ("h1", "h2") and "main" in e.parents]
        assert headings == wanted
        assert [e.text for e in page.all("td")] == [e.text for e in ours.all("td")]
    assert theirs.pdf is not None
    text = normal(" ".join(sheet.extract_text() for sheet in pypdf.PdfReader(theirs.pdf).pages))
    for caption in CAPTIONS:
        assert caption in text


def test_signs_that_mean_something_to_typst_are_only_signs_in_a_table(tmp_path: Path) -> None:
    odd = ["1. One", "- two", "+ three", "= four", "// five", "#six", "$7$5", "a_b*c", "<5", "~9"]
    tree = fixture_tree(tmp_path / "book")
    rows = "\n".join(f"| {escape_markdown(text)} | 1 |" for text in odd)
    table = f"::: {{#tbl-odd}}\n| Sign | N |\n|:--|--:|\n{rows}\n\nSigns\n:::\n"
    with (tree / "about.qmd").open("a", encoding="utf-8") as file:
        file.write(f"\n## Signs\n\n{table}")
    rendered = render(tmp_path, tree)
    assert rendered.pdf is not None
    sheets = pypdf.PdfReader(rendered.pdf).pages
    text = normal(" ".join(sheet.extract_text() for sheet in sheets))
    assert [sign for sign in odd if f"{sign} 1" not in text] == []
    heads = [e.text for e in Page(rendered.site / "about.html").all("th", scope="row")]
    assert heads[-len(odd) :] == odd


@pytest.mark.parametrize("end", ["", "*end*"])
def test_a_table_of_few_but_high_rows_breaks_over_pages_and_loses_none(
    tmp_path: Path, end: str
) -> None:
    # With markup in a cell the theme's filter writes the table; without it, this engine.
    tree = fixture_tree(tmp_path / "book")
    words = "a measure with a long name " * 14
    rows = "\n".join(f"| row{n}begins {words}row{n}ends{end} | {n} |" for n in range(12))
    table = f"::: {{#tbl-high}}\n\n| Measure | N |\n|:--|--:|\n{rows}\n\nHigh\n\n:::\n"
    with (tree / "about.qmd").open("a", encoding="utf-8") as file:
        file.write(f"\n## High rows\n\n{table}")
    pdf = render(tmp_path, tree).pdf
    assert pdf is not None
    sheets = [normal(sheet.extract_text()) for sheet in pypdf.PdfReader(pdf).pages]
    holding = [{n for n in range(12) if f"row{n}ends" in sheet} for sheet in sheets]
    assert set().union(*holding) == set(range(12))
    assert sum(map(bool, holding)) > 1


def escape_markdown(text: str) -> str:
    return re.sub(r"([^\w\s])", r"\\\1", text)


QUARTO_TYPST = """\
#heading(level: 1, numbering: none)[First] <first>
#figure([#release-table((1fr,), (left,), ([A],), [1])],
  caption: figure.caption(position: top, [Loose]), kind: "quarto-float-tbl", supplement: "Table")
<tbl-loose>
#part[Wales]
= Adults <sec-adults>
== Plans <sec-plans>
See #ref(<tbl-plans>, supplement: [Table]), #ref(<fig-far>, supplement: [Figure]) and
#ref(<sec-far>, supplement: [Chapter]).
#figure([#release-table((1fr,), (left,), ([A],), [1])],
  caption: figure.caption(position: top, [Plans]), kind: "quarto-float-tbl", supplement: "Table")
<tbl-plans>
#part[Local authorities]
= Powys <sec-far>
#figure([x], caption: figure.caption(position: bottom, [First]), kind: "quarto-float-fig",
  supplement: "Figure")
#figure([y], caption: figure.caption(position: bottom, [Far]), kind: "quarto-float-fig",
  supplement: "Figure") <fig-far>
"""


def test_the_template_numbers_what_quarto_leaves_to_it(tmp_path: Path) -> None:
    template = (FIXTURE.parents[2] / "theme" / "typst-template.typ").read_text(encoding="utf-8")
    show = "#show: release.with(title: [T], period: [P], designation: [D])\n"
    pdf = typst.Compiler(
        f"{template}\n{show}\n{QUARTO_TYPST}".encode(),
        font_paths=[font_folder()],
        ignore_system_fonts=True,
    ).compile(format="pdf", pdf_standards=["ua-1"])
    assert isinstance(pdf, bytes)
    (tmp_path / "quarto.pdf").write_bytes(pdf)
    sheets = pypdf.PdfReader(tmp_path / "quarto.pdf").pages
    text = normal(" ".join(sheet.extract_text() for sheet in sheets))
    assert "See Table 1.1, Figure 2.2 and Chapter 2." in text
    for caption in ("Table 1: Loose", "Table 1.1: Plans", "Figure 2.1: First", "Figure 2.2: Far"):
        assert caption in text
