"""What sentences say of published figures: direction, numbers and certainty as in the tables."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product
from string import Formatter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_commentary import (
    BEFORE,
    CATALOGUE,
    COUNT,
    NOW,
    PERCENTAGE,
    RATE,
    RULES,
    WORDS,
    as_text,
    change_row,
    count_rows,
    measure_rows,
    pair,
    signal_row,
    told,
)
from small_release import POWYS, PROJECT, WALES

from ssstats.commentary import (
    Place,
    Said,
    commentary_table,
    compose_commentary,
    read_commentary_rules,
    sentence_of_row,
    sentences_that_differ,
)
from ssstats.commentary.selecting import main_points, standing_out
from ssstats.commentary.statements import absent, beside_wales, change, level, longer_view
from ssstats.errors import CatalogueError
from ssstats.wording import lint_text
from ssstats.words import word_table

ROSE = {"en": r"\brose\b|increase", "cy": r"Cynyddodd|cynnydd"}
FELL = {"en": r"\bfell\b|decrease", "cy": r"Gostyngodd|gostyngiad"}
ITEMS = (COUNT, PERCENTAGE, RATE)
VERDICTS = ("rose", "fell", "little change", "cannot tell", "")
REASONS = ("overlapping-stock", "stock-without-flows", "totals-only", "not-counts", "no-events")
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


def texts_of(said: list[Said]) -> dict[str, str]:
    table = commentary_table(said, WORDS, CATALOGUE.areas)
    return {language: " ".join(table[f"text_{language}"]) for language in WORDS}


def numbers_of(text: str) -> list[str]:
    return sorted(number.rstrip(",") for number in NUMBER.findall(text))


figures = st.tuples(st.integers(10, 90_000), st.integers(10, 90_000)).filter(
    lambda pair: pair[0] != pair[1]
)


@st.composite
def judged(draw):
    """An item with two published figures, and a verdict that does not contradict them."""
    item = draw(st.sampled_from(ITEMS))
    old, new = draw(figures)
    if item != COUNT:
        old, new = old % 500 / 10, 50 + new % 500 / 10
        old, new = draw(st.sampled_from([(old, new), (new, old)]))
    verdict = draw(st.sampled_from(VERDICTS))
    reason = "" if verdict else draw(st.sampled_from(REASONS))
    if verdict in ("rose", "fell"):
        verdict = "rose" if new > old else "fell"
    called = draw(st.sampled_from(["yes", "no"]))
    area = draw(st.sampled_from([WALES, POWYS]))
    return item, old, new, {"verdict": verdict, "reason": reason, "called": called, "area": area}


@settings(max_examples=120, deadline=None)
@given(case=judged())
def test_direction_numbers_and_certainty_agree_with_the_table(case):
    item, old, new, row = case
    said = change(pair(item, old, new, **row), Place("adults", "measures", row["area"], item))
    assert len(said) == 1
    assert said[0].verdict == row["verdict"]
    clear = row["verdict"] in ("rose", "fell") and row["called"] == "yes" and row["verdict"]
    for language, text in texts_of(said).items():
        assert bool(re.search(ROSE[language], text)) == (clear == "rose"), text
        assert bool(re.search(FELL[language], text)) == (clear == "fell"), text
        assert as_text(old, item) in text
        if clear:
            assert as_text(abs(round(new - old, 1)), COUNT if item == COUNT else RATE) in text


@settings(max_examples=120, deadline=None)
@given(case=judged())
def test_both_languages_state_the_same_numbers_and_none_that_is_not_in_the_record(case):
    item, old, new, row = case
    made = pair(item, old, new, **row)
    place = Place("adults", "measures", row["area"], item)
    for said in (*level(made, place), *change(made, place)):
        texts = texts_of([said])
        assert numbers_of(texts["en"]) == numbers_of(texts["cy"])
        # The day of a count of people is part of its template.
        day = {"31"} if said.template.endswith("on-day") else set()
        known = {number for value in said.values.values() for number in numbers_of(value)}
        assert set(numbers_of(texts["en"])) <= known | day
        assert "{" not in texts["en"] + texts["cy"]


@settings(max_examples=60, deadline=None)
@given(case=judged())
def test_no_sentence_breaks_a_rule_of_wording(case):
    item, old, new, row = case
    made = pair(item, old, new, **row)
    place = Place("adults", "measures", row["area"], item)
    for language, text in texts_of([*level(made, place), *change(made, place)]).items():
        assert lint_text(text, language=language) == [], text


def test_a_rise_of_a_percentage_is_in_percentage_points():
    said = change(pair(PERCENTAGE, 83.1, 85.2, verdict="rose"), Place("a", "b", WALES, PERCENTAGE))
    assert texts_of(said) == {
        "en": "The percentage rose from 83.1% in 2023-24 to 85.2% in 2024-25, an increase of 2.1 "
        "percentage points.",
        "cy": "Cynyddodd y ganran o 83.1% yn 2023-24 i 85.2% yn 2024-25, cynnydd o 2.1 pwynt "
        "canran.",
    }


def test_a_rate_never_changes_by_percentage_points():
    said = change(pair(RATE, 103.4, 110.2, verdict="rose"), Place("a", "b", WALES, RATE))
    assert texts_of(said)["en"] == (
        "The rate rose from 103.4 in 2023-24 to 110.2 in 2024-25, an increase of 6.8."
    )


def test_a_number_on_a_small_base_has_no_percentage():
    said = change(pair(COUNT, 45, 90, verdict="rose"), Place("a", "b", WALES, COUNT))
    assert "%" not in texts_of(said)["en"]
    assert "an increase of 45" in texts_of(said)["en"]


def test_a_size_is_not_said_where_both_figures_have_not_the_same_decimals():
    years = [*measure_rows({BEFORE: 83.0}, decimals=0), *measure_rows({NOW: 85.2})]
    made = told(measures=years, changes=[change_row(PERCENTAGE, 83, 85.2, verdict="rose")])
    text = texts_of(change(made, Place("a", "b", WALES, PERCENTAGE)))["en"]
    assert text == "The percentage rose from 83% in 2023-24 to 85.2% in 2024-25."


@pytest.mark.parametrize("period", [BEFORE, NOW])
@pytest.mark.parametrize("marker", ["c", "x", "z", "u", "low"])
def test_nothing_is_said_of_a_change_where_a_figure_is_hidden_or_absent(period, marker):
    made = told(
        counts=count_rows({BEFORE: 100, NOW: 120}, markers={period: marker}),
        changes=[change_row(COUNT, None, None, reason="hidden")],
    )
    place = Place("a", "b", WALES, COUNT)
    assert change(made, place) == []
    assert bool(level(made, place)) == (period == BEFORE)


@pytest.mark.parametrize("verdict", ["rose", "fell"])
def test_a_change_that_rounding_hides_has_a_direction_and_no_size(verdict):
    said = change(pair(COUNT, 100, 100, verdict=verdict), Place("a", "b", WALES, COUNT))
    assert said[0].template == f"said.number.{verdict}-unseen"


def test_a_change_of_an_authority_that_may_be_chance_among_many_has_no_direction():
    made = pair(PERCENTAGE, 59.7, 68.9, verdict="rose", called="no", area=POWYS)
    text = texts_of(change(made, Place("a", "b", POWYS, PERCENTAGE)))["en"]
    assert text == (
        "In 2023-24 the percentage was 59.7%; allowing for the number of comparisons made, the "
        "difference may be due to chance."
    )


@pytest.mark.parametrize("reason", ["break", "coverage"])
def test_figures_are_not_set_beside_each_other_across_a_break_or_other_coverage(reason):
    said = change(pair(COUNT, 100, 120, reason=reason), Place("a", "b", WALES, COUNT))
    for text in texts_of(said).values():
        assert "100" not in text and "120" not in text


@pytest.mark.parametrize(
    ("signal", "word"),
    [("far-above", "higher"), ("above", "possibly higher"), ("within", "within the range"),
     ("below", "possibly lower"), ("far-below", "lower"), ("", "The Wales figure was")],
)  # fmt: skip
def test_a_signal_is_said_with_its_certainty(signal, word):
    rows = [*measure_rows({NOW: 80.0}), *measure_rows({NOW: 71.5}, area=POWYS)]
    made = told(measures=rows, signals=[signal_row(signal)] if signal else [])
    text = texts_of(beside_wales(made, Place("a", "b", POWYS, PERCENTAGE)))["en"]
    assert word in text and "80.0%" in text
    assert ("by more than would be expected by chance" in text) == signal.startswith("far")


def years_of(values):
    return {f"20{20 + n}-{21 + n}": value for n, value in enumerate(values)}


def test_a_longer_view_gives_the_lowest_and_the_highest_of_all_years():
    made = told(counts=count_rows(years_of([500, 480, 530, 510, 520])))
    text = texts_of(longer_view(made, Place("a", "b", WALES, COUNT)))["en"]
    assert text == "From 2020-21 to 2024-25 the lowest number was 480 and the highest was 530."


def test_a_year_of_the_pandemic_is_never_the_base_of_a_trend():
    rising = told(counts=count_rows(years_of([500, 520, 540, 560, 580])))
    place = Place("a", "b", WALES, COUNT)
    assert longer_view(rising, place)[0].template == "said.number.range"
    free = replace(rising, rules=replace(RULES, not_the_base=()))
    assert texts_of(longer_view(free, place))["en"] == (
        "The number has increased every year since 2020-21."
    )


def test_no_longer_view_where_a_year_is_hidden_or_the_series_breaks():
    place = Place("a", "b", WALES, COUNT)
    values = years_of([500, 480, 530, 510, 520])
    assert longer_view(told(counts=count_rows(values, markers={"2022-23": "c"})), place) == []
    breaks = CATALOGUE.breaks.assign(edition="2020-proposed", reference=COUNT, period="2023-24")
    assert longer_view(told(counts=count_rows(values), breaks=breaks), place) == []


def test_absent_authorities_are_named_in_each_language():
    rows = [{**row, "answered": 20} for row in count_rows({NOW: 100})]
    short = ("2020-proposed", NOW, COUNT, 20, 22, "W06000023;W06000024")
    made = told(counts=rows, coverage=[short])
    texts = texts_of(absent(made, Place("a", "b", WALES, COUNT)))
    assert texts["en"].startswith("Data for Powys and Merthyr Tydfil are not available")
    assert texts["cy"].startswith("Nid oes data ar gael ar gyfer Powys a Merthyr Tudful ar gyfer")


def test_main_points_put_what_is_most_certain_first_and_then_the_larger_change():
    items = {"AD/001": (100, 105, "cannot tell"), "AD/006": (100, 105, "rose"),
             "AD/028": (100, 120, "rose"), "AD/019": (100, 99, "little change")}  # fmt: skip
    made = told(
        counts=[
            row
            for item, (old, new, _) in items.items()
            for row in count_rows({BEFORE: old, NOW: new}, item=item)
        ],
        changes=[change_row(item, old, new, verdict=v) for item, (old, new, v) in items.items()],
    )
    places = [Place("index", "adults", WALES, item) for item in (*items, "CH/041")]
    order = [place.item for place in main_points(made, places)]
    assert order == ["AD/028", "AD/006", "AD/019", "AD/001"]


def test_at_most_six_main_points_are_shown():
    items = [f"AD/{number:03}" for number in range(1, 10)]
    made = told(counts=[row for item in items for row in count_rows({NOW: 100}, item=item)])
    places = [Place("index", "adults", WALES, item) for item in items]
    assert [place.item for place in main_points(made, places)] == items[:6]


def test_only_what_is_beyond_chance_stands_out_on_an_authoritys_page():
    measures = measure_rows({BEFORE: 70.0, NOW: 71.5}, area=POWYS)
    counts = count_rows({BEFORE: 100, NOW: 200}, area=POWYS)
    made = told(
        measures=measures,
        counts=counts,
        changes=[change_row(COUNT, 100, 200, verdict="rose", area=POWYS, called="no")],
        signals=[signal_row("far-above", adjusted_p=0.001)],
    )
    places = [Place("p", "main-points", POWYS, item) for item in (COUNT, PERCENTAGE)]
    assert [place.item for place in standing_out(made, places)] == [PERCENTAGE]


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
        assert set(numbers_of(row.en)) <= {"31", "10,000"}, row.key


def test_every_kind_of_figure_has_every_sentence():
    kinds = ("number", "percentage", "rate", "average", "ratio")
    said = ("level", "rose", "fell", "rose-unseen", "fell-unseen", "little-change", "cannot-tell",
            "not-clear", "beside", "range")  # fmt: skip
    for words, kind, form in product(WORDS.values(), kinds, said):
        assert words.has(f"said.{kind}.{form}")


def test_a_sentence_is_made_again_from_its_row():
    made = pair(PERCENTAGE, 83.1, 85.2, verdict="rose")
    records = compose_commentary(made.release, RULES)
    table = commentary_table(records, WORDS, CATALOGUE.areas)
    assert len(table) and table["sentence"].is_unique
    for row in table.to_dict("records"):
        for language, words in WORDS.items():
            again = sentence_of_row(row, words=words, areas=CATALOGUE.areas)
            assert again == row[f"text_{language}"]


def test_a_release_in_english_only_has_blank_welsh_texts():
    records = compose_commentary(pair(COUNT, 100, 120, verdict="rose").release, RULES)
    table = commentary_table(records, {"en": WORDS["en"]}, CATALOGUE.areas)
    assert (table["text_cy"] == "").all()


def test_the_projects_rules_are_read():
    assert read_commentary_rules(PROJECT.commentary_rules).most_points == 6


@pytest.mark.parametrize(
    ("was", "becomes", "found"),
    [("most_points = 6", "most_points = 0", "most_points: is no whole number above zero"),
     ("most_named = 4", "most_named = true", "most_named: is no whole number"),
     ("most_points = 6", "points = 6", "they must be"),
     ("most_points = 6", "most_points = ", "cannot be read"),
     ('not_the_base = ["2019-20", "2020-21", "2021-22"]', "not_the_base = 4", "no list")],
)  # fmt: skip
def test_rules_that_are_wrong_are_refused(tmp_path, was, becomes, found):
    path = tmp_path / "rules.toml"
    text = PROJECT.commentary_rules.read_text(encoding="utf-8")
    path.write_text(text.replace(was, becomes), encoding="utf-8")
    with pytest.raises(CatalogueError, match=found):
        read_commentary_rules(path)


@pytest.mark.parametrize(
    ("column", "was", "becomes"),
    [("text_en", "fell", "rose"), ("values", "83.1%", "84.1%"), ("template", "rose", "fell"),
     ("values", "{", "")],
)  # fmt: skip
def test_a_row_that_was_changed_by_hand_is_found(column, was, becomes):
    release = pair(PERCENTAGE, 83.1, 85.2, verdict="rose").release
    table = commentary_table(compose_commentary(release, RULES), WORDS, CATALOGUE.areas)
    assert sentences_that_differ(replace(release, commentary=table), WORDS) == []
    forged = table.astype("str")
    if column == "text_en":
        was, becomes = becomes, was
    forged[column] = forged[column].str.replace(was, becomes, regex=False)
    assert sentences_that_differ(replace(release, commentary=forged), WORDS) != []
