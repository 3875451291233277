"""Blank returns for an authority, an edition and a year, as XLSX or ODS.

What an authority fills in stands open; everything else is protected, without a password, against
slips of the hand. `workbook_returns` reads what comes back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.errors import UsageError, listed
from ssstats.periods import ReportingYear
from ssstats.words import Words

_BLANK_ROWS = 60
_GUIDANCE_LINES = 9
_OPEN = "open"
_NO_KEY = re.compile(r"[^a-z0-9]+")
_MARKERS = ("x", "z")
_DECISIONS = ("pending", "accepted", "reversed")


@dataclass(frozen=True)
class TemplateSheet:
    """One sheet: its rows from the first on, and the columns and rows that stay open."""

    name: str
    rows: list[list[str]]
    header: int
    open_columns: tuple[int, ...]
    widths: tuple[int, ...]
    # Allowed texts of a column; blank is always allowed.
    choices: dict[int, tuple[str, ...]]


def write_template(
    path: Path, catalogue: Catalogue, words: Words, *, area: str, edition: str, period: str
) -> Path:
    """Write a blank return; the suffix of `path` says whether as XLSX or ODS.

    Parameters
    ----------
    words : Words
        The language of all that is printed. What is filled in reads back the same in both.

    Raises
    ------
    UsageError
        If the area is no authority, or edition, period or suffix is not known.
    """
    sheets = template_sheets(catalogue, words, area=area, edition=edition, period=period)
    if path.suffix.lower() == ".xlsx":
        _write_xlsx(path, sheets)
    elif path.suffix.lower() == ".ods":
        _write_ods(path, sheets)
    else:
        raise UsageError(f"{path.name}: a template is written as .xlsx or .ods")
    return path


def template_sheets(
    catalogue: Catalogue, words: Words, *, area: str, edition: str, period: str
) -> list[TemplateSheet]:
    """Return the sheets of a blank return.

    Raises
    ------
    UsageError
        If the area is no authority, or edition or period is not known.
    """
    authorities = catalogue.areas[catalogue.areas["level"] == "authority"].set_index("area")
    if area not in authorities.index:
        raise UsageError(f"area {area!r} is no authority; use one of {listed(authorities.index)}")
    editions = set(catalogue.editions["edition"])
    if edition not in editions:
        raise UsageError(f"edition {edition!r} is not known; use one of {listed(editions)}")
    period = str(ReportingYear.parse(period))
    said = [
        [words.say("template.title"), ""],
        [words.say("template.column.area"), area],
        [words.say("template.column.name"), str(authorities.loc[area, f"name_{words.language}"])],
        [words.say("template.column.edition"), edition],
        [words.say("template.column.period"), period],
        [],
    ]
    return [
        _return_sheet(catalogue, words, edition, said),
        _detail_sheet(catalogue, words, edition, said),
        _own_sheet(words, said),
        _exceptions_sheet(words, said),
        _guidance_sheet(words),
    ]


def template_name(catalogue: Catalogue, *, area: str, period: str) -> str:
    """Return the file name of an authority's blank return, without a suffix."""
    slugs = dict(zip(catalogue.areas["area"], catalogue.areas["slug"], strict=True))
    return f"return-{slugs[area]}-{period}"


def _headings(words: Words, *columns: str) -> list[str]:
    return [words.say(f"template.column.{column}") for column in columns]


def _collected(catalogue: Catalogue, edition: str) -> pd.DataFrame:
    metrics = catalogue.metrics
    return metrics[(metrics["edition"] == edition) & (metrics["collected"] == "yes")]


def _counted(words: Words, metric) -> str:  # type: ignore[no-untyped-def]
    """Return what a metric counts: as the guidance prints it, which is English, or its label."""
    if words.language == "en":
        return str(metric.label_full_printed)
    return words.say(f"metric.{metric.edition}.{metric.reference}")


def _return_sheet(
    catalogue: Catalogue, words: Words, edition: str, said: list[list[str]]
) -> TemplateSheet:
    header = _headings(
        words,
        *("reference", "group", "section", "what_is_counted", "unit"),
        *("value", "marker", "flags", "note", "guidance_note"),
    )
    english = words.language == "en"
    rows = [
        [
            metric.reference,
            words.say(f"template.group.{metric.domain}"),
            words.say(f"template.section.{_key(metric.section)}"),
            _counted(words, metric),
            metric.unit if english else words.say(f"unit.{_key(metric.unit)}"),
            *[""] * 4,
            # Remarks on the guidance stand in English alone.
            metric.note if english else "",
        ]
        for metric in _collected(catalogue, edition).itertuples()
    ]
    return TemplateSheet(
        words.say("template.sheet.return"),
        [*said, header, *rows],
        len(said) + 1,
        (6, 7, 8, 9),
        (12, 14, 26, 60, 16, 12, 8, 8, 30, 50),
        {7: _MARKERS},
    )


def _key(text: str) -> str:
    return _NO_KEY.sub("-", text.lower()).strip("-")


def _detail_sheet(
    catalogue: Catalogue, words: Words, edition: str, said: list[list[str]]
) -> TemplateSheet:
    """Return the form for parts: a row for each part that the guidance asks for, and blank ones."""
    table = catalogue.breakdowns
    label = f"label_{words.language}"
    choices = {
        place: tuple(table.loc[table["dimension"] == name, label])
        for place, name in ((3, "age"), (4, "gender"), (5, "sex"))
    }
    header = _headings(
        words, "reference", "what_is_counted", "age", "gender", "sex", "value", "marker", "note"
    )
    printed = [
        [metric.reference, _counted(words, metric), age, gender, *[""] * 4]
        for metric in _collected(catalogue, edition).itertuples()
        for age in _asked(table, "age", metric.number, label)
        for gender in _asked(table, "gender", metric.number, label)
    ]
    widths = (12, 50, 20, 22, 12, 12, 8, 40)
    name = words.say("template.sheet.detail")
    return _form(name, said, header, widths, {**choices, 7: _MARKERS}, printed)


def _asked(table: pd.DataFrame, dimension: str, number: str, label: str) -> list[str]:
    own = table[(table["dimension"] == dimension) & (table["asked_of"] == number)]
    return own.sort_values("display_order")[label].tolist()


def _own_sheet(words: Words, said: list[list[str]]) -> TemplateSheet:
    header = _headings(words, "reference", "what_is_counted", "value", "marker")
    name = words.say("template.sheet.own")
    return _form(name, said, header, (12, 70, 12, 8), {4: _MARKERS})


def _exceptions_sheet(words: Words, said: list[list[str]]) -> TemplateSheet:
    header = _headings(
        words,
        *("reference", "amount", "reason", "evidence", "author"),
        *("decision", "decided_by", "decided_on", "decided_why"),
    )
    name = words.say("template.sheet.exceptions")
    return _form(name, said, header, (12, 10, 50, 40, 24, 12, 20, 14, 40), {6: _DECISIONS})


def _guidance_sheet(words: Words) -> TemplateSheet:
    lines = [words.say(f"template.guidance.{line}") for line in range(1, _GUIDANCE_LINES + 1)]
    name = words.say("template.sheet.guidance")
    return TemplateSheet(name, [[name], *([line] for line in lines)], 1, (), (110,), {})


def _form(
    name: str,
    said: list[list[str]],
    header: Sequence[str],
    widths: tuple[int, ...],
    choices: dict[int, tuple[str, ...]],
    printed: Sequence[list[str]] = (),
) -> TemplateSheet:
    """Return a sheet of rows to fill in: printed ones, and blank ones below them."""
    blank = [[""] * len(header) for _ in range(_BLANK_ROWS)]
    rows = [*said, list(header), *printed, *blank]
    every = tuple(range(1, len(header) + 1))
    return TemplateSheet(name, rows, len(said) + 1, every, widths, choices)


def _write_xlsx(path: Path, sheets: list[TemplateSheet]) -> None:
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill, Protection
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    for number, form in enumerate(sheets):
        sheet = book.active if number == 0 else book.create_sheet()
        if sheet is None:  # a new workbook has one sheet
            sheet = book.create_sheet()
        sheet.title = form.name
        for row in form.rows:
            sheet.append([text or None for text in row])
        for column, width in enumerate(form.widths, start=1):
            sheet.column_dimensions[get_column_letter(column)].width = width
        for cell in sheet[form.header]:
            cell.font = Font(bold=True)
        sheet["A1"].font = Font(bold=True, size=14)
        for line in range(form.header + 1, len(form.rows) + 1):
            for column in range(1, len(form.widths) + 1):
                cell = sheet.cell(line, column)
                cell.alignment = Alignment(wrap_text=True, vertical="top")
                if column in form.open_columns:
                    cell.protection = Protection(locked=False)
                    cell.fill = PatternFill("solid", fgColor="FFF9E5")
        for column, texts in form.choices.items():
            letter = get_column_letter(column)
            rule = DataValidation(type="list", formula1=f'"{",".join(texts)}"', allow_blank=True)
            rule.add(f"{letter}{form.header + 1}:{letter}{len(form.rows)}")
            sheet.add_data_validation(rule)
        sheet.freeze_panes = f"A{form.header + 1}"
        sheet.protection.enable()
        sheet.protection.formatColumns = False
        sheet.protection.formatRows = False
    book.save(path)


def _write_ods(path: Path, sheets: list[TemplateSheet]) -> None:
    # Imported here: only this function needs it.
    from odfdo import Document, Element, Style, Table

    document = Document("spreadsheet")
    document.body.clear()
    opened = Style("table-cell", name=_OPEN, area="table-cell", background_color="#fff9e5")
    properties = next(child for child in opened.children if "cell-properties" in child.tag)
    properties.set_attribute("style:cell-protect", "none")
    document.insert_style(opened, automatic=True)
    for form in sheets:
        table = Table(form.name)
        table.set_attribute("table:protected", "true")
        for number, texts in enumerate(form.rows, start=1):
            open_columns = form.open_columns if number > form.header else ()
            table.append(Element.from_tag(_ods_row(texts, open_columns)))
        document.body.append(table)
    document.save(str(path))


def _ods_row(texts: list[str], open_columns: Sequence[int]) -> str:
    """Return a row as OpenDocument markup; a row of one element is far quicker than its cells."""
    cells = []
    for column, text in enumerate(texts, start=1):
        style = f' table:style-name="{_OPEN}"' if column in open_columns else ""
        filled = f' office:value-type="string"{style}><text:p>{escape(text)}</text:p>'
        cells.append(
            f"<table:table-cell{filled}</table:table-cell>"
            if text
            else f"<table:table-cell{style}/>"
        )
    return f"<table:table-row>{''.join(cells)}</table:table-row>"
