"""The software bill of materials of a release, in CycloneDX 1.6.

The same lock gives the same bytes: the serial number comes from the lock and there is no date.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from pathlib import Path

from ssstats import __version__
from ssstats.supply.lock import LockedPackage

_SPACE = uuid.UUID("6f1f5d0a-52a0-4b36-9d0e-1f9c6a4c9b5e")


def write_bill_of_materials(
    packages: Sequence[LockedPackage], licences: Sequence[tuple[str, str, str, str]], path: Path
) -> None:
    """Write the bill of materials of locked packages as JSON.

    Parameters
    ----------
    packages : sequence of LockedPackage
        What a build needs.
    licences : sequence of rows of `LICENCE_COLUMNS`
        The licence of each.
    """
    licence = {name: text for name, _, text, _ in licences}
    whole = "\n".join(f"{each.name}=={each.version} {' '.join(each.digests)}" for each in packages)
    bill = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(_SPACE, __version__ + whole)}",
        "version": 1,
        "metadata": {"component": _product()},
        "components": [_component(each, licence.get(each.name, "")) for each in packages],
        "dependencies": [
            {"ref": _product()["bom-ref"], "dependsOn": [_reference(each) for each in packages]}
        ],
    }
    path.write_text(json.dumps(bill, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _product() -> dict[str, object]:
    return {
        "type": "application",
        "bom-ref": f"pkg:generic/ssstats@{__version__}",
        "name": "ssstats",
        "version": __version__,
        "licenses": [{"license": {"id": "MIT"}}],
    }


def _component(package: LockedPackage, licence: str) -> dict[str, object]:
    # The lock holds a checksum for each file that may be installed, one a platform; which of them
    # was taken differs between machines, so the bill names none as the component's own.
    component: dict[str, object] = {
        "type": "library",
        "bom-ref": _reference(package),
        "name": package.name,
        "version": package.version,
        "purl": _reference(package),
    }
    if licence:
        component["licenses"] = [{"expression": licence}]
    return component


def _reference(package: LockedPackage) -> str:
    return f"pkg:pypi/{package.name}@{package.version}"
