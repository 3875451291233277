"""An authority's own metrics: registered, through the gate, on its page and nowhere else."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from small_returns import CATALOGUE, PROJECT, WALES, everywhere

from ssstats.chapters.local import local_metrics
from ssstats.disclosure.local import protect_local
from ssstats.disclosure.policy import read_policy
from ssstats.outputs.truth.published import Figure, TidyFiles, read_truth
from ssstats.periods import ReportingYear
from ssstats.release.tables import publish_tables
from ssstats.returns import LOCAL_COLUMNS, Returns, read_returns
from ssstats.words import read_words

POLICIES = PROJECT / "data" / "policy"
ROUNDED = read_policy("round-5", POLICIES)
POWYS, CARDIFF, YEAR = "W06000023", "W06000015", "2024-25"


def own(*rows):
    """Own metrics from (area, reference, value or marker)."""
    return pd.DataFrame(
        [
            ("2020-proposed", YEAR, area, reference, "", "Free text 17",
             None if isinstance(value, str) else float(value),
             value if isinstance(value, str) else "", "test.csv", 2)
            for area, reference, value in rows
        ],
        columns=list(LOCAL_COLUMNS),
    ).astype({"value": "Float64"})  # fmt: skip


def published(*rows, policy=ROUNDED):
    return protect_local(own(*rows), policy, CATALOGUE).set_index("reference")


@pytest.mark.parametrize(
    ("returned", "value", "marker"),
    [(468, 470, ""), (5, 5, ""), (0, 0, ""), (4, None, "c"), (1, None, "c"), ("x", None, "x")],
)
def test_a_count_of_an_authoritys_own_is_hidden_and_rounded_as_any_other(returned, value, marker):
    row = published((POWYS, "LO/1", returned)).loc[f"LO/{POWYS}/1"]
    assert row["marker"] == marker
    assert pd.isna(row["value"]) if value is None else row["value"] == value


def test_a_metric_that_is_not_registered_for_this_very_authority_is_not_published():
    assert not len(published((POWYS, "LO/77", 100), (CARDIFF, "LO/1", 100)))


def test_the_free_text_of_a_return_is_never_published():
    row = published((POWYS, "LO/1", 100)).iloc[0]
    assert row["label_en"] == "People advised at the mobile advice bus"
    assert "17" not in "".join(map(str, row))


def test_a_policy_without_rounding_publishes_none_of_them():
    assert not len(published((POWYS, "LO/1", 100), policy=replace(ROUNDED, base=1)))


def test_own_metrics_stand_in_a_file_of_their_own_and_in_no_figure_of_wales(tmp_path):
    lines = ["edition,period,area,reference,value,marker,note"]
    lines += [f"2020-proposed,{YEAR},{area},AD/001,{count},," for area, count in
              everywhere(1000).items()]  # fmt: skip
    lines.append(f"2020-proposed,{YEAR},{POWYS},LO/1,468,,People advised")
    path = tmp_path / "returns.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    tables = publish_tables(
        path,
        period=ReportingYear.parse(YEAR),
        policy=ROUNDED,
        catalogue=CATALOGUE,
        folder=tmp_path / "data",
    )
    local = pd.read_csv(tmp_path / "data" / "local.csv")
    assert local[["area", "reference", "value"]].to_numpy().tolist() == [
        [POWYS, f"LO/{POWYS}/1", 470]
    ]
    # Pages are compared with it as with every other published figure.
    figure = Figure(f"LO/{POWYS}/1", YEAR, POWYS)
    assert read_truth(TidyFiles(tmp_path / "data"), CATALOGUE).text_of(figure) == "470"
    assert not tables.counts["reference"].str.startswith("LO/").any()
    wales = tables.counts[(tables.counts["area"] == WALES) & (tables.counts["breakdown"] == "")]
    assert wales["value"].tolist() == [22_000]


@pytest.mark.parametrize("language", ["en", "cy"])
def test_the_page_of_the_authority_shows_them_and_no_other_page_does(language, small_release):
    release = replace(small_release, words=read_words(PROJECT / "data" / "catalogue", language))
    page = local_metrics(release, POWYS, "2020-proposed", "powys")
    label = {"en": "People advised", "cy": "Pobl a gafodd gyngor"}[language]
    assert f"(LO/{POWYS}/1) | [x] | 470 |".replace("[x]", "\\[x\\]") in page
    assert label in page
    assert local_metrics(release, CARDIFF, "2020-proposed", "cardiff") == ""


@pytest.fixture
def small_release():
    import small_release as small

    from ssstats.chapters import Release

    tables = small.small_tables(CATALOGUE)
    tables = replace(tables, local=protect_local(own((POWYS, "LO/1", 468)), ROUNDED, CATALOGUE))
    empty = pd.DataFrame()
    return Release(
        tables=tables,
        estimates=empty,
        changes=empty,
        signals=empty,
        commentary=empty,
        handwritten=empty,
        catalogue=CATALOGUE,
        words=read_words(PROJECT / "data" / "catalogue", "en"),
        period=ReportingYear.parse(YEAR),
    )


def test_the_demonstration_holds_two_registered_metrics_of_powys_and_one_that_is_not():
    returns: Returns = read_returns(PROJECT / "data" / "synthetic", CATALOGUE)
    assert set(returns.local["area"]) == {POWYS}
    counts = protect_local(returns.local, ROUNDED, CATALOGUE)
    assert set(counts["reference"]) == {f"LO/{POWYS}/1", f"LO/{POWYS}/2"}
    assert counts.loc[counts["period"] == "2023-24", "marker"].tolist() == ["", "c"]
