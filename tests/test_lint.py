"""The check of wording finds what releases must not say, and nothing in what they may."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ssstats.errors import CatalogueError, UsageError
from ssstats.wording import Figures, Finding, lint_text, read_rules
from ssstats.wording.rules import broken_rules, read_checked
from ssstats.words import word_table

PROJECT = Path(__file__).resolve().parents[1]
WORDING = PROJECT / "data" / "wording"
RULES = read_rules(WORDING)
EXAMPLES = read_checked(WORDING, "examples")
WORDS = word_table(PROJECT / "data" / "catalogue")
# Quoted from the code of practice, not ours to word.
QUOTED = ("outcome.",)


def found_by(text, language, **options):
    return {finding.rule for finding in lint_text(text, language=language, **options)}


@pytest.mark.parametrize(
    "example",
    list(EXAMPLES.itertuples(index=False)),
    ids=lambda example: f"{example.rule}-{example.language}-{example.text[:40]}",
)
def test_each_rule_finds_its_examples_and_passes_its_counterexamples(example):
    own = [rule for rule in RULES if (rule.rule, rule.language) == (example.rule, example.language)]
    assert len(own) == 1
    language = "en" if example.language == "both" else example.language
    assert bool(broken_rules(example.text, own, language=language)) is (example.found == "yes")


def test_every_rule_has_an_example_to_find_and_one_to_pass():
    shown = set(EXAMPLES[["rule", "language", "found"]].itertuples(index=False, name=None))
    for rule in RULES:
        for found in ("yes", "no"):
            assert (rule.rule, rule.language, found) in shown


# Sentences that were published, or that published code writes, with the slip they hold.
SLIPS = [
    ("en", "109 per 10,000, 7 percentage points higher than in 2017-18.", "points-on-a-rate"),
    ("cy", "114 o bob 10,000 o blant, 5 pwynt canran yn uwch.", "points-on-a-rate"),
    ("cy", "Mae'r nifer bron i bum gwaith yn fwy (469.9%).", "fold-percentage"),
    ("cy", "Gostyngodd y canran.", "y-canran"),
    ("cy", "o'i gymharu ag Chwefror", "oi-gymharu"),
    ("cy", "o'i gymharu ag Chwefror", "ag-consonant"),
    ("cy", "Bu dim newid yn y nifer.", "bu-dim"),
    ("cy", "plant ar y Gofrestr Diogelu Plant", "child-protection-register"),
    ("cy", "Mae'r ffigurau wedi'u crynhoi i'r pump agosaf.", "rounding-verb"),
    ("cy", "Caerffili a Casnewydd", "a-mutation"),
    ("cy", "gostyngodd y nifer o 11.4% yn 2011", "fall-of-in"),
    ("en", "There was a 11% increase.", "article-a"),
    ("en", "There was an 180% increase.", "article-an"),
    ("en", "It was marginally higher than 7,188.", "size-word"),
    ("en", "The number was unchanged.", "no-change"),
    ("en", "A decrease of 43 (2 per cent).", "per-cent"),
    ("en", "[ss] differs from the year before", "star-markers"),
]


@pytest.mark.parametrize(("language", "text", "rule"), SLIPS)
def test_a_published_slip_is_found(language, text, rule):
    assert rule in found_by(text, language)


# Sentence patterns of both languages that releases are written in.
SOUND = [
    ("en", "On 31 March 2025, 7,208 children were looked after."),
    ("en", "The number of plans rose from 1,200 to 1,260, an increase of 60 (5%)."),
    ("en", "The percentage of plans fell by 1.2 percentage points, from 46.2% to 45.0%."),
    ("en", "This is a rate of 114.4 per 10,000, compared with a rate of 109.0 in 2023-24."),
    ("en", "There are too few cases to say whether the percentage changed."),
    ("en", "There was little change in the percentage of plans: 45% in 2023-24, 46% in 2024-25."),
    ("en", "The 95% confidence interval is 1.9% to 2.7%."),
    ("en", "Fewer than five is shown as [c]."),
    ("cy", "Ar 31 Mawrth 2025, roedd 7,208 o blant yn derbyn gofal."),
    ("cy", "Cynyddodd nifer y cynlluniau o 1,200 i 1,260, cynnydd o 60 (5%)."),
    ("cy", "Gostyngodd canran y cynlluniau 1.2 pwynt canran, o 46.2% i 45.0%."),
    ("cy", "Mae hyn yn gyfradd o 114.4 fesul 10,000, o gymharu â chyfradd o 109.0 yn 2023-24."),
    ("cy", "Ychydig o newid a fu yng nghanran y cynlluniau: 45% yn 2023-24, 46% yn 2024-25."),
    ("cy", "Y cyfwng hyder 95% yw 1.9% i 2.7%."),
    ("cy", "Mae'r ffigur ar gyfer 2024-25 wedi'i ddiwygio. Mae newidiadau wedi'u marcio ag (r)."),
    ("cy", "Mae'r holl ffigurau wedi'u talgrynnu i'r pump agosaf."),
]


@pytest.mark.parametrize(("language", "text"), SOUND)
def test_a_sound_sentence_passes(language, text):
    assert lint_text(text, language=language) == []


@pytest.mark.parametrize("language", ["en", "cy"])
def test_no_text_of_the_release_breaks_a_rule(language):
    broken = {
        key: found
        for key, text in zip(WORDS["key"], WORDS[language], strict=True)
        if not key.startswith(QUOTED) and (found := lint_text(text, language=language))
    }
    assert broken == {}


def test_a_passage_that_is_quoted_is_not_judged_and_moves_nothing():
    text = "Outcome: I can improve my well-being.\nThis is better."
    findings = lint_text(text, language="en", quoted=["I can improve my well-being"])
    assert [(finding.rule, finding.line, finding.column) for finding in findings] == [
        ("praise-or-blame", 2, 9)
    ]


def test_a_finding_says_where_and_what_to_write_instead():
    (finding,) = lint_text("Nothing here.\nIt is compared to Wales.", language="en")
    assert isinstance(finding, Finding)
    assert (finding.rule, finding.line, finding.column) == ("compared-to", 2, 7)
    assert (finding.found, finding.instead) == ("compared to", "compared with")


def test_a_language_that_is_not_known_is_refused():
    with pytest.raises(UsageError, match="'fr' is not known"):
        lint_text("Bonjour", language="fr")


def test_a_pattern_that_is_no_regular_expression_is_refused(tmp_path):
    (tmp_path / "schemas").mkdir()
    schema = (WORDING / "schemas" / "rules.json").read_text(encoding="utf-8")
    (tmp_path / "schemas" / "rules.json").write_text(schema, encoding="utf-8")
    (tmp_path / "rules.csv").write_text(
        "rule,language,pattern,why,instead,source\nbad,en,(,a,b,c\n", encoding="utf-8"
    )
    with pytest.raises(CatalogueError, match=r"rules\.csv, line 2, pattern: is no regular"):
        read_rules(tmp_path)


ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
]
ONES += [f"{ten}teen" for ten in ["four", "fif", "six", "seven", "eigh", "nine"]]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def spoken(number):
    """A whole number under a million in words: the slow way to know how it starts."""
    if number >= 1000:
        return f"{spoken(number // 1000)} thousand"
    if number >= 100:
        return f"{ONES[number // 100]} hundred"
    return ONES[number] if number < 20 else TENS[number // 10 - 2]


@settings(max_examples=300, deadline=None)
@given(number=st.integers(1, 999_999), percent=st.booleans())
def test_the_article_rule_agrees_with_how_numbers_are_said(number, percent):
    article = "an" if spoken(number)[0] in "aeio" and spoken(number)[:3] != "one" else "a"
    other = "a" if article == "an" else "an"
    digits = f"{number:,}" + "%" * percent
    assert not found_by(f"There was {article} {digits} rise.", "en")
    assert found_by(f"There was {other} {digits} rise.", "en") == {f"article-{other}"}


@settings(max_examples=100, deadline=None)
@given(
    old=st.integers(50, 99_999),
    new=st.integers(50, 99_999),
    off=st.integers(1, 500),
    language=st.sampled_from(["en", "cy"]),
)
def test_a_difference_is_right_or_found(old, new, off, language):
    patterns = {
        ("en", True): "The number rose from {a:,} to {b:,}, an increase of {d:,}.",
        ("en", False): "The number fell from {a:,} to {b:,}, a total decrease of {d:,}.",
        ("cy", True): "Cynyddodd y nifer o {a:,} i {b:,}, cynnydd o {d:,}.",
        ("cy", False): "Gostyngodd y nifer o {a:,} i {b:,}, gostyngiad o {d:,}.",
    }
    pattern = patterns[(language, new >= old)]
    articles = {"article-a", "article-an"}
    size = abs(new - old)
    assert found_by(pattern.format(a=old, b=new, d=size), language) <= articles
    assert "does-not-add-up" in found_by(pattern.format(a=old, b=new, d=size + off), language)


# Statements of change.


@pytest.mark.parametrize(
    ("language", "text", "rules"),
    [
        ("en", "It rose from 100 to 120, an increase of 25.", {"does-not-add-up"}),
        ("en", "It rose from 100 to 120, an increase of 20 (25%).", {"does-not-add-up"}),
        ("en", "It rose from 100 to 120, an increase of 20 (20%).", set()),
        ("en", "It fell from 46.2% to 45.0%, a decrease of 1.2 percentage points.", set()),
        ("en", "It fell from 46.2% to 45.0%, a decrease of 2.2 percentage points.",
         {"does-not-add-up"}),
        ("en", "It rose from 10 to 15, an increase of 5 (50%).", {"percentage-of-small-base"}),
        ("en", "There were 15 plans, an increase of 5 (50%) on the year before.",
         {"percentage-of-small-base"}),
        ("cy", "Cynyddodd o 100 i 120, cynnydd o 25.", {"does-not-add-up"}),
        ("cy", "Cynyddodd o 10 i 15, cynnydd o 5 (50%).", {"percentage-of-small-base"}),
        ("cy", "Gostyngodd canran y cynlluniau 2.2 pwynt canran, o 46.2% i 45.0%.",
         {"does-not-add-up"}),
    ],
)  # fmt: skip
def test_statements_of_change_must_add_up_and_stand_on_a_base(language, text, rules):
    assert found_by(text, language) == rules


def figures_of(*rows, shown=()):
    """Figures of a release with counts (this year's value, last year's, at a break)."""
    counts = pd.DataFrame(rows, columns=["value", "last_year", "at_break"])
    return Figures(
        shown=frozenset(shown),
        counts=counts.astype({"value": float, "last_year": float}),
        measures=counts.iloc[:0].astype({"value": float, "last_year": float}),
    )


@pytest.mark.parametrize("text", [
    "In 2020, 16,580 people were cared for, a decrease of 165 compared with the year before.",
    "The number fell from 16,745 to 16,580.  That is a decrease of 165 from 16,745 to 16,580.",
])  # fmt: skip
def test_last_years_figure_that_a_text_implies_must_be_the_published_one(text):
    shown = ["16,580", "16,745", "165"]
    wrong = figures_of((16580, 16585, False), shown=shown)
    right = figures_of((16580, 16745, False), shown=shown)
    assert "contradicts-last-year" in found_by(text, "en", release=wrong)
    assert found_by(text, "en", release=right) == set()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "On 31 March 2025 there were 7,145 children, compared with 7,200 a year earlier."),
        ("cy", "Roedd 7,145 o blant, o gymharu â chyfanswm o 7,200 flwyddyn ynghynt."),
    ],
)
def test_last_years_figure_that_stands_beside_this_years_must_be_the_published_one(language, text):
    shown = ["7,145", "7,200"]
    right = figures_of((7145, 7200, False), shown=shown)
    wrong = figures_of((7145, 7205, False), shown=shown)
    assert found_by(text, language, release=right) == set()
    assert found_by(text, language, release=wrong) == {"contradicts-last-year"}


def test_a_change_across_a_break_is_found():
    text = "In 2024-25 there were 500 contacts, an increase of 100 compared with the year before."
    broken = figures_of((500, 400, True), shown=["500", "100"])
    assert found_by(text, "en", release=broken) == {"change-across-a-break"}


def test_a_number_that_the_release_does_not_publish_is_found():
    release = figures_of(shown=["7,210", "45"])
    text = "On 31 March 2025 there were 7,210 children in 2024-25 (AD/001); 45% and 7,208 others."
    (finding,) = lint_text(text, language="en", release=release)
    assert (finding.rule, finding.found) == ("number-not-in-release", "7,208")


@pytest.mark.parametrize(
    ("language", "text", "rule"),
    [("en", "More than half (49.8%) of plans were reviewed.", "fraction"),
     ("en", "More than half of plans (50.2%) were reviewed.", "fraction"),
     ("en", "More than half (62.0%) of plans were reviewed.", None),
     ("en", "Almost half (48.1%) of plans were reviewed.", "fraction"),
     ("en", "Almost half (49.4%) of plans were reviewed.", None),
     ("cy", "Adolygwyd dros hanner (49.8%) o'r cynlluniau.", "fraction"),
     ("cy", "Adolygwyd bron i hanner (49.4%) o'r cynlluniau.", None),
     ("en", "It rose slightly, an increase of 1.4 percentage points.", "slightly"),
     ("en", "It rose slightly, an increase of 0.4 percentage points.", None),
     ("en", "The number rose slightly from 100 to 103, an increase of 3 (3%).", "slightly"),
     ("cy", "Cynyddodd y nifer ychydig o 100 i 103, cynnydd o 3 (3%).", "slightly")],
)  # fmt: skip
def test_words_for_a_fraction_or_a_small_size_need_figures_that_bear_them_out(language, text, rule):
    shown = frozenset({"49.8", "50.2", "62.0", "48.1", "49.4", "1.4", "0.4", "100", "103", "3"})
    table = pd.DataFrame(
        {"value": [50.2, 62.0], "last_year": [float("nan")] * 2, "at_break": [False] * 2,
         "lower": [48.0, 58.0]}
    )  # fmt: skip
    none = table.iloc[:0].drop(columns="lower")
    found = lint_text(text, language=language, release=Figures(shown, none, table))
    assert {finding.rule for finding in found} == ({rule} if rule else set())
