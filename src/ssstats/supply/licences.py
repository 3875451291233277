"""The licence of every locked package: as the package declares it, or as it was looked up."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from ssstats.errors import UsageError, listed
from ssstats.supply.installed import description_of
from ssstats.supply.lock import LockedPackage

LICENCE_COLUMNS = ("package", "version", "licence", "note")
_CLASSIFIER = "License :: OSI Approved :: "
# Names that packages give instead of an identifier of the SPDX list.
_SPDX = {
    "apache 2": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd": "BSD-3-Clause",
    "bsd license": "BSD-3-Clause",
    "bsd 3-clause license": "BSD-3-Clause",
    "bsd-3-clause license": "BSD-3-Clause",
    "isc license (iscl)": "ISC",
    "license :: osi approved :: mit license": "MIT",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "new bsd license": "BSD-3-Clause",
    "psfl": "PSF-2.0",
    "python software foundation license": "PSF-2.0",
}


def licence_table(
    packages: Sequence[LockedPackage], looked_up: Path
) -> list[tuple[str, str, str, str]]:
    """Return rows of `LICENCE_COLUMNS` for locked packages that are installed.

    `looked_up` is a CSV of package, licence and note for packages whose own words are not enough.

    Raises
    ------
    UsageError
        If a package is not installed, or declares no licence.
    """
    with looked_up.open(encoding="utf-8", newline="") as file:
        known = {row["package"]: (row["licence"], row["note"]) for row in csv.DictReader(file)}
    rows, silent = [], []
    for package in packages:
        try:
            declared = _licence_of(distribution(package.name))
        except PackageNotFoundError:
            raise UsageError(
                f"{package.name}: locked but not installed; run make release or make test first"
            ) from None
        licence, note = known.get(package.name, (declared, ""))
        if licence in ("", "UNKNOWN"):
            silent.append(package.name)
        rows.append((package.name, package.version, licence, note))
    if silent:
        raise UsageError(
            f"{listed(silent)}: no licence declared; look it up and add it to {looked_up.name}"
        )
    return rows


def write_licences(packages: Sequence[LockedPackage], looked_up: Path, path: Path) -> None:
    """Write the licence table as CSV."""
    rows = licence_table(packages, looked_up)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(LICENCE_COLUMNS)
        writer.writerows(rows)


def _licence_of(found: Distribution) -> str:
    """Return an SPDX expression where one can be read off, else the package's own words."""
    headers = description_of(found)
    expression = headers.get("License-Expression")
    if expression:
        return str(expression)
    classified = [
        text.removeprefix(_CLASSIFIER)
        for text in headers.get_all("Classifier") or []
        if text.startswith(_CLASSIFIER)
    ]
    own = " ".join(str(headers.get("License") or "").split())
    # Some packages put the whole text of their licence here.
    named = own if 0 < len(own) <= 60 else ""
    words = [named] if named.lower() in _SPDX or _is_spdx(named) else classified or [named]
    return " AND ".join(sorted({_SPDX.get(word.lower(), word) for word in words if word}))


def _is_spdx(text: str) -> bool:
    return bool(re.fullmatch(r"[A-Za-z0-9.+-]+(?: (?:OR|AND) [A-Za-z0-9.+-]+)*", text))
