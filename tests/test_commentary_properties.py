"""What every sentence obeys, whatever is published: every template, any pair of figures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import product
from string import Formatter

from hypothesis import given, settings
from hypothesis import strategies as st
from small_commentary import (
    AVERAGE,
    BEFORE,
    CATALOGUE,
    COUNT,
    NOW,
    PERCENTAGE,
    RATE,
    RATIO,
    RULES,
    STOCK,
    as_text,
    change_row,
    count_rows,
    measure_rows,
    pair,
    signal_row,
    texts_of,
    told,
)
from small_release import POWYS, PROJECT, WALES

from ssstats.commentary import Place, Said, compose_commentary
from ssstats.commentary.changing import change, stands_alone
from ssstats.commentary.statements import absent, beside_wales, level, longer_view, reliability
from ssstats.wording import lint_text
from ssstats.words import word_table

ROSE = {
    "en": r"\b(?:rose|increase|rise|more than|higher)\b",
    "cy": r"\b(?:Cynyddodd|cynnydd|yn fwy|yn uwch)\b",
}
FELL = {
    "en": r"\b(?:fell|decrease|fall|fewer|lower)\b",
    "cy": r"\b(?:Gostyngodd|gostyngiad|yn llai|yn is)\b",
}
COUNTS, MEASURES = (COUNT, STOCK), (PERCENTAGE, RATE, AVERAGE, RATIO)
CLEAR = ("rose", "fell")
VERDICTS = (*CLEAR, "little change", "cannot tell", "")
REASONS = ("overlapping-stock", "stock-without-flows", "totals-only", "not-counts", "no-events",
           "break", "coverage")  # fmt: skip
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
# How a template names the last day of a year; it is no figure.
DAY = "31"


def numbers_of(text: str) -> list[str]:
    return sorted(number.rstrip(",") for number in NUMBER.findall(text))


@st.composite
def published(draw):
    """An item with any two published figures, zero and small ones too, and what is judged."""
    item = draw(st.sampled_from([*COUNTS, *MEASURES]))
    highest = 90_000 if item in COUNTS else 1_000
    figure = st.one_of(st.integers(0, 60), st.integers(0, highest))
    old, new = draw(figure), draw(figure)
    if item in MEASURES:
        old, new = old / 10, new / 10
    verdict = draw(st.sampled_from(VERDICTS))
    return item, old, new, {
        "verdict": verdict,
        "reason": "" if verdict else draw(st.sampled_from(REASONS)),
        "called": draw(st.sampled_from(["yes", "no"])),
        "area": draw(st.sampled_from([WALES, POWYS])),
    }  # fmt: skip


def said_of(made, place) -> list[Said]:
    """Return the sentences of a figure and its change as a page holds them."""
    whole = stands_alone(made, place)
    return [*([] if whole else level(made, place)), *change(made, place, whole=whole)]


@settings(max_examples=120, deadline=None)
@given(case=published())
def test_direction_numbers_and_certainty_agree_with_the_table(case):
    item, old, new, row = case
    made, place = pair(item, old, new, **row), Place("adults", "measures", row["area"], item)
    said = said_of(made, place)
    assert said[-1].verdict == row["verdict"]
    compared = row["reason"] not in ("break", "coverage")
    clear = row["verdict"] if row["verdict"] in CLEAR and row["called"] == "yes" else ""
    for language, text in texts_of(said).items():
        assert bool(re.search(ROSE[language], text)) == (clear == "rose"), text
        assert bool(re.search(FELL[language], text)) == (clear == "fell"), text
        assert as_text(new, item) in text
        assert not compared or as_text(old, item) in text
    for text in texts_of(said[-1:]).values():
        shows_direction = new > old if clear == "rose" else new < old
        size = as_text(abs(round(new - old, 2)), item).rstrip("%")
        if clear and shows_direction:
            assert size in numbers_of(text), text
        assert ("%)" in text.replace(as_text(old, item), "")) == (
            bool(clear) and shows_direction and item in COUNTS and old >= RULES.smallest_base
        ), text


@settings(max_examples=30, deadline=None)
@given(case=published(), marker=st.sampled_from("cxzu"), period=st.sampled_from([BEFORE, NOW]))
def test_nothing_of_a_hidden_or_absent_figure_is_said(case, marker, period):
    item, old, new, row = case
    years = {BEFORE: old, NOW: new}
    build = count_rows if item in COUNTS else measure_rows
    rows = build(years, area=row["area"], item=item, markers={period: marker})
    part = "counts" if item in COUNTS else "measures"
    changes = [change_row(item, None, None, area=row["area"], reason="hidden")]
    made = told(**{part: rows}, changes=changes)
    place = Place("adults", "measures", row["area"], item)
    assert change(made, place) == []
    assert bool(level(made, place)) == (period == BEFORE)


@settings(max_examples=60, deadline=None)
@given(case=published())
def test_a_sentence_holds_no_digit_that_is_not_in_its_record_in_either_language(case):
    item, old, new, row = case
    made, place = pair(item, old, new, **row), Place("adults", "measures", row["area"], item)
    for said in said_of(made, place):
        check_sentence(said)


def check_sentence(said: Said, *, linted: bool = True) -> None:
    """The same numbers in both languages, all of them in the record, and no place unfilled."""
    texts = texts_of([said])
    assert numbers_of(texts["en"]) == numbers_of(texts["cy"]), texts
    known = {number for value in said.values.values() for number in numbers_of(value)}
    own = {DAY} if "31 March" in texts["en"] else set()
    # The population of a main point's rate stands in its words.
    own |= {"10,000"} if said.template.startswith("point.") else set()
    assert set(numbers_of(texts["en"])) <= known | own, texts
    for language, text in texts.items():
        assert "{" not in text and "  " not in text and " ," not in text
        assert not linted or lint_text(text, language=language) == [], text


@cache
def every_sentence() -> tuple[Said, ...]:
    """Return sentences of every kind: each figure, verdict, signal, view, gap, point and tally."""
    said = (
        *said_of_changes(), *said_of_decimals(), *said_beside_wales(), *said_of_years(),
        *said_of_gaps(), *said_of_points(), *said_in_tallies(),
    )  # fmt: skip
    return tuple({repr(own): own for own in said}.values())


def said_of_changes() -> Iterator[Said]:
    """Return level and change of each figure: on a small base and a large one, clear and not."""
    rose, fell = ((20, 40), (400, 500), (40, 40)), ((40, 20), (500, 400), (40, 40))
    judged = [
        *(({"verdict": "rose"}, ends) for ends in rose),
        *(({"verdict": "fell"}, ends) for ends in fell),
        *(({"verdict": verdict, "called": "no"}, (400, 500)) for verdict in VERDICTS[:4]),
        *(({"reason": reason}, (400, 500)) for reason in REASONS),
    ]
    for item, (row, (old, new)) in product((*COUNTS, *MEASURES), judged):
        place = Place("adults", "measures", WALES, item)
        for limited in (True, False) if item in MEASURES else (True,):
            made = pair(item, old, new, limited=limited, **row)
            yield from level(made, place)
            yield from change(made, place, whole=stands_alone(made, place))


def said_of_decimals() -> Iterator[Said]:
    for item, verdict in product((COUNT, PERCENTAGE), CLEAR):
        ends = {BEFORE: 90.0, NOW: 95.5} if verdict == "rose" else {BEFORE: 90.0, NOW: 85.5}
        row = change_row(item, ends[BEFORE], ends[NOW], verdict=verdict)
        rows = [
            *measure_rows({BEFORE: ends[BEFORE]}, decimals=0), *measure_rows({NOW: ends[NOW]})
        ] if item == PERCENTAGE else []  # fmt: skip
        made = told(counts=count_rows(ends) if item == COUNT else [], measures=rows, changes=[row])
        yield from change(made, Place("adults", "measures", WALES, item))


def said_beside_wales() -> Iterator[Said]:
    rows = [*measure_rows({NOW: 80.0}), *measure_rows({NOW: 71.5}, area=POWYS)]
    unsure = [{**row, "flags": "u"} for row in rows]
    place = Place("authority-powys", "measures", POWYS, PERCENTAGE)
    for signal in ("far-above", "above", "within", "below", "far-below", ""):
        made = told(measures=rows, signals=[signal_row(signal)] if signal else [])
        yield from beside_wales(made, place)
    yield from reliability(told(measures=unsure), place)


def said_of_years() -> Iterator[Said]:
    for item, values in product(
        (*COUNTS, *MEASURES), ([500, 520, 540, 560, 580], [580, 560, 540, 520, 500])
    ):
        years = {f"20{20 + n}-{21 + n}": value for n, value in enumerate(values)}
        # The years of a release are those of its counts.
        made = told(
            counts=count_rows(years, item=item if item in COUNTS else COUNT),
            measures=[] if item in COUNTS else measure_rows(years, item=item),
        )
        place = Place("adults", "measures", WALES, item)
        yield from longer_view(made, place)
        yield from longer_view(replace(made, rules=replace(RULES, not_the_base=())), place)


def said_of_gaps() -> Iterator[Said]:
    for missing in (["W06000023"], ["W06000023", "W06000008"]):
        rows = [{**row, "answered": 22 - len(missing)} for row in count_rows({NOW: 100})]
        coverage = [("2020-proposed", NOW, COUNT, 22 - len(missing), 22, ";".join(missing))]
        made, place = told(counts=rows, coverage=coverage), Place("adults", "m", WALES, COUNT)
        yield from [*level(made, place), *absent(made, place)]


def said_of_points() -> Iterator[Said]:
    featured = CATALOGUE.featured
    for item in featured.loc[featured["kind"] == "point", "item"]:
        if "/" in item:
            made = told(counts=[
                {**row, "answered": 21} for row in count_rows({NOW: 1200}, item=item)
            ])  # fmt: skip
        else:
            kind = CATALOGUE.measures.set_index("measure").loc[item, "kind"]
            made = told(measures=measure_rows({NOW: 40.5}, item=item, kind=kind))
        place = Place("index", "adults", WALES, item)
        yield from level(made, place, template=f"point.{item}")


def said_in_tallies() -> Iterator[Said]:
    made = told(
        counts=count_rows({BEFORE: 100, NOW: 200}, area=POWYS),
        measures=measure_rows({NOW: 40.0}, area=POWYS),
        changes=[change_row(COUNT, 100, 200, verdict="rose", area=POWYS, eligible="yes")],
        signals=[signal_row("above")],
    )
    for said in compose_commentary(made.release, RULES, awaiting=12):
        if ".tally." in said.template or said.template.endswith("-lead"):
            yield said


def test_every_template_is_said_and_every_sentence_of_it_is_sound():
    exercised: set[str] = set()
    for said in every_sentence():
        parts = set(said.template.split("+"))
        # The rules of wording look at words: once for each template is enough.
        check_sentence(said, linted=not parts <= exercised)
        exercised |= parts
    keys = word_table(PROJECT.catalogue)["key"]
    known = set(keys[keys.str.startswith(("said.", "point."))])
    # Plural forms are chosen by the number that a record holds.
    counted = {key for key in known if key.rpartition(".")[0] in exercised}
    assert known - exercised - counted == set()


def test_every_template_has_the_same_places_in_both_languages_and_no_number_of_its_own():
    table = word_table(PROJECT.catalogue)
    own = table[table["key"].str.startswith(("said.", "point."))]
    for row in own.itertuples():
        places = [
            {name for _, name, _, _ in Formatter().parse(text) if name} for text in (row.en, row.cy)
        ]
        assert places[0] == places[1], row.key
        assert numbers_of(row.en) == numbers_of(row.cy), row.key
        # A day of the year, and people per 10,000 of a population, are no figures.
        assert set(numbers_of(row.en)) <= {DAY, "10,000"}, row.key


def test_no_sentence_is_longer_than_a_reader_can_hold():
    for said in every_sentence():
        for text in texts_of([said]).values():
            for sentence in re.split(r"(?<=[.;:]) ", re.sub(r" \([^)]*\)", "", text)):
                assert len(sentence.split()) <= 33, sentence
