"""Blank returns for an authority, an edition and a year, as XLSX or ODS.

What an authority fills in stands open; everything else is protected, without a password, against
slips of the hand. `workbook_returns` reads what comes back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from ssstats.catalogue import Catalogue
from ssstats.errors import UsageError, listed
from ssstats.periods import ReportingYear

RETURN, DETAIL, OWN, EXCEPTIONS, GUIDANCE = (
    "Return",
    "Age and gender",
    "Own metrics",
    "Exceptions",
    "Guidance",
)
_BLANK_ROWS = 60
_OPEN = "open"
_GROUPS = {
    "adults": "Adults",
    "children": "Children",
    "carers_adult": "Adult carers",
    "carers_young": "Young carers",
    "workforce": "Workforce",
    "framework": "Framework of 2016",
}
_GUIDANCE_LINES = (
    "Fill in the open cells of the sheet Return. All other cells are protected.",
    "Value: the number, without rounding. Nothing happened: 0. Rounding and hiding of small "
    "numbers is done after all returns are compiled.",
    "Marker: x where the number cannot be given, z where the metric does not apply to the "
    "authority. Then leave the value blank. A dash, an asterisk or N/A says neither.",
    "Counts are whole numbers. Whole time equivalents (WTE) have one decimal. Do not send "
    "percentages.",
    "Flag: r revised, b break in the series, e estimated, p provisional. Say why under Note.",
    "Age and gender: optional. The parts of a reference must add up to its total.",
    "Own metrics: metrics that only your authority counts, with references of your own such as "
    "LO/1. They are not compared with other authorities.",
    "Exceptions: what could not be counted as the guidance asks. Amount: by how much the number "
    "would be smaller without it. Give the reason, the evidence and the author.",
    "Decision, Decided by and Decided on are filled in by those who decide: pending, accepted or "
    "reversed.",
)


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
    path: Path, catalogue: Catalogue, *, area: str, edition: str, period: str
) -> Path:
    """Write a blank return; the suffix of `path` says whether as XLSX or ODS.

    Raises
    ------
    UsageError
        If the area is no authority, or edition, period or suffix is not known.
    """
    sheets = template_sheets(catalogue, area=area, edition=edition, period=period)
    if path.suffix.lower() == ".xlsx":
        _write_xlsx(path, sheets)
    elif path.suffix.lower() == ".ods":
        _write_ods(path, sheets)
    else:
        raise UsageError(f"{path.name}: a template is written as .xlsx or .ods")
    return path


def template_sheets(
    catalogue: Catalogue, *, area: str, edition: str, period: str
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
        ["Return of performance metrics", ""],
        ["Authority", area],
        ["Name", str(authorities.loc[area, "name_en"])],
        ["Edition", edition],
        ["Period", period],
        [],
    ]
    return [
        _return_sheet(catalogue, edition, said),
        _detail_sheet(catalogue, said),
        _own_sheet(said),
        _exceptions_sheet(said),
        TemplateSheet(GUIDANCE, [["Guidance"], *([t] for t in _GUIDANCE_LINES)], 1, (), (110,), {}),
    ]


def template_name(catalogue: Catalogue, *, area: str, period: str) -> str:
    """Return the file name of an authority's blank return, without a suffix."""
    slugs = dict(zip(catalogue.areas["area"], catalogue.areas["slug"], strict=True))
    return f"return-{slugs[area]}-{period}"


def _return_sheet(catalogue: Catalogue, edition: str, said: list[list[str]]) -> TemplateSheet:
    metrics = catalogue.metrics
    own = metrics[(metrics["edition"] == edition) & (metrics["collected"] == "yes")]
    header = [
        "Reference",
        "Group",
        "Section",
        "What is counted",
        "Unit",
        "Value",
        "Marker",
        "Flags",
        "Note",
        "Guidance note",
    ]
    rows = [
        [
            metric.reference,
            _GROUPS.get(metric.domain, metric.domain),
            metric.section,
            metric.label_full_printed,
            metric.unit,
            *[""] * 4,
            metric.note,
        ]
        for metric in own.itertuples()
    ]
    return TemplateSheet(
        RETURN,
        [*said, header, *rows],
        len(said) + 1,
        (6, 7, 8, 9),
        (12, 14, 26, 60, 16, 12, 8, 8, 30, 50),
        {7: ("x", "z")},
    )


def _detail_sheet(catalogue: Catalogue, said: list[list[str]]) -> TemplateSheet:
    table = catalogue.breakdowns
    choices = {
        place: tuple(table.loc[table["dimension"] == name, "code"])
        for place, name in ((2, "age"), (3, "gender"), (4, "sex"))
    }
    header = ["Reference", "Age", "Gender", "Sex", "Value", "Marker", "Note"]
    widths = (12, 16, 12, 12, 12, 8, 40)
    return _form(DETAIL, said, header, widths, {**choices, 6: ("x", "z")})


def _own_sheet(said: list[list[str]]) -> TemplateSheet:
    header = ["Reference", "What is counted", "Value", "Marker"]
    return _form(OWN, said, header, (12, 70, 12, 8), {4: ("x", "z")})


def _exceptions_sheet(said: list[list[str]]) -> TemplateSheet:
    header = [
        "Reference",
        "Amount",
        "Reason",
        "Evidence",
        "Author",
        "Decision",
        "Decided by",
        "Decided on",
    ]
    decisions: dict[int, tuple[str, ...]] = {6: ("pending", "accepted", "reversed")}
    return _form(EXCEPTIONS, said, header, (12, 10, 50, 40, 24, 12, 20, 14), decisions)


def _form(
    name: str,
    said: list[list[str]],
    header: Sequence[str],
    widths: tuple[int, ...],
    choices: dict[int, tuple[str, ...]],
) -> TemplateSheet:
    """Return a sheet of blank rows to fill in."""
    blank = [[""] * len(header) for _ in range(_BLANK_ROWS)]
    every = tuple(range(1, len(header) + 1))
    return TemplateSheet(name, [*said, list(header), *blank], len(said) + 1, every, widths, choices)


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
