"""What must not stand in a final release or beside it: packs, returns and other intermediates.

A file that a release's manifest names is what was built. Every other file is looked into, whatever
its name: marks of packs and reports, figures in tables, and what nobody can look into.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ssstats.disclosure.ledger import LEDGER_FILE, read_ledger
from ssstats.errors import DisclosureError, UsageError
from ssstats.manifest import MANIFEST, checksum
from ssstats.release.provenance import RECORDS
from ssstats.release.verifying import read_manifest
from ssstats.scanning.texts import texts_of

# What packs, reports of checks and lists of exceptions say at their head, in both languages.
MARKS = ("official-sensitive", "swyddogol-sensitif")
# Kept steps and private records, which stand beside every release.
_OWN_FOLDERS = re.compile(rf"\.{RECORDS}|\.\d{{4}}-\d{{2}}-work")
# A kept result of the gate begins with its seal.
_SEALED = re.compile(rb"[0-9a-f]{64}\n")
_PACK_FACTS = ("recipient", "authority")
# Columns of tables of figures; metrics and areas as columns of their own: AD/001, W06000023.
_FIGURES_OF = {"area", "reference", "measure", "metric", "edition"}
_FIGURES = re.compile(r"[a-z]{2}/\d{1,3}[a-z]?|w0[69]\d{6}")
_READ_OF_HEADER = 65536
_NAMED = 10


@dataclass(frozen=True, order=True)
class Stray:
    """A file or folder that must not be there, and what it is."""

    file: str
    what: str

    def __str__(self) -> str:
        return f"{self.file} ({self.what})"


def require_no_stray(place: Path, *, stage: Path | None = None) -> None:
    """Raise where anything unprotected stands in a release's folder or beside it.

    Parameters
    ----------
    place : Path
        Where the release stands or will stand.
    stage : Path, optional
        The folder in which it is being built, which is not looked into.

    Raises
    ------
    DisclosureError
        Naming what was found and where.
    """
    if not place.parent.is_dir():
        return
    found = sorted(_in_folder(place.parent, place.parent, stage))
    if found:
        rest = len(found) - _NAMED
        raise DisclosureError(
            f"{place.parent}: {len(found)} files must not stand in or beside a final release: "
            + "; ".join(map(str, found[:_NAMED]))
            + (f" and {rest} more" if rest > 0 else "")
            + "; move them to a private folder elsewhere"
        )


def _in_folder(folder: Path, out: Path, stage: Path | None) -> Iterator[Stray]:
    if folder == stage or _OWN_FOLDERS.fullmatch(folder.name):
        return
    built, pack = _named_by_manifest(folder)
    if pack:
        yield Stray(folder.relative_to(out).as_posix(), "a pack for named readers")
        return
    if built is not None:
        yield from _in_release(folder, out, built)
        return
    entered = read_ledger(folder) if (folder / LEDGER_FILE).is_file() else []
    for path in sorted(folder.iterdir()):
        name = path.relative_to(out).as_posix()
        if path.is_symlink():
            yield Stray(name, "a link, which may lead anywhere")
        elif path.is_dir():
            if path not in entered:
                yield from _in_folder(path, out, stage)
        elif what := what_stands_in(path):
            yield Stray(name, what)


def _in_release(folder: Path, out: Path, built: dict[str, str]) -> Iterator[Stray]:
    """Yield what stands in a release that its manifest does not name, or was changed."""
    for path in sorted(folder.rglob("*")):
        own = path.relative_to(folder).as_posix()
        if own == MANIFEST or (path.is_dir() and not path.is_symlink()):
            continue
        name = path.relative_to(out).as_posix()
        if path.is_symlink():
            yield Stray(name, "a link, which may lead anywhere")
        elif own not in built:
            yield Stray(name, what_stands_in(path) or "no file of this release")
        elif checksum(path) != built[own]:
            yield Stray(name, what_stands_in(path) or "changed since the release was built")


def _named_by_manifest(folder: Path) -> tuple[dict[str, str] | None, bool]:
    """Return the files of a release, None for any other folder; and whether it is a pack."""
    try:
        return dict(read_manifest(folder)["files"]), False
    except UsageError:
        pass
    try:
        facts = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None, False
    return None, isinstance(facts, dict) and any(fact in facts for fact in _PACK_FACTS)


def what_stands_in(path: Path) -> str:
    """Return what a file that no manifest names is, blank where nothing speaks against it."""
    try:
        content = path.read_bytes()
    except OSError:
        return "cannot be read"
    if _SEALED.match(content):
        return "a kept result of the disclosure gate"
    if zipfile.is_zipfile(io.BytesIO(content)):
        # Whatever its name: a workbook, a document, an archive.
        return _marked("book.zip", content) or "a workbook that no manifest names"
    return _marked(path.name, content) or _figures(path.name, content)


def _marked(name: str, content: bytes) -> str:
    marked = "marked as official-sensitive: figures before disclosure control"
    # As it stands first: the name may say another kind than the file is.
    if any(mark.encode() in content.lower() for mark in MARKS):
        return marked
    try:
        texts = texts_of(name, content)
        found = any(mark in text.casefold() for _, text in texts for mark in MARKS)
    except UsageError:
        return "cannot be looked into"
    return marked if found else ""


def _figures(name: str, content: bytes) -> str:
    """Return what a table of areas' figures is: it may be returns, or what came of them."""
    if name.lower().endswith(".parquet"):
        return "a table that no manifest names"
    line = content[:_READ_OF_HEADER].decode("utf-8-sig", "replace").partition("\n")[0]
    header = {cell.strip(' "\r').casefold() for cell in re.split("[,;\t]", line)}
    if len(header & _FIGURES_OF) > 1 or any(map(_FIGURES.fullmatch, header)):
        return "a table of authorities' figures that no manifest names"
    return ""
