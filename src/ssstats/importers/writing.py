"""An import on disk: the return, and beside it what was noted, asked and compared.

Files under import/ are no returns: a reader of the folder takes the return alone. All are private:
they come of records about persons, before disclosure control.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ssstats.formatting import csv_text
from ssstats.importers.deriving import Imported
from ssstats.returns import Returns, write_compiled
from ssstats.returns.exceptions import no_exceptions
from ssstats.whole_files import write_private

_BESIDE = "import"


def write_import(
    imported: Imported,
    folder: Path,
    *,
    reconciled: tuple[Returns, pd.DataFrame] | None = None,
) -> list[Path]:
    """Write an import into a folder and return the files written.

    Without a typed return, imported-<records>-<period>.csv holds the derived values; imports of
    other records may be written into the same folder. With one, compiled-returns.csv holds the
    typed return with the derived values in it.

    Parameters
    ----------
    reconciled : Returns and DataFrame
        As `reconcile` returns them.
    """
    name = f"{imported.layout}-{imported.period}"
    beside = folder / _BESIDE
    if reconciled is None:
        returns = Returns(values=imported.values, exceptions=no_exceptions(), files=())
        written = write_compiled(returns, folder, name=f"imported-{name}.csv")
    else:
        written = write_compiled(reconciled[0], folder)
    written.append(_write(imported.notes, beside / f"notes-{name}.csv"))
    if imported.response is not None:
        written.append(_write(imported.response, beside / f"response-{name}.csv"))
    if reconciled is not None:
        written.append(_write(reconciled[1], beside / f"reconciliation-{name}.csv"))
    return written


def _write(table: pd.DataFrame, path: Path) -> Path:
    return write_private(path, csv_text(table))
