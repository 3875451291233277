"""Chapters of the plain form come out as pandoc and the theme's filter read and write them."""

from __future__ import annotations

import json
import subprocess
from itertools import groupby

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ssstats.project import find_project
from ssstats.render.pandoc import program, write_trees
from ssstats.render.plain_chapters import read_plain_chapter
from ssstats.render.plain_html import html_of_blocks
from ssstats.render.plain_tables import html_of_table, pandoc_table, typst_of_table
from ssstats.render.plain_text import ABBREVIATIONS
from ssstats.render.plain_typst import typst_of_blocks
from ssstats.render.reading import read_by_pandoc
from ssstats.render.tree import map_blocks, nodes_of

FILTER = find_project().theme / "release.lua"
# Sign by sign what lines hold, and what pandoc could take for markup.
SIGNS = st.sampled_from(
    [*"aZ09 ,.:;()%/+-?'\"_*[]{}<>&#~^$@|`=!\\", "\u2212", "\u2013", "\u2019", "\u0175", "e.g. "]
)
SAMPLES = [
    "85.0%", "[c] stands", "2020-21 \\[b\\]", "children's plans", "1. a", "-5", "(1) x", "21 of",
    "A b. C", "mix. a", "3.5", "No. 7", "12.", "a  b", "x - y", "Table: a", "a: b?", "\u2026",
]  # fmt: skip
TEXTS = st.one_of(st.sampled_from(SAMPLES), st.lists(SIGNS, min_size=1, max_size=12).map("".join))
SAID = '[{0}]{{.said data-sentence="a.b" data-area="W06" data-template="said.rate+point.limits"}}'
SVG = '![](data:image/svg+xml;base64,AAAA){{fig-alt="{0}" data-csv="data:text/csv;base64,AA=="}}'
# Blocks around one text; the last few are no plain ones.
FORMS = [
    "{0}", "**{0}** " + SAID, SAID, "[{0}](https://x.example/a-b)", "## {0} {{#sec-1}}",
    "- {0}\n- " + SAID, "- **{0}** x", "A: <a.b@x.example>\n\n{0}",
    "::: {{.notes}}\n\n{0}\n\n- a\n\n:::", "::: {{.shorthand}}\n\n**{0}**\n\n:::",
    "::: {{#tbl-x}}\n\n| A b | C |\n|:---|---:|\n| {0} | 2 |\n\nCaption\n\n:::",
    "::: {{#fig-x}}\n\n" + SVG + "\n\nCaption\n\n:::",
    "{0}\n:   x", "> {0}", "    {0}", "[^1] {0}\n\n[^1]: x", "{0} [x][]\n\n[x]: y", "1. {0}",
    "{0}\n\nx\ny", "| {0}", "::: {{.key-figures}}\n\n- {0}\n\n:::", "```\n{0}\n```",
    "{0}\n---", "# {0}", "{0}\n{0}",
]  # fmt: skip


@st.composite
def chapters(draw) -> str:
    blocks = draw(st.lists(st.tuples(st.sampled_from(FORMS), TEXTS), min_size=1, max_size=3))
    return chapter([form.format(text) for form, text in blocks])


def chapter(blocks: list[str], title: str = "A b") -> str:
    return "\n\n".join([f'---\ntitle: "{title}"\n---', *blocks]) + "\n"


def joined(nodes):
    """Return a part of pandoc's tree with text in one piece and no widths of columns."""
    if isinstance(nodes, dict):
        if nodes.get("t") == "ColWidth":
            return {"t": "ColWidthDefault"}
        return {key: joined(inner) for key, inner in nodes.items()}
    if not isinstance(nodes, list):
        return nodes
    found = []
    for of_text, run in groupby(nodes, key=is_text):
        own = list(run)
        if of_text:
            found.append({"t": "Str", "c": "".join(node.get("c", " ") for node in own)})
        else:
            found += [joined(node) for node in own]
    return found


def is_text(node) -> bool:
    return isinstance(node, dict) and node.get("t") in ("Str", "Space")


def as_json(tree: dict) -> dict:
    """Return a tree as pandoc gets it."""
    return json.loads(json.dumps(tree, default=pandoc_table))


def with_tables(blocks, make):
    return map_blocks(blocks, lambda b: [make(b)] if b["t"] == "Table" else None)


@given(st.lists(chapters(), min_size=8, max_size=8))
@example([chapter([form.format("Children's 1.2 (CH/022a)")]) for form in FORMS])
@example([chapter([form.format("[c] x"), "- a b"]) for form in FORMS])
@example([chapter(["- a", "- b"]), chapter(["a", ":::"]), chapter([":::"]), chapter([""])])
@example([chapter(["See [Home].", "## Home {#sec-a}"]), chapter(["See [abc].", "## abc {#sec-a}"])])
@example([chapter([f'[{t}]{{.said data-a="b"}}']) for t in ("1. a", "(a) b", "12. c", "a b ")])
@example([chapter(["a"], title=title) for title in ("1. a", "it's", "a 'b'", "No. 1", "# a")])
@settings(max_examples=25, deadline=None)
def test_chapters_are_read_and_written_as_pandoc_and_the_filter_do(texts):
    own = [(text, tree) for text in texts if (tree := read_plain_chapter(text)) is not None]
    theirs = read_by_pandoc([text for text, _ in own], names=["x"] * len(own))
    for (_, tree), other in zip(own, theirs, strict=True):
        assert joined(as_json(tree)) == joined(
            as_json({"meta": other["meta"], "blocks": other["blocks"]})
        )
    for plainly, make, writes in (
        (html_of_blocks, html_of_table, "html5"),
        (typst_of_blocks, typst_of_table, "typst"),
    ):
        made = [plainly(with_tables(tree["blocks"], make)) for _, tree in own]
        chosen = [(text, tree) for text, tree in zip(made, theirs, strict=True) if text is not None]
        written = write_trees(
            [tree for _, tree in chosen], writes=writes, names=["x"] * len(chosen), filter_by=FILTER
        )
        assert [text for text, _ in chosen] == written


PLAIN = FORMS[:12]


@pytest.mark.parametrize("form", PLAIN)
def test_what_our_notebooks_write_never_reaches_pandoc(form):
    tree = read_plain_chapter(chapter([form.format("Children's 1.2% (CH/022a) of 7.")]))
    assert tree is not None
    if not any(nodes_of(tree["blocks"], "Image")):
        assert html_of_blocks(with_tables(tree["blocks"], html_of_table)) is not None
    if "{{#" not in form:
        assert typst_of_blocks(tree["blocks"]) is not None


@pytest.mark.parametrize("form", FORMS[12:])
def test_a_chapter_with_other_markup_is_left_to_pandoc(form):
    assert read_plain_chapter(chapter(["A b.", form.format("a b")])) is None


def test_words_that_end_in_a_full_stop_are_those_that_pandoc_knows():
    told = [str(program()), "--print-default-data-file", "abbreviations"]
    assert subprocess.run(told, capture_output=True, check=True).stdout.decode().split() == sorted(
        ABBREVIATIONS, key=str.lower
    )
