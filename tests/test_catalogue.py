"""The catalogue's facts, against counts taken by hand from the printed texts."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from ssstats.catalogue import Catalogue, read_catalogue
from ssstats.expressions import parse_expression

FOLDER = Path(__file__).parents[1] / "data" / "catalogue"
PROPOSED = "2020-proposed"

# letters under each number that has any, counted on the printed pages
LETTERS = {
    "AD": "002=3 004=11 007=7 008=2 009=4 012=7 015=3 016=2 018=2 021=18 022=4 023=4 029=11 034=5 "
    "035=6 038=5 041=4",
    "CH": "002=3 004=11 007=7 009=2 010=3 014=7 018=4 019=5 023=11 034=3 037=9 038=9 053=4 054=2",
    "CA": "002=3 004=11 009=6 012=7 013=2 014=4 017=7 018=2 020=8 025=3 027=11 032=7 035=7 036=2 "
    "037=4 040=7 041=2 043=7",
    "WF": "002=2 003=2 004=8 005=8 006=2 007=2 009=21 010=21 011=24 012=4 013=8 014=9 015=8 016=5 "
    "017=8 018=8 019=7 020=2 021=2 022=8 023=9",
}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(FOLDER)


@pytest.fixture(scope="module")
def metrics(catalogue):
    return catalogue.metrics[catalogue.metrics["edition"].eq(PROPOSED)]


def test_the_2020_guidance_prints_169_numbers_99_alone_and_70_with_letters(metrics):
    kinds = metrics["item_type"].value_counts()
    assert metrics["number"].nunique() == 169
    assert (kinds["standalone"], kinds["stem"]) == (99, 70)


def test_445_letters_and_one_placeholder_give_544_collected_values(metrics):
    kinds = metrics["item_type"].value_counts()
    assert (kinds["child"], kinds["placeholder"]) == (445, 1)
    assert metrics["collected"].eq("yes").sum() == 544
    assert metrics.loc[metrics["item_type"].eq("placeholder"), "reference"].tolist() == ["CH/053c"]


@pytest.mark.parametrize(
    ("domain", "numbers", "standalone", "stems", "letters", "collected"),
    [
        ("adults", 45, 28, 17, 98, 126),
        ("children", 55, 41, 14, 79, 120),
        ("carers_adult", 23, 14, 9, 50, 64),
        ("carers_young", 23, 14, 9, 50, 64),
        ("workforce", 23, 2, 21, 168, 170),
    ],
)
def test_each_domain_has_its_printed_counts(
    metrics, domain, numbers, standalone, stems, letters, collected
):
    rows = metrics[metrics["domain"].eq(domain)]
    kinds = rows["item_type"].value_counts()
    assert rows["number"].nunique() == numbers
    assert (kinds["standalone"], kinds["stem"], kinds["child"]) == (standalone, stems, letters)
    assert rows["collected"].eq("yes").sum() == collected


@pytest.mark.parametrize("family", sorted(LETTERS))
def test_each_number_has_its_printed_letters(metrics, family):
    lettered = metrics[metrics["letter"].ne("") & metrics["number"].str.startswith(family)]
    printed = dict(pair.split("=") for pair in LETTERS[family].split())
    assert lettered.groupby("number").size().to_dict() == {
        f"{family}/{number}": int(letters) for number, letters in printed.items()
    }


def test_397_collected_values_are_flows_and_147_are_stocks(metrics):
    collected = metrics[metrics["collected"].eq("yes")]
    assert collected["stock_or_flow"].value_counts().to_dict() == {"flow": 397, "stock": 147}


def test_collected_values_stand_in_the_known_relations_to_their_parents(metrics):
    collected = metrics[metrics["collected"].eq("yes")]
    assert collected["relation"].value_counts().to_dict() == {
        "partition": 184,
        "multi": 143,
        "none": 96,
        "subset": 94,
        "total_days_for": 14,
        "numerator_of": 13,
    }


def test_references_are_501_printed_69_stems_38_repaired_and_6_inferred(metrics):
    assert metrics["reference_status"].value_counts().to_dict() == {
        "printed": 501,
        "stem": 69,
        "repaired": 38,
        "inferred": 6,
        "placeholder": 1,
    }


def test_every_sum_of_days_or_ages_but_sick_days_follows_a_count_of_people(catalogue):
    sums = catalogue.metrics[catalogue.metrics["quantity"].isin(["days", "ages"])]
    sums = sums[sums["collected"].eq("yes") & ~sums["reference"].str.startswith("WF/")]
    followed = catalogue.metrics.merge(
        sums[["edition", "follows"]],
        left_on=["edition", "reference"],
        right_on=["edition", "follows"],
    )
    assert len(followed) == len(sums) == 17
    assert set(followed["quantity"]) == {"count"}


def test_only_posts_vacancies_and_populations_go_unprotected(catalogue):
    open_metrics = catalogue.metrics[catalogue.metrics["protected"].eq("no")]
    assert set(open_metrics["number"]) == {"WF/018", "WF/019", "PM/19"}


def test_the_2016_code_lists_35_measures_17_asked_and_18_counted(catalogue):
    whole = catalogue.measures_2016[catalogue.measures_2016["number"].str.fullmatch(r"\d+")]
    assert whole["number"].astype(int).tolist() == list(range(1, 36))
    assert whole["kind"].value_counts().to_dict() == {"quantitative": 18, "qualitative": 17}


def test_annex_a_places_7_6_4_4_7_and_7_measures_under_its_six_standards(catalogue):
    numbers = catalogue.measures_2016["number"].str.extract(r"(\d+)")[0]
    placed = numbers.groupby(catalogue.measures_2016["annex_a_standard"]).nunique()
    assert placed.tolist() == [7, 6, 4, 4, 7, 7]


def test_the_code_has_8_definitions_24_outcomes_6_standards_and_34_duties(catalogue):
    statements = catalogue.standards_outcomes
    assert statements["type"].value_counts().to_dict() == {
        "duty": 34,
        "outcome": 24,
        "definition": 8,
        "standard": 6,
    }
    duties = statements[statements["type"].eq("duty")]
    assert duties.groupby("standard").size().tolist() == [12, 3, 6, 3, 5, 5]


def test_21_counted_and_17_asked_values_of_the_code_have_a_numerator_and_a_denominator(catalogue):
    measures = catalogue.measures[catalogue.measures["edition"].eq("2016-code")]
    figures = catalogue.metrics[catalogue.metrics["edition"].eq("2016-code")]
    assert len(measures) == 21 + 17
    assert set(figures["reference"]) == {*measures["numerator"], *measures["denominator"]}


def test_there_are_302_identities_and_the_one_template_is_of_wales(catalogue):
    identities = catalogue.identities
    assert len(identities) == 302
    assert identities["operator"].value_counts().to_dict() == {
        "<=": 246,
        "=": 32,
        "= 0 when": 14,
        ">=": 9,
        ">= 1 when": 1,
    }
    assert identities.loc[identities["scope"].eq("cross-authority"), "id"].tolist() == ["R298"]


def test_the_guidance_gives_269_core_measures_and_372_shares(catalogue):
    measures = catalogue.measures[catalogue.measures["edition"].eq(PROPOSED)]
    assert measures["tier"].value_counts().to_dict() == {"distribution": 372, "core": 269}


def test_expressions_of_measures_are_in_canonical_form(catalogue):
    for text in {*catalogue.measures["numerator"], *catalogue.measures["denominator"]} - {""}:
        assert str(parse_expression(text)) == text


def test_only_percentages_are_said_to_be_inside_their_base(catalogue):
    nested = catalogue.measures[catalogue.measures["nested"].eq("yes")]
    assert set(nested["kind"]) == {"percentage"}


def test_a_percentage_said_to_be_inside_its_base_is_bounded_by_an_identity_or_a_remainder(
    catalogue,
):
    bounded: dict[str, set[str]] = {}
    for row in catalogue.identities.itertuples():
        if row.scope == "same-year" and row.operator in ("<=", "="):
            sides = [parse_expression(row.left), parse_expression(row.right)]
            for part, whole in [sides] + ([sides[::-1]] if row.operator == "=" else []):
                bounded.setdefault(str(whole), set()).update(part.references)
    percentages = catalogue.measures[
        catalogue.measures["nested"].eq("yes") & catalogue.measures["edition"].eq(PROPOSED)
    ]
    for measure in percentages.itertuples():
        parts = parse_expression(measure.numerator)
        base = set(parse_expression(measure.denominator).references)
        first, *others = parts.terms
        remainder = {first.reference} == base and all(term.coefficient < 0 for term in others)
        inside = set(parts.references) <= base | bounded.get(measure.denominator, set())
        assert inside or remainder, measure.measure


def test_shares_lie_inside_a_base_that_holds_their_letter_or_is_its_parent(catalogue, metrics):
    parents = metrics.set_index("reference")["parent_reference"]
    shares = catalogue.measures[catalogue.measures["tier"].eq("distribution")]
    for share in shares.itertuples():
        base = parse_expression(share.denominator).references
        parent = parents[share.numerator]
        assert share.numerator in base or base == parse_expression(parent).references


@pytest.mark.parametrize("table", ["metrics", "measures"])
def test_labels_are_complete_and_no_two_of_an_edition_are_the_same(catalogue, table):
    rows = getattr(catalogue, table)
    assert not rows.duplicated(["edition", "label"]).any()
    assert (
        not rows["label"]
        .str.contains(r"^of th|those:|:$|\bIAA\b|\bCA/|\bAD/|\bCH/", case=False)
        .any()
    )
    assert rows["label"].str.match(r"[A-Z].{9,}[^.: ]$").all()


def test_labels_of_stocks_say_the_day_and_those_of_flows_do_not(metrics):
    stocks = metrics[metrics["stock_or_flow"].eq("stock")]
    assert stocks["label"].str.contains("at 31 March").all()
    flows = metrics[metrics["stock_or_flow"].eq("flow")]
    assert not flows["label"].str.contains("31 March").any()


def test_day_care_workers_are_absent_from_vacant_posts_so_that_g_is_central_management(metrics):
    labels = metrics.set_index("reference")["label"]
    assert labels["WF/019g"].endswith("central management and service")
    assert labels["WF/018h"].endswith("central management and service")
    assert labels["WF/018g"].endswith("day care workers")


def test_areas_stand_from_north_to_south_after_wales(catalogue):
    areas = catalogue.areas.sort_values("display_order")
    assert areas["display_order"].tolist() == list(range(23))
    assert areas["name_en"].tolist()[:4] == ["Wales", "Isle of Anglesey", "Gwynedd", "Conwy"]
    assert areas["name_en"].tolist()[-2:] == ["Monmouthshire", "Newport"]
    assert areas["level"].tolist() == ["wales"] + ["authority"] * 22


@pytest.mark.parametrize(
    ("variant", "area"),
    [
        ("Ynys Mon", "W06000001"),
        ("The Vale of Glamorgan", "W06000014"),
        ("Rhondda, Cynon, Taff", "W06000016"),
        ("Sir y Flint", "W06000005"),
        ("Caerdydd", "W06000015"),
        ("All Welsh local authorities", "W92000004"),
        ("Cymru", "W92000004"),
    ],
)
def test_spellings_met_in_published_files_lead_to_their_area(catalogue, variant, area):
    names = catalogue.area_names.set_index("variant")["area"]
    assert names[variant] == area


def test_no_two_spellings_are_the_same_but_for_letter_case(catalogue):
    assert catalogue.area_names["variant"].str.casefold().is_unique


def test_the_old_codes_of_powys_and_merthyr_tydfil_are_known_as_retired(catalogue):
    retired = catalogue.retired_areas.set_index("retired_area")["area"].to_dict()
    assert retired == {"W06000007": "W06000023", "W06000017": "W06000024"}


@pytest.mark.parametrize(
    ("band", "persons"),
    [("0-17", 621019), ("18+", 2565562), ("75+", 339965), ("all ages", 3186581)],
)
def test_authorities_of_mid_2024_add_up_to_the_published_population_of_wales(
    catalogue, band, persons
):
    populations = catalogue.populations
    rows = populations[populations["mid_year"].eq(2024) & populations["population"].eq(band)]
    assert (len(rows), rows["persons"].sum()) == (22, persons)


def test_children_and_adults_make_up_every_population(catalogue):
    wide = catalogue.populations.pivot(
        index=["mid_year", "area"], columns="population", values="persons"
    )
    assert (wide["0-17"] + wide["18+"] == wide["all ages"]).all()
    assert (wide["75+"] < wide["65+"]).all()


def test_the_published_base_of_delayed_transfers_is_the_population_of_mid_2017(catalogue):
    series = catalogue.published_series.set_index("reference")["value"]
    populations = catalogue.populations
    rows = populations[populations["mid_year"].eq(2017) & populations["population"].eq("75+")]
    assert rows["persons"].sum() == series["PM/19.d"] == 286_647


def test_the_crosswalk_finds_4_good_5_approximate_6_weak_and_6_missing_counterparts(catalogue):
    assert catalogue.crosswalk["comparability"].value_counts().to_dict() == {
        "none": 6,
        "weak": 6,
        "approximate": 5,
        "good": 4,
    }


def test_visits_to_looked_after_children_have_15_rules(catalogue):
    assert len(catalogue.timescales) == 53
    assert catalogue.timescales["reference"].eq("CH/044").sum() == 15


def test_94_anomalies_and_17_differences_between_groups_have_a_decision(catalogue):
    groups = Counter(catalogue.anomalies["id"].str[0])
    assert groups == {"A": 18, "B": 10, "C": 43, "D": 17, "E": 11, "F": 12}
    assert catalogue.anomalies["decision"].ne("").all()


def test_the_known_break_of_adult_contacts_is_there(catalogue):
    breaks = catalogue.breaks.set_index("reference")["period"]
    assert breaks["AD/001"] == "2022-23"


def test_what_notes_apply_to_is_a_reference_an_edition_or_a_kind_of_figure(catalogue):
    kinds = {"release", "counts", "percentages", "rates", "means", "authorities", "proxy"}
    known = {*catalogue.metrics["reference"], *catalogue.editions["edition"], *kinds}
    assert set(catalogue.notes["applies_to"]) <= known


def test_markers_are_those_of_the_policy_and_of_statswales(catalogue):
    assert set(catalogue.markers["marker"]) == set("cxzkuprbeft") | {"low"}


def test_no_fact_speaks_of_how_it_was_gathered():
    for path in FOLDER.rglob("*.*"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\bseeds?\b|/work/|/tmp/|\bOCR\b", text, re.IGNORECASE), path.name
