"""Where packs may stand, who may read them, and the register of whom they were made for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ssstats.errors import UsageError
from ssstats.manifest import MANIFEST
from ssstats.packs.errors import PackError
from ssstats.release.places import put_in_place, staging
from ssstats.whole_files import PRIVATE, append_row, private_files

FOLDER_MODE = 0o700
REGISTER = "register.csv"
REGISTER_COLUMNS = (
    "made",
    "kind",
    "period",
    "recipient",
    "folder",
    "policy",
    "returns",
    "manifest",
)
# What tells the folder of a public release.
_OF_A_RELEASE = (MANIFEST, "data/release.json")
_PUBLIC_NAMES = ("reports", "site")


def check_place(out: Path, project_root: Path) -> Path:
    """Return the folder for packs, its links followed, where the public does not read.

    Raises
    ------
    PackError
        If it is or lies in the folder of a public release, of releases, or of the project's data.
    """
    place = out.resolve()
    root = project_root.resolve()
    refused = [root / name for name in (*_PUBLIC_NAMES, "data", "docs")]
    for folder in (place, *place.parents):
        if folder in refused or _is_public(folder):
            raise PackError(
                f"{out}: packs hold figures before disclosure control and never stand in or beside "
                f"a public release ({folder.name}); give a private folder outside it"
            )
    if place.exists() and not place.is_dir():
        raise PackError(f"{out} is a file; give a folder")
    return place


def _is_public(folder: Path) -> bool:
    """Return whether a folder is a public release, or holds releases by their years."""
    try:
        years = [path for path in folder.glob("20[0-9][0-9]-[0-9][0-9]") if path.is_dir()]
    except PermissionError:
        return False
    return any(_is_release(path) for path in (folder, *years))


def _is_release(folder: Path) -> bool:
    try:
        return all((folder / name).is_file() for name in _OF_A_RELEASE)
    except PermissionError:
        return False


def checked_recipient(recipient: str) -> str:
    """Return whom a pack is for, in one line.

    Raises
    ------
    UsageError
        If it names nobody.
    """
    plain = " ".join(recipient.split())
    if not slug_of(plain):
        raise UsageError("a pack is for somebody: name the recipient with --for")
    return plain


def slug_of(name: str) -> str:
    """Return a name as a part of a folder name: lower case, words joined by dashes."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")


@contextmanager
def private_stage(out: Path, name: str) -> Iterator[Path]:
    """Give a private folder in which a pack is made; it is removed whatever happens."""
    with private_files(), staging(out, name, mode=FOLDER_MODE) as stage:
        yield stage


def put_away(stage: Path, place: Path) -> Path:
    """Rename a finished pack to its place, readable by its owner alone."""
    for path in (stage, *stage.rglob("*")):
        path.chmod(FOLDER_MODE if path.is_dir() else PRIVATE)
    return put_in_place(stage, place)


def register(out: Path, row: Sequence[str]) -> Path:
    """Add one row to the register of packs beside them.

    Raises
    ------
    UsageError
        If the file that stands there is no register of packs.
    """
    return append_row(out / REGISTER, REGISTER_COLUMNS, row, mode=PRIVATE)
