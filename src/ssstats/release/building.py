"""Builds a release in a folder of its own and puts it in place when everything passed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ssstats.catalogue import Catalogue, read_catalogue
from ssstats.chapters import open_release
from ssstats.commentary import write_commentary
from ssstats.disclosure.ledger import read_ledger
from ssstats.disclosure.policy import Policy, read_policy
from ssstats.disclosure.release_tables import ReleaseTables, read_release_tables
from ssstats.errors import CatalogueError, DisclosureError, UsageError, listed
from ssstats.furniture import read_furniture
from ssstats.manifest import (
    checksum,
    checksum_of_all,
    checksum_of_text,
    checksums_by_name,
    write_manifest,
)
from ssstats.outputs import require_one_truth
from ssstats.project import Project
from ssstats.release.areas import authorities_named
from ssstats.release.auditing import audit_tables
from ssstats.release.leaks import require_no_returned_count, returned_counts
from ssstats.release.options import Built, Making, ReleaseOptions, Step
from ssstats.release.pages import write_choice_of_language
from ssstats.release.places import put_in_place, staging
from ssstats.release.provenance import (
    checksums_of_returns,
    ground_of,
    made_from,
    write_record,
)
from ssstats.release.publishing import publish_release
from ssstats.release.states import (
    CORRECTION,
    DRAFT,
    State,
    check_may_replace,
    complete_register,
    keep_replaced,
    replaced_by,
    state_of,
)
from ssstats.release.steps import KeptSteps
from ssstats.release.strays import require_no_stray
from ssstats.release.tables import publish_returns
from ssstats.release.texts import check_texts, folder_by_hand, texts_awaiting
from ssstats.release.work import work_folder
from ssstats.render import chosen_engine
from ssstats.supply import licence_table, read_lock, write_bill_of_materials
from ssstats.wording import sentence_templates
from ssstats.words import missing_words, read_words, word_table

DATA, AUDIT, BILL_OF_MATERIALS = "data", "audit.json", "sbom.json"


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
    engine = chosen_engine(options.engine)
    authorities = authorities_named(options.authorities, catalogue)
    _check_words(options.languages, project, catalogue)
    check_texts(options, project)
    complete_register(options.place)
    check_may_replace(options.wish, options.place, options.languages)
    _check_no_stray(options)
    earlier = read_ledger(options.ledger) if options.ledger is not None else []
    period = str(options.period)
    with work_folder(options.out, period) as work, staging(options.out, period) as stage:
        made = made_from(project, options.policy)
        ground = ground_of(made, project, options.returns)
        given = checksums_of_returns(options.returns)
        making = Making(
            options, project, catalogue, engine, KeptSteps(work), made, ground, given, stage,
            progress,
        )  # fmt: skip
        progress(Step("Returns through checks and the disclosure gate"))
        tables = _tables(making, policy, earlier)
        progress(Step("The attack on everything that will be published"))
        audit_tables(
            stage / DATA,
            stage / AUDIT,
            catalogue=catalogue,
            project=project,
            earlier=earlier,
            scheduler=options.scheduler,
        )
        progress(Step("Commentary"))
        _write_commentary(making)
        state = state_of(options.wish, stage, options.place)
        return _publish(making, tables, authorities, state)


def _tables(making: Making, policy: Policy, earlier: Sequence[Path]) -> ReleaseTables:
    """Take the returns through checks and the gate, or take what came of it before."""
    options, folder = making.options, making.stage / DATA

    def publish() -> None:
        publish_returns(
            making.returns,
            policy=policy,
            folder=folder,
            memory=making.project.memory,
            accepted_errors=options.accepted_errors,
            earlier=earlier,
        )

    made_from = {
        **making.ground,
        **making.given_by_file,
        "the options": checksum_of_text(
            str(options.period), options.policy, options.accepted_errors
        ),
        "the ledger": checksum_of_all(
            options.ledger or Path(), [path for folder in earlier for path in folder.iterdir()]
        ),
    }
    making.kept.step("tables", made_from, making.stage, publish)
    return read_release_tables(folder)


def _write_commentary(making: Making) -> None:
    """Write what the release says in sentences, from what passed the gate."""
    options, project, folder = making.options, making.project, making.stage / DATA
    texts = word_table(project.catalogue)
    by_hand = folder_by_hand(options, project)

    def write() -> None:
        write_commentary(
            open_release(str(folder), period=str(options.period), language="en"),
            folder,
            rules=project.commentary_rules,
            languages={own: read_words(project.catalogue, own) for own in options.languages},
            handwritten=by_hand,
            wording=[*texts["en"], *texts["cy"]],
            templates=sentence_templates(project.catalogue),
            awaiting=texts_awaiting(options, project),
        )

    made_from = {
        **making.ground,
        **checksums_by_name(making.stage, folder.rglob("*")),
        "the options": checksum_of_text(options.languages),
        "texts by hand": checksum_of_all(by_hand, by_hand.rglob("*.md")),
    }
    making.kept.step("commentary", made_from, making.stage, write)


def _publish(
    making: Making, tables: ReleaseTables, authorities: Sequence[str], state: State
) -> Built:
    options, project, stage = making.options, making.project, making.stage
    made = publish_release(making, tables, authorities, state)
    write_choice_of_language(
        project, tables, stage / "site", options.languages, options.published, state
    )
    # Neither the search nor the comparison writes anything.
    checksums = checksums_by_name(stage, stage.rglob("*"), making.kept.checksums(stage))
    made_from = {**making.ground, "the files": checksum_of_text(checksums)}
    making.progress(Step("A search for returned counts in every file"))
    _search(making, tables, made_from)
    making.progress(Step("A comparison of all files, figure by figure"))
    _compare_files(making, made_from)
    making.progress(Step("Manifest"))
    _describe_making(making, state, checksums)
    _require_unchanged(making)
    _check_no_stray(options, stage)
    if state.kind == CORRECTION and replaced_by(options.wish, options.place) == options.place:
        keep_replaced(options.place)
    write_record(stage, making.given, options.out)
    folder = put_in_place(stage, options.place)
    complete_register(folder)
    return Built(
        folder=folder,
        engine=making.engine,
        sites=tuple(folder / one.site.relative_to(stage) for one in made.pages),
        documents=tuple(folder / one.pdf.relative_to(stage) for one in made.pages),
        notebooks=made.notebooks,
        synthetic=bool(tables.facts["synthetic"]),
        steps=tuple(making.kept.results),
    )


def _compare_files(making: Making, made_from: Mapping[str, str]) -> None:
    """Compare all files figure by figure; the same files need no second comparison."""
    stage, pages = making.stage, making.engine == "embedded"
    making.kept.step("comparison", made_from, stage, lambda: require_one_truth(stage, pages=pages))


def _search(making: Making, tables: ReleaseTables, made_from: Mapping[str, str]) -> None:
    """Look for returned counts in every file; the same files need no second search."""
    options, project, stage = making.options, making.project, making.stage

    def search() -> None:
        counts = returned_counts(
            tables,
            making.returns,
            policy=read_policy(options.policy, project.policies),
            project=project,
        )
        require_no_returned_count(stage, counts)

    making.kept.step("search", {**made_from, **making.given_by_file}, stage, search)


def _check_no_stray(options: ReleaseOptions, stage: Path | None = None) -> None:
    """Raise where a release would be final in a folder that holds anything unprotected."""
    if options.wish.kind != DRAFT:
        require_no_stray(options.place, stage=stage)


def _describe_making(making: Making, state: State, checksums: Mapping[str, str]) -> None:
    """Write the bill of materials and, over all files as they were searched, the manifest."""
    options, project = making.options, making.project
    packages = read_lock(project.lock)
    licences = licence_table(packages, project.licences)
    bill = making.stage / BILL_OF_MATERIALS
    write_bill_of_materials(packages, licences, bill)
    facts = {
        "period": str(options.period),
        "engine": making.engine,
        "state": state.facts(),
        "made_from": making.made,
        "parameters": {
            "authorities": sorted(options.authorities),
            "languages": list(options.languages),
            "policy": options.policy,
            "published": options.published,
        },
    }
    write_manifest(making.stage, facts=facts, checksums={**checksums, bill.name: checksum(bill)})


def _require_unchanged(making: Making) -> None:
    """Raise where what the release is made from changed meanwhile: its manifest would be untrue.

    What was kept of its steps may be of either state and is forgotten.
    """
    options, project = making.options, making.project
    made = made_from(project, options.policy)
    if making.ground != ground_of(made, project, options.returns):
        making.kept.forget()
        raise UsageError(
            "the program, its packages, the catalogue or the book were changed while the release "
            "was built; build it again"
        )


def _public_policy(name: str, project: Project) -> Policy:
    policy = read_policy(name, project.policies)
    if not policy.public:
        raise DisclosureError(
            f"policy {name!r} is for restricted internal use; a release needs a public policy"
        )
    return policy


def _check_words(languages: Sequence[str], project: Project, catalogue: Catalogue) -> None:
    if "en" not in languages:
        raise UsageError("languages: English must be among them; add en")
    for language in languages:
        read_words(project.catalogue, language)
        read_furniture(project.furniture, language)
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
