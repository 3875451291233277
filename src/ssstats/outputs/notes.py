"""Numbered notes of a workbook: which of the catalogue's notes belong to its tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ssstats.catalogue import Catalogue
from ssstats.outputs.labels import own_metrics
from ssstats.outputs.plan import Subject

# Notes that are true of rounded counts only, and of exact counts only.
_ON_ROUNDING = ("figures-rounded", "limits-from-published")
_ON_EXACT = ("limits-from-exact",)
# Notes on kinds of figures come first, in the order in which they apply.
_KINDS = ("release", "counts", "rates", "percentages", "means", "authorities", "proxy")


@dataclass(frozen=True)
class Notes:
    """Note texts in order; `scopes` says what each applies to."""

    texts: tuple[str, ...]
    scopes: tuple[str, ...]

    def of_kinds(self, kinds: Sequence[str]) -> list[int]:
        """Return the numbers of the notes on these kinds of figures and on the whole release."""
        wanted = {"release", *kinds}
        return [n for n, scope in enumerate(self.scopes, start=1) if scope in wanted]

    def of_metric(self, reference: str) -> list[int]:
        """Return the numbers of the notes on a metric or on the stem of its letters."""
        stem = re.sub(r"(?<=\d)[a-z]+$", "", reference)
        return [n for n, scope in enumerate(self.scopes, start=1) if scope in (reference, stem)]


def notes_of(catalogue: Catalogue, subject: Subject, language: str, *, is_exact: bool) -> Notes:
    """Return the notes of a subject: on kinds of figures first, then on single metrics.

    Where counts are exact no note speaks of rounding.
    """
    references = own_metrics(catalogue, subject)["reference"]
    stems = set(references) | set(references.str.replace(r"(?<=\d)[a-z]+$", "", regex=True))
    order = {scope: place for place, scope in enumerate((*_KINDS, subject.edition))}
    notes = catalogue.notes
    notes = notes[~notes["note_id"].isin(_ON_ROUNDING if is_exact else _ON_EXACT)]
    own = notes[notes["applies_to"].isin([*order, *stems])]
    ranks = own["applies_to"].map(order).fillna(len(order))
    own = own.assign(rank=ranks).sort_values("rank", kind="stable")
    return Notes(tuple(own[f"text_{language}"]), tuple(own["applies_to"]))
