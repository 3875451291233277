"""The places of a text: what stands in braces and is filled from a record."""

from __future__ import annotations

from string import Formatter

from ssstats.errors import CatalogueError

_UNFILLED = "…"


def places_of(text: str) -> frozenset[str]:
    """Return the names of the places in braces of a text.

    Raises
    ------
    CatalogueError
        If a brace is opened and not closed, or a place has no name.
    """
    try:
        names = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    except ValueError as wrong:
        raise CatalogueError(f"{wrong}; write each place as in the English") from None
    if "" in names:
        raise CatalogueError("a pair of braces is empty; write each place as in the English")
    return frozenset(names)


def without_places(text: str) -> str:
    """Return a text as a reader may see it unfilled: each place is three dots."""
    return text.format_map(dict.fromkeys(places_of(text), _UNFILLED))
