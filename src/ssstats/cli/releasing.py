"""Commands that build a release, run one authority again, and write what a release starts from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ssstats.cli.shared import OUT, Period, ReturnsPath, cores, shown_progress

if TYPE_CHECKING:
    from ssstats.release.states import Wish


def release(
    period: Period = "2024-25",
    returns: ReturnsPath = None,
    out: Annotated[Path, typer.Option(help="Folder that holds one folder a period.")] = Path(
        "reports"
    ),
    languages: Annotated[str, typer.Option(help="Languages, joined by commas: en, cy.")] = "en",
    authority: Annotated[
        list[str] | None,
        typer.Option(help="Make the page of this authority only; may be given several times."),
    ] = None,
    engine: Annotated[
        str, typer.Option(help="auto, quarto or embedded; auto takes Quarto where it is installed.")
    ] = "auto",
    workers: Annotated[
        int, typer.Option(min=0, help="Notebooks at a time; 0 takes the cores of this machine.")
    ] = 0,
    scheduler: Annotated[
        str, typer.Option(help="Run notebooks and the attack on the Dask cluster here.")
    ] = "",
    policy: Annotated[str, typer.Option(help="Disclosure policy in data/policy.")] = "round-5",
    published: Annotated[str, typer.Option(help="Date of publication as pages print it.")] = "",
    final: Annotated[
        bool, typer.Option("--final", help="Final, where two people have signed this content.")
    ] = False,
    correction: Annotated[
        str, typer.Option(help="Correct the final release that stands there; say why.")
    ] = "",
    correction_cy: Annotated[str, typer.Option(help="Why, in Welsh.")] = "",
    on: Annotated[str, typer.Option(help="Day of the final release or correction.")] = "",
    commentary: Annotated[
        Path | None,
        typer.Option(help="Texts written by hand, in en/ and cy/ [default: commentary/PERIOD]."),
    ] = None,
    strict_welsh: Annotated[
        bool, typer.Option("--strict-welsh", help="Refuse Welsh that awaits a translator.")
    ] = False,
    ledger: Annotated[
        Path | None,
        typer.Option(help="Ledger of the releases that readers have already; see ssstats enter."),
    ] = None,
    accept_errors: Annotated[
        str,
        typer.Option(help="Build although rules are broken, for this reason; the release says so."),
    ] = "",
    by: Annotated[str, typer.Option(help="Who answers for --accept-errors or --correction.")] = "",
) -> None:
    """Build a whole release: tables, notebooks, site and PDF."""
    from ssstats.periods import ReportingYear
    from ssstats.project import find_project

    # Before the rest is imported: a slip in the period is answered at once.
    year, project = ReportingYear.parse(period), find_project()
    from ssstats.checks import AcceptedErrors
    from ssstats.release import ReleaseOptions, build_release, lines_of_steps

    options = ReleaseOptions(
        period=year,
        returns=returns or project.demonstration,
        out=out,
        languages=tuple(part.strip() for part in languages.split(",") if part.strip()),
        authorities=tuple(authority or ()),
        engine=engine,
        workers=workers or cores(),
        scheduler=scheduler,
        policy=policy,
        published=published,
        wish=_wish(final, correction, correction_cy, by, on),
        commentary=commentary,
        strict_welsh=strict_welsh,
        ledger=ledger,
        accepted_errors=AcceptedErrors.checked(accept_errors, by) if accept_errors or by else None,
    )
    with shown_progress() as show:
        built = build_release(options, project, progress=show)
    if built.synthetic:
        OUT.print("The returns are synthetic: every page says so.")
    for line in lines_of_steps(built.steps):
        OUT.print(line, markup=False)
    OUT.print(f"{built.notebooks} notebooks, rendered with the {built.engine} engine.")
    for document in built.documents:
        OUT.print(f"PDF:  {document}")
    for site in built.sites:
        OUT.print(f"Site: {site / 'index.html'}")
    OUT.print(f"The release is in {built.folder}")


def _wish(final: bool, correction: str, correction_cy: str, by: str, on: str) -> Wish:
    from ssstats.release.states import CORRECTION, DRAFT, FINAL, Wish

    kind = CORRECTION if correction else FINAL if final else DRAFT
    return Wish(kind, on, by, correction, correction_cy)


def sign(
    release: Annotated[Path, typer.Argument(help="Folder of the draft.")],
    by: Annotated[str, typer.Option(help="Who signs.")],
    role: Annotated[str, typer.Option(help="As what: head of profession, lead statistician.")],
    on: Annotated[str, typer.Option(help="The day, as 2025-10-08.")],
    register: Annotated[
        Path, typer.Option(help="Folder of the releases, where sign-offs are kept.")
    ] = Path("reports"),
) -> None:
    """Record that a person signs what a draft says; two have to before it can be final."""
    from ssstats.release.states import SIGNERS_NEEDED
    from ssstats.release.states import sign as sign_release

    signed = sign_release(release, register, by=by, role=role, on=on)
    OUT.print(f"{signed} of {SIGNERS_NEEDED} people have signed what {release} says", markup=False)


def withdraw(
    release: Annotated[Path, typer.Argument(help="Folder of the release.")],
    why: Annotated[str, typer.Option(help="Why, as the page that stays will say.")],
    by: Annotated[str, typer.Option(help="Who decided.")],
    on: Annotated[str, typer.Option(help="The day, as 2025-10-08.")],
) -> None:
    """Take a release back: keep it among the replaced ones, leave a page that says so."""
    from ssstats.release.states import withdraw as withdraw_release

    kept = withdraw_release(release, by=by, why=why, on=on)
    OUT.print(f"Withdrawn; what stood there is kept in {kept}", markup=False)


def demo(
    out: Annotated[
        Path | None, typer.Option(help="Folder to write to [default: data/synthetic].")
    ] = None,
    seed: Annotated[int, typer.Option(help="Another seed gives other returns.")] = 2025,
) -> None:
    """Write the synthetic demonstration returns, and synthetic records to import, anew."""
    from ssstats.catalogue import read_catalogue
    from ssstats.demonstration import write_demonstration, write_synthetic_records
    from ssstats.importers import read_facts
    from ssstats.project import find_project

    project = find_project()
    catalogue = read_catalogue(project.catalogue)
    folder = out or project.demonstration
    written = write_demonstration(
        catalogue,
        folder,
        inputs=project.root / "data" / "demonstration",
        seed=seed,
    )
    OUT.print(f"{len(written)} files of synthetic returns are in {folder}")
    beside = out / "inputs" if out else project.demonstration_records
    codes = read_facts(project.importers, catalogue).codes
    records = write_synthetic_records(beside, codes, seed=seed)
    OUT.print(f"{len(records)} files of synthetic records are in {beside}")


def dictionary() -> None:
    """Write docs/data-dictionary.md anew from the catalogue."""
    from ssstats.catalogue import read_catalogue
    from ssstats.catalogue.dictionary import write_dictionary
    from ssstats.project import find_project

    project = find_project()
    path = project.root / "docs" / "data-dictionary.md"
    path.write_text(write_dictionary(read_catalogue(project.catalogue)), encoding="utf-8")
    OUT.print(f"{path.relative_to(project.root)} is written")
