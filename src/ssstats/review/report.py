"""What a review found, in lines for the terminal and as a page that stands alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape

import pandas as pd

from ssstats.plain_pages import page, table
from ssstats.review.comparing import Difference
from ssstats.review.proposing import Proposal
from ssstats.review.rerunning import Review

_SHOWN, _CHARACTERS = 500, 300
_MARKED = "Not published. Made from a revised return that nobody has accepted."


def lines_of_reviews(reviews: Sequence[Review]) -> list[str]:
    """Return for each notebook that it is identical, or what differs, a line a difference."""
    return [line for review in reviews for line in _lines(review)]


def _lines(review: Review) -> Iterator[str]:
    if review.identical:
        yield f"{review.name} ({review.language}): identical to what was published"
        return
    found = _counted(len(review.differences))
    yield f"{review.name} ({review.language}): {found} from what was published"
    for name in review.changed_inputs:
        yield f"  {name}: not the file that the manifest names"
    for difference in review.differences:
        yield f"  {_short(str(difference))}"


def _counted(differences: int) -> str:
    return "1 difference" if differences == 1 else f"{differences:,} differences"


def lines_of_proposal(proposal: Proposal, names: Mapping[str, str]) -> list[str]:
    """Return what a revised return would change in lines: figures, verdicts, sentences, pages."""
    if proposal.nothing:
        return ["Nothing that is published would change."]
    figures, sayings = proposal.figures, proposal.sayings
    hidden = figures["what"].isin(["hidden", "shown", "marker"])
    lines = [
        f"{len(figures):,} published figures would change in {figures['area'].nunique()} areas; "
        f"{int(hidden.sum()):,} of them are hidden or shown for the first time",
        f"{len(sayings):,} verdicts, signals and sentences would change",
    ]
    lines += [
        f"  {names.get(row.area, row.area)} {row.figure} {row.breakdown} {row.period}: "
        f"{row.before or '(nothing)'} now {row.now or '(nothing)'}"
        for row in figures.head(_SHOWN).itertuples()
    ]
    lines += [
        _short(f"  {names.get(row.area, row.area)} {row.figure}: {row.before!r} now {row.now!r}")
        for row in sayings.head(_SHOWN).itertuples()
    ]
    for review in proposal.notebooks:
        lines.append(f"{review.name}: {_counted(len(review.differences))} on its page")
    return lines


def page_of_reviews(title: str, reviews: Sequence[Review]) -> str:
    """Return a page with what was run again and a table of differences a notebook."""
    same = [review for review in reviews if review.identical]
    summary = f"<p>{len(same)} of {len(reviews)} notebooks are identical to what was published.</p>"
    rows = [
        [escape(review.name), review.language, "identical" if review.identical else "differs"]
        for review in reviews
    ]
    return page(
        title,
        summary
        + table("Notebooks that were run again", ("Notebook", "Language", "Result"), rows)
        + _sections(reviews),
    )


def page_of_proposal(title: str, proposal: Proposal, names: Mapping[str, str]) -> str:
    """Return a page of what a revised return would change; `names` gives areas their names."""
    if proposal.nothing:
        return page(title, "<p>Nothing that is published would change.</p>", marking=_MARKED)
    return page(
        title,
        _frame("Figures", proposal.figures, names, ("figure", "breakdown", "period"))
        + _frame("Verdicts, signals and sentences", proposal.sayings, names, ("figure", "file"))
        + _sections(proposal.notebooks),
        marking=_MARKED,
    )


def _sections(reviews: Sequence[Review]) -> str:
    return "".join(
        f"<h2>{escape(review.name)} ({review.language})</h2>"
        + "".join(
            f"<p>{escape(name)}: not the file that the manifest names.</p>"
            for name in review.changed_inputs
        )
        + _differences(review.differences)
        for review in reviews
        if not review.identical
    )


def _differences(differences: Sequence[Difference]) -> str:
    if not differences:
        return ""
    rows = [
        [
            f"Cell {one.cell}", one.kind, escape(one.where), escape(_short(one.published)),
            escape(_short(one.now)),
        ]
        for one in differences[:_SHOWN]
    ]  # fmt: skip
    header = ("Cell", "What", "Where", "Published", "Now")
    return table("What differs", header, rows) + _more(len(differences) - len(rows))


def _frame(
    title: str, frame: pd.DataFrame, names: Mapping[str, str], columns: tuple[str, ...]
) -> str:
    if not len(frame):
        return ""
    rows = [
        [
            escape(names.get(record["area"], record["area"])),
            *(escape(record[column]) for column in (*columns, "before", "now")),
        ]
        for record in frame.head(_SHOWN).to_dict("records")
    ]
    header = ("Area", *(column.capitalize() for column in columns), "Published", "Would be")
    return f"<h2>{title}</h2>" + table(title, header, rows) + _more(len(frame) - len(rows))


def _more(number: int) -> str:
    return f"<p>{number:,} more.</p>" if number > 0 else ""


def _short(text: str) -> str:
    return text if len(text) <= _CHARACTERS else text[: _CHARACTERS - 1] + "…"
