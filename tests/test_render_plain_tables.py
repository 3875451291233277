"""Tables of plain text come out as pandoc and the theme's filter read and write them."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import Path

import pytest
import typst
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ssstats.errors import RenderError
from ssstats.fonts import font_folder
from ssstats.project import find_project
from ssstats.render.destinations import Destinations, with_row_links
from ssstats.render.pandoc import convert, read_markdowns, write_trees
from ssstats.render.paper_tables import column_widths, fits_page
from ssstats.render.plain_tables import (
    html_of_table,
    plain_table,
    read_table,
    typst_of_table,
    with_caption,
)
from ssstats.render.plain_text import MoreThanPlainError
from ssstats.render.tree import map_blocks, plain, raw, span
from ssstats.tables import Column, Table, markdown_of_table

THEME = find_project().theme
# Sign by sign what cells hold, and what pandoc could take for markup.
SIGNS = st.sampled_from(
    [*"aZ09 ,.:;()%/+-'\"_*[]<>&#~$@|`=", "\u2212", "\u2013", "\u0175", "e.g. "]
)
CELLS = st.one_of(
    st.sampled_from(
        ["", "85.0%", "[c]", "2020-21 [b]", "children's plans", "CH/022a", "1. a", "-5"]
    ),
    st.lists(SIGNS, max_size=12).map("".join).map(str.strip),
)


def markdown_of(rows: list[list[str]], numeric: list[bool]) -> str:
    columns = tuple(
        Column(label, numeric=of_numbers, width=12)
        for label, of_numbers in zip(rows[0], numeric, strict=True)
    )
    body = tuple(tuple(row) for row in rows[1:])
    return "# A\n\n" + markdown_of_table(Table("x", "A caption", columns, body)) + "\n"


TABLE = re.compile(r"(?:^\|.*\|\n)+", re.MULTILINE)


def read(markdown: str) -> dict:
    """Return our own reading of the table of a float."""
    return read_table(TABLE.search(markdown)[0].splitlines())


def tree_of(markdown: str) -> dict:
    (tree,) = read_markdowns([markdown], names=["a"])
    return tree


def written(trees: list[dict], writes: str) -> list[str]:
    names = ["a"] * len(trees)
    return write_trees(trees, writes=writes, names=names, filter_by=THEME / "release.lua")


def with_tables(tree: dict, make) -> dict:
    """Return a tree with each table replaced by what is made of it."""
    return {
        **tree,
        "blocks": map_blocks(
            tree["blocks"], lambda b: [make(plain_table(b))] if b["t"] == "Table" else None
        ),
    }


def as_read(table: dict) -> dict:
    """Return a table as it is, for pandoc to write."""
    return table


# Points of an A4 page between head and foot.
PAGE_HEIGHT = (297 - 27 - 24) / 25.4 * 72
# A long label, two years, two texts: more than the width of a page.
WORDING = " ".join(["wording"] * 4)
WIDE = ["A long name of a measure" + " of a measure" * 4, "2023-24", "125,110", WORDING, WORDING]


@st.composite
def tables(draw) -> str:
    count = draw(st.integers(1, 5))
    rows = draw(st.lists(st.lists(CELLS, min_size=count, max_size=count), min_size=2, max_size=6))
    return markdown_of(rows, draw(st.lists(st.booleans(), min_size=count, max_size=count)))


@given(tables())
@example(markdown_of([["A", "B c"], ["children's 1.2 (CH/022a)", "[c]"]], [False, True]))
@example(markdown_of([["A"], ["x" * 80]], [False]))
@example(markdown_of([WIDE, WIDE], [False] * 5))
@example(markdown_of([["A", "B"], *[["a long name of a row " * 6, "1"]] * 12], [False, True]))
@example(markdown_of([["A", "B"], *[["a long name of a row " * 60, "1"]] * 12], [False, True]))
@settings(max_examples=15, deadline=None)
def test_tables_are_read_and_written_as_pandoc_and_the_filter_do(markdown):
    tree = tree_of(markdown)
    for make, writes in ((html_of_table, "html5"), (typst_of_table, "typst")):
        trees = [tree, with_tables(tree, make)]
        with suppress(MoreThanPlainError):
            own = read(markdown)
            trees += [
                with_tables(tree, lambda _, own=own, make=made: make(own))
                for made in (make, as_read)
            ]
        assert len(set(written(trees, writes))) == 1


def test_captions_and_links_of_rows_are_written_as_pandoc_writes_them():
    table = read(markdown_of([["A", "B"], ["Powys", "[c]"], ["Wales", ""]], [False, True]))
    destinations = Destinations(of_row=lambda stem, *_: "measures/a.html#x" if stem == "x" else "")
    caption = [span([plain("Plans & visits")], "x-caption", "caption-text")]
    for stem in ("x", "y"):
        own = with_caption(with_row_links(table, stem, "", destinations), caption)
        trees = [tree_of("A.") | {"blocks": [block]} for block in (own, html_of_table(own))]
        theirs, ours = written(trees, "html5")
        assert theirs == ours
        assert ours.count("<a href") == (2 if stem == "x" else 0)


def test_columns_of_years_keep_their_need_beside_columns_of_text():
    table = read(markdown_of([WIDE, WIDE], [False] * 5))
    shares = re.findall(r"(\d+)fr", typst_of_table(table)["c"][1])
    # Seven letters and the space between columns; 96 letters of 9 points fill a page.
    assert shares[1] == shares[2] == "10"
    assert sum(map(int, shares)) == 96


def test_long_text_takes_what_short_cells_leave_of_the_page():
    rows = [["Measure", "Powys"], ["A long name of a measure " * 8, "1"]]
    # Five letters at least and the space between columns; the page takes 96 letters.
    assert column_widths(rows) == [96 - 8, 8]


@given(st.data())
@settings(max_examples=8, deadline=None)
def test_a_table_that_is_said_to_fit_a_page_is_not_higher_in_typst(data):
    words = st.lists(st.sampled_from(["a", "WELSH", "2024-25", "measures", "125,110"]), min_size=1)
    columns = data.draw(st.integers(1, 11))
    row = st.lists(words.map(" ".join), min_size=columns, max_size=columns)
    rows = data.draw(st.lists(row, min_size=2, max_size=14))
    table = read(markdown_of(rows, [False] * columns))
    if fits_page(rows, column_widths(rows)):
        assert height_in_typst(typst_of_table(table)["c"][1]) <= PAGE_HEIGHT


def height_in_typst(table: str) -> float:
    """Return how high a table is, in points, on the release's own page."""
    template = (THEME / "typst-template.typ").read_text(encoding="utf-8")
    setting = '#set text(font: "IBM Plex Sans", size: 10.5pt, lang: "en")\n'
    asked = (
        "#layout(page => context "
        f"[#metadata(measure(width: 166mm, [{table}]).height.pt())<height>])"
    )
    compiler = typst.Compiler(
        f"{template}\n{setting}{asked}".encode(),
        font_paths=[font_folder()],
        ignore_system_fonts=True,
    )
    (height,) = json.loads(compiler.query("<height>", field="value"))
    return float(height)


def test_a_table_of_figures_and_labels_is_written_without_pandoc():
    table = read(
        markdown_of([["Measure", "Powys"], ["Children's plans", "1,234.5%"]], [False, True])
    )
    assert html_of_table(table)["t"] == typst_of_table(table)["t"] == "RawBlock"


@pytest.mark.parametrize("cell", ["*strong*", "e.g. this", "a -- b", "wait...", "it's '", "a&b"])
def test_a_table_with_markup_is_left_to_pandoc(cell):
    with pytest.raises(MoreThanPlainError):
        read_table(["| A | B |", "|:---|---:|", f"| {cell} | 2 |"])


def test_of_many_texts_the_one_that_pandoc_warns_of_is_named():
    twice = "[a]: http://x.example\n[a]: http://y.example\n\nSee [a].\n"
    with pytest.raises(RenderError, match=r"^second: pandoc could not write json: .*Duplicate"):
        read_markdowns(["One.", twice, "Three."], names=["first", "second", "third"])


def test_many_texts_come_back_in_their_order():
    trees = read_markdowns([f"Text {n}" for n in range(7)], names=[str(n) for n in range(7)])
    assert [tree["blocks"][0]["c"][-1]["c"] for tree in trees] == [str(n) for n in range(7)]


RAW = st.text(st.sampled_from([*"ab -#[]\n\ue0000"]), max_size=8)


@given(st.lists(RAW, max_size=6))
@example(["#a[\n  b\n]", "c\n", "\n d", "", "e\n\n", "f"])
@example(["a", "\ue0000\ue000"])
@settings(max_examples=15, deadline=None)
def test_blocks_that_are_written_already_come_out_as_pandoc_hands_them_on(texts):
    blocks = [{"t": "Para", "c": [plain("x")]}, *(raw("typst", text) for text in texts)]
    tree = {"pandoc-api-version": [1, 23, 1], "meta": {}, "blocks": blocks}
    theirs = convert(json.dumps(tree), reads="json", writes="typst", what="a")
    assert write_trees([tree], writes="typst", names=["a"]) == [theirs]


def test_the_script_stands_beside_the_module_that_calls_it():
    assert (Path(find_project().root) / "src/ssstats/render/many.lua").is_file()
