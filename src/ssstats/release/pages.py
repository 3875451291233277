"""From release tables to pages: which notebooks run, and the book that they become."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ssstats import __version__
from ssstats.catalogue import Catalogue
from ssstats.catalogue.names import CODE_EDITION, METRIC_EDITION
from ssstats.chapters import Release
from ssstats.chapters.release import AWAITING_FILE, LINKED, TEMPLATES_FILE
from ssstats.disclosure.release_tables import ReleaseTables
from ssstats.furniture import Furniture, read_furniture
from ssstats.measure_pages import SharedFigures, destinations_of, write_measure_pages
from ssstats.notebooks import NotebookJob
from ssstats.periods import ReportingYear
from ssstats.project import Project
from ssstats.release.corrections import (
    said_of_correction,
    with_correction,
    write_correction_page,
)
from ssstats.release.states import CORRECTION, DRAFT, State
from ssstats.render import (
    FrontMatter,
    lay_out_book,
    render_book,
    write_front_door,
)
from ssstats.words import Words, date_words, read_words

# National chapters and the edition whose data each one needs; blank where it needs none.
CHAPTERS = (
    ("index", "", ()),
    ("adults", METRIC_EDITION, ("adults",)),
    ("children", METRIC_EDITION, ("children",)),
    ("carers", METRIC_EDITION, ("carers_adult", "carers_young")),
    ("workforce", METRIC_EDITION, ("workforce",)),
    ("framework-2016", CODE_EDITION, ("framework",)),
    ("about", "", ()),
    ("quality", "", ()),
    ("dictionary", "", ()),
)
AUTHORITY = "authority"
NOTEBOOKS, _DATA = "notebooks", "data"
# From a notebook's folder in the release to its tables.
_TABLES = "../../data"
# Documents of authorities, one a language.
_AUTHORITIES = "authorities"
_SLUG = "social-services-activity"


def chapter_jobs(
    project: Project,
    catalogue: Catalogue,
    tables: ReleaseTables,
    authorities: Sequence[str],
    *,
    words: Words,
    folder: Path,
) -> list[NotebookJob]:
    """Return a job for each national chapter that has data, and one for each authority."""
    common = common_parameters(str(tables.facts["period"]), words.language)
    jobs = [
        NotebookJob(
            project.notebooks / f"{name}.ipynb",
            folder / f"{name}.ipynb",
            common,
            words.say(f"chapter.{name}.title"),
        )
        for name, edition, domains in CHAPTERS
        if not edition or _has_data(tables, catalogue, edition, domains)
    ]
    # The longest first, so that no worker is left alone with one at the end.
    return jobs + [
        authority_job(project, catalogue, code, words=words, folder=folder, parameters=common)
        for code in authorities
    ]


def common_parameters(period: str, language: str) -> dict[str, str]:
    """Return the parameters that every notebook of a release has."""
    return {"period": period, "language": language, "release_tables": _TABLES}


def authority_job(
    project: Project,
    catalogue: Catalogue,
    authority: str,
    *,
    words: Words,
    folder: Path,
    parameters: dict[str, str],
) -> NotebookJob:
    """Return the job that makes one authority's page."""
    area = catalogue.areas[catalogue.areas["area"] == authority].iloc[0]
    return NotebookJob(
        project.notebooks / f"{AUTHORITY}.ipynb",
        folder / f"{AUTHORITY}-{area['slug']}.ipynb",
        {**parameters, "authority": authority},
        str(area[f"name_{words.language}"]),
    )


def _has_data(
    tables: ReleaseTables, catalogue: Catalogue, edition: str, domains: tuple[str, ...]
) -> bool:
    metrics = catalogue.metrics
    own = metrics[(metrics["edition"] == edition) & metrics["domain"].isin(domains)]
    counts = tables.counts[tables.counts["edition"] == edition]
    return bool(counts["reference"].isin(own["reference"]).any())


def render_language(
    project: Project,
    release: Release,
    jobs: Sequence[NotebookJob],
    *,
    stage: Path,
    languages: Sequence[str],
    engine: str,
    published: str,
    state: State,
    figures: SharedFigures,
) -> Pages:
    """Lay out the executed notebooks of one language as a book and render site and PDF.

    Pages of measures are written beside the chapters, with the figures that all languages share.

    The book tree is the release's notebooks folder: `quarto render` in it gives the same
    chapters again and runs nothing.
    """
    words, language = release.words, release.words.language
    places = pages_of(stage, language)
    chapters: dict[str, list[Path]] = {}
    for job in jobs:
        # Quarto wants the first page of a book at its root.
        first = job.template.stem == "index"
        entry = "index.qmd" if first else f"notebooks/{job.template.name}"
        chapters.setdefault(entry, []).append(job.output)
    lay_out_book(
        project.book,
        chapters,
        places.book,
        language=language,
        front=_front_matter(project, release.tables, words, languages, published, state),
        words=words.texts,
    )
    destinations, corrected = destinations_of(release), state.kind == CORRECTION
    rendered = render_book(
        places.book,
        stage,
        language=language,
        engine=engine,
        pdf_name=places.pdf.name,
        words=words.texts,
        destinations=with_correction(destinations, words) if corrected else destinations,
        chapter_pdfs=_authority_pdfs(jobs, language),
    )
    write_measure_pages(release, rendered.frame, figures)
    _copy_linked(stage)
    if corrected:
        write_correction_page(release, state, rendered.frame, stage / _DATA)
    return places


def _copy_linked(stage: Path) -> None:
    """Put the files that the quality chapter leads to beside the pages, which may stand alone."""
    folder = stage / "site" / LINKED
    folder.mkdir(exist_ok=True)
    for name in (TEMPLATES_FILE, AWAITING_FILE):
        file = stage / "data" / name
        if file.is_file():
            shutil.copyfile(file, folder / name)


@dataclass(frozen=True)
class Pages:
    """Where the book, the site and the PDF of one language stand in a release."""

    book: Path
    site: Path
    pdf: Path


def pages_of(release: Path, language: str) -> Pages:
    """Return where `render_language` puts what it makes of a language."""
    return Pages(
        release / NOTEBOOKS / language,
        release / "site" / language,
        release / f"{_SLUG}-{language}.pdf",
    )


def _authority_pdfs(jobs: Sequence[NotebookJob], language: str) -> dict[str, str]:
    """Return the document that each authority's page is too: authorities/powys-en.pdf."""
    stems = [job.output.stem for job in jobs if job.template.stem == AUTHORITY]
    return {
        stem: f"{_AUTHORITIES}/{stem.removeprefix(f'{AUTHORITY}-')}-{language}.pdf"
        for stem in stems
    }


def write_choice_of_language(
    project: Project,
    tables: ReleaseTables,
    site: Path,
    languages: Sequence[str],
    published: str,
    state: State,
) -> Path:
    """Write the site's first page, on which a reader chooses the language."""
    words = {
        language: read_words(project.catalogue, language).of_release(tables.facts)
        for language in languages
    }
    fronts = {
        language: _front_matter(project, tables, own, languages, published, state)
        for language, own in words.items()
    }
    texts = {language: own.texts for language, own in words.items()}
    return write_front_door(project.book.parent / "theme", site, fronts, texts)


def _front_matter(
    project: Project,
    tables: ReleaseTables,
    words: Words,
    languages: Sequence[str],
    published: str,
    state: State,
) -> FrontMatter:
    facts, own = tables.facts, read_furniture(project.furniture, words.language)
    year = ReportingYear.parse(str(facts["period"]))
    if facts["synthetic"]:
        designation = words.say("release.designation-synthetic")
    elif facts["protected_at_source"]:
        designation = words.say("release.designation-source")
    else:
        designation = words.say("release.designation")
    policy = facts["policy"]["titles"][words.language]  # type: ignore[index]
    return FrontMatter(
        title=words.say("release.title"),
        period=words.say("period.year", start=year.start, end=year.end),
        designation=designation,
        published=published or _day_of(state, words, own),
        contact=f"{own.contact}, {own.contact_address}",
        licence=words.say("release.licence"),
        made=words.say("release.made", version=__version__, policy=policy),
        notice=" ".join(_notices(words, state, synthetic=bool(facts["synthetic"]))),
        summary=words.say("release.summary"),
        next_update=own.next_update,
        issued=f"{own.published_on}T{own.published_at:%H:%M}",
        languages=tuple(languages),
    )


def _day_of(state: State, words: Words, own: Furniture) -> str:
    """Return the day of a final release, or the day that is planned for a draft."""
    if state.kind == DRAFT:
        return words.say("release.planned", date=own.day, time=own.hour)
    return date_words(date.fromisoformat(state.on), words.language)


def _notices(words: Words, state: State, *, synthetic: bool) -> Iterator[str]:
    """Yield what every page has to say at its head: of its data, and of its state."""
    if synthetic:
        yield words.say("render.synthetic") + "."
    if state.kind == DRAFT:
        yield words.say("render.notice-draft")
    if state.kind == CORRECTION:
        yield f"{said_of_correction(state, words)}."
