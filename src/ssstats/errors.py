"""What can go wrong, in words for the person at the keyboard.

Every error that a user can cause is a `ReleaseError`: the command prints its message without a
traceback and ends with its exit code. A message says what was wrong, where, what is allowed and
what to do, and never prints an unprotected count.
"""

from __future__ import annotations


class ReleaseError(Exception):
    """A mistake that the user can mend. The message is complete in itself."""

    exit_code = 1


class UsageError(ReleaseError):
    """An option or argument that is not known: period, area, policy, language, engine."""

    exit_code = 2


class CatalogueError(ReleaseError):
    """A table under data/catalogue or data/policy breaks its schema."""

    exit_code = 3


class ReturnsError(ReleaseError):
    """A compiled return cannot be read, or holds something that is not known."""

    exit_code = 4


class ChecksError(ReleaseError):
    """The returns break a rule that blocks a release."""

    exit_code = 5


class DisclosureError(ReleaseError):
    """A table cannot be protected, or the attack found an open cell."""

    exit_code = 6


class NotebookError(ReleaseError):
    """A notebook has no parameters cell, takes an unknown parameter, or a cell of it failed."""

    exit_code = 7


class RenderError(ReleaseError):
    """The site or the PDF could not be made."""

    exit_code = 8


class WordingError(ReleaseError):
    """A text claims more than the data show, or breaks a rule of wording."""

    exit_code = 10


def listed(values: object, *, most: int = 12) -> str:
    """Return the distinct values, sorted and joined by commas, cut after `most` of them."""
    distinct = sorted({str(value) for value in values})  # type: ignore[attr-defined]
    shown = ", ".join(distinct[:most])
    rest = len(distinct) - most
    return f"{shown} and {rest} more" if rest > 0 else shown
