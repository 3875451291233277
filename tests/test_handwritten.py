"""What people write themselves: where it goes, what is refused, and that it is marked."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pandas as pd
import pytest
from small_commentary import CATALOGUE, COUNT, PERCENTAGE, RULES, WORDS, pair
from small_release import POWYS, PROJECT

from ssstats.chapters.commentary import added, paragraphs
from ssstats.chapters.release import PARAGRAPHS
from ssstats.commentary import commentary_table, compose_commentary
from ssstats.commentary.checking import findings_in_words, lint_handwritten
from ssstats.commentary.handwritten import handwritten_table, read_handwritten, replaced_sentences
from ssstats.errors import WordingError
from ssstats.wording.placing import placed_figures
from ssstats.wording.published import Figures

HEAD = "---\nauthor: A. Statistician\nwritten: 2025-09-01\n---\n\n"
FILE = f"authority-{POWYS}.md"
CHAPTER = "authority-powys"
NOTHING = pd.DataFrame({"value": [], "last_year": [], "at_break": []})
FIGURES = Figures(frozenset({"71.5", "2"}), NOTHING, NOTHING)


@pytest.fixture(scope="module")
def release():
    made = pair(PERCENTAGE, 70.0, 71.5, verdict="rose", area=POWYS).release
    table = commentary_table(compose_commentary(made, RULES), WORDS, CATALOGUE.areas)
    return replace(made, commentary=table.astype({"position": "str"}))


def write(folder, text, *, language="en", name=FILE):
    path = folder / language / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEAD + text, encoding="utf-8")
    return path


def read(folder, release, languages=("en",)):
    return {own: read_handwritten(folder, own, release) for own in languages}


def shown(release, folder, languages=("en",)):
    table = handwritten_table(read(folder, release, languages), release.commentary)
    kept = release.commentary
    for row in table[table["action"] == "replace"].itertuples():
        kept = kept[~replaced_sentences(kept, row.chapter, row.item)]
    return replace(release, commentary=kept, handwritten=table)


def test_a_paragraph_is_replaced_and_says_by_whom(tmp_path, release):
    write(tmp_path, f"## replace {PERCENTAGE}\n\nThe percentage was 71.5%.\n")
    page = paragraphs(shown(release, tmp_path), CHAPTER, [PERCENTAGE])
    assert (
        "The percentage was 71.5%. [(Written by hand: A. Statistician, 1 September 2025.)]" in page
    )
    assert "rose" not in page


def test_a_note_stands_below_the_sentences(tmp_path, release):
    write(tmp_path, f"## note {PERCENTAGE}\n\nFirst paragraph.\n\n- A list\n")
    page = paragraphs(shown(release, tmp_path), CHAPTER, [PERCENTAGE])
    assert (
        page.index("higher than in 2023-24")
        < page.index("::: {.handwritten}")
        < page.index("- A list")
    )


def test_a_text_is_added_where_its_heading_says(tmp_path, release):
    write(tmp_path, "## add introduction\n\nA word before the figures.\n")
    made = shown(release, tmp_path)
    assert "A word before the figures." in added(made, CHAPTER, "introduction")
    assert added(made, CHAPTER, "gaps") == ""


def test_both_languages_are_kept_beside_each_other(tmp_path, release):
    write(tmp_path, "## add gaps\n\nOne text.\n")
    write(tmp_path, "## add gaps\n\nUn testun.\n", language="cy")
    table = handwritten_table(read(tmp_path, release, ("en", "cy")), release.commentary)
    assert list(table[["text_en", "text_cy"]].iloc[0]) == ["One text.", "Un testun."]


def test_the_author_is_named_in_each_language_and_the_day_is_one(tmp_path, release):
    write(tmp_path, "## add gaps\n\nOne text.\n")
    path = write(tmp_path, "## add gaps\n\nUn testun.\n", language="cy")
    welsh = path.read_text(encoding="utf-8")
    path.write_text(welsh.replace("A. Statistician", "Cyngor Powys"), encoding="utf-8")
    table = handwritten_table(read(tmp_path, release, ("en", "cy")), release.commentary)
    assert list(table[["author_en", "author_cy"]].iloc[0]) == ["A. Statistician", "Cyngor Powys"]
    path.write_text(welsh.replace("09-01", "09-02"), encoding="utf-8")
    with pytest.raises(WordingError, match="another day in each language: authority-powys: add"):
        handwritten_table(read(tmp_path, release, ("en", "cy")), release.commentary)


def test_a_text_in_one_language_only_stops_the_build(tmp_path, release):
    write(tmp_path, "## add gaps\n\nOne text.\n")
    with pytest.raises(WordingError, match=r"line 6: 'add gaps' is not in language 'cy'; write it"):
        handwritten_table(read(tmp_path, release, ("en", "cy")), release.commentary)
    assert len(handwritten_table(read(tmp_path, release), release.commentary)) == 1


@pytest.mark.parametrize(
    ("text", "found"),
    [("Text without a heading.\n", "text must stand under a heading"),
     ("## add somewhere\n\nText\n", "'somewhere' is no place for add"),
     ("## remove AD-02\n\nText\n", "says not where its text goes"),
     ("# add gaps\n\nText\n", "says not where its text goes"),
     ("## replace AD-99\n\nText\n", "'AD-99' is no place for replace"),
     ("## add gaps\n\n## add context\n\nText\n", "line 6: nothing stands under this heading"),
     (f"## replace {PERCENTAGE}\n\nOne.\n\nTwo.\n", "is one paragraph"),
     ("## add gaps\n\nText\n\n## add gaps\n\nText\n", "headings stand twice: add gaps")],
)  # fmt: skip
def test_a_heading_that_says_not_where_is_refused(tmp_path, release, text, found):
    write(tmp_path, text)
    with pytest.raises(WordingError, match=found):
        read(tmp_path, release)


@pytest.mark.parametrize(
    ("head", "found"),
    [("", "line 1: author and date are missing"),
     ("---\nauthor: A\n---\n", "write author and written"),
     ("---\nauthor: A\nwritten: May\n---\n", "write a day as 2025-09-01"),
     ("---\nauthor:\nwritten: 2025-09-01\n---\n", "each with its value")],
)  # fmt: skip
def test_a_file_says_who_wrote_it_and_when(tmp_path, release, head, found):
    path = write(tmp_path, "")
    path.write_text(head + "\n## add gaps\n\nText\n", encoding="utf-8")
    with pytest.raises(WordingError, match=found):
        read(tmp_path, release)


@pytest.mark.parametrize("name", ["powys.md", "authority-W06009999.md", "authority-W92000004.md"])
def test_a_file_of_no_chapter_is_refused(tmp_path, release, name):
    write(tmp_path, "## add gaps\n\nText\n", name=name)
    with pytest.raises(WordingError, match="is the file of no chapter"):
        read(tmp_path, release)


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "A <b>word</b>", "<!-- hidden -->", "[a](javascript:alert(1))",
     "[a](http://example.org)", "[x]: https://example.org", "![p](https://example.org/p.png)",
     "`code`", "$x$", "See @tbl-a", "::: {.main-points}", "[a]{.said}", "| a | b |", "a\\\nb",
     "    indented", "***", "[^1]", "H~2~O", "<https://example.org>", "```{=html}"],
)  # fmt: skip
def test_markdown_beyond_plain_words_is_refused(tmp_path, release, text):
    write(tmp_path, f"## add gaps\n\nSome words.\n\n{text}\n")
    found = findings_in_words(read(tmp_path, release), figures=None)
    assert found[0].startswith(f"en/{FILE}, line 10: ") and " Instead: " in found[0]


def test_plain_words_emphasis_lists_and_safe_links_pass(tmp_path, release):
    text = (
        "**Bold** and *emphasis*, [the code](https://example.org/2020/12).\n\n- one\n- [c]: hidden"
    )
    write(tmp_path, f"## add gaps\n\n{text}\n")
    assert lint_handwritten(tmp_path, release, figures=FIGURES) == []


def test_a_finding_names_file_line_what_and_what_to_write_instead(tmp_path, release):
    write(tmp_path, "## add gaps\n\nThe percentage was 71.5%.\nIt rose significantly.\n")
    (found,) = lint_handwritten(tmp_path, release, figures=FIGURES)
    assert found.startswith(f"en/{FILE}, line 9: 'significantly': ")
    assert found.endswith("Instead: more than would be expected by chance")


def test_a_number_that_the_release_does_not_hold_is_found(tmp_path, release):
    write(tmp_path, "## add gaps\n\nThere were 1,234 reports.\n")
    (found,) = lint_handwritten(tmp_path, release, figures=FIGURES)
    assert "'1,234': No table of the release holds this number." in found


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "There were 3 plans."), ("en", "It was three children."), ("cy", "Roedd tri phlentyn."),
     ("cy", "Y nifer oedd 4.")],
)  # fmt: skip
def test_a_count_small_enough_to_be_hidden_is_found(tmp_path, release, language, text):
    write(tmp_path, f"## add gaps\n\n{text}\n", language=language)
    figures = replace(FIGURES, shown=frozenset({"3", "4"}))
    (found,) = lint_handwritten(tmp_path, release, figures=figures)
    assert "may be a count that the release hides" in found


def test_no_file_at_all_is_no_text(tmp_path, release):
    shutil.rmtree(tmp_path / "en", ignore_errors=True)
    assert read(tmp_path, release) == {"en": []}


def test_the_first_page_takes_texts_by_chapter_and_point(tmp_path, release):
    table = pd.DataFrame(
        [("index", "adults", COUNT, "1"), ("adults", PARAGRAPHS, COUNT, "2")],
        columns=["chapter", "place", "item", "position"],
    )
    made = replace(release, commentary=table)
    write(tmp_path, f"## add adults\n\nText\n\n## replace {COUNT}\n\nText\n", name="index.md")
    rows = handwritten_table(read(tmp_path, made), table)
    assert list(rows["place"]) == ["adults", "adults"]
    assert list(rows["position"]) == ["", "1"]


def test_the_project_keeps_its_own_texts_in_a_folder_a_period():
    assert PROJECT.handwritten.name == "commentary"


def test_a_text_that_replaced_sentences_passes_against_the_release_made_with_it(tmp_path, release):
    write(tmp_path, f"## replace {PERCENTAGE}\n\nThe percentage was 71.5%.\n")
    assert lint_handwritten(tmp_path, shown(release, tmp_path), figures=FIGURES) == []


def figures_of(release):
    counts, estimates = release.tables.counts, release.estimates
    placed = placed_figures(counts, estimates, release.areas, [], {})
    return Figures(frozenset({"71.5", "70.0"}), NOTHING, NOTHING, placed)


def test_a_number_of_another_year_is_found_unless_somebody_looked_again(tmp_path, release):
    path = write(tmp_path, f"## note {PERCENTAGE}\n\nIn 2024-25 the percentage was 70.0%.\n")
    (found,) = findings_in_words(read(tmp_path, release), figures=figures_of(release))
    assert "Look again" in found and "'70.0'" in found
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("---\n\n##", "looked-again: B. Reader\n---\n\n##"), "utf-8")
    assert findings_in_words(read(tmp_path, release), figures=figures_of(release)) == []
