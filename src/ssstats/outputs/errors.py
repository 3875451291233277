"""What can go wrong with the files that re-users take."""

from __future__ import annotations

from ssstats.errors import ReleaseError


class OutputsError(ReleaseError):
    """A spreadsheet, upload or data file would break its rules, or two files tell two truths."""

    exit_code = 9
