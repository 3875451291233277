"""What the product is made of: locked packages, their licences, the bill of materials.

Reads the lock and what is installed; knows nothing of returns or releases.
"""

from ssstats.supply.bill import write_bill_of_materials
from ssstats.supply.installed import installed_packages
from ssstats.supply.licences import LICENCE_COLUMNS, licence_table, write_licences
from ssstats.supply.lock import LockedPackage, read_lock, unlike_lock

__all__ = [
    "LICENCE_COLUMNS",
    "LockedPackage",
    "installed_packages",
    "licence_table",
    "read_lock",
    "unlike_lock",
    "write_bill_of_materials",
    "write_licences",
]
