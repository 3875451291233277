"""The partners' pack: what local authorities and their inspectors may see of each other.

Guidance 2020, section 2.5: data of authorities is shared between them, Care Inspectorate Wales and
Social Care Wales, and is not shared in the public domain.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pandas as pd

from ssstats.catalogue import Catalogue, read_catalogue
from ssstats.disclosure.policy import Policy, read_policy
from ssstats.disclosure.release_tables import ReleaseTables, write_csv
from ssstats.estimates import estimate_measures
from ssstats.furniture import with_contact
from ssstats.manifest import MANIFEST, checksum, write_manifest
from ssstats.outputs.book import Book
from ssstats.outputs.labels import Labels, check_labels
from ssstats.outputs.ods import write_ods
from ssstats.outputs.plan import read_plan
from ssstats.outputs.subject_figures import SubjectFigures
from ssstats.outputs.xlsx import write_xlsx
from ssstats.packs.normalising import normalised_values
from ssstats.packs.partner_pages import write_pages
from ssstats.packs.partner_sheets import Comparison, partners_workbook
from ssstats.packs.private import (
    check_place,
    checked_recipient,
    private_stage,
    put_away,
    register,
    slug_of,
)
from ssstats.periods import ReportingYear
from ssstats.project import Project
from ssstats.release.tables import publish_tables
from ssstats.signals import signal_table
from ssstats.words import LANGUAGES, date_words, read_words

# Every data file says in its name what it is: a file travels without its folder.
_PREFIX = "official-sensitive"
# Notes on what a policy does, which are not true where it does nothing.
_ON_ROUNDING, _ON_HIDING = "figures-rounded", "hidden-figures"
_QUARTILES = (
    "measure", "edition", "period", "area", "value", "marker", "wales", "quartile",
    "lower_quartile", "median", "upper_quartile", "peer_group", "peer_lowest", "peer_median",
    "peer_highest",
)  # fmt: skip


@dataclass(frozen=True)
class PartnersPack:
    """A finished pack: its folder, its files, and the register that tells whom it is for."""

    folder: Path
    files: int
    register: Path
    synthetic: bool


def write_partners_pack(
    returns: Path,
    *,
    period: ReportingYear,
    recipient: str,
    out: Path,
    project: Project,
    policy: str = "partners",
    languages: Sequence[str] = LANGUAGES,
    now: datetime,
    progress: Callable[[str], None] = lambda step: None,
) -> PartnersPack:
    """Write the comparative dataset of all authorities for one recipient.

    Parameters
    ----------
    returns : Path
        File or folder of compiled returns.
    recipient : str
        Who receives it, in words; it is printed on the cover and kept in the register.
    out : Path
        Private folder in which the pack gets a folder of its own, beside the register.
    now : datetime
        The moment that the register keeps.

    Raises
    ------
    PackError
        If the folder is public, or the register cannot be kept.
    ReleaseError
        Another of its kinds where returns, policy or words are not as they must be.
    """
    recipient = checked_recipient(recipient)
    place = check_place(out, project.root)
    catalogue = read_catalogue(project.catalogue)
    own = read_policy(policy, project.policies)
    plan = read_plan(project.root / "data" / "outputs")
    words = {
        language: with_contact(read_words(project.catalogue, language), project.furniture)
        for language in languages
    }
    for said in words.values():
        check_labels(catalogue, plan, said)
    name = f"partners-{period}-{slug_of(recipient)}"
    with private_stage(place, name) as stage:
        progress("Returns under the partners' policy")
        tables = publish_tables(
            returns, period=period, policy=own, catalogue=catalogue, folder=stage / "tables"
        )
        for path in (stage / "tables").iterdir():
            path.unlink()
        catalogue = _with_true_notes(catalogue, own)
        estimates = estimate_measures(tables, catalogue)
        populations = project.root / "data" / "packs" / "normalising.csv"
        comparison = Comparison(
            normalised_values(tables, catalogue, populations),
            signal_table(tables, estimates, catalogue),
        )
        _write_data(tables, estimates, comparison, catalogue, stage / "data")
        held = (SubjectFigures(own, tables, estimates, catalogue) for own in plan.subjects)
        subjects = [figures for figures in held if not figures.counts.empty]
        for language, said in words.items():
            progress(f"Spreadsheets and pages ({language})")
            made = date_words(now.date(), language)
            labels = Labels(catalogue, said)
            books = [Book(figures, labels, "") for figures in subjects]
            for book in books:
                workbook = partners_workbook(book, plan, comparison, recipient=recipient, made=made)
                write_ods(workbook, stage / "tables")
                write_xlsx(workbook, stage / "tables")
            write_pages(books, comparison, stage, recipient=recipient, made=made)
        facts = {
            "period": str(period), "recipient": recipient, "policy": own.name, "marking": _PREFIX,
        }  # fmt: skip
        write_manifest(stage, facts=facts)
        files = sum(path.is_file() for path in stage.rglob("*"))
        folder = put_away(stage, place / name)
    row = (
        now.isoformat(timespec="seconds"), "partners", str(period), recipient, name, own.name,
        returns.name, checksum(folder / MANIFEST),
    )  # fmt: skip
    return PartnersPack(folder, files, register(place, row), bool(tables.facts["synthetic"]))


def _with_true_notes(catalogue: Catalogue, policy: Policy) -> Catalogue:
    untrue = [
        *([_ON_ROUNDING] if policy.base == 1 else []),
        *([_ON_HIDING] if policy.threshold == 1 else []),
    ]
    notes = catalogue.notes
    return replace(catalogue, notes=notes[~notes["note_id"].isin(untrue)])


def _write_data(
    tables: ReleaseTables,
    estimates: pd.DataFrame,
    comparison: Comparison,
    catalogue: Catalogue,
    folder: Path,
) -> None:
    """Write what partners read by machine; the names of columns are those of the open data."""
    folder.mkdir()
    areas = ["area", "level", "name_en", "name_cy", "slug", "display_order"]
    frames = {
        "metrics": tables.counts,
        "measures": estimates,
        "normalised": comparison.normalised.rename(columns={"measure": "reference"}),
        "quartiles": comparison.quartiles[list(_QUARTILES)],
        "coverage": tables.coverage,
        "exceptions": tables.exceptions,
        "areas": catalogue.areas[areas],
    }
    for name, frame in frames.items():
        # A copy under another name is known by what is in it.
        write_csv(frame.assign(marking=_PREFIX), folder / f"{_PREFIX}-{name}.csv")
