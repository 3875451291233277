"""Builds a release in a folder of its own and puts it in place when everything passed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ssstats.catalogue import Catalogue, read_catalogue
from ssstats.chapters import Release, open_release
from ssstats.checks import AcceptedErrors
from ssstats.commentary import write_commentary
from ssstats.disclosure.policy import Policy, read_policy
from ssstats.disclosure.release_attack_report import (
    attack_release,
    require_protected,
    write_audit,
)
from ssstats.disclosure.release_tables import ReleaseTables
from ssstats.errors import CatalogueError, DisclosureError, UsageError, listed
from ssstats.manifest import write_manifest
from ssstats.notebooks import NotebookJob, run_notebooks
from ssstats.outputs import write_outputs
from ssstats.periods import ReportingYear
from ssstats.project import Project
from ssstats.release.areas import authorities_named
from ssstats.release.leaks import require_no_returned_count, returned_counts
from ssstats.release.memory import fingerprint_of_files, recall_bytes, remember_bytes
from ssstats.release.pages import chapter_jobs, render_language, write_choice_of_language
from ssstats.release.places import put_in_place, staging
from ssstats.release.provenance import made_from, write_record
from ssstats.release.states import (
    A_DRAFT,
    CORRECTION,
    State,
    Wish,
    check_may_replace,
    keep_replaced,
    record_state,
    state_of,
)
from ssstats.release.tables import publish_tables
from ssstats.render import ENGINES
from ssstats.supply import licence_table, read_lock, write_bill_of_materials
from ssstats.words import missing_words, read_words, word_table

DATA, AUDIT, BILL_OF_MATERIALS = "data", "audit.json", "sbom.json"
# Notebooks run here, as deep as in the finished release, before they are laid out as a book.
_RUN = "run"


@dataclass(frozen=True)
class ReleaseOptions:
    """What to build: a period, from which returns, in which languages, under which policy."""

    period: ReportingYear
    returns: Path
    out: Path
    languages: tuple[str, ...] = ("en",)
    authorities: tuple[str, ...] = ()
    engine: str = "auto"
    workers: int = 2
    policy: str = "round-5"
    published: str = ""
    accepted_errors: AcceptedErrors | None = None
    wish: Wish = A_DRAFT

    @property
    def place(self) -> Path:
        """Where the finished release will stand."""
        return self.out / str(self.period)


@dataclass(frozen=True)
class Built:
    """Where a finished release is, and what it holds."""

    folder: Path
    engine: str
    sites: tuple[Path, ...]
    documents: tuple[Path, ...]
    notebooks: int
    synthetic: bool


@dataclass(frozen=True)
class Step:
    """One step of a build as a progress display sees it: its words and how far it is."""

    name: str
    done: int = 0
    total: int = 0


def build_release(
    options: ReleaseOptions,
    project: Project,
    *,
    progress: Callable[[Step], None] = lambda step: None,
) -> Built:
    """Build a release and put it in place; on any failure leave what was there as it was.

    Raises
    ------
    ReleaseError
        One of its kinds, saying what was wrong and what to do.
    """
    progress(Step("Reading the catalogue"))
    catalogue = read_catalogue(project.catalogue)
    policy = _public_policy(options.policy, project)
    _check_engine(options.engine)
    authorities = authorities_named(options.authorities, catalogue)
    _check_words(options.languages, project, catalogue)
    check_may_replace(options.wish, options.place, options.languages)
    with staging(options.out, str(options.period)) as stage:
        progress(Step("Returns through checks and the disclosure gate"))
        tables = publish_tables(
            options.returns,
            period=options.period,
            policy=policy,
            catalogue=catalogue,
            folder=stage / DATA,
            memory=project.memory,
            accepted_errors=options.accepted_errors,
        )
        progress(Step("The attack on everything that will be published"))
        _audit(stage, catalogue, project.memory)
        progress(Step("Commentary"))
        _write_commentary(options, project, stage / DATA)
        state = state_of(options.wish, stage, options.place)
        return _publish(options, project, catalogue, tables, authorities, stage, state, progress)


def _write_commentary(options: ReleaseOptions, project: Project, folder: Path) -> None:
    """Write what the release says in sentences, from what passed the gate."""
    texts = word_table(project.catalogue)
    write_commentary(
        open_release(str(folder), period=str(options.period), language="en"),
        folder,
        rules=project.commentary_rules,
        languages={own: read_words(project.catalogue, own) for own in options.languages},
        handwritten=project.handwritten / str(options.period),
        wording=[*texts["en"], *texts["cy"]],
    )


def _audit(stage: Path, catalogue: Catalogue, memory: Path) -> None:
    """Attack the data files as an intruder would and write audit.json, or stop.

    The very same files, attacked by the very same code, need no second attack.

    Raises
    ------
    DisclosureError
        If a hidden count can be narrowed more than the policy allows.
    """
    audit = stage / AUDIT
    key = fingerprint_of_files(stage / DATA, catalogue)
    if known := recall_bytes(memory, key):
        audit.write_bytes(known)
        return
    report = attack_release(stage / DATA, catalogue)
    require_protected(report)
    write_audit(report, audit)
    remember_bytes(memory, key, audit.read_bytes())


def _publish(
    options: ReleaseOptions,
    project: Project,
    catalogue: Catalogue,
    tables: ReleaseTables,
    authorities: Sequence[str],
    stage: Path,
    state: State,
    progress: Callable[[Step], None],
) -> Built:
    jobs: dict[str, list[NotebookJob]] = {
        language: chapter_jobs(
            project, catalogue, tables, authorities,
            words=read_words(project.catalogue, language),
            folder=stage / _RUN / language,
        )
        for language in options.languages
    }  # fmt: skip
    _run(jobs, options.workers, progress)
    progress(Step("Spreadsheets and open data"))
    opened = open_release(str(stage / DATA), period=str(options.period), language="en")
    _write_files(options, project, opened, stage)
    sites, documents, engine = [], [], ""
    for language in options.languages:
        progress(Step(f"Pages and PDF ({language})"))
        rendered = render_language(
            project,
            replace(opened, words=read_words(project.catalogue, language)),
            jobs[language],
            stage=stage,
            languages=options.languages,
            engine=options.engine,
            published=options.published,
            state=state,
        )
        sites.append(rendered.site.relative_to(stage))
        if rendered.pdf is not None:
            documents.append(rendered.pdf.relative_to(stage))
        engine = rendered.engine
    shutil.rmtree(stage / _RUN)
    write_choice_of_language(
        project, tables, stage / "site", options.languages, options.published, state
    )
    progress(Step("A search for returned counts in every file"))
    require_no_returned_count(stage, _returned_counts(options, project, catalogue, stage))
    progress(Step("Manifest"))
    _describe_making(stage, options, project, engine, state)
    if state.kind == CORRECTION:
        keep_replaced(options.place)
    folder = put_in_place(stage, options.place)
    write_record(folder, options.returns, options.out)
    record_state(state, folder, str(options.period))
    return Built(
        folder=folder,
        engine=engine,
        sites=tuple(folder / site for site in sites),
        documents=tuple(folder / document for document in documents),
        notebooks=sum(len(own) for own in jobs.values()),
        synthetic=bool(tables.facts["synthetic"]),
    )


def _returned_counts(
    options: ReleaseOptions, project: Project, catalogue: Catalogue, stage: Path
) -> frozenset[str]:
    return returned_counts(
        stage,
        options.returns,
        period=options.period,
        policy=read_policy(options.policy, project.policies),
        catalogue=catalogue,
        project=project,
    )


def _describe_making(
    stage: Path, options: ReleaseOptions, project: Project, engine: str, state: State
) -> None:
    """Write the bill of materials and, over all files, the manifest."""
    packages = read_lock(project.lock)
    licences = licence_table(packages, project.licences)
    write_bill_of_materials(packages, licences, stage / BILL_OF_MATERIALS)
    facts = {
        "period": str(options.period),
        "engine": engine,
        "state": state.facts(),
        "made_from": made_from(project, options.policy),
        "parameters": {
            "authorities": sorted(options.authorities),
            "languages": list(options.languages),
            "policy": options.policy,
            "published": options.published,
        },
    }
    write_manifest(stage, facts=facts)


def _write_files(options: ReleaseOptions, project: Project, opened: Release, stage: Path) -> None:
    """Write what re-users take; the year before, where it stands beside, tells what is revised."""
    before = options.out / str(options.period.back())
    write_outputs(
        opened.tables,
        opened.estimates,
        opened.catalogue,
        {language: read_words(project.catalogue, language) for language in options.languages},
        stage,
        previous=before if (before / DATA).is_dir() else None,
        published=options.published,
    )


def _run(
    jobs: dict[str, list[NotebookJob]], workers: int, progress: Callable[[Step], None]
) -> None:
    every = [job for own in jobs.values() for job in own]
    finished = 0

    def count(_: NotebookJob) -> None:
        nonlocal finished
        finished += 1
        progress(Step("Notebooks", finished, len(every)))

    progress(Step("Notebooks", 0, len(every)))
    run_notebooks(every, workers=workers, done=count)


def _public_policy(name: str, project: Project) -> Policy:
    policy = read_policy(name, project.policies)
    if not policy.public:
        raise DisclosureError(
            f"policy {name!r} is for restricted internal use; a release needs a public policy"
        )
    return policy


def _check_engine(engine: str) -> None:
    """Raise before any work where the pages could not be rendered at its end."""
    if engine not in ENGINES:
        raise UsageError(f"engine {engine!r} is not known; use {listed(ENGINES)}")
    if engine == "quarto" and shutil.which("quarto") is None:
        raise UsageError("engine 'quarto': Quarto is not on the PATH; use embedded, or install it")


def _check_words(languages: Sequence[str], project: Project, catalogue: Catalogue) -> None:
    if "en" not in languages:
        raise UsageError("languages: English must be among them; add en")
    for language in languages:
        read_words(project.catalogue, language)
        if language == "en":
            continue
        known = read_words(project.catalogue, language)
        labels = [
            *(
                f"metric.{edition}.{reference}"
                for edition, reference, collected in zip(
                    catalogue.metrics["edition"],
                    catalogue.metrics["reference"],
                    catalogue.metrics["collected"],
                    strict=True,
                )
                if collected == "yes"
            ),
            *(f"measure.{measure}" for measure in catalogue.measures["measure"]),
            *(
                "unit." + unit.lower().replace(" ", "-")
                for unit in catalogue.metrics["unit"].unique()
                if unit
            ),
        ]
        missing = missing_words(project.catalogue, language)
        missing += [key for key in labels if not known.has(key)]
        if missing:
            raise CatalogueError(
                f"words.csv: {len(missing)} texts have no words in language {language!r} "
                f"({listed(missing, most=5)}); have them translated, or build without it"
            )
