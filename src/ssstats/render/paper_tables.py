"""Tables on paper: how wide their columns are, and which surely fit on one page.

Worked out from the letters of the cells, because laying a table out to measure it costs as much as
the table. The theme's filter (`theme/release.lua`) does the same for what pandoc writes.
"""

from __future__ import annotations

from collections.abc import Sequence

from ssstats.render.letters import SEMI_BOLD, USUAL, lines_of

# Letters of a column under which text is no longer good to read.
_READABLE = 20
# What a column asks for at most before it has to share: the first, which heads rows; the others.
_LONGEST_HEAD, _LONGEST_CELL = 44, 26
_SPACE = 3
# More rows than these are never kept together.
_FEW_ROWS = 14
# Tenths of a point. A line has 470 points, a cell insets of 5 points on its sides and 4.5 above and
# below; three quarters of a page are 522 points.
_LINE, _SIDES, _ABOVE_AND_BELOW, _PAGE = 4700, 100, 90, 5220
# A line in points: 166 mm, as the theme sets the page.
_WHOLE_LINE = 166 / 25.4 * 72
# Tenths of a letter's size: no text is wider on average, and lines stand so far apart.
_LETTER_WIDTH, _LINE_HEIGHT = 6, 12


def column_widths(rows: Sequence[Sequence[str]]) -> list[int]:
    """Return the widths of a table's columns as shares of the page, in letters.

    Long text wraps and heads take up to three lines. Columns give way, the widest first, until the
    page takes all; what is left of the page goes to the longest texts.

    Parameters
    ----------
    rows : sequence of rows of str
        The texts of all cells, the head first.
    """
    columns = list(zip(*rows, strict=True))
    widths = [_need(number, *column) for number, column in enumerate(columns)]
    _, most = _letters_of_page(len(widths))
    while sum(widths) > most and max(widths) > _READABLE:
        widths[widths.index(max(widths))] -= 1
    wishes = [max(map(len, cells), default=0) + _SPACE for _, *cells in columns]
    for _ in range(sum(widths), most):
        lacking = [wish - width for wish, width in zip(wishes, widths, strict=True)]
        if max(lacking) <= 0:
            break
        widths[lacking.index(max(lacking))] += 1
    return widths


def fits_page(rows: Sequence[Sequence[str]], widths: Sequence[int]) -> bool:
    """Return whether a table of few rows surely fits on one page.

    Lines are counted for letters that are wider than those of most text, so a table that just
    fits may be said not to.
    """
    if len(rows) > _FEW_ROWS:
        return False
    size, _ = _letters_of_page(len(widths))
    total = sum(widths)
    rooms = [
        max((_LINE * width // total - _SIDES) // (_LETTER_WIDTH * size), 1) for width in widths
    ]
    height = sum(
        _LINE_HEIGHT * size * max(map(_lines, row, rooms)) + _ABOVE_AND_BELOW for row in rows
    )
    return height <= _PAGE


def lines_of_rows(rows: Sequence[Sequence[str]], widths: Sequence[int]) -> list[int | None]:
    """Return how many lines each row has that stands on the page's whole width, the head first.

    Where it is certain, a row need not be laid out to find its height. None where it is not.
    """
    size, _ = _letters_of_page(len(widths))
    total = sum(widths)
    rooms = [(_WHOLE_LINE * width / total - _SIDES / 10) / size * 1000 for width in widths]
    head, *body = rows
    return [_lines_of_row(head, rooms, SEMI_BOLD), *(_lines_of_row(r, rooms, USUAL) for r in body)]


def _lines_of_row(row: Sequence[str], rooms: Sequence[float], weight: str) -> int | None:
    most = 0
    for text, room in zip(row, rooms, strict=True):
        lines = lines_of(text, room, weight=weight)
        if lines is None:
            return None
        most = max(most, lines)
    return most or None


def _letters_of_page(columns: int) -> tuple[int, int]:
    """Return the size of a table's letters in points, and how many of them fill a line."""
    return (7, 123) if columns > 9 else (8, 108) if columns > 6 else (9, 96)


def _need(number: int, head: str, *cells: str) -> int:
    most = _LONGEST_CELL if number else _LONGEST_HEAD
    longest = max(map(len, head.split(" ")))
    widest = [5, longest, len(head.encode()) // 3, *(min(len(cell), most) for cell in cells)]
    return max(widest) + _SPACE


def _lines(text: str, room: int) -> int:
    """Return in how many lines a text stands, `room` letters a line; a word is never broken."""
    if len(text) <= room:
        return 1
    lines, left = 1, room
    for word in text.split(" "):
        if len(word) > left and left < room:
            lines, left = lines + 1, room
        left -= len(word) + 1
    return lines
