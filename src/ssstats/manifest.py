"""The manifest: a checksum of every file of a release."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

MANIFEST = "manifest.json"


def write_manifest(folder: Path, *, facts: Mapping[str, object]) -> Path:
    """Write manifest.json over all files of a release folder and return its path.

    Parameters
    ----------
    folder : Path
        The release.
    facts : mapping
        What else the manifest says: period, engine.
    """
    files = {
        path.relative_to(folder).as_posix(): checksum(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink() and path.name != MANIFEST
    }
    target = folder / MANIFEST
    text = json.dumps({**facts, "files": files}, ensure_ascii=False, indent=1, sort_keys=True)
    target.write_text(text + "\n", encoding="utf-8")
    return target


def checksum_of_all(folder: Path, paths: Iterable[Path]) -> str:
    """Return one checksum over files: their names below `folder` and their bytes."""
    digest = hashlib.sha256()
    for path in sorted(path for path in paths if path.is_file()):
        digest.update(f"{path.relative_to(folder).as_posix()} {checksum(path)}\n".encode())
    return digest.hexdigest()


def checksum(path: Path) -> str:
    """Return the file's SHA-256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
