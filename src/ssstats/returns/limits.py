"""What a file of returns cannot be: refused before any parser sees it.

A return is a few hundred numbers. Whatever is a thousand times larger, or is built to grow when it
is opened, is damaged or made to stop the reader. `docs/limits.md` states the limits to users.
"""

from __future__ import annotations

import re
import stat
import zipfile
from pathlib import Path

from ssstats.archive_damages import ARCHIVE_DAMAGES
from ssstats.errors import ReturnsError

MOST_TEXT_BYTES = 300_000_000
MOST_UNPACKED_BYTES = 60_000_000
MOST_PARTS = 2_000
MOST_CELLS = 600_000
MOST_MERGED = 20_000
MOST_COLUMNS = 5_000
MOST_PARQUET_CELLS = 100_000_000
# What spreadsheet programs can hold at most.
MOST_SHEET_COLUMNS = 16_384

_CHUNK = 1 << 20
_MERGE = re.compile(
    rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"'
)
_DECLARES = (b"<!DOCTYPE", b"<!ENTITY")
_MACROS = ("vbaproject.bin", "basic/", "scripts/")


def check_is_file(path: Path) -> None:
    """Raise unless the path is a file that ends: no pipe, device or folder.

    Raises
    ------
    ReturnsError
        Naming the file and what it is.
    """
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode):
        raise ReturnsError(f"{path.name}: is no file but a folder, pipe or device; take it away")
    if path.stat().st_size > MOST_TEXT_BYTES:
        raise ReturnsError(
            f"{path.name}: has more than {MOST_TEXT_BYTES:,} bytes; a return is far smaller"
        )


def check_workbook(path: Path) -> None:
    """Raise if a workbook is none, is locked, holds macros, or would grow when it is opened.

    Raises
    ------
    ReturnsError
        Naming the file, and the part or sheet.
    """
    check_is_file(path)
    # Whether the file may be opened at all is another question.
    with path.open("rb") as content:
        try:
            with zipfile.ZipFile(content) as archive:
                _check_parts(path.name, archive.infolist())
                for part in archive.infolist():
                    if part.filename.endswith((".xml", ".rels", ".rdf")):
                        _check_xml(path.name, archive, part)
        except ARCHIVE_DAMAGES:
            raise ReturnsError(
                f"{path.name}: is no workbook, or has a password; save it as XLSX or ODS without "
                "one"
            ) from None


def _check_parts(file: str, parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > MOST_PARTS:
        raise ReturnsError(f"{file}: has more than {MOST_PARTS:,} parts; a return has a few dozen")
    if sum(part.file_size for part in parts) > MOST_UNPACKED_BYTES:
        raise ReturnsError(
            f"{file}: holds more than {MOST_UNPACKED_BYTES:,} bytes unpacked; "
            "a return is far smaller"
        )
    names = [part.filename.lower() for part in parts]
    if len(set(names)) < len(names):
        raise ReturnsError(f"{file}: holds two parts of one name; save it anew")
    if any(part.flag_bits & 0x1 for part in parts):
        raise ReturnsError(f"{file}: has a password; save it as XLSX or ODS without one")
    if any(mark in name for name in names for mark in _MACROS):
        raise ReturnsError(f"{file}: holds macros; save it without them as XLSX or ODS")
    if any(name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) for name in names):
        raise ReturnsError(f"{file}: a part of it points outside the workbook; save it anew")


def _check_xml(file: str, archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Read a part once: its true size, entities, and how many cells it makes."""
    read, content = 0, []
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            read += len(chunk)
            # The size that the archive declares may be a lie.
            if read > MOST_UNPACKED_BYTES:
                raise ReturnsError(
                    f"{file}: holds more than {MOST_UNPACKED_BYTES:,} bytes unpacked; "
                    "a return is far smaller"
                )
            content.append(chunk)
    text = b"".join(content)
    # An entity that names itself many times would fill the memory; no spreadsheet declares any.
    if any(mark in text for mark in _DECLARES) or b"\0" in text[:4]:
        raise ReturnsError(f"{file}: declares entities; save it anew from a spreadsheet")
    if text.count(b"<c ") + text.count(b"<c>") + text.count(b":table-cell") > MOST_CELLS:
        raise ReturnsError(
            f"{file}: has more than {MOST_CELLS:,} cells; a return has a few hundred"
        )
    merged = sum(_places(*found.groups()) for found in _MERGE.finditer(text))
    if merged > MOST_MERGED:
        raise ReturnsError(
            f"{file}: merges more than {MOST_MERGED:,} cells into one; take the merging off"
        )


def _places(left: bytes, top: bytes, right: bytes, bottom: bytes) -> int:
    rows = abs(int(bottom) - int(top)) + 1
    return rows * (abs(_column(right) - _column(left)) + 1)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number
