"""Authorities as people name them on the command line."""

from __future__ import annotations

from collections.abc import Sequence

from ssstats.catalogue import Catalogue
from ssstats.errors import UsageError, listed


def authorities_named(names: Sequence[str], catalogue: Catalogue) -> list[str]:
    """Return the codes of authorities given by code, name or slug; all where none is given.

    Raises
    ------
    UsageError
        Naming every name that is no authority's.
    """
    own = catalogue.areas[catalogue.areas["level"] == "authority"]
    own = own.sort_values("display_order")
    if not names:
        return list(own["area"])
    variants = catalogue.area_names
    known = {
        str(name).casefold(): code
        for column in ("area", "name_en", "name_cy", "slug")
        for name, code in zip(own[column], own["area"], strict=True)
    } | {
        str(variant).casefold(): code
        for variant, code in zip(variants["variant"], variants["area"], strict=True)
        if code in set(own["area"])
    }
    unknown = [name for name in names if name.strip().casefold() not in known]
    if unknown:
        raise UsageError(
            f"authority {listed(unknown)} is not known; use a code, a name or one of "
            f"{listed(own['slug'], most=22)}"
        )
    chosen = {known[name.strip().casefold()] for name in names}
    return [code for code in own["area"] if code in chosen]
