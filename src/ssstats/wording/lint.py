"""The check of wording: what a text of a release says that it must not say.

Patterns come from data/wording/rules.csv; numbers are checked against a release's own figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from ssstats.errors import UsageError, listed
from ssstats.project import find_project
from ssstats.wording.figures import contradicted_statements, unknown_numbers
from ssstats.wording.fractions import contradicted_words
from ssstats.wording.published import Figures, read_figures
from ssstats.wording.rules import Finding, Rule, broken_rules, in_reading_order, read_rules
from ssstats.wording.texts import text_of_notebook
from ssstats.words import LANGUAGES, word_table

# The code of practice words its outcomes; a release quotes them.
_QUOTED = "outcome."


def lint_text(
    text: str,
    *,
    language: str,
    release: Figures | None = None,
    rules: Sequence[Rule] | None = None,
    quoted: Iterable[str] = (),
) -> list[Finding]:
    """Return what is wrong with a text, in reading order.

    Parameters
    ----------
    text : str
        Plain text or Markdown without tables.
    language : str
        en or cy.
    release : Figures, optional
        The figures of the release that the text belongs to. With them each number of the text
        must be one of theirs, and last year's figures must be those published.
    rules : sequence of Rule, optional
        The project's own where none are given.
    quoted : iterable of str, optional
        Passages that the text quotes word for word, such as the outcomes of the code: not judged.

    Raises
    ------
    UsageError
        If the language is not known.
    """
    if language not in LANGUAGES:
        raise UsageError(f"language {language!r} is not known; use {listed(LANGUAGES)}")
    chosen = _own_rules() if rules is None else rules
    for passage in quoted:
        # As many signs as before, so that lines and columns stay what they were.
        text = text.replace(passage, "\N{MIDDLE DOT}" * len(passage))
    findings = broken_rules(text, chosen, language=language)
    findings += contradicted_statements(text, release, language=language)
    findings += contradicted_words(text, release, language=language)
    if release is not None:
        findings += unknown_numbers(text, release)
    return in_reading_order(findings)


def lint_release(release: Path, catalogue: Path) -> dict[Path, list[Finding]]:
    """Return the findings of every chapter of a finished release, by the chapter's notebook.

    Parameters
    ----------
    release : Path
        The folder of one period, with data/ and notebooks/<language>/.
    catalogue : Path
        The catalogue folder: its words may hold numbers, and the outcomes that it quotes are
        not judged.

    Raises
    ------
    UsageError
        If the folder holds no release.
    """
    words = word_table(catalogue)
    figures = read_figures(release / "data", wording=[*words["en"], *words["cy"]])
    quoted = words["key"].str.startswith(_QUOTED)
    return {
        path: findings
        for language in LANGUAGES
        for path in sorted((release / "notebooks" / language).rglob("*.ipynb"))
        if (
            findings := lint_text(
                text_of_notebook(path),
                language=language,
                release=figures,
                quoted=words.loc[quoted, language],
            )
        )
    }


def _own_rules() -> tuple[Rule, ...]:
    folder = find_project().root / "data" / "wording"
    return _read(folder, (folder / "rules.csv").stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _read(folder: Path, changed: int) -> tuple[Rule, ...]:
    return read_rules(folder)
