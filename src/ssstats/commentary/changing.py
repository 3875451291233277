"""What is said of a figure's change on the year before, as far as its verdict goes.

A direction is said only where the verdict of the release's own table of changes gives one. Beside
a sentence that gives the figure, the change is said in short; alone, it gives both ends.
"""

from __future__ import annotations

from ssstats.chapters.rows import Row
from ssstats.commentary.figures import NUMBER, Figure, cell_of, size_of
from ssstats.commentary.records import Place, Said
from ssstats.commentary.statements import CLEAR, Commented
from ssstats.formatting import format_number
from ssstats.periods import ReportingYear

# Why a change is not judged although both figures are shown.
_NOT_COMPARED = {
    "break": ("said.break", ("previous", "period")),
    "coverage": ("said.other-coverage", ("previous",)),
}
# Which words say a direction: of numbers, and of percentages, rates and averages.
_COMPARED = {"rose": ("more", "higher"), "fell": ("fewer", "lower")}
_SIZE_WORDS = {"rose": "increase", "fell": "decrease"}


def change(told: Commented, place: Place, *, whole: bool = False) -> list[Said]:
    """Return the change on the year before; with `whole` in a sentence that gives both ends.

    Nothing is said where one of the two figures is not shown or changes.csv has no row of them.
    """
    row = told.changes.get(place.item, place.area)
    new = told.figure(place)
    if row is None or new is None:
        return []
    previous = str(row["previous"])
    old = told.figure(place, previous)
    if old is None:
        return []
    if whole:
        template, values = _both_ends(told, row, new, old)
    else:
        template, values = _in_short(told, place, row, new, old)
    return [
        Said(
            place, "change", template, values, told.edition, (previous, told.period),
            str(row["verdict"]), str(row["method"]),
            (old.cell, new.cell,
             cell_of("changes.csv", period=told.period, area=place.area, item=place.item)),
        )
    ]  # fmt: skip


def stands_alone(told: Commented, place: Place) -> bool:
    """Return whether the change is said with both ends, so that the figure needs no sentence.

    It is where the direction is clear and seen; not where limits must be given, nor of people on
    a day, whose day must be named.
    """
    row = told.changes.get(place.item, place.area) or {}
    new = told.figure(place)
    old = told.figure(place, str(row.get("previous", "")) or told.period)
    if new is None or old is None or new.lower or place.item in told.stocks:
        return False
    return _is_clear(row) and str(row["reason"]) not in _NOT_COMPARED and _is_seen(row, new, old)


def _is_clear(row: Row) -> bool:
    return row.get("verdict") in CLEAR and row["called"] == "yes"


def _is_seen(row: Row, new: Figure, old: Figure) -> bool:
    """Return whether the published figures show the direction, which rounding may hide."""
    return new.value > old.value if row["verdict"] == "rose" else new.value < old.value


def _both_ends(told: Commented, row: Row, new: Figure, old: Figure) -> tuple[str, dict[str, str]]:
    verdict = str(row["verdict"])
    values = {
        "old": old.text, "new": new.text, "previous": str(row["previous"]), "period": told.period,
    }  # fmt: skip
    part, sizes = _size(told, new, old)
    size = f"+said.{_SIZE_WORDS[verdict]}.{part}" if part else ""
    return f"said.{new.noun}.{verdict}{size}", {**values, **sizes}


def _in_short(
    told: Commented, place: Place, row: Row, new: Figure, old: Figure
) -> tuple[str, dict[str, str]]:
    verdict, reason = str(row["verdict"]), str(row["reason"])
    if reason in _NOT_COMPARED:
        template, names = _NOT_COMPARED[reason]
        known = {"previous": str(row["previous"]), "period": told.period}
        return template, {name: known[name] for name in names}
    year, values = _year_before(told, place, row, old)
    if not verdict:
        return f"said.beside+{year}+said.beside-reason", {**values, "reason": reason}
    if verdict not in CLEAR:
        return f"said.{verdict.replace(' ', '-')}+{year}", values
    if not _is_clear(row):
        return f"said.not-clear+{year}+said.not-clear-many", values
    if not _is_seen(row, new, old):
        return f"said.{verdict}-unseen+{year}+said.less-than-rounding", values
    part, sizes = _size(told, new, old)
    word = _COMPARED[verdict][0 if new.noun == NUMBER else 1]
    return f"said.{word}.{part or 'unsized'}+{year}", {**values, **sizes}


def _year_before(
    told: Commented, place: Place, row: Row, old: Figure
) -> tuple[str, dict[str, str]]:
    """Return the words that name the year before, or its last day, with its figure."""
    previous = str(row["previous"])
    if place.item in told.stocks:
        end = str(ReportingYear.parse(previous).end)
        return "said.on-day-before", {"old": old.text, "year_before": end}
    return "said.in-year-before", {"old": old.text, "previous": previous}


def _size(told: Commented, new: Figure, old: Figure) -> tuple[str, dict[str, str]]:
    """Return in which unit the size of a change is said, and its values."""
    size = size_of(new, old)
    if not size:
        return "", {}
    if new.noun == "percentage":
        return "points", {"size": size}
    if new.noun != NUMBER or old.value < told.rules.smallest_base:
        return "plain", {"size": size}
    percent = 100 * abs(new.value - old.value) / old.value
    decimals = 1 if old.value >= told.rules.decimal_from else 0
    return "percent", {"size": size, "percent": format_number(percent, decimals)}
