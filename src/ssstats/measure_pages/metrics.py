"""The page of one question of the guidance with its letters: what is counted, and every number."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
from markupsafe import Markup, escape

from ssstats.catalogue.names import METRIC_EDITION
from ssstats.chapters.release import Release
from ssstats.measure_pages.addresses import page_of_measure, title_of
from ssstats.measure_pages.definitions import facts_of_metric
from ssstats.measure_pages.figures import Figures
from ssstats.measure_pages.markup import Head, Row, link, table
from ssstats.measure_pages.measures import Page, Passage, named_head


def page_of(figures: Figures, letters: pd.DataFrame, used_in: pd.DataFrame) -> Page:
    """Return the page of a question of the guidance.

    Parameters
    ----------
    letters : DataFrame
        The question's metrics, rows of the catalogue, one or more.
    used_in : DataFrame
        The measures that have one of them in numerator or denominator, distributions included.
    """
    release = figures.release
    words = release.words
    counted = _counted(figures, letters)
    passages = [
        Passage("counted", words.say("measure-page.counted"), counted + _uses(release, used_in)),
        Passage("authorities", words.say("part.authorities"), _latest(figures, letters)),
        Passage("made", words.say("measure-page.made"), _made(figures, letters)),
    ]
    shares = used_in[used_in["tier"] != "core"]
    shares = shares[shares["numerator"].isin(letters["reference"])]
    if len(shares):
        title = words.say("measure-page.shares")
        passages.append(Passage("shares", title, _shares(figures, letters, shares)))
    return Page(title_of(release, letters), facts_of_metric(release, letters), passages)


def _counted(figures: Figures, letters: pd.DataFrame) -> Markup:
    """Return the metrics with their numbers in Wales by year."""
    release = figures.release
    words, references = release.words, list(letters["reference"])
    periods = figures.periods_of(references)
    rows = (
        Row(
            f"{release.label(METRIC_EDITION, reference)} ({reference})",
            [_text(figures, reference, release.wales, period) for period in periods],
        )
        for reference in references
    )
    caption = words.say("table.counts-of-wales", title=title_of(release, letters))
    heads = [Head(words.say("table.metric")), *(Head(period) for period in periods)]
    return table("tbl-counted", f"{words.say('render.table')} 1", caption, heads, rows)


def _uses(release: Release, used_in: pd.DataFrame) -> Markup:
    core = used_in[used_in["tier"] == "core"]
    if core.empty:
        return Markup("")
    items = "".join(
        f"<li>{link(page_of_measure(measure), release.measure_label(measure))}</li>"
        for measure in core["measure"]
    )
    title = escape(release.words.say("measure-page.used-in"))
    return Markup(f"<h3>{title}</h3><ul>{items}</ul>")


def _latest(figures: Figures, letters: pd.DataFrame) -> Markup:
    """Return the latest year by authority, a column a letter."""
    release = figures.release
    words, references = release.words, list(letters["reference"])
    period = figures.periods_of(references)[-1]
    rows = (
        Row(
            link(f"#{release.slugs[area]}-{period}", release.name(area)),
            [_text(figures, reference, area, period) for reference in references],
        )
        for area in release.areas["area"]
    )
    caption = words.say(
        "measure-page.counts-caption", metric=title_of(release, letters), period=period
    )
    heads = [Head(words.say("table.authority")), *(Head(r) for r in references)]
    return table("tbl-authorities", f"{words.say('render.table')} 2", caption, heads, rows)


def _text(figures: Figures, reference: str, area: str, period: str) -> str:
    count = figures.counts.get((METRIC_EDITION, reference, area, period))
    return "[x]" if count is None else count.text


def _made(figures: Figures, letters: pd.DataFrame) -> Markup:
    """Return every number of all years with the rules that made it."""
    release = figures.release
    words, references = release.words, list(letters["reference"])
    caption = words.say("measure-page.counts-years-caption", metric=title_of(release, letters))
    heads = [
        Head(words.say("table.authority"), of_words=True),
        Head(words.say("table.year"), of_words=True, unbroken=True),
        *(Head(reference) for reference in references),
        Head(words.say("table.remark"), of_words=True),
    ]
    text = f"{words.say('measure-page.made-metric')} {figures.protection}"
    return Markup("<p>{}</p>").format(text) + table(
        "tbl-made",
        f"{words.say('render.table')} 3",
        caption,
        heads,
        _made_rows(figures, references),
    )


def _made_rows(figures: Figures, references: list[str]) -> Iterator[Row]:
    release = figures.release
    periods = figures.periods_of(references)
    for area in release.areas["area"]:
        for period in periods:
            texts = [_text(figures, reference, area, period) for reference in references]
            head = named_head(release, area, period == periods[-1])
            remark = figures.remark_of_counts(references, area, period)
            yield Row(head, [period, *texts, remark], f"{release.slugs[area]}-{period}")


def _shares(figures: Figures, letters: pd.DataFrame, shares: pd.DataFrame) -> Markup:
    """Return what each letter is of its whole, with limits, for every area and year."""
    release = figures.release
    words = release.words
    of_letter = dict(zip(shares["numerator"], shares["measure"], strict=True))
    texts = {letter: _share_texts(figures, measure) for letter, measure in of_letter.items()}
    periods = figures.periods_of(of_letter)
    rows = (
        Row(
            release.name(area),
            [period, *(texts[letter].get((area, period), "[x]") for letter in of_letter)],
        )
        for area in release.areas["area"]
        for period in periods
    )
    heads = [
        Head(words.say("table.authority"), of_words=True),
        Head(words.say("table.year"), of_words=True, unbroken=True),
        *(Head(letter) for letter in of_letter),
    ]
    caption = words.say("measure-page.shares-caption", metric=title_of(release, letters))
    return table("tbl-shares", f"{words.say('render.table')} 4", caption, heads, rows)


def _share_texts(figures: Figures, measure: str) -> dict[tuple[str, str], str]:
    say = figures.release.words.say
    return {
        (row.area, row.period): row.value_text
        if row.value_text.startswith("[") or row.lower_text.startswith("[")
        else say("measure-page.range", value=row.value_text, lower=row.lower_text,
                 upper=row.upper_text)
        for row in figures.measures.get(measure, ())
    }  # fmt: skip
