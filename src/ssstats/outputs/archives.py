"""Zip archives with the same bytes on every machine: fixed order, fixed times."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

# The earliest time that a zip archive can hold.
_TIME = (1980, 1, 1, 0, 0, 0)


def read_archive(content: bytes) -> dict[str, bytes]:
    """Return the parts of a zip archive by name, in its order."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write_archive(parts: Mapping[str, bytes], path: Path, *, stored: tuple[str, ...] = ()) -> None:
    """Write parts as a zip archive in their order; `stored` ones are not compressed."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, _TIME)
            entry.compress_type = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
