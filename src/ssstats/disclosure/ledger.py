"""The ledger of releases: what was ever published, in order, each entry sealed by the next.

A folder with one folder for each release and ledger.csv, which chains their checksums: what was
published cannot be changed afterwards without being noticed. Published files only.
"""

from __future__ import annotations

import csv
import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ssstats.disclosure.earlier import EarlierRelease
from ssstats.disclosure.release_attack_files import KEPT_FILES, read_published_files
from ssstats.errors import DisclosureError, UsageError

LEDGER_FILE = "ledger.csv"
_COLUMNS = ("number", "folder", "period", "policy", "sha256", "chain")


@dataclass(frozen=True)
class Entry:
    """One release in the ledger; `chain` seals it together with all before it."""

    number: str
    folder: str
    period: str
    policy: str
    sha256: str
    chain: str


def read_ledger(folder: Path) -> list[Path]:
    """Return the data folders of all releases in a ledger, the oldest first.

    Raises
    ------
    DisclosureError
        If an entry was changed, removed or put in between.
    """
    return [folder / entry.folder for entry in _entries(folder)]


def read_earlier(folders: Sequence[Path]) -> list[EarlierRelease]:
    """Return what releases told, from their data folders, the oldest first."""
    files = [read_published_files(folder) for folder in folders]
    return [EarlierRelease(each.counts, each.broken) for each in files]


def enter_release(folder: Path, published: Path) -> bool:
    """Add the published data folder of a release; return False where it is the last entry already.

    Raises
    ------
    DisclosureError
        If the ledger was changed.
    """
    entries = _entries(folder)
    files = read_published_files(published)
    seal = _seal(published)
    if entries and entries[-1].sha256 == seal:
        return False
    number = f"{len(entries) + 1:04d}"
    period = str(files.period)
    own = f"{number}-{period}"
    chain = _chain(entries[-1].chain if entries else "", own, seal)
    entry = Entry(number, own, period, str(files.policy["name"]), seal, chain)
    place, stage = folder / own, folder / f".{own}"
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(parents=True)
    for name in KEPT_FILES:
        shutil.copyfile(published / name, stage / name)
    # What stands here without a line in the ledger was left by a build that was broken off.
    shutil.rmtree(place, ignore_errors=True)
    stage.rename(place)
    _write(folder, [*entries, entry])
    return True


def _entries(folder: Path) -> list[Entry]:
    path = folder / LEDGER_FILE
    if not path.is_file():
        if folder.exists() and not folder.is_dir():
            raise UsageError(f"{folder.name}: a ledger is a folder; give one")
        return []
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        if tuple(reader.fieldnames or ()) != _COLUMNS:
            raise DisclosureError(
                f"{LEDGER_FILE}: its columns are not {', '.join(_COLUMNS)}; restore the ledger"
            )
        entries = [Entry(**row) for row in reader]
    before = ""
    for number, entry in enumerate(entries, start=1):
        place = folder / entry.folder
        is_whole = all((place / name).is_file() for name in KEPT_FILES)
        seal = _seal(place) if is_whole else ""
        sealed = _chain(before, entry.folder, entry.sha256)
        if seal != entry.sha256 or sealed != entry.chain or entry.number != f"{number:04d}":
            raise DisclosureError(
                f"{LEDGER_FILE}, row {number + 1}: {entry.folder} is not what was entered; what "
                "was published once cannot be changed: restore the ledger from a copy"
            )
        before = entry.chain
    return entries


def _write(folder: Path, entries: list[Entry]) -> None:
    stage = folder / f".{LEDGER_FILE}"
    with stage.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(_COLUMNS)
        writer.writerows([getattr(entry, name) for name in _COLUMNS] for entry in entries)
    stage.replace(folder / LEDGER_FILE)


def _seal(published: Path) -> str:
    digest = hashlib.sha256()
    for name in KEPT_FILES:
        digest.update(name.encode() + b"\n" + (published / name).read_bytes())
    return digest.hexdigest()


def _chain(before: str, folder: str, seal: str) -> str:
    return hashlib.sha256(f"{before}\n{folder}\n{seal}".encode()).hexdigest()
