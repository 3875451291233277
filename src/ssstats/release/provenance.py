"""What a release was made from, as far as everybody may know it.

No checksum of a return stands here: most of a return is published, so whoever has its checksum
could try the few counts that are hidden until it fits. Checksums of the returns are kept in a
private record beside the releases instead.
"""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Mapping
from pathlib import Path

import ssstats
from ssstats.errors import UsageError
from ssstats.manifest import MANIFEST, checksum, checksum_of_all, checksum_of_text
from ssstats.project import Project
from ssstats.returns import files_of_returns
from ssstats.supply import installed_packages, read_lock, unlike_lock
from ssstats.whole_files import write_private

RECORDS = "records"


def made_from(project: Project, policy: str) -> dict[str, object]:
    """Return checksums of code, lock, catalogue, policy and notebook templates.

    Parameters
    ----------
    project : Project
        The clone that builds.
    policy : str
        Name of the disclosure policy.
    """
    package = Path(str(ssstats.__file__)).parent
    return {
        "version": ssstats.__version__,
        "python": ".".join(platform.python_version_tuple()[:2]),
        "code": checksum_of_all(package, code_files(package)),
        "lock": checksum(project.lock),
        "unlike_lock": unlike_lock(read_lock(project.lock)),
        "catalogue": checksum_of_all(project.catalogue, project.catalogue.rglob("*.*")),
        "policy": checksum(project.policies / f"{policy}.toml"),
        "templates": checksum_of_all(project.notebooks, project.notebooks.glob("*.ipynb")),
        "theme": checksum_of_all(project.theme, project.theme.rglob("*.*")),
        "book": checksum_of_all(project.root, project.root.glob("[_i]*.[qy]m[dl]")),
    }


def code_files(package: Path) -> list[Path]:
    """Return the files of a package: modules, scripts and tables of rules, not what is compiled."""
    return [path for path in package.rglob("*.*") if path.suffix != ".pyc" and path.is_file()]


def ground_of(made: Mapping[str, object], project: Project, returns: Path) -> dict[str, str]:
    """Return checksums of what every step of a build stands on, by names as messages give them.

    Beside what everybody may know these cover all installed packages, locked or not, and all
    files of the project's data; returns that stand among these are no part of them.

    Parameters
    ----------
    made : mapping
        As `made_from` gives it.
    """
    known = sorted(f"{name} {version}" for name, version in installed_packages())
    given = (project.demonstration, returns.resolve())
    facts = [*(project.root / "data").rglob("*"), *project.handwritten.rglob("*"), project.lock]
    facts = [path for path in facts if not any(map(path.is_relative_to, given))]
    return {
        "the code": str(made["code"]),
        "the environment": checksum_of_text(sys.version, known),
        "the catalogue": checksum_of_all(project.root, facts),
        "the book": checksum_of_text(made["book"], made["theme"]),
    }


def write_record(release: Path, returns: Mapping[str, str], out: Path) -> Path:
    """Write the private record of a release: checksums of the returns that it was made from.

    The record is named after the release's manifest and readable by its owner alone.
    """
    folder = out / f".{RECORDS}"
    folder.mkdir(mode=0o700, exist_ok=True)
    target = folder / f"{checksum(release / MANIFEST)}.json"
    content = json.dumps({"returns": dict(returns)}, indent=1, sort_keys=True)
    return write_private(target, content + "\n")


def recorded_returns(release: Path) -> Mapping[str, str] | None:
    """Return the checksums of the returns of a release, or None where there is no record here.

    Raises
    ------
    UsageError
        If the record is damaged.
    """
    name = f"{checksum(release / MANIFEST)}.json"
    parents = release.resolve().parents
    beside, above = (parents[up] / f".{RECORDS}" / name for up in (0, min(1, len(parents) - 1)))
    # A replaced release stands one folder deeper than it did.
    record = beside if beside.exists() else above
    try:
        found = json.loads(record.read_text(encoding="utf-8"))["returns"]
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        raise UsageError(f"{record.name}: the private record cannot be read; delete it") from None
    return {str(name): str(digest) for name, digest in found.items()}


def checksums_of_returns(returns: Path) -> dict[str, str]:
    """Return the checksum of each file of returns that is read, by its name.

    Raises
    ------
    ReturnsError
        If there are none.
    """
    return {path.name: checksum(path) for path in files_of_returns(returns)}
