"""Pages as a release writes them are read as a parser of all HTML reads them."""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssstats.outputs.truth.pages import read_marks, read_page
from ssstats.outputs.truth.plain_tables import read_plain_tables


class Heard:
    """What stands in a page, as it is told of."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []

    def start(self, tag: str, attributes: str) -> None:
        self.told.append(("start", tag))

    def end(self, tag: str) -> None:
        self.told.append(("end", tag))

    def text(self, text: str) -> None:
        if self.told and self.told[-1][0] == "text":
            text = self.told.pop()[1] + text
        self.told.append(("text", text))


class Parser(HTMLParser):
    def __init__(self, heard: Heard) -> None:
        super().__init__(convert_charrefs=True)
        self.heard, self.unread = heard, ""

    def handle_starttag(self, tag, attrs):
        if tag in ("script", "style"):
            self.unread = tag
        else:
            self.heard.start(tag, "")

    def handle_endtag(self, tag):
        if not self.unread:
            self.heard.end(tag)
        self.unread = ""

    def handle_data(self, data):
        if not self.unread:
            self.heard.text(data)


texts = st.text("ab 1,2.&<>\"'\n", max_size=8).map(escape)
attributes = st.lists(st.tuples(st.sampled_from(["id", "class", "data-a"]), texts), max_size=2).map(
    lambda named: "".join(f'\n {name}="{text}"' for name, text in named)
)
elements = st.recursive(
    texts,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["p", "td", "svg"]), attributes, st.lists(inner, max_size=3)).map(
            lambda e: f"<{e[0]}{e[1]}>{''.join(e[2])}</{e[0]}>"
        ),
        attributes.map(lambda own: f"<br{own} />"),
        st.just("<!-- <td>3</td> -->"),
        st.just("<script src=\"a\">if (1 < 2) { '<td>' }</script>"),
        st.just("<path/>"),
    ),
    max_leaves=12,
)


@given(elements)
def test_tags_and_texts_are_those_that_a_parser_of_all_html_tells_of(inner):
    page = f"<!doctype html><html>{inner}</html>"
    plain, parsed = Heard(), Heard()
    read_marks(page, plain)
    parser = Parser(parsed)
    parser.feed(page)
    parser.close()
    assert plain.told == parsed.told


@pytest.mark.parametrize("page", ["<p>1 < 2</p>", '<p id="a>3</p>', "<p", "3<p>"])
def test_a_page_that_leaves_a_tag_or_a_mark_open_is_refused(page):
    with pytest.raises(ValueError, match="written in another way"):
        read_marks(page, Heard())


CELL = st.text("ab 1,%[c]&'<>\"\N{MINUS SIGN}\n", max_size=6)
WRAPPED = st.sampled_from(["{}", '<a href="#wales">{}</a>', '<span id="wales">{}</span>'])


ROWS = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.lists(st.tuples(WRAPPED, CELL), min_size=width, max_size=width), min_size=1, max_size=5
    )
)


def plain_row(cells):
    first, *others = (wrap.format(escape(text)) for wrap, text in cells)
    figures = "".join(f"<td>{text}</td>" for text in others)
    return f'<tr id="wales"><th scope="row">{first}</th>{figures}</tr>'


@given(ROWS)
def test_a_plain_table_is_read_as_pages_of_the_book_are(tmp_path_factory, rows):
    names, *figures = rows
    head = "".join(f'<th scope="col">{escape(name)}</th>' for _, name in names)
    page = tmp_path_factory.mktemp("pages") / "page.html"
    page.write_text(
        '<html><body><div id="tbl-made"><table><caption>Table 1: figures</caption><thead><tr>'
        f"{head}</tr></thead>\n<tbody>{chr(10).join(map(plain_row, figures))}</tbody></table></div>"
        "</body></html>",
        encoding="utf-8",
    )
    (plain,), (table,) = read_plain_tables(page), read_page(page).tables
    assert (plain.identity, plain.caption) == (table.identity, table.caption)
    assert [[*row] for row in plain.rows] == [[*row] for row in table.rows]
