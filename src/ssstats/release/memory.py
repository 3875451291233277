"""Published counts of an earlier build, reused where nothing that they depend on has changed.

Hiding what else must be hidden is the longest step of a build, and a function of the quantities,
the policy, the identities and the code of disclosure control. A result is kept under the checksum
of all of these. What is kept has passed the gate: no unprotected count is in it.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from ssstats import disclosure, distinct, expressions, matched, periods
from ssstats.catalogue import Catalogue
from ssstats.disclosure.earlier import EarlierRelease
from ssstats.disclosure.policy import Policy

# Another release of these may find another pattern, as safe but not the same.
_SOLVERS = ("highspy", "numpy", "pandas", "scipy")


def fingerprint(
    quantities: pd.DataFrame,
    policy: Policy,
    catalogue: Catalogue,
    earlier: Sequence[EarlierRelease] = (),
) -> str:
    """Return the checksum of everything that decides what is hidden."""
    digest = hashlib.sha256()
    before = [frame for release in earlier for frame in (release.counts, release.broken)]
    facts = (catalogue.areas, catalogue.identities, catalogue.metrics)
    for frame in (quantities, *facts, *before):
        digest.update("|".join(frame.columns).encode())
        digest.update(pd.util.hash_pandas_object(frame, index=False).to_numpy().tobytes())
    digest.update(repr(policy).encode())
    digest.update(_code())
    return digest.hexdigest()


def fingerprint_of_files(folders: Sequence[Path], catalogue: Catalogue) -> str:
    """Return the checksum of published data folders and of the code that attacks them."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted([*folder.glob("*.csv"), *folder.glob("*.json")]):
            digest.update(path.name.encode() + path.read_bytes())
    for frame in (catalogue.areas, catalogue.identities, catalogue.measures, catalogue.populations):
        digest.update(pd.util.hash_pandas_object(frame, index=False).to_numpy().tobytes())
    digest.update(_code())
    return digest.hexdigest()


def recall(folder: Path, key: str) -> pd.DataFrame | None:
    """Return the published counts kept under `key`, or None where there are none to trust."""
    content = recall_bytes(folder, key)
    return None if content is None else pd.read_parquet(io.BytesIO(content))


def remember(folder: Path, key: str, counts: pd.DataFrame) -> None:
    """Keep published counts under `key`."""
    remember_bytes(folder, key, counts.to_parquet())


def recall_bytes(folder: Path, key: str) -> bytes | None:
    """Return what was kept under `key`; a damaged file is worth nothing."""
    try:
        seal, _, content = (folder / key).read_bytes().partition(b"\n")
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest().encode() == seal else None


def remember_bytes(folder: Path, key: str, content: bytes) -> None:
    """Keep content under `key`; a folder that cannot be written is no reason to stop."""
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        seal = hashlib.sha256(content).hexdigest().encode()
        handle, name = tempfile.mkstemp(dir=folder)
        with os.fdopen(handle, "wb") as file:
            file.write(seal + b"\n" + content)
        Path(name).replace(folder / key)


def _code() -> bytes:
    """Return the checksum of disclosure control's code and of the solvers that it calls."""
    digest = hashlib.sha256()
    for name in _SOLVERS:
        digest.update(f"{name} {version(name)}".encode())
    room = Path(str(disclosure.__file__)).parent
    for path in [
        *sorted(room.glob("*.py")),
        *(Path(str(m.__file__)) for m in (distinct, expressions, matched, periods)),
    ]:
        digest.update(path.read_bytes())
    return digest.digest()
