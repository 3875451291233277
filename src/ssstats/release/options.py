"""What a build is asked for, what it tells while it runs, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ssstats.catalogue import Catalogue
from ssstats.checks import AcceptedErrors
from ssstats.errors import ReturnsError
from ssstats.periods import ReportingYear
from ssstats.project import Project
from ssstats.release.provenance import checksums_of_returns
from ssstats.release.standing import StandingReturns
from ssstats.release.states import A_DRAFT, Wish
from ssstats.release.steps import KeptSteps, StepResult
from ssstats.returns import read_returns


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
    scheduler: str = ""
    policy: str = "round-5"
    published: str = ""
    accepted_errors: AcceptedErrors | None = None
    wish: Wish = A_DRAFT
    commentary: Path | None = None
    strict_welsh: bool = False
    ledger: Path | None = None

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
    steps: tuple[StepResult, ...] = ()


@dataclass(frozen=True)
class Step:
    """One step of a build as a progress display sees it: its words and how far it is."""

    name: str
    done: int = 0
    total: int = 0


@dataclass(frozen=True)
class Making:
    """What every step of a build needs: what to build, where, and what is kept of before.

    `made` and `ground` hold checksums of what all steps stand on, `given` those of the files of
    returns: all as they were when the build began.
    """

    options: ReleaseOptions
    project: Project
    catalogue: Catalogue
    engine: str
    kept: KeptSteps
    made: Mapping[str, object]
    ground: Mapping[str, str]
    given: Mapping[str, str]
    stage: Path
    progress: Callable[[Step], None]

    @cached_property
    def returns(self) -> StandingReturns:
        """The returns, read when they are first asked for and never twice.

        Raises
        ------
        ReturnsError
            If they cannot be read, or are not those that the build began with.
        """
        returns = read_returns(self.options.returns, self.catalogue)
        if checksums_of_returns(self.options.returns) != self.given:
            raise ReturnsError(
                f"{self.options.returns}: the returns were changed while the release was built; "
                "build it again"
            )
        return StandingReturns(returns, self.options.period, self.catalogue)

    @property
    def given_by_file(self) -> dict[str, str]:
        """`given` by names as messages give them."""
        return {f"the returns in {name}": digest for name, digest in self.given.items()}
