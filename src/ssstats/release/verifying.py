"""Is a release what its manifest says, and was it made by what stands here?"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ssstats.errors import UsageError, listed
from ssstats.manifest import MANIFEST, checksum
from ssstats.project import Project
from ssstats.release.provenance import checksums_of_returns, made_from, recorded_returns

_DIGEST = re.compile(r"[0-9a-f]{64}")
# A manifest of a whole release in two languages is about a hundredth of this.
_LARGEST_MANIFEST = 32 * 2**20


@dataclass(frozen=True)
class Verification:
    """What was found: files, sorted, and what this clone is unlike the one that built.

    `made_elsewhere` names the parts (code, lock, catalogue, policy, templates) that differ here;
    `returns` says whether the returns given are those of the private record: "same", "other",
    "no record", or "" where none were given.
    """

    files: int
    changed: tuple[str, ...]
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    made_elsewhere: tuple[str, ...]
    returns: str

    @property
    def as_published(self) -> bool:
        """Whether every file is there, unchanged, and nothing else is."""
        return not (self.changed or self.missing or self.extra)


def verify_release(release: Path, project: Project, *, returns: Path | None = None) -> Verification:
    """Compare a release folder with its manifest, and this clone with the one that built it.

    Raises
    ------
    UsageError
        If the folder has no manifest, or the manifest cannot be trusted: it is damaged, or names
        a file outside the release.
    """
    manifest = read_manifest(release)
    named: Mapping[str, str] = manifest["files"]
    found = {path.relative_to(release).as_posix(): path for path in sorted(release.rglob("*"))}
    # A link could point anywhere: it is never what was published.
    files = {name: path for name, path in found.items() if path.is_file() and not path.is_symlink()}
    odd = {name for name, path in found.items() if path.is_symlink() or not _ordinary(path)}
    here = made_from(project, manifest["parameters"]["policy"])
    return Verification(
        files=len(named),
        changed=tuple(
            sorted(name for name in named if name in files and checksum(files[name]) != named[name])
        ),
        missing=tuple(sorted(set(named) - set(files))),
        extra=tuple(sorted((set(files) - set(named) - {MANIFEST}) | odd)),
        made_elsewhere=tuple(
            sorted(part for part, own in manifest["made_from"].items() if here.get(part) != own)
        ),
        returns=_compare_returns(release, returns),
    )


def read_manifest(release: Path) -> dict:
    """Return a release's manifest after looking that it is whole and stays inside the release.

    Raises
    ------
    UsageError
        As `verify_release`.
    """
    path = release / MANIFEST
    try:
        if path.is_symlink() or path.stat().st_size > _LARGEST_MANIFEST:
            raise UsageError(f"{path}: a link, or too large for a manifest; it is not read")
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise UsageError(f"{release}: no {MANIFEST}; give the folder of a release") from None
    except (ValueError, RecursionError):
        raise UsageError(f"{path}: damaged; take the release from where it was published") from None
    _check_shape(manifest, path)
    outside = [name for name in manifest["files"] if not _stays_inside(name)]
    if outside:
        raise UsageError(f"{path}: names files outside the release ({listed(map(repr, outside))})")
    return manifest


def describe_verification(found: Verification) -> list[str]:
    """Return what was found in sentences."""
    lines = [
        f"{found.files} files: " + ("as published" if found.as_published else "not as published")
    ]
    for word, names in (
        ("changed", found.changed), ("missing", found.missing), ("not of this release", found.extra)
    ):  # fmt: skip
        lines += [f"{word}: {name}" for name in names]
    if found.made_elsewhere:
        lines.append(
            f"This clone differs from the one that built it in: {', '.join(found.made_elsewhere)}"
        )
    else:
        lines.append("Built with the code, catalogue, policy and locked packages that stand here.")
    returns = {
        "same": "The returns are those that it was built from.",
        "other": "The returns are NOT those that it was built from.",
        "no record": "There is no private record of this release here to hold the returns against.",
    }
    return lines + ([returns[found.returns]] if found.returns else [])


def _check_shape(manifest: object, path: Path) -> None:
    sections = ("files", "made_from", "parameters")
    if not isinstance(manifest, dict) or not all(
        isinstance(manifest.get(section), dict) for section in sections
    ):
        raise UsageError(f"{path}: not a manifest of ssstats; it has no {', '.join(sections)}")
    odd = [
        name
        for name, digest in manifest["files"].items()
        if not isinstance(digest, str) or not _DIGEST.fullmatch(digest)
    ]
    if odd or not isinstance(manifest["parameters"].get("policy"), str):
        raise UsageError(f"{path}: damaged near {listed(map(repr, odd or ['policy']))}")
    if not re.fullmatch(r"[a-z0-9-]+", manifest["parameters"]["policy"]):
        raise UsageError(
            f"{path}: {manifest['parameters']['policy']!r} is not the name of a policy"
        )


def _stays_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return (
        not path.is_absolute()
        and ".." not in path.parts
        and "\\" not in name
        and "\0" not in name
        and str(path) == name
    )


def _ordinary(path: Path) -> bool:
    return path.is_file() or path.is_dir()


def _compare_returns(release: Path, returns: Path | None) -> str:
    if returns is None:
        return ""
    if not returns.exists():
        raise UsageError(f"{returns}: no such file or folder of returns")
    recorded = recorded_returns(release)
    if recorded is None:
        return "no record"
    return "same" if checksums_of_returns(returns) == recorded else "other"
