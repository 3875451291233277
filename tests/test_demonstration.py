"""The synthetic returns: complete, plausible, true to every identity but for the planted faults.

The identities are evaluated here by a small reader of its own, so that a slip in the package's
expressions cannot hide a slip in the data.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ssstats.catalogue import Catalogue, read_catalogue
from ssstats.demonstration import write_demonstration
from ssstats.demonstration.faults import plant_faults
from ssstats.demonstration.inputs import read_inputs
from ssstats.errors import CatalogueError

ROOT = Path(__file__).resolve().parents[1]
INPUTS = ROOT / "data" / "demonstration"
COMMITTED = ROOT / "data" / "synthetic"
OF_2016 = ["2016-17", "2017-18", "2018-19", "2019-20"]
OF_2020 = ["2020-21", "2021-22", "2022-23", "2023-24", "2024-25"]
PERIODS = OF_2016 + OF_2020
COLUMNS = "edition,period,area,area_name,reference,breakdown,value,marker,flags,origin,note"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(ROOT / "data" / "catalogue")


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    files = [COMMITTED / f"synthetic-returns-{period}.csv" for period in PERIODS]
    return pd.concat(
        [pd.read_csv(file, dtype="str", keep_default_na=False) for file in files],
        ignore_index=True,
    )


@pytest.fixture(scope="module")
def years(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Totals by period: authorities as rows, references as columns, missing where marked."""
    totals = rows[rows["breakdown"] == ""]
    totals = totals.assign(number=pd.to_numeric(totals["value"]))
    return {
        str(period): part.pivot(index="area", columns="reference", values="number")
        for period, part in totals.groupby("period")
    }


def faults() -> list[dict[str, str]]:
    with (INPUTS / "faults.csv").open(encoding="utf-8") as source:
        return list(csv.DictReader(source))


# Whole files


def test_the_same_seed_gives_the_bytes_that_are_committed(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    written = write_demonstration(catalogue, tmp_path, inputs=INPUTS)
    assert sorted(path.name for path in written) == sorted(p.name for p in COMMITTED.iterdir())
    for path in written:
        assert path.read_bytes() == (COMMITTED / path.name).read_bytes(), path.name


@pytest.mark.slow
def test_another_seed_gives_other_counts_and_no_error(catalogue: Catalogue, tmp_path: Path) -> None:
    write_demonstration(catalogue, tmp_path, inputs=INPUTS, seed=7)
    name = "synthetic-returns-2024-25.csv"
    assert (tmp_path / name).read_bytes() != (COMMITTED / name).read_bytes()


BAD_INPUTS = [
    ("calibration-2016-code.csv", r"^PM/35\.n,.*\n", "", r"no row for PM/35\.n; add one"),
    ("calibration-2016-code.csv", r"^(PM/18\.n,[^,]+),share", r"\1,guess", "basis 'guess' is not"),
    ("calibration-2016-code.csv", r"^(PM/18\.n,[^,]+,share),PM/18.d", r"\1,PM/35.d", "further up"),
    ("calibration-2016-code.csv", r"^(PM/18\.d,[^,]+,total),18\+", r"\1,19+", r"19\+ is not known"),
    ("calibration-2016-code.csv", r"^PM/18\.n(?=,)", "PM/18.d", "PM/18.d stands twice"),
    ("calibration-2020-proposed.csv", r",149591,", ",many,", "'many'; write a number"),
    ("calibration-2020-proposed.csv", r"^reference,family", "reference,kin", "columns family are"),
    ("calibration-2020-proposed.csv", r",AD/004,", ",,", "a division is named for"),
    ("calibration-2020-proposed.csv", r",0\.93,", ",93,", "a level is not a share"),
    ("faults.csv", r",swap_digits,", ",shuffle,", "operation shuffle is not known"),
    ("faults.csv", r",W06000004,", ",W06000099,", "area W06000099 is not known"),
    ("faults.csv", r"^2020-proposed", "2020-final", "edition 2020-final is not known"),
    ("remarks.csv", r",AD/005,", ",AD/999,", "reference AD/999 is not known"),
    ("remarks.csv", r",2023-24,", ",2033-34,", "period 2033-34 is not known"),
]


@pytest.mark.parametrize(("name", "found", "instead", "message"), BAD_INPUTS)
def test_an_input_that_is_not_known_is_refused_by_file_and_name(
    name: str, found: str, instead: str, message: str, catalogue: Catalogue, tmp_path: Path
) -> None:
    for path in INPUTS.iterdir():
        text = path.read_text(encoding="utf-8")
        if path.name == name:
            text = re.sub(found, instead, text, flags=re.MULTILINE)
            assert text != path.read_text(encoding="utf-8")
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError, match=message) as refused:
        read_inputs(tmp_path, catalogue)
    assert name in str(refused.value)


def test_a_missing_input_is_refused_by_name(catalogue: Catalogue, tmp_path: Path) -> None:
    for path in INPUTS.iterdir():
        if path.name != "leanings.csv":
            (tmp_path / path.name).write_bytes(path.read_bytes())
    with pytest.raises(CatalogueError, match=r"leanings\.csv is missing"):
        read_inputs(tmp_path, catalogue)


def test_a_fault_that_changes_nothing_is_refused() -> None:
    values = {"2024-25": pd.DataFrame({"AD/028": [333.0]}, index=["W06000001"])}
    fault = pd.DataFrame(
        [
            {
                "edition": "2020-proposed",
                "period": "2024-25",
                "area": "W06000001",
                "reference": "AD/028",
                "kind": "transposed digits",
                "operation": "swap_digits",
                "amount": "",
                "compared": "",
            }
        ]
    )
    with pytest.raises(CatalogueError, match="changes nothing; choose another authority"):
        plant_faults(values, fault, pd.DataFrame())


def test_the_first_line_of_each_file_is_its_header() -> None:
    for period in PERIODS:
        with (COMMITTED / f"synthetic-returns-{period}.csv").open(encoding="utf-8") as lines:
            assert lines.readline() == COLUMNS + "\n"


def test_every_row_says_that_it_is_synthetic(rows: pd.DataFrame) -> None:
    assert set(rows["origin"]) == {"synthetic"}


@pytest.mark.parametrize("period", PERIODS)
def test_all_22_authorities_answer_each_collected_metric_once(
    period: str, rows: pd.DataFrame, catalogue: Catalogue
) -> None:
    here = rows[(rows["period"] == period) & (rows["breakdown"] == "")]
    edition = "2016-code" if period in OF_2016 else "2020-proposed"
    metrics = catalogue.metrics
    collected = metrics[(metrics["edition"] == edition) & (metrics["collected"] == "yes")]
    assert set(here["edition"]) == {edition}
    assert len(collected) == (76 if edition == "2016-code" else 544)
    assert len(here) == 22 * len(collected)
    assert not here.duplicated(["area", "reference"]).any()
    assert set(here["reference"]) == set(collected["reference"])


def test_a_value_is_blank_exactly_where_a_marker_says_why(rows: pd.DataFrame) -> None:
    assert set(rows["marker"]) == {"", "x", "z"}
    assert ((rows["value"] == "") == (rows["marker"] != "")).all()


def test_only_whole_time_equivalents_have_a_decimal(
    rows: pd.DataFrame, catalogue: Catalogue
) -> None:
    wte = set(catalogue.metrics.loc[catalogue.metrics["quantity"] == "wte", "reference"])
    given = rows[rows["value"] != ""]
    pattern = np.where(given["reference"].isin(wte), "one decimal", "whole")
    assert (given["value"].str.fullmatch(r"\d+\.\d") == (pattern == "one decimal")).all()
    assert (given["value"].str.fullmatch(r"\d+") == (pattern == "whole")).all()


# Plausible


@pytest.mark.parametrize("period", PERIODS)
def test_between_5_and_30_percent_of_protected_counts_are_1_to_4(
    period: str, years: dict[str, pd.DataFrame], catalogue: Catalogue
) -> None:
    metrics = catalogue.metrics
    of_people = metrics[(metrics["quantity"] == "count") & (metrics["protected"] == "yes")]
    frame = years[period]
    cells = frame[[name for name in frame if name in set(of_people["reference"])]].stack()
    assert 0.05 <= cells.between(1, 4).mean() <= 0.30


@pytest.mark.parametrize("period", OF_2020)
def test_about_one_cell_in_ten_is_a_true_zero(period: str, years: dict[str, pd.DataFrame]) -> None:
    assert 0.07 <= (years[period].stack() == 0).mean() <= 0.14


PUBLISHED_2018_19 = {
    "PM/19.n": 1_395,
    "PM/19.d": 286_647,
    "PM/20a.n": 3_077,
    "PM/20a.d": 7_003,
    "PM/20b.n": 6_434,
    "PM/20b.d": 9_634,
    "PM/21.n": 6_239_421,
    "PM/21.d": 7_489,
    "PM/22.n": 338_227,
    "PM/22.d": 4_012,
    "PM/23.n": 34_464,
    "PM/23.d": 55_117,
    "PM/24.n": 36_696,
    "PM/24.d": 41_267,
    "PM/25.n": 12_550,
    "PM/25.d": 19_396,
    "PM/26.n": 814,
    "PM/26.d": 8_515,
}


@pytest.mark.parametrize("reference", sorted(PUBLISHED_2018_19))
def test_wales_totals_of_2018_19_are_those_published(
    reference: str, years: dict[str, pd.DataFrame]
) -> None:
    assert years["2018-19"][reference].sum() == PUBLISHED_2018_19[reference]


PUBLISHED = [
    ("AD/001", "2020-21", 149_591),
    ("AD/001", "2021-22", 148_067),
    ("AD/001", "2022-23", 122_141),
    ("AD/001", "2023-24", 125_112),
    ("AD/006", "2020-21", 73_658),
    ("AD/006", "2021-22", 70_884),
    ("AD/006", "2022-23", 74_417),
    ("AD/006", "2023-24", 69_676),
    ("AD/014", "2021-22", 9_789),
    ("AD/014", "2022-23", 8_666),
    ("AD/014", "2023-24", 9_327),
    ("AD/028", "2020-21", 20_629),
    ("AD/028", "2021-22", 21_463),
    ("AD/028", "2022-23", 21_951),
    ("AD/028", "2023-24", 25_492),
    ("AD/030", "2021-22", 13_359),
    ("AD/030", "2022-23", 12_546),
    ("AD/030", "2023-24", 15_517),
    ("CA/001", "2020-21", 6_841),
    ("CH/041", "2022-23", 7_188),
    ("CH/041", "2023-24", 7_198),
]


@pytest.mark.parametrize(("reference", "period", "published"), PUBLISHED)
def test_wales_totals_are_within_3_percent_of_the_published_series(
    reference: str, period: str, published: int, years: dict[str, pd.DataFrame]
) -> None:
    assert years[period][reference].sum() == pytest.approx(published, rel=0.03)


def test_looked_after_children_follow_the_published_series_to_2019(
    years: dict[str, pd.DataFrame],
) -> None:
    totals = [years[period]["PM/33.d"].sum() for period in OF_2016[:3]]
    assert totals == [5_961, 6_407, 6_846]


def test_authorities_differ_and_stay_themselves(years: dict[str, pd.DataFrame]) -> None:
    before, after = years["2023-24"], years["2024-25"]
    for reference in ("AD/028", "CH/041", "CA/019", "WF/001"):
        assert np.corrcoef(np.log(before[reference]), np.log(after[reference]))[0, 1] > 0.8
        assert (before[reference] != after[reference]).mean() > 0.8


def test_no_two_metrics_have_the_same_counts_but_those_printed_as_equal(
    years: dict[str, pd.DataFrame],
) -> None:
    alike = defaultdict(list)
    for reference, counts in years["2024-25"].items():
        if counts.sum() > 10:
            alike[tuple(counts.fillna(-1))].append(reference)
    assert [same for same in alike.values() if len(same) > 1] == [["AD/002b", "AD/006"]]


def test_days_are_zero_where_nobody_is_counted_and_at_most_18_years_each(
    years: dict[str, pd.DataFrame], catalogue: Catalogue
) -> None:
    metrics = catalogue.metrics
    days = metrics[(metrics["follows"] != "") & (metrics["collected"] == "yes")]
    known = {(row["period"], row["area"], row["reference"]) for row in faults()}
    for _, row in days[days["edition"] == "2020-proposed"].iterrows():
        for period in OF_2020:
            frame = years[period]
            if row["follows"] not in frame or row["reference"] not in frame:
                continue
            people, of_days = frame[row["follows"]], frame[row["reference"]]
            wrong = of_days[(of_days > 6575 * people) | ((people == 0) & (of_days > 0))].index
            assert {(period, area, row["follows"]) for area in wrong} <= known


# Identities


TERM = re.compile(r"([+-]?)\s*(?:(\d+)\*)?(sum\([^)]+\)|[A-Z]+/\d+[a-z]*(?:@prev)?|\d+)")


def total_of(expression: str, now: pd.DataFrame, before: pd.DataFrame | None) -> pd.Series:
    total = pd.Series(0.0, index=now.index)
    for sign, times, term in TERM.findall(expression):
        if term.startswith("sum("):
            first, last = re.findall(r"[A-Z]+/\d+[a-z]", term)
            letters = range(ord(first[-1]), ord(last[-1]) + 1)
            # CH/053c is not collected and counts as nothing.
            value = sum(now.get(first[:-1] + chr(letter), 0) for letter in letters)
        elif term.endswith("@prev"):
            value = before[term.removesuffix("@prev")] if before is not None else np.nan
        else:
            value = now.get(term, 0) if "/" in term else float(term)
        total += (-1 if sign == "-" else 1) * int(times or 1) * value
    return total


def broken(rule: pd.Series, now: pd.DataFrame, before: pd.DataFrame | None) -> list[str]:
    """Return the authorities in which an identity does not hold."""
    operator = rule["operator"]
    if operator.endswith("when"):
        reference, sign, number = rule["right"].split()
        condition = now[reference] == 0 if sign == "=" else now[reference] >= int(number)
        left = now[rule["left"]]
        wrong = condition & ((left != 0) if operator.startswith("= 0") else (left < 1))
    else:
        gap = total_of(rule["left"], now, before) - total_of(rule["right"], now, before)
        wrong = {"=": gap.abs() > 1e-6, "<=": gap > 1e-6, ">=": gap < -1e-6}[operator]
    return wrong[wrong].index.tolist()


@pytest.fixture(scope="module")
def violations(
    years: dict[str, pd.DataFrame], catalogue: Catalogue
) -> set[tuple[str, str, str, str]]:
    """Period, authority, identity and severity of everything that does not hold."""
    found = set()
    rules = catalogue.identities[catalogue.identities["scope"] != "cross-authority"]
    before = None
    for period in OF_2020:
        for _, rule in rules.iterrows():
            for area in broken(rule, years[period], before):
                found.add((period, area, rule["id"], rule["severity"]))
        before = years[period]
    return found


def test_the_identities_broken_are_exactly_those_of_the_planted_faults(
    violations: set[tuple[str, str, str, str]],
) -> None:
    planted = {
        (row["period"], row["area"], row["rule"])
        for row in faults()
        if re.fullmatch(r"R\d+", row["rule"])
    }
    assert {place[:3] for place in violations if place[3] != "info"} == planted
    assert len(planted) == 7


def test_the_only_reading_that_does_not_hold_is_that_children_have_an_assessment_per_advice(
    violations: set[tuple[str, str, str, str]],
) -> None:
    assert {place[2] for place in violations if place[3] == "info"} == {"R254"}


def test_stocks_follow_from_last_year_and_the_flows(years: dict[str, pd.DataFrame]) -> None:
    for i in range(1, len(OF_2020)):
        before, now = years[OF_2020[i - 1]], years[OF_2020[i]]
        registered = now[[f"CH/023{letter}" for letter in "abcdefghi"]].sum(axis=1)
        gap = now["CH/026"] - (before["CH/026"] + registered - now["CH/036"])
        assert gap[gap != 0].to_dict() == ({"W06000002": 9} if i == 4 else {})
        came = now[[f"WF/015{letter}" for letter in "abcdefgh"]].sum(axis=1)
        went = now[[f"WF/013{letter}" for letter in "abcdefgh"]].sum(axis=1)
        assert (now["WF/001"] == before["WF/001"] + came - went).all()
        assert (now["CH/041"] <= before["CH/041"] + now["CH/039"]).all()


def test_ages_and_genders_sum_to_their_total(rows: pd.DataFrame) -> None:
    numbers = rows.assign(number=pd.to_numeric(rows["value"]))
    parts = numbers[numbers["breakdown"] != ""]
    totals = numbers[numbers["breakdown"] == ""].set_index(["period", "area", "reference"])
    summed = parts.groupby(["period", "area", "reference"])["number"].sum()
    assert summed.index.get_level_values("reference").nunique() == 4
    assert (summed == totals.loc[summed.index, "number"]).all()


# Faults, remarks, exceptions


def test_each_fault_names_its_kind_and_the_rule_that_finds_it() -> None:
    assert len(faults()) == 9
    assert len({row["kind"] for row in faults()}) == 9
    assert all(row["what"] and row["rule"] for row in faults())


def test_each_fault_stands_in_the_document(catalogue: Catalogue) -> None:
    names = dict(zip(catalogue.areas["area"], catalogue.areas["name_en"], strict=True))
    lines = (ROOT / "docs" / "demonstration.md").read_text(encoding="utf-8").splitlines()
    for row in faults():
        place = f"| {row['period']} | {names[row['area']]} | {row['reference']} | {row['kind']} |"
        assert sum(line.startswith(place) for line in lines) == 1, place


def test_the_repeated_section_is_last_years_value_for_value(
    years: dict[str, pd.DataFrame], catalogue: Catalogue
) -> None:
    metrics = catalogue.metrics
    section = metrics.loc[
        (metrics["domain"] == "children")
        & (metrics["section"] == "Assessments")
        & (metrics["collected"] == "yes"),
        "reference",
    ]
    now, before = years["2024-25"][section], years["2023-24"][section]
    alike = (now == before).all(axis=1)
    assert alike[alike].index.tolist() == ["W06000009"]


def test_a_section_not_returned_is_marked_x_throughout(rows: pd.DataFrame) -> None:
    young = rows[(rows["period"] == "2024-25") & (rows["area"] == "W06000019")]
    section = young[young["reference"].between("CA/029", "CA/040z")]
    assert len(section) == 34
    assert set(section["marker"]) == {"x"}


def test_revised_and_broken_series_carry_flags_and_say_why(rows: pd.DataFrame) -> None:
    flagged = rows[rows["flags"] != ""]
    assert set(flagged["flags"]) == {"r", "b"}
    assert (flagged["note"].str.startswith("Synthetic: ")).all()
    break_ = flagged[flagged["flags"] == "b"]
    assert set(zip(break_["period"], break_["reference"], strict=True)) == {("2022-23", "AD/001")}
    assert set(flagged.loc[flagged["flags"] == "r", "period"]) == {"2023-24"}


def test_recorded_exceptions_are_pending_accepted_and_reversed() -> None:
    table = pd.read_csv(COMMITTED / "synthetic-exceptions.csv", dtype="str", keep_default_na=False)
    assert len(table) == 10
    assert set(table["decision"]) == {"pending", "accepted", "reversed"}
    decided = table["decision"] != "pending"
    assert ((table["decided_by"] != "") == decided).all()
    assert ((table["decided_on"] != "") == decided).all()
