"""The attack command on a release with pages: what anybody lets out beside the gate is found.

The four mutations that a disclosure check must catch, on a release folder and by the command.
"""

from __future__ import annotations

import dataclasses
import re
import shutil

import pandas as pd
import pytest
from small_gate import DUE, KEY, REVIEWED, ROUND, SUPPRESS, quantities, released
from small_returns import AUTHORITIES, CATALOGUE, PROJECT, WALES

from ssstats.disclosure.release_attack_pages import check_pages
from ssstats.disclosure.release_tables import EXACT, ROUNDED, SECONDARY, write_csv
from ssstats.disclosure.release_tables import write_release_tables as write_tables
from ssstats.errors import DisclosureError
from ssstats.estimates import estimate_measures
from ssstats.words import read_words

COUNTS = {DUE: (105, 205, 311, 3), REVIEWED: (51, 102, 207, 2)}
FIRST, SECOND = AUTHORITIES[:2]
WORDS = {
    language: read_words(PROJECT / "data" / "catalogue", language) for language in ("en", "cy")
}
NAMES = {
    "en": dict(zip(CATALOGUE.areas["area"], CATALOGUE.areas["name_en"], strict=True)),
    "cy": dict(zip(CATALOGUE.areas["area"], CATALOGUE.areas["name_cy"], strict=True)),
}


def page(tables, language):
    """A page with a table of counts by authority and one of percentages with their parts."""
    words, names = WORDS[language], NAMES[language]
    say = words.say
    counts = tables.counts.set_index(KEY)["value"]
    rows = [
        [names[area], *(_shown(counts[(area, reference)]) for reference in (DUE, REVIEWED))]
        for area in (*AUTHORITIES[:3], WALES)
    ]
    measures = estimate_measures(tables, CATALOGUE)
    own = measures[(measures["measure"] == "AD-29") & measures["value"].notna()]
    percentages = [
        [names[row.area], f"{row.value:.{row.decimals}f}%", f"{row.numerator:,}"]
        for row in own.itertuples()
    ]
    heading = [say("table.authority"), say("table.value"), say("table.numerator")]
    return "\n".join(
        [
            f"<h1>{say('measure.AD-29')}</h1>",
            _table(f"{DUE}", [[say("table.authority"), DUE, REVIEWED], *rows]),
            _table(f"1: {say('measure.AD-29')}, 2024-25", [heading, *percentages]),
        ]
    )


def _shown(value):
    return "[c]" if pd.isna(value) else f"{int(value):,}"


def _table(caption, rows):
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><caption>Table {caption}</caption>{cells}</table>"


def release(folder, tables):
    write_tables(tables, folder / "data")
    write_csv(estimate_measures(tables, CATALOGUE), folder / "data" / "measures.csv")
    for language in ("en", "cy"):
        site = folder / "site" / language
        site.mkdir(parents=True)
        (site / "adults.html").write_text(page(tables, language), encoding="utf-8")
    return folder


def changed(folder, old, new, language="en"):
    path = folder / "site" / language / "adults.html"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture(params=[ROUND, SUPPRESS], ids=lambda policy: policy.name)
def tables(request):
    return released(COUNTS, policy=request.param)


def test_a_release_whose_pages_tell_its_figures_passes(ssstats, tables, tmp_path):
    code, out, _ = ssstats("attack", release(tmp_path, tables))
    assert code == 0
    assert out.startswith("2 pages: ")
    assert out.endswith("protected\n")


def test_every_number_of_both_languages_is_held_against_the_data_files(tables, tmp_path):
    read = check_pages(release(tmp_path, tables), CATALOGUE, WORDS)
    numbers = re.compile(r"<td>[\d,.]+%?</td>")
    shown = sum(len(numbers.findall(page(tables, language))) for language in ("en", "cy"))
    assert (read.figures, read.worked_out) == (shown, 0)
    assert shown >= 24


def test_a_release_without_pages_is_attacked_from_its_data_files(ssstats, tables, tmp_path):
    shutil.rmtree(release(tmp_path, tables) / "site")
    code, out, _ = ssstats("attack", tmp_path)
    assert code == 0
    assert "no pages" in out


@pytest.mark.parametrize("language", ["en", "cy"])
def test_one_more_decimal_of_a_percentage_on_a_page_is_caught(ssstats, tables, tmp_path, language):
    measures = estimate_measures(tables, CATALOGUE)
    row = measures[(measures["measure"] == "AD-29") & (measures["area"] == SECOND)].iloc[0]
    value = 100 * row["numerator"] / row["denominator"]
    shown, finer = f"{row['value']:.{row['decimals']}f}%", f"{value:.{row['decimals'] + 1}f}%"
    assert float(finer[:-1]) != float(shown[:-1])
    changed(release(tmp_path, tables), shown, finer, language)
    code, _, err = ssstats("attack", tmp_path)
    assert code == 6
    assert f"site/{language}/adults.html: table 2" in err
    assert finer not in err


def test_a_count_shown_on_a_page_alone_is_caught_and_not_repeated(ssstats, tables, tmp_path):
    total = _shown(tables.counts.set_index(KEY)["value"][(WALES, DUE)])
    changed(release(tmp_path, tables), f"<td>{total}</td>", "<td>627</td>")
    code, _, err = ssstats("attack", tmp_path)
    assert code == 6
    assert "table 1" in err
    assert "627" not in err


def test_an_exact_total_beside_rounded_parts_is_caught(ssstats, tmp_path):
    tables = released(COUNTS)
    row = (tables.counts[KEY] == [WALES, DUE]).all(axis=1)
    tables.counts.loc[row, ["value", "lowest", "highest"]] = 624
    tables.counts.loc[row, "rule"] = ROUNDED
    code, _, err = ssstats("attack", release(tmp_path, tables))
    assert code == 6
    assert "multiple of the base" in err


def test_showing_any_one_secondary_is_caught(ssstats, tmp_path):
    tables = released(COUNTS, policy=SUPPRESS)
    truth = quantities(COUNTS).set_index(KEY)["value"]
    hidden = tables.counts.loc[tables.counts["rule"] == SECONDARY, KEY]
    assert len(hidden)
    for number, place in enumerate(hidden.itertuples(index=False, name=None)):
        counts = tables.counts.copy()
        row = (counts[KEY].apply(tuple, axis=1) == place).to_numpy()
        shown = int(truth[place])
        columns = ["value", "marker", "rule", "lowest", "highest"]
        counts.loc[row, columns] = [shown, "", EXACT, shown, shown]
        folder = release(tmp_path / str(number), dataclasses.replace(tables, counts=counts))
        code, _, err = ssstats("attack", folder)
        assert code == 6, place
        assert "not proved to be protected" in err


def test_a_second_safe_pattern_of_the_same_table_is_caught(ssstats, tmp_path):
    one = released({DUE: (2, 30, 40, 50)}, policy=SUPPRESS)
    counts = one.counts.copy()
    second = counts.index[counts["rule"] == SECONDARY][0]
    other = counts.index[(counts["rule"] == EXACT) & (counts["area"] != WALES)][0]
    columns = ["value", "marker", "rule", "lowest", "highest"]
    shown = quantities({DUE: (2, 30, 40, 50)}).set_index("area")["value"]
    exact = int(shown[counts.loc[second, "area"]])
    counts.loc[other, columns] = counts.loc[second, columns].to_numpy()
    counts.loc[second, columns] = [exact, "", EXACT, exact, exact]
    for name, own in (("one", one.counts), ("two", counts)):
        write_tables(dataclasses.replace(one, counts=own), tmp_path / name / "data")
        assert ssstats("attack", tmp_path / name)[0] == 0
    code, _, err = ssstats("attack", tmp_path / "two", "--earlier", tmp_path / "one")
    assert code == 6
    assert FIRST in err


def test_no_message_about_pages_holds_a_number_of_them(tables, tmp_path):
    changed(release(tmp_path, tables), f"<td>{_shown(205)}</td>", "<td>2,059</td>")
    with pytest.raises(DisclosureError) as caught:
        check_pages(tmp_path, CATALOGUE, WORDS)
    assert "2,059" not in str(caught.value)
