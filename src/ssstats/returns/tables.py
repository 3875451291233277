"""Tables of returns in a file of their own: which layout a header shows, and its texts."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.errors import ReturnsError, listed
from ssstats.returns.text_tables import read_text_table
from ssstats.returns.understanding import OPTIONAL, REQUIRED

_PLACE = ("file", "sheet", "row", "encoding")


def read_table(path: Path, catalogue: Catalogue) -> pd.DataFrame:
    """Return the texts of one CSV or Parquet file, one row a value.

    Raises
    ------
    ReturnsError
        If the file is no table, or its header is that of no layout.
    """
    table = read_text_table(path)
    frame = table.frame.assign(file=path.name, sheet="", encoding=table.encoding)
    names = [str(name) for name in frame.columns if name not in _PLACE]
    missing = [name for name in REQUIRED if name not in names]
    unknown = [name for name in names if name not in REQUIRED and name not in OPTIONAL]
    if missing or unknown:
        raise ReturnsError(
            f"{path.name}: "
            + (f"column {listed(missing)} is missing; " if missing else "")
            + (f"column {listed(unknown)} is not known; " if unknown else "")
            + f"use {', '.join(REQUIRED)} and, where needed, {listed(OPTIONAL)}"
        )
    return frame
