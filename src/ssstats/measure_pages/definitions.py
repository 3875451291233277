"""What a page says before any figure: kind, base, source, comparability of its measure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isnan

from markupsafe import Markup, escape

from ssstats.catalogue.names import METRIC_EDITION
from ssstats.chapters.release import Release
from ssstats.chapters.rows import Row
from ssstats.estimates import GARWOOD_ENVELOPE, RATIO_ENVELOPE, WILSON_ENVELOPE
from ssstats.expressions import parse_expression
from ssstats.formatting import format_number
from ssstats.measure_pages.addresses import Question, page_of_metric
from ssstats.measure_pages.figures import Figures
from ssstats.measure_pages.markup import in_english, link
from ssstats.measure_pages.shared import Figure

_METHODS = {
    WILSON_ENVELOPE: "measure-page.limits.wilson",
    GARWOOD_ENVELOPE: "measure-page.limits.garwood",
    RATIO_ENVELOPE: "measure-page.limits.ratio",
}
# What the catalogue may say a metric counts; pages say nothing where it says neither.
_KINDS = ("flow", "stock")
# Comparability of the crosswalk that gives readers something to compare with.
_RELATED = ("good", "approximate", "weak")


def facts_of_measure(
    figures: Figures, measure: str, rows: Sequence[Figure]
) -> list[tuple[str, Markup]]:
    """Return what a measure is, each fact with its label in the release's language.

    Parameters
    ----------
    rows : sequence of Figure
        The measure's figures of all areas and years.
    """
    release = figures.release
    words, own = release.words, release.measures_by_id[measure]
    kind = words.say(
        f"measure-page.kind.{own['kind']}", multiplier=format_number(float(own["multiplier"]))
    )
    facts = [
        ("measure-page.kind", escape(kind)),
        ("table.numerator", _side(figures, own["edition"], own["numerator"])),
        ("table.denominator", _base(figures, own)),
        ("measure-page.calculated", escape(_formula(release, own))),
        ("measure-page.limits", escape(_limits(release, rows))),
        ("quality.coverage", escape(_coverage(release, rows))),
        ("measure-page.comparability", _comparability(figures, measure, own)),
        ("measure-page.source", in_english(own["source"], words.language)),
    ]
    if own["basis_quote"]:
        quoted = in_english(own["basis_quote"], words.language)
        facts.append(("measure-page.printed", quoted))
    return [(words.say(key), text) for key, text in facts if text]


def facts_of_metric(release: Release, question: Question) -> list[tuple[str, Markup]]:
    """Return what a question of the guidance is: when it counts, its source, its comparability."""
    words, kind = release.words, question.stock_or_flow
    source = next(
        row["source"] for row in release.measures_by_id.values() if row["edition"] == METRIC_EDITION
    )
    said = escape(words.say(f"measure-page.kind.{kind}")) if kind in _KINDS else Markup("")
    facts = [
        ("measure-page.kind", said),
        ("measure-page.comparability", _breaks(release, METRIC_EDITION, question.references)),
        ("measure-page.source", in_english(source, words.language)),
    ]
    return [(words.say(key), text) for key, text in facts if text]


def _side(figures: Figures, edition: str, expression: str) -> Markup:
    """Return the metrics of a numerator or denominator in words, each leading to its page."""
    texts = [
        _metric(figures, edition, reference)
        for reference in parse_expression(expression).references
    ]
    return Markup("<br>").join(texts)


def _metric(figures: Figures, edition: str, reference: str) -> Markup:
    release = figures.release
    label = f"{release.label(edition, reference)} ({reference})"
    if edition != METRIC_EDITION or not figures.shared.periods_of([reference]):
        return escape(label)
    return link(page_of_metric(release.numbers[reference]), label)


def _base(figures: Figures, own: Row) -> Markup:
    if not own["population"]:
        return _side(figures, own["edition"], own["denominator"])
    say = figures.release.words.say
    people = say(f"measure-page.population.{own['population']}")
    return escape(say("measure-page.population-source", people=people))


def _formula(release: Release, own: Row) -> str:
    numerator = _bracketed(own["numerator"])
    if own["population"]:
        people = release.words.say(f"measure-page.population.{own['population']}")
        multiplier = format_number(float(own["multiplier"]))
        return f"{multiplier} × {numerator} ÷ ({people})"
    factor = "" if own["multiplier"] == 1 else f"{format_number(float(own['multiplier']))} × "
    return f"{factor}{numerator} ÷ {_bracketed(own['denominator'])}"


def _bracketed(expression: str) -> str:
    written = str(parse_expression(expression))
    return f"({written})" if " " in written else written


def _limits(release: Release, rows: Sequence[Figure]) -> str:
    words = release.words
    methods = [
        words.say(_METHODS[method])
        for method in dict.fromkeys(row.method for row in rows)
        if method
    ]
    reasons = [
        words.say(f"remark.{reason}")
        for reason in dict.fromkeys(row.no_limits for row in rows)
        if reason
    ]
    return "; ".join(methods + reasons)


def _coverage(release: Release, rows: Sequence[Figure]) -> str:
    """Return on how many authorities the latest figure of Wales stands."""
    wales = [row for row in rows if row.area == release.wales and not isnan(row.answered)]
    if not wales:
        return ""
    latest = wales[-1]
    said = release.words.say(
        "coverage.authorities", answered=int(latest.answered), expected=int(latest.expected)
    )
    return f"{said}, {latest.period}"


def _comparability(figures: Figures, measure: str, own: Row) -> Markup:
    release = figures.release
    sides = [own["numerator"], *([own["denominator"]] if own["denominator"] else [])]
    references = [r for side in sides for r in parse_expression(side).references]
    said = [
        escape(release.words.say(f"measure-page.crosswalk.{comparability}", number=printed))
        for comparability, printed in figures.shared.crosswalk.get(measure, ())
        if comparability in _RELATED
    ]
    return Markup("<br>").join([_breaks(release, own["edition"], references), *said])


def _breaks(release: Release, edition: str, references: Sequence[str]) -> Markup:
    """Return every known break of some metrics in a sentence each, or that none is known."""
    said = list(dict.fromkeys(_known_breaks(release, edition, references)))
    if not said:
        return escape(release.words.say("measure-page.comparable"))
    return Markup("<br>").join(escape(text) for text in said)


def _known_breaks(release: Release, edition: str, references: Sequence[str]) -> Iterator[str]:
    for period in release.periods_of(edition):
        for reference in references:
            domain = release.domains.get(reference, "")
            reason = release.break_reason(edition, reference, domain, period)
            if reason:
                yield release.words.say("measure-page.break", period=period, reason=reason)
