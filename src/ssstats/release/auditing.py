"""The attack on what will be published, here or on a cluster; what it proved is kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ssstats.catalogue import Catalogue, read_catalogue
from ssstats.clusters import cluster_at
from ssstats.disclosure.release_attack_report import (
    attack_release,
    require_protected,
    write_audit,
)
from ssstats.project import Project
from ssstats.release.memory import fingerprint_of_files, recall_bytes, remember_bytes


def audit_tables(
    data: Path,
    audit: Path,
    *,
    catalogue: Catalogue,
    project: Project,
    earlier: Sequence[Path] = (),
    scheduler: str = "",
) -> None:
    """Attack data files as an intruder would and write what was proved, or stop.

    The very same files, attacked by the very same code, need no second attack.

    Parameters
    ----------
    data, audit : Path
        The folder of published tables, and the file to write.
    earlier : sequence of Path
        Data folders of the releases that readers have already.
    scheduler : str
        A Dask scheduler whose workers run the attack, all of it one task, because a figure is
        safe only beside all others; another worker takes it over from a lost one. Blank for here.

    Raises
    ------
    DisclosureError
        If a hidden count can be narrowed more than the policy allows.
    """
    key = fingerprint_of_files([data, *earlier], catalogue)
    if known := recall_bytes(project.memory, key):
        audit.write_bytes(known)
        return
    asked = (data.resolve(), audit.resolve(), project.catalogue, [p.resolve() for p in earlier])
    if scheduler:
        with cluster_at(scheduler) as executor:
            executor.submit(attack_and_write, *asked).result()
    else:
        attack_and_write(*asked)
    remember_bytes(project.memory, key, audit.read_bytes())


def attack_and_write(data: Path, audit: Path, catalogue: Path, earlier: Sequence[Path]) -> None:
    """Attack and write the audit; only paths are handed over, so that any process can do it."""
    report = attack_release(data, read_catalogue(catalogue), earlier)
    require_protected(report)
    write_audit(report, audit)
