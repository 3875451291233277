"""The pages of a partners' pack: an overview, and one page an authority beside Wales."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

import pandas as pd

from ssstats.formatting import format_cell, format_count
from ssstats.outputs.book import Book, year_words
from ssstats.outputs.figures import NOT_APPLICABLE, NOT_AVAILABLE
from ssstats.packs.partner_sheets import Comparison
from ssstats.plain_pages import page, table

_FIGURES = frozenset(range(1, 12))


def write_pages(
    books: Sequence[Book], comparison: Comparison, folder: Path, *, recipient: str, made: str
) -> list[Path]:
    """Write the overview and a page an authority in the language of the books.

    Parameters
    ----------
    books : sequence of Book
        One a subject, in the order of the plan; at least one.
    """
    written = [_overview(books, comparison, folder, recipient, made)]
    book, words = books[0], books[0].words
    for area in book.figures.areas[1:]:
        back = f'<p><a href="{written[0].name}">{escape(words.say("pack.partners.title"))}</a></p>'
        body = back + "".join(_of_authority(own, comparison, area) for own in books)
        title = words.say("pack.page.authority", area=book.labels.area(area))
        written.append(_write(book, folder / _page_name(book, area), title, body))
    return written


def _page_name(book: Book, area: str) -> str:
    areas = book.labels.catalogue.areas.set_index("area")
    return f"{areas.loc[area, 'slug']}-{book.words.language}.html"


def _write(book: Book, path: Path, title: str, body: str) -> Path:
    words = book.words
    synthetic = words.say("render.synthetic") if book.tables.facts["synthetic"] else ""
    lead = f"<p><strong>{escape(synthetic)}</strong></p>" if synthetic else ""
    text = page(title, lead + body, marking=words.say("pack.marking"), language=words.language)
    path.write_text(text, encoding="utf-8")
    return path


def _overview(
    books: Sequence[Book], comparison: Comparison, folder: Path, recipient: str, made: str
) -> Path:
    book = books[0]
    words = book.words
    title = words.say("pack.partners.title")
    period = str(book.tables.facts["period"])
    body = "".join(
        [
            f"<p>{escape(words.say('pack.recipient', recipient=recipient, made=made))}</p>",
            f"<p>{escape(words.say('pack.terms'))}</p>",
            f"<p>{escape(words.say('pack.page.lead', year=year_words(book, period)))}</p>",
            _authorities(book, period),
            _exceptions(books),
            *(_benchmarks(own, comparison) for own in books),
        ]
    )
    return _write(book, folder / f"index-{words.language}.html", title, body)


def _authorities(book: Book, period: str) -> str:
    """Return a table of the authorities: how many of the metrics asked for each one answered."""
    words, counts = book.words, book.tables.counts
    metrics = book.labels.catalogue.metrics
    collected = set(metrics.loc[metrics["collected"].eq("yes"), "reference"])
    asked = counts[
        counts["period"].eq(period)
        & counts["breakdown"].eq("")
        & counts["reference"].isin(collected)
    ]
    answered = asked[~asked["marker"].isin(["x", "z"])].groupby("area").size()
    expected = asked[asked["marker"].ne("z")].groupby("area").size()
    rows = [
        [
            f'<a href="{_page_name(book, area)}">{escape(book.labels.area(area))}</a>',
            f"{answered.get(area, 0):,}",
            f"{expected.get(area, 0):,}",
        ]
        for area in book.figures.areas[1:]
    ]
    header = [
        words.say("table.authority"),
        words.say("pack.column.metrics-answered"),
        words.say("pack.column.metrics-asked"),
    ]
    return table(words.say("pack.page.coverage", period=period), header, rows, numeric=_FIGURES)


def _exceptions(books: Sequence[Book]) -> str:
    words, exceptions = books[0].words, books[0].tables.exceptions
    rows = []
    for row in exceptions.sort_values(["period", "area"], ascending=[False, True]).itertuples():
        texts = (
            books[0].labels.area(str(row.area)),
            row.period,
            row.reference,
            words.say(f"decision.{row.decision}"),
            row.decided_on or NOT_AVAILABLE,
        )
        rows.append([escape(str(text)) for text in texts])
    if not rows:
        return f"<p>{escape(words.say('pack.page.no-exceptions'))}</p>"
    header = [
        words.say("table.authority"),
        words.say("table.year"),
        words.say("table.reference"),
        words.say("pack.column.decision"),
        words.say("pack.column.decided-on"),
    ]
    return table(words.say("pack.page.exceptions"), header, rows)


def _benchmarks(book: Book, comparison: Comparison) -> str:
    """Return a table of a subject's measures: Wales, and where the quarters divide."""
    words, values = book.words, comparison.quartiles
    first = values[values["measure"].isin(book.figures.measures["measure"])].drop_duplicates(
        "measure"
    )
    known = first.set_index("measure")
    rows = [
        [
            escape(f"{book.labels.measure(measure)} ({measure})"),
            *(
                _plain(known.loc[measure, name])
                for name in ("wales", "lower_quartile", "median", "upper_quartile")
            ),
        ]
        for measure in book.figures.measures["measure"]
        if measure in known.index
    ]
    header = [
        words.say("table.measure"),
        book.labels.area(book.figures.areas[0]),
        words.say("pack.column.lower-quartile"),
        words.say("pack.column.median"),
        words.say("pack.column.upper-quartile"),
    ]
    title = words.say(book.subject.title_key)
    caption = words.say("pack.page.quartiles", subject=title, period=book.figures.period)
    return f"<h2>{escape(title)}</h2>" + table(caption, header, rows, numeric=_FIGURES)


def _plain(value: object) -> str:
    if pd.isna(value):  # type: ignore[call-overload]
        return NOT_AVAILABLE
    return f"{float(value):,.10g}"  # type: ignore[arg-type]


def _of_authority(book: Book, comparison: Comparison, area: str) -> str:
    title = escape(book.words.say(book.subject.title_key))
    return f"<h2>{title}</h2>{_measures(book, comparison, area)}{_counts(book, comparison, area)}"


def _measures(book: Book, comparison: Comparison, area: str) -> str:
    words = book.words
    own = book.figures.own_estimates
    own = own[own["period"].eq(book.figures.period)]
    here = own[own["area"].eq(area)].set_index("measure")
    wales = own[own["area"].eq(book.figures.areas[0])].set_index("measure")
    quarters = comparison.quartiles
    quarter = quarters[quarters["area"].eq(area)].set_index("measure")["quartile"].to_dict()
    rows = [
        [
            escape(f"{book.labels.measure(measure)} ({measure})"),
            *(_part(here, measure, part) for part in ("value", "lower", "upper")),
            _part(wales, measure, "value"),
            _plain(quarter.get(measure, pd.NA)),
        ]
        for measure in book.figures.measures["measure"]
        if measure in here.index
    ]
    header = [
        words.say("table.measure"),
        book.labels.area(area),
        *(words.say(f"table.{part}") for part in ("lower", "upper")),
        book.labels.area(book.figures.areas[0]),
        words.say("pack.column.quarter"),
    ]
    caption = words.say(
        "pack.page.measures", area=book.labels.area(area), period=book.figures.period
    )
    return table(caption, header, rows, numeric=_FIGURES) if rows else ""


def _part(estimates: pd.DataFrame, measure: str, part: str) -> str:
    if measure not in estimates.index:
        return NOT_AVAILABLE
    row = estimates.loc[measure]
    if not row["marker"] and pd.isna(row[part]):
        return NOT_APPLICABLE
    return format_cell(row[part], row["marker"], int(row["decimals"]))


def _counts(book: Book, comparison: Comparison, area: str) -> str:
    words = book.words
    rows = list(_count_rows(book, comparison.normalised, area))
    header = [
        words.say("table.metric"),
        book.labels.area(area),
        book.labels.area(book.figures.areas[0]),
        words.say("pack.column.per-head", area=book.labels.area(area)),
        words.say("pack.column.per-head", area=book.labels.area(book.figures.areas[0])),
    ]
    caption = words.say(
        "pack.page.metrics", area=book.labels.area(area), period=book.figures.period
    )
    return table(caption, header, rows, numeric=_FIGURES) if rows else ""


def _count_rows(book: Book, normalised: pd.DataFrame, area: str) -> Iterator[list[str]]:
    counts = book.figures.counts
    own = counts[counts["period"].eq(book.figures.period) & counts["breakdown"].eq("")]
    shown = {
        (reference, place): format_count(value, marker)
        for reference, place, value, marker in zip(
            own["reference"], own["area"], own["value"], own["marker"], strict=True
        )
    }
    rates = normalised.set_index(["measure", "area"]).sort_index()
    for metric in book.figures.metrics.itertuples():
        reference = str(metric.reference)
        if (reference, area) not in shown:
            continue
        label = book.labels.metric(str(metric.edition), reference)
        yield [
            escape(f"{label} ({reference})"),
            *(
                shown.get((reference, place), NOT_AVAILABLE)
                for place in (area, book.figures.areas[0])
            ),
            *(_rate(rates, reference, place) for place in (area, book.figures.areas[0])),
        ]


def _rate(rates: pd.DataFrame, reference: str, area: str) -> str:
    """Return a count per so many people; what is no count has none."""
    if (reference, area) not in rates.index:
        return NOT_APPLICABLE
    row = rates.loc[(reference, area)]
    return format_cell(row["value"], row["marker"], int(row["decimals"]))
