"""Writes what StatsWales 3 takes: data, measure and lookup tables, translations, metadata.

One folder a subject. Where both languages are written every description has both; where English
alone was asked for, the Welsh columns are blank and the metadata say so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.disclosure.release_tables import ReleaseTables
from ssstats.errors import UsageError
from ssstats.formatting import safe_text
from ssstats.outputs.labels import Labels
from ssstats.outputs.plan import Plan, Subject
from ssstats.outputs.safe_csv import write_rows
from ssstats.outputs.subject_figures import SubjectFigures
from ssstats.outputs.upload_checks import (
    DATA_TABLE,
    LOOKUP_PREFIX,
    MEASURE_TABLE,
    check_upload,
    raise_faults,
)
from ssstats.outputs.upload_facts import (
    ALL_GROUPS,
    fact_columns,
    facts_of,
    group_code,
    key_columns,
    revise,
)
from ssstats.plain_csv import csv_bytes
from ssstats.words import Words

FOLDER = "statswales"
TRANSLATIONS = "translations.csv"
METADATA = "metadata.json"
_LOOKUP_HEADER = (
    "refcode", "description_en", "description_cy", "hierarchy", "sort", "note_en", "note_cy",
)  # fmt: skip
_MEASURE_HEADER = (
    "refcode", "type", "format", "decimal", "sort", "description_en", "description_cy",
)  # fmt: skip
_TEXTS = ("title", "summary", "collection", "quality", "roundingDescription", "reason")


def write_upload(
    figures: SubjectFigures,
    plan: Plan,
    words: Mapping[str, Words],
    stage: Path,
    *,
    previous: Path | None = None,
) -> list[Path]:
    """Write the upload of one subject into `stage`/statswales and return its files.

    Parameters
    ----------
    previous : Path
        Folder of the release that was uploaded last; None for a first upload, whose facts carry
        no `r`.

    Raises
    ------
    OutputsError
        If the upload breaks a rule of StatsWales.
    UsageError
        If the last upload has other columns than this one.
    """
    subject, tables, catalogue = figures.subject, figures.tables, figures.catalogue
    folder = stage / FOLDER / subject.name
    facts = facts_of(figures, plan)
    if facts.empty:
        return []
    last = _last_upload(subject, previous)
    if last is not None:
        facts = revise(facts, last, key_columns(subject))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / DATA_TABLE).write_bytes(csv_bytes(facts))
    written = [
        folder / DATA_TABLE,
        write_rows(folder / MEASURE_TABLE, _MEASURE_HEADER, _measure_rows(plan, words, facts)),
        write_rows(
            folder / f"{LOOKUP_PREFIX}ItemCode.csv",
            _LOOKUP_HEADER,
            _item_rows(figures, words, facts),
        ),
    ]
    if subject.grouped:
        written.append(
            write_rows(
                folder / f"{LOOKUP_PREFIX}GroupCode.csv",
                _LOOKUP_HEADER,
                _group_rows(catalogue, tables, words, facts),
            )
        )
    texts = _metadata(subject, tables, words, first=last is None)
    written.append(
        write_rows(
            folder / TRANSLATIONS,
            ("type", "key", "english", "cymraeg"),
            _translations(subject, words, texts),
            marked=True,
        )
    )
    written.append(_write_metadata(folder / METADATA, tables, words, texts))
    raise_faults(check_upload(folder, note_codes=plan.note_codes), subject.name)
    return written


def _last_upload(subject: Subject, previous: Path | None) -> pd.DataFrame | None:
    if previous is None:
        return None
    path = previous / FOLDER / subject.name / DATA_TABLE
    if not path.is_file():
        return None
    last = pd.read_csv(path, dtype=str, keep_default_na=False)
    if list(last.columns) != fact_columns(subject):
        raise UsageError(
            f"{FOLDER}/{subject.name}/{DATA_TABLE} of the previous release has other columns; "
            "an update needs the columns of the first upload"
        )
    return last


def _both(words: Mapping[str, Words], key: str, **values: str) -> tuple[str, str]:
    """Return a text in English and Welsh; the Welsh is blank where it was not asked for."""
    welsh = words["cy"].say(key, **values) if "cy" in words else ""
    return words["en"].say(key, **values), welsh


def _measure_rows(
    plan: Plan, words: Mapping[str, Words], facts: pd.DataFrame
) -> Iterator[tuple[str, ...]]:
    used = set(facts["Measure"])
    for measure in plan.upload_measures:
        if measure.refcode in used:
            english, welsh = _both(words, measure.words_key)
            yield (
                measure.refcode, measure.type, "decimal", str(measure.decimals),
                str(measure.sort), safe_text(english), safe_text(welsh),
            )  # fmt: skip


def _item_rows(
    figures: SubjectFigures, words: Mapping[str, Words], facts: pd.DataFrame
) -> Iterator[tuple[str, ...]]:
    """Return metrics below the metric they are part of, then measures."""
    used = set(facts["ItemCode"])
    labels = {language: Labels(figures.catalogue, own) for language, own in words.items()}
    edition, metrics, measures = figures.subject.edition, figures.metrics, figures.measures
    sort = 0
    for reference, parent in zip(metrics["reference"], metrics["parent_reference"], strict=True):
        if reference in used:
            sort += 1
            texts = [
                safe_text(labels[language].metric(edition, reference)) if language in labels else ""
                for language in ("en", "cy")
            ]
            above = parent if parent in used and parent != reference else ""
            yield reference, *texts, above, str(sort), "", ""
    for measure in measures["measure"]:
        if measure in used:
            sort += 1
            texts = [
                safe_text(labels[language].measure(measure)) if language in labels else ""
                for language in ("en", "cy")
            ]
            yield measure, *texts, "", str(sort), "", ""


def _group_rows(
    catalogue: Catalogue, tables: ReleaseTables, words: Mapping[str, Words], facts: pd.DataFrame
) -> Iterator[tuple[str, ...]]:
    used = set(facts["GroupCode"])
    yield ALL_GROUPS, *_both(words, "output.upload.all-groups"), "", "1", "", ""
    breakdowns = {group_code(text): text for text in tables.counts["breakdown"].unique() if text}
    labels = {language: Labels(catalogue, own) for language, own in words.items()}
    for sort, code in enumerate(sorted(used - {ALL_GROUPS}), start=2):
        texts = [
            safe_text(labels[language].group(breakdowns[code])) if language in labels else ""
            for language in ("en", "cy")
        ]
        yield code, *texts, ALL_GROUPS, str(sort), "", ""


def _metadata(
    subject: Subject, tables: ReleaseTables, words: Mapping[str, Words], *, first: bool
) -> dict[str, dict[str, str]]:
    """Return StatsWales' texts about a dataset by language."""
    texts: dict[str, dict[str, str]] = {}
    for language, own in words.items():
        title = own.say(subject.title_key)
        said = [own.say("output.upload.summary", subject=title)]
        if tables.facts["synthetic"]:
            said.insert(0, own.say("output.upload.synthetic"))
        policy = tables.facts["policy"]["titles"][language]  # type: ignore[index]
        texts[language] = {
            "title": own.say(
                "output.upload.title", release=own.say("release.title"), subject=title
            ),
            "summary": " ".join(said),
            "collection": own.say("output.upload.collection"),
            "quality": own.say("output.upload.quality"),
            "roundingDescription": policy,
            "reason": own.say("output.upload.reason"),
        }
        if first:
            del texts[language]["reason"]
    return texts


def _translations(
    subject: Subject, words: Mapping[str, Words], texts: Mapping[str, Mapping[str, str]]
) -> Iterator[tuple[str, ...]]:
    for column in key_columns(subject):
        if column != "Measure":
            english, welsh = _both(words, f"output.upload.dimension.{column}")
            yield "dimension", column, safe_text(english), safe_text(welsh)
    for key in _TEXTS:
        if key in texts["en"]:
            welsh = texts["cy"][key] if "cy" in texts else ""
            yield "metadata", key, safe_text(texts["en"][key]), safe_text(welsh)


def _write_metadata(
    path: Path,
    tables: ReleaseTables,
    words: Mapping[str, Words],
    texts: Mapping[str, Mapping[str, str]],
) -> Path:
    facts = tables.facts
    synthetic = bool(facts["synthetic"])
    said = {
        "texts": texts,
        "languages": sorted(words),
        "englishOnly": "cy" not in words,
        "synthetic": synthetic,
        "designation": "none" if synthetic else "in_development",
        "roundingApplied": facts["policy"]["base"] != 1,  # type: ignore[index]
        "updateFrequency": {"value": 1, "unit": "year"},
        "yearType": "financial",
        "yearFormat": "YYYYYY",
        "period": facts["period"],
        "licence": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
    }
    path.write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path
