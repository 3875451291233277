"""Rules on reading: everything that was understood though it was not written as asked."""

from __future__ import annotations

from ssstats.checks.checked import Checked
from ssstats.checks.results import Found


def check_reading_areas(checked: Checked) -> list[Found]:
    """A name or code of an area was written otherwise."""
    columns = ("area", "area_name")
    return _noted(checked, "retired code", "spelling", "blanks", columns=columns)


def check_reading_blanks(checked: Checked) -> list[Found]:
    """A value was left blank."""
    return _noted(checked, "blank")


def check_reading_formulas(checked: Checked) -> list[Found]:
    """A value came out of a formula."""
    return _noted(checked, "formula")


def check_reading_fractions(checked: Checked) -> list[Found]:
    """A fraction stands where a count is asked for."""
    return _noted(checked, "fraction")


def check_reading_hidden(checked: Checked) -> list[Found]:
    """A value stands in a hidden row or column."""
    return _noted(checked, "hidden row", "hidden column", "hidden sheet")


def check_reading_layout(checked: Checked) -> list[Found]:
    """A file, its header or a text in it has another form than asked."""
    others = _noted(checked, "encoding", "merged header", "year", "wide layout", "skipped row")
    columns = ("breakdown", "edition", "period", "marker", "flags", "origin", "note", "protection")
    return others + _noted(checked, "spelling", "blanks", columns=columns)


def check_reading_marks(checked: Checked) -> list[Found]:
    """A mark stands in place of a number."""
    return _noted(checked, "mark")


def check_reading_numbers(checked: Checked) -> list[Found]:
    """A number was typed in a form of its own."""
    forms = ("thousands comma", "decimals", "leading zeros", "number as text")
    return _noted(checked, *forms) + _noted(checked, "blanks", columns=("value",))


def check_reading_other_edition(checked: Checked) -> list[Found]:
    """A reference belongs to another edition."""
    return _noted(checked, "reference of another edition")


def check_reading_percentages(checked: Checked) -> list[Found]:
    """A percentage stands where a count is asked for."""
    return _noted(checked, "percentage")


def check_reading_references(checked: Checked) -> list[Found]:
    """A reference was misread or misspelt."""
    return _noted(checked, "reference") + _noted(checked, "blanks", columns=("reference",))


def check_reading_repeated_rows(checked: Checked) -> list[Found]:
    """A row stands more than once."""
    return _noted(checked, "repeated row")


def _noted(checked: Checked, *kinds: str, columns: tuple[str, ...] = ()) -> list[Found]:
    """Return one result a note of these kinds, in these columns if any are named."""
    notes = checked.reading
    if not len(notes):
        return []
    chosen = notes["kind"].isin(kinds)
    if columns:
        chosen &= notes["column"].isin(columns)
    return [
        Found(note.edition, note.period, note.area, note.reference, _sentence(note))
        for note in notes[chosen].itertuples()
    ]


def _sentence(note) -> str:  # type: ignore[no-untyped-def]
    where = f"{note.file}, " + (f"sheet {note.sheet!r}, " if note.sheet else "")
    rows = f"row {note.row}" + (f" and {note.rows - 1} more" if note.rows > 1 else "")
    column = f"{note.column}: " if note.column not in ("", "value") else ""
    return f"{where}{rows}: {column}{note.kind}, {note.found!r} read as {note.read_as}"
