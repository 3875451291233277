"""Which figures become main points, and in which order: a rule, never a hand.

The catalogue lists the main figures of each part before any figure is seen; what the release says
of them decides which are shown. docs/commentary.md describes the rule.
"""

from __future__ import annotations

import math

from ssstats.catalogue.names import METRIC_EDITION
from ssstats.chapters.release import PARAGRAPHS
from ssstats.commentary.figures import NUMBER, Figure, is_metric
from ssstats.commentary.records import Place
from ssstats.commentary.statements import CLEAR, Commented

_WITHIN = "within"
# Groups of main points of Wales: what is most certain comes first.
_CHANGED, _LITTLE_CHANGE, _FACT, _LEVEL, _CANNOT_TELL = range(5)


def main_points(told: Commented, places: list[Place]) -> list[Place]:
    """Return the main points among candidates for Wales, at most as many as the rules allow.

    Candidates whose figure is not shown drop out. Clear changes come first, then little change,
    then pairs of figures that are facts without a verdict, then figures of one year, and what
    cannot be told last; within a group the change that is most of its margin comes first, and
    equal ones keep the catalogue's order.
    """
    shown = [(place, figure) for place in places if (figure := told.figure(place)) is not None]
    ordered = sorted(shown, key=lambda pair: _rank_of_change(told, *pair))
    return [place for place, _ in ordered[: told.rules.most_points]]


def standing_out(told: Commented, places: list[Place]) -> list[Place]:
    """Return the figures of an authority that changed, or lie off Wales, beyond chance.

    A change counts where it stands with all comparisons allowed for, a signal where it is not
    within the expected range. Figures with the smaller adjusted p-value of the two come first,
    equal ones keep the catalogue's order.
    """
    found = [(chance, place) for place in places if (chance := _least_chance(told, place)) < 1.0]
    ordered = sorted(found, key=lambda pair: pair[0])
    return [place for _, place in ordered[: told.rules.most_points]]


def _rank_of_change(told: Commented, place: Place, figure: Figure) -> tuple[int, float]:
    row = told.changes.get(place.item, place.area)
    old = told.figure(place, str(row["previous"])) if row else None
    if row is None or old is None or row["reason"] in ("break", "coverage"):
        return _LEVEL, 0.0
    group = {"": _FACT, "little change": _LITTLE_CHANGE, "cannot tell": _CANNOT_TELL}
    return (
        _CHANGED if row["verdict"] in CLEAR else group[str(row["verdict"])],
        -_in_margins(told, place, figure, old),
    )


def _in_margins(told: Commented, place: Place, new: Figure, old: Figure) -> float:
    """Return the published change as a multiple of the margin of little change."""
    points = new.noun == "percentage"
    change = abs(new.value - old.value)
    if not points:
        change = math.inf if old.value == 0 else 100 * change / old.value
    return change / _margin(told, place.item, new.noun)


def _margin(told: Commented, item: str, noun: str) -> float:
    # Averages have no margin of their own: they are judged against nothing, and ordered as rates.
    kind = {NUMBER: "count", "average": "rate"}.get(noun, noun)
    known = told.margins
    return known[kind, item if (kind, item) in known else ""]


def _least_chance(told: Commented, place: Place) -> float:
    """Return the smallest adjusted p-value of what stands out, 1 where nothing does."""
    if told.figure(place) is None:
        return 1.0
    change = told.changes.get(place.item, place.area) or {}
    signal = told.signals.get(place.item, place.area) or {}
    chances = [1.0]
    if change.get("called") == "yes":
        chances.append(float(str(change["adjusted_p"])))
    if signal.get("signal", "") not in ("", _WITHIN):
        chances.append(float(str(signal["adjusted_p"])))
    return min(chances)


def candidates(told: Commented, chapter: str, part: str, area: str, place: str) -> list[Place]:
    """Return the main figures that the catalogue lists for a place, in its order."""
    featured = told.release.catalogue.featured
    own = featured[featured["place"] == place].sort_values("place_order")
    if place.startswith("front"):
        own = own[own["kind"] == "point"]
    return [Place(chapter, part, area, str(item)) for item in own["item"]]


def own_main_items(told: Commented) -> list[str]:
    """Return the main figures of an authority's page, measures first, in the catalogue's order."""
    featured = told.release.catalogue.featured
    own = featured[
        featured["place"].str.startswith("authority") & featured["kind"].isin(["key", "count"])
    ].sort_values("place_order")
    return [str(item) for item in own["item"]]


def measures_of_sections(told: Commented, chapter: str, domains: tuple[str, ...]) -> list[Place]:
    """Return the figures of Wales that a chapter's paragraphs are about.

    Every core measure without a letter; one of a lettered family only where it clearly changed;
    and the counts that the catalogue features in a section.
    """
    release = told.release
    measures = release.catalogue.measures
    core = measures[
        (measures["edition"] == METRIC_EDITION)
        & measures["domain"].isin(domains)
        & (measures["tier"] == "core")
    ]
    featured = release.catalogue.featured
    sections = featured["place"].str.split(".").str[0].isin(domains)
    counts = featured.loc[sections & featured["item"].map(is_metric), "item"]
    chosen = [*dict.fromkeys(counts), *(m for m in core["measure"] if _said_alone(told, m))]
    return [Place(chapter, PARAGRAPHS, release.wales, str(item)) for item in chosen]


def measures_of_code(told: Commented, chapter: str) -> list[Place]:
    """Return the measures of the 2016 code, in its order."""
    measures = told.release.catalogue.measures
    own = measures.loc[measures["edition"] == told.edition, "measure"]
    return [Place(chapter, PARAGRAPHS, told.release.wales, str(item)) for item in own]


def _said_alone(told: Commented, measure: str) -> bool:
    if not measure[-1].isalpha():
        return True
    row = told.changes.get(measure, told.release.wales) or {}
    return row.get("verdict") in CLEAR
