"""Laying out a book, and what the renderers refuse."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdf
import pytest
import yaml
from fontTools.ttLib import TTFont
from render_pages import FIXTURE, ROOT, Page, fixture_tree, normal, render_words

from ssstats.cut_fonts import write_paper_fonts, write_web_fonts
from ssstats.errors import ReleaseError, RenderError, UsageError
from ssstats.fonts import font_files, paper_fonts
from ssstats.render import FrontMatter, lay_out_book, render_book, write_front_door

FRONT = FrontMatter(
    title="Social services activity",
    period="April 2024 to March 2025",
    designation="Official statistics in development",
    published="24 September 2026",
    contact="stats.example@example.wales",
    licence="Open Government Licence v3.0",
    made="From compiled returns.",
    notice="Synthetic demonstration data",
    languages=("en", "cy"),
)


def lay_out(folder: Path, language: str = "en", **chapters: list[Path]) -> Any:
    names = {f"notebooks/{name}.ipynb": paths for name, paths in chapters.items()}
    return lay_out_book(
        ROOT / "_quarto.yml",
        names,
        folder,
        language=language,
        front=FRONT,
        words=render_words(language),
    )


def chapter(folder: Path, name: str, text: str) -> Path:
    """Write an executed notebook with one cell of text."""
    cell = {"cell_type": "markdown", "id": "cell-000", "metadata": {}, "source": text}
    path = folder / f"{name}.ipynb"
    path.write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4}))
    return path


def render(tree: Path, out: Path, **options: Any) -> Any:
    chosen = {"language": "en", "engine": "embedded", **options}
    return render_book(tree, out, words=render_words(chosen["language"]), **chosen)


def test_an_authority_template_becomes_a_chapter_per_authority(tmp_path: Path) -> None:
    authorities = [chapter(tmp_path, f"authority-{name}", "# A") for name in ("powys", "conwy")]
    book = lay_out(
        tmp_path / "book", adults=[chapter(tmp_path, "adults", "# B")], authority=authorities
    )
    assert [(entry.stem, entry.part) for entry in book.chapters] == [
        ("index", ""),
        ("adults", "Wales"),
        ("authority-powys", "Local authorities"),
        ("authority-conwy", "Local authorities"),
    ]
    assert book.front == FRONT


def test_templates_without_an_executed_notebook_are_left_out(tmp_path: Path) -> None:
    book = lay_out(tmp_path / "book")
    assert [entry.source.name for entry in book.chapters] == ["index.qmd"]


def test_a_welsh_book_has_welsh_parts_and_the_welsh_first_page(tmp_path: Path) -> None:
    book = lay_out(tmp_path / "book", "cy", authority=[chapter(tmp_path, "authority-powys", "# P")])
    assert book.language == "cy"
    assert book.chapters[1].part == "Awdurdodau lleol"
    assert (tmp_path / "book" / "index.qmd").read_text(encoding="utf-8").startswith("# Ynglŷn")
    settings = yaml.safe_load((tmp_path / "book" / "_quarto.yml").read_text(encoding="utf-8"))
    assert settings["language"] == "theme/_language-cy.yml"
    assert settings["release"]["facts"][0] == {"label": "Cyhoeddwyd", "text": "24 September 2026"}


def test_a_welsh_book_renders_with_welsh_words(tmp_path: Path) -> None:
    text = "# Powys\n\n## Un\n\n## Dau\n\nGweler @sec-dau.\n\n### Tri {#sec-dau}"
    lay_out(tmp_path / "book", "cy", authority=[chapter(tmp_path, "authority-powys", text)])
    rendered = render(tmp_path / "book", tmp_path / "out", language="cy", pdf_name="r.pdf")
    page = Page(rendered.site / "authority-powys.html")
    assert page.all("html")[0].attributes["lang"] == "cy"
    assert page.all("nav")[1].attributes["aria-label"] == "Cynnwys"
    (switch,) = page.all("a", hreflang="en")
    assert switch.attributes["href"] == "../en/authority-powys.html"


def test_a_chapter_that_the_definition_does_not_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match=r"lists no chapter notebooks/adult\.ipynb"):
        lay_out(tmp_path / "book", adult=[chapter(tmp_path, "adult", "# A")])


def test_two_chapters_of_one_name_are_refused(tmp_path: Path) -> None:
    both = [chapter(tmp_path, "authority-powys", "# A")] * 2
    with pytest.raises(RenderError, match=r"two chapters are called authority-powys\.ipynb"):
        lay_out(tmp_path / "book", authority=both)


def test_a_book_is_never_laid_out_over_another(tmp_path: Path) -> None:
    lay_out(tmp_path / "book")
    with pytest.raises(RenderError, match="is not empty"):
        lay_out(tmp_path / "book")


def test_the_definition_names_only_files_that_the_theme_holds() -> None:
    settings = yaml.safe_load((ROOT / "_quarto.yml").read_text(encoding="utf-8"))
    html, typst = settings["format"]["html"], settings["format"]["typst"]
    named = [*settings["filters"], html["theme"], html["css"], *typst["template-partials"]]
    assert [name for name in named if not (ROOT / name).exists()] == []
    assert typst["pdf-standard"] == "ua-1"


def test_quartos_welsh_words_are_those_of_the_catalogue() -> None:
    file = ROOT / "theme" / "_language-cy.yml"
    quarto, ours = yaml.safe_load(file.read_text(encoding="utf-8")), render_words("cy")
    pairs = {
        "crossref-tbl-title": "render.table",
        "crossref-fig-title": "render.figure",
        "crossref-ch-prefix": "render.chapter",
        "crossref-sec-prefix": "render.section",
        "toc-title-document": "render.contents",
        "toc-title-website": "render.on-this-page",
        "title-block-published": "render.published",
        "search-no-results-text": "render.search.none",
    }
    pairs |= {
        f"callout-{kind}-title": f"render.callout.{kind}"
        for kind in ("note", "tip", "important", "warning", "caution")
    }
    assert {key: quarto[key] for key in pairs} == {key: ours[word] for key, word in pairs.items()}


def test_every_word_is_there_in_both_languages() -> None:
    for language in ("en", "cy"):
        assert [key for key, text in render_words(language).items() if not text] == []


def test_the_front_page_offers_both_languages(tmp_path: Path) -> None:
    welsh = replace(FRONT, title="Gweithgarwch gwasanaethau cymdeithasol", notice="Data synthetig")
    page = Page(
        write_front_door(
            ROOT / "theme",
            tmp_path,
            {"en": FRONT, "cy": welsh},
            {"en": render_words("en"), "cy": render_words("cy")},
        )
    )
    assert [link.attributes["href"] for link in page.all("a")] == ["en/index.html", "cy/index.html"]
    assert [e.attributes["lang"] for e in page.with_class("notice-banner")] == ["en", "cy"]


# What is refused: each case spoils one chapter of the fixture book in one way.


def cells(change: Callable[[list[dict[str, Any]]], None]) -> Callable[[Path], None]:
    def spoil(tree: Path) -> None:
        path = tree / "adults.ipynb"
        notebook = json.loads(path.read_text(encoding="utf-8"))
        change(notebook["cells"])
        path.write_text(json.dumps(notebook), encoding="utf-8")

    return spoil


def output(entry: dict[str, Any]) -> Callable[[Path], None]:
    return cells(lambda found: found[2].update(outputs=[entry]))


def text(more: str, name: str = "about.qmd") -> Callable[[Path], None]:
    def spoil(tree: Path) -> None:
        path = tree / name
        path.write_text(path.read_text(encoding="utf-8") + "\n\n" + more, encoding="utf-8")

    return spoil


def instead(old: str, new: str, name: str = "index.qmd") -> Callable[[Path], None]:
    def spoil(tree: Path) -> None:
        path = tree / name
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")

    return spoil


SVG = "data:image/svg+xml;base64,PHN2Zy8+"
REFUSED = {
    "a cell that was not executed": (
        cells(lambda found: found[2].update(execution_count=None)),
        r"adults\.ipynb, cell 3 was not executed",
    ),
    "an error in an output": (
        output({"output_type": "error", "ename": "KeyError", "evalue": "17", "traceback": []}),
        r"adults\.ipynb, cell 3 ended in an error \(KeyError\)",
    ),
    "a printed line": (
        output({"output_type": "stream", "name": "stdout", "text": "3 people"}),
        r"adults\.ipynb, cell 3 wrote to stdout",
    ),
    "an output without Markdown": (
        output({"output_type": "display_data", "data": {"text/html": "<p>"}, "metadata": {}}),
        r"adults\.ipynb, cell 3 shows text/html",
    ),
    "a raw cell": (
        cells(lambda found: found.append({"cell_type": "raw", "source": "<p>"})),
        r"adults\.ipynb, cell \d+ is raw text",
    ),
    "a file that is no notebook": (
        lambda tree: (tree / "adults.ipynb").write_text("{"),
        r"adults\.ipynb is not a notebook",
    ),
    "a document with a code cell": (
        text("```{python}\n1\n```"),
        r"about\.qmd holds a code cell",
    ),
    "a reference to nothing": (
        text("See @tbl-nowhere."),
        r"about\.qmd refers to tbl-nowhere",
    ),
    "a link to a chapter that is not there": (
        text("[here](nowhere.qmd)"),
        r"a link leads to nowhere\.qmd",
    ),
    "an identifier of another chapter": (
        text("## Again {#sec-adults-assessments}"),
        r"about\.qmd: identifier 'sec-adults-assessments' stands in adults already",
    ),
    "a second title": (text("# Another"), r"about\.qmd has a second title, 'Another'"),
    "a heading that skips a level": (text("#### Deep"), r"heading 'Deep' skips a level"),
    "raw markup": (text("<p onclick='x'>Hello</p>"), r"about\.qmd holds raw html"),
    "raw markup in a line": (text("Some <b>bold</b> text"), r"about\.qmd holds raw html"),
    "raw Typst": (text("```{=typst}\n#pagebreak()\n```"), r"about\.qmd holds raw typst"),
    "a table without a caption": (
        text("::: {#tbl-bare}\n| A |\n|---|\n| 1 |\n:::"),
        r"about\.qmd: tbl-bare has no caption",
    ),
    "a figure without alternative text": (
        text(f"::: {{#fig-mute}}\n![]({SVG})\n\nCaption\n:::"),
        r"about\.qmd: fig-mute has no alternative text",
    ),
    "a figure from another file": (
        text('::: {#fig-far}\n![](far.svg){fig-alt="x"}\n\nCaption\n:::'),
        r"about\.qmd: fig-far is not an SVG in a data address",
    ),
    "a drawing that runs a script": (
        text(
            "::: {#fig-bad}\n![](data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcv"
            'MjAwMC9zdmciPjxzY3JpcHQ+MTwvc2NyaXB0Pjwvc3ZnPg==){fig-alt="x"}\n\nCaption\n:::'
        ),
        r"about\.qmd: fig-bad holds a script or foreign content",
    ),
    "a style": (text("[red]{style='color: red'}"), r"about\.qmd sets a style attribute"),
    "no title": (instead("# Social services", "Social services"), r"index\.qmd has no title"),
    "a chapter that is not there": (
        lambda tree: (tree / "about.qmd").unlink(),
        r"lists about\.qmd, which the folder does not hold",
    ),
    "no designation": (
        instead("  designation: Official statistics in development\n", "", "_quarto.yml"),
        r"says nothing of designation",
    ),
    "settings that cannot be read": (
        lambda tree: (tree / "_quarto.yml").write_text("a: [b"),
        r"_quarto\.yml is not valid YAML",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_the_renderer_refuses(case: str, tmp_path: Path) -> None:
    spoil, message = REFUSED[case]
    tree = fixture_tree(tmp_path / "book")
    spoil(tree)
    with pytest.raises(RenderError, match=message):
        render(tree, tmp_path / "out")


def test_a_comment_in_a_source_reaches_no_reader(tmp_path: Path) -> None:
    tree = fixture_tree(tmp_path / "book")
    text("<!-- to be\nchecked -->\n\nSome <!-- more --> text.")(tree)
    rendered = render(tree, tmp_path / "out")
    assert "checked" not in Page(rendered.site / "about.html").source


def test_an_error_message_never_carries_what_a_cell_printed(tmp_path: Path) -> None:
    tree = fixture_tree(tmp_path / "book")
    REFUSED["a printed line"][0](tree)
    with pytest.raises(RenderError) as raised:
        render(tree, tmp_path / "out")
    assert "3 people" not in str(raised.value)


def test_an_engine_that_is_not_known_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="use one of auto, quarto, embedded"):
        render(FIXTURE, tmp_path, engine="word")


def test_quarto_is_refused_where_it_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="Quarto is not on the PATH"):
        render(FIXTURE, tmp_path, engine="quarto")


def test_a_template_that_typst_refuses_ends_in_typsts_own_words(tmp_path: Path) -> None:
    tree = fixture_tree(tmp_path / "book")
    with (tree / "theme" / "typst-template.typ").open("a") as file:
        file.write("\n#unknown-function()\n")
    with pytest.raises(ReleaseError, match=r"r\.pdf: Typst refused the document: unknown variable"):
        render(tree, tmp_path / "out", pdf_name="r.pdf")


def test_signs_in_the_front_matter_stay_signs_on_paper(tmp_path: Path) -> None:
    tree = fixture_tree(tmp_path / "book")
    definition = (tree / "_quarto.yml").read_text(encoding="utf-8")
    summary = 'Of "A" and [b], #c \\d *e* it’s $1 – 29\u00a0June'
    definition = re.sub("summary: .*", lambda _: f"summary: >-\n    {summary}", definition)
    (tree / "_quarto.yml").write_text(definition, encoding="utf-8")
    pdf = render(tree, tmp_path / "out", pdf_name="r.pdf").pdf
    assert pdf is not None
    assert normal(summary) in normal(pypdf.PdfReader(pdf).pages[0].extract_text())


def test_both_engines_give_the_template_the_same_of_the_front_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(sources: list[str], *_: Any, **__: Any) -> None:
        raise RenderError(sources[0])

    monkeypatch.setattr("ssstats.render.pdf.typeset", refuse)
    with pytest.raises(RenderError) as ours:
        render(fixture_tree(tmp_path / "book"), tmp_path / "out", pdf_name="r.pdf")
    theirs = (ROOT / "theme" / "typst-show.typ").read_text(encoding="utf-8")
    assert given_to_the_template(str(ours.value)) == given_to_the_template(theirs)


def given_to_the_template(source: str) -> list[str]:
    call = source.partition("#show: release.with(")[2].partition("\n)\n")[0]
    return re.findall(r"^  ([a-z]+):", call, re.MULTILINE)


# The family of type.


def test_the_fonts_of_the_site_have_the_welsh_letters() -> None:
    for file in sorted((ROOT / "theme" / "fonts").glob("*.woff2")):
        with TTFont(file) as font:
            letters = font.getBestCmap()
        assert [letter for letter in "ŵŷŴŶâêîôûÂÊÎÔÛïÏáéẃỳ" if ord(letter) not in letters] == []


def test_all_figures_of_the_family_are_equally_wide() -> None:
    for file in font_files():
        with TTFont(file) as font:
            letters, widths = font.getBestCmap(), font["hmtx"]
            assert len({widths[letters[ord(digit)]][0] for digit in "0123456789"}) == 1


@pytest.mark.slow
def test_the_letters_of_paper_are_cut_from_the_locked_ones(tmp_path: Path) -> None:
    kept = paper_fonts()[0]
    assert len(list(kept.glob("*.ttf"))) == 5
    for written in write_paper_fonts(tmp_path):
        assert written.read_bytes() == (kept / written.name).read_bytes()


def test_letters_of_paper_are_as_wide_as_the_family() -> None:
    with (
        TTFont(paper_fonts()[0] / "ReleaseSans-Regular.ttf") as cut,
        TTFont(font_files()[0]) as whole,
    ):
        letters, names = cut.getBestCmap(), whole.getBestCmap()
        for sign, name in letters.items():
            assert cut["hmtx"][name] == whole["hmtx"][names[sign]]


@pytest.mark.slow
def test_the_themes_fonts_are_cut_from_the_locked_ones(tmp_path: Path) -> None:
    for written in write_web_fonts(tmp_path):
        assert written.read_bytes() == (ROOT / "theme" / "fonts" / written.name).read_bytes()


def test_pages_name_only_words_that_the_catalogue_has() -> None:
    template = (ROOT / "theme" / "page.html").read_text(encoding="utf-8")
    named = set(re.findall(r"words\.([a-z]+)", template))
    named |= set(re.findall(r'words\["([a-z.-]+)"\]', template))
    assert {f"render.{name}" for name in named} <= set(render_words())
