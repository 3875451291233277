"""The page of one question of the guidance with its letters: what is counted, and every number."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from ssstats.catalogue.names import METRIC_EDITION
from ssstats.chapters.release import Release
from ssstats.chapters.rows import Row as CatalogueRow
from ssstats.measure_pages.addresses import Question, page_of_measure, title_of
from ssstats.measure_pages.definitions import facts_of_metric
from ssstats.measure_pages.figures import Figures
from ssstats.measure_pages.markup import Head, Row, cell, link, table, table_of_figures
from ssstats.measure_pages.measures import Page, Passage
from ssstats.measure_pages.shared import NOT_ASKED

# The last column of a table whose rows have no remarks: it is left out.
_NO_REMARKS = Head("")


def page_of(figures: Figures, question: Question, used_in: Sequence[CatalogueRow]) -> Page:
    """Return the page of a question of the guidance.

    Parameters
    ----------
    used_in : sequence of rows
        The measures that have one of its metrics in numerator or denominator, rows of the
        catalogue, distributions included.
    """
    release = figures.release
    words = release.words
    counted = _counted(figures, question)
    passages = [
        Passage("counted", words.say("measure-page.counted"), counted + _uses(release, used_in)),
        Passage("authorities", words.say("part.authorities"), _latest(figures, question)),
        Passage("made", words.say("measure-page.made"), _made(figures, question)),
    ]
    shares = [
        row for row in used_in if row["tier"] != "core" and row["numerator"] in question.references
    ]
    if shares:
        title = words.say("measure-page.shares")
        passages.append(Passage("shares", title, _shares(figures, question, shares)))
    return Page(title_of(release, question), facts_of_metric(release, question), passages)


def _counted(figures: Figures, question: Question) -> Markup:
    """Return the metrics with their numbers in Wales by year."""
    release = figures.release
    words, references = release.words, question.references
    periods = figures.shared.periods_of(references)
    rows = (
        Row(
            f"{release.label(METRIC_EDITION, reference)} ({reference})",
            [_text(figures, reference, release.wales, period) for period in periods],
        )
        for reference in references
    )
    caption = words.say("table.counts-of-wales", title=title_of(release, question))
    heads = [Head(words.say("table.metric")), *(Head(period) for period in periods)]
    return table("tbl-counted", f"{words.say('render.table')} 1", caption, heads, rows)


def _uses(release: Release, used_in: Sequence[CatalogueRow]) -> Markup:
    core = [row["measure"] for row in used_in if row["tier"] == "core"]
    if not core:
        return Markup("")
    items = "".join(
        f"<li>{link(page_of_measure(measure), release.measure_label(measure))}</li>"
        for measure in core
    )
    title = escape(release.words.say("measure-page.used-in"))
    return Markup(f"<h3>{title}</h3><ul>{items}</ul>")


def _latest(figures: Figures, question: Question) -> Markup:
    """Return the latest year by authority, a column a letter."""
    release = figures.release
    words, references = release.words, tuple(question.references)
    period = figures.shared.periods_of(references)[-1]
    rows = [
        (link(f"#{release.slugs[row.area]}-{period}", release.name(row.area)), row.cells, "", "")
        for row in figures.shared.rows_of_counts(references)
        if row.period == period
    ]
    caption = words.say(
        "measure-page.counts-caption", metric=title_of(release, question), period=period
    )
    heads = [Head(words.say("table.authority")), *(Head(r) for r in references), _NO_REMARKS]
    label = f"{words.say('render.table')} 2"
    return table_of_figures("tbl-authorities", label, caption, heads, rows)


def _text(figures: Figures, reference: str, area: str, period: str) -> str:
    return figures.shared.counts.get(reference, {}).get((area, period), NOT_ASKED)


def _made(figures: Figures, question: Question) -> Markup:
    """Return every number of all years with the rules that made it."""
    release = figures.release
    words, references = release.words, question.references
    caption = words.say("measure-page.counts-years-caption", metric=title_of(release, question))
    heads = [
        Head(words.say("table.authority"), of_words=True),
        Head(words.say("table.year"), of_words=True, unbroken=True),
        *(Head(reference) for reference in references),
        Head(words.say("table.remark"), of_words=True),
    ]
    text = f"{words.say('measure-page.made-metric')} {figures.protection}"
    return Markup("<p>{}</p>").format(text) + table_of_figures(
        "tbl-made",
        f"{words.say('render.table')} 3",
        caption,
        heads,
        _made_rows(figures, references),
    )


def _made_rows(figures: Figures, references: Sequence[str]) -> list[tuple[str, str, str, str]]:
    heads, years, slugs = figures.heads, figures.year_cells, figures.release.slugs
    latest = figures.shared.periods_of(references)[-1]
    return [
        (
            heads[row.area, row.period == latest],
            years[row.period] + row.cells,
            figures.remark_of_counts(row) if row.remarked else "",
            f"{slugs[row.area]}-{row.period}",
        )
        for row in figures.shared.rows_of_counts(tuple(references))
    ]


def _shares(figures: Figures, question: Question, shares: Sequence[CatalogueRow]) -> Markup:
    """Return what each letter is of its whole, with limits, for every area and year."""
    release = figures.release
    words, years = release.words, figures.year_cells
    of_letter = {row["numerator"]: row["measure"] for row in shares}
    cells = [_share_cells(figures, measure) for measure in of_letter.values()]
    periods, none = figures.shared.periods_of(of_letter), cell("[x]")
    rows = [
        (
            figures.heads[area, False],
            years[period] + "".join([own.get((area, period), none) for own in cells]),
            "",
            "",
        )
        for area in release.areas["area"].tolist()
        for period in periods
    ]
    heads = [
        Head(words.say("table.authority"), of_words=True),
        Head(words.say("table.year"), of_words=True, unbroken=True),
        *(Head(letter) for letter in of_letter),
        _NO_REMARKS,
    ]
    caption = words.say("measure-page.shares-caption", metric=title_of(release, question))
    label = f"{words.say('render.table')} 4"
    return table_of_figures("tbl-shares", label, caption, heads, rows)


def _share_cells(figures: Figures, measure: str) -> dict[tuple[str, str], str]:
    """Return the cell of each share by area and year; the words between its numbers once."""
    say = figures.release.words.say
    written = cell(say("measure-page.range", value="{0}", lower="{1}", upper="{2}")).format
    return {
        (share.area, share.period): cell(share.value)
        if share.value.startswith("[") or share.lower.startswith("[")
        else written(share.value, share.lower, share.upper)
        for share in figures.shared.shares.get(measure, ())
    }
