"""Uploads to StatsWales 3: written by its rules, refused by its own names for what breaks them."""

from __future__ import annotations

import csv
import json
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_release import PROJECT, catalogue, small_estimates, small_tables, words

from ssstats.errors import CatalogueError, UsageError
from ssstats.outputs import write_outputs
from ssstats.outputs.errors import OutputsError
from ssstats.outputs.labels import check_labels
from ssstats.outputs.plan import read_plan
from ssstats.outputs.statswales import write_upload
from ssstats.outputs.subject_figures import SubjectFigures
from ssstats.outputs.upload_checks import (
    _check_rows,
    _is_faultless,
    check_upload,
    raise_faults,
)
from ssstats.outputs.upload_facts import revise
from ssstats.words import Words

PLAN = read_plan(PROJECT.root / "data" / "outputs")
ADULTS = PLAN.subjects[0]
HEADER = "YearCode,AreaCode,ItemCode,Measure,Data,NoteCodes"
GOOD = "202425,W06000001,AD/001,number,15,"
# Two facts of a small upload, for the rule of revisions.
KEYS = ["AreaCode"]


def figures_of(tables, own):
    return SubjectFigures(ADULTS, tables, small_estimates(tables, own), own)


@pytest.fixture(scope="module")
def own():
    return catalogue()


@pytest.fixture(scope="module")
def written(own, tmp_path_factory):
    stage = tmp_path_factory.mktemp("release")
    tables = small_tables(own)
    write_upload(figures_of(tables, own), PLAN, {"en": words()}, stage)
    return stage / "statswales" / "adults"


@pytest.fixture(scope="module")
def facts(written):
    return pd.read_csv(written / "data.csv", dtype=str, keep_default_na=False)


def read(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def upload(folder, *rows, header=HEADER):
    (folder / "data.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    (folder / "measure.csv").write_text("refcode,type\nnumber,count\n", encoding="utf-8")
    (folder / "lookup-ItemCode.csv").write_text(
        "refcode,description_en\nAD/001,Contacts\n", encoding="utf-8"
    )
    return check_upload(folder, note_codes=PLAN.note_codes)


def test_a_good_upload_has_no_fault(tmp_path):
    assert upload(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    "kind, header, rows, line",
    [
        ("duplicate_fact", HEADER, (GOOD, GOOD), 3),
        ("incomplete_fact", HEADER, (GOOD, "202425,,AD/001,number,15,"), 3),
        ("incomplete_fact", HEADER, ("202425,W06000001,AD/001,number,,",), 2),
        ("bad_note_codes", HEADER, ("202425,W06000001,AD/001,number,15,xyz",), 2),
        ("non_numeric_data_value", HEADER, ('202425,W06000001,AD/001,number,"1,500",',), 2),
        ("non_numeric_data_value", HEADER, ("202425,W06000001,AD/001,number,15%,",), 2),
        ("non_numeric_data_value", HEADER, ("202425,W06000001,AD/001,number,[c],c",), 2),
        ("no_note_codes", "YearCode,AreaCode,ItemCode,Measure,Data", (GOOD[:-1],), 1),
        ("no_data_value_column", "YearCode,AreaCode,ItemCode,Measure,NoteCodes",
         ("202425,W06000001,AD/001,number,x",), 1),
        ("unmatched_columns", HEADER + ",Region", (GOOD + ",North",), 1),
        ("unmatched_columns", "YearCode,AreaCode,Measure,Data,NoteCodes",
         ("202425,W06000001,number,15,",), 1),
        ("dimension_non_matched_rows", HEADER, ("202425,W06000001,AD/999,number,15,",), 2),
        ("dimension_non_matched_rows", HEADER, ("2024-25,W06000001,AD/001,number,15,",), 2),
        ("measure_non_matched_rows", HEADER, ("202425,W06000001,AD/001,count,15,",), 2),
    ],
)  # fmt: skip
def test_a_broken_upload_is_refused_by_its_name_and_line(tmp_path, kind, header, rows, line):
    faults = upload(tmp_path, *rows, header=header)
    assert [(fault.kind, fault.line) for fault in faults] == [(kind, line)]
    with pytest.raises(OutputsError, match=kind):
        raise_faults(faults, "adults")


# Cells that are right, blank, wrong, or quoted in a file.
CELLS = [
    st.sampled_from(["202425", "202425", "2024-25", ""]),
    st.sampled_from(["W06000001", "W92000004", "Wales", ""]),
    st.sampled_from(["AD/001", "AD/001", "AD/999", 'AD"1', "AD\n1"]),
    st.sampled_from(["number", "number", "count", ""]),
    st.sampled_from(["15", "1.5", "", "1,500", "15%"]),
    st.sampled_from(["", "c", "P, f", "xyz", " ", "t,"]),
]


@given(
    rows=st.lists(st.tuples(*CELLS).map(list), max_size=4, unique_by=tuple),
    again=st.booleans(),
    short=st.sampled_from([0, 0, 0, 1]),
)
@settings(max_examples=150, deadline=None)
def test_an_upload_is_faultless_by_columns_where_no_row_has_a_fault(
    tmp_path_factory, rows, again, short
):
    folder = tmp_path_factory.mktemp("upload")
    upload(folder)
    rows = rows + [list(row) for row in rows[:1]] if again else rows
    rows[-1:] = [row[: len(row) - short] for row in rows[-1:]]
    with (folder / "data.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER.split(","), *rows])
    header, known = HEADER.split(","), {"ItemCode": {"AD/001"}, "Measure": {"number"}}
    walked = _check_rows(header, rows, known, PLAN.note_codes)
    assert _is_faultless(folder / "data.csv", header, known, PLAN.note_codes) == (not walked)
    assert check_upload(folder, note_codes=PLAN.note_codes) == walked


def test_note_codes_may_be_several_and_in_capitals(tmp_path):
    assert upload(tmp_path, '202425,W06000001,AD/001,number,15,"P, f"') == []


def test_a_folder_without_a_data_table_is_refused(tmp_path):
    with pytest.raises(OutputsError, match=r"no data\.csv here"):
        check_upload(tmp_path, note_codes=PLAN.note_codes)


def test_the_written_upload_passes(written):
    assert check_upload(written, note_codes=PLAN.note_codes) == []


def test_years_are_six_digits_and_codes_stand_for_every_dimension(facts):
    assert set(facts["YearCode"]) == {"202324", "202425"}
    assert list(facts) == ["YearCode", "AreaCode", "ItemCode", "GroupCode", "Measure", "Data",
                           "NoteCodes"]  # fmt: skip
    assert (facts.drop(columns=["Data", "NoteCodes"]) != "").all(axis=None)


def test_a_hidden_count_is_blank_with_c_and_a_total_carries_t(facts):
    powys = facts[facts["AreaCode"].eq("W06000023") & facts["GroupCode"].ne("all")]
    assert set(powys["Data"]) == {""}
    assert set(powys["NoteCodes"]) == {"c"}
    wales = facts[facts["AreaCode"].eq("W92000004") & facts["ItemCode"].eq("AD/003")]
    assert set(wales["NoteCodes"]) == {"t"}
    whole = facts[facts["ItemCode"].eq("AD/021a") & facts["GroupCode"].eq("all")]
    assert set(whole["NoteCodes"]) == {"t"}


def test_a_break_carries_b(facts):
    broken = facts[facts["ItemCode"].eq("AD/001") & facts["YearCode"].eq("202425")]
    assert set(broken["NoteCodes"]) == {"b", "b,t"}


def test_a_measure_has_its_limits_and_bases_as_facts(facts):
    own = facts[facts["ItemCode"].eq("AD-02") & facts["AreaCode"].eq("W92000004")]
    latest = own[own["YearCode"].eq("202425")].set_index("Measure")["Data"]
    assert latest["numerator"] == "22000"
    assert latest["denominator"] == "33000"
    assert latest["percentage"] == "66.7"
    assert float(latest["percentage-lower"]) < 66.7 < float(latest["percentage-upper"])


def test_the_measure_table_gives_type_and_decimals(written):
    rows = read(written / "measure.csv")
    named = {row["refcode"]: (row["type"], row["format"], row["decimal"]) for row in rows}
    assert named["number"] == ("count", "decimal", "0")
    assert named["percentage"] == ("percentage", "decimal", "1")
    assert named["numerator"][0] == "numerator"


def test_parts_stand_below_their_whole_in_the_lookup(written):
    rows = read(written / "lookup-ItemCode.csv")
    assert {row["refcode"]: row["hierarchy"] for row in rows}["AD/002a"] == "AD/001"
    assert len({row["description_en"] for row in rows}) == len(rows)


def test_english_alone_says_so_and_leaves_welsh_to_the_translator(written):
    said = json.loads((written / "metadata.json").read_text(encoding="utf-8"))
    assert said["englishOnly"] is True
    rows = read(written / "translations.csv")
    assert list(rows[0]) == ["type", "key", "english", "cymraeg"]
    assert all(row["english"] and not row["cymraeg"] for row in rows)
    assert {row["key"] for row in rows if row["type"] == "dimension"} == {
        "YearCode", "AreaCode", "ItemCode", "GroupCode"
    }  # fmt: skip


def test_synthetic_data_say_so_and_have_no_designation(written):
    said = json.loads((written / "metadata.json").read_text(encoding="utf-8"))
    assert said["designation"] == "none"
    assert said["texts"]["en"]["summary"].startswith("Synthetic demonstration data")


def test_missing_welsh_is_named_key_by_key(own):
    english = words()
    texts = {key: text for key, text in english.texts.items() if key != "chapter.adults.title"}
    with pytest.raises(CatalogueError, match=r"chapter\.adults\.title.*English only"):
        check_labels(own, PLAN, Words("cy", texts))


def test_nothing_is_written_where_welsh_is_missing(own, tmp_path):
    tables = small_tables(own)
    gap = Words("cy", {k: t for k, t in words("cy").texts.items() if k != "output.sheet.cover"})
    with pytest.raises(CatalogueError, match=r"output\.sheet\.cover"):
        write_outputs(tables, small_estimates(tables, own), own, {"en": words(), "cy": gap},
                      tmp_path)  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def test_both_languages_fill_every_description(own, tmp_path):
    """Welsh words are stood in for by English ones: what is tested is that none is left out."""
    labels = {
        f"metric.{e}.{r}": f"cy {t}"
        for e, r, t in zip(
            own.metrics["edition"], own.metrics["reference"], own.metrics["label"], strict=True
        )
    }
    labels |= {f"measure.{m}": f"cy {t}" for m, t in zip(
        own.measures["measure"], own.measures["label"], strict=True)}  # fmt: skip
    welsh = Words("cy", {**words().texts, **words("cy").texts, **labels})
    tables = small_tables(own)
    both = {"en": words(), "cy": welsh}
    write_upload(figures_of(tables, own), PLAN, both, tmp_path)
    for path in (tmp_path / "statswales" / "adults").glob("[lm]*.csv"):
        for row in read(path):
            assert row["description_en"] and row["description_cy"]
    said = json.loads((tmp_path / "statswales/adults/metadata.json").read_text(encoding="utf-8"))
    assert said["englishOnly"] is False


def one_fact(data, codes):
    return pd.DataFrame({"AreaCode": ["W1"], "Data": [data], "NoteCodes": [codes]})


@pytest.mark.parametrize(
    "before, now, codes",
    [
        (("10", ""), ("15", ""), "r"),
        (("10", ""), ("10", ""), ""),
        (("10", ""), ("10.0", ""), ""),
        (("10", "t"), ("15", "t"), "t,r"),
        (("10", "p"), ("15", ""), ""),
        (("10", "p"), ("15", "p"), "p,r"),
        (("10", "f"), ("10", ""), ""),
        (("", "c"), ("15", ""), "r"),
        (("10", ""), ("", "c"), "c,r"),
        (("10", "r"), ("10", ""), "r"),
    ],
)
def test_r_marks_what_differs_from_the_last_upload_unless_it_was_not_final(before, now, codes):
    assert revise(one_fact(*now), one_fact(*before), KEYS)["NoteCodes"].tolist() == [codes]


def test_a_fact_that_is_gone_stays_as_a_blank_with_its_reason():
    last = pd.DataFrame({"AreaCode": ["W1", "W2"], "Data": ["10", "20"], "NoteCodes": ["", ""]})
    revised = revise(one_fact("10", ""), last, KEYS)
    assert revised.to_dict("list") == {"AreaCode": ["W1", "W2"], "Data": ["10", ""],
                                       "NoteCodes": ["", "x,r"]}  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(
    st.dictionaries(st.sampled_from("ABCDEF"), st.integers(0, 3), min_size=1),
    st.dictionaries(st.sampled_from("ABCDEF"), st.integers(0, 3), min_size=1),
)
def test_no_fact_of_the_last_upload_is_ever_lost(before, now):
    def table(own):
        return pd.DataFrame({"AreaCode": list(own), "Data": [str(v) for v in own.values()],
                             "NoteCodes": [""] * len(own)}, dtype=str)  # fmt: skip

    revised = revise(table(now), table(before), KEYS).set_index("AreaCode")
    assert set(revised.index) == set(before) | set(now)
    assert list(revised.index[: len(now)]) == list(now)
    for area in revised.index:
        changed = area in before and now.get(area) != before[area]
        assert ("r" in revised.loc[area, "NoteCodes"].split(",")) == changed


def test_an_update_carries_r_where_the_release_before_had_another_value(own, tmp_path):
    tables = small_tables(own)
    figures = figures_of(tables, own)
    write_upload(figures, PLAN, {"en": words()}, tmp_path / "before")
    counts = tables.counts.copy()
    place = counts.index[
        counts["reference"].eq("AD/003") & counts["area"].eq("W06000001")
        & counts["period"].eq("2023-24")
    ][0]  # fmt: skip
    counts.loc[place, "value"] += 5
    now = replace(figures, tables=replace(tables, counts=counts))
    write_upload(now, PLAN, {"en": words()}, tmp_path / "now", previous=tmp_path / "before")
    facts = pd.read_csv(tmp_path / "now/statswales/adults/data.csv", dtype=str,
                        keep_default_na=False)  # fmt: skip
    revised = facts[facts["NoteCodes"].str.split(",").map(lambda codes: "r" in codes)]
    assert revised[["YearCode", "AreaCode", "ItemCode"]].to_numpy().tolist() == [
        ["202324", "W06000001", "AD/003"]
    ]
    said = json.loads((tmp_path / "now/statswales/adults/metadata.json").read_text("utf-8"))
    assert "reason" in said["texts"]["en"]


def test_an_update_of_a_table_with_other_columns_is_refused(own, tmp_path):
    folder = tmp_path / "statswales" / "adults"
    folder.mkdir(parents=True)
    (folder / "data.csv").write_text("YearCode,Data\n202324,5\n", encoding="utf-8")
    tables = small_tables(own)
    with pytest.raises(UsageError, match="other columns"):
        write_upload(
            figures_of(tables, own), PLAN, {"en": words()}, tmp_path / "now", previous=tmp_path
        )
