"""The lock: which packages, in which versions, with which checksums."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ssstats.errors import UsageError
from ssstats.supply.installed import plain_name, versions_by_name

_PINNED = re.compile(r"^(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)==(?P<version>[^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:(?P<digest>[0-9a-f]{64})")


@dataclass(frozen=True)
class LockedPackage:
    """A package as the lock pins it; `digests` are SHA-256 checksums of its files, sorted."""

    name: str
    version: str
    digests: tuple[str, ...]


def read_lock(path: Path) -> list[LockedPackage]:
    """Return the packages that a requirements lock pins, sorted by name.

    Raises
    ------
    UsageError
        If the lock cannot be read, or a line pins nothing or has no checksum.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as problem:
        raise UsageError(f"{path.name}: cannot be read ({problem.strerror})") from None
    packages = []
    # A package and its checksums are one line that backslashes fold.
    for number, line in enumerate(text.replace("\\\n", " ").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        pinned, digests = _PINNED.match(line), _HASH.findall(line)
        if pinned is None or not digests:
            raise UsageError(
                f"{path.name}, entry {number}: every entry is name==version with checksums; "
                "make the lock anew with make lock"
            )
        packages.append(
            LockedPackage(pinned["name"].lower(), pinned["version"], tuple(sorted(digests)))
        )
    return sorted(packages, key=lambda package: package.name)


def unlike_lock(packages: Sequence[LockedPackage]) -> list[str]:
    """Return for each package that is not installed as locked what was found, sorted."""
    installed = versions_by_name()
    return [
        f"{package.name}: locked {package.version}, found {found}"
        for package in packages
        if (found := installed.get(plain_name(package.name), "nothing")) != package.version
    ]
