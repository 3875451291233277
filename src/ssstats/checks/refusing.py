"""Refuses a release whose returns break a rule that must hold, unless somebody answers for it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.checks.results import blocking
from ssstats.errors import ChecksError, UsageError

_MOST_NAMED = 12
_TOLD = ["period", "area", "reference", "rule"]


@dataclass(frozen=True)
class AcceptedErrors:
    """Why a release is built although rules are broken, and who answers for it.

    Both texts are printed in the release, so neither may hold a number.
    """

    reason: str
    by: str

    @classmethod
    def checked(cls, reason: str, by: str) -> AcceptedErrors:
        """Return the two texts.

        Raises
        ------
        UsageError
            If one is blank or holds a digit.
        """
        for option, text in (("--accept-errors", reason), ("--by", by)):
            if not text.strip():
                raise UsageError(f"{option} is blank; give both --accept-errors REASON and --by")
            if any(sign.isdigit() for sign in text):
                raise UsageError(
                    f"{option} holds a digit; the text is printed in the release, where no "
                    "number may tell a count: say it in words without a number"
                )
        return cls(" ".join(reason.split()), " ".join(by.split()))


def refuse_open_errors(
    results: pd.DataFrame, catalogue: Catalogue, accepted: AcceptedErrors | None = None
) -> list[dict[str, str]]:
    """Return the errors that were accepted for this release; none where nothing is broken.

    Each names period, area, reference and rule, and no value.

    Raises
    ------
    ChecksError
        If a rule that must hold is broken without an accepted exception, and nobody accepted it.
    """
    stands = blocking(results)[_TOLD].drop_duplicates().sort_values(_TOLD, ignore_index=True)
    if len(stands) and accepted is None:
        names = dict(zip(catalogue.areas["area"], catalogue.areas["name_en"], strict=True))
        lines = [
            " ".join(filter(None, (row.period, names.get(row.area, row.area), row.reference)))
            + f": {row.rule}"
            for row in stands.head(_MOST_NAMED).itertuples()
        ]
        if len(stands) > _MOST_NAMED:
            lines.append(f"and {len(stands) - _MOST_NAMED} more")
        raise ChecksError(
            "the returns break rules that must hold, and no accepted exception speaks for them:\n"
            + "\n".join(f"  {line}" for line in lines)
            + "\nSee `ssstats check --report FOLDER`; then correct the returns, or record the "
            "exceptions and accept them with `ssstats exceptions decide`, or answer for them with "
            "--accept-errors REASON --by NAME"
        )
    return [{str(k): str(v) for k, v in row.items()} for row in stands.to_dict("records")]
