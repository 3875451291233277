"""The attack on a finished release, as an intruder runs it, and what it proved.

Reads the release's files only. The report names figures and says how much stays possible; it holds
no count that is not published.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.disclosure.earlier import EarlierRelease, Joined, join_earlier
from ssstats.disclosure.published import published_view
from ssstats.disclosure.release_attack import (
    ANY,
    MAGNITUDE,
    SMALL,
    Requirement,
)
from ssstats.disclosure.release_attack_files import PublishedFiles, read_published_files
from ssstats.disclosure.release_attack_measures import check_measures
from ssstats.disclosure.release_attack_proof import Attacked, attack_release_view
from ssstats.disclosure.release_attack_targets import requirement_of, told_from_of, units_of
from ssstats.disclosure.whole_groups import small_groups, told_by_zeros, with_differences
from ssstats.errors import DisclosureError, listed

# The contract that the attack proves, as the audit of a release states it.
KNOWN_TO_READERS = (
    "every figure and marker of the release, all its years together",
    "the policy: threshold, rounding and that zeros are shown",
    "sums over authorities and categories, sums that serve measures",
    "the identities of the guidance, and which of them do not hold in these returns",
    "that counts are whole numbers, and whole-time equivalents have one decimal",
)
EARLIER_RELEASES = "the earlier releases, as they were published"
NOT_KNOWN_TO_READERS = (
    "any authority's own return",
    "the order in which figures were chosen to be hidden",
)
_WORDS = {
    SMALL: "said to be under the threshold",
    ANY: "hidden to protect others",
    MAGNITUDE: "hidden with its count",
}


@dataclass(frozen=True)
class SmallGroups:
    """Parts of groups of fewer than `told_from` that may be all of it, as far as readers know.

    Of `told` ones shown zeros, or an earlier release, say that they are; of `open` ones figures do
    that could be hidden.
    """

    told_from: int
    parts: int
    told: int
    open: int


@dataclass(frozen=True)
class ReleaseReport:
    """What the attack on a release proved, kind of hidden figure by kind.

    `protected` has one row a kind: figures, weakest (fewest counts shown to be possible by the
    tables of the attack; more may be) and open. `open_figures` names what is not proved. `groups`
    says of how many parts of small groups it was looked at whether they may be all of it.
    """

    policy: str
    requirement: Requirement
    figures: int
    relations: int
    protected: pd.DataFrame
    open_figures: tuple[str, ...]
    groups: SmallGroups
    tables_checked: int
    measures_checked: int
    earlier: tuple[str, ...] = ()

    @property
    def known_to_readers(self) -> list[str]:
        """What readers are taken to know."""
        return [*KNOWN_TO_READERS, *([EARLIER_RELEASES] if self.earlier else [])]

    @property
    def is_protected(self) -> bool:
        """Whether every protected figure stays as uncertain as the policy asks."""
        return not self.open_figures


def attack_release(
    folder: Path, catalogue: Catalogue, earlier: Sequence[Path] = ()
) -> ReleaseReport:
    """Attack the data folder of a release and return what was proved.

    The catalogue gives what anybody can read in the guidance: areas, measures and identities.
    `earlier` are data folders of releases that the intruder kept, the oldest first.

    Raises
    ------
    UsageError
        If the folder does not hold a release.
    DisclosureError
        If the release contradicts itself or its own policy.
    """
    files = read_published_files(folder)
    alone = published_view(files.counts, catalogue, broken=files.broken)
    known = [read_published_files(each) for each in earlier]
    before = [EarlierRelease(each.counts, each.broken) for each in known]
    joined = join_earlier(files.counts, alone, before, catalogue)
    attacked, groups = _attacked(joined, files, before, catalogue)
    view, requirement = attacked.view, requirement_of(files.policy)
    names = [view.cell_ids[cell].strip() for cell in attacked.targets.cells[attacked.is_open]]
    return ReleaseReport(
        policy=str(files.policy["name"]),
        requirement=requirement,
        figures=len(files.counts),
        relations=view.relations.shape[0],
        protected=_by_kind(attacked),
        open_figures=tuple(sorted(names)),
        groups=groups,
        tables_checked=attacked.tables_checked,
        measures_checked=check_measures(folder, files.counts, catalogue),
        earlier=tuple(each.period for each in known),
    )


def _attacked(
    joined: Joined,
    files: PublishedFiles,
    earlier: Sequence[EarlierRelease],
    catalogue: Catalogue,
) -> tuple[Attacked, SmallGroups]:
    """Attack hidden figures, and parts of small groups that may be all of it."""
    told_from = told_from_of(files.policy)
    groups = small_groups(
        files.counts, joined.view, broken=files.broken, catalogue=catalogue, told_from=told_from
    )
    told = told_by_zeros(joined, groups, files.counts, earlier)
    wider = with_differences(joined, groups.only(~told), files.counts)
    unit = np.ones(len(wider.view.cell_ids), dtype=np.int64)
    unit[: len(files.counts)] = units_of(files.counts)
    attacked = attack_release_view(wider.view, wider.targets, requirement_of(files.policy), unit)
    is_group = attacked.targets.cells >= len(joined.view.cell_ids)
    found = SmallGroups(
        told_from, len(groups.parts), int(told.sum()), int(attacked.is_open[is_group].sum())
    )
    return attacked, found


def require_protected(report: ReleaseReport) -> None:
    """Stop where the attack did not prove every protected figure.

    Raises
    ------
    DisclosureError
        Naming the open figures.
    """
    if not report.is_protected:
        raise DisclosureError(
            f"{len(report.open_figures)} hidden figures are not proved to be protected: "
            f"{listed(report.open_figures)}; nothing may be published before they are"
        )


def describe_report(report: ReleaseReport) -> list[str]:
    """Return the report in lines to print: what readers know, what stays possible, what is open."""
    need = report.requirement
    lines = [
        f"policy {report.policy}: of a count hidden below {need.threshold}, at least "
        f"{need.fewest} counts must stay possible",
        f"{report.figures} figures, {report.relations} relations between them",
        "readers are taken to know:",
        *(f"  {known}" for known in report.known_to_readers),
        "they are taken not to know:",
        *(f"  {unknown}" for unknown in NOT_KNOWN_TO_READERS),
    ]
    for row in report.protected.itertuples():
        lines.append(
            f"{row.figures} {row.kind}: {row.weakest} or more shown possible, {row.open} open"
        )
    groups = report.groups
    if groups.told_from > 1:
        lines.append(
            f"{groups.parts} parts of groups of fewer than {groups.told_from} may be all of their "
            f"group: {groups.told} are, as shown zeros or earlier releases tell, "
            f"{groups.open} open"
        )
    lines.append(f"{report.tables_checked} tables that fit the release were checked by addition")
    lines.append(f"{report.measures_checked} percentages and rates follow from published figures")
    lines.append("protected" if report.is_protected else "NOT PROTECTED")
    return lines


def write_audit(report: ReleaseReport, path: Path) -> None:
    """Write the report as JSON."""
    audit = {
        "policy": report.policy,
        "requirement": {
            "threshold": report.requirement.threshold,
            "fewest_possible": report.requirement.fewest,
        },
        "known_to_readers": report.known_to_readers,
        "earlier_releases": list(report.earlier),
        "not_known_to_readers": list(NOT_KNOWN_TO_READERS),
        "figures": report.figures,
        "relations": report.relations,
        "protected": report.protected.to_dict(orient="records"),
        "open_figures": list(report.open_figures),
        "small_groups": asdict(report.groups),
        "tables_checked": report.tables_checked,
        "measures_checked": report.measures_checked,
        "is_protected": report.is_protected,
    }
    text = json.dumps(audit, ensure_ascii=False, indent=2, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")


def _by_kind(attacked: Attacked) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "kind": [_WORDS.get(said, "") for said in attacked.targets.said],
            "possible": attacked.possible,
            "open": attacked.is_open.astype(int),
        }
    )
    groups = frame[frame["kind"] != ""].groupby("kind", sort=True)
    return groups.agg(
        figures=("kind", "size"), weakest=("possible", "min"), open=("open", "sum")
    ).reset_index()
