"""What the files of each subject of the plan are to hold, by the catalogue and the tidy files."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from ssstats.catalogue import Catalogue
from ssstats.outputs.labels import own_measures, own_metrics
from ssstats.outputs.plan import read_plan
from ssstats.outputs.truth.published import Place, Series, Truth

_VALUE = ("value",)


@dataclass(frozen=True)
class Subject:
    """A subject of the plan by its name, with the items that its files hold."""

    name: str
    metrics: frozenset[str]
    measures: frozenset[str]

    @property
    def items(self) -> frozenset[str]:
        """Metrics and measures."""
        return self.metrics | self.measures

    def of_upload(self, truth: Truth) -> Mapping[Series, Set[Place]]:
        """Return the values that an upload holds; what else it holds of them is up to it."""
        return truth.of_parts(product(self.items, _VALUE), truth.shown_groups)

    def of_pairs(self, truth: Truth) -> Mapping[str, Mapping[Series, Set[Place]]]:
        """Return the values that DfE pairs hold, by the kind of pair."""
        groups = truth.shown_groups - {""}
        return {
            "metrics": truth.of_parts(product(self.metrics, _VALUE)),
            "groups": truth.of_parts(product(self.metrics, _VALUE), groups),
            "measures": truth.of_parts(product(self.measures, _VALUE)),
        }

    def of_workbook(self, truth: Truth, wales: str) -> Mapping[Series, Set[Place]]:
        """Return all areas in the last year, and Wales in every year, without totals by answer."""
        expected = {}
        for series in truth.of_items(self.items):
            item, group, _ = series
            latest = truth.latest_of(item)
            if group in truth.shown_groups:
                expected[series] = {
                    place
                    for place in truth.figures[series]
                    if place[0] == latest or (place[1] == wales and not group)
                }
        return expected


def subjects_of(root: Path, catalogue: Catalogue) -> tuple[Subject, ...]:
    """Return the subjects of the plan of a project."""
    return tuple(
        Subject(
            subject.name,
            frozenset(own_metrics(catalogue, subject)["reference"]),
            frozenset(own_measures(catalogue, subject)["measure"]),
        )
        for subject in read_plan(root / "data" / "outputs").subjects
    )
