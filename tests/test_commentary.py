"""What sentences say of published figures: direction, numbers and certainty as in the tables."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from small_commentary import (
    BEFORE,
    CATALOGUE,
    COUNT,
    NOW,
    PERCENTAGE,
    RATE,
    RULES,
    STOCK,
    WORDS,
    change_row,
    count_rows,
    measure_rows,
    pair,
    signal_row,
    texts_of,
    told,
)
from small_release import POWYS, PROJECT, WALES

from ssstats.commentary import (
    Place,
    commentary_table,
    compose_commentary,
    read_commentary_rules,
    sentence_of_row,
    sentences_that_differ,
)
from ssstats.commentary.changing import change, stands_alone
from ssstats.commentary.selecting import main_points, standing_out
from ssstats.commentary.statements import absent, beside_wales, level, longer_view
from ssstats.errors import CatalogueError

WHOLE = pytest.mark.parametrize("whole", [False, True])


def test_a_rise_of_a_percentage_is_in_percentage_points():
    made, place = pair(PERCENTAGE, 83.1, 85.2, verdict="rose"), Place("a", "b", WALES, PERCENTAGE)
    assert texts_of(change(made, place)) == {
        "en": "This was 2.1 percentage points higher than in 2023-24 (83.1%).",
        "cy": "Roedd hyn 2.1 pwynt canran yn uwch nag yn 2023-24 (83.1%).",
    }
    assert texts_of(change(made, place, whole=True)) == {
        "en": "The percentage rose from 83.1% in 2023-24 to 85.2% in 2024-25, an increase of 2.1 "
        "percentage points.",
        "cy": "Cynyddodd y ganran o 83.1% yn 2023-24 i 85.2% yn 2024-25, cynnydd o 2.1 pwynt "
        "canran.",
    }


def test_a_rate_names_its_population_and_never_changes_by_percentage_points():
    made, place = pair(RATE, 103.4, 110.2, verdict="rose"), Place("a", "b", WALES, RATE)
    assert texts_of(change(made, place))["en"] == "This was 6.8 higher than in 2023-24 (103.4)."
    assert texts_of(level(made, place))["en"].startswith("The rate was 110.2 per 10,000 in 2024-25")


def test_people_on_a_day_are_compared_with_those_on_the_day_a_year_before():
    made, place = pair(STOCK, 7000, 7500, verdict="rose"), Place("a", "b", WALES, STOCK)
    assert not stands_alone(made, place)
    assert texts_of([*level(made, place), *change(made, place)]) == {
        "en": "On 31 March 2025 the number was 7,500. This was 500 (7.1%) more than on 31 March "
        "2024 (7,000).",
        "cy": "Ar 31 Mawrth 2025, y nifer oedd 7,500. Roedd hyn 500 (7.1%) yn fwy nag ar 31 Mawrth "
        "2024 (7,000).",
    }


@WHOLE
def test_a_number_on_a_small_base_has_no_percentage(whole):
    made, place = pair(COUNT, 45, 90, verdict="rose"), Place("a", "b", WALES, COUNT)
    text = texts_of(change(made, place, whole=whole))["en"]
    assert "%" not in text
    assert ("an increase of 45" if whole else "45 more than") in text


def test_a_size_is_not_said_where_both_figures_have_not_the_same_decimals():
    years = [*measure_rows({BEFORE: 83.0}, decimals=0), *measure_rows({NOW: 85.2})]
    made = told(measures=years, changes=[change_row(PERCENTAGE, 83, 85.2, verdict="rose")])
    place = Place("a", "b", WALES, PERCENTAGE)
    assert texts_of(change(made, place))["en"] == "This was higher than in 2023-24 (83%)."
    assert texts_of(change(made, place, whole=True))["en"] == (
        "The percentage rose from 83% in 2023-24 to 85.2% in 2024-25."
    )


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
    made, place = pair(COUNT, 100, 100, verdict=verdict), Place("a", "b", WALES, COUNT)
    assert not stands_alone(made, place)
    assert texts_of(change(made, place))["en"] == (
        f"There was a {verdict.replace('rose', 'rise').replace('fell', 'fall')} from the figure in "
        "2023-24 (100), by less than rounding can show."
    )


def test_a_change_of_an_authority_that_may_be_chance_among_many_has_no_direction():
    made = pair(PERCENTAGE, 59.7, 68.9, verdict="rose", called="no", area=POWYS)
    text = texts_of(change(made, Place("a", "b", POWYS, PERCENTAGE)))["en"]
    assert text == (
        "The difference from the figure in 2023-24 (59.7%) may be due to chance, allowing for the "
        "number of comparisons made."
    )


@pytest.mark.parametrize("reason", ["break", "coverage"])
def test_figures_are_not_set_beside_each_other_across_a_break_or_other_coverage(reason):
    said = change(pair(COUNT, 100, 120, reason=reason), Place("a", "b", WALES, COUNT))
    for text in texts_of(said).values():
        assert "100" not in text and "120" not in text


@pytest.mark.parametrize(
    ("signal", "word"),
    [("far-above", "higher"), ("above", "possibly by more"), ("within", "within the range"),
     ("below", "possibly by more"), ("far-below", "lower"), ("", "The Wales figure was")],
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
    assert text == "Since 2020-21 the number has ranged from 480 to 530."


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


def test_every_kind_of_figure_has_every_sentence():
    kinds = ("number", "percentage", "rate", "average", "ratio")
    said = ("level", "rose", "fell", "range")
    for words, kind, form in product(WORDS.values(), kinds, said):
        assert words.has(f"said.{kind}.{form}")


def test_a_sentence_is_made_again_from_its_row():
    made = pair(PERCENTAGE, 83.1, 85.2, verdict="rose")
    records = compose_commentary(made.release, RULES)
    table = commentary_table(records, WORDS, CATALOGUE.areas)
    assert len(table) and table["sentence"].is_unique
    areas = CATALOGUE.areas.set_index("area")
    for row in table.to_dict("records"):
        for language, words in WORDS.items():
            again = sentence_of_row(row, words=words, areas=areas)
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
    [("text_en", "lower", "higher"), ("values", "83.1%", "84.1%"),
     ("template", "higher", "lower"),
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
