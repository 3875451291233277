"""Where the project's own files are: catalogue, policies, notebooks, demonstration returns.

The one place that knows the layout of the repository. Rooms take paths from here or from their
caller; none of them looks for files by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ssstats.errors import UsageError

_LANDMARKS = ("_quarto.yml", "data/catalogue", "notebooks")


@dataclass(frozen=True)
class Project:
    """The folder that holds data/, notebooks/ and _quarto.yml."""

    root: Path

    @property
    def catalogue(self) -> Path:
        """Facts as tables: areas, metrics, measures, words."""
        return self.root / "data" / "catalogue"

    @property
    def furniture(self) -> Path:
        """What a release says of itself: publication, contact, statutory basis, related links."""
        return self.catalogue / "release.toml"

    @property
    def policies(self) -> Path:
        """Disclosure policies, one TOML file each."""
        return self.root / "data" / "policy"

    @property
    def commentary_rules(self) -> Path:
        """Numbers that decide what the commentary says."""
        return self.root / "data" / "commentary" / "rules.toml"

    @property
    def handwritten(self) -> Path:
        """What people wrote themselves: a folder a period, in it one a language."""
        return self.root / "commentary"

    @property
    def demonstration(self) -> Path:
        """Synthetic compiled returns."""
        return self.root / "data" / "synthetic"

    @property
    def demonstration_records(self) -> Path:
        """Synthetic records about persons, for the importers."""
        return self.root / "data" / "synthetic-inputs"

    @property
    def importers(self) -> Path:
        """Layouts of records about persons, and how they are counted into returns."""
        return self.root / "data" / "importers"

    @property
    def notebooks(self) -> Path:
        """Notebook templates, without outputs."""
        return self.root / "notebooks"

    @property
    def book(self) -> Path:
        """The book's definition, read by Quarto and by the embedded engine."""
        return self.root / "_quarto.yml"

    @property
    def theme(self) -> Path:
        """Styles, templates and filters of pages and documents."""
        return self.root / "theme"

    @property
    def lock(self) -> Path:
        """What a build needs, each package pinned with its checksums."""
        return self.root / "requirements.lock"

    @property
    def licences(self) -> Path:
        """Licences of packages whose own words are not enough."""
        return self.root / "data" / "supply" / "licences_looked_up.csv"

    @property
    def memory(self) -> Path:
        """Results of earlier builds that may be used again; safe to delete."""
        return self.root / ".cache" / "gate"


def find_project(start: Path | None = None) -> Project:
    """Return the project around `start` (default: here), else the one this package stands in.

    Raises
    ------
    UsageError
        If neither holds the project's files.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents, Path(__file__).resolve().parents[2]):
        if all((folder / landmark).exists() for landmark in _LANDMARKS):
            return Project(folder)
    raise UsageError(
        "the project's files were not found; run ssstats inside a clone of the repository "
        f"(a folder with {', '.join(_LANDMARKS)})"
    )
