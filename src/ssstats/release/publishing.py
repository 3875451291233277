"""The steps of a build after the gate: notebooks, files for re-users, pages and PDF."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ssstats.chapters import Release, open_release
from ssstats.chapters.release import AUDIT_FILE
from ssstats.disclosure.release_tables import ReleaseTables
from ssstats.furniture import with_contact
from ssstats.manifest import checksum, checksum_of_all, checksum_of_text, checksums_by_name
from ssstats.measure_pages import SharedFigures
from ssstats.notebooks import NotebookJob, run_notebooks
from ssstats.outputs import write_outputs
from ssstats.release.options import Making, Step
from ssstats.release.pages import Pages, chapter_jobs, pages_of, render_language
from ssstats.release.states import CORRECTION, State, replaced_by
from ssstats.words import Words, read_words

_DATA, _UPLOADS = "data", "statswales"
# Notebooks run here, as deep as in the finished release, before they are laid out as a book.
_RUN = "run"


@dataclass(frozen=True)
class Published:
    """What was made after the gate: pages by language, and how many notebooks."""

    pages: tuple[Pages, ...]
    notebooks: int


def publish_release(
    making: Making, tables: ReleaseTables, authorities: Sequence[str], state: State
) -> Published:
    """Write notebooks, files and pages into the stage, or take them from an earlier build.

    Raises
    ------
    ReleaseError
        If a notebook fails, a file breaks the rules of its format, or a page cannot be rendered.
    """
    options, project, stage = making.options, making.project, making.stage
    jobs: dict[str, list[NotebookJob]] = {
        language: chapter_jobs(
            project, making.catalogue, tables, authorities,
            words=read_words(project.catalogue, language).of_release(tables.facts),
            folder=stage / _RUN / language,
        )
        for language in options.languages
    }  # fmt: skip
    ground = {
        **making.ground,
        **checksums_by_name(stage, (stage / _DATA).rglob("*")),
        "the audit": checksum_of_all(stage, stage.glob(AUDIT_FILE)),
    }
    every = [job for own in jobs.values() for job in own]
    _run(making, ground, every)
    making.progress(Step("Spreadsheets and open data"))
    opened = open_release(str(stage / _DATA), period=str(options.period), language="en")
    _write_files(making, ground, opened)
    figures = SharedFigures(opened)
    pages = tuple(
        _render(making, ground, opened, jobs[own], state, figures) for own in options.languages
    )
    shutil.rmtree(stage / _RUN)
    return Published(pages, len(every))


def _run(making: Making, ground: Mapping[str, str], jobs: Sequence[NotebookJob]) -> None:
    """Run the notebooks of which nothing is kept; keep each as soon as it is there."""

    def made_from(job: NotebookJob) -> dict[str, str]:
        given = checksum_of_text(sorted(job.parameters.items()), job.title)
        return {**ground, "the template": checksum(job.template), "the parameters": given}

    def name(job: NotebookJob) -> str:
        return f"notebook/{job.output.parent.name}/{job.output.stem}"

    finished = 0

    def count(job: NotebookJob) -> None:
        nonlocal finished
        making.kept.keep(name(job), made_from(job), making.stage, [job.output])
        finished += 1
        making.progress(Step("Notebooks", finished, len(jobs)))

    left = [job for job in jobs if not making.kept.reuse(name(job), made_from(job), making.stage)]
    finished = len(jobs) - len(left)
    making.progress(Step("Notebooks", finished, len(jobs)))
    if left and making.options.scheduler:
        from ssstats.notebooks.clusters import run_on_cluster

        run_on_cluster(left, making.options.scheduler, done=count)
    else:
        run_notebooks(left, workers=making.options.workers, done=count)


def _write_files(making: Making, ground: Mapping[str, str], opened: Release) -> None:
    """Write what re-users take; the release before tells what is revised.

    That is what a correction replaces, or the release of the year before where it stands beside.
    """
    options, stage = making.options, making.stage
    corrects = options.wish.kind == CORRECTION
    before = (
        replaced_by(options.wish, options.place)
        if corrects
        else options.out / str(options.period.back())
    )
    previous = before if (before / _DATA).is_dir() else None

    def write() -> None:
        write_outputs(
            opened.tables,
            opened.estimates,
            opened.catalogue,
            {own: _words(making, opened, own) for own in options.languages},
            stage,
            previous=previous,
            corrects=corrects,
            published=options.published,
        )

    made_from = {
        **ground,
        "the options": checksum_of_text(options.languages, options.published, corrects),
        "the release before": checksum_of_all(
            before, [*(before / _DATA).rglob("*"), *(before / _UPLOADS).rglob("*")]
        ),
    }
    making.kept.step("files", made_from, stage, write)


def _words(making: Making, opened: Release, language: str) -> Words:
    words = read_words(making.project.catalogue, language).of_release(opened.tables.facts)
    return with_contact(words, making.project.furniture)


def _render(
    making: Making,
    ground: Mapping[str, str],
    opened: Release,
    jobs: Sequence[NotebookJob],
    state: State,
    figures: SharedFigures,
) -> Pages:
    options, stage, language = making.options, making.stage, jobs[0].output.parent.name
    making.progress(Step(f"Pages and PDF ({language})"))

    def render() -> None:
        render_language(
            making.project,
            opened.in_words(_words(making, opened, language)),
            jobs,
            stage=stage,
            languages=options.languages,
            engine=making.engine,
            published=options.published,
            state=state,
            figures=figures,
        )

    made_from = {
        **ground,
        "the state": checksum_of_text(state),
        "the notebooks": checksum_of_all(stage, [job.output for job in jobs]),
        "the options": checksum_of_text(options.languages, options.published, making.engine),
    }
    making.kept.step(f"pages/{language}", made_from, stage, render)
    return pages_of(stage, language)
