"""Whether a part of a spreadsheet or document is well-formed XML. Knows no format."""

from __future__ import annotations

from functools import lru_cache
from xml.parsers import expat


# A build reads the same spreadsheets twice: to search them, and to compare their figures.
@lru_cache(maxsize=512)
def require_well_formed(content: bytes) -> None:
    """Parse XML and leave it.

    Raises
    ------
    xml.parsers.expat.ExpatError
        If it is not well formed.
    """
    expat.ParserCreate().Parse(content, True)
