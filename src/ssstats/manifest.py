"""The manifest: a checksum of every file of a release."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

MANIFEST = "manifest.json"


def write_manifest(
    folder: Path, *, facts: Mapping[str, object], checksums: Mapping[str, str] | None = None
) -> Path:
    """Write manifest.json over all files of a release folder and return its path.

    Parameters
    ----------
    folder : Path
        The release.
    facts : mapping
        What else the manifest says: period, engine.
    checksums : mapping, optional
        Checksums that were taken already, by name below `folder`.
    """
    paths = [path for path in folder.rglob("*") if not path.is_symlink() and path.name != MANIFEST]
    files = checksums_by_name(folder, paths, checksums)
    target = folder / MANIFEST
    text = json.dumps({**facts, "files": files}, ensure_ascii=False, indent=1, sort_keys=True)
    target.write_text(text + "\n", encoding="utf-8")
    return target


def checksum_of_all(folder: Path, paths: Iterable[Path]) -> str:
    """Return one checksum over files: their names below `folder` and their bytes."""
    digest = hashlib.sha256()
    for name, own in checksums_by_name(folder, paths).items():
        digest.update(f"{name} {own}\n".encode())
    return digest.hexdigest()


def checksums_by_name(
    folder: Path, paths: Iterable[Path], known: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the checksum of each file by its name below `folder`, sorted; or what is known."""
    files = {path.relative_to(folder).as_posix(): path for path in sorted(paths) if path.is_file()}
    taken = known or {}
    return {name: taken.get(name) or checksum(path) for name, path in files.items()}


def checksum_of_text(*parts: object) -> str:
    """Return the checksum of values as Python writes them."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def checksum(path: Path) -> str:
    """Return the file's SHA-256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
