"""Lines of text on paper are counted as Typst sets them, and rows are as high as it makes them."""

from __future__ import annotations

import json
import re
from typing import Any

import typst
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ssstats.fonts import FAMILY, PAPER_FAMILY, paper_fonts
from ssstats.project import find_project
from ssstats.render.letters import SEMI_BOLD, USUAL, lines_of
from ssstats.render.plain_tables import read_table, typst_of_table

SIZE = 9
WORDS = st.sampled_from(
    [
        *["a", "WELSH", "AVATAR", "2024-25", "first", "afiach", "125,110", "[c]", "plans/reviews"],
        *["(CH/022a)", "f(x)", "Tŷ", "ŵyn", "children\u2019s", "to\u2013from", "85.0%", "\u22125"],
    ]
)
TEXTS = st.lists(WORDS, min_size=1, max_size=30).map(" ".join)


def answer_of(content: str) -> list[Any]:
    """Return what Typst says of a document's metadata."""
    setting = (
        f'#set text(font: "{PAPER_FAMILY}", fallback: false, size: {SIZE}pt, lang: "en")\n'
        "#set par(leading: 0.5em)\n"
    )
    compiler = typst.Compiler(
        (setting + content).encode(), font_paths=[*paper_fonts()], ignore_system_fonts=True
    )
    return list(json.loads(compiler.query("<asked>", field="value")))


def lines_in_typst(text: str, points: float, weight: int) -> int:
    said = json.dumps(text, ensure_ascii=False)
    asked = f"measure(box(width: {points}pt, text(weight: {weight}, {said}))).height.pt()"
    (height,) = answer_of(f"#context [#metadata({asked}) <asked>]")
    # Capitals are 0.698 high, and half a letter's size is between lines.
    return round((height / SIZE + 0.5) / (0.698 + 0.5))


@given(TEXTS, st.integers(30, 400), st.sampled_from([(USUAL, 400), (SEMI_BOLD, 600)]))
@example("AVATAR " * 40, 200, (USUAL, 400))
@example("first afiach " * 20, 100, (SEMI_BOLD, 600))
@settings(max_examples=25, deadline=None)
def test_lines_that_are_certain_are_those_that_typst_sets(text, points, weight):
    name, number = weight
    lines = lines_of(text.strip(), points / SIZE * 1000, weight=name)
    assert lines in (None, lines_in_typst(text.strip(), points, number))


def test_what_may_break_at_a_hyphen_is_not_certain():
    # A letter is about 600 wide.
    assert lines_of("long-winded", 4 * 600) is None
    assert lines_of("a long-winded", 8 * 600) is None
    assert lines_of("longwinded", 4 * 600) == 1


def test_a_letter_that_the_family_lacks_is_not_certain():
    assert lines_of("\u4e2d", 10_000) is None


@given(
    st.text(
        [chr(sign) for sign in (*range(0x20, 0x7F), *range(0xA1, 0x180))], min_size=2, max_size=8
    ),
    # In other weights Typst kerns the whole family as in the usual one.
    st.sampled_from(["normal", "italic"]),
)
@example("AVATAR Te To LT 'Wŵ' f(x) first", "normal")
@settings(max_examples=40, deadline=None)
def test_letters_of_paper_are_kerned_as_the_family_is(text, style):
    said = json.dumps(text, ensure_ascii=False)
    asked = ", ".join(
        f'measure(text(font: "{family}", style: "{style}", {said})).width.pt()'
        for family in (FAMILY, PAPER_FAMILY)
    )
    ((whole, cut),) = answer_of(f"#context [#metadata(({asked})) <asked>]")
    assert abs(whole - cut) < 1e-6


def test_no_text_has_no_lines():
    assert lines_of("", 10_000) == 0


def test_signs_that_the_letters_of_paper_lack_are_set_from_the_whole_family():
    template = (find_project().theme / "typst-template.typ").read_text(encoding="utf-8")
    (families,) = re.findall(r"font: (\(.*?\))", template)
    source = f'#set text(font: {families}, fallback: false, lang: "en")\n#title[T]\nA \u0436 \u03c7'
    compiler = typst.Compiler(
        f'#set document(title: "T")\n{source}'.encode(),
        font_paths=[*paper_fonts()],
        ignore_system_fonts=True,
    )
    # PDF/UA-1 refuses a sign that no font has.
    assert compiler.compile(format="pdf", pdf_standards=["ua-1"], timestamp=0)


def typst_table(rows: list[list[str]]) -> str:
    head, *body = (f"| {' | '.join(row)} |" for row in rows)
    rule = f"|{':---|' * len(rows[0])}"
    table = read_table([head, rule, *body])
    return str(typst_of_table(table, on_whole_lines=True)["c"][1])


@given(st.data())
@settings(max_examples=10, deadline=None)
def test_rows_of_counted_lines_are_as_high_as_typst_makes_them(data):
    columns = data.draw(st.integers(1, 11))
    cell = st.one_of(st.just(""), TEXTS.map(lambda text: text.replace("\u2019", "'")))
    row = st.lists(cell, min_size=columns, max_size=columns)
    heads = [f"H{number} {data.draw(cell)}".strip() for number in range(columns)]
    written = typst_table([heads, *data.draw(st.lists(row, min_size=1, max_size=8))])
    lines = [line for line in written.splitlines() if line.startswith("  lines: ")]
    left_to_typst = written.replace(lines[0], "") if lines else written
    template = (find_project().theme / "typst-template.typ").read_text(encoding="utf-8")
    counted, measured = answer_of(
        f"{template}\n"
        + "".join(
            f"#context [#metadata(measure(width: 166mm, [{table}]).height.pt()) <asked>]\n"
            for table in (written, left_to_typst)
        )
    )
    assert abs(counted - measured) < 1e-6
