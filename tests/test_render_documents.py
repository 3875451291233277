"""Documents for reading on paper and aloud: the book, and an authority's chapter by itself."""

from __future__ import annotations

from pathlib import Path

import pypdf
import pytest
from pdf_tags import faults_of, tags_of
from render_pages import Page, fixture_tree, render_words

from ssstats.render import Rendered, render_book

STEM, ADDRESS = "authority-ynys-mon", "authorities/ynys-mon-en.pdf"


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Rendered:
    folder = tmp_path_factory.mktemp("documents")
    return render_book(
        fixture_tree(folder / "book"), folder / "out", language="en", words=render_words(),
        engine="embedded", pdf_name="book-en.pdf", chapter_pdfs={STEM: ADDRESS},
    )  # fmt: skip


@pytest.fixture(scope="module")
def chapter(rendered: Rendered) -> Path:
    return rendered.site.parents[1] / ADDRESS


def test_an_independent_reading_of_the_tags_finds_no_fault(rendered: Rendered, chapter: Path):
    assert rendered.pdf is not None
    assert faults_of(rendered.pdf) == []
    assert faults_of(chapter) == []


def test_the_reading_of_tags_finds_figures_without_words_and_cells_without_heads(
    rendered: Rendered,
):
    assert rendered.pdf is not None
    root = tags_of(rendered.pdf)
    assert len(list(root.all("Table"))) >= 3
    figure = next(root.all("Figure"))
    assert figure.entry["/Alt"]
    assert next(root.all("TH")).entry["/A"]


def test_an_authoritys_document_is_titled_after_it_and_holds_its_chapter_alone(chapter: Path):
    reader = pypdf.PdfReader(chapter)
    assert reader.metadata is not None
    assert reader.metadata.title == "Ynys Môn: Social services activity: April 2024 to March 2025"
    text = " ".join(page.extract_text() for page in reader.pages)
    assert "1,045" in text
    assert [entry["/Title"] for entry in reader.outline if isinstance(entry, dict)] == [
        entry["/Title"] for entry in reader.outline[:1]
    ]


def test_its_tables_have_the_numbers_that_they_have_on_the_site(rendered: Rendered, chapter: Path):
    page = Page(rendered.site / f"{STEM}.html")
    labels = [found.text.rstrip(":") for found in page.with_class("caption-label")]
    text = " ".join(p.extract_text() for p in pypdf.PdfReader(chapter).pages)
    assert labels
    for label in labels:
        assert label in " ".join(text.replace("\u00a0", " ").split())


def test_what_it_refers_to_in_other_chapters_is_text(chapter: Path):
    targets = [
        note.get_object().get("/A", {}).get("/URI", "")
        for page in pypdf.PdfReader(chapter).pages
        for note in page.get("/Annots", [])
    ]
    assert not [target for target in targets if target.endswith(".html")]


def test_the_authoritys_page_offers_its_document(rendered: Rendered, chapter: Path):
    page = Page(rendered.site / f"{STEM}.html")
    (offered,) = [a for a in page.all("a") if a.attributes["href"].endswith(".pdf")]
    assert offered.text == "This page as a PDF"
    assert (rendered.site / offered.attributes["href"]).resolve() == chapter.resolve()


def test_the_same_chapter_gives_the_same_bytes(rendered: Rendered, chapter: Path, tmp_path: Path):
    again = render_book(
        fixture_tree(tmp_path / "elsewhere"), tmp_path / "out", language="en",
        words=render_words(), engine="embedded", chapter_pdfs={STEM: ADDRESS},
    )  # fmt: skip
    assert (again.site.parents[1] / ADDRESS).read_bytes() == chapter.read_bytes()
